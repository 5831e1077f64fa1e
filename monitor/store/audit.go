package store

import (
	"context"
	"fmt"
	"time"

	"newswatch/monitor"
)

// AuditsDue lists the channels with messages to read back, and when the first
// of it is due; not before the channel takes requests.
func (s *Store) AuditsDue(ctx context.Context) (map[string]time.Time, error) {
	rows, err := s.read.QueryContext(ctx, `select m.channel, min(m.audit_at), coalesce(c.next_send, 0)
		from messages m left join channels c on c.name = m.channel where m.audit_at <> 0 and m.state = 'sent' group by m.channel, c.next_send`)
	return timeOfEach(rows, err)
}

// Confirmed lists the channel's sent messages whose audit is due until the
// given time, the earliest first.
func (s *Store) Confirmed(ctx context.Context, channel string, until time.Time) ([]monitor.Message, error) {
	return s.messages(ctx, `where m.channel = ? and m.audit_at <> 0 and m.audit_at <= ? and m.state = 'sent' order by m.audit_at, m.id`, channel, ms(until))
}

// Reopen makes the refused channels due at once and lists them.
func (s *Store) Reopen(ctx context.Context, now time.Time) ([]monitor.Channel, error) {
	rows, err := s.write.QueryContext(ctx, `update channels set next_send = case when next_send > ?1 then ?1 else next_send end where refusal <> ''
		returning name, slack_id, next_send, refusal, refused`, ms(now))
	if err != nil {
		return nil, fmt.Errorf("reopen channels: %w", err)
	}
	return collect(rows, scanChannel)
}

func scanChannel(row scanner) (ch monitor.Channel, err error) {
	return ch, row.Scan(&ch.Name, &ch.ID, stamp{&ch.NextSend}, &ch.Refusal, stamp{&ch.Refused})
}
