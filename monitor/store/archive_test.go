package store

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
)

// keepDays keeps an article a day, the first at noon, titled by their number.
func keepDays(t *testing.T, s *Store, days int) []monitor.Article {
	t.Helper()
	var all []monitor.Article
	for day := range days {
		title := "Day " + strconv.Itoa(day)
		a := article(agency, title, "https://agency.example/"+strconv.Itoa(day), title)
		a.FirstSeen = noon.AddDate(0, 0, day)
		a = record(t, s, agency, a.FirstSeen, a)[0].Article
		all = append(all, a)
	}
	return all
}

func past(t *testing.T, s *Store, since time.Time, newestFirst bool) []monitor.Article {
	t.Helper()
	var all []monitor.Article
	for a, err := range s.Past(t.Context(), since, newestFirst) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

func TestPastIsWholeAndInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		kept := keepDays(t, s, 4)
		if diff := cmp.Diff(kept, past(t, s, time.Time{}, false)); diff != "" {
			t.Error(diff)
		}
		slices.Reverse(kept)
		if diff := cmp.Diff(kept, past(t, s, time.Time{}, true)); diff != "" {
			t.Error("newest first:", diff)
		}
	})
}

func TestPastBeginsAtSince(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		kept := keepDays(t, s, 4)
		since := noon.AddDate(0, 0, 2)
		if diff := cmp.Diff(kept[2:], past(t, s, since, false)); diff != "" {
			t.Error(diff)
		}
		extent, err := s.Extent(t.Context(), since)
		if want := (Extent{Articles: 2}); err != nil || extent != want {
			t.Errorf("extent %+v, %v; want %+v", extent, err, want)
		}
		if late := past(t, s, noon.AddDate(1, 0, 0), false); late != nil {
			t.Errorf("got %d articles of the future", len(late))
		}
	})
}

func TestPrunedArticlesAreLeftOutAndCounted(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		kept := keepDays(t, s, 4)
		if _, err := s.Forget(t.Context(), "w1", noon.AddDate(0, 0, 3), noon.AddDate(0, 0, 3)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(kept[3:], past(t, s, time.Time{}, false)); diff != "" {
			t.Error(diff)
		}
		for since, want := range map[time.Time]Extent{{}: {1, 3}, noon.AddDate(0, 0, 1): {1, 2}, noon.AddDate(0, 0, 9): {}} {
			if extent, err := s.Extent(t.Context(), since); err != nil || extent != want {
				t.Errorf("since %v: %+v, %v; want %+v", since, extent, err, want)
			}
		}
	})
}

func TestPastCanBeLeft(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		keepDays(t, s, 3)
		for range readers + 1 { // each would keep a connection
			for a, err := range s.Past(t.Context(), time.Time{}, true) {
				if err != nil || a.Title != "Day 2" {
					t.Fatalf("got %q, %v", a.Title, err)
				}
				break
			}
		}
	})
}

func TestRecordsCountAlertsOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		kept := keepDays(t, s, 7)
		err := s.Record(t.Context(), func(l monitor.Ledger) error {
			story, err := l.OpenStory(monitor.Story{Title: "Launch", First: noon, Last: noon})
			if err != nil {
				return err
			}
			for _, m := range []struct {
				channel, rule string
				kind          monitor.Kind
				day           int
			}{
				{"#a", "launch", monitor.KindAlert, 0},
				{"#a", "launch", monitor.KindAlert, 5},
				{"#b", "launch", monitor.KindAlert, 5},
				{"#a", "scm", monitor.KindAlert, 1},
				{"#a", "scm", monitor.KindReply, 6},
			} {
				a := kept[m.day]
				err := l.Post(monitor.Message{Channel: m.channel, Rule: m.rule, Kind: m.kind, Key: m.rule + a.Title,
					State: monitor.Pending, Rev: 1, Created: a.FirstSeen}, story, a.ID)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Records(t.Context(), noon.AddDate(0, 0, 2), noon)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]Record{
			"launch": {[]int{1, 2}, noon.AddDate(0, 0, 5)},
			"scm":    {[]int{0, 1}, noon.AddDate(0, 0, 1)},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
