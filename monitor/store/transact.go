package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A trouble is a write that failed because of the database, or what it is on.
type trouble struct {
	err error
	at  time.Time
}

// troubleLasts is how long after such a write the store counts as ill. A full
// disk often has room for small writes when it has none for a poll.
const troubleLasts = 15 * time.Second

// troubleTold is how long it counts as not ready, unless a poll has been
// recorded since: polls that failed are done again every 20 s or so, and it is
// not well in between.
const troubleTold = time.Minute

// Ready says whether the store takes all that is written: what failed in the
// last minute has come through since, and a write comes through now.
func (s *Store) Ready(ctx context.Context) error {
	if last := s.trouble.Load(); last != nil && time.Since(last.at) < troubleTold {
		return last.err
	}
	return s.Ping(ctx)
}

// Ping says whether the store takes writes: none has failed lately, and one
// comes through now.
func (s *Store) Ping(ctx context.Context) error {
	if last := s.trouble.Load(); last != nil && time.Since(last.at) < troubleLasts {
		return last.err
	}
	return s.transact(ctx, func(tx *sql.Tx) error { return s.engine.probe(ctx, tx) })
}

// A transaction that the store asks to repeat is done so often, and not again
// after so long: whoever asked for it has other work.
const (
	tries     = 5
	triesMost = 10 * time.Second
)

// transact runs do in a transaction, again from the start when the store asks
// for it. It may also be repeated although it was done, when nobody could know:
// what do does twice counts once.
func (s *Store) transact(ctx context.Context, do func(*sql.Tx) error) error {
	return s.repeat(ctx, func() error {
		err := inside(ctx, s.write, do)
		if s.engine.ill(err) { // kept for Ping
			s.trouble.Store(&trouble{err, time.Now()})
		}
		return err
	})
}

// repeat does it until it need not be done again.
func (s *Store) repeat(ctx context.Context, do func() error) error {
	start := time.Now()
	for try := 1; ; try++ {
		err := do()
		if err == nil || try == tries || time.Since(start) > triesMost || ctx.Err() != nil {
			return err
		}
		wait, again := s.engine.again(err, try)
		if !again {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// inside runs do in one transaction.
func inside(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // also after a panic: SQLite has only one connection to write with
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
