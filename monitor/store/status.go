package store

import (
	"context"
	"fmt"
	"time"

	"newswatch/monitor"
)

// A Queue is how delivery to one channel stands.
type Queue struct {
	Channel  string
	States   map[monitor.State]int
	Oldest   time.Time // creation of the oldest message not yet sent; zero: none waits
	Refusal  string    // why the channel takes no messages; "": it does
	NextSend time.Time
	Reason   string // of the oldest message that could not be sent yet
}

// unsent holds for messages that still have to reach their channel.
const unsent = `m.state not in ('sent', 'folded', 'dead', 'muted')`

// Queues lists the channels that ever had a message, by name.
func (s *Store) Queues(ctx context.Context) ([]Queue, error) {
	rows, err := s.read.QueryContext(ctx, `select m.channel, m.state, count(*), coalesce(min(m.created) filter (where `+unsent+`), 0),
			coalesce(c.refusal, ''), coalesce(c.next_send, 0), coalesce(max(m.reason) filter (where `+unsent+`), '')
		from messages m left join channels c on c.name = m.channel group by m.channel, m.state, c.refusal, c.next_send order by m.channel`)
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer rows.Close()
	var queues []Queue
	for rows.Next() {
		var q Queue
		var state monitor.State
		var n int
		if err := rows.Scan(&q.Channel, &state, &n, stamp{&q.Oldest}, &q.Refusal, stamp{&q.NextSend}, &q.Reason); err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		if len(queues) == 0 || queues[len(queues)-1].Channel != q.Channel {
			q.States = make(map[monitor.State]int)
			queues = append(queues, q)
		}
		last := &queues[len(queues)-1]
		last.States[state] = n
		if last.Oldest.IsZero() || !q.Oldest.IsZero() && q.Oldest.Before(last.Oldest) {
			last.Oldest = q.Oldest
		}
		if last.Reason == "" {
			last.Reason = q.Reason
		}
	}
	return queues, rows.Err()
}

// Counts are totals over a period.
type Counts struct{ Articles, Matched, Stories, Alerts, Replies, Muted int }

// Count counts what came in since the given time.
func (s *Store) Count(ctx context.Context, since time.Time) (c Counts, err error) {
	at := ms(since)
	err = s.read.QueryRowContext(ctx, `select
		(select count(*) from articles where first_seen >= ?1),
		(select count(distinct article_id) from matches where at >= ?1),
		(select count(*) from stories where first >= ?1),
		(select count(*) from messages where kind = 'alert' and state <> 'muted' and created >= ?1),
		(select count(*) from messages where kind = 'reply' and state <> 'muted' and created >= ?1),
		(select count(*) from messages where kind in ('alert', 'reply') and state = 'muted' and created >= ?1)`, at).
		Scan(&c.Articles, &c.Matched, &c.Stories, &c.Alerts, &c.Replies, &c.Muted)
	if err != nil {
		return c, fmt.Errorf("count: %w", err)
	}
	return c, nil
}

// A Holding is how many messages of a channel wait for the same, and until when
// the first does.
type Holding struct {
	Channel  string
	Why      monitor.Hold
	Messages int
	Until    time.Time
}

// Held counts the messages that wait for a time to come, by channel and by what
// they wait for.
func (s *Store) Held(ctx context.Context, now time.Time) ([]Holding, error) {
	rows, err := s.read.QueryContext(ctx, `select m.channel, m.held, count(*), min(m.not_before) from messages m
		where `+unsent+` and m.held <> '' and m.attempts = 0 and m.not_before > ? group by m.channel, m.held order by 1, 4, 2`, ms(now))
	if err != nil {
		return nil, fmt.Errorf("read what waits: %w", err)
	}
	return collect(rows, func(row scanner) (h Holding, err error) {
		return h, row.Scan(&h.Channel, &h.Why, &h.Messages, stamp{&h.Until})
	})
}
