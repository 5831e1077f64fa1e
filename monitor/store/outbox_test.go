package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"newswatch/monitor"
)

// post puts a message into the outbox as a poll would and returns it as Next
// would give it.
func post(t *testing.T, s *Store, m monitor.Message) monitor.Message {
	t.Helper()
	if m.State == "" {
		m.State = monitor.Pending
	}
	m.Rev, m.Created = 1, noon
	if m.Channel == "" {
		m.Channel = "#news"
	}
	if err := s.Tell(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	all, err := s.messages(t.Context(), `where m.channel = ? and m.key = ?`, m.Channel, m.Key)
	if err != nil || len(all) != 1 {
		t.Fatalf("message %s is there %d times, %v", m.Key, len(all), err)
	}
	return all[0]
}

func claim(t *testing.T, s *Store, channel, worker string) monitor.Channel {
	t.Helper()
	ch, err := s.Claim(t.Context(), channel, worker, noon, noon.Add(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// settle writes a message as far as the test says it has come.
func settle(t *testing.T, s *Store, m monitor.Message) {
	t.Helper()
	if err := s.Settle(t.Context(), "w1", claim(t, s, m.Channel, "w1"), m); err != nil {
		t.Fatal(err)
	}
}

func nextKey(t *testing.T, s *Store, channel string) string {
	t.Helper()
	d, ok, err := s.Next(t.Context(), channel, noon)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return ""
	}
	return d.Key
}

func TestMessageWithAKnownKeyIsNotPutTwice(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		post(t, s, monitor.Message{Key: "k", Kind: monitor.KindAlert, Content: monitor.Content{Title: "first"}})
		m := post(t, s, monitor.Message{Key: "k", Kind: monitor.KindAlert, Content: monitor.Content{Title: "second"}})
		if m.Content.Title != "first" {
			t.Errorf("replaced by %q", m.Content.Title)
		}
		other := post(t, s, monitor.Message{Key: "k", Kind: monitor.KindAlert, Channel: "#desk"})
		if other.ID == m.ID {
			t.Error("another channel's message was taken for it")
		}
	})
}

func TestNextSendsAlertsInOrderBeforeReplies(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		first := post(t, s, monitor.Message{Key: "a1", Kind: monitor.KindAlert})
		post(t, s, monitor.Message{Key: "r1", Kind: monitor.KindReply, Parent: first.ID})
		second := post(t, s, monitor.Message{Key: "a2", Kind: monitor.KindAlert})
		var order []string
		for _, m := range []monitor.Message{first, second} {
			order = append(order, nextKey(t, s, "#news"))
			m.State, m.TS, m.SentRev = monitor.Sent, "1.0", 1
			settle(t, s, m)
		}
		order = append(order, nextKey(t, s, "#news"))
		if order[0] != "a1" || order[1] != "a2" || order[2] != "r1" {
			t.Errorf("order %v", order)
		}
	})
}

func TestReplyWaitsForItsParent(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		parent := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		post(t, s, monitor.Message{Key: "r", Kind: monitor.KindReply, Parent: parent.ID})
		parent.State = monitor.Unconfirmed
		parent.NotBefore = noon.Add(time.Minute)
		settle(t, s, parent)
		if key := nextKey(t, s, "#news"); key != "" {
			t.Errorf("%q would be sent before its parent is decided", key)
		}
		due, err := s.Due(t.Context())
		if err != nil || !due["#news"].Equal(noon.Add(time.Minute)) {
			t.Errorf("due %v, %v", due, err)
		}
	})
}

func TestReplyGoesIntoTheThreadOfTheFold(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		claim(t, s, "#news", "w1")
		parent := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		other := post(t, s, monitor.Message{Key: "b", Kind: monitor.KindAlert})
		post(t, s, monitor.Message{Key: "r", Kind: monitor.KindReply, Parent: parent.ID})
		fold := monitor.Message{Channel: "#news", Key: "f", Kind: monitor.KindFold, State: monitor.Pending, Rev: 1, Created: noon}
		if err := s.Fold(t.Context(), "w1", fold, []monitor.Message{parent, other}); err != nil {
			t.Fatal(err)
		}
		if key := nextKey(t, s, "#news"); key != "f" {
			t.Fatalf("next is %q, want the fold", key)
		}
		d, _, _ := s.Next(t.Context(), "#news", noon)
		d.State, d.TS, d.SentRev = monitor.Sent, "7.0", 1
		settle(t, s, d.Message)
		d, ok, err := s.Next(t.Context(), "#news", noon)
		if err != nil || !ok || d.Key != "r" || d.Thread != "7.0" || d.Orphan {
			t.Errorf("got %+v, %v, %v", d, ok, err)
		}
		if waiting, err := s.Waiting(t.Context(), "#news", noon); err != nil || len(waiting) != 1 || waiting[0].Key != "r" {
			t.Errorf("%d messages wait, %v, want the reply", len(waiting), err)
		}
	})
}

func TestRepliesWaitForTheirThread(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		parent := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		post(t, s, monitor.Message{Key: "r", Kind: monitor.KindReply, Parent: parent.ID})
		for state, want := range map[monitor.State]int{monitor.Unconfirmed: 0, monitor.Sent: 1, monitor.Dead: 0} {
			parent.State, parent.TS = state, ""
			if state == monitor.Sent {
				parent.TS, parent.SentRev = "7.0", 1
			}
			settle(t, s, parent)
			if waiting, err := s.Waiting(t.Context(), "#news", noon); err != nil || len(waiting) != want {
				t.Errorf("%d wait for a thread that is %s, want %d, %v", len(waiting), state, want, err)
			}
		}
	})
}

func TestFoldedRepliesWhoseParentIsDeadStayFolded(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		claim(t, s, "#news", "w1")
		parent := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		one := post(t, s, monitor.Message{Key: "r1", Kind: monitor.KindReply, Parent: parent.ID})
		two := post(t, s, monitor.Message{Key: "r2", Kind: monitor.KindReply, Parent: parent.ID})
		fold := monitor.Message{Channel: "#news", Key: "f", Kind: monitor.KindFold, Parent: parent.ID, State: monitor.Pending, Rev: 1, Created: noon}
		if err := s.Fold(t.Context(), "w1", fold, []monitor.Message{one, two}); err != nil {
			t.Fatal(err)
		}
		parent.State = monitor.Dead
		settle(t, s, parent)
		d, ok, err := s.Next(t.Context(), "#news", noon)
		if err != nil || !ok || d.Key != "f" || !d.Orphan {
			t.Fatalf("got %+v, %v, %v", d, ok, err)
		}
		if err := s.Promote(t.Context(), d.Message); err != nil {
			t.Fatal(err)
		}
		if d, ok, err = s.Next(t.Context(), "#news", noon); err != nil || !ok || d.Orphan || d.Kind != monitor.KindFold || d.Parent != 0 {
			t.Errorf("got %+v, %v, %v", d, ok, err)
		}
	})
}

// A reply that was told already when the alert went, and is to be told again,
// finds another reply in the alert's place.
func TestReplyWhoseParentIsDeadFollowsThePromotedOne(t *testing.T) {
	for name, folds := range map[string]bool{"by itself": false, "folded": true} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *Store) {
				claim(t, s, "#news", "w1")
				parent, one, two := alertWithTwoReplies(t, s)
				parent.State = monitor.Dead
				settle(t, s, parent)
				two.State = monitor.Sent
				settle(t, s, two)
				if err := s.Promote(t.Context(), one); err != nil {
					t.Fatal(err)
				}
				one.State, one.TS, one.SentRev = monitor.Sent, "9.0", 1
				settle(t, s, one)
				two.State = monitor.Pending
				settle(t, s, two)
				want := two.Key
				if folds {
					want = "f"
					fold := monitor.Message{Channel: "#news", Rule: "launch", Key: want, Kind: monitor.KindFold, Parent: parent.ID, State: monitor.Pending, Rev: 1, Created: noon}
					if err := s.Fold(t.Context(), "w1", fold, []monitor.Message{two}); err != nil {
						t.Fatal(err)
					}
				}
				d, ok, err := s.Next(t.Context(), "#news", noon)
				if err != nil || !ok || d.Key != want || !d.Orphan {
					t.Fatalf("got %+v, %v, %v", d, ok, err)
				}
				if err := s.Promote(t.Context(), d.Message); err != nil {
					t.Fatal(err)
				}
				d, ok, err = s.Next(t.Context(), "#news", noon)
				if err != nil || !ok || d.Key != want || d.Orphan || d.Parent != one.ID || d.Thread != "9.0" {
					t.Errorf("got %+v, %v, %v", d, ok, err)
				}
			})
		})
	}
}

// alertWithTwoReplies posts what three articles of one story make.
func alertWithTwoReplies(t *testing.T, s *Store) (alert, one, two monitor.Message) {
	t.Helper()
	finds := record(t, s, agency, noon,
		article(agency, "g1", "https://agency.example/1", "Seoul protests launch notice"),
		article(agency, "g2", "https://agency.example/2", "Tokyo protests launch notice"),
		article(agency, "g3", "https://agency.example/3", "Launch notice protested"))
	err := s.Record(t.Context(), func(l monitor.Ledger) error {
		story, err := l.OpenStory(monitor.Story{Title: "Launch notice", First: noon, Last: noon})
		for i, m := range []*monitor.Message{&alert, &one, &two} {
			*m = monitor.Message{Channel: "#news", Rule: "launch", Key: fmt.Sprint("m", i), Kind: monitor.KindReply, State: monitor.Pending, Rev: 1, Created: noon}
			if m.Parent = alert.ID; i == 0 {
				m.Kind = monitor.KindAlert
			}
			id := finds[i].Article.ID
			_, reported := l.AddReport(monitor.Report{StoryID: story, Article: finds[i].Article, At: noon})
			err = errors.Join(err, reported, l.Post(*m, story, id))
			told, listed := l.Told(id)
			err = errors.Join(err, listed)
			if len(told) == 1 {
				*m = told[0]
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return alert, one, two
}

func TestReplyWhoseParentIsDeadBecomesTheAlert(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		parent := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		post(t, s, monitor.Message{Key: "r1", Kind: monitor.KindReply, Parent: parent.ID})
		post(t, s, monitor.Message{Key: "r2", Kind: monitor.KindReply, Parent: parent.ID})
		parent.State = monitor.Dead
		settle(t, s, parent)
		d, ok, err := s.Next(t.Context(), "#news", noon)
		if err != nil || !ok || d.Key != "r1" || !d.Orphan {
			t.Fatalf("got %+v, %v, %v", d, ok, err)
		}
		if err := s.Promote(t.Context(), d.Message); err != nil {
			t.Fatal(err)
		}
		d, _, _ = s.Next(t.Context(), "#news", noon)
		if d.Key != "r1" || d.Orphan || d.Kind != monitor.KindAlert || d.Parent != 0 {
			t.Fatalf("got %+v", d)
		}
		promoted := d.Message
		promoted.State, promoted.TS, promoted.SentRev = monitor.Sent, "9.0", 1
		settle(t, s, promoted)
		d, _, _ = s.Next(t.Context(), "#news", noon)
		if d.Key != "r2" || d.Thread != "9.0" {
			t.Errorf("the other reply: %+v", d)
		}
	})
}

func TestRevisedMessageIsNextOnceAgain(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		m := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		m.State, m.TS, m.TriedRev, m.SentRev = monitor.Sent, "1.0", 1, 1
		settle(t, s, m)
		if key := nextKey(t, s, "#news"); key != "" {
			t.Fatalf("%q is next although nothing changed", key)
		}
		err := s.Record(t.Context(), func(l monitor.Ledger) error { return l.Revise(m.ID, monitor.Content{Title: "new"}) })
		if err != nil {
			t.Fatal(err)
		}
		d, ok, err := s.Next(t.Context(), "#news", noon)
		if err != nil || !ok || d.Rev != 2 || d.TS != "1.0" || d.Content.Title != "new" {
			t.Fatalf("got %+v, %v, %v", d, ok, err)
		}
		d.SentRev = d.Rev
		settle(t, s, d.Message)
		if key := nextKey(t, s, "#news"); key != "" {
			t.Errorf("%q is next again", key)
		}
	})
}

func TestSettleDoesNotUndoARevision(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		m := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		m.State, m.TriedRev = monitor.Sending, 1
		settle(t, s, m)
		err := s.Record(t.Context(), func(l monitor.Ledger) error { return l.Revise(m.ID, monitor.Content{Title: "new"}) })
		if err != nil {
			t.Fatal(err)
		}
		m.State, m.TS, m.SentRev = monitor.Sent, "1.0", m.TriedRev
		settle(t, s, m)
		d, ok, _ := s.Next(t.Context(), "#news", noon)
		if !ok || d.Content.Title != "new" || d.Rev != 2 {
			t.Errorf("got %+v, %v", d, ok)
		}
	})
}

func TestChannelHasOneWorker(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		m := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		ch := claim(t, s, "#news", "w1")
		if _, err := s.Claim(t.Context(), "#news", "w2", noon.Add(9*time.Second), noon.Add(time.Minute)); !errors.Is(err, monitor.ErrLeaseLost) {
			t.Errorf("claimed while leased: %v", err)
		}
		if _, err := s.Claim(t.Context(), "#news", "w2", noon.Add(10*time.Second), noon.Add(time.Minute)); err != nil {
			t.Errorf("not claimed when the lease was over: %v", err)
		}
		if err := s.Settle(t.Context(), "w1", ch, m); !errors.Is(err, monitor.ErrLeaseLost) {
			t.Errorf("late write: %v", err)
		}
		fold := monitor.Message{Channel: "#news", Key: "f", Kind: monitor.KindFold, State: monitor.Pending, Rev: 1, Created: noon}
		if err := s.Fold(t.Context(), "w1", fold, []monitor.Message{m}); !errors.Is(err, monitor.ErrLeaseLost) {
			t.Errorf("late fold: %v", err)
		}
		if err := s.Release(t.Context(), "#news", "w2"); err != nil {
			t.Fatal(err)
		}
		claim(t, s, "#news", "w1")
	})
}

func TestDueIsThePaceOfTheChannelToo(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		m := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
		ch := claim(t, s, "#news", "w1")
		ch.NextSend, ch.ID, ch.Refusal, ch.Refused = noon.Add(time.Hour), "C1", "is_archived", noon
		if err := s.Settle(t.Context(), "w1", ch); err != nil {
			t.Fatal(err)
		}
		due, err := s.Due(t.Context())
		if err != nil || !due["#news"].Equal(noon.Add(time.Hour)) {
			t.Errorf("due %v, %v", due, err)
		}
		if again := claim(t, s, "#news", "w1"); again != ch {
			t.Errorf("got %+v, want %+v", again, ch)
		}
		m.State, m.TS, m.SentRev = monitor.Sent, "1.0", 1
		settle(t, s, m)
		if due, err := s.Due(t.Context()); err != nil || len(due) != 0 {
			t.Errorf("due with nothing to send: %v, %v", due, err)
		}
	})
}
