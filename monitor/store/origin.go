package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A dump of PostgreSQL that is put back, or a server's copy, does not know that
// it is one. So a store there remembers where it was: on which server, in which
// of its databases, in which tables, and on which timeline, which a standby
// leaves when it is promoted, and a server that is brought back to an earlier
// moment. What comes up elsewhere is a copy.

// originTable remembers where a store is.
const originTable = `create table if not exists origin (place text not null, timeline integer not null) strict;`

// An origin is where a store is; zero: nobody knows.
type origin struct {
	place    string
	timeline int64
}

// idleFor is for how long nobody worked on a store that counts as a copy
// wherever it is: a snapshot of its disk may have been put back.
const idleFor = 10 * time.Minute

// markCopy marks a store that is a copy of what others may have worked on since.
// If it is none, the look before its first messages costs some seconds. See mark.
//
// While another worker is alive it was there before, and knows better. But those
// that came with a dump do not live.
func (s *Store) markCopy(ctx context.Context, tx *sql.Tx) error {
	for _, table := range []string{originTable, markTable} {
		if _, err := tx.ExecContext(ctx, inPostgres(table)); err != nil {
			return fmt.Errorf("remember where the store is: %w", err)
		}
	}
	was, here, err := origins(ctx, tx)
	if err != nil {
		return fmt.Errorf("read where the store is: %w", err)
	}
	now, err := s.leaseTime(ctx, tx, time.Time{})
	if err != nil {
		return err
	}
	moved := was.place != "" && was.place != here.place
	var last time.Time
	var alive int
	err = tx.QueryRowContext(ctx, `select coalesce(max(last_poll), 0), (select count(*) from workers where until > ?) from feeds`, ms(now)).Scan(stamp{&last}, &alive)
	if err != nil {
		return err
	}
	if was != here {
		for _, step := range []step{{`delete from origin`, nil}, {`insert into origin (place, timeline) values (?, ?)`, []any{here.place, here.timeline}}} {
			if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
				return fmt.Errorf("remember where the store is: %w", err)
			}
		}
	}
	turned := was.place != "" && was.timeline != here.timeline
	switch {
	case last.IsZero(): // nobody has worked on it
	case moved, alive == 0 && (turned || now.Sub(last) >= idleFor):
		return mark(ctx, tx, last)
	}
	return nil
}

// origins reads where the store was, and where it is. Who may not ask the server
// which it is goes by the rest.
func origins(ctx context.Context, tx *sql.Tx) (was, here origin, err error) {
	err = tx.QueryRowContext(ctx, `select place, timeline from origin`).Scan(&was.place, &was.timeline)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return was, here, err
	}
	err = tx.QueryRowContext(ctx, `select oid::text || ' ' || 'feeds'::regclass::oid from pg_database where datname = current_database()`).Scan(&here.place)
	if err != nil {
		return was, here, err
	}
	var told bool
	err = tx.QueryRowContext(ctx, `select has_function_privilege('pg_control_system()', 'execute') and has_function_privilege('pg_control_checkpoint()', 'execute')`).Scan(&told)
	if err != nil || !told {
		return was, here, err
	}
	var server string
	err = tx.QueryRowContext(ctx, `select system_identifier::text, timeline_id from pg_control_system(), pg_control_checkpoint()`).Scan(&server, &here.timeline)
	here.place = server + " " + here.place
	return was, here, err
}
