package slack

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// TestLookBeforeResendLosesAndDoublesNothing shows that what Post and Look tell
// is enough: a sender that looks twice after every unknown outcome, as the
// worker does, brings every message to Slack once, through every fault there is.
func TestLookBeforeResendLosesAndDoublesNothing(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, s := pair(slacktest.Options{
					Lag: 8 * time.Second, PageSize: 7, Chaos: slacktest.Chaos{Seed: seed, Probability: 0.5},
				})
				const messages = 40
				for i := range messages {
					deliver(t, s, outgoing(fmt.Sprint("key", i)))
				}
				times := map[string]int{}
				for _, p := range w.Messages("C0ALERTS") {
					times[p.Key()]++
				}
				for i := range messages {
					if n := times[fmt.Sprint("key", i)]; n != 1 {
						t.Errorf("message %d stands %d times", i, n)
					}
				}
				if v := w.Violations(); len(v) > 0 {
					t.Errorf("violations: %q", v)
				}
			})
		})
	}
}

// deliver sends one message until it stands.
func deliver(t *testing.T, s *Sender, out monitor.Outgoing) {
	t.Helper()
	first := time.Now()
	for {
		_, err := s.Post(t.Context(), out)
		if err == nil {
			return
		}
		if limit, ok := errors.AsType[*monitor.RateLimited](err); ok {
			time.Sleep(limit.RetryAfter)
			continue
		}
		if got := verdictOf(err); got != "unknown" {
			t.Fatalf("%s: %v", got, err)
		}
		absent := 0
		for wait := DefaultLimit + 5*time.Second; absent < 2; wait = 10 * time.Second {
			time.Sleep(wait)
			found, err := s.Look(t.Context(), out.Channel, "", first.Add(-time.Minute), []string{out.Key})
			if limit, ok := errors.AsType[*monitor.RateLimited](err); ok {
				time.Sleep(limit.RetryAfter)
				continue
			}
			if err != nil {
				continue
			}
			if _, ok := found[out.Key]; ok {
				return
			}
			absent++
		}
	}
}
