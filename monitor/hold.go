package monitor

import (
	"time"

	"newswatch/rules"
)

// holdUntil is until when an alert of the rule waits: low severity for the
// next digest, any but high for the end of the rule's quiet hours. Zero: it
// does not wait. What has waited comes folded, one message a rule.
func (p *Poller) holdUntil(r *rules.Rule, now time.Time) time.Time {
	if r.Severity == rules.High {
		return time.Time{}
	}
	var until time.Time
	if r.Severity == rules.Low {
		until = p.Digest.Next(now)
	}
	return later(until, quietEnd(r.Quiet, now.In(p.Zone)))
}

// quietEnd is when the quiet hours end that now lies in, like 22:00-07:00 in
// now's zone; zero when it lies in none.
func quietEnd(quiet string, now time.Time) time.Time {
	from, to, ok := rules.QuietHours(quiet)
	if !ok {
		return time.Time{}
	}
	minute := now.Hour()*60 + now.Minute()
	inside := from <= minute && minute < to
	days := 0
	if from > to { // over midnight
		inside = minute >= from || minute < to
		if minute >= from {
			days = 1
		}
	}
	if !inside {
		return time.Time{}
	}
	y, m, d := now.Date()
	return time.Date(y, m, d+days, to/60, to%60, 0, 0, now.Location())
}
