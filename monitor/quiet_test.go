package monitor

import (
	"testing"
	"time"

	"newswatch/rules"
)

func TestQuietHoursEndOnceByTheClock(t *testing.T) {
	const utc = "UTC"
	tests := []struct {
		name, zone, now string
		hours           []string
		want            string // "": now is not quiet
	}{
		{"before midnight", utc, "2026-11-21 23:30", []string{"22:00-07:00"}, "2026-11-22 07:00 +0000"},
		{"after midnight", utc, "2026-11-22 02:00", []string{"22:00-07:00"}, "2026-11-22 07:00 +0000"},
		{"they have begun", utc, "2026-11-21 22:00", []string{"22:00-07:00"}, "2026-11-22 07:00 +0000"},
		{"they are over", utc, "2026-11-22 07:00", []string{"22:00-07:00"}, ""},
		{"within a day", utc, "2026-11-22 12:30", []string{"12:00-13:00"}, "2026-11-22 13:00 +0000"},
		{"until midnight", utc, "2026-11-22 23:59", []string{"22:00-00:00"}, "2026-11-23 00:00 +0000"},
		{"none", utc, "2026-11-22 00:00", nil, ""},
		{"the later end of two", utc, "2026-11-22 06:30", []string{"22:00-07:00", "06:00-09:00"}, "2026-11-22 09:00 +0000"},
		{"one after the other", utc, "2026-11-21 23:00", []string{"22:00-07:00", "07:00-09:00"}, "2026-11-22 09:00 +0000"},
		{"a gap between them", utc, "2026-11-21 23:00", []string{"22:00-07:00", "07:01-09:00"}, "2026-11-22 07:00 +0000"},
		{"the whole day: they end all the same", utc, "2026-11-22 08:00", []string{"07:00-19:00", "19:00-07:00"}, "2026-11-23 19:00 +0000"},
		{"in another zone", "Asia/Seoul", "2026-11-22 06:59", []string{"22:00-07:00"}, "2026-11-22 07:00 +0900"},
		{"their end is skipped: at the jump", "Europe/Berlin", "2026-03-29 01:30", []string{"22:00-02:30"}, "2026-03-29 03:00 +0200"},
		{"their end is shown twice: the first time", "Europe/Berlin", "2026-10-25 01:30", []string{"22:00-02:30"}, "2026-10-25 02:30 +0200"},
		{"their end was shown: over, though the clock shows them again", "Europe/Berlin", "2026-10-25 02:10 again", []string{"22:00-02:30"}, ""},
		{"they begin in the doubled hour: with its first showing", "Europe/Berlin", "2026-10-25 02:10 again", []string{"02:00-04:00"}, "2026-10-25 04:00 +0100"},
		{"their begin is skipped: from the jump", "Europe/Berlin", "2026-03-29 03:10", []string{"02:30-04:00"}, "2026-03-29 04:00 +0200"},
		{"all of them is skipped", "Europe/Berlin", "2026-03-29 03:00", []string{"02:10-02:50"}, ""},
		{"midnight is skipped", "Asia/Beirut", "2026-03-28 23:30", []string{"22:00-00:00"}, "2026-03-29 01:00 +0300"},
		{"a day is left out", "Pacific/Apia", "2011-12-29 23:30", []string{"22:00-07:00"}, "2011-12-31 07:00 +1400"},
		{"the day after one that is left out", "Pacific/Apia", "2011-12-31 03:00", []string{"22:00-07:00"}, "2011-12-31 07:00 +1400"},
		{"at noon after it they are over", "Pacific/Apia", "2011-12-31 12:00", []string{"22:00-07:00"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			now, err := time.ParseInLocation("2006-01-02 15:04", tt.now[:16], zone)
			if err != nil {
				t.Fatal(err)
			}
			if len(tt.now) > 16 {
				now = now.Add(time.Hour)
			}
			var hours []rules.Hours
			for _, text := range tt.hours {
				h, err := rules.ParseHours(text)
				if err != nil {
					t.Fatal(err)
				}
				hours = append(hours, h)
			}
			got := ""
			if end := quietEnd(now, zone, hours...); !end.IsZero() {
				got = end.In(zone).Format("2006-01-02 15:04 -0700")
			}
			if got != tt.want {
				t.Errorf("at %s they end at %q, want %q", now, got, tt.want)
			}
		})
	}
}

// Whatever a clock does, quiet hours end within a day of a moment in them, and
// are over then.
func TestQuietHoursEndOnEveryChangeOfTheClock(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Asia/Beirut", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "America/Nuuk", "Africa/Casablanca", "Antarctica/Troll", "Asia/Gaza"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for change := time.Date(2024, 1, 1, 0, 0, 0, 0, zone); ; {
			_, change = change.ZoneBounds()
			if change.IsZero() || change.Year() > 2030 {
				break
			}
			for at := change.Add(-30 * time.Hour); at.Before(change.Add(30 * time.Hour)); at = at.Add(10 * time.Minute) {
				for from := 0; from < 24; from += 3 {
					h := rules.Hours{From: from*60 + 30, To: (from*60 + 390) % 1440}
					end := quietEnd(at, zone, h)
					if end.IsZero() {
						continue
					}
					if !end.After(at) || end.Sub(at) > 9*time.Hour || !quietEnd(end, zone, h).IsZero() {
						t.Fatalf("%s: of %v, at %s, the end is %s", name, h, at, end)
					}
				}
			}
		}
	}
}
