package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"newswatch/monitor"
)

const feedColumns = `key, name, lease, etag, last_modified, body_hash, address, redirect_to, redirect_since, redirect_times,
	spec, ttl, skip_hours, next_poll, last_poll, first_ok, last_ok, last_new, newest, parsed, empty_since, last_gap,
	items, gaps, rate, lull, failures, gone, fault, hint`

// Enroll makes a row for each feed that has none, and returns what is known of
// each, in the same order. All are the worker's from then on, unless it is "".
func (s *Store) Enroll(ctx context.Context, worker string, feeds []monitor.Feed) ([]monitor.FeedState, error) {
	states := make([]monitor.FeedState, len(feeds))
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for i, feed := range feeds {
			if former := feed.FormerKey(); former != "" {
				if err := rename(ctx, tx, former, feed.Key()); err != nil {
					return err
				}
			}
			row := tx.QueryRowContext(ctx, `insert into feeds (key, name, lease) values (?1, ?2, ?3)
				on conflict (key) do update set name = excluded.name, lease = case ?3 when '' then feeds.lease else ?3 end
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

// Lease leases to the worker, for as long as now is from until, those of the
// feeds that nobody else has and nobody has polled since their state was read.
// It returns the others, by key, as the store knows them. Writing a feed's state
// ends its lease.
func (s *Store) Lease(ctx context.Context, worker string, feeds []monitor.FeedState, now, until time.Time) (others map[string]monitor.FeedState, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		at, err := s.engine.leaseTime(ctx, tx, now)
		if err != nil {
			return err
		}
		rows, err := readFeeds(ctx, tx, feeds, s.engine.skipLocked())
		if err != nil {
			return err
		}
		others = make(map[string]monitor.FeedState)
		var free []string
		for _, f := range feeds {
			row, there := rows[f.Key]
			leased := row.until.After(at)
			switch {
			case !there: // somebody is about to take it, or to give it back
				others[f.Key] = f
			case leased && row.Lease == worker, !leased && ms(row.LastPoll) == ms(f.LastPoll):
				free = append(free, f.Key)
			default:
				others[f.Key] = row.FeedState
			}
		}
		if len(free) == 0 {
			return nil
		}
		args := []any{worker, ms(at.Add(until.Sub(now)))}
		_, err = tx.ExecContext(ctx, `update feeds set lease = ?, lease_until = ? where 1 = 1`+among(`key`, free, &args), args...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("lease feeds: %w", err)
	}
	return others, nil
}

// A leasedFeed is a feed's row with the end of its lease.
type leasedFeed struct {
	monitor.FeedState
	until time.Time
}

// readFeeds reads the rows of feeds, by key.
func readFeeds(ctx context.Context, tx *sql.Tx, feeds []monitor.FeedState, locking string) (map[string]leasedFeed, error) {
	keys := make([]string, len(feeds))
	for i, f := range feeds {
		keys[i] = f.Key
	}
	var args []any
	rows, err := tx.QueryContext(ctx, `select lease_until, `+feedColumns+` from feeds where 1 = 1`+among(`key`, keys, &args)+locking, args...)
	if err != nil {
		return nil, err
	}
	list, err := collect(rows, func(row scanner) (f leasedFeed, err error) {
		f.FeedState, err = scanFeed(scanAfter{row, stamp{&f.until}})
		return f, err
	})
	known := make(map[string]leasedFeed, len(list))
	for _, f := range list {
		known[f.Key] = f
	}
	return known, err
}

// Renew makes all leases of feeds that the worker has end as long after now as
// until; with until not after now, at once.
func (s *Store) Renew(ctx context.Context, worker string, now, until time.Time) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		at, err := s.engine.leaseTime(ctx, tx, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `update feeds set lease_until = ? where lease = ? and lease_until <> 0`, ms(at.Add(until.Sub(now))), worker)
		return err
	})
	if err != nil {
		return fmt.Errorf("renew leases of feeds: %w", err)
	}
	return nil
}

// Leave gives the feeds of these keys back: what the worker still writes for them
// is ErrLeaseLost.
func (s *Store) Leave(ctx context.Context, worker string, keys []string) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for _, key := range keys {
			if _, err := tx.ExecContext(ctx, `update feeds set lease = '', lease_until = 0 where key = ? and lease = ?`, key, worker); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("give feeds back: %w", err)
	}
	return nil
}

// rename carries over what is known of a feed under its former key, unless
// there is something under its key already.
func rename(ctx context.Context, tx *sql.Tx, former, key string) error {
	result, err := tx.ExecContext(ctx, `update feeds set key = ?1 where key = ?2 and not exists (select 1 from feeds where key = ?1)`, key, former)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	for _, column := range []string{"articles set feed_key", "seen set feed_key"} {
		if _, err := tx.ExecContext(ctx, `update `+column+` = ?1 where feed_key = ?2`, key, former); err != nil {
			return err
		}
	}
	return nil
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
	var ttl, lull int64
	err = row.Scan(&f.Key, &f.Name, &f.Lease, &f.Validators.ETag, &f.Validators.LastModified, &f.Validators.BodyHash,
		&f.Address, &f.Redirect.To, stamp{&f.Redirect.Since}, &f.Redirect.Times, &f.Spec, &ttl, &f.SkipHours,
		stamp{&f.NextPoll}, stamp{&f.LastPoll}, stamp{&f.FirstOK}, stamp{&f.LastOK}, stamp{&f.LastNew}, stamp{&f.Newest},
		stamp{&f.Parsed}, stamp{&f.EmptySince}, stamp{&f.LastGap}, &f.Items, &f.Gaps, &f.Rate, &lull, &f.Failures, &f.Gone, &f.Fault, &f.Hint)
	f.TTL, f.Lull = time.Duration(ttl)*time.Millisecond, time.Duration(lull)*time.Millisecond
	return f, err
}

func saveFeed(ctx context.Context, tx *sql.Tx, f monitor.FeedState) error {
	result, err := tx.ExecContext(ctx, `update feeds set etag = ?, last_modified = ?, body_hash = ?,
			address = ?, redirect_to = ?, redirect_since = ?, redirect_times = ?, spec = ?, ttl = ?, skip_hours = ?,
			next_poll = ?, last_poll = ?, first_ok = ?, last_ok = ?, last_new = ?, newest = ?, parsed = ?, empty_since = ?, last_gap = ?,
			items = ?, gaps = ?, rate = ?, lull = ?, failures = ?, gone = ?, fault = ?, hint = ?, lease_until = 0
		where key = ? and lease = ?`,
		f.Validators.ETag, f.Validators.LastModified, f.Validators.BodyHash,
		f.Address, f.Redirect.To, ms(f.Redirect.Since), f.Redirect.Times, f.Spec, f.TTL.Milliseconds(), f.SkipHours,
		ms(f.NextPoll), ms(f.LastPoll), ms(f.FirstOK), ms(f.LastOK), ms(f.LastNew), ms(f.Newest), ms(f.Parsed), ms(f.EmptySince), ms(f.LastGap),
		f.Items, f.Gaps, f.Rate, f.Lull.Milliseconds(), f.Failures, f.Gone, f.Fault, f.Hint,
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
