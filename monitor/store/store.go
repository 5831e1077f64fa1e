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
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

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

// A Store is an open database.
type Store struct {
	write, read *sql.DB
	lock        *processLock
	taken       time.Time // when the backup was taken that this store began as; zero: it is no backup
	trouble     atomic.Pointer[trouble]
}

// sqliteDriver is the name of the database driver: modernc.org/sqlite.
const sqliteDriver = "sqlite"

// Open opens the store for a worker: it takes the process lock, or returns
// ErrLocked, creates the file when there is none, and migrates it. A file that
// is no intact store is a *Damaged, and is never replaced.
func Open(ctx context.Context, path string) (*Store, error) {
	return openWith(ctx, sqliteDriver, path)
}

// openWith is Open through a driver of that name.
func openWith(ctx context.Context, driver, path string) (*Store, error) {
	lock, err := lockFor(path)
	if err != nil {
		return nil, err
	}
	s, err := openLocked(ctx, driver, path)
	if err != nil {
		lock.release()
		return nil, failedToOpen(path, err)
	}
	s.lock = lock
	return s, nil
}

func openLocked(ctx context.Context, driver, path string) (*Store, error) {
	there, err := isThere(path)
	if err != nil {
		return nil, err
	}
	if !there {
		if err := create(ctx, driver, path); err != nil {
			return nil, err
		}
	}
	s, err := connect(ctx, driver, path)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// OpenReader opens the store to look into it, beside a worker. ErrMissing when
// there is no file.
func OpenReader(ctx context.Context, path string) (*Store, error) {
	there, err := isThere(path)
	if err != nil {
		return nil, failedToOpen(path, err)
	}
	if !there {
		return nil, ErrMissing
	}
	s, err := connect(ctx, sqliteDriver, path)
	if err != nil {
		return nil, failedToOpen(path, err)
	}
	provider, err := s.migrations()
	if err == nil {
		err = refuseNewer(ctx, provider)
	}
	if err != nil {
		return nil, errors.Join(failedToOpen(path, err), s.Close())
	}
	return s, nil
}

func connect(ctx context.Context, driver, path string) (*Store, error) {
	write, err := sql.Open(driver, dsn(path, "immediate"))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open(driver, dsn(path, "deferred")+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	s := &Store{write: write, read: read}
	if err := write.PingContext(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
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

func (s *Store) migrate(ctx context.Context) error {
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
	return nil
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

// A trouble is a write that failed because of the disk or the file.
type trouble struct {
	err error
	at  time.Time
}

// troubleLasts is how long after such a write the store counts as ill. A full
// disk often has room for small writes when it has none for a poll.
const troubleLasts = 15 * time.Second

// Ping says whether the store takes writes: none has failed lately, and one
// comes through now.
func (s *Store) Ping(ctx context.Context) error {
	if last := s.trouble.Load(); last != nil && time.Since(last.at) < troubleLasts {
		return last.err
	}
	// Writes a page and syncs it, whatever the version is.
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `pragma user_version = 0`)
		return err
	})
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
		s.remember(err)
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
	done := false
	defer func() {
		if !done { // also after a panic: there is only one connection to write with
			err = errors.Join(err, ignoreDone(tx.Rollback()))
		}
	}()
	if err := do(tx); err != nil {
		return err
	}
	done = true
	return tx.Commit()
}

// ignoreDone passes over that a transaction ended with its context.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// remember keeps for Ping that a write failed.
func (s *Store) remember(err error) {
	if isCode(err, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) {
		s.trouble.Store(&trouble{err, time.Now()})
	}
}

func isBusy(err error) bool { return isCode(err, sqlite3.SQLITE_BUSY) }

// isCode says whether the error is SQLite's, with one of these primary codes.
func isCode(err error, codes ...int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code()&0xff)
}
