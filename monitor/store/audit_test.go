package store

import (
	"slices"
	"testing"
	"time"

	"newswatch/monitor"
)

// sent puts a message into the outbox and settles it as sent, to be audited at
// the given time; zero: not at all.
func sent(t *testing.T, s *Store, key string, audit time.Time) monitor.Message {
	t.Helper()
	m := post(t, s, monitor.Message{Key: key, Kind: monitor.KindAlert})
	m.State, m.TS, m.TriedRev, m.SentRev, m.AuditAt, m.Resent = monitor.Sent, "1.0", 1, 1, audit, 1
	settle(t, s, m)
	return m
}

func keysOf(messages []monitor.Message) []string {
	var keys []string
	for _, m := range messages {
		keys = append(keys, m.Key)
	}
	return keys
}

func TestConfirmedMessagesAreListedWhenTheirAuditIsDue(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		sent(t, s, "late", noon.Add(3*time.Minute))
		sent(t, s, "second", noon.Add(2*time.Minute))
		sent(t, s, "first", noon.Add(time.Minute))
		sent(t, s, "done", time.Time{})
		dead := sent(t, s, "dead", noon)
		dead.State = monitor.Dead
		settle(t, s, dead)
		due, err := s.AuditsDue(t.Context())
		if err != nil || len(due) != 1 || !due["#news"].Equal(noon.Add(time.Minute)) {
			t.Errorf("due %v, %v", due, err)
		}
		confirmed, err := s.Confirmed(t.Context(), "#news", noon.Add(2*time.Minute))
		if err != nil || !slices.Equal(keysOf(confirmed), []string{"first", "second"}) {
			t.Errorf("confirmed %v, %v", keysOf(confirmed), err)
		}
		if m := confirmed[0]; !m.AuditAt.Equal(noon.Add(time.Minute)) || m.Resent != 1 {
			t.Errorf("kept as %+v", m)
		}
		sending, err := s.Due(t.Context())
		if err != nil || len(sending) != 0 {
			t.Errorf("an audit counts as something to send: %v, %v", sending, err)
		}
		if left, err := s.Left(t.Context(), false, noon.Add(time.Hour)); err != nil || left != 0 {
			t.Errorf("%d left, %v", left, err)
		}
	})
}

func TestAuditWaitsForItsChannel(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		sent(t, s, "a", noon.Add(time.Minute))
		ch := claim(t, s, "#news", "w1")
		ch.NextSend = noon.Add(time.Hour)
		if err := s.Settle(t.Context(), "w1", ch); err != nil {
			t.Fatal(err)
		}
		due, err := s.AuditsDue(t.Context())
		if err != nil || !due["#news"].Equal(noon.Add(time.Hour)) {
			t.Errorf("due %v, %v", due, err)
		}
	})
}

func TestRefusedChannelsAreReopenedAndOthersKeepTheirWait(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		for name, refusal := range map[string]string{"#news": "is_archived", "#desk": ""} {
			ch := claim(t, s, name, "w1")
			ch.NextSend, ch.Refusal, ch.Refused = noon.Add(time.Hour), refusal, noon
			if err := s.Settle(t.Context(), "w1", ch); err != nil {
				t.Fatal(err)
			}
		}
		refused, err := s.Reopen(t.Context(), noon)
		if err != nil || len(refused) != 1 || refused[0].Name != "#news" || refused[0].Refusal != "is_archived" || !refused[0].Refused.Equal(noon) {
			t.Errorf("reopened %+v, %v", refused, err)
		}
		if ch := claim(t, s, "#news", "w1"); !ch.NextSend.Equal(noon) {
			t.Errorf("the refused one waits until %v", ch.NextSend)
		}
		if ch := claim(t, s, "#desk", "w1"); !ch.NextSend.Equal(noon.Add(time.Hour)) {
			t.Errorf("the other waits until %v", ch.NextSend)
		}
	})
}

func TestNoticesAreKeptWithTheirNote(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		note := monitor.Message{Channel: "#ops", Key: "k", Kind: monitor.KindOps, State: monitor.Pending, Rev: 1, Created: noon}
		if err := s.Tell(t.Context(), note, monitor.Notice{Cause: "a", Told: noon}, monitor.Notice{Cause: "b", Told: noon, Over: true}); err != nil {
			t.Fatal(err)
		}
		notices, err := s.Notices(t.Context(), []string{"b", "never", "a"})
		want := []monitor.Notice{{Cause: "b", Told: noon, Over: true}, {Cause: "never"}, {Cause: "a", Told: noon}}
		if err != nil || !slices.Equal(notices, want) {
			t.Errorf("got %+v, %v", notices, err)
		}
		if err := s.Tell(t.Context(), note, monitor.Notice{Cause: "a", Told: noon, Over: true}); err != nil {
			t.Fatal(err)
		}
		notices, err = s.Notices(t.Context(), []string{"a"})
		if err != nil || !notices[0].Over {
			t.Errorf("got %+v, %v", notices, err)
		}
		if key := nextKey(t, s, "#ops"); key != "k" {
			t.Errorf("next for the ops channel is %q", key)
		}
	})
}

func TestTallyCountsTheDay(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		sent(t, s, "sent", time.Time{})
		post(t, s, monitor.Message{Key: "waiting", Kind: monitor.KindAlert})
		dead := post(t, s, monitor.Message{Key: "dead", Kind: monitor.KindReply})
		dead.State, dead.LastAttempt = monitor.Dead, noon
		settle(t, s, dead)
		ch := claim(t, s, "#desk", "w1")
		ch.Refusal, ch.Refused = "is_archived", noon
		if err := s.Settle(t.Context(), "w1", ch); err != nil {
			t.Fatal(err)
		}
		for since, want := range map[time.Time]monitor.Tally{
			noon:                {Alerts: 2, Dead: 1},
			noon.Add(time.Hour): {Late: 1},
		} {
			tally, err := s.Tally(t.Context(), since)
			if err != nil || len(tally.Refused) != 1 || tally.Refused[0].Name != "#desk" {
				t.Errorf("refused %+v, %v", tally.Refused, err)
			}
			if tally.Alerts != want.Alerts || tally.Dead != want.Dead || tally.Late != want.Late {
				t.Errorf("since %v: %+v, want %+v", since, tally, want)
			}
		}
	})
}
