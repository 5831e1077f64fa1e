package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"newswatch/monitor"
)

const articleColumns = `a.id, a.feed_key, a.feed, a.guid, a.url, a.title, a.body, a.author, a.outlet, a.relay,
	a.lang, a.tags, a.published, a.first_seen, a.baseline`

// Sight says of each article what is known of it: it was shown by this feed
// before under the same identity, or another feed, or this one under another
// GUID, brought it. An address alone does not make two articles the same: live
// pages and section fronts change what they tell.
func (s *Store) Sight(ctx context.Context, feedKey string, articles []monitor.Article) ([]monitor.Sighting, error) {
	arrivals := make([]*arrival, len(articles))
	for i := range articles {
		arrivals[i] = arrive(&articles[i])
	}
	var sightings []monitor.Sighting
	err := s.repeat(ctx, func() error {
		sightings = make([]monitor.Sighting, len(articles))
		err := meet(ctx, s.read, feedKey, arrivals)
		if err != nil || !slices.ContainsFunc(arrivals, func(a *arrival) bool { return a.met }) {
			return err
		}
		return inside(ctx, s.read, func(tx *sql.Tx) error {
			for i, a := range arrivals {
				if !a.met {
					continue
				}
				if sightings[i], err = sight(ctx, tx, feedKey, a.Article); err != nil {
					return err
				}
			}
			return nil
		})
	})
	return sightings, err
}

// An arrival is an article with the keys under which it may be known.
type arrival struct {
	*monitor.Article
	identity, canonical, title string
	met                        bool // something is kept under one of them
}

func arrive(a *monitor.Article) *arrival {
	return &arrival{Article: a, identity: a.Identity(), canonical: monitor.CanonicalURL(a.URL), title: titleKey(a)}
}

// meet notes of each arrival whether anything is kept under one of its keys. If
// not it is new; if so, sight says whether it is the same article. Each key is
// looked up by its index: of exists PostgreSQL may make one pass over the table,
// and keep to that plan when it has grown.
func meet(ctx context.Context, from querier, feedKey string, arrivals []*arrival) error {
	return inRuns(arrivals, func(run []*arrival) error {
		args := make([]any, 0, 3*len(run)+1)
		for _, a := range run {
			a.met = false
			args = append(args, a.identity, a.canonical, a.title)
		}
		rows, err := from.QueryContext(ctx, `with page (n, identity, canonical, title_key) as (values `+numberedRows(len(run), 3)+`)
			select n from page where coalesce(
				(select 1 from seen s where s.feed_key = ? and s.identity = page.identity limit 1),
				(select 1 from articles a where a.canonical = page.canonical and a.canonical <> '' limit 1),
				(select 1 from articles a where a.title_key = page.title_key limit 1), 0) <> 0`, append(args, feedKey)...)
		if err != nil {
			return err
		}
		met, err := collect(rows, func(row scanner) (n int, err error) { return n, row.Scan(&n) })
		for _, n := range met {
			run[n].met = true
		}
		return err
	})
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
