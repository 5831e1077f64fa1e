package monitor_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// A colleague is one of several workers on the same store, feeds and Slack.
type colleague struct {
	*monitor.Worker
	stop  context.CancelFunc
	still atomic.Bool // it reaches the store no more
	polls sync.Map    // of each feed, by name: *atomic.Int64
	ended chan error
}

// join starts another worker beside those of the desk.
func (d *desk) join(t *testing.T, name string) *colleague {
	t.Helper()
	c := d.hire(name)
	var ctx context.Context
	ctx, c.stop = context.WithCancel(t.Context())
	go func() { c.ended <- c.Run(ctx) }()
	return c
}

// hire makes another worker, which does nothing yet.
func (d *desk) hire(name string) *colleague {
	c := &colleague{ended: make(chan error, 1)}
	inForce := &atomic.Pointer[monitor.Setup]{}
	setup := *d.InForce.Load()
	setup.Reader = polledBy{d.pages, c}
	inForce.Store(&setup)
	deliverer := &monitor.Deliverer{
		Outbox: d.store, InForce: inForce, Worker: name, Now: time.Now, Log: d.Log, Fits: d.Deliverer.Fits, FitsDigest: d.Deliverer.FitsDigest,
	}
	c.Worker = &monitor.Worker{
		Name: name, Shared: true, InForce: inForce, Book: reachable{d.store, c}, Deliverer: deliverer, Now: time.Now, Log: d.Log,
		Poller: &monitor.Poller{InForce: inForce, Archive: d.store, Now: time.Now},
	}
	return c
}

// leave stops the worker and waits for its end.
func (c *colleague) leave(t *testing.T) {
	t.Helper()
	c.stop()
	if err := <-c.ended; err != nil {
		t.Error(err)
	}
}

// polled is how often the worker asked for a feed.
func (c *colleague) polled(feed string) int64 {
	n, ok := c.polls.Load(feed)
	if !ok {
		return 0
	}
	return n.(*atomic.Int64).Load()
}

// polledBy counts what a worker reads.
type polledBy struct {
	*pages
	by *colleague
}

func (p polledBy) Fetch(ctx context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	n, _ := p.by.polls.LoadOrStore(feed.Name, &atomic.Int64{})
	n.(*atomic.Int64).Add(1)
	return p.pages.Fetch(ctx, feed, known)
}

// reachable is a store that a worker that stands still does not reach.
type reachable struct {
	*store.Store
	by *colleague
}

func (r reachable) Lease(ctx context.Context, worker string, feeds []monitor.FeedState, now, until time.Time) (map[string]monitor.FeedState, error) {
	if r.by.still.Load() {
		return nil, errDied
	}
	return r.Store.Lease(ctx, worker, feeds, now, until)
}

func (r reachable) Renew(ctx context.Context, worker string, keys []string, now, until time.Time) error {
	if r.by.still.Load() {
		return errDied
	}
	return r.Store.Renew(ctx, worker, keys, now, until)
}

func TestWorkersPollEachFeedInTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feeds []monitor.Feed
		for i := range 12 {
			feeds = append(feeds, feedNamed(t, fmt.Sprint("Wire", i), "@every 60s"))
		}
		d := newDesk(t, feeds...)
		for i, feed := range feeds {
			d.pages.set(feed.Name, item(fmt.Sprint("old", i), "Something else", time.Hour))
		}
		first, second := d.join(t, "w1"), d.join(t, "w2")
		time.Sleep(5*time.Minute + 30*time.Second)
		for i, feed := range feeds {
			d.pages.set(feed.Name, item(fmt.Sprint("b", i), fmt.Sprint("Bulletin no. ", i), time.Minute))
		}
		time.Sleep(4*time.Minute + 30*time.Second)
		first.leave(t)
		second.leave(t)
		for _, feed := range feeds {
			if n := first.polled(feed.Name) + second.polled(feed.Name); n < 9 || n > 11 {
				t.Errorf("%s was polled %d times in ten minutes", feed.Name, n)
			}
		}
		told := make(map[string]int)
		for _, m := range d.board.shown {
			for _, c := range append(m.Content.Items, m.Content) {
				told[c.URL]++
			}
		}
		for i := range feeds {
			if n := told[fmt.Sprint("https://example.com/b", i)]; n != 1 {
				t.Errorf("bulletin %d was told %d times", i, n)
			}
		}
	})
}

func TestWorkersAskAHostOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feeds []monitor.Feed
		for i := range 12 {
			feed := feedNamed(t, fmt.Sprint("Wire", i), "@every 20s")
			feed.URL = fmt.Sprintf("https://wire.example/%d", i)
			feeds = append(feeds, feed)
		}
		d := newDesk(t, feeds...)
		d.pages.slow = 600 * time.Millisecond
		crew := []*colleague{d.join(t, "w1"), d.join(t, "w2"), d.join(t, "w3")}
		for n := range 10 {
			time.Sleep(time.Minute)
			d.pages.set(feeds[n].Name, item(fmt.Sprint("n", n), "Something else", time.Minute)) // whose lease ends with its poll
		}
		for _, c := range crew {
			c.leave(t)
		}
		if d.pages.most != 1 {
			t.Errorf("%d requests to one host at once", d.pages.most)
		}
		for _, feed := range feeds {
			var n int64
			for _, c := range crew {
				n += c.polled(feed.Name)
			}
			if n < 25 || n > 35 {
				t.Errorf("%s was polled %d times in ten minutes", feed.Name, n)
			}
		}
	})
}

func TestHostOfAWorkerThatIsGoneIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow, other := feedNamed(t, "Slow", "@every 5s"), feedNamed(t, "Other", "@every 30s")
		slow.URL, other.URL = "https://wire.example/slow", "https://wire.example/other"
		d := newDesk(t, slow, other)
		gone := d.join(t, "w1")
		time.Sleep(time.Minute)
		d.pages.hang("Slow", true)
		time.Sleep(6 * time.Second) // it asks for one of the host's feeds, and waits
		next := d.join(t, "w2")
		time.Sleep(time.Minute)
		if n := next.polled("Slow") + next.polled("Other"); n != 0 {
			t.Fatalf("the other worker asked the host %d times while it was asked", n)
		}
		gone.still.Store(true)
		time.Sleep(15 * time.Second)
		if n := next.polled("Slow") + next.polled("Other"); n != 1 {
			t.Errorf("the other worker asked the host %d times within 15 s", n)
		}
		d.pages.hang("Slow", false)
		gone.still.Store(false)
		time.Sleep(time.Minute)
		gone.leave(t)
		next.leave(t)
	})
}

func TestOnceEndsWhileOthersPollAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feeds []monitor.Feed
		for i := range 10 {
			feed := feedNamed(t, fmt.Sprint("Wire", i), "@every 2s")
			feed.URL = fmt.Sprintf("https://wire%d.example/%d", i%5, i)
			feeds = append(feeds, feed)
		}
		d := newDesk(t, feeds...)
		d.pages.slow = 600 * time.Millisecond
		d.pages.fail("Wire3", &monitor.FeedError{Reason: "status", Detail: "503"})
		crew := []*colleague{d.join(t, "w1"), d.join(t, "w2")}
		time.Sleep(time.Minute)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		round, err := d.hire("w3").Once(ctx)
		if err != nil || round.Feeds != 10 || round.Failed != 1 {
			t.Errorf("got %+v, %v", round, err)
		}
		for _, c := range crew {
			c.leave(t)
		}
	})
}

// A worker knows the page of a feed that it polled last, and has a connection to
// its host.
func TestFeedStaysWithTheWorkerThatPolledItLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var feeds []monitor.Feed
		for i := range 12 {
			feeds = append(feeds, feedNamed(t, fmt.Sprint("Wire", i), []string{"@every 60s", "@every 7s"}[i%2]))
		}
		d := newDesk(t, feeds...)
		crew := []*colleague{d.join(t, "w1"), d.join(t, "w2"), d.join(t, "w3")}
		time.Sleep(2 * time.Minute)
		before := make(map[string][]int64)
		for _, feed := range feeds {
			for _, c := range crew {
				before[feed.Name] = append(before[feed.Name], c.polled(feed.Name))
			}
		}
		for n := range 10 {
			time.Sleep(time.Minute)
			for _, feed := range feeds[:6] {
				d.pages.set(feed.Name, item(fmt.Sprint(feed.Name, n), "Something else", time.Minute))
			}
		}
		for _, c := range crew {
			c.leave(t)
		}
		for _, feed := range feeds {
			var by []string
			for i, c := range crew {
				if n := c.polled(feed.Name) - before[feed.Name][i]; n > 0 {
					by = append(by, fmt.Sprintf("%s %d times", c.Name, n))
				}
			}
			if len(by) != 1 {
				t.Errorf("%s was polled by %s", feed.Name, strings.Join(by, ", "))
			}
		}
	})
}

func TestFeedOfAWorkerThatIsGoneIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Wire", "@every 5s"))
		gone := d.join(t, "w1")
		time.Sleep(time.Minute)
		d.pages.set("Wire", item("b", "Bulletin of the day", time.Minute))
		d.pages.hang("Wire", true)
		time.Sleep(6 * time.Second) // it has the feed, and waits for it
		other := d.join(t, "w2")
		time.Sleep(20 * time.Second)
		if n := other.polled("Wire"); n != 0 {
			t.Fatalf("the other worker polled the feed %d times while it was leased", n)
		}
		gone.still.Store(true)
		time.Sleep(15 * time.Second)
		if n := other.polled("Wire"); n != 1 {
			t.Errorf("the other worker polled the feed %d times within 15 s", n)
		}
		d.pages.hang("Wire", false) // and the one that was gone goes on, with what it has read
		time.Sleep(10 * time.Second)
		gone.still.Store(false)
		time.Sleep(time.Minute)
		gone.leave(t)
		other.leave(t)
		equal(t, d.board.lines(), []string{"alert news: Bulletin of the day"})
	})
}

func TestWorkersWithOtherRulesAreToldOfOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Wire", "@every 60s"))
		first, second := d.join(t, "w1"), d.join(t, "w2")
		time.Sleep(10 * time.Minute)
		changed := *second.InForce.Load()
		changed.Engine = engineOf(t, watchRules+"  - {id: more, match: more}\n")
		if err := second.Adopt(t.Context(), &changed); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Minute)
		equal(t, d.board.lines(), nil) // an edit reaches one after the other
		time.Sleep(time.Hour)
		if lines := d.board.lines(); len(lines) != 1 || !strings.HasPrefix(lines[0], "ops ops: Workers go by different rules: ") {
			t.Errorf("got %q", lines)
		}
		same := *first.InForce.Load()
		same.Engine = changed.Engine
		if err := first.Adopt(t.Context(), &same); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		first.leave(t)
		second.leave(t)
		if lines := d.board.lines(); len(lines) != 2 || lines[1] != "ops ops: All workers go by the same rules again." {
			t.Errorf("got %q", lines)
		}
	})
}
