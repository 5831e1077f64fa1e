package slack

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

func TestALimitWithoutAChannelHoldsForAllChannels(t *testing.T) {
	for _, method := range []string{"auth.test", "conversations.list"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, s := pair(slacktest.Options{})
				w.Fail(method, slacktest.RateLimited("5"))
				look := func(channel string) error {
					_, err := s.Look(t.Context(), channel, "", time.Now(), []string{"key"})
					return err
				}
				for _, channel := range []string{"#news-alerts", "#news-ops"} {
					limited, ok := errors.AsType[*monitor.RateLimited](look(channel))
					if !ok || limited.RetryAfter <= 0 || limited.RetryAfter > 5*time.Second {
						t.Errorf("%s: %v", channel, limited)
					}
					time.Sleep(2 * time.Second)
				}
				time.Sleep(time.Second)
				for _, channel := range []string{"#news-alerts", "#news-ops"} {
					if err := look(channel); err != nil {
						t.Errorf("%s, after the wait: %v", channel, err)
					}
				}
				if bad := w.Violations(); len(bad) > 0 {
					t.Errorf("violations: %q", bad)
				}
			})
		})
	}
}

func TestChannelsDoNotAskAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, s := pair(slacktest.Options{})
		w.Fail("auth.test", slacktest.RateLimited("5"))
		var asking sync.WaitGroup
		for range 20 {
			asking.Go(func() {
				_, err := s.Look(t.Context(), "C0ALERTS", "", time.Now(), []string{"key"})
				if _, ok := errors.AsType[*monitor.RateLimited](err); !ok {
					t.Errorf("told %v", err)
				}
			})
		}
		asking.Wait()
		if n := len(w.Requests()); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}
