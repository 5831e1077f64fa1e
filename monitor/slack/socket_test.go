package slack

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// A desk notes what it is asked, and answers what a test says.
type desk struct {
	take func(ctx context.Context, r monitor.Request) (monitor.Answer, error) // nil: nothing to show

	mu    sync.Mutex
	taken []monitor.Request
}

func (d *desk) Take(ctx context.Context, r monitor.Request) (monitor.Answer, error) {
	d.mu.Lock()
	d.taken = append(d.taken, r)
	d.mu.Unlock()
	if d.take == nil {
		return monitor.Answer{}, nil
	}
	return d.take(ctx, r)
}

// requests are those taken so far.
func (d *desk) requests() []monitor.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]monitor.Request(nil), d.taken...)
}

// A rig is a Socket at work with a stand-in for Slack.
type rig struct {
	*slacktest.Workspace
	desk     *desk
	log      *bytes.Buffer
	mu       sync.Mutex
	troubles []string // told, "over" for the end of one
}

// inVirtualTime runs a test with a Socket connected; a goroutine that outlives
// the Socket fails it, as does whatever Slack would not like.
func inVirtualTime(t *testing.T, opts slacktest.Options, test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{Workspace: slacktest.NewWorkspace(opts), desk: &desk{}, log: &bytes.Buffer{}}
		socket := NewSocket(SocketOptions{
			AppToken: monitor.NewSecret(slacktest.DefaultAppToken), APIURL: "http://slack.test/api/",
			Desk: r.desk, Dial: r.Dial, Trouble: r.trouble,
			Log: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			socket.Run(ctx)
		}()
		synctest.Wait()
		test(t, r)
		began := time.Now()
		cancel()
		<-ended
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("the socket took %s to stop", took)
		}
		time.Sleep(time.Minute) // timers of the stand-in
		for _, violation := range r.Violations() {
			t.Error("violation:", violation)
		}
		for _, secret := range []string{slacktest.DefaultAppToken, "ticket-", "hook-"} {
			if strings.Contains(r.log.String(), secret) {
				t.Errorf("%s… is in the log", secret)
			}
		}
	})
}

func (r *rig) trouble(_ context.Context, what string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if what == "" {
		what = "over"
	}
	r.troubles = append(r.troubles, what)
	return nil
}

func (r *rig) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.troubles...)
}

// alert has the bot post a message with a button and a menu, and returns its ts.
func (r *rig) alert(t *testing.T) string {
	t.Helper()
	const blocks = `[{"type":"section","block_id":"nw:K1:3","text":{"type":"plain_text","text":"An alert"}},
		{"type":"actions","elements":[
			{"type":"button","action_id":"relevant","value":"v1","text":{"type":"plain_text","text":"Relevant"}},
			{"type":"overflow","action_id":"mute","options":[
				{"text":{"type":"plain_text","text":"1 h"},"value":"1h"},{"text":{"type":"plain_text","text":"8 h"},"value":"8h"}]}]}]`
	return r.Say("C0ALERTS", slacktest.Posted{Text: "An alert", Blocks: []byte(blocks), By: "U0BOT"})
}

func TestSocket(t *testing.T) {
	t.Run("keeps two connections", func(t *testing.T) {
		inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
			time.Sleep(3 * time.Hour)
			if n := r.Sockets(); n != 2 {
				t.Errorf("%d connections, want 2", n)
			}
			if n := len(r.Requests()); n != 2 {
				t.Errorf("connected %d times, want twice", n)
			}
		})
	})
	t.Run("a click reaches the desk and is acknowledged", func(t *testing.T) {
		inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
			ts := r.alert(t)
			at := time.Now()
			r.Click("U0READER", "C0ALERTS", ts, "relevant", "v1")
			synctest.Wait()
			got := r.desk.requests()
			if len(got) != 1 {
				t.Fatalf("the desk has %d requests, want one", len(got))
			}
			want := monitor.Request{
				ID: got[0].ID, User: "U0READER", Channel: "C0ALERTS", At: got[0].At, TS: ts, Key: "K1", Act: "relevant", Value: "v1",
			}
			if got[0] != want || want.ID == "" {
				t.Errorf("got %+v, want %+v", got[0], want)
			}
			if off := got[0].At.Sub(at).Abs(); off > time.Millisecond {
				t.Errorf("it is told as %s off its time", off)
			}
			if d := r.Deliveries()[0]; d.Took() != 0 {
				t.Errorf("acknowledged after %s, want at once", d.Took())
			}
		})
	})
	t.Run("a menu's entry is the value", func(t *testing.T) {
		inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
			r.Click("U0READER", "C0ALERTS", r.alert(t), "mute", "8h")
			synctest.Wait()
			if got := r.desk.requests(); len(got) != 1 || got[0].Act != "mute" || got[0].Value != "8h" {
				t.Errorf("the desk has %+v", got)
			}
		})
	})
	t.Run("a command's answer is shown to the one who asked", func(t *testing.T) {
		inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
			r.desk.take = func(context.Context, monitor.Request) (monitor.Answer, error) {
				return monitor.Answer{Head: "All is well"}, nil
			}
			r.Command("U0READER", "C0ALERTS", "  test a <b> & c  ")
			synctest.Wait()
			if got := r.desk.requests(); len(got) != 1 || !got[0].Command || got[0].Text != "test a <b> & c" {
				t.Errorf("the desk has %+v", got)
			}
			shown := r.Ephemerals("U0READER")
			if len(shown) != 1 || !strings.Contains(shown[0].Text, "All is well") || len(r.Ephemerals("")) != 1 {
				t.Errorf("shown: %+v", shown)
			}
		})
	})
	t.Run("a failure is told to the one who asked", func(t *testing.T) {
		inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
			r.desk.take = func(context.Context, monitor.Request) (monitor.Answer, error) {
				return monitor.Answer{}, errors.New("the store is busy")
			}
			envelope := r.Click("U0READER", "C0ALERTS", r.alert(t), "relevant", "v1")
			synctest.Wait()
			if shown := r.Ephemerals("U0READER"); len(shown) != 1 || !strings.Contains(shown[0].Text, "try again") {
				t.Errorf("shown: %+v", shown)
			}
			r.Resend(envelope)
			synctest.Wait()
			if n := len(r.desk.requests()); n != 2 {
				t.Errorf("delivered again, the desk was asked %d times in all, want 2", n)
			}
		})
	})
	t.Run("a panic is contained", func(t *testing.T) {
		inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
			r.desk.take = func(_ context.Context, q monitor.Request) (monitor.Answer, error) {
				if q.Text == "panic" {
					panic("a fault")
				}
				return monitor.Answer{Head: "well"}, nil
			}
			r.Command("U0READER", "C0ALERTS", "panic")
			r.Command("U0READER", "C0ALERTS", "status")
			synctest.Wait()
			if n := len(r.Ephemerals("U0READER")); n != 2 {
				t.Errorf("%d answers, want two", n)
			}
		})
	})
}
