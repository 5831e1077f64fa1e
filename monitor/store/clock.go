package store

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"newswatch/monitor"
)

// Clock is the time that a worker goes by: where several share a store the
// server's, for their own may differ by minutes, and each would wait for what
// another has noted for later; else the given one.
func (s *Store) Clock(own func() time.Time) func() time.Time {
	if !s.Shared() {
		return own
	}
	return s.clock.now
}

// leaseTime is the engine's, and sets the clock by it.
func (s *Store) leaseTime(ctx context.Context, from querier, now time.Time) (time.Time, error) {
	asked := time.Now()
	at, err := s.engine.leaseTime(ctx, from, now)
	if err == nil {
		s.clock.set(at, asked, time.Now())
	}
	return at, err
}

// A serverClock is a server's clock as it is known from its answers. Between
// them it runs by the machine's monotonic one, so that it makes no difference
// how that one is set. It is safe for concurrent use.
type serverClock struct {
	mu   sync.Mutex
	ours time.Time // when it was set, with the monotonic reading
	its  time.Time // what it then read
}

// clockTolerance is by how much it may be wrong: less is what an answer of the
// server takes on a busy machine.
const clockTolerance = 100 * time.Millisecond

// set sets the clock by an answer: at was read between asked and answered. It is
// moved no further than it surely must, so that slow answers do not shake it.
func (c *serverClock) set(at, asked, answered time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before, after := c.at(asked), c.at(answered)
	switch {
	case c.ours.IsZero():
		c.ours, c.its = answered, at
	case at.Before(before.Add(-clockTolerance)): // it is fast
		c.ours, c.its = asked, at
	case at.After(after.Add(clockTolerance)):
		c.ours, c.its = answered, at
	}
}

func (c *serverClock) at(ours time.Time) time.Time { return c.its.Add(ours.Sub(c.ours)) }

func (c *serverClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at(time.Now())
}

// LastKnown is the latest time that has surely passed by the clock of whoever
// wrote to the store last; zero: nobody has.
func (s *Store) LastKnown(ctx context.Context) (at time.Time, err error) {
	err = s.read.QueryRowContext(ctx, `select coalesce(max(at), 0) from (
		select max(last_poll) as at from feeds union all select max(created) from messages union all select max(last_attempt) from messages) t`).Scan(stamp{&at})
	if err != nil {
		return at, fmt.Errorf("read when the store was last written: %w", err)
	}
	return at, nil
}

// SetBack moves the times to come of channels, messages and mutes by that much
// towards the past: the clock was set back. What waits for an hour of the day
// goes on waiting for it. Of several workers, whose clocks are set alike, one does
// so; leases go by the server's clock there.
func (s *Store) SetBack(ctx context.Context, now time.Time, by time.Duration) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		steps := []string{
			`update channels set next_send = next_send - ? where next_send > ?`,
			`update messages set not_before = not_before - ? where not_before > ? and attempts > 0`,
			`update messages set audit_at = audit_at - ? where audit_at > ?`,
		}
		if !s.engine.shared() {
			steps = append(steps, `update channels set lease_until = lease_until - ? where lease_until > ?`)
		} else if first, err := s.firstToFollow(ctx, tx, now); err != nil || !first {
			return err
		}
		for _, step := range steps {
			if _, err := tx.ExecContext(ctx, step, by.Milliseconds(), ms(now)); err != nil {
				return err
			}
		}
		args := []any{by.Milliseconds(), by.Milliseconds(), ms(now)} // what a mute keeps back is counted from when it began, which moves too
		var lengths []int64
		for _, length := range monitor.MuteLengths() {
			lengths = append(lengths, length.Milliseconds())
		}
		_, err := tx.ExecContext(ctx, `update mutes set until = until - ?, at = at - ? where until > ?`+among(`until - at`, lengths, &args), args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("follow a clock that was set back: %w", err)
	}
	return nil
}
