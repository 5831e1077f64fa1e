package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"strings"
	"time"

	"newswatch/monitor"
)

// A Tracked is a message with where it stands beyond itself.
type Tracked struct {
	monitor.Message
	FoldedInto int64     // the message that tells its content; 0: none
	Refusal    string    // why its channel takes no messages; "": it does
	NextSend   time.Time // when its channel is tried next; may be past
}

// A Selection says which messages Track lists. The zero value is all.
type Selection struct {
	IDs     []int64         // empty: any
	States  []monitor.State // empty: any
	Since   time.Time       // created then or later
	OrOpen  bool            // or, however old, not told yet or dead
	Rule    string          // "": any
	Channel string          // with or without its #; "": any
	Article int64           // 0: any
}

// trackOrder puts first what needs a person, then what waits, then what is told.
const trackOrder = `case m.state when 'dead' then 0 when 'unconfirmed' then 1 when 'parked' then 2 when 'sending' then 3
	when 'pending' then 4 when 'muted' then 5 when 'sent' then 6 else 7 end, m.id desc`

// Track lists messages by state, what needs a person first; of one state the
// newest first.
func (s *Store) Track(ctx context.Context, of Selection) ([]Tracked, error) {
	where, args := of.where()
	rows, err := s.read.QueryContext(ctx, `select m.folded_into, coalesce(c.refusal, ''), coalesce(c.next_send, 0), `+messageColumns+`
		from messages m left join channels c on c.name = m.channel `+threads+`where `+where+` order by `+trackOrder, args...)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return collect(rows, scanTracked)
}

// where is the selection as a condition, and its parameters.
func (of Selection) where() (string, []any) {
	where, args := `(m.created >= ? or ? <> 0 and m.state not in ('sent', 'folded'))`, []any{ms(of.Since), of.OrOpen}
	where += among(`m.id`, of.IDs, &args) + among(`m.state`, of.States, &args)
	if of.Rule != "" {
		where, args = where+` and m.rule = ?`, append(args, of.Rule)
	}
	if of.Channel != "" {
		where, args = where+` and ltrim(m.channel, '#') = ?`, append(args, strings.TrimPrefix(of.Channel, "#"))
	}
	if of.Article != 0 {
		where, args = where+` and m.article_id = ?`, append(args, of.Article)
	}
	return where, args
}

// among is the condition, after others, that a column has one of the values;
// "" when there are none. The last is repeated until their number is a power of
// two: so statements have few texts, and each is prepared once.
func among[T any](column string, values []T, args *[]any) string {
	if len(values) == 0 {
		return ""
	}
	n := 1 << bits.Len(uint(len(values)-1))
	for i := range n {
		*args = append(*args, values[min(i, len(values)-1)])
	}
	return ` and ` + column + ` in (?` + strings.Repeat(`, ?`, n-1) + `)`
}

func scanTracked(row scanner) (t Tracked, err error) {
	t.Message, err = scanMessage(scanAfter{scanAfter{scanAfter{row, &t.FoldedInto}, &t.Refusal}, stamp{&t.NextSend}})
	return t, err
}

// Retry puts a message that is dead, unconfirmed, parked or muted back among those
// that wait, beside a running worker too. An unconfirmed one may have arrived:
// it is marked. Any other is left as it is, and retried is false.
func (s *Store) Retry(ctx context.Context, id int64) (retried bool, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `update messages set state = 'pending', may_repeat = case state when 'unconfirmed' then 1 else may_repeat end,
				ts = '', sent_rev = 0, plain = 0, not_before = 0, absent = 0, resent = 0, reason = 'to be sent again, as asked'
			where id = ? and state in ('dead', 'unconfirmed', 'parked', 'muted')`, id)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		retried = retried || n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("retry message %d: %w", id, err)
	}
	return retried, nil
}

// Waits is how long messages of each channel have been waiting beyond their
// time at most: a digest's time, for one, or now. Channels without are missing.
func (s *Store) Waits(ctx context.Context, now time.Time) (map[string]time.Duration, error) {
	rows, err := s.read.QueryContext(ctx, `select w.channel, w.due, 0 from (
			select m.channel, min(case when m.attempts = 0 and m.not_before > m.created then m.not_before else m.created end) as due
			from messages m where `+unsent+` group by m.channel) w
		where w.due <= ?`, ms(now))
	dues, err := timeOfEach(rows, err)
	waits := make(map[string]time.Duration)
	for channel, due := range dues {
		waits[channel] = now.Sub(due)
	}
	return waits, err
}

// Attempts counts how often posting was tried of the messages last tried at
// since or later.
func (s *Store) Attempts(ctx context.Context, since time.Time) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `select coalesce(sum(attempts), 0) from messages where last_attempt >= ?`, ms(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count attempts: %w", err)
	}
	return n, nil
}
