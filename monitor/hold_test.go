package monitor_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/rules"
)

// told runs a desk whose feed has one article of the title from the given time
// of day on, and says how long after it the alert was shown.
func told(t *testing.T, at, title string, digest string) (wait time.Duration, lines []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start, err := time.Parse("15:04", at)
		if err != nil {
			t.Fatal(err)
		}
		midnight := time.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)
		time.Sleep(time.Until(midnight.Add(time.Duration(start.Hour())*time.Hour + time.Duration(start.Minute())*time.Minute)))
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		if digest != "" {
			d.InForce.Load().Digest, err = monitor.ParseSchedule(digest, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
		}
		d.pages.set("Agency", item("1", title+" one", 2*time.Minute), item("2", title+" two", time.Minute))
		begin := time.Now()
		if round := d.once(t); round.Left != 0 {
			t.Errorf("%d messages count as left although they only wait for their time", round.Left)
		}
		if _, err := d.Deliverer.Drain(t.Context(), begin.Add(36*time.Hour)); err != nil {
			t.Fatal(err)
		}
		wait, lines = d.board.shown[0].at.Sub(begin), d.board.lines()
	})
	return wait, lines
}

func TestAlertsBeyondARulesNumberAnHourComeFolded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		var articles []monitor.Article
		for i := range 8 {
			articles = append(articles, item(fmt.Sprint(i), fmt.Sprintf("Flood %d", i), time.Duration(9-i)*time.Minute))
		}
		d.pages.set("Agency", articles[:5]...)
		begin := time.Now()
		d.once(t)
		time.Sleep(30 * time.Minute)
		d.pages.set("Agency", articles...)
		d.once(t)
		equal(t, d.board.lines(), []string{"alert news: Flood 0", "alert news: Flood 1", "alert news: Flood 2"})
		if _, err := d.Deliverer.Drain(t.Context(), begin.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		equal(t, d.board.lines(), []string{"alert news: Flood 0", "alert news: Flood 1", "alert news: Flood 2", "fold news: 5 alerts"})
		if wait := d.board.shown[3].at.Sub(begin); wait < time.Hour || wait > time.Hour+5*time.Second {
			t.Errorf("folded after %v, want an hour", wait)
		}
	})
}

func TestAlertWaitsForItsHour(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	tests := []struct {
		name, at, title, digest string
		wait                    time.Duration
		line                    string // one of those shown
	}{
		{"low severity: for the digest, folded", "10:00", "Notice", "0 8 * * *", 22 * time.Hour, "digest news: part 1 of 1, 2 alerts, 0 folded"},
		{"low severity without a digest: not at all", "10:00", "Notice", "", 0, "alert news: Notice one"},
		{"quiet hours, before midnight: until they end, folded", "23:30", "Drill", "", 7*time.Hour + 30*time.Minute, "fold news: 2 alerts"},
		{"quiet hours, after midnight: until they end, folded", "02:00", "Drill", "", 5 * time.Hour, "fold news: 2 alerts"},
		{"the last quiet minute", "06:59", "Drill", "", time.Minute, "fold news: 2 alerts"},
		{"quiet hours are over", "07:00", "Drill", "", 0, "alert news: Drill one"},
		{"quiet hours have not begun", "21:59", "Drill", "", 0, "alert news: Drill one"},
		{"high severity never waits", "23:30", "Attack", "0 8 * * *", 0, "alert news: Attack one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wait, lines := told(t, tt.at, tt.title, tt.digest)
			if wait < tt.wait || wait > tt.wait+5*time.Second {
				t.Errorf("shown after %v, want %v", wait, tt.wait)
			}
			if !slices.Contains(lines, tt.line) {
				t.Errorf("shown as %q, want %q", lines, tt.line)
			}
		})
	}
}

// Fifty stories in each of three hours: three alerts and one fold an hour, and
// each story in one of them.
func TestFloodOfARuleIsThreeAlertsAndOneFoldAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@every 1m"))
		d.Deliverer.Fits = func(items []monitor.Content) int { return len(items) }
		d.InForce.Load().FoldAbove = 1000
		begin, n := time.Now(), 0
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := d.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		for time.Since(begin) < 3*time.Hour {
			n++
			d.pages.set("Agency", item(fmt.Sprint(n), fmt.Sprintf("Flood %d", n), 0))
			time.Sleep(72 * time.Second)
		}
		time.Sleep(2 * time.Hour)
		stop()
		running.Wait()
		alerts, folds, told := make(map[int]int), make(map[int]int), make(map[string]int)
		var at []time.Time // of alerts
		for _, s := range d.board.shown {
			hour := int(s.at.Sub(begin) / time.Hour)
			switch s.Kind {
			case monitor.KindAlert:
				alerts[hour]++
				told[s.Content.Title]++
				at = append(at, s.at)
			case monitor.KindFold:
				folds[hour]++
				for _, i := range s.Content.Items {
					told[i.Title]++
				}
			}
		}
		for i := range at {
			if i >= 3 && at[i].Sub(at[i-3]) < time.Hour-5*time.Second {
				t.Errorf("four alerts within %v", at[i].Sub(at[i-3]))
			}
		}
		for hour, n := range folds {
			if n > 1 {
				t.Errorf("%d folds in hour %d", n, hour+1)
			}
		}
		for i := range n {
			if title := fmt.Sprintf("Flood %d", i+1); told[title] != 1 {
				t.Errorf("%s is told %d times", title, told[title])
			}
		}
		t.Logf("alerts %v, folds %v by hour", alerts, folds)
	})
}

// A rule that has told enough shortly before quiet hours waits for their end,
// and so do replies; what is high passes.
func TestQuietHoursOverall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(21*time.Hour + 50*time.Minute)
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"), feedNamed(t, "Daily", "@hourly"))
		d.InForce.Load().Quiet = rules.Hours{From: 22 * 60, To: 7 * 60}
		var flood []monitor.Article
		for i := range 5 {
			flood = append(flood, item(fmt.Sprint(i), fmt.Sprintf("Flood %d", i), time.Duration(9-i)*time.Minute))
		}
		d.pages.set("Agency", append(flood, item("l", "Satellite launched from the north", time.Minute))...)
		d.once(t)
		time.Sleep(time.Hour)
		d.pages.set("Agency", append(flood, item("l", "Satellite launched from the north", time.Hour), item("a", "Attack on a bridge", time.Minute), item("b", "Bulletin", time.Minute))...)
		d.pages.set("Daily", item("l2", "Satellite launched from the north", time.Minute))
		d.once(t)
		equal(t, d.board.lines(), []string{
			"alert news: Flood 0", "alert news: Flood 1", "alert news: Flood 2", "alert news: Satellite launched from the north",
			"alert news: Attack on a bridge",
		})
		shown := len(d.board.shown)
		d.drain(t, 10*time.Hour)
		equal(t, d.board.lines()[shown:], []string{"alert news: Bulletin", "fold news: 2 alerts", "reply news: Satellite launched from the north"})
		for _, s := range d.board.shown[shown:] {
			if at := s.at.UTC().Format("15:04"); at != "07:00" {
				t.Errorf("%s is told at %s", s.Kind, at)
			}
		}
	})
}

// Each of a rule's channels has its own messages, and its own number an hour.
func TestEachChannelOfARuleIsToldAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		d.InForce.Load().Route = func(r *rules.Rule) []string { return []string{"#news", "#desk"} }
		d.InForce.Load().Digest = parse(t, "0 8 * * *", time.UTC)
		var articles []monitor.Article
		for i := range 4 {
			articles = append(articles, item(fmt.Sprint(i), fmt.Sprintf("Flood %d", i), time.Minute))
		}
		d.pages.set("Agency", append(articles, item("n", "Notice", time.Minute))...)
		d.once(t)
		d.drain(t, 30*time.Hour)
		lines := d.board.lines()
		slices.Sort(lines)
		equal(t, lines, []string{
			"alert desk: Flood 0", "alert desk: Flood 1", "alert desk: Flood 2", "alert desk: Flood 3",
			"alert news: Flood 0", "alert news: Flood 1", "alert news: Flood 2", "alert news: Flood 3",
			"digest desk: part 1 of 1, 1 alerts, 0 folded", "digest news: part 1 of 1, 1 alerts, 0 folded",
		})
	})
}

// What an edit releases comes as it would have at its time: together.
func TestWhatAnEditReleasesComesFolded(t *testing.T) {
	for name, tt := range map[string]struct {
		title    string
		n        int
		from, to string
		want     []string
	}{
		"from quiet hours":         {"Drill", 3, "    quiet: 22:00-07:00\n", "", []string{"fold news: 3 alerts"}},
		"into shorter quiet hours": {"Drill", 3, "07:00", "06:30", []string{"fold news: 3 alerts"}},
		"from a number an hour": {"Flood", 6, "    max_per_hour: 3\n", "",
			[]string{"alert news: Flood 0", "alert news: Flood 1", "alert news: Flood 2", "fold news: 3 alerts"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(6 * time.Hour)
				d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
				var articles []monitor.Article
				for i := range tt.n {
					articles = append(articles, item(fmt.Sprint(i), fmt.Sprintf("%s %d", tt.title, i), time.Duration(9-i)*time.Minute))
				}
				d.pages.set("Agency", articles...)
				d.once(t)
				time.Sleep(10 * time.Minute)
				next := *d.InForce.Load()
				next.Engine = engineOf(t, strings.ReplaceAll(watchRules, tt.from, tt.to))
				d.InForce.Store(&next)
				d.drain(t, 25*time.Minute)
				equal(t, d.board.lines(), tt.want)
			})
		})
	}
}
