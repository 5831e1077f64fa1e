package monitor

import (
	"errors"
	"hash/fnv"
	"time"
)

// Bounds on how much later than its schedule a feed is polled.
const (
	maxJitter    = 30 * time.Second // spreads feeds that share a schedule
	maxFreshness = 30 * time.Minute // for Cache-Control, ttl and skipHours, which are often left at a careless default
	maxAsked     = 24 * time.Hour   // for Retry-After
	maxBackOff   = 30 * time.Minute // between polls of a feed that fails: what comes back is seen within it,
	backOffTimes = 6                // or within as many of its intervals where those are shorter,
	minBackOff   = 5 * time.Minute  // be they ever so short
	goneEvery    = Day              // between polls of a feed that its publisher has ended
)

// patience is how many polls in a row may fail before a feed is asked less
// often: a server that restarts costs no minute.
const patience = 3

// next is when the feed is due after now: at its schedule's next time, later
// if the origin asked for that, and a little later still so that feeds with
// one schedule do not all go at once.
func (f Feed) next(now time.Time, asked time.Duration) time.Time {
	next := later(f.Schedule.Next(now), now.Add(asked))
	return next.Add(f.share(min(f.Schedule.Interval(now)/10, maxJitter)))
}

// share is the feed's own part of a span, always the same.
func (f Feed) share(span time.Duration) time.Duration {
	hash := fnv.New32a()
	hash.Write([]byte(f.URL))
	return time.Duration(float64(span) * float64(hash.Sum32()) / (1 << 32))
}

// backOff is how long a feed that fails is left alone: its interval, doubled
// with each failure beyond patience, up to a ceiling.
//
//	every minute:    1 1 1 2 4 6 6 ...
//	every 5 minutes: 5 5 5 10 20 30 30 ...
func (f Feed) backOff(failures int, now time.Time) time.Duration {
	interval := f.Schedule.Interval(now)
	ceiling := max(minBackOff, min(backOffTimes*interval, maxBackOff))
	wait := interval
	for n := failures - patience; n > 0 && wait < ceiling; n-- {
		wait *= 2
	}
	return min(wait, ceiling)
}

// freshFor is how long a feed that was read wants to be left alone, within
// reason.
func (s *FeedState) freshFor(page Page, now time.Time) time.Duration {
	return min(max(page.MaxAge, s.TTL, s.skipped(now)), maxFreshness)
}

// skipped is how long the hours last in which the feed does not change, by its
// own word; 0 outside of them.
func (s *FeedState) skipped(now time.Time) time.Duration {
	const allHours = 1<<24 - 1
	if s.SkipHours&allHours == allHours {
		return 0
	}
	hour := now.UTC().Truncate(time.Hour)
	for s.SkipHours&(1<<hour.Hour()) != 0 {
		hour = hour.Add(time.Hour)
	}
	return max(0, hour.Sub(now))
}

// askedDelay is how long a failed feed asks to be left alone.
func askedDelay(err error) time.Duration {
	var feedErr *FeedError
	if errors.As(err, &feedErr) {
		return min(feedErr.RetryAfter, maxAsked)
	}
	return 0
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
