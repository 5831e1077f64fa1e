package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"newswatch/monitor"
)

// lowAlert is an alert that waits for the digest at the given time.
func lowAlert(key string, at time.Time) monitor.Message {
	return monitor.Message{Key: key, Kind: monitor.KindAlert, Rule: "notice", Held: monitor.ForDigest, NotBefore: at, DigestAt: at}
}

func TestDigestTakesAllThatWaitsOnceAnyIsDue(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		claim(t, s, "#news", "w1")
		eight := noon.Add(20 * time.Hour)
		first, second := post(t, s, lowAlert("a", eight)), post(t, s, lowAlert("b", eight.Add(time.Hour)))
		fold := monitor.Message{Channel: "#news", Key: "f", Kind: monitor.KindFold, State: monitor.Pending, Rev: 1, Created: noon, DigestAt: eight}
		told := post(t, s, monitor.Message{Key: "c", Kind: monitor.KindAlert, Rule: "bulletin"})
		if err := s.Fold(t.Context(), "w1", fold, []monitor.Message{told}); err != nil {
			t.Fatal(err)
		}
		muted := post(t, s, lowAlert("m", eight))
		muted.State = monitor.Muted
		settle(t, s, muted)

		if due, err := s.DigestsDue(t.Context()); err != nil || !due["#news"].Equal(eight) {
			t.Errorf("due %v, %v; want %v", due, err, eight)
		}
		if h, err := s.Harvest(t.Context(), "#news", eight.Add(-time.Second)); err != nil || len(h.Alerts)+len(h.Folds) > 0 {
			t.Errorf("before its time there are %d alerts and %d folds, %v", len(h.Alerts), len(h.Folds), err)
		}
		h, err := s.Harvest(t.Context(), "#news", eight)
		if err != nil || len(h.Alerts) != 2 || h.Alerts[0].ID != first.ID || h.Alerts[1].ID != second.ID || len(h.Folds) != 1 || len(h.Folded) != 1 || !h.Last.IsZero() {
			t.Fatalf("got %+v, %v", h, err)
		}
		parts := []monitor.Message{
			{Channel: "#news", Key: "d1", Kind: monitor.KindDigest, State: monitor.Pending, Rev: 1, Created: eight},
			{Channel: "#news", Key: "d2", Kind: monitor.KindDigest, State: monitor.Pending, Rev: 1, Created: eight},
		}
		if err := s.Digest(t.Context(), "w2", parts, h); !errors.Is(err, monitor.ErrLeaseLost) {
			t.Errorf("made without the lease: %v", err)
		}
		if err := s.Digest(t.Context(), "w1", parts, h); err != nil {
			t.Fatal(err)
		}
		again, err := s.Harvest(t.Context(), "#news", eight.Add(48*time.Hour))
		if err != nil || len(again.Alerts)+len(again.Folds) > 0 {
			t.Errorf("it would be told again: %+v, %v", again, err)
		}
		for _, want := range []string{"f", "d1"} {
			d, _, err := s.Next(t.Context(), "#news", eight)
			if err != nil || d.Key != want {
				t.Fatalf("next is %q, %v, want %q: the second part waits for the first", d.Key, err, want)
			}
			d.State, d.TS, d.SentRev = monitor.Sent, "ts "+d.Key, 1
			settle(t, s, d.Message)
		}
		if d, _, err := s.Next(t.Context(), "#news", eight); err != nil || d.Key != "d2" || d.Thread != "ts d1" {
			t.Errorf("next is %q in thread %q, %v", d.Key, d.Thread, err)
		}
	})
}

// A digest whose first message is deleted in Slack keeps its other parts.
func TestPartOfADigestWithoutItsFirstStandsAlone(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		claim(t, s, "#news", "w1")
		a := post(t, s, lowAlert("a", noon))
		parts := []monitor.Message{
			{Channel: "#news", Key: "d1", Kind: monitor.KindDigest, State: monitor.Pending, Rev: 1, Created: noon},
			{Channel: "#news", Key: "d2", Kind: monitor.KindDigest, State: monitor.Pending, Rev: 1, Created: noon},
		}
		if err := s.Digest(t.Context(), "w1", parts, monitor.Harvest{Alerts: []monitor.Message{a}}); err != nil {
			t.Fatal(err)
		}
		d, _, err := s.Next(t.Context(), "#news", noon)
		if err != nil {
			t.Fatal(err)
		}
		d.State = monitor.Dead
		settle(t, s, d.Message)
		if d, _, err = s.Next(t.Context(), "#news", noon); err != nil || d.Key != "d2" || !d.Orphan {
			t.Fatalf("next is %q, orphaned: %v, %v", d.Key, d.Orphan, err)
		}
		if err := s.Promote(t.Context(), d.Message); err != nil {
			t.Fatal(err)
		}
		if d, _, err = s.Next(t.Context(), "#news", noon); err != nil || d.Key != "d2" || d.Orphan || d.Parent != 0 || d.Kind != monitor.KindDigest {
			t.Errorf("got %+v, %v", d, err)
		}
	})
}

func TestReholdTimesOnlyWhatWaitsForATimeToCome(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		eight, nine := noon.Add(20*time.Hour), noon.Add(21*time.Hour)
		post(t, s, lowAlert("low", eight))
		post(t, s, monitor.Message{Key: "quiet", Kind: monitor.KindAlert, Held: monitor.ForQuiet, NotBefore: eight})
		post(t, s, lowAlert("due", noon.Add(-time.Minute)))
		post(t, s, monitor.Message{Key: "plain", Kind: monitor.KindAlert})
		tried := post(t, s, monitor.Message{Key: "tried", Kind: monitor.KindAlert, Held: monitor.ForQuiet, NotBefore: eight})
		tried.Attempts = 1
		settle(t, s, tried)
		fold := post(t, s, monitor.Message{Key: "fold", Kind: monitor.KindFold, DigestAt: eight})
		fold.State, fold.TS, fold.SentRev = monitor.Sent, "1.0", 1
		settle(t, s, fold)

		var asked []string
		changed, err := s.Rehold(t.Context(), noon, func(m monitor.Message) (monitor.Hold, time.Time) {
			asked = append(asked, m.Key)
			if m.Key == "quiet" {
				return "", time.Time{}
			}
			return monitor.ForDigest, nine
		})
		if err != nil || changed != 3 || len(asked) != 3 || asked[0] != "low" || asked[1] != "quiet" || asked[2] != "fold" {
			t.Errorf("%d changed of %q, %v", changed, asked, err)
		}
		if key := nextKey(t, s, "#news"); key != "quiet" {
			t.Errorf("next is %q, want the one that waits no longer", key)
		}
		h, err := s.Harvest(t.Context(), "#news", noon)
		if err != nil || len(h.Alerts) != 2 || len(h.Folds) != 1 || !h.Alerts[0].NotBefore.Equal(nine) || !h.Alerts[0].DigestAt.Equal(nine) || !h.Folds[0].DigestAt.Equal(nine) {
			t.Errorf("got %+v, %v", h, err)
		}
		if changed, err := s.Rehold(t.Context(), noon, func(m monitor.Message) (monitor.Hold, time.Time) { return monitor.ForDigest, nine }); err != nil || changed != 0 {
			t.Errorf("%d changed again, %v", changed, err)
		}
	})
}

func TestToldSinceCountsWhatWasToldAtOnceAndKnowsTheLastFold(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		posted := func(key string, at time.Time, held monitor.Hold, until time.Time) {
			m := monitor.Message{Channel: "#news", Key: key, Kind: monitor.KindAlert, Rule: "flood", State: monitor.Pending, Rev: 1, Created: at, Held: held, NotBefore: until}
			if err := s.Tell(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		posted("old", noon.Add(-2*time.Hour), "", time.Time{})
		posted("a", noon.Add(-50*time.Minute), "", time.Time{})
		posted("b", noon.Add(-40*time.Minute), "", time.Time{})
		posted("c", noon.Add(-90*time.Minute), monitor.ForRate, noon.Add(-35*time.Minute))
		posted("d", noon.Add(-30*time.Minute), monitor.ForQuiet, noon.Add(9*time.Hour))
		err := s.Record(t.Context(), func(l monitor.Ledger) error {
			told, err := l.ToldSince("flood", "#news", noon.Add(-time.Hour))
			if want := (monitor.Telling{AtOnce: 2, Oldest: noon.Add(-50 * time.Minute), Folded: noon.Add(-35 * time.Minute)}); told != want {
				t.Errorf("told %+v, want %+v", told, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestHeldCountsWhatWaitsForATimeToCome(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		eight := noon.Add(20 * time.Hour)
		post(t, s, lowAlert("a", eight.Add(time.Hour)))
		post(t, s, lowAlert("b", eight))
		post(t, s, lowAlert("due", noon))
		post(t, s, monitor.Message{Key: "q", Kind: monitor.KindAlert, Held: monitor.ForQuiet, NotBefore: noon.Add(time.Hour)})
		post(t, s, monitor.Message{Key: "c", Kind: monitor.KindAlert})
		held, err := s.Held(t.Context(), noon)
		want := []Holding{{"#news", monitor.ForQuiet, 1, noon.Add(time.Hour)}, {"#news", monitor.ForDigest, 2, eight}}
		if err != nil || !slices.Equal(held, want) {
			t.Errorf("held %+v, %v, want %+v", held, err, want)
		}
	})
}
