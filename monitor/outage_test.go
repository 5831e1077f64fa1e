package monitor_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack"
	"newswatch/monitor/slack/slacktest"
	"newswatch/monitor/store"
)

// A post is delivery alone: the real outbox, the real sender, and a Slack
// with no network between. It lives in a synctest bubble.
type post struct {
	*monitor.Deliverer
	store *store.Store
	slack *slacktest.Workspace
	path  string
	said  int // alerts put into the outbox
}

func newPost(t *testing.T, opts slacktest.Options) *post {
	t.Helper()
	time.Sleep(time.Until(time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC))) // Slack's ts have ten digits since 2001
	p := &post{slack: slacktest.NewWorkspace(opts), path: filepath.Join(t.TempDir(), "newswatch.db")}
	p.open(t)
	return p
}

// open makes a Deliverer on the store, as a new process would.
func (p *post) open(t *testing.T) {
	t.Helper()
	kept, err := store.Open(t.Context(), p.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kept.Close() })
	p.store = kept
	inForce := &atomic.Pointer[monitor.Setup]{}
	inForce.Store(&monitor.Setup{
		Notifier:  slack.New(slack.Options{Token: monitor.NewSecret(slacktest.DefaultToken), HTTPClient: p.slack.Client()}),
		FoldAbove: 20, Ops: &monitor.Ops{Channel: "#news-ops", Notices: kept, Now: time.Now},
	})
	p.Deliverer = &monitor.Deliverer{
		Outbox: kept, InForce: inForce, Worker: "w1", Now: time.Now, Log: slog.New(slog.DiscardHandler), Fits: slack.FoldSize,
	}
}

// restart stops what runs and starts anew on the same store.
func (p *post) restart(t *testing.T, stop context.CancelFunc) {
	t.Helper()
	stop()
	synctest.Wait()
	if err := p.store.Close(); err != nil {
		t.Fatal(err)
	}
	p.open(t)
}

// start delivers in the background until the function is called.
func (p *post) start(t *testing.T) context.CancelFunc {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		p.Run(ctx)
		close(done)
	}()
	stop := func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// alert puts one more alert into the channel's outbox.
func (p *post) alert(t *testing.T, channel string) {
	t.Helper()
	title := fmt.Sprintf("Bulletin %d of the day", p.said)
	p.said++
	err := p.store.Tell(t.Context(), monitor.Message{
		Channel: channel, Kind: monitor.KindAlert, Rule: "all", Key: monitor.MessageKey(monitor.KindAlert, channel, "all", title),
		Content: monitor.Content{Title: title, URL: "https://example.com/" + strconv.Itoa(p.said)}, State: monitor.Pending, Rev: 1, Created: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Kick()
}

var bulletinNo = regexp.MustCompile(`Bulletin (\d+) of the day`)

// numbers lists the alerts that a channel shows, in order, be it in folds.
func (p *post) numbers(channel string) []int {
	var shown []int
	for _, m := range p.slack.Messages(channel) {
		for _, found := range bulletinNo.FindAllStringSubmatch(m.Text, -1) {
			n, _ := strconv.Atoi(found[1])
			shown = append(shown, n)
		}
	}
	return shown
}

// onceEach checks that all alerts are shown, once each.
func (p *post) onceEach(t *testing.T, channels ...string) {
	t.Helper()
	times := make(map[int]int)
	for _, channel := range channels {
		for _, n := range p.numbers(channel) {
			times[n]++
		}
	}
	lost, doubled := 0, 0
	for n := range p.said {
		switch {
		case times[n] == 0:
			lost++
		case times[n] > 1:
			doubled++
		}
	}
	if lost+doubled > 0 {
		t.Errorf("of %d alerts %d were lost and %d doubled", p.said, lost, doubled)
	}
	if bad := p.slack.Violations(); len(bad) > 0 {
		t.Errorf("Slack would not have liked: %s", strings.Join(bad[:min(len(bad), 5)], "; "))
	}
}

// manyChannels are channels in which few alerts wait at a time, so that
// none is folded.
func manyChannels(n int) (names []string, channels []slacktest.Channel) {
	channels = append(channels, slacktest.Channel{ID: "C0OPS", Name: "news-ops", Member: true})
	for i := range n {
		name := fmt.Sprintf("desk-%d", i)
		names = append(names, "#"+name)
		channels = append(channels, slacktest.Channel{ID: fmt.Sprintf("C0DESK%d", i), Name: name, Member: true})
	}
	return names, channels
}

// ambiguous are the answers after which nobody knows.
func ambiguous() []slacktest.Fault {
	var list []slacktest.Fault
	for _, f := range slacktest.EveryFault() {
		if name := f.String(); name != "429" && name != "ratelimited" {
			list = append(list, f)
		}
	}
	return list
}

// full runs the tests of this package with the figures that the design names,
// in some minutes; else a part of them.
var full = flag.Bool("full", false, "test delivery with 500 ambiguous answers, and with 5,000 alerts in 24 h of refusal")

// figure is what a figure of the design is in this run.
func figure[N int | time.Duration](whole, part N) N {
	if *full {
		return whole
	}
	return part
}

func TestAmbiguousAnswersLoseAndDoubleNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := figure(500, 60)
		names, channels := manyChannels(answers / 20)
		p := newPost(t, slacktest.Options{Channels: channels, Lag: 3 * time.Second, PageSize: 7})
		faults := ambiguous()
		for i := range answers {
			p.slack.Fail("chat.postMessage", faults[i%len(faults)])
		}
		for range 20 {
			for _, name := range names {
				p.alert(t, name)
			}
		}
		p.start(t)
		time.Sleep(time.Hour)
		failed := 0
		for _, r := range p.slack.Requests() {
			if r.Method == "chat.postMessage" && r.Fault {
				failed++
			}
		}
		if failed != answers {
			t.Errorf("%d answers were ambiguous, want %d", failed, answers)
		}
		p.onceEach(t, names...)
	})
}

func TestADayOfRefusalLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	limited := func(headers ...string) slacktest.Chaos {
		chaos := slacktest.Chaos{Probability: 1, Methods: []string{"chat.postMessage"}}
		for _, header := range headers {
			chaos.Faults = append(chaos.Faults, slacktest.RateLimited(header))
		}
		return chaos
	}
	archived := slacktest.Chaos{Probability: 1, Methods: []string{"chat.postMessage"}, Faults: []slacktest.Fault{slacktest.Refused("is_archived")}}
	tests := []struct {
		name  string
		chaos slacktest.Chaos
		first time.Duration // after recovery
	}{
		{"rate limited", limited("1", "30", "60"), time.Minute},
		{"rate limited, absurdly", limited("", "-5", "1000000000", "soon", "Wed, 21 Oct 2998 07:28:00 GMT"), time.Minute},
		{"server errors, in history too", slacktest.Chaos{Probability: 1, Faults: []slacktest.Fault{slacktest.Status(503)}}, time.Minute},
		{"channel refused", archived, 5*time.Minute + time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPost(t, slacktest.Options{Chaos: tt.chaos})
				alerts, outage := figure(5000, 100), figure(24*time.Hour, time.Hour)
				p.start(t)
				for range alerts {
					p.alert(t, "#news-alerts")
					time.Sleep(outage / time.Duration(alerts))
				}
				if n := len(p.slack.Messages("#news-alerts")); n > 0 {
					t.Fatalf("%d messages were taken meanwhile", n)
				}
				p.slack.SetChaos(slacktest.Chaos{})
				recovered := time.Now()
				time.Sleep(time.Hour)
				p.onceEach(t, "#news-alerts")
				messages := p.slack.Messages("#news-alerts")
				if first := messages[0].At.Sub(recovered); first > tt.first {
					t.Errorf("the first was sent %v after recovery", first)
				}
				if !slices.IsSorted(p.numbers("#news-alerts")) {
					t.Error("their order was not kept")
				}
				if len(messages) > 2+alerts/10 {
					t.Errorf("%d messages for %d alerts: the backlog was not folded", len(messages), alerts)
				}
				for i := 1; i < len(messages); i++ {
					if gap := messages[i].At.Sub(messages[i-1].At); gap < time.Second {
						t.Errorf("%v between two messages", gap)
					}
				}
			})
		})
	}
}

func TestADeadChannelDoesNotDelayOthers(t *testing.T) {
	dead := map[string]func(*post){
		"archived": func(p *post) {
			p.slack.SetChannel(slacktest.Channel{ID: "C0DESK0", Name: "desk-0", Member: true, Archived: true})
		},
		"no answer": func(p *post) {
			p.slack.Fail("chat.postMessage", slacktest.Silent())
			p.slack.Fail("conversations.history", slacktest.Silent(), slacktest.Silent(), slacktest.Silent())
		},
		"rate limited": func(p *post) { p.slack.Fail("chat.postMessage", slacktest.RateLimited("600")) },
	}
	for name, kill := range dead {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				names, channels := manyChannels(2)
				p := newPost(t, slacktest.Options{Channels: channels})
				kill(p)
				p.start(t)
				p.alert(t, names[0])
				synctest.Wait()
				for i := range 10 {
					sent := time.Now()
					p.alert(t, names[1])
					time.Sleep(3 * time.Second)
					messages := p.slack.Messages(names[1])
					if len(messages) != i+1 || messages[i].At.Sub(sent) > time.Second {
						t.Fatalf("%d of %d messages shown", len(messages), i+1)
					}
				}
				if n := len(p.slack.Messages(names[0])); n > 0 && name != "no answer" {
					t.Errorf("the dead channel shows %d messages", n)
				}
			})
		})
	}
}

// A minute of an idle channel in which nothing is sent asks Slack nothing.
func TestAnIdleChannelAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.start(t)
		time.Sleep(time.Hour)
		if n := len(p.slack.Requests()); n > 0 {
			t.Errorf("%d requests", n)
		}
	})
}
