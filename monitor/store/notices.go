package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"newswatch/monitor"
)

// Notices finds what the operator was told of each of the causes.
func (s *Store) Notices(ctx context.Context, causes []string) ([]monitor.Notice, error) {
	notices := make([]monitor.Notice, len(causes))
	for i, cause := range causes {
		n := monitor.Notice{Cause: cause}
		err := s.read.QueryRowContext(ctx, `select told, over from notices where cause = ?`, cause).Scan(stamp{&n.Told}, &n.Over)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("read notices: %w", err)
		}
		notices[i] = n
	}
	return notices, nil
}

// Tell puts a note into the outbox, unless its channel has one with its key,
// and keeps what was told with it. Where another worker has just told of all
// the causes it does nothing.
func (s *Store) Tell(ctx context.Context, note monitor.Message, told ...monitor.Notice) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		fresh := len(told) == 0
		for _, n := range told {
			result, err := tx.ExecContext(ctx, `insert into notices (cause, told, over) values (?, ?, ?)
				on conflict (cause) do update set told = excluded.told, over = excluded.over
				where notices.over <> excluded.over or notices.told < excluded.told - ?`, n.Cause, ms(n.Told), n.Over, toldTogether.Milliseconds())
			if err != nil {
				return fmt.Errorf("note what was told: %w", err)
			}
			changed, err := result.RowsAffected()
			if err != nil {
				return err
			}
			fresh = fresh || changed > 0
		}
		if !fresh {
			return nil
		}
		_, err := insertMessage(ctx, tx, note, 0)
		return err
	})
}

// Lasting lists the causes that begin with prefix and that the operator was told
// of and not of their end.
func (s *Store) Lasting(ctx context.Context, prefix string) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, `select cause from notices where over = 0 and cause like ? order by told, cause`, prefix+"%")
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return collect(rows, func(row scanner) (cause string, err error) { return cause, row.Scan(&cause) })
}

// EndAll ends the causes that begin with prefix, and tells nobody.
func (s *Store) EndAll(ctx context.Context, prefix string) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `update notices set over = 1 where over = 0 and cause like ?`, prefix+"%")
		return err
	})
}

// toldTogether is within what time two workers tell of the same thing.
const toldTogether = time.Hour

// Tally counts what the day's sign of life tells of.
func (s *Store) Tally(ctx context.Context, since time.Time) (tally monitor.Tally, err error) {
	err = s.read.QueryRowContext(ctx, `select
			(select count(*) from messages where kind = 'alert' and state <> 'muted' and created >= ?1),
			(select count(*) from messages where state = 'dead' and last_attempt >= ?1),
			(select count(*) from messages m where `+unsent+` and created < ?1)`, ms(since)).
		Scan(&tally.Alerts, &tally.Dead, &tally.Late)
	if err != nil {
		return tally, fmt.Errorf("count the day: %w", err)
	}
	rows, err := s.read.QueryContext(ctx, `select name, slack_id, next_send, refusal, refused from channels where refusal <> '' order by name`)
	if err != nil {
		return tally, fmt.Errorf("read refused channels: %w", err)
	}
	tally.Refused, err = collect(rows, scanChannel)
	return tally, err
}
