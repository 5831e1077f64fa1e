package monitor

import (
	"context"
	"time"
)

// Leases of feeds, where several workers share a store. Each worker has all
// feeds on its agenda. What is due by it the worker leases before it polls: the
// store grants each feed to one of those that ask, and tells the others how far
// it has come. So whoever has room takes the work, and nobody decides who. But a
// worker leaves others a head start with the feeds that they polled last: they
// need not parse a page whole, and have a connection to its host. And nobody is
// granted a feed while another asks its host for another feed.
const (
	feedLease  = 10 * time.Second       // renewed like a channel's
	leaseEvery = 200 * time.Millisecond // what falls due in between is leased together
	leaseAgain = 2 * time.Second        // a feed that another worker has is looked at again, or when its lease ends
	headStart  = 2 * time.Second
	leaseLimit = 5 * time.Second // for asking the store, so that the loop never stands still
)

// due takes off the agenda what is to be polled now by this worker, and says how
// long nothing else will be.
func (w *Worker) due(ctx context.Context, now time.Time, n int) (ready []*entry, wait time.Duration) {
	if pause := w.leaseAt.Sub(now); pause > 0 && pause <= leaseEvery {
		return nil, pause
	}
	ready, wait = w.agenda.due(now, n)
	if !w.Shared || len(ready) == 0 {
		return ready, wait
	}
	if w.pulse != nil {
		w.leaseAt = now.Add(leaseEvery)
	}
	states := make([]FeedState, len(ready))
	for i, e := range ready {
		states[i] = e.state
		states[i].Host = keyOf(e.host)
	}
	asking, cancel := context.WithTimeout(ctx, leaseLimit)
	defer cancel()
	others, err := w.Book.Lease(asking, w.Name, states, now, now.Add(feedLease))
	if err != nil {
		w.notTaken("feeds not leased", err)
		for _, e := range ready {
			w.agenda.done(e, e.state, e.next, e.soonest, now)
		}
		return nil, repollSoon
	}
	if len(others) > 0 && len(ready) == n {
		wait = 0 // there is room for more
	}
	mine := ready[:0]
	for _, e := range ready {
		if state, taken := others[e.state.Key]; taken {
			again := w.after(e, state, now)
			if !polledSince(e, state) {
				w.agenda.others[e.host] = again
			} else if w.tour.counts(state) {
				w.tour.note(state.Key, state.Failures > 0, now)
			}
			w.agenda.done(e, state, again, now, now)
			wait = min(wait, leaseAgain)
			continue
		}
		e.state.Lease, e.leased = w.Name, now.Add(feedLease)
		mine = append(mine, e)
	}
	return mine, wait
}

// polledSince says whether another worker has polled the feed by its state.
func polledSince(e *entry, state FeedState) bool { return !state.LastPoll.Equal(e.state.LastPoll) }

// after is when a feed that another worker has, or has polled, is looked at
// again. Under Once a poll of before does not count.
func (w *Worker) after(e *entry, state FeedState, now time.Time) time.Time {
	switch {
	case !polledSince(e, state):
		if w.tour != nil {
			return now.Add(leaseAgain) // it has nothing else to do
		}
		return later(now.Add(leaseAgain), state.Leased)
	case w.tour != nil && !w.tour.counts(state):
		return now
	default:
		return startAt(e.feed, state, now).Add(headStart)
	}
}

// renew keeps this worker's leases and says when it is to be called again.
func (w *Worker) renew(ctx context.Context, now time.Time) time.Duration {
	if now.Before(w.renewAt) {
		return w.renewAt.Sub(now)
	}
	w.renewAt = now.Add(renewEvery)
	var entries []*entry
	var keys []string
	for _, e := range w.agenda.entries {
		if w.mustRenew(e, now) {
			entries, keys = append(entries, e), append(keys, e.state.Key)
		}
	}
	asking, cancel := context.WithTimeout(ctx, leaseLimit)
	defer cancel()
	if err := w.Book.Renew(asking, w.Name, keys, now, now.Add(feedLease)); err != nil {
		if ctx.Err() == nil {
			w.notTaken("leases of feeds not renewed", err)
		}
		return renewEvery
	}
	for _, e := range entries {
		e.leased = now.Add(feedLease)
	}
	return renewEvery
}

// mustRenew says whether the feed's lease would end too soon: for one that is
// being polled, so that two more renewals could not fail; for one whose times are
// to be written, before they are.
func (w *Worker) mustRenew(e *entry, now time.Time) bool {
	if e.busy {
		return e.leased.Before(now.Add(feedLease - renewEvery + time.Second))
	}
	_, quiet := w.quiet[e.state.Key]
	return quiet && e.leased.Before(w.flushAt.Add(time.Second))
}
