package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
)

// A keeping writes what a poll found, within its transaction.
type keeping struct {
	ctx     context.Context
	tx      *sql.Tx
	feedKey string
	at      time.Time

	fresh []*foundArrival // surely new, and not written yet
	taken map[string]bool // the keys of those before
}

type foundArrival struct {
	*arrival
	find *monitor.Find
}

// keep writes the finds in order of identity, so that two workers with the
// same articles wait for each other rather than deadlock. Those that meet
// nothing kept are written together; before any other is looked at the rest is
// written, for it may be one of them. What it learns of a find it notes on a
// copy: none of it is true when the transaction is rolled back and repeated.
func (k *keeping) keep(finds []*monitor.Find) ([]*monitor.Find, error) {
	finds = copied(finds)
	ordered := make([]*foundArrival, len(finds))
	for i, find := range finds {
		ordered[i] = &foundArrival{arrive(&find.Article), find}
	}
	slices.SortStableFunc(ordered, func(x, y *foundArrival) int { return strings.Compare(x.identity, y.identity) })
	var unknown []*arrival // when they were looked up; somebody may have been faster
	for _, f := range ordered {
		if f.find.Was == nil {
			unknown = append(unknown, f.arrival)
		}
	}
	if err := meet(k.ctx, k.tx, k.feedKey, unknown); err != nil {
		return nil, err
	}
	seenAlready := make(map[*monitor.Find]bool)
	for _, f := range ordered {
		if again := k.takes(f.arrival); f.find.Was == nil && !f.met && !again {
			k.fresh = append(k.fresh, f)
			continue
		}
		if err := k.flush(); err != nil {
			return nil, err
		}
		already, err := k.keepMet(f)
		if err != nil {
			return nil, err
		}
		seenAlready[f.find] = already
	}
	if err := k.flush(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(finds, func(f *monitor.Find) bool { return seenAlready[f] }), nil
}

func copied(finds []*monitor.Find) []*monitor.Find {
	copies := slices.Clone(finds)
	for i, find := range copies {
		own := *find
		copies[i] = &own
	}
	return copies
}

// takes notes the keys of an arrival, and says whether one before it had any
// of them. They are compared as either engine would.
func (k *keeping) takes(a *arrival) (again bool) {
	for _, key := range []string{a.identity, a.canonical, a.title} {
		if key != "" {
			key = storable(key)
			again = again || k.taken[key]
			k.taken[key] = true
		}
	}
	return again
}

// keepMet writes a find that is known, or may be; already: just so, by this feed.
func (k *keeping) keepMet(f *foundArrival) (already bool, err error) {
	find := f.find
	if find.Was == nil {
		seen, err := sight(k.ctx, k.tx, k.feedKey, f.Article)
		if err != nil {
			return false, err
		}
		if seen.Here && seen.TextHash == find.ShownHash() {
			return true, nil
		}
		if seen.Known == nil {
			k.fresh = append(k.fresh, f)
			return false, nil
		}
		find.Was = seen.Known
		find.Article.ID, find.Article.FirstSeen = seen.Known.ID, seen.Known.FirstSeen
	}
	if find.Was.FeedKey == k.feedKey || len(f.Body) > len(find.Was.Body) {
		_, err := k.tx.ExecContext(k.ctx, `update articles set title = ?, body = ? where id = ? and pruned = 0`, f.Title, f.Body, f.ID)
		if err != nil {
			return false, fmt.Errorf("keep article: %w", err)
		}
	}
	return false, k.see([]*foundArrival{f})
}

// flush writes those that are new.
func (k *keeping) flush() error {
	err := inRuns(k.fresh, func(run []*foundArrival) error {
		if err := k.insert(run); err != nil {
			return fmt.Errorf("keep article: %w", err)
		}
		return k.see(run)
	})
	k.fresh = k.fresh[:0]
	return err
}

// insert writes articles, no two of which have one title key, and sets their IDs.
func (k *keeping) insert(run []*foundArrival) error {
	const columns = 16
	args := make([]any, 0, columns*len(run))
	byTitle := make(map[string]*monitor.Article, len(run))
	for _, f := range run {
		tags, err := encodeTags(f.Tags)
		if err != nil {
			return err
		}
		byTitle[storable(f.title)] = f.Article
		args = append(args, f.FeedKey, f.Feed, f.GUID, f.URL, f.canonical, f.title, f.Title, f.Body, f.Author,
			f.Outlet, f.Relay, f.Lang, tags, ms(f.Published), ms(f.FirstSeen), f.Baseline)
	}
	rows, err := k.tx.QueryContext(k.ctx, `insert into articles (feed_key, feed, guid, url, canonical, title_key, title, body, author,
			outlet, relay, lang, tags, published, first_seen, baseline)
		values `+rowsOf(len(run), columns)+` returning id, title_key`, args...)
	if err != nil {
		return err
	}
	_, err = collect(rows, func(row scanner) (id int64, err error) {
		var title string
		if err := row.Scan(&id, &title); err != nil {
			return id, err
		}
		byTitle[storable(title)].ID = id // in whichever order they come
		return id, nil
	})
	return err
}

// see notes that the feed shows the articles. No two of them have one identity.
func (k *keeping) see(run []*foundArrival) error {
	const columns = 5
	args := make([]any, 0, columns*len(run))
	for _, f := range run {
		args = append(args, k.feedKey, f.identity, f.ID, f.find.ShownHash(), ms(k.at))
	}
	_, err := k.tx.ExecContext(k.ctx, `insert into seen (feed_key, identity, article_id, text_hash, last_seen) values `+rowsOf(len(run), columns)+`
		on conflict (feed_key, identity) do update set article_id = excluded.article_id, text_hash = excluded.text_hash, last_seen = excluded.last_seen`, args...)
	return err
}

// seeStill notes that the feed goes on showing what has these identities.
func (k *keeping) seeStill(identities []string) error {
	return inRuns(identities, func(run []string) error {
		args := []any{ms(k.at), k.feedKey}
		_, err := k.tx.ExecContext(k.ctx, `update seen set last_seen = ? where feed_key = ?`+among(`identity`, run, &args), args...)
		return err
	})
}

func encodeTags(tags []string) (string, error) {
	if len(tags) == 0 {
		return "", nil
	}
	encoded, err := json.Marshal(tags)
	return string(encoded), err
}
