package monitor

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// How an overdue feed is spread after a start: over a tenth of its interval.
const (
	spreadPart = 10
	maxSpread  = 30 * time.Second
)

// An agenda knows when each feed is due. Of one host's feeds it names one at
// a time.
type agenda struct {
	entries []*entry
	polling map[string]bool      // hosts being asked
	others  map[string]time.Time // hosts that other workers ask, and when to see whether they still do
	looked  time.Time            // last time it was asked what is due
	idle    time.Time            // nothing is due before; zero: unknown
}

type entry struct {
	feed  Feed
	state FeedState
	host  string
	next  time.Time
	busy  bool
	moved bool // its schedule changed while it was busy

	soonest time.Time // when it may be asked again although it fails
	leased  time.Time // until when it is this worker's to poll, where several share the store
}

func newAgenda(now time.Time) *agenda {
	return &agenda{polling: make(map[string]bool), others: make(map[string]time.Time), looked: now}
}

// adopt makes the agenda one of these feeds, and returns the keys of those that
// left it. Feeds that it has keep their state and their time, unless their
// schedule is another now; the states of those that it has not are given, by key.
func (a *agenda) adopt(feeds []Feed, states map[string]FeedState, now time.Time) (left []string) {
	had := make(map[string]*entry, len(a.entries))
	for _, e := range a.entries {
		had[e.feed.Key()] = e
	}
	a.entries, a.idle = make([]*entry, 0, len(feeds)), time.Time{}
	for _, feed := range feeds {
		e := had[feed.Key()]
		if e == nil {
			e = newEntry(feed, states[feed.Key()], now)
		} else {
			e.become(feed, now)
			delete(had, feed.Key())
		}
		a.entries = append(a.entries, e)
	}
	return slices.Collect(maps.Keys(had))
}

func newEntry(feed Feed, state FeedState, now time.Time) *entry {
	next := startAt(feed, state, now)
	return &entry{feed: feed, state: state, host: hostOf(feed.at(state.Address).URL), next: next, soonest: next}
}

// become gives the entry's feed another description.
func (e *entry) become(feed Feed, now time.Time) {
	same := e.feed.Schedule.same(feed.Schedule)
	e.feed, e.state.Name = feed, feed.Name
	if e.busy {
		e.moved = e.moved || !same
		return
	}
	e.host = hostOf(feed.at(e.state.Address).URL)
	if !same {
		e.reschedule(now)
	}
}

// reschedule counts the feed's next time from its last poll anew.
func (e *entry) reschedule(now time.Time) {
	e.state.Spec = ""
	e.next = startAt(e.feed, e.state, now)
	e.soonest = earlier(e.soonest, e.next)
}

func hostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return rawURL
	}
	return strings.ToLower(u.Host)
}

// startAt is when a feed is first due after a start: at once when it was never
// polled, within its share of the spread when it is overdue, else when it
// would have been. A changed schedule counts from the last poll.
func startAt(feed Feed, state FeedState, now time.Time) time.Time {
	if state.LastPoll.IsZero() {
		return now
	}
	next := state.NextPoll
	if state.Spec != feed.Schedule.String() || state.LastPoll.After(now) || tooFar(feed, next, now) {
		next = feed.Schedule.Next(earlier(state.LastPoll, now))
	}
	if next.After(now) {
		return next
	}
	return now.Add(feed.share(min(feed.Schedule.Interval(now)/spreadPart, maxSpread)))
}

// tooFar says whether a time was set by a clock that has been put back since.
func tooFar(feed Feed, next, now time.Time) bool {
	return next.After(feed.Schedule.Next(now).Add(maxAsked + maxJitter))
}

// due takes the feeds off the agenda that are to be polled now, n at most: those
// that have waited longest, and one of each host. It says how long nothing else
// will be.
func (a *agenda) due(now time.Time, n int) (ready []*entry, wait time.Duration) {
	back := a.looked.Round(0).Sub(now.Round(0))
	a.looked = now
	if back <= 0 && now.Before(a.idle) {
		return nil, a.idle.Sub(now)
	}
	wait = forever
	left := false                 // somebody is due
	first := make(map[string]int) // where in ready a host's feed stands
	for _, e := range a.entries {
		if e.busy {
			continue
		}
		if back > 0 {
			e.setBack(now, back)
		}
		if e.next.After(now) {
			wait = min(wait, e.next.Sub(now))
			continue
		}
		if a.polling[e.host] {
			left = true // its turn comes when the host is done
			continue
		}
		if rest := a.others[e.host].Sub(now); rest > 0 && rest <= feedLease {
			wait = min(wait, rest)
			continue
		}
		delete(a.others, e.host)
		i, ok := first[e.host]
		switch {
		case !ok:
			first[e.host] = len(ready)
			ready = append(ready, e)
		case e.next.Before(ready[i].next):
			ready[i], left = e, true
		default:
			left = true
		}
	}
	if len(ready) > n {
		slices.SortFunc(ready, func(a, b *entry) int { return a.next.Compare(b.next) })
		ready, left = ready[:n], true
	}
	if a.idle = now.Round(0).Add(wait); left { // by the wall clock, as schedules are
		a.idle = time.Time{}
	}
	for _, e := range ready {
		e.busy, a.polling[e.host] = true, true
	}
	return ready, wait
}

// setBack follows a clock that was set back by that much: the feed waits no
// longer than it would have, and no longer than until its schedule's next time.
func (e *entry) setBack(now time.Time, by time.Duration) {
	e.soonest = e.soonest.Add(-by)
	e.next = later(e.soonest, earlier(e.next.Add(-by), e.feed.next(now, 0)))
}

// done puts a feed back on the agenda, for next; it may be asked from soonest on.
func (a *agenda) done(e *entry, state FeedState, next, soonest, now time.Time) {
	delete(a.polling, e.host)
	state.Name = e.feed.Name
	e.state, e.next, e.soonest, e.busy = state, next, soonest, false
	e.host = hostOf(e.feed.at(state.Address).URL)
	if e.moved {
		e.moved = false
		e.reschedule(now)
	}
	a.idle = earlier(a.idle, e.next)
}

// failing counts the feeds whose last n polls failed, or more.
func (a *agenda) failing(n int) (count int) {
	for _, e := range a.entries {
		if e.state.Failures >= n {
			count++
		}
	}
	return count
}

// hurry makes the feeds that are backed off from due, spread as after a start:
// most failed, one does no longer, so it was the network.
func (a *agenda) hurry(now time.Time) {
	a.idle = time.Time{}
	for _, e := range a.entries {
		if !e.busy && e.state.Failures > 0 {
			e.next = earlier(e.next, later(e.soonest, now.Add(e.feed.share(maxSpread))))
		}
	}
}
