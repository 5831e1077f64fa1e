package monitor_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// archive archives the channel of the alerts, or opens it again.
func (p *post) archive(archived bool) {
	p.slack.SetChannel(slacktest.Channel{ID: "C0ALERTS", Name: "news-alerts", Member: true, Archived: archived})
}

// notesHave checks the beginnings of what the ops channel was told.
func (p *post) notesHave(t *testing.T, want ...string) {
	t.Helper()
	notes := p.notes()
	if !slices.EqualFunc(notes, want, strings.HasPrefix) {
		t.Errorf("the ops channel was told\n  %s\nwant\n  %s", strings.Join(notes, "\n  "), strings.Join(want, "\n  "))
	}
}

const (
	refuses    = "Slack refuses messages to #news-alerts: is_archived."
	takesAgain = "Slack takes messages to #news-alerts again, after "
)

func TestRefusedChannelIsToldOnceAndWhenItIsOver(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.archive(true)
		stop := p.start(t)
		for range 30 { // 30 hours, far beyond opsRepeat
			p.alert(t, "#news-alerts")
			time.Sleep(time.Hour)
		}
		p.notesHave(t, refuses)
		p.restart(t, stop)
		p.start(t)
		time.Sleep(time.Hour)
		p.notesHave(t, refuses)
		p.archive(false)
		time.Sleep(10 * time.Minute)
		p.notesHave(t, refuses, takesAgain)
		p.onceEach(t, "#news-alerts")
		if n := len(p.slack.Messages("#news-alerts")); n != 2 {
			t.Errorf("%d alerts came in %d messages, want the one that was tried and a fold", p.said, n)
		}
	})
}

// One cause that comes and goes is told once in twelve hours, wherever these
// begin by the clock.
func TestChannelThatComesAndGoesIsNotToldEachTime(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.start(t)
		time.Sleep(time.Until(time.Now().Truncate(24 * time.Hour).Add(24*time.Hour - time.Minute)))
		for range 12 { // an hour's flapping around midnight
			for _, archived := range []bool{true, false} {
				p.archive(archived)
				p.alert(t, "#news-alerts")
				time.Sleep(6 * time.Minute)
			}
		}
		p.notesHave(t, refuses, takesAgain)
		time.Sleep(12 * time.Hour)
		p.archive(true)
		p.alert(t, "#news-alerts")
		time.Sleep(time.Minute)
		p.notesHave(t, refuses, takesAgain, refuses)
	})
}

// picky refuses every alert.
type picky struct{ monitor.Notifier }

func (n picky) Post(ctx context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	if out.Kind == monitor.KindAlert {
		return monitor.Receipt{}, &monitor.MessageRefused{Reason: "msg_too_long"}
	}
	return n.Notifier.Post(ctx, out)
}

func TestMessagesGivenUpAreToldOnceForACause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.InForce.Load().Notifier = picky{p.InForce.Load().Notifier}
		for range 3 {
			p.alert(t, "#news-alerts")
		}
		p.start(t)
		time.Sleep(time.Minute)
		p.notesHave(t, "A message to #news-alerts was given up: msg_too_long. It told of: Bulletin 0 of the day")
	})
}

func TestNoteThatIsRefusedMakesNoNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		for range 20 {
			p.slack.Fail("chat.postMessage", slacktest.Refused("msg_too_long"))
		}
		p.alert(t, "#news-alerts")
		p.start(t)
		time.Sleep(time.Hour)
		if n := p.asked("chat.postMessage"); n != 4 {
			t.Errorf("%d posts, want two each for the alert and for the note of it", n)
		}
	})
}

func TestIllSaysWhatTheOpsChannelCannot(t *testing.T) {
	ops := func(archived bool) slacktest.Channel {
		return slacktest.Channel{ID: "C0OPS", Name: "news-ops", Member: true, Archived: archived}
	}
	tests := map[string]struct {
		sicken, heal func(*post)
		want         string
		wait         time.Duration
	}{
		"token revoked": {
			func(p *post) { p.slack.SetRevoked(true) }, func(p *post) { p.slack.SetRevoked(false) },
			"Slack refuses the token: token_revoked", time.Minute,
		},
		"ops channel refused": {
			func(p *post) { p.slack.SetChannel(ops(true)) }, func(p *post) { p.slack.SetChannel(ops(false)) },
			"Slack refuses messages to the ops channel #news-ops: is_archived", time.Minute,
		},
		"Slack out of reach for long": {
			func(p *post) {
				p.slack.SetChaos(slacktest.Chaos{Probability: 1, Faults: []slacktest.Fault{slacktest.Dropped()}})
			},
			func(p *post) { p.slack.SetChaos(slacktest.Chaos{}) },
			"Slack does not answer: ", 6 * time.Minute,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPost(t, slacktest.Options{})
				p.start(t)
				tell := func() {
					if err := p.InForce.Load().Ops.Event(t.Context(), "test", "a note"); err != nil {
						t.Fatal(err)
					}
					p.Kick()
				}
				if ill := p.Ill(); len(ill) != 0 {
					t.Fatalf("ill from the start: %v", ill)
				}
				tt.sicken(p)
				tell()
				time.Sleep(tt.wait)
				if ill := p.Ill(); len(ill) != 1 || !strings.HasPrefix(ill[0].What, tt.want) || time.Since(ill[0].Since) > tt.wait {
					t.Errorf("ill: %v, want %s", ill, tt.want)
				}
				tt.heal(p)
				time.Sleep(6 * time.Minute)
				if ill := p.Ill(); len(ill) != 0 {
					t.Errorf("still ill: %v", ill)
				}
				p.notesHave(t, "a note")
			})
		})
	}
}

func TestButtonsThatDoNotWorkAreToldOnceAndWhenTheyDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.start(t)
		for _, what := range []string{"", "Slack refuses the app token: token_revoked", "Slack refuses the app token: token_revoked"} {
			if err := p.Unheard(t.Context(), what); err != nil {
				t.Fatal(err)
			}
			p.Kick()
			time.Sleep(time.Minute)
		}
		if ill := p.Ill(); len(ill) != 1 || !strings.Contains(ill[0].What, "token_revoked") {
			t.Errorf("ill: %v", ill)
		}
		p.notesHave(t, "Buttons and commands in Slack do not work: Slack refuses the app token: token_revoked")
		for range 2 {
			if err := p.Unheard(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			p.Kick()
			time.Sleep(time.Minute)
		}
		if ill := p.Ill(); len(ill) != 0 {
			t.Errorf("still ill: %v", ill)
		}
		p.notesHave(t, "Buttons and commands in Slack do not work: ", "Buttons and commands in Slack work again.")
	})
}

func TestARefusedOpsChannelIsKnownAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{Channels: []slacktest.Channel{{ID: "C0OPS", Name: "news-ops", Member: true, Archived: true}}})
		stop := p.start(t)
		if err := p.InForce.Load().Ops.Event(t.Context(), "test", "a note"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		since := p.Ill()[0].Since
		p.restart(t, stop)
		p.start(t)
		synctest.Wait()
		if ill := p.Ill(); len(ill) != 1 || !ill[0].Since.Equal(since) {
			t.Errorf("ill: %v, since %v", ill, since)
		}
	})
}

func TestARefusedChannelIsTriedAtOnceAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.archive(true)
		stop := p.start(t)
		p.alert(t, "#news-alerts")
		time.Sleep(time.Minute)
		p.archive(false)
		p.restart(t, stop)
		p.start(t)
		time.Sleep(time.Second)
		p.onceEach(t, "#news-alerts")
	})
}

func TestAnEventIsToldAgainAfterTwelveHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.start(t)
		for range 13 {
			if err := p.InForce.Load().Ops.Event(t.Context(), "test", "a note"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		p.notesHave(t, "a note", "a note")
	})
}

func TestNoOpsTellsNobody(t *testing.T) {
	var ops *monitor.Ops
	if err := ops.Event(t.Context(), "c", "n"); err != nil {
		t.Error(err)
	}
}
