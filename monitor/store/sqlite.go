package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDriver is the name of the database driver: modernc.org/sqlite.
const sqliteDriver = "sqlite"

// readers is how many connections read beside the one that writes. Each drops
// the pages it has whenever something was written, so that it need not have room
// for many; every KiB of them takes two.
const (
	readers      = 4
	readersPages = 256 // KiB
)

// A wrapping makes connections through what it makes of a connector; nil: as
// they are.
type wrapping func(driver.Connector) driver.Connector

// openFile opens a file for a worker.
func openFile(ctx context.Context, path string, wrap wrapping) (*Store, error) {
	lock, err := lockFor(path)
	if err != nil {
		return nil, err
	}
	s, err := openLocked(ctx, path, wrap)
	if err != nil {
		lock.release()
		return nil, failedToOpen(path, err)
	}
	s.lock = lock
	return s, nil
}

func openLocked(ctx context.Context, path string, wrap wrapping) (*Store, error) {
	there, err := isThere(path)
	if err != nil {
		return nil, err
	}
	if !there {
		if err := create(ctx, path, wrap); err != nil {
			return nil, err
		}
	}
	s, err := connect(ctx, path, wrap)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// readFile opens a file to look into it.
func readFile(ctx context.Context, path string) (*Store, error) {
	there, err := isThere(path)
	if err != nil {
		return nil, failedToOpen(path, err)
	}
	if !there {
		return nil, ErrMissing
	}
	s, err := connect(ctx, path, nil)
	if err != nil {
		return nil, failedToOpen(path, err)
	}
	provider, err := s.engine.steps(s.write)
	if err == nil {
		err = refuseNewer(ctx, provider)
	}
	if err != nil {
		return nil, errors.Join(failedToOpen(path, err), s.Close())
	}
	return s, nil
}

func connect(ctx context.Context, path string, wrap wrapping) (*Store, error) {
	// What undoes a statement that fails half way is kept in memory, not in a file.
	write, err := openDB(dsn(path, "immediate")+"&_pragma=temp_store(memory)", wrap)
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := openDB(dsn(path, "deferred")+fmt.Sprintf("&_pragma=query_only(1)&_pragma=cache_size(-%d)", readersPages), wrap)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	s := &Store{write: write, read: read, engine: sqliteEngine{}, group: newGroup()}
	if err := write.PingContext(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func openDB(dsn string, wrap wrapping) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	connector = preparing{connector}
	if wrap != nil {
		connector = wrap(connector)
	}
	return sql.OpenDB(connector), nil
}

func dsn(path, lock string) string {
	return fileURL(path).String() + "?_txlock=" + lock +
		"&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
}

// fileURL names the file so that no character of its path is taken for an
// option.
func fileURL(path string) *url.URL {
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path
	}
	return &url.URL{Scheme: "file", Path: absolute}
}

// prepare checks the library and the file, and brings the schema up to date.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.checkLibrary(ctx); err != nil {
		return err
	}
	if err := s.checkFile(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if err := s.checkSchema(ctx); err != nil {
		return err
	}
	// Nobody else can be at work: leases of a worker that died are void.
	if _, err := s.write.ExecContext(ctx, `update channels set lease = '', lease_until = 0`); err != nil {
		return err
	}
	return s.readMark(ctx)
}

// A sqliteEngine is SQLite: one worker at a time, so that there is little to
// guard against.
type sqliteEngine struct{}

func (sqliteEngine) steps(db *sql.DB) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, db, migrations())
}

func (sqliteEngine) has(ctx context.Context, db *sql.DB, table string) (there bool, err error) {
	err = db.QueryRowContext(ctx, `select count(*) > 0 from sqlite_master where type = 'table' and name = ?`, table).Scan(&there)
	return there, err
}

// probe writes a page and syncs it, whatever the version is.
func (sqliteEngine) probe(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `pragma user_version = 0`)
	return err
}

// lockStories does nothing: there is one writer.
func (sqliteEngine) lockStories(context.Context, *sql.Tx) error { return nil }

// lockHosts does nothing either.
func (sqliteEngine) lockHosts(context.Context, *sql.Tx) error { return nil }

func (sqliteEngine) leaseTime(_ context.Context, _ querier, now time.Time) (time.Time, error) {
	return now, nil
}

// again waits no longer: SQLite has waited for whoever was at work.
func (sqliteEngine) again(err error, _ int) (time.Duration, bool) {
	return 0, isCode(err, sqlite3.SQLITE_BUSY)
}

func (sqliteEngine) ill(err error) bool {
	return isCode(err, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
}

func (sqliteEngine) skipLocked() string { return "" }

func (sqliteEngine) shared() bool { return false }

// isCode says whether the error is SQLite's, with one of these primary codes.
func isCode(err error, codes ...int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code()&0xff)
}
