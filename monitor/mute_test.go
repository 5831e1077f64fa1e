package monitor_test

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// states lists what the store knows of messages of that state, oldest first.
func (s *staffed) states(t *testing.T, state monitor.State) []string {
	t.Helper()
	list, err := s.store.Track(t.Context(), store.Selection{States: []monitor.State{state}})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range slices.Backward(list) {
		lines = append(lines, string(m.Kind)+" "+m.Content.Title+": "+m.Reason)
	}
	return lines
}

// another is the outlet's own report of the launch.
func another(guid string) monitor.Article {
	return item(guid, "Satellite launch fails, officials say", 3*time.Minute)
}

func TestWhatIsMutedIsRecordedAndNotPosted(t *testing.T) {
	for name, c := range map[string]struct {
		mute        string
		shown, kept []string
	}{
		"of a rule": {monitor.MuteHour,
			[]string{"alert news: Attack on a bridge"},
			[]string{"reply Satellite launch fails, officials say: the rule was muted", "alert Second satellite ready for launch in Tanegashima: the rule was muted"}},
		"of a story": {monitor.MuteStory,
			[]string{"alert news: Second satellite ready for launch in Tanegashima", "alert news: Attack on a bridge"},
			[]string{"reply Satellite launch fails, officials say: the story was muted"}},
		"of another outlet": {monitor.MuteOutlet,
			[]string{"alert news: Second satellite ready for launch in Tanegashima", "alert news: Attack on a bridge", "reply news: Satellite launch fails, officials say"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, s *staffed) {
				s.click(t, 0, "U0A", "mute", c.mute)
				s.pages.set("Wire", another("3"), item("4", "Second satellite ready for launch in Tanegashima", 2*time.Minute), item("5", "Attack on a bridge", time.Minute))
				s.once(t)
				equal(t, s.board.lines()[2:], c.shown)
				equal(t, s.states(t, monitor.Muted), c.kept)
			})
		})
	}
}

func TestAMuteOfAnOutletKeepsBackThatOutletAlone(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		s.click(t, 0, "U0A", "mute", monitor.MuteOutlet)
		s.pages.set("Agency", item("4", "Second satellite ready for launch in Tanegashima", time.Minute), item("5", "Attack on a bridge", time.Minute))
		s.once(t)
		equal(t, s.board.lines()[2:], []string{"alert news: Attack on a bridge"})
		equal(t, s.states(t, monitor.Muted), []string{"alert Second satellite ready for launch in Tanegashima: the outlet for this rule was muted"})
	})
}

func TestAMuteEndsByItselfAndByHand(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *staffed){
		"by itself": func(t *testing.T, s *staffed) { time.Sleep(time.Hour) },
		"by hand":   func(t *testing.T, s *staffed) { s.click(t, 0, "U0B", "unmute", "1") },
		"by a command": func(t *testing.T, s *staffed) {
			s.take(t, monitor.Request{ID: "c", User: "U0B", Command: true, Text: " Unmute 1 "})
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, s *staffed) {
				s.click(t, 0, "U0A", "mute", monitor.MuteHour)
				end(t, s)
				s.pages.set("Wire", another("3"))
				s.once(t)
				equal(t, s.board.lines()[2:], []string{"reply news: Satellite launch fails, officials say"})
			})
		})
	}
}

func TestAnEndedMutesNumberEndsNoOther(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		unmute := func() string {
			return s.take(t, monitor.Request{ID: rand.Text(), User: "U0B", Command: true, Text: "unmute #1"}).Head
		}
		s.click(t, 0, "U0A", "mute", monitor.MuteStory)
		if got := unmute(); got != "The story is no longer muted" {
			t.Errorf("answered %q", got)
		}
		s.click(t, 0, "U0A", "mute", monitor.MuteHour)
		if got := unmute(); got != "There is no such mute; it may have ended." {
			t.Errorf("the number of a mute that has ended is answered %q", got)
		}
		if got := s.deeds(t, 0); got != "rule muted until 1 13:00 by U0A" {
			t.Errorf("shown: %q", got)
		}
	})
}

func TestAMuteKeepsBackWhatWaits(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		s.board.refuse(&monitor.ChannelRefused{Reason: "is_archived"})
		s.pages.set("Wire", another("3"), item("4", "Second satellite ready for launch in Tanegashima", 2*time.Minute), item("5", "Attack on a bridge", time.Minute))
		s.once(t)
		answer := s.take(t, s.request(0, "U0A", "mute", monitor.MuteHour))
		if want := "Of what was waiting, 2 will not be posted; newswatch alerts --state muted lists it."; answer.Lines[len(answer.Lines)-1].Text != want {
			t.Errorf("answered %+v", answer.Lines)
		}
		s.board.refuse(nil)
		time.Sleep(10 * time.Minute)
		s.deliver(t)
		if lines := s.board.lines(); slices.ContainsFunc(lines, func(l string) bool { return l == "alert news: Second satellite ready for launch in Tanegashima" }) || len(lines) != 5 {
			t.Errorf("shown: %q", lines) // the attack, and the channel's trouble and its end to the operator
		}
		equal(t, s.states(t, monitor.Muted), []string{
			"reply Satellite launch fails, officials say: the rule was muted", "alert Second satellite ready for launch in Tanegashima: the rule was muted"})
	})
}

func TestAStoryFirstReportedUnderAMuteAlertsAfterIt(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		s.click(t, 0, "U0A", "mute", monitor.MuteHour)
		second := "Second satellite ready for launch in Tanegashima"
		s.pages.set("Wire", item("4", second, time.Minute))
		s.once(t)
		time.Sleep(2 * time.Hour)
		s.pages.set("Wire", item("4", second, 2*time.Hour), item("6", second+", agency says", time.Minute))
		s.once(t)
		time.Sleep(time.Minute)
		s.pages.set("Agency", item("7", second+" on Tuesday", time.Minute))
		s.once(t)
		equal(t, s.board.lines()[2:], []string{"alert news: " + second + ", agency says", "reply news: " + second + " on Tuesday"})
		equal(t, s.states(t, monitor.Muted), []string{"alert " + second + ": the rule was muted"})
	})
}

func TestWhatAMuteKeptBackCanBePosted(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		s.click(t, 0, "U0A", "mute", monitor.MuteHour)
		s.pages.set("Wire", another("3"))
		s.once(t)
		list, err := s.store.Track(t.Context(), store.Selection{States: []monitor.State{monitor.Muted}})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if retried, err := s.store.Retry(t.Context(), list[0].ID); !retried || err != nil {
			t.Fatal(retried, err)
		}
		s.deliver(t)
		equal(t, s.board.lines()[2:], []string{"reply news: Satellite launch fails, officials say"})
	})
}
