package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
)

const articleColumns = `a.id, a.feed_key, a.feed, a.guid, a.url, a.title, a.body, a.author, a.outlet, a.relay,
	a.lang, a.tags, a.published, a.first_seen, a.baseline`

// Sight says of each article what is known of it: it was shown by this feed
// before under the same identity, or another feed, or this one under another
// GUID, brought it. An address alone does not make two articles the same: live
// pages and section fronts change what they tell.
func (s *Store) Sight(ctx context.Context, feedKey string, articles []monitor.Article) ([]monitor.Sighting, error) {
	sightings := make([]monitor.Sighting, len(articles))
	err := s.repeat(ctx, func() error {
		return inside(ctx, s.read, func(tx *sql.Tx) (err error) {
			for i := range articles {
				if sightings[i], err = sight(ctx, tx, feedKey, &articles[i]); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return sightings, err
}

func sight(ctx context.Context, tx *sql.Tx, feedKey string, a *monitor.Article) (monitor.Sighting, error) {
	var seen monitor.Sighting
	known, err := scanArticle(tx.QueryRowContext(ctx, `select `+articleColumns+`, s.text_hash, s.last_seen
		from seen s join articles a on a.id = s.article_id
		where s.feed_key = ? and s.identity = ?`, feedKey, a.Identity()), &seen.TextHash, stamp{&seen.LastSeen})
	switch {
	case err == nil && (a.GUID != "" || seen.TextHash == a.TextHash() || monitor.Alike(&known, a)):
		seen.Known, seen.Here = &known, true
		return seen, nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return seen, err
	}
	seen = monitor.Sighting{}
	seen.Known, err = elsewhere(ctx, tx, a)
	return seen, err
}

// elsewhere finds the article among those of other feeds and other GUIDs.
func elsewhere(ctx context.Context, tx *sql.Tx, a *monitor.Article) (*monitor.Article, error) {
	if canonical := monitor.CanonicalURL(a.URL); canonical != "" {
		known, err := candidates(ctx, tx, byCanonical, canonical)
		if err != nil {
			return nil, err
		}
		for i := range known {
			if monitor.Alike(&known[i], a) {
				return &known[i], nil
			}
		}
	}
	known, err := candidates(ctx, tx, byTitleKey, titleKey(a))
	if err != nil {
		return nil, err
	}
	for i := range known {
		if known[i].Relay || a.Relay {
			return &known[i], nil
		}
	}
	return nil, nil
}

// By what articles of elsewhere are looked up. The index of addresses has no
// empty one, and is used only where the query says that it asks for none.
const (
	byCanonical = `a.canonical = ? and a.canonical <> ''`
	byTitleKey  = `a.title_key = ?`
)

func candidatesQuery(where string) string {
	return `select ` + articleColumns + ` from articles a where ` + where + ` order by a.id desc limit 16`
}

func candidates(ctx context.Context, tx *sql.Tx, where string, arg any) ([]monitor.Article, error) {
	rows, err := tx.QueryContext(ctx, candidatesQuery(where), arg)
	if err != nil {
		return nil, err
	}
	return collect(rows, func(row scanner) (monitor.Article, error) { return scanArticle(row) })
}

// titleKey is by what a relay's article is known to be an outlet's.
func titleKey(a *monitor.Article) string {
	return strings.ToLower(strings.Join(strings.Fields(a.Title), " ") + "\x00" + a.OutletName())
}

func scanArticle(row scanner, more ...any) (a monitor.Article, err error) {
	var tags string
	err = row.Scan(append([]any{&a.ID, &a.FeedKey, &a.Feed, &a.GUID, &a.URL, &a.Title, &a.Body, &a.Author, &a.Outlet, &a.Relay,
		&a.Lang, &tags, stamp{&a.Published}, stamp{&a.FirstSeen}, &a.Baseline}, more...)...)
	if err != nil {
		return a, err
	}
	if tags != "" {
		err = json.Unmarshal([]byte(tags), &a.Tags)
	}
	return a, err
}

// keep writes the finds in order of identity, so that two workers with the
// same articles wait for each other rather than deadlock.
func keep(ctx context.Context, tx *sql.Tx, feedKey string, finds []*monitor.Find, at time.Time) ([]*monitor.Find, error) {
	ordered := slices.Clone(finds)
	slices.SortStableFunc(ordered, func(x, y *monitor.Find) int {
		return strings.Compare(x.Article.Identity(), y.Article.Identity())
	})
	seenAlready := make(map[*monitor.Find]bool)
	for _, find := range ordered {
		if find.Was == nil { // somebody may have been faster since it was looked up
			seen, err := sight(ctx, tx, feedKey, &find.Article)
			if err != nil {
				return nil, err
			}
			if seen.Here && seen.TextHash == find.ShownHash() {
				seenAlready[find] = true
				continue
			}
			if seen.Known != nil {
				find.Was = seen.Known
				find.Article.ID, find.Article.FirstSeen = seen.Known.ID, seen.Known.FirstSeen
			}
		}
		if err := keepOne(ctx, tx, feedKey, find, at); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(slices.Clone(finds), func(f *monitor.Find) bool { return seenAlready[f] }), nil
}

func keepOne(ctx context.Context, tx *sql.Tx, feedKey string, find *monitor.Find, at time.Time) error {
	a := &find.Article
	var err error
	switch {
	case find.Was == nil:
		err = insertArticle(ctx, tx, a)
	case find.Was.FeedKey == feedKey || len(a.Body) > len(find.Was.Body):
		_, err = tx.ExecContext(ctx, `update articles set title = ?, body = ? where id = ? and pruned = 0`, a.Title, a.Body, a.ID)
	}
	if err != nil {
		return fmt.Errorf("keep article: %w", err)
	}
	_, err = tx.ExecContext(ctx, `insert into seen (feed_key, identity, article_id, text_hash, last_seen) values (?, ?, ?, ?, ?)
		on conflict (feed_key, identity) do update set article_id = excluded.article_id, text_hash = excluded.text_hash, last_seen = excluded.last_seen`,
		feedKey, a.Identity(), a.ID, find.ShownHash(), ms(at))
	return err
}

func insertArticle(ctx context.Context, tx *sql.Tx, a *monitor.Article) error {
	tags := ""
	if len(a.Tags) > 0 {
		encoded, err := json.Marshal(a.Tags)
		if err != nil {
			return err
		}
		tags = string(encoded)
	}
	return tx.QueryRowContext(ctx, `insert into articles (feed_key, feed, guid, url, canonical, title_key, title, body, author,
			outlet, relay, lang, tags, published, first_seen, baseline)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
		a.FeedKey, a.Feed, a.GUID, a.URL, monitor.CanonicalURL(a.URL), titleKey(a), a.Title, a.Body, a.Author,
		a.Outlet, a.Relay, a.Lang, tags, ms(a.Published), ms(a.FirstSeen), a.Baseline).Scan(&a.ID)
}
