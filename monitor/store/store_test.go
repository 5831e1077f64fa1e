package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
	"newswatch/monitor/store/pgtest"
)

// engines are the stores that every test of this suite runs on, each opened
// afresh.
var engines = map[string]func(t *testing.T) *Store{
	"sqlite": func(t *testing.T) *Store { return openAt(t, filepath.Join(t.TempDir(), "newswatch.db")) },
	"postgres": func(t *testing.T) *Store {
		s := openAt(t, pgtest.Schema(t))
		s.engine = timeless{s.engine}
		return s
	},
}

// timeless is PostgreSQL, but for leases kept in the time that a test makes.
type timeless struct{ engine }

func (e timeless) leaseTime(ctx context.Context, from querier, now time.Time) (time.Time, error) {
	_, err := e.engine.leaseTime(ctx, from, now)
	return now, err
}

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// onEach runs a test on every engine.
func onEach(t *testing.T, test func(t *testing.T, s *Store)) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

var (
	agency = monitor.Feed{Name: "Agency", URL: "https://agency.example/rss"}
	daily  = monitor.Feed{Name: "Daily", URL: "https://daily.example/rss"}
)

func article(f monitor.Feed, guid, url, title string) monitor.Article {
	return monitor.Article{
		FeedKey: f.Key(), Feed: f.Name, GUID: guid, URL: url, Title: title,
		Body: "Body of " + title, Tags: []string{"agency", "한국"}, Published: noon.Add(-time.Hour), FirstSeen: noon,
	}
}

// record keeps articles as a poll of the feed would, and returns the finds.
func record(t *testing.T, s *Store, f monitor.Feed, at time.Time, articles ...monitor.Article) []*monitor.Find {
	t.Helper()
	var finds []*monitor.Find
	for _, a := range articles {
		finds = append(finds, &monitor.Find{Article: a})
	}
	var kept []*monitor.Find
	err := s.Record(t.Context(), func(l monitor.Ledger) (err error) {
		kept, err = l.Keep(f.Key(), at, finds, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func sightOne(t *testing.T, s *Store, f monitor.Feed, a monitor.Article) monitor.Sighting {
	t.Helper()
	sightings, err := s.Sight(t.Context(), f.Key(), []monitor.Article{a})
	if err != nil {
		t.Fatal(err)
	}
	return sightings[0]
}

func TestArticleIsKeptAsItWas(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		a := article(agency, "g1", "https://agency.example/1?utm_source=rss", "Launch notice")
		a.Author, a.Outlet, a.Lang, a.Relay, a.Baseline = "Kim", "Agency", "ko", true, true
		record(t, s, agency, noon, a)
		seen := sightOne(t, s, agency, a)
		if !seen.Here || seen.Known == nil {
			t.Fatal("not seen again")
		}
		a.ID = seen.Known.ID
		if diff := cmp.Diff(a, *seen.Known); diff != "" {
			t.Error(diff)
		}
		if seen.TextHash != a.TextHash() || !seen.LastSeen.Equal(noon) {
			t.Errorf("hash %q, last seen %v", seen.TextHash, seen.LastSeen)
		}
	})
}

func TestSight(t *testing.T) {
	kept := article(agency, "g1", "https://agency.example/1", "Seoul protests launch notice")
	other := func(f monitor.Feed, change func(*monitor.Article)) (monitor.Feed, monitor.Article) {
		a := kept
		a.FeedKey, a.Feed = f.Key(), f.Name
		change(&a)
		return f, a
	}
	tests := []struct {
		name        string
		feed        monitor.Feed
		change      func(*monitor.Article)
		known, here bool
	}{
		{"same GUID, another title: the same article, retitled", agency, func(a *monitor.Article) { a.Title = "Something else entirely" }, true, true},
		{"same GUID, another date: the same article, re-dated", agency, func(a *monitor.Article) { a.Published = noon.Add(24 * time.Hour) }, true, true},
		{"same GUID in another feed, another address: new", daily, func(a *monitor.Article) { a.URL = "https://daily.example/9" }, false, false},
		{"same address and title in another feed: the same article", daily, func(a *monitor.Article) { a.GUID = "x" }, true, false},
		{"same address but for tracking: the same article", daily, func(a *monitor.Article) { a.GUID, a.URL = "x", a.URL+"?utm_medium=rss" }, true, false},
		{"same address, another GUID and story: new", agency, func(a *monitor.Article) {
			a.GUID, a.Title, a.Body = "x", "Rain expected on Tuesday", "Showers spread from the west."
		}, false, false},
		{"a relay with the same title and outlet: the same article", daily, func(a *monitor.Article) {
			a.GUID, a.URL, a.Relay, a.Outlet = "x", "https://news.example/rss/articles/CBM", true, "Agency"
		}, true, false},
		{"another GUID and address, same title and outlet, no relay: new", agency, func(a *monitor.Article) {
			a.GUID, a.URL = "x", "https://agency.example/2"
		}, false, false},
		{"a relay with the same title from another outlet: new", daily, func(a *monitor.Article) {
			a.GUID, a.URL, a.Relay, a.Outlet = "x", "https://news.example/rss/articles/CBM", true, "Herald"
		}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *Store) {
				record(t, s, agency, noon, kept)
				feed, a := other(tt.feed, tt.change)
				seen := sightOne(t, s, feed, a)
				if (seen.Known != nil) != tt.known || seen.Here != tt.here {
					t.Errorf("known %v, here %v; want %v, %v", seen.Known != nil, seen.Here, tt.known, tt.here)
				}
			})
		})
	}
}

func TestAddressWithoutGUIDThatTellsAnotherStoryIsNew(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		live := article(agency, "", "https://agency.example/live", "Launch notice")
		record(t, s, agency, noon, live)
		live.Title, live.Body = "Rain expected on Tuesday", "Showers spread from the west."
		if seen := sightOne(t, s, agency, live); seen.Known != nil || seen.Here {
			t.Error("taken for the article that stood there before")
		}
	})
}

func TestTwoPollsWithTheSameArticleKeepItOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		a := article(agency, "g1", "https://agency.example/1", "Launch notice")
		b := a
		b.FeedKey, b.Feed, b.GUID = daily.Key(), daily.Name, "d1"
		first := record(t, s, agency, noon, a)
		second := record(t, s, daily, noon, b) // looked up before the first was written
		if second[0].Was == nil || second[0].Article.ID != first[0].Article.ID {
			t.Errorf("kept twice: %d and %d", first[0].Article.ID, second[0].Article.ID)
		}
		if again := record(t, s, agency, noon, a); len(again) != 0 {
			t.Error("a repeated poll found it again")
		}
	})
}

func TestFailedRecordLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		a := article(agency, "g1", "https://agency.example/1", "Launch notice")
		fail := errors.New("lost power")
		err := s.Record(t.Context(), func(l monitor.Ledger) error {
			if _, err := l.Keep(agency.Key(), noon, []*monitor.Find{{Article: a}}, nil); err != nil {
				return err
			}
			return fail
		})
		if !errors.Is(err, fail) {
			t.Errorf("got %v", err)
		}
		if seen := sightOne(t, s, agency, a); seen.Known != nil {
			t.Error("the article is there")
		}
	})
}

func TestFeedStateSurvives(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		states := enroll(t, s, agency, daily)
		if !states[0].FirstPoll() || states[1].Name != "Daily" {
			t.Errorf("got %+v", states)
		}
		state := states[0]
		state.Validators = monitor.Validators{ETag: `"1"`, LastModified: "yesterday", BodyHash: "abc"}
		state.Spec, state.Fault = "@hourly", "404"
		state.NextPoll, state.LastPoll, state.LastOK, state.LastNew = noon, noon.Add(1), noon.Add(2e6), noon.Add(3e6)
		state.Newest, state.Parsed, state.Items, state.Gaps, state.Failures = noon, noon, 40, 2, 3
		state.LastPoll = noon
		if err := s.Touch(t.Context(), []monitor.FeedState{state}); err != nil {
			t.Fatal(err)
		}
		renamed := agency
		renamed.Name, state.Name = "Agency World", "Agency World"
		again := enroll(t, s, renamed)
		if diff := cmp.Diff(state, again[0]); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWriteUnderALostLeaseIsRefused(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		states := enroll(t, s, agency)
		if others := leaseFeeds(t, s, "w2", noon.Add(time.Minute), states); len(others) > 0 {
			t.Fatal("not leased")
		}
		err := s.Record(t.Context(), func(l monitor.Ledger) error { return l.SaveFeed(states[0]) })
		if !errors.Is(err, monitor.ErrLeaseLost) {
			t.Errorf("got %v", err)
		}
	})
}

func TestForgetKeepsWhatAFeedStillShows(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		states := enroll(t, s, agency)
		old := article(agency, "g1", "https://agency.example/1", "Pinned since 2009")
		record(t, s, agency, noon, old)
		month := noon.Add(31 * 24 * time.Hour)
		year := noon.Add(365 * 24 * time.Hour)
		states[0].Parsed, states[0].LastPoll = noon, year // 304 ever since
		if err := s.Touch(t.Context(), states); err != nil {
			t.Fatal(err)
		}
		n, err := s.Forget(t.Context(), "w1", year, year.Add(-month.Sub(noon)))
		if err != nil || n != 1 {
			t.Fatalf("dropped %d, %v", n, err)
		}
		seen := sightOne(t, s, agency, old)
		if !seen.Here || seen.Known == nil || seen.Known.Body != "" {
			t.Errorf("got %+v", seen)
		}
		states[0].Parsed = year // parsed again, and it was not there
		if err := s.Touch(t.Context(), states); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Forget(t.Context(), "w1", year, year.Add(-month.Sub(noon))); err != nil {
			t.Fatal(err)
		}
		if seen := sightOne(t, s, agency, old); seen.Known != nil {
			t.Error("remembered although it left the feed long ago")
		}
	})
}

func TestSecondWorkerIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newswatch.db")
	first := openAt(t, path)
	if _, err := Open(t.Context(), path); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	reader, err := OpenReader(t.Context(), path)
	if err != nil {
		t.Fatalf("a reader is refused: %v", err)
	}
	reader.Close()
	first.Close()
	openAt(t, path)
}

func TestReaderOfNoStoreMakesNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newswatch.db")
	if _, err := OpenReader(t.Context(), path); !errors.Is(err, ErrMissing) {
		t.Errorf("got %v, want ErrMissing", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a file was made")
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryWriteIsOnDisk(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "newswatch.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := s.write.QueryRowContext(context.Background(), "pragma "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", pragma, got, err, want)
		}
	}
}

func TestPanicInATransactionUndoesIt(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		a := article(agency, "g1", "https://agency.example/1", "Launch")
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			s.Record(t.Context(), func(l monitor.Ledger) error {
				if _, err := l.Keep(agency.Key(), noon, []*monitor.Find{{Article: a}}, nil); err != nil {
					t.Error(err)
				}
				panic("a bug")
			})
		}()
		if seen := sightOne(t, s, agency, a); seen.Known != nil {
			t.Error("half a transaction was kept")
		}
		record(t, s, agency, noon, a) // would wait for ever for the connection
	})
}

func TestReadOnlyStoreIsRefused(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write to everything")
	}
	path := filepath.Join(t.TempDir(), "newswatch.db")
	openAt(t, path).Close()
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path)
	if err == nil {
		s.Close()
		t.Fatal("opened")
	}
	if !strings.Contains(err.Error(), path) {
		t.Errorf("the file is not named: %v", err)
	}
}
