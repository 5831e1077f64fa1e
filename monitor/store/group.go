package store

import (
	"context"
	"database/sql"
	"slices"
	"sync"
)

// maxGroup is how many records are written together: whoever else wants to write
// waits for all of them.
const maxGroup = 32

// A group is of records that wait to be written. With one writer, an fsync costs
// more than a poll has to write; so the first that gets the pen writes all that
// wait by then, in one transaction:
//
//	a ─ writes a ──┐
//	b ── waits ────┴ writes b c d ──┐
//	c, d ── wait ───────────────────┘ e …
//
// When anything goes wrong in it nothing of it is written, and each of them is
// written in a transaction of its own, by whoever asked for it.
type group struct {
	pen chan struct{} // full: somebody writes

	mu      sync.Mutex
	waiting []*entry
}

// An entry is a record in a group.
type entry struct {
	do      func(context.Context, *sql.Tx) error
	over    chan struct{} // closed when its turn is over
	written bool          // by then
}

func newGroup() *group { return &group{pen: make(chan struct{}, 1)} }

// record runs do in one transaction, perhaps with others and perhaps not for the
// first time.
func (g *group) record(ctx context.Context, s *Store, do func(context.Context, *sql.Tx) error) error {
	e := &entry{do: do, over: make(chan struct{})}
	g.join(e)
	select {
	case <-ctx.Done():
		if g.take(e, 1) != nil {
			return context.Cause(ctx)
		}
	case g.pen <- struct{}{}:
		defer func() { <-g.pen }()
		if taken := g.take(e, maxGroup); taken != nil {
			s.writeTogether(ctx, taken)
		}
	case <-e.over:
	}
	if <-e.over; e.written {
		return nil
	}
	return s.transact(ctx, func(tx *sql.Tx) error { return do(ctx, tx) })
}

func (g *group) join(e *entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, e)
}

// take takes the entry, and at most n with it, from those that wait; none when it
// was taken before.
func (g *group) take(e *entry, n int) []*entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := slices.Index(g.waiting, e)
	if at < 0 {
		return nil
	}
	end := min(at+n, len(g.waiting))
	taken := slices.Clone(g.waiting[at:end])
	g.waiting = slices.Delete(g.waiting, at, end)
	return taken
}

// writeTogether writes entries in one transaction, which ends with no caller's
// context, and tells them what came of it. It takes a few milliseconds.
func (s *Store) writeTogether(ctx context.Context, entries []*entry) {
	written := false
	defer func() {
		_ = recover() // whoever it was comes to it again, alone
		for _, e := range entries {
			e.written = written
			close(e.over)
		}
	}()
	if len(entries) == 1 {
		return
	}
	ctx = context.WithoutCancel(ctx)
	err := inside(ctx, s.write, func(tx *sql.Tx) error {
		for _, e := range entries {
			if err := e.do(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	written = err == nil
}
