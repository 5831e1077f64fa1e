package store

import (
	"context"
	"database/sql"
	"fmt"

	"newswatch/monitor"
)

const feedColumns = `key, name, lease, etag, last_modified, body_hash, spec,
	next_poll, last_poll, last_ok, last_new, newest, parsed, items, gaps, failures, fault`

// Enroll makes a row for each feed that has none, leases all of them to the
// worker, and returns what is known of each, in the same order.
func (s *Store) Enroll(ctx context.Context, worker string, feeds []monitor.Feed) ([]monitor.FeedState, error) {
	states := make([]monitor.FeedState, len(feeds))
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for i, feed := range feeds {
			row := tx.QueryRowContext(ctx, `insert into feeds (key, name, lease) values (?, ?, ?)
				on conflict (key) do update set name = excluded.name, lease = excluded.lease
				returning `+feedColumns, feed.Key(), feed.Name, worker)
			state, err := scanFeed(row)
			if err != nil {
				return err
			}
			states[i] = state
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("enroll feeds: %w", err)
	}
	return states, nil
}

// Touch writes the states of polls that found nothing new. A feed that another
// worker has by now is left alone.
func (s *Store) Touch(ctx context.Context, states []monitor.FeedState) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for _, state := range states {
			if err := saveFeed(ctx, tx, state); err != nil && err != monitor.ErrLeaseLost {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write times of feeds: %w", err)
	}
	return nil
}

// Feeds lists what is known of all feeds, by name.
func (s *Store) Feeds(ctx context.Context) ([]monitor.FeedState, error) {
	rows, err := s.read.QueryContext(ctx, `select `+feedColumns+` from feeds order by name, key`)
	if err != nil {
		return nil, fmt.Errorf("list feeds: %w", err)
	}
	return collect(rows, scanFeed)
}

func scanFeed(row scanner) (f monitor.FeedState, err error) {
	err = row.Scan(&f.Key, &f.Name, &f.Lease, &f.Validators.ETag, &f.Validators.LastModified, &f.Validators.BodyHash, &f.Spec,
		stamp{&f.NextPoll}, stamp{&f.LastPoll}, stamp{&f.LastOK}, stamp{&f.LastNew}, stamp{&f.Newest}, stamp{&f.Parsed},
		&f.Items, &f.Gaps, &f.Failures, &f.Fault)
	return f, err
}

func saveFeed(ctx context.Context, tx *sql.Tx, f monitor.FeedState) error {
	result, err := tx.ExecContext(ctx, `update feeds set etag = ?, last_modified = ?, body_hash = ?, spec = ?,
			next_poll = ?, last_poll = ?, last_ok = ?, last_new = ?, newest = ?, parsed = ?, items = ?, gaps = ?, failures = ?, fault = ?
		where key = ? and lease = ?`,
		f.Validators.ETag, f.Validators.LastModified, f.Validators.BodyHash, f.Spec,
		ms(f.NextPoll), ms(f.LastPoll), ms(f.LastOK), ms(f.LastNew), ms(f.Newest), ms(f.Parsed), f.Items, f.Gaps, f.Failures, f.Fault,
		f.Key, f.Lease)
	return oneRow(result, err)
}

// oneRow is ErrLeaseLost when a guarded update found no row.
func oneRow(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return monitor.ErrLeaseLost
}

type scanner interface{ Scan(...any) error }

// collect scans all rows and closes them.
func collect[T any](rows *sql.Rows, scan func(scanner) (T, error)) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		item, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, rows.Err()
}
