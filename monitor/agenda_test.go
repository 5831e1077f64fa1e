package monitor_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

// A crowd is a Reader that counts how many feeds are asked at once.
type crowd struct {
	monitor.Reader
	mu         sync.Mutex
	now, most  int
	answered   int
	answeredAt time.Time
}

func (c *crowd) Fetch(context.Context, monitor.Feed, monitor.Validators) (monitor.Page, error) {
	c.count(1)
	time.Sleep(time.Second)
	c.count(-1)
	return monitor.Page{}, &monitor.FeedError{Reason: "status", Detail: "503 Service Unavailable"}
}

func (c *crowd) count(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now += n
	c.most = max(c.most, c.now)
	if n < 0 {
		c.answered, c.answeredAt = c.answered+1, time.Now()
	}
}

func TestNoMoreFeedsAreAskedAtOnceThanConnectionsAreToBeHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feeds []monitor.Feed
		for n := range 1000 {
			feeds = append(feeds, feedNamed(t, fmt.Sprintf("feed%d", n), "@hourly"))
		}
		d := newDesk(t, feeds...)
		everybody := &crowd{Reader: d.pages}
		d.InForce.Load().Reader = everybody
		began := time.Now()
		d.once(t)
		if everybody.most > 256 || everybody.most < 200 {
			t.Errorf("%d feeds were asked at once", everybody.most)
		}
		if took := everybody.answeredAt.Sub(began); everybody.answered != 1000 || took > 6*time.Second {
			t.Errorf("%d of 1000 feeds were asked, in %v", everybody.answered, took)
		}
	})
}
