package monitor_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

// However long newswatch was down, all that the feeds still show is told, once:
// the fresh by itself or folded, the digest and the day's note once, not once
// for each that was missed.
func TestDowntimeIsCaughtUpOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	for name, down := range map[string]time.Duration{
		"eight hours": 8 * time.Hour, "a week": 7 * monitor.Day,
		"a month": 30 * monitor.Day,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var feeds []monitor.Feed
				for i, schedule := range []string{"*/5 * * * *", "@every 10m", "*/30 * * * *", "0 8 * * *", "0 8 * * 1"} {
					feeds = append(feeds, feedNamed(t, fmt.Sprint("Feed", i), schedule))
				}
				p := newPolls(t, feeds...)
				digest := parse(t, "0 8 * * *", time.UTC)
				p.InForce.Load().Digest = digest
				for _, f := range feeds {
					p.pages.set(f.Name, item(f.Name+" 0", "Weather of "+f.Name, time.Hour))
				}
				p.watch(t)
				time.Sleep(20 * time.Hour) // over a digest's time
				p.pages.set("Feed0", item("low", "Notice that waited for the digest", 0))
				time.Sleep(6 * time.Minute)
				p.stop()

				if err := p.store.Close(); err != nil {
					t.Fatal(err)
				}
				told := len(p.board.lines())
				time.Sleep(down - 22*time.Minute)
				want := make(map[string]int)
				want["Notice that waited for the digest"] = 1
				for _, f := range feeds {
					if f.Schedule.Next(time.Now().Add(-down)).After(time.Now().Add(time.Hour)) {
						continue // nothing of it was missed
					}
					var shown []monitor.Article
					for i := range 40 {
						title := fmt.Sprintf("Bulletin %d of %s", i, f.Name)
						want[title] = 1
						shown = append(shown, item(fmt.Sprint(f.Name, " b", i), title, time.Duration(i)*down/40))
					}
					p.pages.set(f.Name, shown...)
				}
				began := time.Now()
				restarted := &polls{beating: &beating{desk: &desk{pages: p.pages, board: p.board}}, of: make(map[string][]time.Time)}
				restarted.start(t, p.path, feeds)
				restarted.InForce.Load().Digest = digest
				restarted.OnPoll = func(f monitor.Feed, _ monitor.Result, _ time.Duration, err error) {
					restarted.mu.Lock()
					defer restarted.mu.Unlock()
					restarted.of[f.Name] = append(restarted.of[f.Name], time.Now())
				}
				restarted.watch(t)
				time.Sleep(13 * time.Hour)
				restarted.stop()

				for _, f := range feeds {
					at := restarted.at(f.Name)
					missed := !f.Schedule.Next(began.Add(-down)).After(began)
					if missed && (len(at) == 0 || at[0].Sub(began) > 30*time.Second) {
						t.Errorf("%s was overdue and polled first at %v", f.Name, at)
					}
					inHour := 0
					for _, poll := range at {
						if poll.Sub(began) < time.Hour {
							inHour++
						}
					}
					if due := int(time.Hour / f.Schedule.Interval(began)); inHour > due+3 { // once for all that was missed, sooner after a gap
						t.Errorf("%s was polled %d times in the first hour", f.Name, inHour)
					}
				}
				days := 0
				for _, s := range p.board.shown[told:] {
					switch {
					case s.Kind == monitor.KindOps && strings.HasPrefix(s.Content.Note, "5 feeds"):
						days++
					case len(s.Content.Items) > 0:
						for _, i := range s.Content.Items {
							want[i.Title]--
						}
					case s.Content.Digest != nil:
						for _, group := range s.Content.Digest.Groups {
							for _, story := range group.Stories {
								want[story.Title]--
							}
						}
					case s.Kind != monitor.KindOps:
						want[s.Content.Title]--
					}
				}
				for title, left := range want {
					if left != 0 {
						t.Errorf("%q was told %d times", title, 1-left)
					}
				}
				if days > 2 { // that of the restart, and the next
					t.Errorf("%d days were told", days)
				}
				if messages := len(p.board.shown) - told; messages > 60 {
					t.Errorf("%d messages for 200 bulletins", messages)
				}
			})
		})
	}
}
