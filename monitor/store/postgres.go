package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// How connections to PostgreSQL are kept.
const (
	postgresWriters = 8 // connections; delivery and polls seldom need more than three
	connectLimit    = 5 * time.Second
	connIdleFor     = 5 * time.Minute
	applicationKey  = "application_name"
)

// Unreachable says that a server could not be used as a store. It never shows
// a password.
type Unreachable struct {
	Server string // as configured, without password
	err    error
}

func (e *Unreachable) Error() string { return "use " + e.Server + " as the store: " + e.err.Error() }

func (e *Unreachable) Unwrap() error { return e.err }

// openPostgres opens a server's database for a worker. With wrap not nil every
// connection is made through what it makes of the connector.
func openPostgres(ctx context.Context, address string, wrap wrapping) (*Store, error) {
	s, err := dial(ctx, address, silenceLimit, wrap)
	if err != nil {
		return nil, err
	}
	err = s.migrateLocked(ctx)
	if err == nil {
		err = s.readMark(ctx)
	}
	if err != nil {
		return nil, errors.Join(failedToUse(address, err), s.Close())
	}
	return s, nil
}

// readPostgres opens a server's database to look into it.
func readPostgres(ctx context.Context, address string) (*Store, error) {
	s, err := dial(ctx, address, 0, nil) // what is read of an archive may take its time
	if err != nil {
		return nil, err
	}
	there, err := s.engine.has(ctx, s.read, "feeds")
	if err == nil && !there {
		err = ErrMissing
	}
	if err == nil {
		var provider *goose.Provider
		if provider, err = s.engine.steps(s.read); err == nil {
			err = refuseNewer(ctx, provider)
		}
	}
	if err != nil {
		return nil, errors.Join(failedToUse(address, err), s.Close())
	}
	return s, nil
}

// dial connects. Nothing of ours lives in a session but what was prepared, and
// that only where no pooler hands each transaction to another one, and the address
// does not ask for default_query_exec_mode=exec. A connection may be silent for as
// long as the limit.
func dial(ctx context.Context, address string, limit time.Duration, wrap wrapping) (*Store, error) {
	config, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	prepares := config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.StatementCacheCapacity, config.DescriptionCacheCapacity = maxStatements, 0
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectLimit
	}
	if config.RuntimeParams[applicationKey] == "" {
		config.RuntimeParams[applicationKey] = "newswatch"
	}
	config.DialFunc = (&line{limit: limit}).over(config.DialFunc)
	connector := driver.Connector(translated{stdlib.GetConnector(*config), prepares})
	if wrap != nil {
		connector = wrap(connector)
	}
	s := &Store{write: pool(connector, postgresWriters), read: pool(connector, readers), engine: postgresEngine{}}
	if err := s.findSchema(ctx); err != nil {
		return nil, errors.Join(failedToUse(address, err), s.Close())
	}
	return s, nil
}

// findSchema says whether there is one for the store. Without it the first table
// would be missed for another reason.
func (s *Store) findSchema(ctx context.Context) error {
	var there bool
	err := s.write.QueryRowContext(ctx, `select current_schema() is not null`).Scan(&there)
	if err == nil && !there {
		err = errNoSchema
	}
	return err
}

// pool keeps up to n connections. Reading has a pool of its own: those that
// write may all be waiting for one that first has to read.
func pool(connector driver.Connector, n int) *sql.DB {
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	db.SetConnMaxIdleTime(connIdleFor)
	return db
}

// failedToUse says which server could not be used.
func failedToUse(address string, err error) error {
	if errors.Is(err, ErrMissing) || errors.Is(err, ErrNewer) {
		return err
	}
	return &Unreachable{shown(address), err}
}

// unreachable puts the driver's account of all it tried into one line.
func unreachable(err error) error {
	return &oneLine{err}
}

type oneLine struct{ error }

// Error tells of each address once: with TLS and without it may fail alike, and
// that a server speaks none matters only when nothing else does.
func (e *oneLine) Error() string {
	var lines, plain []string
	for _, line := range strings.Split(e.error.Error(), "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if strings.HasSuffix(line, "server refused TLS connection") {
			plain = append(plain, line)
		} else if !slices.ContainsFunc(lines, func(told string) bool { return strings.HasSuffix(told, line) }) {
			lines = append(lines, line)
		}
	}
	if len(lines) < 2 { // the first says who was to connect
		lines = append(lines, plain...)
	}
	return strings.Join(lines, " ")
}

func (e *oneLine) Unwrap() error { return e.error }

// migrateLocked migrates while no other worker does. The lock is a
// transaction's, held open beside the migrations: one of a session would not
// pass a pooler that hands out connections by the transaction.
func (s *Store) migrateLocked(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longWork)
	defer cancel()
	return inside(ctx, s.write, func(tx *sql.Tx) error {
		if err := lockSchema(ctx, tx); err != nil {
			return err
		}
		if err := s.migrate(ctx); err != nil {
			return err
		}
		return s.markCopy(ctx, tx)
	})
}

// lockSchema makes the transaction the only one that makes or fills a store. It
// may wait for what others do in it.
func lockSchema(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, patient); err != nil {
		return err
	}
	return advisoryLock(ctx, tx, "schema")
}

// advisoryLock takes, until the end of the transaction, the lock of that name
// in this schema of this database.
func advisoryLock(ctx context.Context, tx *sql.Tx, name string) error {
	_, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtext(current_schema()), hashtext(?))`, "newswatch "+name)
	return err
}

// A postgresEngine is PostgreSQL. It keeps the clock for all workers.
type postgresEngine struct{}

func (postgresEngine) steps(db *sql.DB) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectPostgres, db, forPostgres{migrations()})
}

func (postgresEngine) has(ctx context.Context, db *sql.DB, table string) (there bool, err error) {
	err = db.QueryRowContext(ctx, `select count(*) > 0 from pg_tables where schemaname = current_schema() and tablename = ?`, table).Scan(&there)
	return there, err
}

// probe takes a transaction ID, which a server that takes no writes has none of.
func (postgresEngine) probe(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `select pg_current_xact_id()`)
	return err
}

func (postgresEngine) lockStories(ctx context.Context, tx *sql.Tx) error {
	return advisoryLock(ctx, tx, "stories")
}

func (postgresEngine) lockHosts(ctx context.Context, tx *sql.Tx) error {
	return advisoryLock(ctx, tx, "hosts")
}

// leaseTime is the server's: the workers' clocks may differ.
func (postgresEngine) leaseTime(ctx context.Context, from querier, _ time.Time) (now time.Time, err error) {
	err = from.QueryRowContext(ctx, `select (extract(epoch from clock_timestamp()) * 1000)::bigint`).Scan(stamp{&now})
	return now, err
}

// again waits 50 ms after a dropped connection, then twice as long each time:
// the server may be about to come back.
func (postgresEngine) again(err error, try int) (time.Duration, bool) {
	if isState(err, "40001", "40P01") { // serialization failure, deadlock
		return 0, true
	}
	return 50 * time.Millisecond << (try - 1), isDropped(err)
}

func (postgresEngine) ill(err error) bool {
	return isState(err, "25006", "53", "58", "XX") // read-only, out of something, system, corrupted
}

func (postgresEngine) skipLocked() string { return " for update skip locked" }

func (postgresEngine) shared() bool { return true }

// isDropped says whether an error means that the connection is gone, or that
// none could be made. 25P03: a transaction's worker stood still.
func isDropped(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, &network) || errors.As(err, &connect) || pgconn.SafeToRetry(err) || isState(err, "0800", "57P", "25P03")
}

// isState says whether the error is PostgreSQL's, of one of these classes or
// codes (postgresql.org/docs/current/errcodes-appendix.html).
func isState(err error, states ...string) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	for _, state := range states {
		if strings.HasPrefix(e.Code, state) {
			return true
		}
	}
	return false
}

// setAlike is within what time the clocks of workers are set back by the same
// hand.
const setAlike = 10 * time.Minute

// firstToFollow says whether no other worker has just followed its clock back, by
// the server's.
func (s *Store) firstToFollow(ctx context.Context, tx *sql.Tx, now time.Time) (bool, error) {
	at, err := s.leaseTime(ctx, tx, now)
	if err != nil {
		return false, err
	}
	result, err := tx.ExecContext(ctx, `insert into notices (cause, told, over) values ('clock set back', ?, 1)
		on conflict (cause) do update set told = excluded.told where notices.told < excluded.told - ?`, ms(at), setAlike.Milliseconds())
	if err != nil {
		return false, err
	}
	changed, err := result.RowsAffected()
	return changed > 0, err
}
