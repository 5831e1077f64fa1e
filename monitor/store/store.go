// Package store keeps what newswatch knows: feeds, articles, stories, alerts
// and the outbox of messages. It implements the interfaces that package
// monitor declares, on SQLite for one worker and on PostgreSQL for several. The
// SQL is the same for both; engine.go has what differs.
//
// It promises that what a method has returned from is on disk (with SQLite, WAL
// with synchronous FULL), that a transaction is written whole or not at all, and
// that a damaged or newer database is refused and never replaced. A Store is
// safe for concurrent use.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
)

// What Open may find.
var (
	ErrLocked  = errors.New("another worker uses the store")
	ErrNewer   = errors.New("the store was written by a newer newswatch")
	ErrMissing = errors.New("there is no store yet")
)

// A Store is an open database.
type Store struct {
	write, read *sql.DB
	engine      engine
	lock        *processLock // SQLite's; else nil
	group       *group       // SQLite's; else nil
	taken       time.Time    // when the backup was taken that this store began as; zero: it is no backup
	trouble     atomic.Pointer[trouble]
	clock       serverClock // of the server, where there is one
}

// Shared says whether several workers may work on the store at once.
func (s *Store) Shared() bool { return s.engine.shared() }

// Open opens the store for a worker: a file, or postgres://user@host/db. It
// makes the store when there is none, and migrates it.
//
// A file is locked, or ErrLocked is returned; one that is no intact store is a
// *Damaged, and is never replaced. A server that cannot be used is an
// *Unreachable. No error shows a password.
func Open(ctx context.Context, address string) (*Store, error) {
	if IsServer(address) {
		return openPostgres(ctx, address, nil)
	}
	return openFile(ctx, address, nil)
}

// OpenReader opens the store to look into it, beside workers. ErrMissing when
// there is none.
func OpenReader(ctx context.Context, address string) (*Store, error) {
	if IsServer(address) {
		return readPostgres(ctx, address)
	}
	return readFile(ctx, address)
}

//go:embed migrations/*.sql
var embedded embed.FS

// migrations are the numbered steps of the schema, in SQLite's dialect.
func migrations() fs.FS {
	files, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // a constant
	}
	return files
}

// migrate brings the schema up to date.
func (s *Store) migrate(ctx context.Context) error {
	provider, err := s.engine.steps(s.write)
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

// Close closes the store and lets another worker have it.
func (s *Store) Close() error {
	err := errors.Join(s.read.Close(), s.write.Close())
	if s.lock != nil {
		s.lock.release()
	}
	return err
}
