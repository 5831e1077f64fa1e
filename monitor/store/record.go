package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"newswatch/monitor"
)

// Record runs do in one transaction, again from the start when the store
// asks for it. With SQLite that transaction may be others' too; what they wrote
// in it is there only if all of it is.
func (s *Store) Record(ctx context.Context, do func(monitor.Ledger) error) error {
	record := func(ctx context.Context, tx *sql.Tx) error {
		return do(&ledger{ctx: ctx, tx: tx, engine: s.engine, taken: s.taken})
	}
	before := s.trouble.Load()
	var err error
	if s.group != nil {
		err = s.group.record(ctx, s, record)
	} else {
		err = s.transact(ctx, func(tx *sql.Tx) error { return record(ctx, tx) })
	}
	if err == nil {
		s.trouble.CompareAndSwap(before, nil) // but for one that came meanwhile
	}
	return err
}

// A ledger is a transaction that records a poll. It lives as long as its
// transaction, and so may hold that one's context.
type ledger struct {
	ctx    context.Context
	tx     *sql.Tx
	engine engine

	taken time.Time // when the backup was taken that the store began as
	looks bool      // what is posted now may have been sent after it
}

func (l *ledger) SaveFeed(state monitor.FeedState) (err error) {
	if l.looks, err = l.firstSince(l.taken, state.Key); err != nil {
		return err
	}
	return saveFeed(l.ctx, l.tx, state)
}

func (l *ledger) Keep(feedKey string, at time.Time, finds []*monitor.Find, still []string) ([]*monitor.Find, error) {
	k := &keeping{ctx: l.ctx, tx: l.tx, feedKey: feedKey, at: at, taken: make(map[string]bool)}
	if err := k.seeStill(still); err != nil {
		return nil, fmt.Errorf("note articles seen: %w", err)
	}
	return k.keep(finds)
}

func (l *ledger) LockStories() error { return l.engine.lockStories(l.ctx, l.tx) }
