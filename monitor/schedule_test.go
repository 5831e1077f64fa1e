package monitor_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"newswatch/monitor"
)

// clocks names one zone for each way that clocks were and will be moved from
// 2024 to 2030, of all zones that tzdata knows: those that move alike tell
// nothing more.
func clocks(t *testing.T) []string {
	t.Helper()
	names, err := os.ReadFile("config/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	known := make(map[string]bool)
	for name := range strings.FieldsSeq(string(names)) {
		zone := location(t, name)
		moves := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).In(zone).Format("-0700")
		for _, change := range changes(zone, 2024, 2031) {
			moves += fmt.Sprint(" ", change.Unix(), change.Format("-07:00:00"))
		}
		if !known[moves] {
			known[moves] = true
			all = append(all, name)
		}
	}
	if len(all) < 50 {
		t.Fatalf("%d clocks", len(all))
	}
	return all
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func parse(t testing.TB, spec string, zone *time.Location) monitor.Schedule {
	t.Helper()
	s, err := monitor.ParseSchedule(spec, zone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// runs are the times a schedule is due from from to until, checked to go
// forward.
func runs(t testing.TB, s monitor.Schedule, from, until time.Time) []time.Time {
	t.Helper()
	var due []time.Time
	for at := s.Next(from.Add(-1)); !at.IsZero() && at.Before(until); {
		due = append(due, at)
		next := s.Next(at)
		if !next.After(at) {
			t.Fatalf("%s in %s: %s comes after %s", s, from.Location(), next, at)
		}
		at = next
	}
	return due
}

func TestDailyTimeIsDueOncePerLocalDate(t *testing.T) {
	for _, name := range clocks(t) {
		t.Run(name, func(t *testing.T) {
			zone := location(t, name)
			for _, change := range changes(zone, 2024, 2031) {
				y, m, d := change.Date()
				from, until := time.Date(y, m, d-3, 0, 0, 0, 0, zone), time.Date(y, m, d+4, 0, 0, 0, 0, zone)
				for halfHour := range 48 {
					s := parse(t, fmt.Sprintf("%d %d * * *", halfHour%2*30, halfHour/2), zone)
					var dates []string
					for _, at := range runs(t, s, from, until) {
						dates = append(dates, at.Format("2"))
					}
					var want []string
					for i := range 7 {
						want = append(want, time.Date(y, m, d-3+i, 12, 0, 0, 0, zone).Format("2"))
					}
					if !slices.Equal(dates, want) {
						t.Fatalf("%s around %s is due on the dates %v", s, change, dates)
					}
				}
			}
		})
	}
}

func TestWeeklyTimeIsDueOncePerWeek(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	for _, name := range clocks(t) {
		t.Run(name, func(t *testing.T) {
			zone := location(t, name)
			from, until := time.Date(2024, 1, 1, 0, 0, 0, 0, zone), time.Date(2031, 1, 1, 0, 0, 0, 0, zone)
			for day := time.Sunday; day <= time.Saturday; day++ {
				for _, clock := range []string{"0 0", "30 2", "30 23"} {
					s := parse(t, fmt.Sprintf("%s * * %d", clock, day), zone)
					due := runs(t, s, from, until)
					for i, at := range due {
						if at.Weekday() != day {
							t.Errorf("%s is due on %s", s, at.Format("Mon 2006-01-02 15:04:05 MST"))
						}
						if i > 0 && days(due[i-1], at) != 7 {
							t.Errorf("%s is due on %s and on %s", s, due[i-1].Format(time.DateOnly), at.Format(time.DateOnly))
						}
					}
					if len(due) < 365 {
						t.Errorf("%s is due %d times in seven years", s, len(due))
					}
				}
			}
		})
	}
}

// days counts the dates from one time to another.
func days(from, to time.Time) int {
	date := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(date(to).Sub(date(from)) / monitor.Day)
}

// Around each change of the clock, and on a day without one, a schedule must
// be due when the oracle says so, minute for minute.
func TestScheduleAgreesWithMinuteByMinuteOracle(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	specs := []string{
		"* * * * *", "*/5 * * * *", "*/30 * * * *", "0 * * * *", "17 * * * SUN", "*/20 * 1-7 * *",
		"0 0 * * *", "30 2 * * *", "*/30 0-5 * * *", "*/15 1,2,3,23 * * *", "0 9-17 * * MON-FRI", "45 */2 * * *", "0 0 1 * *", "30 0 * * 5", "59 23 * * *", "*/7 22-23 * * *",
	}
	for _, name := range clocks(t) {
		t.Run(name, func(t *testing.T) {
			zone := location(t, name)
			for _, change := range changes(zone, 2024, 2031) {
				minutes := minutesFrom(change.Add(-17*time.Hour), change.Add(14*time.Hour))
				from, until := change.Add(-14*time.Hour), change.Add(14*time.Hour)
				for _, spec := range specs {
					want := oracle(spec, minutes, from)
					got := runs(t, parse(t, spec, zone), from, until)
					if d := firstDifference(got, want); d != "" {
						t.Fatalf("%s around %s: %s", spec, change.In(zone), d)
					}
				}
			}
		})
	}
}

// A minute is an instant and what the clock shows then, as UTC.
type minute struct{ at, reading time.Time }

func minutesFrom(from, until time.Time) []minute {
	var all []minute
	for at := from; at.Before(until); at = at.Add(time.Minute) {
		y, mo, d := at.Date()
		all = append(all, minute{at, time.Date(y, mo, d, at.Hour(), at.Minute(), at.Second(), 0, time.UTC)})
	}
	return all
}

// changes are the instants at which a zone's clock is moved.
func changes(zone *time.Location, from, until int) []time.Time {
	var found []time.Time
	at := time.Date(from, 1, 1, 0, 0, 0, 0, zone)
	for {
		_, end := at.ZoneBounds()
		if end.IsZero() || end.Year() >= until {
			return append(found, time.Date(from, 6, 1, 0, 0, 0, 0, zone)) // and a day on which nothing happens
		}
		found, at = append(found, end), end
	}
}

// oracle says when a spec is due, from from on, by looking at every minute: it
// knows the clock only through its readings.
func oracle(spec string, minutes []minute, from time.Time) []time.Time {
	named, everyHour := namedBy(spec)
	var due []time.Time
	if everyHour {
		for _, m := range minutes {
			if named(m.reading) && !m.at.Before(from) {
				due = append(due, m.at)
			}
		}
		return due
	}
	// Hours that are named: go through the readings instead, those that never
	// show included. Each is due at the first minute that shows it or is past it.
	high := minutes[0].reading // the highest so far
	for i, m := range minutes[1:] {
		for w := high.Add(time.Minute); !w.After(m.reading); w = w.Add(time.Minute) {
			if !named(w) {
				continue
			}
			at, shown := m.at, m.reading
			if w.Day() != m.reading.Day() { // jumped over, into the next date
				at, shown = m.at.Add(-time.Second), minutes[i].reading
			}
			if w.Day() == shown.Day() && !at.Before(from) && (len(due) == 0 || due[len(due)-1].Before(at)) {
				due = append(due, at)
			}
		}
		if m.reading.After(high) {
			high = m.reading
		}
	}
	return due
}

// namedBy returns whether a spec names a reading of the clock.
func namedBy(spec string) (named func(time.Time) bool, everyHour bool) {
	f := strings.Fields(spec)
	bounds := [5][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}}
	var sets [5][60]bool
	for i, field := range f {
		sets[i] = valuesOf(field, bounds[i][0], bounds[i][1])
	}
	either := !strings.HasPrefix(f[2], "*") && !strings.HasPrefix(f[4], "*") // cron: one of the two days is enough
	return func(w time.Time) bool {
		if !sets[0][w.Minute()] || !sets[1][w.Hour()] || !sets[3][int(w.Month())] {
			return false
		}
		dom, dow := sets[2][w.Day()], sets[4][int(w.Weekday())]
		return dom && dow || either && (dom || dow)
	}, !slices.Contains(sets[1][:24], false)
}

// valuesOf reads a field of a spec: numbers, three days' names, ranges, lists, steps.
func valuesOf(field string, least, most int) (set [60]bool) {
	field = strings.NewReplacer("SUN", "0", "MON", "1", "FRI", "5").Replace(field)
	for part := range strings.SplitSeq(field, ",") {
		low, high, step := least, most, 1
		span, by, stepped := strings.Cut(part, "/")
		if stepped {
			fmt.Sscan(by, &step)
		}
		if span != "*" {
			if n, _ := fmt.Sscanf(span, "%d-%d", &low, &high); n == 1 {
				high = low
			}
		}
		for v := low; v <= high; v += step {
			set[v] = true
		}
	}
	return set
}

func firstDifference(got, want []time.Time) string {
	const layout = "2006-01-02 15:04:05 -0700"
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return "is not due at " + want[i].Format(layout)
		case i >= len(want):
			return "is due at " + got[i].Format(layout)
		case !got[i].Equal(want[i]):
			return fmt.Sprintf("is due at %s, not at %s", got[i].Format(layout), want[i].Format(layout))
		}
	}
	return ""
}

func TestClockChanges(t *testing.T) {
	for _, c := range []struct {
		outcome, zone, spec, after string
		want                       []string
	}{
		{"time that Berlin skips is due at the jump", "Europe/Berlin", "30 2 * * *", "2026-03-28T03:00:00+01:00",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"time that Berlin repeats is due the first time", "Europe/Berlin", "30 2 * * *", "2026-10-24T03:00:00+02:00",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"midnight that Beirut skips is due at one", "Asia/Beirut", "0 0 * * *", "2026-03-28T12:00:00+02:00",
			[]string{"2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00"}},
		{"midnight that Santiago skips is due at one", "America/Santiago", "0 0 * * *", "2026-09-05T12:00:00-04:00",
			[]string{"2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"}},
		{"Friday midnight that Cairo skips is due at one", "Africa/Cairo", "0 0 * * 5", "2026-04-23T12:00:00+02:00",
			[]string{"2026-04-24T01:00:00+03:00", "2026-05-01T00:00:00+03:00"}},
		{"time that Nuuk skips into the next date is due on its own", "America/Nuuk", "30 23 * * *", "2026-03-28T12:00:00-02:00",
			[]string{"2026-03-28T22:59:59-02:00", "2026-03-29T23:30:00-01:00"}},
		{"date that Samoa skipped is left out", "Pacific/Apia", "0 9 * * *", "2011-12-29T00:00:00-10:00",
			[]string{"2011-12-29T09:00:00-10:00", "2011-12-31T09:00:00+14:00"}},
		{"every five minutes go on through Berlin's repeated hour", "Europe/Berlin", "*/30 * * * *", "2026-10-25T02:00:00+02:00",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:00:00+01:00"}},
		{"hourly runs pass Lord Howe's half hour", "Australia/Lord_Howe", "0 * * * *", "2026-04-05T00:30:00+11:00",
			[]string{"2026-04-05T01:00:00+11:00", "2026-04-05T02:00:00+10:30", "2026-04-05T03:00:00+10:30"}},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			s := parse(t, c.spec, location(t, c.zone))
			at, err := time.Parse(time.RFC3339, c.after)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if at = s.Next(at); at.Format(time.RFC3339) != want {
					t.Fatalf("due at %s, want %s", at.Format(time.RFC3339), want)
				}
			}
		})
	}
}

func TestParseScheduleRefuses(t *testing.T) {
	for _, c := range []struct{ outcome, spec, hint string }{
		{"zone that panics the library", "TZ=UTC", "delete that part"},
		{"other zone that panics the library", "CRON_TZ=Europe/Berlin", "delete that part"},
		{"zone of its own", "CRON_TZ=Asia/Seoul 0 9 * * *", "delete that part"},
		{"30 February", "0 0 30 2 *", "no month"},
		{"31 April", "0 0 31 4 *", "no month"},
		{"negative interval", "@every -5m", "@every 5m"},
		{"interval under a second", "@every 500ms", "@every 5m"},
		{"no time at all", "@every 0s", "@every 5m"},
		{"no interval", "@every", "@every 90s"},
		{"interval in words", "@every 5 minutes", "@every 90s"},
		{"Sunday as 7", "0 9 * * 7", "0 9 * * 0"},
		{"six fields", "0 */5 * * * *", "*/5 * * * *"},
		{"four fields", "0 9 * *", "five fields"},
		{"bare interval", "5m", "@every 5m"},
		{"empty text", "", "five fields"},
		{"hour 24", "0 24 * * *", "hour goes up to 23"},
		{"minute 60", "60 * * * *", "minute goes up to 59"},
		{"zero step", "*/0 * * * *", "minute 0-59"},
		{"range backwards", "0 17-9 * * *", "minute 0-59"},
		{"unknown descriptor", "@reboot", "@hourly"},
		{"last day", "0 0 L * *", "not known"},
		{"words", "every five minutes", "five fields"},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			s, err := monitor.ParseSchedule(c.spec, time.UTC)
			var wrong *monitor.ScheduleError
			if !errors.As(err, &wrong) {
				t.Fatalf("%q gives %v, %v", c.spec, s, err)
			}
			if !s.IsZero() {
				t.Errorf("the schedule is %q", s)
			}
			if !strings.Contains(wrong.Hint, c.hint) {
				t.Errorf("hint %q does not say %q", wrong.Hint, c.hint)
			}
		})
	}
}

func TestParseScheduleAccepts(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 500, time.UTC)
	for spec, want := range map[string]string{
		"@every 90s":      "2026-01-01T00:01:30Z",
		"@every 1h30m":    "2026-01-01T01:30:00Z",
		"@every 1.5h":     "2026-01-01T01:30:00Z",
		"@every 1d":       "2026-01-02T00:00:00Z",
		"@hourly":         "2026-01-01T01:00:00Z",
		"@daily":          "2026-01-02T00:00:00Z",
		" 0 9 * * * ":     "2026-01-01T09:00:00Z",
		"0 9 * * MON-FRI": "2026-01-01T09:00:00Z",
		"0 0 29 2 *":      "2028-02-29T00:00:00Z",
		"0 0 29 2 MON":    "2026-02-02T00:00:00Z",
		"0 0 ? * sun":     "2026-01-04T00:00:00Z",
	} {
		t.Run(spec, func(t *testing.T) {
			if got := parse(t, spec, time.UTC).Next(start).Format(time.RFC3339Nano); got != want {
				t.Errorf("due at %s, want %s", got, want)
			}
		})
	}
}

func TestZeroScheduleIsNeverDue(t *testing.T) {
	var s monitor.Schedule
	now := time.Now()
	if !s.IsZero() || !s.Next(now).IsZero() || s.Interval(now) != 0 || s.String() != "" {
		t.Errorf("zero schedule: %v, next %v, interval %v", s.IsZero(), s.Next(now), s.Interval(now))
	}
}

func TestIntervalIsTheTimeBetweenTwoRuns(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for spec, want := range map[string]time.Duration{
		"@every 90s": 90 * time.Second, "*/5 * * * *": 5 * time.Minute, "@daily": monitor.Day,
	} {
		if got := parse(t, spec, time.UTC).Interval(at); got != want {
			t.Errorf("%s: %s, want %s", spec, got, want)
		}
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, spec := range []string{"*/5 * * * *", "30 2 * * *", "0 0 29 2 *", "@every 90s", "@daily", "TZ=UTC", "CRON_TZ=UTC", "0 9 * * MON-FRI", "1-5/2,7 0-23 ? JAN *", "@every -5m"} {
		f.Add(spec, int64(1774742400), "Europe/Berlin")
		f.Add(spec, int64(1774742399), "America/Nuuk")
	}
	f.Fuzz(func(t *testing.T, spec string, unix int64, name string) {
		zone, err := time.LoadLocation(name)
		if err != nil || unix < 0 || unix > 4e9 {
			return
		}
		s, err := monitor.ParseSchedule(spec, zone)
		if err != nil {
			if !s.IsZero() {
				t.Fatalf("%q is both a schedule and an error: %v", spec, err)
			}
			return
		}
		at := time.Unix(unix, 0)
		for range 20 {
			next := s.Next(at)
			if next.IsZero() {
				if at.Year() < 2090 { // 2100 is no leap year
					t.Fatalf("%q is never due after %s", spec, at)
				}
				return
			}
			if !next.After(at) || next.Nanosecond() != 0 {
				t.Fatalf("%q is due at %s after %s", spec, next, at)
			}
			if half := at.Add(next.Sub(at) / 2); !strings.HasPrefix(strings.TrimSpace(spec), "@every") && !s.Next(half).Equal(next) {
				t.Fatalf("%q is due at %s after %s, but at %s after %s", spec, next, at, s.Next(half), half)
			}
			at = next
		}
	})
}
