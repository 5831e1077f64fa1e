package monitor

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Shortest interval that a schedule may have, and the one under which check
// warns: feeds are other people's servers.
const (
	MinInterval  = time.Second
	WarnInterval = time.Minute
)

// A Schedule says when something is due: a cron spec in a time zone, or
// "@every 90s". The zero value is never due. Schedules are immutable.
//
// The cron library walks a zone's clock by itself and stumbles wherever that
// is moved: it skips the midnight that Beirut skips and rings twice for the
// hour that Berlin repeats. So here it only ever walks clocks that stand
// still, and the zone's changes are ours:
//
//   - A spec that names its hours ("30 2 * * *") is kept by the wall clock,
//     once for each reading it names. A reading that the clock jumps over
//     falls due at the jump; one that it shows twice, the first time.
//   - A spec for every hour ("*/5 * * * *") is due whenever the clock reads
//     so, in a repeated hour too.
type Schedule struct {
	spec  string
	zone  *time.Location
	every time.Duration      // of @every; else 0
	cron  *cron.SpecSchedule // its Location is UTC; nil with every
}

// A ScheduleError says why a spec is no schedule, and what to write instead.
type ScheduleError struct {
	Spec    string
	Problem string
	Hint    string // may be ""
}

func (e *ScheduleError) Error() string { return fmt.Sprintf("%q %s", e.Spec, e.Problem) }

// ParseSchedule reads a cron spec of five fields, a descriptor ("@hourly") or
// "@every" and a duration, to be kept in the given zone. A spec that never
// fires, or more often than once a second, is an error. Errors are
// *ScheduleError.
func ParseSchedule(spec string, zone *time.Location) (Schedule, error) {
	spec = strings.TrimSpace(spec)
	fail := func(problem, hint string) (Schedule, error) {
		return Schedule{}, &ScheduleError{Spec: spec, Problem: problem, Hint: hint}
	}
	if strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=") {
		// Without a blank after it, it would panic the library too.
		return fail("names its own time zone", "delete that part: all schedules follow timezone in config.yaml")
	}
	if rest, ok := strings.CutPrefix(spec, "@every"); ok {
		return parseEvery(spec, rest, zone)
	}
	parsed, err := cron.ParseStandard(spec)
	if err != nil {
		return fail("is no schedule", cronHint(spec))
	}
	s := Schedule{spec: spec, zone: zone, cron: parsed.(*cron.SpecSchedule)}
	s.cron.Location = time.UTC
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return fail("never falls due", "no month of the spec has that day")
	}
	return s, nil
}

func parseEvery(spec, rest string, zone *time.Location) (Schedule, error) {
	rest = strings.TrimSpace(rest)
	every, err := ParseDuration(rest)
	if err != nil {
		every, err = time.ParseDuration(rest) // fractions too
	}
	switch {
	case err != nil:
		return Schedule{}, &ScheduleError{spec, "is no interval", `write @every and a duration, like "@every 90s" or "@every 6h"`}
	case every < MinInterval:
		return Schedule{}, &ScheduleError{spec, "is shorter than " + MinInterval.String(), `feeds change every few minutes: "@every 5m"`}
	}
	return Schedule{spec: spec, zone: zone, every: every}, nil
}

// cronHint knows the usual mistakes in a spec that the library refused; its
// own words speak of bits and bounds.
func cronHint(spec string) string {
	fields := strings.Fields(spec)
	switch n := len(fields); {
	case strings.HasPrefix(spec, "@"):
		return `there are @hourly, @daily, @weekly, @monthly, @yearly and "@every 90s"`
	case n == 6:
		return fmt.Sprintf("five fields, without seconds: %q", strings.Join(fields[1:], " "))
	case n != 5:
		if every, err := ParseDuration(spec); err == nil && every > 0 {
			return fmt.Sprintf("for an interval write %q", "@every "+spec)
		}
		return `five fields: minute, hour, day of month, month, day of week, like "*/5 * * * *"`
	case strings.Contains(fields[4], "7"):
		return fmt.Sprintf("Sunday is 0 or SUN: %q", strings.Join(append(fields[:4:4], strings.ReplaceAll(fields[4], "7", "0")), " "))
	case strings.ContainsAny(fields[2]+fields[4], "LW#"):
		return "L, W and # are not known here"
	}
	for i, field := range []struct {
		name string
		most int
	}{{"minute", 59}, {"hour", 23}, {"day of the month", 31}, {"month", 12}, {"day of the week", 6}} {
		if n, err := strconv.Atoi(fields[i]); err == nil && n > field.most {
			return fmt.Sprintf("the %s goes up to %d", field.name, field.most)
		}
	}
	return "minute 0-59, hour 0-23, day of month 1-31, month 1-12, day of week 0-6 or SUN-SAT"
}

// String is the spec as written.
func (s Schedule) String() string { return s.spec }

// IsZero says whether there is no schedule.
func (s Schedule) IsZero() bool { return s.spec == "" }

// Next is the first time after t at which the schedule is due, in its zone and
// on a full second; zero when it never is again. Intervals count from t.
func (s Schedule) Next(t time.Time) time.Time {
	if s.IsZero() {
		return time.Time{}
	}
	t = t.Round(0).In(s.zone) // by the wall clock, whatever the monotonic one says
	switch {
	case s.every > 0:
		return t.Add(s.every).Truncate(time.Second)
	case s.everyHour():
		return s.nextReading(t)
	}
	return s.nextNamed(t)
}

// same says whether two schedules are due at the same times.
func (s Schedule) same(other Schedule) bool {
	return s.spec == other.spec && (s.every > 0 || s.zone.String() == other.zone.String())
}

// Interval is the time between two runs around t, for a feed's spread and
// for noticing that one is overdue.
func (s Schedule) Interval(t time.Time) time.Duration {
	next := s.Next(t)
	if next.IsZero() {
		return 0
	}
	after := s.Next(next)
	if after.IsZero() {
		return 0
	}
	return after.Sub(next)
}

// everyHour says whether the spec leaves no hour of the day out.
func (s Schedule) everyHour() bool {
	const hours = 1<<24 - 1 // bits 0 to 23
	return s.cron.Hour&hours == hours
}

// nextReading is the next instant after t at which the clock reads what the
// spec says. Between two changes of the clock that is plain counting.
func (s Schedule) nextReading(t time.Time) time.Time {
	for after := asUTC(t); ; {
		wall := s.cron.Next(after)
		if wall.IsZero() {
			return wall
		}
		due := t.Add(wall.Sub(asUTC(t)))
		_, change := t.ZoneBounds()
		if change.IsZero() || due.Before(change) {
			return due
		}
		t, after = change, asUTC(change).Add(-1) // the new reading itself may be named
	}
}

// nextNamed is the first instant after t at which a reading that the spec
// names falls due. Readings up to t's own have all been due by t.
func (s Schedule) nextNamed(t time.Time) time.Time {
	for wall := asUTC(t); ; {
		wall = s.cron.Next(wall)
		if wall.IsZero() {
			return wall
		}
		if due := s.instant(wall); due.After(t) {
			return due
		}
	}
}

// instant is when a wall clock's reading, given as UTC, falls due in the zone:
// the first time the clock shows it. When the clock jumps over it, that is the
// jump, or the second before where the jump ends on the next date (Nuuk leaps
// from 23:00 to midnight). Zero when the clock jumps over the whole date.
func (s Schedule) instant(wall time.Time) time.Time {
	y, mo, d := wall.Date()
	h, mi, sec := wall.Clock()
	t := time.Date(y, mo, d, h, mi, sec, 0, s.zone)
	start, end := t.ZoneBounds()
	reading := asUTC(t)
	if reading.Equal(wall) {
		return firstShown(t, start)
	}
	jump := start // time.Date counted from before the jump, and overshot it
	if reading.Before(wall) {
		jump = end
	}
	for _, due := range []time.Time{jump, jump.Add(-time.Second)} {
		if dy, dmo, dd := due.Date(); dy == y && dmo == mo && dd == d {
			return due
		}
	}
	return time.Time{}
}

// firstShown is the first instant at which the clock reads what it reads at t;
// another than t when it was turned back at start, a short while before.
func firstShown(t, start time.Time) time.Time {
	if start.IsZero() {
		return t
	}
	_, offset := t.Zone()
	_, before := start.Add(-time.Second).Zone()
	back := time.Duration(before-offset) * time.Second
	if earlier := t.Add(-back); back > 0 && earlier.Before(start) {
		return earlier
	}
	return t
}

// asUTC reads t's wall clock as UTC.
func asUTC(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}
