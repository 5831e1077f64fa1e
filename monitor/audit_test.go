package monitor_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// asked counts the requests of a method.
func (p *post) asked(method string) int {
	n := 0
	for _, r := range p.slack.Requests() {
		if r.Method == method {
			n++
		}
	}
	return n
}

// notes lists what the ops channel was told.
func (p *post) notes() []string {
	var notes []string
	for _, m := range p.slack.Messages("#news-ops") {
		notes = append(notes, strings.TrimPrefix(m.Text, ":wrench: "))
	}
	return notes
}

func TestAuditFindsWhatSlackForgot(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		names, channels := manyChannels(figure(20, 5))
		p := newPost(t, slacktest.Options{Channels: channels, Lag: 5 * time.Second, PageSize: 50,
			Chaos: slacktest.Chaos{Seed: 7, Probability: 0.05, Methods: []string{"chat.postMessage"}, Faults: []slacktest.Fault{slacktest.Forgotten()}}})
		p.start(t)
		for range 50 {
			for _, name := range names {
				p.alert(t, name)
			}
			time.Sleep(15 * time.Second)
		}
		time.Sleep(15 * time.Minute)
		forgotten := 0
		for _, r := range p.slack.Requests() {
			if r.Fault {
				forgotten++
			}
		}
		if forgotten < 5 {
			t.Fatalf("Slack forgot %d messages", forgotten)
		}
		given := 0 // up, and told
		for _, note := range p.notes() {
			if strings.Contains(note, "was given up") {
				given++
			}
		}
		shown := 0
		for _, name := range names {
			shown += len(p.slack.Messages(name))
		}
		if shown+given != p.said {
			t.Errorf("of %d alerts %d are shown and %d were told as lost; Slack forgot %d", p.said, shown, given, forgotten)
		}
	})
}

func TestOneReadServesAllThatIsDueForAudit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.start(t)
		began := time.Now()
		for range 10 {
			p.alert(t, "#news-alerts")
		}
		time.Sleep(15 * time.Second)
		if n := len(p.numbers("#news-alerts")); n != 10 {
			t.Fatalf("%d of 10 sent", n)
		}
		time.Sleep(time.Hour)
		var reads []time.Duration
		for _, r := range p.slack.Requests() {
			if r.Method == "conversations.history" {
				reads = append(reads, r.At.Sub(began))
			}
		}
		if len(reads) != 1 || reads[0] < time.Minute || reads[0] > 2*time.Minute {
			t.Errorf("read back at %v, want once between 60 and 120 s", reads)
		}
	})
}

func TestAuditLooksTwiceBeforeItSendsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{Lag: 100 * time.Second})
		p.start(t)
		p.alert(t, "#news-alerts")
		time.Sleep(time.Hour)
		if n := len(p.slack.Ledger("#news-alerts")); n != 1 {
			t.Errorf("posted %d times although history only lagged", n)
		}
	})
}

func TestAuditSendsAgainWhatIsGoneOnceAndThenTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.start(t)
		p.alert(t, "#news-alerts")
		for range 3 {
			time.Sleep(10 * time.Second)
			for _, m := range p.slack.Messages("#news-alerts") {
				p.slack.Forget("#news-alerts", m.TS)
			}
			time.Sleep(3 * time.Minute)
		}
		if n := len(p.slack.Ledger("#news-alerts")); n != 2 {
			t.Errorf("posted %d times, want 2", n)
		}
		if notes := p.notes(); len(notes) != 1 || !strings.Contains(notes[0], "Bulletin 0 of the day") {
			t.Errorf("the operator was told %q", notes)
		}
	})
}

func TestAuditDeletesTheLaterOfTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{Lag: 45 * time.Second}) // longer than it is waited for
		p.slack.Fail("chat.postMessage", slacktest.Dropped().Stored())
		p.start(t)
		p.alert(t, "#news-alerts")
		time.Sleep(40 * time.Second)
		if n := len(p.slack.Messages("#news-alerts")); n != 2 {
			t.Fatalf("shown %d times before the audit, want 2", n)
		}
		time.Sleep(10 * time.Minute)
		ledger := p.slack.Ledger("#news-alerts")
		if len(ledger) != 2 || ledger[0].Deleted || !ledger[1].Deleted {
			t.Fatalf("the ledger: %+v", ledger)
		}
		// What is said of it later is said on the one that stayed.
		m, err := p.store.Confirmed(t.Context(), "#news-alerts", time.Now().Add(time.Hour))
		if err != nil || len(m) != 0 {
			t.Errorf("%d messages are still due for audit, %v", len(m), err)
		}
		if edits := ledger[0].Edits(); edits != 1 {
			t.Errorf("the one that stayed was updated %d times, want once: its content may be older", edits)
		}
	})
}

func TestAuditDeletesAgainWhatCouldNotBeDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{Lag: 45 * time.Second})
		p.slack.Fail("chat.postMessage", slacktest.Dropped().Stored())
		p.slack.Fail("chat.delete", slacktest.Status(500), slacktest.RateLimited("60"))
		p.start(t)
		p.alert(t, "#news-alerts")
		time.Sleep(20 * time.Minute)
		if n := len(p.slack.Messages("#news-alerts")); n != 1 {
			t.Errorf("shown %d times", n)
		}
	})
}

func TestAuditIsDueAfterARestartToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		stop := p.start(t)
		p.alert(t, "#news-alerts")
		time.Sleep(30 * time.Second)
		p.restart(t, stop)
		p.slack.Forget("#news-alerts", p.slack.Messages("#news-alerts")[0].TS)
		p.start(t)
		time.Sleep(3 * time.Minute)
		p.onceEach(t, "#news-alerts")
	})
}

func TestAuditOfARepliesThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.start(t)
		p.alert(t, "#news-alerts")
		time.Sleep(10 * time.Second)
		next, err := p.store.Confirmed(t.Context(), "#news-alerts", time.Now().Add(time.Hour))
		if err != nil || len(next) != 1 {
			t.Fatal(len(next), err)
		}
		p.slack.Fail("chat.postMessage", slacktest.Forgotten())
		err = p.store.Tell(t.Context(), monitor.Message{Channel: "#news-alerts", Kind: monitor.KindReply, Key: "r", Parent: next[0].ID,
			Content: monitor.Content{Title: "Bulletin 1 of the day"}, State: monitor.Pending, Rev: 1, Created: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		p.said++
		p.Kick()
		time.Sleep(5 * time.Minute)
		p.onceEach(t, "#news-alerts")
		if messages := p.slack.Messages("#news-alerts"); len(messages) != 2 || messages[1].Thread != messages[0].TS {
			t.Errorf("%+v", messages)
		}
	})
}

func TestNothingIsReadBackUnderOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.alert(t, "#news-alerts")
		left, err := p.Drain(t.Context(), time.Now().Add(5*time.Minute))
		if err != nil || left != 0 {
			t.Fatal(left, err)
		}
		p.restart(t, func() {})
		p.start(t)
		time.Sleep(time.Hour)
		if n := p.asked("conversations.history"); n != 0 {
			t.Errorf("history was read %d times", n)
		}
	})
}

func TestAuditGivesUpWhereHistoryMayNotBeRead(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	tests := map[string]struct {
		opts slacktest.Options
		most int
	}{
		"no scope":     {slacktest.Options{Scopes: []string{"chat:write", "channels:read"}}, 1},
		"no answer":    {slacktest.Options{Chaos: slacktest.Chaos{Probability: 1, Methods: []string{"conversations.history"}, Faults: []slacktest.Fault{slacktest.Status(500)}}}, 125},
		"rate limited": {slacktest.Options{Chaos: slacktest.Chaos{Probability: 1, Methods: []string{"conversations.history"}, Faults: []slacktest.Fault{slacktest.RateLimited("60")}}}, 62},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPost(t, tt.opts)
				p.start(t)
				p.alert(t, "#news-alerts")
				time.Sleep(10 * time.Minute)
				sent := time.Now()
				p.alert(t, "#news-alerts")
				time.Sleep(3 * time.Hour)
				p.onceEach(t, "#news-alerts")
				if took := p.slack.Messages("#news-alerts")[1].At.Sub(sent); took > time.Second {
					t.Errorf("an alert was delayed %v by the audit", took)
				}
				if n := p.asked("conversations.history"); n == 0 || n > 2*tt.most {
					t.Errorf("history was asked %d times", n)
				}
			})
		})
	}
}
