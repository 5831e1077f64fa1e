// Package store keeps what newswatch knows: feeds, articles, stories, alerts
// and the outbox of messages. It implements the interfaces that package
// monitor declares, on SQLite.
//
// It promises that what a method has returned from is on disk (WAL with
// synchronous FULL), that a transaction is written whole or not at all, and
// that a damaged or newer database is refused and never replaced. A Store is
// safe for concurrent use: one connection writes, several read.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What Open may find.
var (
	ErrLocked  = errors.New("another worker uses the store")
	ErrNewer   = errors.New("the store was written by a newer newswatch")
	ErrMissing = errors.New("there is no store yet")
)

//go:embed migrations/*.sql
var migrations embed.FS

// readers is how many connections read beside the one that writes.
const readers = 4

// oldestSQLite is the first release without the WAL-reset bug that could lose
// committed data (sqlite.org/wal.html, fixed in 3.51.3).
var oldestSQLite = [3]int{3, 51, 3}

// A Store is an open database.
type Store struct {
	write, read *sql.DB
	lock        *processLock
}

// Open opens the store for a worker: it takes the process lock, or returns
// ErrLocked, creates the file when there is none, and migrates it. A file that
// is no intact database is an error.
func Open(ctx context.Context, path string) (*Store, error) {
	lock, err := lockFor(path)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, path)
	if err != nil {
		lock.release()
		return nil, err
	}
	s.lock = lock
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), s.Close())
	}
	return s, nil
}

// OpenReader opens the store to look into it, beside a worker. ErrMissing when
// there is no file.
func OpenReader(ctx context.Context, path string) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	s, err := open(ctx, path)
	if err != nil {
		return nil, err
	}
	provider, err := s.migrations()
	if err == nil {
		err = refuseNewer(ctx, provider)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), s.Close())
	}
	return s, nil
}

func open(ctx context.Context, path string) (*Store, error) {
	write, err := sql.Open("sqlite", dsn(path, "immediate"))
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn(path, "deferred")+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(readers)
	if err := write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", path, err), write.Close(), read.Close())
	}
	return &Store{write: write, read: read}, nil
}

// dsn names the file so that no character of its path is taken for an option.
func dsn(path, lock string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path
	}
	file := url.URL{Scheme: "file", Path: absolute}
	return file.String() + "?_txlock=" + lock +
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
}

// prepare checks the library and the file, and brings the schema up to date.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.checkLibrary(ctx); err != nil {
		return err
	}
	if err := s.checkFile(ctx); err != nil {
		return err
	}
	provider, err := s.migrations()
	if err != nil {
		return err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// Nobody else can be at work: leases of a worker that died are void.
	_, err = s.write.ExecContext(ctx, `update channels set lease = '', lease_until = 0`)
	return err
}

func (s *Store) checkLibrary(ctx context.Context) error {
	var version string
	var synchronous int
	if err := s.write.QueryRowContext(ctx, `select sqlite_version()`).Scan(&version); err != nil {
		return err
	}
	if err := s.write.QueryRowContext(ctx, `pragma synchronous`).Scan(&synchronous); err != nil {
		return err
	}
	const full = 2
	if synchronous < full {
		return fmt.Errorf("synchronous is %d, not FULL: a power cut could lose what was acknowledged", synchronous)
	}
	for i, part := range strings.SplitN(version, ".", 3) {
		n, err := strconv.Atoi(part)
		if err != nil || n < oldestSQLite[i] {
			return fmt.Errorf("SQLite %s may lose data; 3.51.3 is the first that does not", version)
		}
		if n > oldestSQLite[i] {
			return nil
		}
	}
	return nil
}

func (s *Store) checkFile(ctx context.Context) error {
	var verdict string
	if err := s.write.QueryRowContext(ctx, `pragma quick_check(1)`).Scan(&verdict); err != nil {
		return fmt.Errorf("the file is damaged: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("the file is damaged: %s", verdict)
	}
	var ours, tables int
	err := s.write.QueryRowContext(ctx, `select count(*), count(*) filter (where name in ('feeds', 'goose_db_version'))
		from sqlite_master where type = 'table'`).Scan(&tables, &ours)
	if err == nil && tables > 0 && ours == 0 {
		return errors.New("the file is a database of something else")
	}
	return err
}

func (s *Store) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, s.write, files)
}

// refuseNewer returns ErrNewer when the schema has steps this binary lacks.
func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	current, newest, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if current > newest {
		return fmt.Errorf("%w: its schema is %d, this one knows %d", ErrNewer, current, newest)
	}
	return nil
}

// Ping says whether the store can be written to.
func (s *Store) Ping(ctx context.Context) error {
	tx, err := s.write.BeginTx(ctx, nil) // immediate: takes the write lock
	if err != nil {
		return err
	}
	return tx.Rollback()
}

// Close closes the store and lets another worker have it.
func (s *Store) Close() error {
	err := errors.Join(s.read.Close(), s.write.Close())
	if s.lock != nil {
		s.lock.release()
	}
	return err
}

// tries is how often a transaction is repeated that the store asks to repeat.
const tries = 5

// transact runs do in a transaction, again when the database is busy.
func (s *Store) transact(ctx context.Context, do func(*sql.Tx) error) error {
	for try := 1; ; try++ {
		err := s.transactOnce(ctx, do)
		if err == nil || try == tries || !isBusy(err) {
			return err
		}
	}
}

func (s *Store) transactOnce(ctx context.Context, do func(*sql.Tx) error) (err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreDone(tx.Rollback()))
		}
	}()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func isBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}
