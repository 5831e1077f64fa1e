package monitor

import (
	"errors"
	"regexp"
	"strconv"
	"time"
)

// Day is 24 hours; a duration knows no daylight saving.
const Day = 24 * time.Hour

// ParseDuration reads a duration as people write it here: whole numbers with
// the units s, m, h, d and w, the largest first ("72h", "30d", "1w2d"). It
// differs from time.ParseDuration, which knows neither days nor weeks.
func ParseDuration(s string) (time.Duration, error) {
	parts := durationForm.FindStringSubmatch(s)
	if s == "" || parts == nil {
		return 0, errNoDuration
	}
	var sum time.Duration
	for i, unit := range []time.Duration{7 * Day, Day, time.Hour, time.Minute, time.Second} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 64)
		if err != nil || n > int64((maxDuration-sum)/unit) {
			return 0, errLongDuration
		}
		sum += time.Duration(n) * unit
	}
	return sum, nil
}

// FormatDuration writes a duration so that ParseDuration reads it, in one unit
// where that is exact; "" for none.
func FormatDuration(d time.Duration) string {
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"d", Day}, {"h", time.Hour}, {"m", time.Minute}} {
		if d >= unit.length && d%unit.length == 0 {
			return strconv.FormatInt(int64(d/unit.length), 10) + unit.name
		}
	}
	if d == 0 {
		return ""
	}
	return d.String()
}

var (
	durationForm    = regexp.MustCompile(`^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$`)
	errNoDuration   = errors.New("is no duration like 30s, 15m, 72h, 30d or 1w2d")
	errLongDuration = errors.New("is longer than a hundred years")
)

// maxDuration keeps sums with any date of ours within what time.Duration and
// milliseconds in a database can hold.
const maxDuration = 100 * 365 * Day
