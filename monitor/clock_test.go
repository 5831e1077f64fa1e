package monitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

// A clock is the machine's, which somebody may set.
type clock struct{ off atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.off.Load())).Round(0) }

func (c *clock) set(by time.Duration) { c.off.Add(int64(by)) }

// use makes the whole worker go by the clock.
func (c *clock) use(d *desk) {
	d.Now, d.Poller.Now, d.Deliverer.Now, d.InForce.Load().Ops.Now = c.now, c.now, c.now, c.now
	d.board.ahead = func() time.Duration { return time.Duration(c.off.Load()) }
}

// TestClockIsSet sets the clock at random moments: no feed is polled more than
// once for it, none stalls, and each article is told, once, on time.
func TestClockIsSet(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	steps := map[string]time.Duration{
		"an hour on": time.Hour, "two hours back": -2 * time.Hour, "ten years on": 3652 * monitor.Day,
		"a day back": -monitor.Day, "half a second on": time.Second / 2, "half a second back": -time.Second / 2,
		"ten years back": -3652 * monitor.Day,
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(1, uint64(len(name))))
				minutely, ninety := feedNamed(t, "Minutely", "* * * * *"), feedNamed(t, "Ninety", "@every 90s")
				halfHourly, daily := feedNamed(t, "Half-hourly", "*/30 * * * *"), feedNamed(t, "Daily", "0 8 * * *")
				p := newPolls(t, minutely, ninety, halfHourly, daily)
				machine := &clock{}
				machine.use(p.desk)
				p.watch(t)
				published, wrote := 0, time.Now()
				write := func() {
					published++
					wrote = time.Now()
					a := item(fmt.Sprint("m", published), fmt.Sprintf("Bulletin %d of the minute", published), 0)
					p.pages.set("Minutely", append([]monitor.Article{a}, p.pages.list("Minutely")...)...)
				}
				var sets []time.Time
				for range 2 {
					for range 2 {
						time.Sleep(time.Duration(2+random.IntN(40)) * time.Minute)
						write()
						time.Sleep(2*time.Minute + 30*time.Second)
						told := slices.DeleteFunc(p.board.lines(), func(line string) bool { return strings.HasPrefix(line, "ops") })
						if len(told) != published {
							t.Fatalf("%d alerts of %d, %v after the last was written:\n%s", len(told), published, time.Since(wrote), strings.Join(told, "\n"))
						}
					}
					time.Sleep(time.Duration(random.IntN(3600)) * time.Second)
					machine.set(step)
					sets = append(sets, time.Now())
				}
				p.stop()
				for feed, most := range map[string]time.Duration{"Minutely": time.Minute, "Ninety": 90 * time.Second, "Half-hourly": 30 * time.Minute} {
					at := p.at(feed)
					for i := 1; i < len(at); i++ {
						if gap := at[i].Sub(at[i-1]); gap > most+time.Minute {
							t.Errorf("%s stood still for %v", feed, gap)
						}
					}
					for _, set := range sets { // one poll for the step, beside those that were due
						extra := -int(2*most/most) - 1
						for _, poll := range at {
							if poll.After(set) && poll.Before(set.Add(2*most)) {
								extra++
							}
						}
						if extra > 1 {
							t.Errorf("%s was polled %d times more than it should after the clock was set", feed, extra)
						}
					}
				}
			})
		})
	}
}

// A mute of an hour ends an hour after it was asked for, whatever the clock
// shows by then.
func TestMuteLastsWhenTheClockIsSetBack(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		machine := &clock{}
		machine.use(s.desk)
		s.clerk.Now = machine.now
		s.click(t, 0, "U0A", "mute", monitor.MuteHour)
		ctx, stop := context.WithCancel(t.Context())
		var delivering sync.WaitGroup
		delivering.Go(func() { s.Deliverer.Run(ctx) })
		ends := func(mutes int, after time.Duration) {
			t.Helper()
			time.Sleep(after)
			list, err := s.store.Mutes(t.Context(), machine.now())
			if err != nil || len(list) != mutes {
				t.Errorf("%d mutes are in force, want %d; %v", len(list), mutes, err)
			}
		}
		ends(1, 10*time.Minute)
		machine.set(-2 * time.Hour)
		ends(1, 49*time.Minute)
		ends(0, 2*time.Minute)
		stop()
		delivering.Wait()
	})
}
