package monitor_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// withAlerts is a desk whose one feed has n unlike articles that fire a rule.
func withAlerts(t *testing.T, n int) *desk {
	t.Helper()
	d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
	d.pages.set("Agency", alerts(n)...)
	return d
}

var subjects = []string{"Iran rocket base", "Kourou pad in Guiana", "Kyoto weather study", "Delhi budget row", "Sydney tracking dish"}

func alerts(n int) []monitor.Article {
	var articles []monitor.Article
	for i := range n {
		title := fmt.Sprintf("Satellite launch %d at %s", 1000+37*i, subjects[i%len(subjects)])
		articles = append(articles, item(fmt.Sprint(i), title, time.Duration(n-i)*time.Minute))
	}
	return articles
}

// Every answer that Slack can give to one message ends with the message
// shown once, or with a reason told to the operator.
func TestOutcomes(t *testing.T) {
	alert := "alert news: Satellite launch 1000 at Iran rocket base"
	tests := []struct {
		name    string
		script  []answer
		setup   func(*desk)
		want    []string
		within  time.Duration
		atLeast time.Duration
	}{
		{"taken", nil, nil, []string{alert}, 0, 0},
		{"rate limited, then taken after the wait", []answer{{false, &monitor.RateLimited{RetryAfter: 30 * time.Second}}},
			nil, []string{alert}, 31 * time.Second, 30 * time.Second},
		{"out of reach, then taken without a look", []answer{{false, &monitor.NotSent{Err: errDropped}}},
			nil, []string{alert}, 11 * time.Second, 10 * time.Second},
		{"taken but the answer is lost: looked for and adopted", []answer{{true, errDropped}},
			nil, []string{alert}, 14 * time.Second, 13 * time.Second},
		{"lost before Slack: absent twice, sent again", []answer{{false, errDropped}},
			nil, []string{alert}, 24 * time.Second, 23 * time.Second},
		{"taken, answer lost, history lags: found at the second look", []answer{{true, errDropped}},
			func(d *desk) { d.board.hidden = 20 * time.Second }, []string{alert}, 24 * time.Second, 23 * time.Second},
		{"blocks refused: sent as plain text", []answer{{false, &monitor.MessageRefused{Reason: "invalid_blocks"}}},
			nil, []string{alert}, 2 * time.Second, 0},
		{"refused as plain text too: dead, the operator is told", []answer{
			{false, &monitor.MessageRefused{Reason: "invalid_blocks"}}, {false, &monitor.MessageRefused{Reason: "no_text"}}},
			nil, []string{"ops ops: A message to #news was given up: no_text. It told of: " +
				"Satellite launch 1000 at Iran rocket base https://example.com/0\nnewswatch alerts lists all that were given up."}, 5 * time.Second, 0},
		{"history may not be read: sent again after ten minutes", []answer{{true, errDropped}},
			func(d *desk) { d.board.noRead = true }, []string{alert, alert}, 11 * time.Minute, 10 * time.Minute},
		{"history may not be read, hold: never sent again, the operator is told", []answer{{true, errDropped}},
			func(d *desk) { d.board.noRead, d.InForce.Load().Hold = true, true },
			[]string{alert, "ops ops: It is not known whether a message to #news has arrived, and its history may not be read. It is held: " +
				"Satellite launch 1000 at Iran rocket base https://example.com/0\n" +
				"newswatch alerts lists all that are; newswatch alerts retry sends one again."}, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := withAlerts(t, 1)
				d.board.script = tt.script
				if tt.setup != nil {
					tt.setup(d)
				}
				start := time.Now()
				d.once(t)
				if d.board.noRead { // longer than run --once waits
					if _, err := d.Deliverer.Drain(t.Context(), time.Now().Add(time.Hour)); err != nil {
						t.Fatal(err)
					}
				}
				equal(t, d.board.lines(), tt.want)
				took := time.Since(start)
				if tt.within > 0 && took > tt.within || took < tt.atLeast {
					t.Errorf("took %v, want %v to %v", took, tt.atLeast, tt.within)
				}
			})
		})
	}
}

func TestRefusedChannelIsParkedAndItsBacklogComesFolded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := withAlerts(t, 3)
		for range 6 { // half an hour
			d.board.script = append(d.board.script, answer{false, &monitor.ChannelRefused{Reason: "is_archived"}})
		}
		d.InForce.Load().Ops = nil
		round := d.once(t)
		if round.Left != 3 || len(d.board.attempts) > 2 {
			t.Errorf("%d messages left after %d attempts", round.Left, len(d.board.attempts))
		}
		left, err := d.Deliverer.Drain(t.Context(), time.Now().Add(2*time.Hour))
		if err != nil || left != 0 {
			t.Errorf("%d left, %v", left, err)
		}
		equal(t, d.board.lines(), []string{"alert news: Satellite launch 1000 at Iran rocket base", "fold news: 2 alerts"})
		for i := 1; i <= 6; i++ { // the seventh is taken
			if gap := d.board.attempts[i].Sub(d.board.attempts[i-1]); gap < 5*time.Minute {
				t.Errorf("tried again after %v", gap)
			}
		}
	})
}

// What a channel refused goes folded however short the refusal was, and what
// comes after it by itself again.
func TestBacklogOfAShortRefusalComesFolded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := withAlerts(t, 5)
		d.pages.set("Agency", alerts(4)...)
		d.InForce.Load().Ops = nil
		d.board.say(answer{false, &monitor.ChannelRefused{Reason: "not_in_channel"}})
		if round := d.once(t); round.Left != 4 {
			t.Errorf("%d messages left", round.Left)
		}
		if left, err := d.Deliverer.Drain(t.Context(), time.Now().Add(10*time.Minute)); err != nil || left != 0 {
			t.Errorf("%d left, %v", left, err)
		}
		d.pages.set("Agency", alerts(5)...)
		d.once(t)
		equal(t, d.board.lines(), []string{
			"alert news: Satellite launch 1000 at Iran rocket base", "fold news: 3 alerts",
			"alert news: Satellite launch 1148 at Sydney tracking dish",
		})
	})
}

func TestManyAlertsAreFoldedAndNoneDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		var bulletins []monitor.Article
		for i := range 70 {
			bulletins = append(bulletins, item(fmt.Sprint(i), fmt.Sprintf("Bulletin %d", i), time.Duration(i)*time.Minute))
		}
		d.pages.set("Agency", bulletins...)
		d.once(t)
		items := 0
		for _, s := range d.board.shown {
			items += max(1, len(s.Content.Items))
		}
		if len(d.board.shown) != 3 || items != 70 {
			t.Errorf("%d messages with %d alerts; want 3 with 70", len(d.board.shown), items)
		}
	})
}

func TestAFoldInPartsMentionsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		for i := range 100 {
			err := p.store.Tell(t.Context(), monitor.Message{
				Channel: "#news-alerts", Kind: monitor.KindAlert, Rule: "all", Key: fmt.Sprint("k", i), State: monitor.Pending, Rev: 1, Created: time.Now(),
				Content: monitor.Content{Title: fmt.Sprintf("Bulletin %d of the day", i), URL: fmt.Sprintf("https://example.com/bulletins/of-the-day/%d", i), Mention: "@here"},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		p.said = 100
		p.start(t)
		time.Sleep(time.Minute)
		p.onceEach(t, "#news-alerts")
		pings := 0
		messages := p.slack.Messages("#news-alerts")
		for _, m := range messages {
			pings += strings.Count(m.Text, "<!here>")
		}
		if len(messages) < 2 || pings != 1 {
			t.Errorf("%d messages ping %d times", len(messages), pings)
		}
	})
}

func TestChannelKeepsPaceAndOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := withAlerts(t, 10)
		d.once(t)
		for i := 1; i < len(d.board.attempts); i++ {
			if gap := d.board.attempts[i].Sub(d.board.attempts[i-1]); gap < time.Second {
				t.Errorf("%v between two messages", gap)
			}
		}
		for i, a := range alerts(10) {
			if d.board.shown[i].Content.Title != a.Title {
				t.Errorf("message %d is %q, want %q", i, d.board.shown[i].Content.Title, a.Title)
			}
		}
	})
}

// A worker that died after it had written down an attempt leaves it to the
// next to find out what came of it.
func TestInterruptedAttemptIsLookedForByTheNextWorker(t *testing.T) {
	for _, arrived := range []bool{true, false} {
		t.Run(fmt.Sprintf("arrived %v", arrived), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "newswatch.db")
				feeds := []monitor.Feed{feedNamed(t, "Agency", "@hourly")}
				d := &desk{pages: &pages{}, board: &board{}}
				d.start(t, path, feeds)
				d.pages.set("Agency", alerts(2)...)
				d.board.script = []answer{{take: arrived, err: errDropped}}
				d.Deliverer.Outbox = dyingOutbox{d.store}
				if round := d.once(t); round.Left != 2 {
					t.Fatalf("%d left", round.Left)
				}
				d.store.Close()
				d.start(t, path, feeds)
				start := time.Now()
				d.once(t)
				if d.board.lines(); len(d.board.shown) != 2 {
					t.Errorf("shown: %v", d.board.lines())
				}
				if took := time.Since(start); took > 30*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestAlertIsSentAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := withAlerts(t, 1)
		start := time.Now()
		d.once(t)
		if took := d.board.shown[0].at.Sub(start); took > time.Second {
			t.Errorf("an idle channel's alert took %v", took)
		}
	})
}

// slow takes as long for each request as a request may.
type slow struct{ *board }

func (s slow) Post(ctx context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	time.Sleep(7 * time.Second)
	return s.board.Post(ctx, out)
}

func (s slow) Look(ctx context.Context, channel, thread string, since time.Time, keys []string) (map[string][]monitor.Receipt, error) {
	time.Sleep(7 * time.Second)
	return s.board.Look(ctx, channel, thread, since, keys)
}

// A lease lasts ten seconds and what is done under it may take longer: it is
// renewed meanwhile, and given back when it is no longer needed.
func TestLeaseIsRenewedWhileItsChannelIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := withAlerts(t, 2)
		d.InForce.Load().Notifier = slow{d.board}
		d.board.script = []answer{{true, errDropped}}
		done := make(chan struct{})
		go func() {
			d.once(t)
			close(done)
		}()
		free := func() bool {
			now := time.Now()
			_, err := d.store.Claim(t.Context(), "#news", "w2", now, now.Add(time.Millisecond))
			return err == nil
		}
		time.Sleep(500 * time.Millisecond) // the first request is out until 7 s
		for range 6 {
			if free() {
				t.Fatal("another worker could have the channel while a request was out")
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Until(time.Now().Add(14 * time.Second))) // the look is from 20 s to 27 s
		for range 6 {
			if free() {
				t.Fatal("another worker could have the channel while it was looked at")
			}
			time.Sleep(time.Second)
		}
		<-done
		if !free() {
			t.Error("the lease was kept")
		}
		if n := len(d.board.shown); n != 2 {
			t.Errorf("%d of 2 shown", n)
		}
	})
}

// robbed loses its lease while its request is out.
type robbed struct {
	*board
	rob func()
}

func (r robbed) Post(ctx context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	r.rob()
	<-ctx.Done()
	return monitor.Receipt{}, context.Cause(ctx)
}

func TestWorkerThatLostItsLeaseWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := withAlerts(t, 1)
		d.InForce.Load().Notifier = robbed{d.board, func() {
			now := time.Now() // another worker's clock: this one's lease is over
			if _, err := d.store.Claim(t.Context(), "#news", "w2", now.Add(time.Minute), now.Add(time.Hour)); err != nil {
				t.Error(err)
			}
		}}
		begin := time.Now()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			time.Sleep(20 * time.Second)
			cancel()
		}()
		d.Once(ctx)
		messages, err := d.store.Undecided(t.Context(), "#news")
		if err != nil || len(messages) != 1 || messages[0].State != monitor.Sending || messages[0].Attempts != 1 {
			t.Errorf("%+v, %v", messages, err)
		}
		if took := time.Since(begin); took > 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestHeldMessageIsToldToTheOperator(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		d := withAlerts(t, 1)
		d.board.noRead, d.InForce.Load().Hold = true, true
		d.board.script = []answer{{false, errDropped}}
		d.once(t)
		if _, err := d.Deliverer.Drain(t.Context(), time.Now().Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		lines := d.board.lines()
		if len(lines) == 0 || len(lines) > 3 || !strings.HasPrefix(lines[0], "ops ops: It is not known whether a message to #news has arrived") {
			t.Errorf("told %q", lines)
		}
	})
}

// Where history may not be read only time decides, of several messages too:
// those that wait for it hold nothing back.
func TestMessagesThatNobodyCanLookForDelayNoOther(t *testing.T) {
	for name, hold := range map[string]bool{"sent again": false, "held": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := withAlerts(t, 4)
				d.InForce.Load().Ops, d.board.noRead, d.InForce.Load().Hold = nil, true, hold
				d.board.script = []answer{{false, errDropped}, {false, errDropped}}
				begin := time.Now()
				d.once(t)
				if len(d.board.shown) != 2 {
					t.Fatalf("shows %q, want the two that Slack took", d.board.lines())
				}
				for _, s := range d.board.shown {
					if took := s.at.Sub(begin); took > time.Minute {
						t.Errorf("%q took %v", s.Content.Title, took)
					}
				}
			})
		})
	}
}

func TestReplyWhoseThreadIsGoneWhileUndecidedBecomesTheAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.start(t)
		p.alert(t, "#news-alerts")
		time.Sleep(10 * time.Second)
		sent, err := p.store.Confirmed(t.Context(), "#news-alerts", time.Now().Add(time.Hour))
		if err != nil || len(sent) != 1 {
			t.Fatal(len(sent), err)
		}
		p.slack.Fail("chat.postMessage", slacktest.Dropped())
		err = p.store.Tell(t.Context(), monitor.Message{Channel: "#news-alerts", Kind: monitor.KindReply, Key: "r", Parent: sent[0].ID,
			Content: monitor.Content{Title: "Bulletin 1 of the day"}, State: monitor.Pending, Rev: 1, Created: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		p.Kick()
		time.Sleep(time.Second)
		p.slack.Forget("#news-alerts", sent[0].TS) // someone deletes the alert meanwhile
		time.Sleep(40 * time.Second)
		messages := p.slack.Messages("#news-alerts")
		if len(messages) != 1 || messages[0].Thread != "" || !strings.Contains(messages[0].Text, "Bulletin 1 of the day") {
			t.Errorf("%+v", messages)
		}
	})
}

// A stop waits for what is being sent, not for what is only read.
func TestStopDoesNotWaitForALook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, slacktest.Options{})
		p.slack.Fail("chat.postMessage", slacktest.Dropped().Stored())
		p.slack.Fail("conversations.history", slacktest.Silent(), slacktest.Silent(), slacktest.Silent())
		p.alert(t, "#news-alerts")
		stop := p.start(t)
		time.Sleep(14 * time.Second) // the look has been out for a second
		began := time.Now()
		stop()
		if took := time.Since(began); took > 0 {
			t.Errorf("took %v", took)
		}
		p.restart(t, func() {})
		p.slack.SetChaos(slacktest.Chaos{})
		p.start(t)
		time.Sleep(time.Minute)
		p.onceEach(t, "#news-alerts")
	})
}
