package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/story"
)

// running starts a desk's worker; the function stops it.
func running(t *testing.T, d *desk) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	synctest.Wait()
	return func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// change puts a copy of the setup in force, with changes, in its place.
func (d *desk) change(t *testing.T, edit func(*monitor.Setup)) {
	t.Helper()
	next := *d.InForce.Load()
	edit(&next)
	if err := d.Adopt(t.Context(), &next); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// polledAt notes when feeds are polled, in seconds from now. The function lists
// the times of one.
func polledAt(d *desk) (of func(feed string) []int) {
	var mu sync.Mutex
	begun, at := time.Now(), make(map[string][]int)
	d.OnPoll = func(f monitor.Feed, _ monitor.Result, _ time.Duration, _ error) {
		mu.Lock()
		defer mu.Unlock()
		at[f.Name] = append(at[f.Name], int(time.Since(begun)/time.Second))
	}
	return func(feed string) []int {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(at[feed])
	}
}

func TestAdoptedFeedsKeepTheirTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		same, slower, left := feedNamed(t, "Same", "@every 60s"), feedNamed(t, "Slower", "@every 60s"), feedNamed(t, "Left", "@every 60s")
		d := newDesk(t, same, slower, left)
		at := polledAt(d)
		defer running(t, d)()
		time.Sleep(90 * time.Second)
		slower.Schedule = feedNamed(t, "x", "@every 100s").Schedule
		renamed := same
		renamed.Name = "Renamed"
		d.change(t, func(s *monitor.Setup) { s.Feeds = []monitor.Feed{renamed, slower, feedNamed(t, "Fresh", "@every 60s")} })
		time.Sleep(90 * time.Second)
		about := func(name string, want ...int) {
			t.Helper()
			got := at(name)
			ok := len(got) == len(want)
			for i := range min(len(want), len(got)) {
				ok = ok && got[i] >= want[i] && got[i] <= want[i]+12 // their share of the spread
			}
			if !ok {
				t.Errorf("%s was polled at %v, not %v", name, got, want)
			}
		}
		about("Same", 0, 60)
		about("Renamed", 120)
		about("Slower", 0, 60, 160)
		about("Left", 0, 60)
		about("Fresh", 90, 150)
		states, err := d.store.Feeds(t.Context())
		if err != nil || len(states) != 4 || states[2].Name != "Renamed" || states[2].Lease != "w1" || states[1].Lease != "" {
			t.Errorf("the store has %+v, %v", states, err)
		}
	})
}

func TestAScheduleThatChangesDuringAPollCountsFromIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := feedNamed(t, "Wire", "@every 1h")
		d := newDesk(t, feed)
		d.InForce.Load().Reader = slowPages{d.pages, 10 * time.Second}
		at := polledAt(d)
		defer running(t, d)()
		time.Sleep(5 * time.Second)
		feed.Schedule = feedNamed(t, "x", "@every 60s").Schedule
		d.change(t, func(s *monitor.Setup) { s.Feeds = []monitor.Feed{feed} })
		time.Sleep(80 * time.Second)
		if got := at("Wire"); len(got) != 2 {
			t.Errorf("polled at %v", got)
		}
	})
}

func TestWhatIsUnderWayForAFeedThatLeavesIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := feedNamed(t, "Wire", "@every 60s")
		d := newDesk(t, feed, feedNamed(t, "Other", "@every 60s"))
		d.InForce.Load().Reader = slowPages{d.pages, 10 * time.Second}
		defer running(t, d)()
		d.pages.set("Wire", item("1", "Bulletin one", time.Hour))
		time.Sleep(5 * time.Second)
		both := d.InForce.Load().Feeds
		d.change(t, func(s *monitor.Setup) { s.Feeds = both[1:] })
		time.Sleep(time.Minute)
		equal(t, d.board.lines(), nil)
		d.change(t, func(s *monitor.Setup) { s.Feeds = both })
		time.Sleep(time.Minute)
		equal(t, d.board.lines(), []string{"alert news: Bulletin one"})
	})
}

func TestASetupWhoseFeedsTheStoreDoesNotTakeIsNotInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Wire", "@every 60s"))
		defer running(t, d)()
		d.Book = closedBook{d.store}
		before := d.InForce.Load()
		next := *before
		next.Feeds = append(next.Feeds[:1:1], feedNamed(t, "Fresh", "@every 60s"))
		if err := d.Adopt(t.Context(), &next); err == nil || d.InForce.Load() != before {
			t.Errorf("adopted: %v", err)
		}
	})
}

type closedBook struct{ monitor.FeedBook }

func (closedBook) Enroll(context.Context, string, []monitor.Feed) ([]monitor.FeedState, error) {
	return nil, errors.New("disk full")
}

func TestAChannelThatWasRefusedIsTriedAtOnceByANewToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Wire", "@every 60s"))
		d.board.refuse(&monitor.ChannelRefused{Reason: "token_revoked", Token: true})
		d.pages.set("Wire", item("1", "Bulletin one", time.Hour))
		defer running(t, d)()
		time.Sleep(10 * time.Second)
		equal(t, d.board.lines(), nil)
		d.change(t, func(s *monitor.Setup) { s.Notifier = &board{} })
		time.Sleep(5 * time.Second)
		equal(t, d.InForce.Load().Notifier.(*board).lines(), []string{"alert news: Bulletin one"})
	})
}

func TestStoriesFollowAWindowThatChanges(t *testing.T) {
	for name, tt := range map[string]struct {
		window time.Duration
		want   string
	}{
		"narrower: another alert": {time.Hour, "alert news"},
		"the same: a reply":       {72 * time.Hour, "reply news"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, feedNamed(t, "Wire", "@every 60s"), feedNamed(t, "Post", "@every 60s"))
				defer running(t, d)()
				report := func(feed string) {
					d.pages.set(feed, item(feed, "North Korea satellite launch fails over Yellow Sea", 0))
					time.Sleep(2 * time.Minute)
				}
				report("Wire")
				d.change(t, func(s *monitor.Setup) {
					s.Window = tt.window
					s.Grouper = func() monitor.Grouper { return story.NewIndex(story.Options{Window: tt.window}) }
				})
				time.Sleep(3 * time.Hour)
				report("Post")
				if lines := d.board.lines(); len(lines) != 2 || lines[1][:len(tt.want)] != tt.want {
					t.Errorf("the board shows %s", fmt.Sprint(lines))
				}
			})
		})
	}
}
