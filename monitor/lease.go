package monitor

import (
	"context"
	"time"
)

// Leases of feeds, where several workers share a store. Each worker has all
// feeds on its agenda. What is due by it the worker leases before it polls: the
// store grants each feed to one of those that ask, and tells the others how far
// it has come. So whoever has room takes the work, and nobody decides who.
const (
	feedLease  = 10 * time.Second // renewed like a channel's
	leaseAgain = 2 * time.Second  // a feed that another worker has is looked at again
	leaseLimit = 5 * time.Second  // for asking the store, so that the loop never stands still
)

// due takes off the agenda what is to be polled now by this worker, and says how
// long nothing else will be.
func (w *Worker) due(ctx context.Context, now time.Time, n int) (ready []*entry, wait time.Duration) {
	ready, wait = w.agenda.due(now, n)
	if !w.Shared || len(ready) == 0 {
		return ready, wait
	}
	states := make([]FeedState, len(ready))
	for i, e := range ready {
		states[i] = e.state
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
			w.agenda.done(e, state, w.after(e, state, now), now, now)
			wait = min(wait, leaseAgain)
			continue
		}
		e.state.Lease = w.Name
		mine = append(mine, e)
	}
	return mine, wait
}

// after is when a feed that another worker has, or has polled, is looked at
// again. Under Once that one's poll does not count.
func (w *Worker) after(e *entry, state FeedState, now time.Time) time.Time {
	switch {
	case state.LastPoll.Equal(e.state.LastPoll):
		return now.Add(leaseAgain)
	case w.pulse == nil:
		return now
	default:
		return startAt(e.feed, state, now)
	}
}

// renew keeps this worker's leases and says when it is to be called again.
func (w *Worker) renew(ctx context.Context, now time.Time) time.Duration {
	if now.Before(w.renewAt) {
		return w.renewAt.Sub(now)
	}
	w.renewAt = now.Add(renewEvery)
	asking, cancel := context.WithTimeout(ctx, leaseLimit)
	defer cancel()
	if err := w.Book.Renew(asking, w.Name, now, now.Add(feedLease)); err != nil && ctx.Err() == nil {
		w.notTaken("leases of feeds not renewed", err)
	}
	return renewEvery
}
