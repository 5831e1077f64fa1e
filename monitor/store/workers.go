package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"newswatch/monitor"
)

// Muster notes that the worker is alive, for as long as now is from until, and
// by which rules it works, and lists the others that are, by name.
func (s *Store) Muster(ctx context.Context, self monitor.Colleague, now, until time.Time) (others []monitor.Colleague, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		at, err := s.leaseTime(ctx, tx, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into workers (name, rules, until) values (?, ?, ?)
			on conflict (name) do update set rules = excluded.rules, until = excluded.until`, self.Name, self.Rules, ms(at.Add(until.Sub(now))))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `delete from workers where until <= ?`, ms(at)); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `select name, rules from workers where name <> ? order by name`, self.Name)
		if err != nil {
			return err
		}
		others, err = collect(rows, func(row scanner) (c monitor.Colleague, err error) { return c, row.Scan(&c.Name, &c.Rules) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("muster workers: %w", err)
	}
	return others, nil
}
