package slack

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// clicks counts how often the desk was asked, by what the button carries.
func (d *desk) clicks() map[string]int {
	count := map[string]int{}
	for _, r := range d.requests() {
		count[r.ID]++
	}
	return count
}

// press clicks, and when no connection is there or the one that was is lost,
// clicks again as a person does whom Slack tells that it did not work.
func (r *rig) press(ts string) {
	if r.Click("U0READER", "C0ALERTS", ts, "relevant", "v1") == "" {
		time.Sleep(time.Second)
		r.press(ts)
	}
}

// reconnects waits until two connections are open, and says how long it took.
func (r *rig) reconnects(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if err := r.Until(ctx, func() bool { return r.Sockets() >= 2 }); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

func TestSocketsClosedForAnHourLoseNothing(t *testing.T) {
	inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
		r.desk.take = func(context.Context, monitor.Request) (monitor.Answer, error) {
			time.Sleep(10 * time.Millisecond) // as long as a transaction takes
			return monitor.Answer{}, nil
		}
		ts := r.alert(t)
		longest := time.Duration(0)
		for range 120 {
			for range 6 {
				r.press(ts)
				time.Sleep(4990 * time.Millisecond)
			}
			r.press(ts) // is being done when the socket is closed
			time.Sleep(5 * time.Millisecond)
			r.CloseSockets()
			synctest.Wait()
			longest = max(longest, r.reconnects(t))
		}
		time.Sleep(time.Second)
		if longest > 5*time.Second {
			t.Errorf("connected again after %s", longest)
		}
		deliveries, done := r.Deliveries(), r.desk.clicks()
		if len(deliveries) != 120*7 || len(done) != len(deliveries) {
			t.Errorf("the desk has %d of %d clicks", len(done), len(deliveries))
		}
		for id, n := range done {
			if n != 1 {
				t.Errorf("%s was done %d times", id, n)
			}
		}
		if told := r.told(); !slices.Equal(told, []string{"over"}) {
			t.Errorf("told %q, want nothing but the beginning", told)
		}
		t.Logf("%d clicks, connected again after at most %s", len(done), longest)
	})
}

func TestSocketsClosedAtOnceComeBackSoon(t *testing.T) {
	inVirtualTime(t, slacktest.Options{Pace: -1}, func(t *testing.T, r *rig) {
		for range 50 {
			r.CloseSockets()
			synctest.Wait()
			if took := r.reconnects(t); took > 5*time.Second {
				t.Errorf("connected again after %s", took)
			}
		}
		for range 6 {
			r.Fail("apps.connections.open", slacktest.Status(500), slacktest.Dropped())
		}
		r.CloseSockets()
		time.Sleep(time.Minute)
		if n := r.Sockets(); n != 2 {
			t.Errorf("%d connections, want 2", n)
		}
	})
}

func TestDeadSocketIsNoticed(t *testing.T) {
	inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
		time.Sleep(17 * time.Second) // between two pings
		opened := len(r.Requests())
		r.StallSockets()
		began := time.Now()
		if err := r.Until(t.Context(), func() bool { return len(r.Requests()) >= opened+2 }); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 40*time.Second {
			t.Errorf("noticed after %s", took)
		}
		synctest.Wait()
		r.Click("U0READER", "C0ALERTS", r.alert(t), "relevant", "v1")
		synctest.Wait()
		if len(r.desk.requests()) != 1 {
			t.Error("no click arrives after it")
		}
	})
}

func TestRefreshOpensTheNextConnectionFirst(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
				time.Sleep(time.Hour)
				ts := r.alert(t)
				r.Refresh(reason)
				for range 60 { // beside the old ones, and after them
					if r.Click("U0READER", "C0ALERTS", ts, "relevant", "v1") == "" {
						t.Error("no connection was open")
					}
					time.Sleep(490 * time.Millisecond) // never when the old ones end
				}
				if n := r.Sockets(); n != 2 {
					t.Errorf("%d connections after it, want 2", n)
				}
				for _, d := range r.Deliveries() {
					if len(d.Acked) != 1 || d.Lost {
						t.Errorf("a click was not acknowledged: %s", d.Envelope)
					}
				}
				if n := len(r.desk.requests()); n != 60 {
					t.Errorf("the desk has %d of 60 clicks", n)
				}
			})
		})
	}
}

func TestRevokedTokenIsToldOnce(t *testing.T) {
	inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
		time.Sleep(time.Hour)
		r.SetAppRevoked(true)
		time.Sleep(time.Minute)
		told := r.told()
		if len(told) != 2 || !strings.Contains(told[1], "token_revoked") {
			t.Fatalf("told %q within a minute, want token_revoked", told)
		}
		before := len(r.Requests())
		time.Sleep(time.Hour)
		if n := len(r.Requests()) - before; n < 100 || n > 130 {
			t.Errorf("tried %d times in an hour, want each connection once a minute", n)
		}
		if told := r.told(); len(told) != 2 {
			t.Errorf("told again: %q", told)
		}
		r.SetAppRevoked(false)
		time.Sleep(2 * time.Minute)
		if told := r.told(); len(told) != 3 || told[2] != "over" {
			t.Errorf("told %q, want the end of it", told)
		}
		if n := r.Sockets(); n != 2 {
			t.Errorf("%d connections, want 2", n)
		}
	})
}

func TestRefusalsOfTheTokenAreTold(t *testing.T) {
	for _, code := range []string{"invalid_auth", "not_allowed_token_type", "missing_scope", "account_inactive", "no_such_code_yet"} {
		t.Run(code, func(t *testing.T) {
			inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
				r.Fail("apps.connections.open", slacktest.Refused(code))
				r.CloseSockets()
				time.Sleep(time.Minute)
				if told := r.told(); len(told) < 2 || !strings.Contains(told[1], code) {
					t.Errorf("told %q", told)
				}
			})
		})
	}
}

func TestOutageIsToldAfterAWhile(t *testing.T) {
	inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
		for range 400 {
			r.Fail("link", slacktest.Status(503))
		}
		r.CloseSockets()
		time.Sleep(quietOutage - time.Second)
		if told := r.told(); len(told) != 1 {
			t.Errorf("told %q too soon", told)
		}
		time.Sleep(time.Minute)
		if told := r.told(); len(told) != 2 || !strings.Contains(told[1], "503") {
			t.Errorf("told %q, want the outage", told)
		}
		time.Sleep(time.Hour)
		if told := r.told(); len(told) != 3 || told[2] != "over" {
			t.Errorf("told %q, want the end of it", told)
		}
	})
}

func TestOpeningHeedsRetryAfter(t *testing.T) {
	inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
		r.Fail("apps.connections.open", slacktest.RateLimited("45"))
		r.CloseSockets()
		began := time.Now()
		time.Sleep(time.Second)
		if took := r.reconnects(t) + time.Since(began); took < 45*time.Second || took > 2*time.Minute {
			t.Errorf("connected again after %s, want 45 s and little more", took)
		}
	})
}

func TestOddMessagesDoNoHarm(t *testing.T) {
	for name, message := range map[string]string{
		"5 MB":            `{"type":"interactive","envelope_id":"e1","payload":{"type":"` + strings.Repeat("x", 5<<20) + `"}}`,
		"no JSON":         `{"type":`,
		"empty":           ``,
		"a list":          `[1,2]`,
		"no envelope":     `{"type":"new_kind"}`,
		"odd types":       `{"type":7,"envelope_id":{}}`,
		"deep":            strings.Repeat(`{"a":`, 20_000),
		"a number":        `17`,
		"a second hello":  `{"type":"hello"}`,
		"invalid UTF-8 ":  "\xff\xfe",
		"a null envelope": `{"type":"interactive","envelope_id":null,"payload":null}`,
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
				ts := r.alert(t)
				for range 2 { // over each of the connections
					r.Send([]byte(message))
				}
				for range 2 {
					r.Click("U0READER", "C0ALERTS", ts, "relevant", "v1")
				}
				synctest.Wait()
				if n := len(r.desk.requests()); n != 2 {
					t.Errorf("%d of 2 clicks arrive after it", n)
				}
				if n := len(r.Requests()); n != 2 {
					t.Errorf("connected %d times, want the two of the beginning", n)
				}
			})
		})
	}
}

func TestForeignEnvelopesAreAcknowledgedAndIgnored(t *testing.T) {
	inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
		r.Deliver("events_api", map[string]any{"event": map[string]any{"type": "message"}})
		r.Deliver("a_kind_yet_to_come", []int{1})
		r.Deliver("interactive", map[string]any{"type": "view_submission"})
		r.Deliver("interactive", nil)
		r.Deliver("interactive", map[string]any{"type": "block_actions", "actions": []any{map[string]any{"action_id": 7}}})
		r.Deliver("interactive", map[string]any{"type": "block_actions", "actions": []any{map[string]any{"action_id": "relevant"}}})
		r.Deliver("slash_commands", map[string]any{"user_id": "<!channel>", "channel_id": "C0ALERTS", "text": "status"})
		r.Deliver("slash_commands", "x")
		synctest.Wait()
		for _, d := range r.Deliveries() {
			if d.Took() < 0 {
				t.Errorf("%s was not acknowledged: %s", d.Type, d.Payload)
			}
		}
		if got := r.desk.requests(); len(got) != 0 {
			t.Errorf("the desk has %+v", got)
		}
	})
}

func TestClickDeliveredAgainIsDoneOnce(t *testing.T) {
	inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
		r.desk.take = func(context.Context, monitor.Request) (monitor.Answer, error) {
			time.Sleep(100 * time.Millisecond)
			return monitor.Answer{Head: "done"}, nil
		}
		envelope := r.Click("U0READER", "C0ALERTS", r.alert(t), "relevant", "v1")
		r.Resend(envelope) // over the other connection, while the first is being done
		time.Sleep(time.Second)
		r.Resend(envelope)
		r.Deliver("interactive", r.Deliveries()[0].Payload) // in another envelope
		time.Sleep(time.Second)
		if n := len(r.desk.requests()); n != 1 {
			t.Errorf("done %d times", n)
		}
		if n := len(r.Ephemerals("")); n != 1 {
			t.Errorf("answered %d times", n)
		}
		if d := r.Deliveries()[0]; len(d.Acked) != 3 {
			t.Errorf("%d of 3 deliveries were acknowledged", len(d.Acked))
		}
	})
}

func TestNothingElseWaitsForCommandsThatReadPages(t *testing.T) {
	inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
		r.desk.take = func(_ context.Context, q monitor.Request) (monitor.Answer, error) {
			if strings.HasPrefix(q.Text, "test") {
				time.Sleep(20 * time.Second)
			} else {
				time.Sleep(5 * time.Millisecond)
			}
			return monitor.Answer{Head: "done"}, nil
		}
		ts := r.alert(t)
		for i := range 20 {
			r.Command("U0READER", "C0ALERTS", fmt.Sprint("test https://example.org/", i))
		}
		r.Command("U0READER", "C0ALERTS", "status")
		for range 500 {
			r.Click("U0READER", "C0ALERTS", ts, "relevant", "v1")
		}
		time.Sleep(3 * time.Minute)
		for _, d := range r.Deliveries() {
			limit := time.Second
			if !bytes.Contains(d.Payload, []byte("example.org")) {
				limit = 500 * time.Millisecond
			}
			if d.Took() < 0 || d.Took() > limit {
				t.Errorf("%s acknowledged after %s", d.Type, d.Took())
			}
		}
		if n := len(r.Ephemerals("")); n != 521 {
			t.Errorf("%d of 521 answers", n)
		}
	})
}

func TestAnswersGoToSlackAlone(t *testing.T) {
	for name, to := range map[string]string{
		"another host":      "http://example.org/actions/1",
		"a host like it":    "http://slack.test.example.org/actions/1",
		"another scheme":    "ftp://slack.test/actions/1",
		"with a name in it": "http://slack.test@example.org/",
		"a person in it":    "http://me:secret@slack.test/actions/1",
		"none":              "",
		"no address":        "http://[::1",
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
				r.desk.take = func(context.Context, monitor.Request) (monitor.Answer, error) {
					return monitor.Answer{Head: "done"}, nil
				}
				before := len(r.Requests())
				r.Deliver("slash_commands", map[string]any{"user_id": "U0READER", "channel_id": "C0ALERTS", "text": "status", "response_url": to})
				time.Sleep(time.Minute)
				if n := len(r.Requests()) - before; n != 0 {
					t.Errorf("%d requests", n)
				}
				if n := len(r.desk.requests()); n != 1 {
					t.Errorf("the desk was asked %d times, want once", n)
				}
			})
		})
	}
}

func TestAnswerIsTriedAgain(t *testing.T) {
	for name, faults := range map[string][]slacktest.Fault{
		"after 429":                            {slacktest.RateLimited("3")},
		"after 500 twice":                      {slacktest.Status(500), slacktest.Status(503)},
		"after a lost one":                     {slacktest.Dropped()},
		"as text, when its blocks are refused": {slacktest.Refused("invalid_blocks")},
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
				r.desk.take = func(context.Context, monitor.Request) (monitor.Answer, error) {
					return monitor.Answer{Head: "done"}, nil
				}
				r.Fail("response_url", faults...)
				r.Command("U0READER", "C0ALERTS", "status")
				time.Sleep(time.Minute)
				if shown := r.Ephemerals("U0READER"); len(shown) != 1 {
					t.Errorf("shown: %+v", shown)
				}
			})
		})
	}
	t.Run("and not followed elsewhere", func(t *testing.T) {
		inVirtualTime(t, slacktest.Options{}, func(t *testing.T, r *rig) {
			r.desk.take = func(context.Context, monitor.Request) (monitor.Answer, error) {
				return monitor.Answer{Head: "done"}, nil
			}
			r.Fail("response_url", slacktest.Status(307), slacktest.Status(307))
			r.Command("U0READER", "C0ALERTS", "status")
			time.Sleep(time.Minute)
			if shown := r.Ephemerals(""); len(shown) != 0 {
				t.Errorf("shown: %+v", shown)
			}
		})
	})
}

func TestStoppedSocketFinishesWhatItDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, d := slacktest.NewWorkspace(slacktest.Options{}), &desk{}
		d.take = func(context.Context, monitor.Request) (monitor.Answer, error) {
			time.Sleep(2 * time.Second)
			return monitor.Answer{Head: "done"}, nil
		}
		socket := NewSocket(SocketOptions{
			AppToken: monitor.NewSecret(slacktest.DefaultAppToken), APIURL: "http://slack.test/api/", Desk: d, Dial: w.Dial,
		})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			socket.Run(ctx)
		}()
		synctest.Wait()
		envelope := w.Command("U0READER", "C0ALERTS", "status")
		synctest.Wait()
		cancel()
		<-ended
		if !w.Acked(envelope) || len(w.Ephemerals("U0READER")) != 1 {
			t.Error("the command in hand was not acknowledged and answered")
		}
		synctest.Wait()
		if n := w.Sockets(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
	})
}
