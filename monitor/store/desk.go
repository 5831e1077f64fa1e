package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"newswatch/monitor"
)

// Act runs do in one transaction, again from the start when the store asks for
// it.
func (s *Store) Act(ctx context.Context, do func(monitor.Acts) error) error {
	return s.transact(ctx, func(tx *sql.Tx) error { return do(&acts{ledger{ctx: ctx, tx: tx, engine: s.engine}}) })
}

// acts is a transaction that writes what somebody did.
type acts struct{ ledger }

// Note writes an act, unless one of its request is there.
func (a *acts) Note(act monitor.Act) (first bool, err error) {
	result, err := a.tx.ExecContext(a.ctx, `insert into acts (request, at, user_id, act, value, message_id, refused) values (?, ?, ?, ?, ?, ?, ?)
		on conflict (request) do nothing`, act.Request, ms(act.By.At), act.By.User, act.What, act.Value, act.Alert, act.Refused)
	if err != nil {
		return false, fmt.Errorf("note act: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// clicked has for parameters a key, a ts and a channel's ID. Of a message that
// may have arrived nobody knows the ts yet, and of the first of a channel not
// even the ID: then it has to be no other channel's.
const clicked = `select m.article_id, coalesce(r.story_id, 0), ` + messageColumns + ` from messages m ` + threads + `
	join channels c on c.name = m.channel left join reports r on r.article_id = m.article_id and m.article_id <> 0
	where m.key = ?1 and (m.state = 'sent' and m.ts = ?2 and c.slack_id = ?3
		or m.state in ('sending', 'unconfirmed') and m.ts = '' and (c.slack_id = ?3 or c.slack_id = '' and not exists (select 1 from channels o where o.slack_id = ?3)))`

func scanSubject(row scanner) (s monitor.Subject, err error) {
	s.Message, err = scanMessage(scanAfter{scanAfter{row, &s.Article}, &s.Story})
	return s, err
}

// Shown finds the message that stands in Slack at that place with that key, or
// may, and keeps other transactions from it.
func (a *acts) Shown(at monitor.Receipt, key string) (monitor.Subject, bool, error) {
	if _, err := a.tx.ExecContext(a.ctx, `update messages set rev = rev where key = ?`, key); err != nil {
		return monitor.Subject{}, false, fmt.Errorf("find message: %w", err)
	}
	s, err := scanSubject(a.tx.QueryRowContext(a.ctx, clicked, key, at.TS, at.Channel))
	return found(s, err, "find message")
}

// Clicked finds the message that stands in Slack at that place with that key, or
// may, and the article it tells of.
func (s *Store) Clicked(ctx context.Context, at monitor.Receipt, key string) (on monitor.Subject, a monitor.Article, ok bool, err error) {
	on, err = scanSubject(s.read.QueryRowContext(ctx, clicked, key, at.TS, at.Channel))
	if on, ok, err = found(on, err, "find message"); !ok || err != nil {
		return on, a, ok, err
	}
	a, err = scanArticle(s.read.QueryRowContext(ctx, `select `+articleColumns+` from articles a where a.id = ? and a.pruned = 0`, on.Article))
	a, _, err = found(a, err, "read article")
	return on, a, true, err
}

// Acknowledged is the first acknowledgement of the message.
func (a *acts) Acknowledged(message int64) (act monitor.Act, err error) {
	err = a.tx.QueryRowContext(a.ctx, acknowledged, message, monitor.ActAcknowledge).Scan(&act.Request, &act.By.User, stamp{&act.By.At})
	act, _, err = found(act, err, "read acknowledgement")
	return act, err
}

const acknowledged = `select request, user_id, at from acts where message_id = ? and act = ? and refused = '' order by id limit 1`

// Judge writes what somebody says of an alert, in place of what they said before.
func (a *acts) Judge(alert monitor.Subject, v monitor.Verdict) (changed bool, err error) {
	result, err := a.tx.ExecContext(a.ctx, `insert into verdicts (message_id, user_id, relevant, rule, article_id, at) values (?, ?, ?, ?, ?, ?)
		on conflict (message_id, user_id) do update set relevant = excluded.relevant, at = excluded.at
			where verdicts.relevant <> excluded.relevant`, alert.ID, v.By.User, v.Relevant, alert.Rule, alert.Article, ms(v.By.At))
	if err != nil {
		return false, fmt.Errorf("note verdict: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

const muteColumns = `u.id, u.rule, u.story_id, u.outlet, u.until, u.user_id, u.at, u.message_id`

func scanMute(row scanner) (m monitor.Mute, err error) {
	err = row.Scan(&m.ID, &m.Rule, &m.Story, &m.Outlet, stamp{&m.Until}, &m.By.User, stamp{&m.By.At}, &m.Alert)
	return m, err
}

// MuteOf is the mute of exactly that scope.
func (a *acts) MuteOf(of monitor.Scope, now time.Time) (monitor.Mute, bool, error) {
	m, err := scanMute(a.tx.QueryRowContext(a.ctx, `select `+muteColumns+` from mutes u
		where u.rule = ? and u.story_id = ? and u.outlet = ? and u.until > ?`, of.Rule, of.Story, of.Outlet, ms(now)))
	return found(m, err, "read mute")
}

// Mute puts the mute in place of any of its scope, and keeps back what of it
// waits and was never shown.
func (a *acts) Mute(m monitor.Mute, reason string) (kept int, err error) {
	_, err = a.tx.ExecContext(a.ctx, `insert into mutes (rule, story_id, outlet, until, user_id, at, message_id) values (?, ?, ?, ?, ?, ?, ?)
		on conflict (rule, story_id, outlet) do update set until = excluded.until, user_id = excluded.user_id, at = excluded.at, message_id = excluded.message_id`,
		m.Rule, m.Story, m.Outlet, ms(m.Until), m.By.User, ms(m.By.At), m.Alert)
	if err != nil {
		return 0, fmt.Errorf("note mute: %w", err)
	}
	result, err := a.tx.ExecContext(a.ctx, `update messages set state = 'muted', reason = ?1, digest_at = 0
		where state in ('pending', 'parked') and ts = '' and kind in ('alert', 'reply', 'fold') and ?2 in ('', rule)
			and (?3 = 0 or article_id in (select r.article_id from reports r where r.story_id = ?3))
			and (?4 = '' or article_id in (select a.id from articles a where coalesce(nullif(a.outlet, ''), a.feed) = ?4))`,
		reason, m.Rule, m.Story, m.Outlet)
	if err != nil {
		return 0, fmt.Errorf("keep back what is muted: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// MuteBy is the mute of that ID.
func (a *acts) MuteBy(id int64, now time.Time) (monitor.Mute, bool, error) {
	m, err := scanMute(a.tx.QueryRowContext(a.ctx, `select `+muteColumns+` from mutes u where u.id = ? and u.until > ?`, id, ms(now)))
	return found(m, err, "read mute")
}

// Unmute ends a mute. Its row stays: SQLite gives the ID of the last row, once
// that is deleted, to the next. It ends where it began, which no clock that is
// set back a little makes the future.
func (a *acts) Unmute(id int64) error {
	if _, err := a.tx.ExecContext(a.ctx, `update mutes set until = at, message_id = 0 where id = ?`, id); err != nil {
		return fmt.Errorf("end mute: %w", err)
	}
	return nil
}

// Redraw lets the message show what was done with it.
func (a *acts) Redraw(message int64) error {
	if _, err := a.tx.ExecContext(a.ctx, `update messages set rev = rev + 1 where id = ?`, message); err != nil {
		return fmt.Errorf("redraw message: %w", err)
	}
	return nil
}

// MuteOver is the mute, of all that keep back a match, that ends last.
func (l *ledger) MuteOver(match monitor.Scope, now time.Time) (monitor.Mute, bool, error) {
	m, err := scanMute(l.tx.QueryRowContext(l.ctx, `select `+muteColumns+` from mutes u
		where u.until > ? and u.rule in ('', ?) and u.story_id in (0, ?) and u.outlet in ('', ?) order by u.until desc, u.id limit 1`,
		ms(now), match.Rule, match.Story, match.Outlet))
	return found(m, err, "read mutes")
}

// deeds reads what was done with a message. It is read after the message: what
// is shown is never older than its revision.
func (s *Store) deeds(ctx context.Context, message int64) (d monitor.Deeds, err error) {
	var request string
	err = s.read.QueryRowContext(ctx, acknowledged, message, monitor.ActAcknowledge).Scan(&request, &d.Acknowledged.User, stamp{&d.Acknowledged.At})
	if _, _, err = found(request, err, "read acknowledgement"); err != nil {
		return d, err
	}
	rows, err := s.read.QueryContext(ctx, `select user_id, relevant from verdicts where message_id = ? order by at, user_id`, message)
	if err != nil {
		return d, fmt.Errorf("read verdicts: %w", err)
	}
	_, err = collect(rows, func(row scanner) (user string, err error) {
		var relevant bool
		err = row.Scan(&user, &relevant)
		if relevant {
			d.Relevant = append(d.Relevant, user)
		} else {
			d.NotRelevant = append(d.NotRelevant, user)
		}
		return user, err
	})
	if err != nil {
		return d, err
	}
	rows, err = s.read.QueryContext(ctx, `select `+muteColumns+` from mutes u where u.message_id = ? order by u.id`, message)
	if err != nil {
		return d, fmt.Errorf("read mutes: %w", err)
	}
	d.Mutes, err = collect(rows, scanMute)
	return d, err
}
