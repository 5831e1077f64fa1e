package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
)

// duration reads a length of time above zero.
func (s *section) duration(key string, otherwise time.Duration) time.Duration {
	text, n, ok := s.text(key)
	if !ok {
		return otherwise
	}
	d, err := monitor.ParseDuration(text)
	switch {
	case err != nil:
		s.report(n, durationHint(text), "%s %s", quote(text), err)
	case d == 0:
		s.report(n, "write a length of time, like 30m, 72h or 30d", "%s must be longer than nothing", key)
	default:
		return d
	}
	return otherwise
}

// firstRun reads how old an article of a first poll may be and still alert; 0
// for none.
func (s *section) firstRun(key string, otherwise time.Duration) time.Duration {
	if text, _, ok := s.scalar(key); ok && text == "none" {
		return 0
	}
	return s.duration(key, otherwise)
}

// durationHint guesses what was meant by a text that is no duration.
func durationHint(text string) string {
	const longest = 20
	compact := strings.ToLower(strings.Join(strings.Fields(text), ""))
	if len(compact) > longest {
		return ""
	}
	if _, err := monitor.ParseDuration(compact); err == nil {
		return "write " + compact
	}
	if _, err := strconv.ParseUint(compact, 10, 32); err == nil {
		return fmt.Sprintf("add a unit: %[1]ss, %[1]sm, %[1]sh, %[1]sd or %[1]sw", compact)
	}
	unit := strings.TrimLeft(compact, "0123456789")
	number := strings.TrimSuffix(compact, unit)
	for short, long := range map[string][]string{
		"s": {"sec", "secs", "second", "seconds", "초"},
		"m": {"min", "mins", "minute", "minutes", "분"},
		"h": {"hr", "hrs", "hour", "hours", "시간"},
		"d": {"day", "days", "일"},
		"w": {"week", "weeks", "주"},
	} {
		if number != "" && slices.Contains(long, unit) {
			return "write " + number + short
		}
	}
	switch {
	case strings.HasPrefix(compact, "-"):
		return "it cannot be negative"
	case strings.ContainsAny(compact, ".,"):
		return "without fractions: 1h30m, not 1.5h"
	case strings.HasPrefix(unit, "mo"):
		return "months differ in length: count days, like 30d"
	case strings.HasPrefix(unit, "y"):
		return "count days, like 365d"
	case len(unit) == 1: // well formed, but out of range
		return ""
	}
	return "the units are w, d, h, m and s, in that order, each after its number"
}
