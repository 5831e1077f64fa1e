package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"newswatch/monitor"
)

const reportColumns = articleColumns + `, r.id, r.story_id, r.relation, r.at`

func scanReport(row scanner) (r monitor.Report, err error) {
	r.Article, err = scanArticle(row, &r.ID, &r.StoryID, &r.Relation, stamp{&r.At})
	return r, err
}

// reportsAfter has for parameters an ID, a time and a limit. substr counts
// characters.
var reportsAfter = strings.Replace(`select `+reportColumns+` from reports r join articles a on a.id = r.article_id
	where r.id > ? and (r.at >= ? or r.relation = 'opens') order by r.id limit ?`, `a.body`, `substr(a.body, 1, 4000)`, 1)

// ReportsAfter lists reports in order of arrival. See monitor.Archive.
func (s *Store) ReportsAfter(ctx context.Context, id int64, since time.Time, limit int) ([]monitor.Report, error) {
	rows, err := s.read.QueryContext(ctx, reportsAfter, id, ms(since), limit)
	if err != nil {
		return nil, err
	}
	return collect(rows, scanReport)
}

func (l *ledger) ReportsAfter(id int64, since time.Time) ([]monitor.Report, error) {
	rows, err := l.tx.QueryContext(l.ctx, reportsAfter, id, ms(since), int64(math.MaxInt64))
	if err != nil {
		return nil, err
	}
	return collect(rows, scanReport)
}

func (l *ledger) ReportOf(articleID int64) (monitor.Report, bool, error) {
	r, err := scanReport(l.tx.QueryRowContext(l.ctx, `select `+reportColumns+` from reports r join articles a on a.id = r.article_id
		where r.article_id = ?`, articleID))
	return found(r, err, "read report")
}

// found tells "there is none" from an error.
func found[T any](item T, err error, doing string) (T, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return item, false, nil
	}
	if err != nil {
		return item, false, fmt.Errorf("%s: %w", doing, err)
	}
	return item, true, nil
}

func (l *ledger) OpenStory(s monitor.Story) (id int64, err error) {
	err = l.tx.QueryRowContext(l.ctx, `insert into stories (title, seed, first, last) values (?, ?, ?, ?) returning id`,
		s.Title, s.Seed, ms(s.First), ms(s.Last)).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("open story: %w", err)
	}
	return id, nil
}

func (l *ledger) AddReport(r monitor.Report) (id int64, err error) {
	at := ms(r.At)
	err = l.tx.QueryRowContext(l.ctx, `insert into reports (story_id, article_id, relation, at) values (?, ?, ?, ?) returning id`,
		r.StoryID, r.Article.ID, r.Relation, at).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("add report: %w", err)
	}
	_, err = l.tx.ExecContext(l.ctx, `update stories set last = ?1 where id = ?2 and last < ?1`, at, r.StoryID)
	return id, err
}

func (l *ledger) Story(id int64) (s monitor.Story, err error) {
	err = l.tx.QueryRowContext(l.ctx, `select id, title, seed, first, last from stories where id = ?`, id).
		Scan(&s.ID, &s.Title, &s.Seed, stamp{&s.First}, stamp{&s.Last})
	if err != nil {
		return s, fmt.Errorf("read story %d: %w", id, err)
	}
	return s, nil
}

func (l *ledger) Alerted(articleID int64) ([]string, error) {
	rows, err := l.tx.QueryContext(l.ctx, `select rule from matches where article_id = ? order by rule`, articleID)
	if err != nil {
		return nil, fmt.Errorf("read matches: %w", err)
	}
	return collect(rows, func(row scanner) (rule string, err error) { return rule, row.Scan(&rule) })
}

func (l *ledger) Alert(ruleID string, story int64, channel string) (monitor.Message, bool, error) {
	m, err := scanMessage(l.tx.QueryRowContext(l.ctx, `select `+messageColumns+` from alerts al
		join messages m on m.id = al.message_id `+threads+`
		where al.rule = ? and al.story_id = ? and al.channel = ?`, ruleID, story, channel))
	return found(m, err, "read alert")
}

// Post puts the message into the outbox and notes what it tells of.
func (l *ledger) Post(m monitor.Message, story, articleID int64) error {
	if l.looks {
		m.FirstAttempt = l.taken
	}
	id, err := insertMessage(l.ctx, l.tx, m, articleID)
	if err != nil {
		return err
	}
	_, err = l.tx.ExecContext(l.ctx, `insert into matches (article_id, rule, at) values (?, ?, ?) on conflict do nothing`, articleID, m.Rule, ms(m.Created))
	if err != nil {
		return fmt.Errorf("note match: %w", err)
	}
	if m.Kind != monitor.KindAlert {
		return nil
	}
	_, err = l.tx.ExecContext(l.ctx, `insert into alerts (rule, story_id, channel, message_id, at) values (?, ?, ?, ?, ?)
		on conflict (rule, story_id, channel) do update set message_id = excluded.message_id, at = excluded.at
			where (select m.state from messages m where m.id = alerts.message_id) = 'muted'`,
		m.Rule, story, m.Channel, id, ms(m.Created))
	if err != nil {
		return fmt.Errorf("note alert: %w", err)
	}
	return nil
}

func (l *ledger) Revise(id int64, content monitor.Content) error {
	encoded, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if _, err := l.tx.ExecContext(l.ctx, `update messages set content = ?, rev = rev + 1 where id = ?`, string(encoded), id); err != nil {
		return fmt.Errorf("revise message: %w", err)
	}
	return nil
}

func (l *ledger) Told(articleID int64) ([]monitor.Message, error) {
	rows, err := l.tx.QueryContext(l.ctx, `select `+messageColumns+` from messages m `+threads+`
		where m.article_id = ? and m.article_id <> 0 and m.kind in ('alert', 'reply') order by m.id`, articleID)
	if err != nil {
		return nil, fmt.Errorf("read messages of an article: %w", err)
	}
	return collect(rows, scanMessage)
}
