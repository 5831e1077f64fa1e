package monitor_test

import (
	"context"
	"errors"
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

// beating is a desk whose worker runs, and the times its watchdog was pinged.
type beating struct {
	*desk
	stop func()

	mu    sync.Mutex
	pings []time.Time
}

func newBeating(t *testing.T, feeds ...monitor.Feed) *beating {
	t.Helper()
	b := &beating{desk: newDesk(t, feeds...)}
	return b
}

// watch runs the worker until the test is over, or stop is called.
func (b *beating) watch(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	b.InForce.Load().Beat = func(context.Context) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.pings = append(b.pings, time.Now())
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	b.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// since counts the pings from a time on.
func (b *beating) since(at time.Time) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, ping := range b.pings {
		if !ping.Before(at) {
			n++
		}
	}
	return n
}

// fickle is a store that takes writes or does not.
type fickle struct {
	*store.Store
	full atomic.Bool
}

func (f *fickle) Ping(ctx context.Context) error {
	if f.full.Load() {
		return errors.New("disk full")
	}
	return f.Store.Ping(ctx)
}

func TestWatchdogIsPingedOnlyWhileAllIsWell(t *testing.T) {
	tests := map[string]struct {
		sicken, heal func(*beating, *fickle)
		patience     time.Duration // until the pings stop
	}{
		"no feed can be read": {
			func(b *beating, _ *fickle) {
				b.pages.fail("Agency", &monitor.FeedError{Reason: "timeout", Detail: "no answer"})
			},
			func(b *beating, _ *fickle) { b.pages.fail("Agency", nil) }, 12 * time.Minute,
		},
		"the store takes no writes": {
			func(_ *beating, f *fickle) { f.full.Store(true) },
			func(_ *beating, f *fickle) { f.full.Store(false) }, time.Minute,
		},
		"the token was refused": {
			func(b *beating, _ *fickle) {
				b.board.refuse(&monitor.ChannelRefused{Reason: "token_revoked", Token: true})
				b.pages.set("Agency", item("new", "Satellite launch", time.Minute))
			},
			func(b *beating, _ *fickle) { b.board.refuse(nil) }, 12 * time.Minute,
		},
		"a poll hangs": {
			func(b *beating, _ *fickle) { b.pages.hang("Agency", true) },
			func(b *beating, _ *fickle) { b.pages.hang("Agency", false) }, 10 * time.Minute,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBeating(t, feedNamed(t, "Agency", "*/5 * * * *"))
				f := &fickle{Store: b.store}
				b.Book = f
				b.watch(t)
				time.Sleep(10 * time.Minute)
				if n := b.since(time.Time{}); n < 9 || n > 11 {
					t.Errorf("pinged %d times in ten minutes", n)
				}
				tt.sicken(b, f)
				time.Sleep(tt.patience)
				silent := time.Now()
				time.Sleep(20 * time.Minute)
				if n := b.since(silent); n > 0 {
					t.Errorf("pinged %d times all the same", n)
				}
				tt.heal(b, f)
				time.Sleep(31 * time.Minute) // the only feed is backed off from
				healed := time.Now()
				time.Sleep(10 * time.Minute)
				if n := b.since(healed); n < 9 {
					t.Errorf("pinged %d times in ten minutes after it was mended", n)
				}
				b.stop()
			})
		})
	}
}

func TestOneIllFeedOfTwoStopsNoPing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBeating(t, feedNamed(t, "Agency", "*/5 * * * *"), feedNamed(t, "Daily", "*/5 * * * *"))
		b.pages.fail("Daily", &monitor.FeedError{Reason: "status", Detail: "404 Not Found"})
		b.watch(t)
		time.Sleep(time.Hour)
		if n := b.since(time.Time{}); n < 59 {
			t.Errorf("pinged %d times in an hour", n)
		}
		b.stop()
	})
}

func TestButtonsThatDoNotWorkStopNoPing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBeating(t, feedNamed(t, "Agency", "*/5 * * * *"))
		b.watch(t)
		if err := b.Deliverer.Unheard(t.Context(), "Slack refuses the app token: token_revoked"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if n := b.since(time.Time{}); n < 59 {
			t.Errorf("pinged %d times in an hour", n)
		}
		if ill := b.Deliverer.Ill(); len(ill) != 1 {
			t.Errorf("ill: %v, want the buttons", ill)
		}
		b.stop()
	})
}

// ops lists what the ops channel was told.
func (b *beating) ops() []string {
	var notes []string
	for _, line := range b.board.lines() {
		if note, ok := strings.CutPrefix(line, "ops ops: "); ok {
			notes = append(notes, note)
		}
	}
	return notes
}

func TestDaysSignOfLife(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		at := func(day, hour, minute int) { // of November 2026, in Seoul
			time.Sleep(time.Until(time.Date(2026, 11, day, hour, minute, 0, 0, seoul(t))))
		}
		at(2, 8, 0)
		b := newBeating(t, feedNamed(t, "Agency", "*/5 * * * *"), feedNamed(t, "Daily", "*/5 * * * *"))
		b.InForce.Load().Zone = seoul(t)
		b.pages.set("Agency", alerts(3)...)
		b.pages.fail("Daily", &monitor.FeedError{Reason: "status", Detail: "404 Not Found"})
		b.watch(t)
		at(2, 8, 59)
		dead := "Cannot be read, and asked on:\nDaily: 404 Not Found"
		equal(t, b.ops(), []string{dead})
		at(2, 9, 1)
		first := "2 feeds, 1 ill, 3 alerts\nill: Daily (404 Not Found)"
		equal(t, b.ops(), []string{dead, first})

		b.stop() // a restart repeats nothing
		b.renew(t)
		b.watch(t)
		at(2, 23, 0)
		equal(t, b.ops(), []string{dead, first})

		b.stop() // down at nine: caught up once
		at(3, 10, 0)
		b.renew(t)
		b.watch(t)
		at(3, 12, 0)
		second := "2 feeds, 1 ill, 0 alerts\nill: Daily (404 Not Found)"
		equal(t, b.ops(), []string{dead, first, second})

		b.pages.fail("Daily", nil)
		at(4, 9, 1)
		equal(t, b.ops(), []string{dead, first, second, "Read again: Daily.", "2 feeds, 0 ill, 0 alerts"})
		b.stop()
	})
}

func seoul(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// renew makes a new worker on the store, as a new process would.
func (b *beating) renew(t *testing.T) {
	t.Helper()
	zone, feeds := b.InForce.Load().Zone, b.InForce.Load().Feeds
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	b.start(t, b.path, feeds)
	b.InForce.Load().Zone = zone
}

func TestAFreshInstallationHasNoDayToCatchUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(15 * time.Hour)
		b := newBeating(t, feedNamed(t, "Agency", "*/5 * * * *"))
		b.watch(t)
		time.Sleep(time.Hour)
		equal(t, b.ops(), nil)
		b.stop()
	})
}

func TestManyDeadFeedsAreOneCause(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		var feeds []monitor.Feed
		for i := range 30 {
			feeds = append(feeds, feedNamed(t, fmt.Sprintf("Feed%02d", i), "*/5 * * * *"))
		}
		b := newBeating(t, feeds...)
		b.watch(t)
		time.Sleep(10 * time.Minute)
		down := &monitor.FeedError{Reason: "dns", Detail: "no such host"}
		for _, f := range feeds {
			b.pages.fail(f.Name, down)
		}
		time.Sleep(7 * time.Hour) // past nine too
		for _, f := range feeds {
			b.pages.fail(f.Name, nil)
		}
		time.Sleep(time.Hour)
		notes := b.ops()
		if len(notes) != 2 || !strings.HasPrefix(notes[0], "30 of 30 feeds cannot be read; is it the network?\nFeed00, Feed01, ") ||
			!strings.HasSuffix(notes[0], ", +20: no such host") || notes[1] != "Most feeds can be read again." {
			t.Errorf("told\n  %s", strings.Join(notes, "\n  "))
		}
		b.stop()
	})
}
