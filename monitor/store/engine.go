package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/pressly/goose/v3"
)

// An engine is the database behind a store, as far as one differs from another.
type engine interface {
	// steps are the migrations of the schema.
	steps(*sql.DB) (*goose.Provider, error)
	// has says whether there is a table of that name.
	has(ctx context.Context, db *sql.DB, table string) (bool, error)
	// probe writes something, to see whether that can be done.
	probe(context.Context, *sql.Tx) error
	// lockStories makes the transaction the only one that groups.
	lockStories(context.Context, *sql.Tx) error
	// lockHosts makes the transaction the only one that leases feeds.
	lockHosts(context.Context, *sql.Tx) error
	// leaseTime is the time that leases are kept in, where the caller's clock
	// reads now.
	leaseTime(ctx context.Context, from querier, now time.Time) (time.Time, error)
	// again says whether what failed so may be done again, and after how long.
	again(err error, try int) (wait time.Duration, ok bool)
	// ill says whether an error tells of the database, not of what it was asked.
	ill(error) bool
	// skipLocked ends a query that reads rows to write them, and passes over those
	// that somebody else is about to.
	skipLocked() string
	// shared says whether several workers may work at once.
	shared() bool
}
