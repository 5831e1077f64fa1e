package feed

import (
	"strings"
	"time"
)

// A calendar reads the dates of one feed.
type calendar struct {
	zone       *time.Location // of dates that name none
	yearFirst  bool           // "26.11.21" is 2026
	monthFirst bool           // "11/21/2026"
	chinese    bool           // CST is China's time
	now        time.Time      // for dates without a year
}

// zones a language's publishers mean when they write none. Every other feed
// without zones is read as UTC.
var zones = map[string]int{"ko": 9, "ja": 9, "zh": 8, "vi": 7, "th": 7}

func newCalendar(lang string, now time.Time) calendar {
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	zone := time.UTC
	if hours, ok := zones[base]; ok {
		zone = time.FixedZone("", hours*3600)
	}
	east := base == "ko" || base == "ja" || base == "zh"
	return calendar{
		zone: zone, yearFirst: east, chinese: base == "zh", now: now,
		monthFirst: base == "" || base == "en" && !strings.EqualFold(lang, "en-GB"),
	}
}

// parse reads a date in any shape that feeds are known to use; false when it
// is none, impossible (31 February) or the zero of a clock (1970, 0001).
//
//	Sun, 27 Sep 2026 19:00:00 +0900      2026-09-27T10:00:00Z      1790503200
//	Thu,28 Jul 2022 4:35:5 GMT+9         2013.12.24 16:29:20       2026년 9월 27일 오후 7시 5분
//	Seg, 24 Set 2018 19:42:40 -0300      27 09 2026                Nov 21, 2026 10:00 AM
//
// It reads the numbers and words one by one rather than trying layouts: what
// a number means follows from its shape, from the word or sign next to it,
// and at last from its place.
func (c calendar) parse(text string) (time.Time, bool) {
	if len(text) > 100 {
		return time.Time{}, false
	}
	d := &dateParts{calendar: c, year: -1, month: -1, day: -1, hour: -1}
	for text = strings.TrimSpace(text); text != ""; {
		n := d.take(text)
		if n == 0 {
			return time.Time{}, false
		}
		text = text[n:]
	}
	return d.time()
}

// dateParts is what was read of a date so far.
type dateParts struct {
	calendar
	year, month, day int // -1: not read
	hour, min, sec   int // hour -1: not read
	nanos            int
	afternoon        int // 0: not said, 1: am, 2: pm
	offset           *time.Location
	instant          time.Time // a whole date in one number
	numbers          []string  // not understood yet
	led              bool      // the year came before them
	unsure           bool      // the month may be a Tuesday
	separator        byte      // between them
}

// time puts the parts together.
func (d *dateParts) time() (time.Time, bool) {
	if !d.instant.IsZero() {
		return d.instant.UTC(), plausible(d.instant)
	}
	if !d.place() {
		return time.Time{}, false
	}
	switch {
	case d.hour < 0:
		d.hour = 0
	case d.afternoon == 2 && d.hour < 12:
		d.hour += 12
	case d.afternoon == 1 && d.hour == 12:
		d.hour = 0
	}
	if d.month < 1 || d.month > 12 || d.day < 1 || d.hour > 24 || d.min > 59 || d.sec > 60 ||
		d.hour == 24 && d.min+d.sec > 0 {
		return time.Time{}, false
	}
	zone := d.zone
	if d.offset != nil {
		zone = d.offset
	}
	midnight := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, zone)
	if midnight.Day() != d.day { // 31 February
		return time.Time{}, false
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, min(d.sec, 59), d.nanos, zone)
	return t, plausible(t)
}

// place gives the bare numbers their meaning.
func (d *dateParts) place() bool {
	numbers := make([]int, 0, 3)
	for _, digits := range d.numbers {
		numbers = append(numbers, atoi(digits))
	}
	switch missing := d.missing(); {
	case len(numbers) == 3 && missing == 3:
		switch {
		case d.yearFirst || numbers[0] > 31:
			d.year, d.month, d.day = fullYear(numbers[0]), numbers[1], numbers[2]
		default:
			d.month, d.day = d.order(numbers[0], numbers[1])
			d.year = fullYear(numbers[2])
		}
	case len(numbers) == 2 && d.month >= 0 && d.day < 0 && d.year < 0: // 27 Sep 26
		d.day, d.year = numbers[0], fullYear(numbers[1])
	case len(numbers) == 2 && d.year >= 0 && missing == 2:
		if d.led {
			d.month, d.day = numbers[0], numbers[1]
		} else {
			d.month, d.day = d.order(numbers[0], numbers[1])
		}
	case len(numbers) == 1 && d.month >= 0 && d.day < 0:
		d.day = numbers[0]
	case len(numbers) > 0:
		return false
	}
	if d.year < 0 && d.month >= 1 && d.month <= 12 && d.day > 0 { // the last time there was such a day
		d.year = d.now.Year()
		if time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC).After(d.now.Add(48 * time.Hour)) {
			d.year--
		}
	}
	return d.missing() == 0
}

func (d *dateParts) missing() (n int) {
	for _, part := range []int{d.year, d.month, d.day} {
		if part < 0 {
			n++
		}
	}
	return n
}

// order says which of two numbers before a year is the month. Only with
// slashes do Americans write it first.
func (d *dateParts) order(first, second int) (month, day int) {
	if first > 12 || second <= 12 && !(d.monthFirst && d.separator == '/') {
		return second, first
	}
	return first, second
}

// fullYear reads a year of two digits as package time does.
func fullYear(year int) int {
	switch {
	case year >= 100:
		return year
	case year >= 69:
		return 1900 + year
	}
	return 2000 + year
}

// plausible refuses the zero of a clock, which is 1970 or the year 1, give or
// take a time zone, and years that JSON cannot carry.
func plausible(t time.Time) bool { return t.Year() > 1970 && t.Year() < 10_000 }
