package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"newswatch/monitor"
)

const messageColumns = `m.id, m.channel, coalesce(nullif(f.ts, ''), p.ts, ''), m.parent, m.kind, m.key, m.rule, m.content, m.state, m.rev,
	m.sent_rev, m.tried_rev, m.ts, m.attempts, m.plain, m.may_repeat, m.parent_gone, m.first_attempt, m.last_attempt,
	m.not_before, m.held, m.digest_at, m.absent, m.audit_at, m.resent, m.reason, m.created`

// threads joins what a reply hangs on: its parent p, or the message f that
// its parent was folded into.
const threads = `left join messages p on p.id = m.parent left join messages f on f.id = p.folded_into `

// orphaned holds for a reply whose parent will never have a ts.
const orphaned = `(m.parent <> 0 and (m.parent_gone <> 0 or p.id is null or p.state in ('dead', 'muted') or p.state = 'folded' and (f.id is null or f.state = 'dead')))`

// sendable holds for a message that could be posted now.
const sendable = `m.state in ('pending', 'parked') and (m.parent = 0 or coalesce(nullif(f.ts, ''), p.ts, '') <> '' or ` + orphaned + `)`

func scanMessage(row scanner) (m monitor.Message, err error) {
	var content string
	err = row.Scan(&m.ID, &m.Channel, &m.Thread, &m.Parent, &m.Kind, &m.Key, &m.Rule, &content, &m.State, &m.Rev,
		&m.SentRev, &m.TriedRev, &m.TS, &m.Attempts, &m.Plain, &m.MayRepeat, &m.ParentGone, stamp{&m.FirstAttempt}, stamp{&m.LastAttempt},
		stamp{&m.NotBefore}, &m.Held, stamp{&m.DigestAt}, &m.Absent, stamp{&m.AuditAt}, &m.Resent, &m.Reason, stamp{&m.Created})
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal([]byte(content), &m.Content)
}

// insertMessage puts m into the outbox, unless its channel has its key, and
// returns the id of the message with that key.
func insertMessage(ctx context.Context, tx *sql.Tx, m monitor.Message, articleID int64) (id int64, err error) {
	content, err := json.Marshal(m.Content)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `insert into messages (channel, parent, kind, key, rule, article_id, content, state, rev, first_attempt, not_before, held, digest_at, reason, created)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (channel, key) do nothing`,
		m.Channel, m.Parent, m.Kind, m.Key, m.Rule, articleID, string(content), m.State, m.Rev, ms(m.FirstAttempt), ms(m.NotBefore), m.Held, ms(m.DigestAt), m.Reason, ms(m.Created))
	if err != nil {
		return 0, fmt.Errorf("put message into the outbox: %w", err)
	}
	err = tx.QueryRowContext(ctx, `select id from messages where channel = ? and key = ?`, m.Channel, m.Key).Scan(&id)
	return id, err
}

// Due lists the channels with something to send or to decide, and when the
// first of it is due.
func (s *Store) Due(ctx context.Context) (map[string]time.Time, error) {
	rows, err := s.read.QueryContext(ctx, `
		select w.channel, min(w.at), coalesce(c.next_send, 0) from (
			select m.channel, m.not_before as at from messages m `+threads+`
				where m.state not in ('sent', 'folded', 'dead', 'muted') and `+sendable+`
			union all select channel, case state when 'sending' then 0 else not_before end from messages
				where state not in ('sent', 'folded', 'dead', 'muted') and state in ('sending', 'unconfirmed')
			union all select channel, not_before from messages where state = 'sent' and rev > sent_rev
		) w left join channels c on c.name = w.channel group by w.channel, c.next_send`)
	return timeOfEach(rows, err)
}

// timeOfEach reads rows of a channel and two times, of which the later counts.
func timeOfEach(rows *sql.Rows, err error) (map[string]time.Time, error) {
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer rows.Close()
	times := make(map[string]time.Time)
	for rows.Next() {
		var channel string
		var at, notBefore time.Time
		if err := rows.Scan(&channel, stamp{&at}, stamp{&notBefore}); err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		if times[channel] = at; notBefore.After(at) {
			times[channel] = notBefore
		}
	}
	return times, rows.Err()
}

// Claim leases the channel to the worker for as long as now is from until, in
// the time that the engine keeps.
func (s *Store) Claim(ctx context.Context, channel, worker string, now, until time.Time) (ch monitor.Channel, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `insert into channels (name) values (?) on conflict do nothing`, channel); err != nil {
			return err
		}
		at, err := s.leaseTime(ctx, tx, now)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `update channels set lease = ?1, lease_until = ?2
			where name = ?3 and (lease = ?1 or lease_until <= ?4)`, worker, ms(at.Add(until.Sub(now))), channel, ms(at))
		if err := oneRow(result, err); err != nil {
			return err
		}
		if !s.taken.IsZero() {
			if err := look(ctx, tx, channel, now); err != nil {
				return err
			}
		}
		return tx.QueryRowContext(ctx, `select name, slack_id, next_send, refusal, refused from channels where name = ?`, channel).
			Scan(&ch.Name, &ch.ID, stamp{&ch.NextSend}, &ch.Refusal, stamp{&ch.Refused})
	})
	return ch, err
}

// Release ends the worker's lease.
func (s *Store) Release(ctx context.Context, channel, worker string) error {
	_, err := s.write.ExecContext(ctx, `update channels set lease = '', lease_until = 0 where name = ? and lease = ?`, channel, worker)
	return err
}

// Undecided lists the channel's messages that may or may not have arrived.
func (s *Store) Undecided(ctx context.Context, channel string) ([]monitor.Message, error) {
	return s.messages(ctx, `where m.channel = ? and m.state not in ('sent', 'folded', 'dead', 'muted')
		and m.state in ('sending', 'unconfirmed') order by m.id`, channel)
}

// Waiting lists the channel's alerts that are due, and the replies whose thread
// is there, oldest first.
func (s *Store) Waiting(ctx context.Context, channel string, now time.Time) ([]monitor.Message, error) {
	return s.messages(ctx, `where m.channel = ? and m.state not in ('sent', 'folded', 'dead', 'muted')
		and m.state in ('pending', 'parked') and (m.kind = 'alert' or m.kind = 'reply' and coalesce(nullif(f.ts, ''), p.ts, '') <> '' and not `+orphaned+`) and not `+unlooked+` and m.not_before <= ? order by m.id`, channel, ms(now))
}

// Left counts what should have been sent by now and was not. A message that
// was never tried and waits for its time, a digest's say, is not due.
func (s *Store) Left(ctx context.Context, terminal bool, now time.Time) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `select count(*) from messages where state not in ('sent', 'folded', 'dead', 'muted')
		and (not_before <= ? or attempts > 0) and case channel when ? then 1 else 0 end = ?`, ms(now), monitor.TerminalChannel, terminal).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count unsent messages: %w", err)
	}
	return n, nil
}

func (s *Store) messages(ctx context.Context, where string, args ...any) ([]monitor.Message, error) {
	rows, err := s.read.QueryContext(ctx, `select `+messageColumns+` from messages m `+threads+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return collect(rows, scanMessage)
}

// Next is the message to send next.
func (s *Store) Next(ctx context.Context, channel string, now time.Time) (d monitor.Delivery, ok bool, err error) {
	for _, where := range []string{
		`m.state not in ('sent', 'folded', 'dead', 'muted') and ` + sendable + ` and not ` + unlooked + ` and m.not_before <= ?2 order by m.kind = 'reply', m.id`,
		`m.state = 'sent' and m.rev > m.sent_rev and m.not_before <= ?2 order by m.id`,
	} {
		row := s.read.QueryRowContext(ctx, `select `+orphaned+`, `+messageColumns+` from messages m `+threads+
			`where m.channel = ?1 and `+where+` limit 1`, channel, ms(now))
		d.Message, err = scanMessage(scanAfter{row, &d.Orphan})
		if d, ok, err = found(d, err, "read outbox"); ok && err == nil {
			d.Content.Deeds, err = s.deeds(ctx, d.ID)
		}
		if ok || err != nil {
			return d, ok, err
		}
	}
	return d, false, nil
}

// scanAfter scans one column more, before the others.
type scanAfter struct {
	row   scanner
	first any
}

func (s scanAfter) Scan(to ...any) error { return s.row.Scan(append([]any{s.first}, to...)...) }

// Settle writes the channel and how far its messages have come.
func (s *Store) Settle(ctx context.Context, worker string, ch monitor.Channel, messages ...monitor.Message) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `update channels set slack_id = ?, next_send = ?, refusal = ?, refused = ?
			where name = ? and lease = ?`, ch.ID, ms(ch.NextSend), ch.Refusal, ms(ch.Refused), ch.Name, worker)
		if err := oneRow(result, err); err != nil {
			return err
		}
		for _, m := range messages {
			_, err := tx.ExecContext(ctx, `update messages set state = ?, sent_rev = ?, tried_rev = ?, ts = ?, attempts = ?, plain = ?,
					may_repeat = ?, parent_gone = ?, first_attempt = ?, last_attempt = ?, not_before = ?, absent = ?, audit_at = ?, resent = ?, reason = ?
				where id = ?`, m.State, m.SentRev, m.TriedRev, m.TS, m.Attempts, m.Plain, m.MayRepeat, m.ParentGone,
				ms(m.FirstAttempt), ms(m.LastAttempt), ms(m.NotBefore), m.Absent, ms(m.AuditAt), m.Resent, m.Reason, m.ID)
			if err != nil {
				return fmt.Errorf("settle message: %w", err)
			}
		}
		return nil
	})
}

// Fold puts the message into the outbox in place of its members.
func (s *Store) Fold(ctx context.Context, worker string, fold monitor.Message, members []monitor.Message) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := foldInto(ctx, tx, worker, fold, members)
		return err
	})
}

// foldInto is Fold within a transaction.
func foldInto(ctx context.Context, tx *sql.Tx, worker string, fold monitor.Message, members []monitor.Message) (id int64, err error) {
	var leased string
	err = tx.QueryRowContext(ctx, `select lease from channels where name = ?`, fold.Channel).Scan(&leased)
	if err != nil || leased != worker {
		return 0, errorOr(err, monitor.ErrLeaseLost)
	}
	for _, m := range members {
		if m.Attempts == 0 && !m.FirstAttempt.IsZero() { // of before a restore, as the fold may be
			fold.FirstAttempt = m.FirstAttempt
		}
	}
	if id, err = insertMessage(ctx, tx, fold, 0); err != nil {
		return 0, err
	}
	for _, m := range members {
		_, err := tx.ExecContext(ctx, `update messages set state = 'folded', folded_into = ? where id = ? and state in ('pending', 'parked')`, id, m.ID)
		if err != nil {
			return 0, err
		}
	}
	return id, nil
}

func errorOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// heir finds the alert that the story of message ?1, or of a reply folded into
// it, has by now in place of message ?2: a reply that was promoted before.
const heir = `select a.message_id from messages m join reports r on r.article_id = m.article_id
	join alerts a on a.rule = m.rule and a.story_id = r.story_id and a.channel = m.channel
	join messages h on h.id = a.message_id and h.state not in ('dead', 'muted')
	where ?1 in (m.id, m.folded_into) and a.message_id not in (?1, ?2) order by a.message_id limit 1`

// Promote gives a reply whose parent is gone the alert that its story has by
// now, or else makes it the story's alert. The replies that wait for the same
// parent go with it.
func (s *Store) Promote(ctx context.Context, reply monitor.Message) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		var parent int64 // 0: none; the reply is the alert
		err := tx.QueryRowContext(ctx, heir, reply.ID, reply.Parent).Scan(&parent)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("find the story's alert: %w", err)
		}
		steps := []step{
			{`update messages set kind = case kind when 'reply' then 'alert' else kind end, parent = 0, parent_gone = 0 where id = ?`, []any{reply.ID}},
			{`update messages set parent = ?1 where parent = ?2 and id <> ?1 and state in ('pending', 'parked')`, []any{reply.ID, reply.Parent}},
			{`update alerts set message_id = ? where message_id = ?`, []any{reply.ID, reply.Parent}},
		}
		if parent != 0 {
			steps = []step{{`update messages set parent = ?, parent_gone = 0 where id = ? or parent = ? and state in ('pending', 'parked')`,
				[]any{parent, reply.ID, reply.Parent}}}
		}
		for _, step := range steps {
			if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
				return fmt.Errorf("make a reply the alert: %w", err)
			}
		}
		return nil
	})
}

// A step is one statement of several.
type step struct {
	query string
	args  []any
}
