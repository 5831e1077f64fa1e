package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Hours are hours of the day in which alerts wait, in minutes after midnight:
// from From to before To, which lies on the next day when it is the smaller. The
// zero value is no hours.
type Hours struct{ From, To int }

// IsZero says whether there are no hours.
func (h Hours) IsZero() bool { return h == Hours{} }

// String is the hours as ParseHours reads them: 22:00-07:00.
func (h Hours) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60)
}

// An HoursError says why a text is no hours, and what to write instead.
type HoursError struct{ Problem, Hint string }

func (e *HoursError) Error() string { return e.Problem }

// hoursMeant is what people write when they mean hours: 22-7, 22:00 - 07:00,
// 10pm to 7am.
var hoursMeant = regexp.MustCompile(`(?i)^` + timeMeant + `\s*(?:-|‐|‑|–|—|~|to|till|until)\s*` + timeMeant + `$`)

const timeMeant = `([0-9]{1,2})(?:[:.h]([0-9]{2}))?\s*(am|pm)?`

// ParseHours reads hours like 22:00-07:00. An error is an *HoursError.
func ParseHours(s string) (Hours, error) {
	const example = "write from-to in 24 hours, as in 22:00-07:00"
	parts := hoursMeant.FindStringSubmatch(strings.TrimSpace(s))
	if parts == nil {
		return Hours{}, &HoursError{fmt.Sprintf("%s is not hours of the day", shorten(s)), example}
	}
	from, fromOK := minuteMeant(parts[1:4])
	to, toOK := minuteMeant(parts[4:7])
	h := Hours{From: from, To: to}
	switch {
	case !fromOK || !toOK:
		return Hours{}, &HoursError{fmt.Sprintf("%s is not hours of the day", shorten(s)), example}
	case from == to:
		return Hours{}, &HoursError{"quiet hours that end when they begin", example}
	case h.String() != s:
		return Hours{}, &HoursError{fmt.Sprintf("%s is not hours of the day", shorten(s)), "write " + h.String()}
	}
	return h, nil
}

// minuteMeant is the minute of the day that hour, minute and am or pm name; 24:00
// is midnight.
func minuteMeant(parts []string) (minute int, ok bool) {
	hours, _ := strconv.Atoi(parts[0])
	minutes, _ := strconv.Atoi(parts[1]) // "": 0
	if half := strings.ToLower(parts[2]); half != "" {
		if hours < 1 || hours > 12 {
			return 0, false
		}
		if hours %= 12; half == "pm" {
			hours += 12
		}
	}
	minute = hours*60 + minutes
	return minute % (24 * 60), minutes < 60 && minute <= 24*60
}
