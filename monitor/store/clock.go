package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"newswatch/monitor"
)

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
