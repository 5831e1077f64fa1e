package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
)

// standing puts a message of each state into the outbox and returns the ids.
func standing(t *testing.T, s *Store) map[monitor.State]int64 {
	t.Helper()
	ids := make(map[monitor.State]int64)
	for i, state := range []monitor.State{monitor.Pending, monitor.Sending, monitor.Unconfirmed, monitor.Sent, monitor.Parked, monitor.Folded, monitor.Dead} {
		m := post(t, s, monitor.Message{Kind: monitor.KindAlert, Key: fmt.Sprint("k", i), Rule: "launch", State: state})
		ids[state] = m.ID
	}
	return ids
}

func TestTrackListsWhatNeedsAPersonFirst(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		standing(t, s)
		post(t, s, monitor.Message{Kind: monitor.KindAlert, Key: "other", Rule: "scm", Channel: "#other"})
		for name, test := range map[string]struct {
			of   Selection
			want []monitor.State
		}{
			"everything": {Selection{}, []monitor.State{"dead", "unconfirmed", "parked", "sending", "pending", "pending", "sent", "folded"}},
			"by state":   {Selection{States: []monitor.State{"sent", "dead"}}, []monitor.State{"dead", "sent"}},
			"since":      {Selection{Since: noon.Add(time.Second)}, nil},
			"open, however old": {Selection{Since: noon.Add(time.Second), OrOpen: true},
				[]monitor.State{"dead", "unconfirmed", "parked", "sending", "pending", "pending"}},
			"by rule":    {Selection{Rule: "scm"}, []monitor.State{"pending"}},
			"by channel": {Selection{Channel: "other"}, []monitor.State{"pending"}},
		} {
			t.Run(name, func(t *testing.T) {
				list, err := s.Track(t.Context(), test.of)
				if err != nil {
					t.Fatal(err)
				}
				var got []monitor.State
				for _, m := range list {
					got = append(got, m.State)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
			})
		}
	})
}

func TestOnlyWhatIsStuckIsRetried(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		for state, id := range standing(t, s) {
			stuck := state == monitor.Dead || state == monitor.Unconfirmed || state == monitor.Parked
			retried, err := s.Retry(t.Context(), id)
			if err != nil || retried != stuck {
				t.Errorf("%s: retried %v, %v", state, retried, err)
			}
			list, err := s.Track(t.Context(), Selection{IDs: []int64{id}})
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			want := state
			if stuck {
				want = monitor.Pending
			}
			if m := list[0]; m.State != want || m.MayRepeat != (state == monitor.Unconfirmed) {
				t.Errorf("%s: it is %s now, marked %v", state, m.State, m.MayRepeat)
			}
		}
		if retried, err := s.Retry(t.Context(), 999); retried || err != nil {
			t.Errorf("an unknown message: %v, %v", retried, err)
		}
	})
}

func TestAttemptsCountThoseOfLateMessages(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		m := post(t, s, monitor.Message{Kind: monitor.KindAlert, Key: "k"})
		m.State, m.Attempts, m.LastAttempt = monitor.Sent, 3, noon
		settle(t, s, m)
		for since, want := range map[time.Time]int{noon: 3, noon.Add(time.Second): 0} {
			if n, err := s.Attempts(t.Context(), since); n != want || err != nil {
				t.Errorf("since %v: %d, %v", since, n, err)
			}
		}
	})
}

func TestAWaitBeginsWithTheTimeOfTheMessage(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		post(t, s, monitor.Message{Kind: monitor.KindAlert, Key: "now"})
		post(t, s, monitor.Message{Kind: monitor.KindAlert, Key: "digest", Channel: "#digest", NotBefore: noon.Add(time.Hour)})
		post(t, s, monitor.Message{Kind: monitor.KindAlert, Key: "told", Channel: "#told", State: monitor.Sent})
		for after, want := range map[time.Duration]map[string]time.Duration{
			time.Minute:   {"#news": time.Minute},
			2 * time.Hour: {"#news": 2 * time.Hour, "#digest": time.Hour},
		} {
			got, err := s.Waits(t.Context(), noon.Add(after))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("after %v: %s", after, diff)
			}
		}
	})
}
