package store

import (
	"errors"
	"maps"
	"testing"
	"time"

	"newswatch/monitor"
)

func TestAtFindsAnAddressHoweverItIsWritten(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		record(t, s, agency, noon, article(agency, "g1", "https://agency.example/1?utm_source=rss", "First"), article(agency, "g2", "https://agency.example/2", "Second"))
		record(t, s, daily, noon, article(daily, "g1", "https://agency.example/1", "Copied elsewhere"))
		for address, want := range map[string]int{
			"https://agency.example/1#top": 2, "https://agency.example/2?utm_medium=x": 1, "https://agency.example/3": 0, "nonsense": 0,
		} {
			if at, err := s.At(t.Context(), address); err != nil || len(at) != want {
				t.Errorf("%s: %d articles, %v, want %d", address, len(at), err, want)
			}
		}
	})
}

func TestMutesListsWhatEachHasKeptBack(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		alert, _, _ := standingAlert(t, s)
		on, _, _, err := s.Clicked(t.Context(), news, alert.Key)
		if err != nil {
			t.Fatal(err)
		}
		mute := func(of monitor.Scope, until, at time.Time) {
			act(t, s, func(a monitor.Acts) error {
				_, err := a.Mute(monitor.Mute{Scope: of, Until: until, By: by("U1", at)}, "muted")
				return err
			})
		}
		mute(monitor.Scope{Story: on.Story}, noon.Add(3*time.Hour), noon)
		mute(monitor.Scope{Rule: "launch"}, noon.Add(time.Hour), noon)
		mute(monitor.Scope{Rule: "launch", Outlet: "Daily"}, noon.Add(2*time.Hour), noon)
		mute(monitor.Scope{Rule: "scm"}, noon.Add(4*time.Hour), noon)
		mute(monitor.Scope{Rule: "over"}, noon, noon.Add(-time.Hour))
		mutes, err := s.Mutes(t.Context(), noon)
		if err != nil || len(mutes) != 4 {
			t.Fatalf("%d mutes, %v", len(mutes), err)
		}
		for i, want := range []struct {
			what, story string
			kept        int
		}{{"rule", "", 2}, {"outlet for this rule", "", 0}, {"story", "Launch notice", 2}, {"rule", "", 0}} {
			if m := mutes[i]; m.What() != want.what || m.Story != want.story || m.Kept != want.kept {
				t.Errorf("mute %d: %s of %q kept %d, want %+v", i, m.What(), m.Story, m.Kept, want)
			}
		}
	})
}

// What is posted to two channels is one article.
func TestMutedCountsArticlesByRule(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		finds := record(t, s, agency, noon, article(agency, "g1", "https://agency.example/1", "First"), article(agency, "g2", "https://agency.example/2", "Second"))
		muted := func(key, rule, channel string, article int64, at time.Time) {
			m := monitor.Message{Key: key, Rule: rule, Channel: channel, Kind: monitor.KindReply, State: monitor.Muted, Rev: 1, Created: at}
			if err := s.Record(t.Context(), func(l monitor.Ledger) error { return l.Post(m, 0, article) }); err != nil {
				t.Fatal(err)
			}
		}
		one, two := finds[0].Article.ID, finds[1].Article.ID
		muted("a", "launch", "#news", one, noon)
		muted("b", "launch", "#sport", one, noon)
		muted("c", "launch", "#news", two, noon)
		muted("d", "scm", "#news", one, noon)
		muted("e", "old", "#news", one, noon.Add(-time.Second))
		muted("f", "folds", "#news", 0, noon)
		muted("g", "folds", "#news", 0, noon)
		counts, err := s.Muted(t.Context(), noon)
		if want := map[string]int{"launch": 2, "scm": 1, "folds": 2}; err != nil || !maps.Equal(counts, want) {
			t.Errorf("got %v, %v, want %v", counts, err, want)
		}
	})
}

func TestSetBackMovesMutesThatLastAndNoOthers(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		monday := noon.Add(40 * time.Hour)
		act(t, s, func(a monitor.Acts) (err error) {
			for _, m := range []monitor.Mute{
				{Scope: monitor.Scope{Rule: "hour"}, Until: noon.Add(time.Hour)},
				{Scope: monitor.Scope{Rule: "launch", Outlet: "Daily"}, Until: noon.Add(7 * monitor.Day)},
				{Scope: monitor.Scope{Rule: "monday"}, Until: monday},
			} {
				m.By = by("U1", noon)
				_, muteErr := a.Mute(m, "")
				err = errors.Join(err, muteErr)
			}
			return err
		})
		now := noon.Add(10*time.Minute - 2*time.Hour) // ten minutes later, by a clock that was set back by two hours
		workers := 1
		if s.Shared() { // each of them notices
			workers = 3
		}
		for range workers {
			if err := s.SetBack(t.Context(), now, 2*time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		mutes, err := s.Mutes(t.Context(), now)
		if err != nil || len(mutes) != 3 {
			t.Fatalf("%d mutes, %v", len(mutes), err)
		}
		for i, want := range []time.Time{now.Add(50 * time.Minute), monday, now.Add(7*monitor.Day - 10*time.Minute)} {
			if !mutes[i].Until.Equal(want) {
				t.Errorf("%s ends %v, want %v", mutes[i].Rule, mutes[i].Until, want)
			}
			if began := mutes[i].By.At; mutes[i].Rule != "monday" && !began.Equal(now.Add(-10*time.Minute)) {
				t.Errorf("%s began %v", mutes[i].Rule, began)
			}
		}
	})
}
