package monitor_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
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
