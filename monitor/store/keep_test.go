package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
)

// TestPagesAreKeptAsArticlesOneByOne holds the way by the page against the
// plain one, article by article, on pages full of near repeats.
func TestPagesAreKeptAsArticlesOneByOne(t *testing.T) {
	const seeds = 4
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(seeds) {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { compareKeeping(t, rand.New(rand.NewPCG(seed, 1)), open(t), open(t)) })
			}
		})
	}
}

func compareKeeping(t *testing.T, random *rand.Rand, byPage, oneByOne *Store) {
	type page struct {
		feed     monitor.Feed
		articles []monitor.Article
		sighted  []monitor.Sighting // as they were before something else was kept
	}
	var late []page
	for round := range 16 {
		at := noon.Add(time.Duration(round) * time.Minute)
		p := page{feed: []monitor.Feed{agency, daily}[random.IntN(2)]}
		p.articles = nearRepeats(random, p.feed, random.IntN(50))
		var err error
		if p.sighted, err = byPage.Sight(t.Context(), p.feed.Key(), p.articles); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(plainSight(t, oneByOne, p.feed, p.articles), p.sighted); diff != "" {
			t.Fatalf("round %d: sighted otherwise (-one by one +by page):\n%s", round, diff)
		}
		if random.IntN(4) == 0 {
			late = append(late, p)
			continue
		}
		if len(late) > 0 && random.IntN(2) == 0 {
			p, late = late[0], late[1:]
		}
		finds, same := findsOf(p.articles, p.sighted), findsOf(p.articles, p.sighted)
		var still []string
		for i, seen := range p.sighted {
			if seen.Here {
				still = append(still, p.articles[i].Identity())
			}
		}
		var kept, want []*monitor.Find
		err = byPage.Record(t.Context(), func(l monitor.Ledger) (err error) {
			kept, err = l.Keep(p.feed.Key(), at, finds, still)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = oneByOne.transact(t.Context(), func(tx *sql.Tx) (err error) {
			want, err = plainKeep(t.Context(), tx, p.feed.Key(), at, same, still)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, kept); diff != "" {
			t.Fatalf("round %d: kept otherwise (-one by one +by page):\n%s", round, diff)
		}
		if diff := cmp.Diff(everyArticle(t, oneByOne), everyArticle(t, byPage)); diff != "" {
			t.Fatalf("round %d: written otherwise (-one by one +by page):\n%s", round, diff)
		}
	}
}

// nearRepeats makes articles out of so few words that many have something in
// common with another.
func nearRepeats(random *rand.Rand, f monitor.Feed, n int) []monitor.Article {
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	articles := make([]monitor.Article, n)
	for i := range articles {
		a := article(f, pick("", "", "g", "h\x00", "h\ufffd")+pick("1", "2", "3", "4", "5", "6", "7", "8", "9"), "", "")
		if len(a.GUID) == 1 && random.IntN(2) == 0 {
			a.GUID = ""
		}
		a.URL = pick("", "https://agency.example/"+fmt.Sprint(random.IntN(40)), "https://daily.example/"+fmt.Sprint(random.IntN(400))+pick("", "?utm_source=rss"))
		a.Title = pick("Rain expected on Tuesday", "Launch notice", "Launch  NOTICE", "Launch\x00 notice", "Talks end ", "Talks go on ", "Vote ") + pick("", fmt.Sprint(random.IntN(300)))
		a.Body = pick("", "Body of "+a.Title, strings.Repeat("It was said at length that nobody had known of any of this before. ", 1+random.IntN(2)))
		a.Outlet = pick("", "", "Agency", "Herald")
		a.Relay = random.IntN(6) == 0
		articles[i] = a
	}
	return articles
}

// findsOf are the finds that a poll makes of what it sighted.
func findsOf(articles []monitor.Article, sighted []monitor.Sighting) (finds []*monitor.Find) {
	for i, seen := range sighted {
		if seen.Here && seen.TextHash == articles[i].TextHash() {
			continue
		}
		find := &monitor.Find{Article: articles[i]}
		if seen.Known != nil {
			was := *seen.Known
			find.Was, find.Article.ID, find.Article.FirstSeen = &was, was.ID, was.FirstSeen
		}
		finds = append(finds, find)
	}
	return finds
}

func plainSight(t *testing.T, s *Store, f monitor.Feed, articles []monitor.Article) []monitor.Sighting {
	t.Helper()
	sightings := make([]monitor.Sighting, len(articles))
	err := inside(t.Context(), s.read, func(tx *sql.Tx) (err error) {
		for i := range articles {
			if sightings[i], err = sight(t.Context(), tx, f.Key(), &articles[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sightings
}

// plainKeep looks at each find, with all before it written.
func plainKeep(ctx context.Context, tx *sql.Tx, feedKey string, at time.Time, finds []*monitor.Find, still []string) ([]*monitor.Find, error) {
	for _, identity := range still {
		if _, err := tx.ExecContext(ctx, `update seen set last_seen = ? where feed_key = ? and identity = ?`, ms(at), feedKey, identity); err != nil {
			return nil, err
		}
	}
	ordered := slices.Clone(finds)
	slices.SortStableFunc(ordered, func(x, y *monitor.Find) int {
		return strings.Compare(x.Article.Identity(), y.Article.Identity())
	})
	seenAlready := make(map[*monitor.Find]bool)
	for _, find := range ordered {
		a := &find.Article
		if find.Was == nil {
			seen, err := sight(ctx, tx, feedKey, a)
			if err != nil {
				return nil, err
			}
			if seen.Here && seen.TextHash == find.ShownHash() {
				seenAlready[find] = true
				continue
			}
			if seen.Known != nil {
				find.Was, a.ID, a.FirstSeen = seen.Known, seen.Known.ID, seen.Known.FirstSeen
			}
		}
		var err error
		switch {
		case find.Was == nil:
			tags, encodeErr := encodeTags(a.Tags)
			if encodeErr != nil {
				return nil, encodeErr
			}
			err = tx.QueryRowContext(ctx, `insert into articles (feed_key, feed, guid, url, canonical, title_key, title, body, author,
					outlet, relay, lang, tags, published, first_seen, baseline)
				values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
				a.FeedKey, a.Feed, a.GUID, a.URL, monitor.CanonicalURL(a.URL), titleKey(a), a.Title, a.Body, a.Author,
				a.Outlet, a.Relay, a.Lang, tags, ms(a.Published), ms(a.FirstSeen), a.Baseline).Scan(&a.ID)
		case find.Was.FeedKey == feedKey || len(a.Body) > len(find.Was.Body):
			_, err = tx.ExecContext(ctx, `update articles set title = ?, body = ? where id = ? and pruned = 0`, a.Title, a.Body, a.ID)
		}
		if err != nil {
			return nil, err
		}
		_, err = tx.ExecContext(ctx, `insert into seen (feed_key, identity, article_id, text_hash, last_seen) values (?, ?, ?, ?, ?)
			on conflict (feed_key, identity) do update set article_id = excluded.article_id, text_hash = excluded.text_hash, last_seen = excluded.last_seen`,
			feedKey, a.Identity(), a.ID, find.ShownHash(), ms(at))
		if err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(slices.Clone(finds), func(f *monitor.Find) bool { return seenAlready[f] }), nil
}

// everyArticle is all that pages leave in the store.
func everyArticle(t *testing.T, s *Store) (all []string) {
	t.Helper()
	for _, query := range []string{
		`select id, feed_key, guid, url, canonical, title_key, title, body, outlet, relay, tags, first_seen from articles order by id`,
		`select feed_key, identity, article_id, text_hash, last_seen from seen order by feed_key, identity`,
	} {
		rows, err := s.read.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		lines, err := collect(rows, func(row scanner) (string, error) {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			err := row.Scan(into...)
			return fmt.Sprint(values...), err
		})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, lines...)
	}
	return all
}

// A transaction that is rolled back leaves the finds as they were, and so can
// be repeated: of what it learned nothing is there any more.
func TestKeepingCanBeRepeated(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		enroll(t, s, agency)
		var finds []*monitor.Find
		for _, guid := range []string{"g1", "g2"} { // the second meets the first, by its page
			finds = append(finds, &monitor.Find{Article: article(agency, guid, "https://agency.example/1", "Launch notice")})
		}
		keep := func(l monitor.Ledger) error {
			_, err := l.Keep(agency.Key(), noon, finds, nil)
			return err
		}
		broken := errors.New("connection lost")
		err := s.Record(t.Context(), func(l monitor.Ledger) error { return errors.Join(keep(l), broken) })
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		for _, find := range finds {
			if find.Was != nil || find.Article.ID != 0 {
				t.Errorf("%s is thought to be there: %+v", find.Article.GUID, find.Was)
			}
		}
		if err := s.Record(t.Context(), keep); err != nil {
			t.Fatal(err)
		}
		for _, find := range finds {
			if !sightOne(t, s, agency, find.Article).Here {
				t.Errorf("%s is not kept", find.Article.GUID)
			}
		}
	})
}
