package monitor

import (
	"time"

	"newswatch/rules"
)

// holdUntil is until when an alert of the rule waits: low severity for the
// next digest, any but high for the end of the rule's quiet hours, and all
// beyond the rule's number an hour until that hour is over. Zero: it does not
// wait. What has waited comes folded, one message a rule.
func (p *poll) holdUntil(l Ledger, r *rules.Rule, channel string, now time.Time) (time.Time, error) {
	var until time.Time
	if r.Severity == rules.Low {
		until = p.Digest.Next(now)
	}
	if r.Severity != rules.High {
		until = later(until, quietEnd(r.Quiet, now.In(p.Zone)))
	}
	if r.MaxPerHour == 0 || !until.IsZero() {
		return until, nil
	}
	n, oldest, err := l.AlertsSince(r.ID, channel, now.Add(-time.Hour))
	if err == nil && n >= r.MaxPerHour {
		until = oldest.Add(time.Hour)
	}
	return until, err
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
