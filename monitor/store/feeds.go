package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
)

// What is kept of a feed, and what of it a poll writes.
const (
	feedColumns = `key, name, lease, ` + polledColumns

	polledColumns = `etag, last_modified, body_hash, address, redirect_to, redirect_since, redirect_times, ` +
		`spec, ttl, skip_hours, next_poll, last_poll, first_ok, last_ok, last_new, newest, parsed, empty_since, last_gap, ` +
		`items, gaps, rate, lull, failures, gone, fault, hint`
)

// maxKeys are named in one statement.
const maxKeys = 256

// Enroll makes a row for each feed that has none, and returns what is known of
// each, in the same order. All are the worker's from then on, unless it is "".
func (s *Store) Enroll(ctx context.Context, worker string, feeds []monitor.Feed) ([]monitor.FeedState, error) {
	byKey := make(map[string]monitor.Feed, len(feeds))
	for _, feed := range feeds {
		byKey[feed.Key()] = feed
	}
	keys := slices.Sorted(maps.Keys(byKey)) // so that two workers that begin wait for each other rather than deadlock
	var known map[string]monitor.FeedState
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for _, key := range keys {
			if former := byKey[key].FormerKey(); former != "" {
				if err := rename(ctx, tx, former, key); err != nil {
					return err
				}
			}
		}
		var err error
		if known, err = feedsOf(ctx, tx, keys); err != nil {
			return err
		}
		others := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { // a row that is right is not written: others may have it
			state, there := known[key]
			return there && state.Name == byKey[key].Name && (worker == "" || state.Lease == worker)
		})
		return inRuns(others, func(run []string) error {
			args := make([]any, 0, 3*len(run))
			for _, key := range run {
				args = append(args, key, byKey[key].Name, worker)
			}
			rows, err := tx.QueryContext(ctx, `insert into feeds (key, name, lease) values `+rowsOf(len(run), 3)+`
				on conflict (key) do update set name = excluded.name, lease = case excluded.lease when '' then feeds.lease else excluded.lease end
				returning `+feedColumns, args...)
			if err != nil {
				return err
			}
			states, err := collect(rows, scanFeed)
			for _, state := range states {
				known[state.Key] = state
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("enroll feeds: %w", err)
	}
	states := make([]monitor.FeedState, len(feeds))
	for i, feed := range feeds {
		states[i] = known[feed.Key()]
		states[i].Leased = time.Time{}
	}
	return states, nil
}

// Lease leases to the worker, for as long as now is from until, those of the
// feeds that nobody else has, whose hosts nobody else asks for another, and that
// nobody has polled since their state was read. It returns the others, by key, as
// the store knows them, with the end of the lease that keeps them. Writing a
// feed's state ends its lease.
func (s *Store) Lease(ctx context.Context, worker string, feeds []monitor.FeedState, now, until time.Time) (others map[string]monitor.FeedState, err error) {
	keys := make([]string, len(feeds))
	for i, f := range feeds {
		keys[i] = f.Key
	}
	err = s.repeat(ctx, func() error {
		at, err := s.leaseTime(ctx, s.write, now)
		if err != nil {
			return err
		}
		rows, err := feedsOf(ctx, s.write, keys)
		if err != nil {
			return err
		}
		others = make(map[string]monitor.FeedState)
		var free []monitor.FeedState
		for _, f := range feeds {
			row, there := rows[f.Key]
			switch {
			case !there:
				others[f.Key] = f
			case polledAfter(row.LastPoll, f), row.Leased.After(at) && row.Lease != worker:
				others[f.Key] = row
			default:
				f.Leased = time.Time{}
				others[f.Key] = f // unless it is granted
				free = append(free, f)
			}
		}
		if len(free) > 0 {
			if err := s.grant(ctx, worker, free, at, at.Add(until.Sub(now)), others); err != nil {
				return err
			}
		}
		for key, f := range others {
			if !f.Leased.IsZero() {
				f.Leased = now.Add(f.Leased.Sub(at))
				others[key] = f
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("lease feeds: %w", err)
	}
	return others, nil
}

// grant leases to the worker those of the feeds that are free, whose hosts are
// too, and that nobody is about to take, and takes them off the others. It is
// alone in that, or two workers could lease two feeds of one host.
func (s *Store) grant(ctx context.Context, worker string, free []monitor.FeedState, at, until time.Time, others map[string]monitor.FeedState) error {
	return inside(ctx, s.write, func(tx *sql.Tx) error {
		if err := s.engine.lockHosts(ctx, tx); err != nil {
			return err
		}
		asked, err := hostsAsked(ctx, tx, worker, free, at)
		if err != nil {
			return err
		}
		free = slices.DeleteFunc(free, func(f monitor.FeedState) bool {
			end, taken := asked[f.Host]
			if taken {
				f.Leased = end
				others[f.Key] = f
			}
			return taken
		})
		return inRuns(free, func(run []monitor.FeedState) error {
			var args []any
			for _, f := range run {
				args = append(args, f.Key, f.Host)
			}
			rows, err := tx.QueryContext(ctx, `with wanted (feed, at_host) as (values `+typedRows(args, len(run))+`)
				update feeds set lease = ?, lease_until = ?, host = at_host from wanted where key = feed and key in (
					select key from feeds where key in (select feed from wanted) and (lease = ? or lease_until <= ?)`+s.engine.skipLocked()+`)
				returning key, last_poll`, append(args, worker, ms(until), worker, ms(at))...)
			if err != nil {
				return err
			}
			_, err = collect(rows, func(row scanner) (key string, err error) {
				var last time.Time
				if err := row.Scan(&key, stamp{&last}); err != nil {
					return key, err
				}
				if !polledAfter(last, others[key]) { // else it was just now
					delete(others, key)
				}
				return key, nil
			})
			return err
		})
	})
}

// hostsAsked are those of the feeds' hosts that other workers ask, with the ends
// of their leases.
func hostsAsked(ctx context.Context, tx *sql.Tx, worker string, feeds []monitor.FeedState, at time.Time) (map[string]time.Time, error) {
	var hosts []string
	for _, f := range feeds {
		if f.Host != "" {
			hosts = append(hosts, f.Host)
		}
	}
	asked := make(map[string]time.Time)
	if len(hosts) == 0 {
		return asked, nil
	}
	args := []any{worker, ms(at)}
	rows, err := tx.QueryContext(ctx, `select host, max(lease_until) from feeds where lease <> ? and lease_until > ?`+
		among(`host`, hosts, &args)+` group by host`, args...)
	if err != nil {
		return nil, err
	}
	_, err = collect(rows, func(row scanner) (host string, err error) {
		var end time.Time
		err = row.Scan(&host, stamp{&end})
		asked[host] = end
		return host, err
	})
	return asked, err
}

// polledAfter says whether a feed was polled after what is known of it.
func polledAfter(last time.Time, known monitor.FeedState) bool { return ms(last) > ms(known.LastPoll) }

// feedsOf reads the feeds of these keys, by key, with the ends of their leases in
// the store's time.
func feedsOf(ctx context.Context, from querier, keys []string) (map[string]monitor.FeedState, error) {
	known := make(map[string]monitor.FeedState, len(keys))
	for run := range slices.Chunk(keys, maxKeys) {
		var args []any
		rows, err := from.QueryContext(ctx, `select lease_until, `+feedColumns+` from feeds where 1 = 1`+among(`key`, run, &args), args...)
		if err != nil {
			return nil, err
		}
		states, err := collect(rows, func(row scanner) (f monitor.FeedState, err error) {
			var until time.Time
			f, err = scanFeed(scanAfter{row, stamp{&until}})
			f.Leased = until
			return f, err
		})
		if err != nil {
			return nil, err
		}
		for _, f := range states {
			known[f.Key] = f
		}
	}
	return known, nil
}

// Renew makes the leases that the worker has of the feeds of these keys end as
// long after now as until.
func (s *Store) Renew(ctx context.Context, worker string, keys []string, now, until time.Time) error {
	if len(keys) == 0 {
		return nil
	}
	err := s.repeat(ctx, func() error {
		at, err := s.leaseTime(ctx, s.write, now)
		if err != nil {
			return err
		}
		args := []any{ms(at.Add(until.Sub(now))), worker}
		_, err = s.write.ExecContext(ctx, `update feeds set lease_until = ? where lease = ? and lease_until <> 0`+among(`key`, keys, &args), args...)
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
	if len(keys) == 0 {
		return nil
	}
	args := []any{worker}
	among := among(`key`, keys, &args)
	return s.leave(ctx, among, args)
}

// LeaveAll gives all the worker's feeds back, as Leave does.
func (s *Store) LeaveAll(ctx context.Context, worker string) error {
	return s.leave(ctx, "", []any{worker})
}

// leave gives back those of a worker's feeds that a condition holds for.
func (s *Store) leave(ctx context.Context, and string, args []any) error {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `update feeds set lease = '', lease_until = 0 where lease = ?`+and, args...)
		return err
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
	states = slices.Clone(states)
	slices.SortFunc(states, func(a, b monitor.FeedState) int { return strings.Compare(a.Key, b.Key) })
	err := s.transact(ctx, func(tx *sql.Tx) error {
		return inRuns(states, func(run []monitor.FeedState) error { return saveFeeds(ctx, tx, run) })
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

// polledValues are those of polledColumns.
func polledValues(f monitor.FeedState) []any {
	return []any{f.Validators.ETag, f.Validators.LastModified, f.Validators.BodyHash,
		f.Address, f.Redirect.To, ms(f.Redirect.Since), f.Redirect.Times, f.Spec, f.TTL.Milliseconds(), f.SkipHours,
		ms(f.NextPoll), ms(f.LastPoll), ms(f.FirstOK), ms(f.LastOK), ms(f.LastNew), ms(f.Newest), ms(f.Parsed), ms(f.EmptySince), ms(f.LastGap),
		f.Items, f.Gaps, f.Rate, f.Lull.Milliseconds(), f.Failures, f.Gone, f.Fault, f.Hint}
}

// saveFeed writes a feed's state, or returns ErrLeaseLost.
func saveFeed(ctx context.Context, tx *sql.Tx, f monitor.FeedState) error {
	values := polledValues(f)
	result, err := tx.ExecContext(ctx, `update feeds set (lease_until, `+polledColumns+`) = (0`+strings.Repeat(`, ?`, len(values))+`)
		where key = ? and lease = ?`, append(values, f.Key, f.Lease)...)
	return oneRow(result, err)
}

// saveFeeds writes the states of those feeds that are still leased as they say.
func saveFeeds(ctx context.Context, tx *sql.Tx, states []monitor.FeedState) error {
	var args []any
	for _, f := range states {
		args = append(append(args, f.Key, f.Lease), polledValues(f)...)
	}
	_, err := tx.ExecContext(ctx, `with polled (key, lease, `+polledColumns+`) as (values `+typedRows(args, len(states))+`)
		update feeds set (lease_until, `+polledColumns+`) = (0, polled.`+strings.ReplaceAll(polledColumns, `, `, `, polled.`)+`)
		from polled where feeds.key = polled.key and feeds.lease = polled.lease`, args...)
	return err
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
