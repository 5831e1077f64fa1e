package monitor

import (
	"time"

	"newswatch/rules"
)

// quietEnd is when the quiet hours end that t lies in, kept by the zone's
// clock; where others begin before they end, those too. Zero: it lies in none.
// Hours that leave no minute of the day out end once a day all the same.
func quietEnd(t time.Time, zone *time.Location, hours ...rules.Hours) time.Time {
	until := t
	for most := t.Add(Day); until.Before(most); {
		next := until
		for _, h := range hours {
			next = later(next, endOf(h, until.In(zone)))
		}
		if next.Equal(until) {
			break
		}
		until = next
	}
	if until.Equal(t) {
		return time.Time{}
	}
	return until
}

// endOf is when the hours end that t lies in, on its clock. They begin and end
// once a day, whatever the clock does: when it jumps over their end that is the
// jump, and when it shows it twice the first time. Zero: t does not lie in them.
func endOf(h rules.Hours, t time.Time) time.Time {
	y, m, d := t.Date()
	at := func(day, minute int) time.Time {
		return Schedule{zone: t.Location()}.instant(time.Date(y, m, day, 0, minute, 0, 0, time.UTC))
	}
	for day := d - 2; day <= d; day++ { // yesterday's may last until today, and the calendar leave a day out, as Apia's did
		last := day
		if h.To < h.From {
			last++
		}
		begin, end := at(day, h.From), at(last, h.To)
		if end.IsZero() {
			end = at(last+1, h.To)
		}
		if !begin.IsZero() && !t.Before(begin) && t.Before(end) {
			return end
		}
	}
	return time.Time{}
}
