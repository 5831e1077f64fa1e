package monitor

import (
	"fmt"
	"time"
)

// The entries of an alert's menu: a mute Request's Value.
const (
	MuteHour   = "rule-1h"
	MuteShift  = "rule-8h"
	MuteDay    = "rule-24h"
	MuteMonday = "rule-monday"
	MuteStory  = "story"
	MuteOutlet = "outlet"
)

// How long mutes last. One of what is no rule is the longest: a story is over by
// then, and what an outlet always does belongs into the rule.
const (
	muteHour  = time.Hour
	muteShift = 8 * time.Hour
	muteDay   = 24 * time.Hour
	muteLong  = 7 * Day
)

// mondayHour is when a mute until Monday ends, in the configured zone.
const mondayHour = 8

// A Scope is what a mute keeps back: all of a rule, all of a story, or what one
// outlet brings for a rule.
type Scope struct {
	Rule   string // id; "": any
	Story  int64  // 0: any
	Outlet string // "": any
}

// A Mute keeps what matches from being posted until its end. The matches are
// recorded and counted all the same.
type Mute struct {
	ID int64
	Scope
	Until time.Time
	By    Deed
	Alert int64 // the message that it was asked for on; 0: none
}

// What is muted, in words.
func (m Mute) What() string {
	switch {
	case m.Story != 0:
		return "story"
	case m.Outlet != "":
		return "outlet for this rule"
	default:
		return "rule"
	}
}

// MuteLengths are how long mutes last that were asked for by their length. The
// others end at a time of day, whatever happens to the clock.
func MuteLengths() []time.Duration {
	return []time.Duration{muteHour, muteShift, muteDay, muteLong}
}

// named is what is muted, in words that say which.
func (m Mute) named() string {
	switch {
	case m.Story != 0:
		return "story"
	case m.Outlet != "":
		return fmt.Sprintf("outlet %s for rule %s", m.Outlet, m.Rule)
	default:
		return "rule " + m.Rule
	}
}

// reason is why a message of the mute's scope is not posted.
func (m Mute) reason() string { return fmt.Sprintf("the %s was muted", m.What()) }

// muteOf is the mute that an entry of the menu of an alert asks for; ok is false
// when there is no such entry, or it cannot be had of this one.
func muteOf(entry string, a Subject, by Deed, zone *time.Location) (m Mute, ok bool) {
	m = Mute{By: by, Alert: a.ID}
	switch entry {
	case MuteHour:
		m.Rule, m.Until = a.Rule, by.At.Add(muteHour)
	case MuteShift:
		m.Rule, m.Until = a.Rule, by.At.Add(muteShift)
	case MuteDay:
		m.Rule, m.Until = a.Rule, by.At.Add(muteDay)
	case MuteMonday:
		m.Rule, m.Until = a.Rule, nextMonday(by.At.In(zone))
	case MuteStory:
		m.Story, m.Until = a.Story, by.At.Add(muteLong)
	case MuteOutlet:
		m.Rule, m.Outlet, m.Until = a.Rule, a.Content.Outlet, by.At.Add(muteLong)
		ok = m.Outlet != ""
		return m, ok
	}
	return m, m.Scope != Scope{}
}

// nextMonday is the morning of the next Monday, at least a minute ahead.
func nextMonday(t time.Time) time.Time {
	y, month, day := t.Date()
	days := (int(time.Monday-t.Weekday()) + 7) % 7
	monday := time.Date(y, month, day+days, mondayHour, 0, 0, 0, t.Location())
	if !monday.After(t.Add(time.Minute)) {
		monday = time.Date(y, month, day+days+7, mondayHour, 0, 0, 0, t.Location())
	}
	return monday
}

// sameEnd is how far apart the ends of two mutes may be that two people, or one
// who clicked twice, asked for at once.
const sameEnd = time.Minute

// like says whether the mute is already as another asks.
func (m Mute) like(other Mute) bool { return m.Until.Sub(other.Until).Abs() < sameEnd }
