package store

import (
	"testing"
	"time"
)

func TestServerClockIsMovedNoFurtherThanItMust(t *testing.T) {
	start := time.Now()
	its := noon
	c := &serverClock{}
	c.set(its, start, start.Add(time.Second))
	for _, step := range []struct {
		what            string
		asked, answered time.Duration // since start
		read            time.Duration // by the server's clock, since noon
		want            time.Duration // at the answer
	}{
		{"an answer that fits", 10 * time.Second, 11 * time.Second, 9500 * time.Millisecond, 10 * time.Second},
		{"a slow answer that fits", 20 * time.Second, 40 * time.Second, 20 * time.Second, 39 * time.Second},
		{"some milliseconds off", 50 * time.Second, 50 * time.Second, 49*time.Second + 90*time.Millisecond, 49 * time.Second},
		{"the server is ahead by now", 60 * time.Second, 61 * time.Second, 70 * time.Second, 70 * time.Second},
		{"the server is behind by now", 70 * time.Second, 71 * time.Second, 60 * time.Second, 61 * time.Second},
	} {
		c.set(its.Add(step.read), start.Add(step.asked), start.Add(step.answered))
		if got := c.at(start.Add(step.answered)).Sub(its); got != step.want {
			t.Errorf("%s: the clock is at %s, want %s", step.what, got, step.want)
		}
	}
}
