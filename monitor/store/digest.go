package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"newswatch/monitor"
)

// What waits for its time: for a digest, for quiet hours to end, for an hour in
// which a rule has told enough.

// ToldSince is what the channel was told by the rule after since.
func (l *ledger) ToldSince(ruleID, channel string, since time.Time) (told monitor.Telling, err error) {
	rows, err := l.tx.QueryContext(l.ctx, `select held, created, not_before from messages
		where rule = ? and channel = ? and kind = 'alert' and state <> 'muted' and held in ('', 'rate') and created > ?`,
		ruleID, channel, ms(since.Add(-time.Hour))) // what was held an hour ago may be told now
	if err != nil {
		return told, fmt.Errorf("read what was told: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var held monitor.Hold
		var created, until time.Time
		if err := rows.Scan(&held, stamp{&created}, stamp{&until}); err != nil {
			return told, fmt.Errorf("read what was told: %w", err)
		}
		switch {
		case held != "" && until.After(told.Folded):
			told.Folded = until
		case held == "" && created.After(since):
			told.AtOnce++
			if told.Oldest.IsZero() || created.Before(told.Oldest) {
				told.Oldest = created
			}
		}
	}
	return told, rows.Err()
}

// Rehold times anew what waits for a time after now.
func (s *Store) Rehold(ctx context.Context, now time.Time, until func(monitor.Message) (monitor.Hold, time.Time)) (changed int, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `select `+messageColumns+` from messages m `+threads+`
			where m.kind = 'fold' and m.digest_at <> 0 and m.digest_at > ? or m.state not in ('sent', 'folded', 'dead', 'muted')
			and m.held <> '' and m.attempts = 0 and m.not_before > ? order by m.id`, ms(now), ms(now))
		if err != nil {
			return err
		}
		waiting, err := collect(rows, scanMessage)
		if err != nil {
			return err
		}
		changed = 0
		for _, m := range waiting {
			did, err := rehold(ctx, tx, m, until)
			if err != nil {
				return err
			}
			if did {
				changed++
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("time anew what waits: %w", err)
	}
	return changed, nil
}

func rehold(ctx context.Context, tx *sql.Tx, m monitor.Message, until func(monitor.Message) (monitor.Hold, time.Time)) (changed bool, err error) {
	why, at := until(m)
	if m.Kind == monitor.KindFold {
		if at.Equal(m.DigestAt) {
			return false, nil
		}
		_, err = tx.ExecContext(ctx, `update messages set digest_at = ? where id = ?`, ms(at), m.ID)
		return true, err
	}
	if why == m.Held && at.Equal(m.NotBefore) {
		return false, nil
	}
	var digest time.Time
	if why == monitor.ForDigest {
		digest = at
	}
	_, err = tx.ExecContext(ctx, `update messages set held = ?, not_before = ?, digest_at = ? where id = ?`, why, ms(at), ms(digest), m.ID)
	return true, err
}

// forDigest holds for what a digest is to tell of.
const forDigest = `m.digest_at <> 0 and (m.kind = 'fold' or m.state in ('pending', 'parked'))`

// DigestsDue lists the channels that a digest is to be made for, and when; not
// before the channel takes requests.
func (s *Store) DigestsDue(ctx context.Context) (map[string]time.Time, error) {
	rows, err := s.read.QueryContext(ctx, `select m.channel, min(m.digest_at), coalesce(c.next_send, 0)
		from messages m left join channels c on c.name = m.channel where `+forDigest+` group by m.channel, c.next_send`)
	return timeOfEach(rows, err)
}

// Harvest is what a digest of the channel is made of now.
func (s *Store) Harvest(ctx context.Context, channel string, now time.Time) (h monitor.Harvest, err error) {
	var due bool
	err = s.read.QueryRowContext(ctx, `select exists (select 1 from messages m where m.channel = ? and `+forDigest+` and m.digest_at <= ?)`,
		channel, ms(now)).Scan(&due)
	if err != nil {
		return h, fmt.Errorf("look for a digest: %w", err)
	}
	if !due {
		return h, nil
	}
	waiting, err := s.messages(ctx, `where m.channel = ? and `+forDigest+` order by m.id`, channel)
	if err != nil {
		return h, err
	}
	for _, m := range waiting {
		if m.Kind == monitor.KindFold {
			h.Folds = append(h.Folds, m)
		} else {
			h.Alerts = append(h.Alerts, m)
		}
	}
	if len(h.Folds) > 0 {
		h.Folded, err = s.messages(ctx, `where m.kind = 'alert' and m.folded_into in
			(select id from messages where channel = ? and digest_at <> 0 and kind = 'fold') order by m.id`, channel)
		if err != nil {
			return h, err
		}
	}
	err = s.read.QueryRowContext(ctx, `select coalesce(max(created), 0) from messages where channel = ? and kind = 'digest'`, channel).Scan(stamp{&h.Last})
	if err != nil {
		return h, fmt.Errorf("read the last digest: %w", err)
	}
	if h.Judged, err = s.Judged(ctx); err != nil {
		return h, err
	}
	h.Muted, err = s.muted(ctx, `channel = ? and created >= ?`, channel, ms(h.Last))
	return h, err
}

// Digest puts a digest into the outbox in place of the alerts of its harvest.
func (s *Store) Digest(ctx context.Context, worker string, parts []monitor.Message, of monitor.Harvest) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		first, err := foldInto(ctx, tx, worker, parts[0], of.Alerts)
		if err != nil {
			return err
		}
		for _, part := range parts[1:] {
			part.Parent = first
			if _, err := insertMessage(ctx, tx, part, 0); err != nil {
				return err
			}
		}
		for _, list := range [][]monitor.Message{of.Alerts, of.Folds} {
			for _, m := range list {
				if _, err := tx.ExecContext(ctx, `update messages set digest_at = 0 where id = ?`, m.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
