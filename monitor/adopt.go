package monitor

import (
	"context"
	"sync"
)

// A change is a Setup on its way into force.
type change struct {
	setup   *Setup
	states  map[string]FeedState // of the feeds that the worker does not have, by key
	inForce chan struct{}        // closed when it is
}

// changes is where they come from, and what follows them.
type changes struct {
	once       sync.Once
	to         chan change
	regrouping sync.WaitGroup
	regrouped  context.CancelFunc // ends the one under way; nil: there was none
}

func (c *changes) coming() chan change {
	c.once.Do(func() { c.to = make(chan change) })
	return c.to
}

// Adopt puts another setup into force while the worker runs, and returns when it
// is: whole, between two polls of any feed, or not at all. Feeds that both have
// keep their state and their time; polls under way end by the setup they began
// with. It is called by one goroutine at a time.
func (w *Worker) Adopt(ctx context.Context, next *Setup) error {
	names := make(map[string]string)
	for _, feed := range w.InForce.Load().Feeds {
		names[feed.Key()] = feed.Name
	}
	var fresh []Feed // or under another name
	for _, feed := range next.Feeds {
		if name, known := names[feed.Key()]; !known || name != feed.Name {
			fresh = append(fresh, feed)
		}
	}
	states, err := w.enrolled(ctx, fresh)
	if err != nil {
		return err
	}
	c := change{setup: next, states: states, inForce: make(chan struct{})}
	select {
	case w.changes.coming() <- c:
		<-c.inForce
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// enrolled makes the feeds known to the store and returns their states, by key.
func (w *Worker) enrolled(ctx context.Context, feeds []Feed) (map[string]FeedState, error) {
	if len(feeds) == 0 {
		return nil, nil
	}
	owner := w.Name
	if w.Shared {
		owner = "" // each is leased when it is due
	}
	list, err := w.Book.Enroll(ctx, owner, feeds)
	if err != nil {
		return nil, err
	}
	states := make(map[string]FeedState, len(list))
	for _, state := range list {
		states[state.Key] = state
	}
	return states, nil
}

// adopt is called by the worker's loop, so that no poll begins meanwhile.
func (w *Worker) adopt(ctx context.Context, c change) {
	now, before := w.Now(), w.InForce.Load()
	w.InForce.Store(c.setup)
	if left := w.agenda.adopt(c.setup.Feeds, c.states, now); len(left) > 0 {
		w.flushOrLog(ctx) // times that are theirs
		if err := w.Book.Leave(ctx, w.Name, left); err != nil {
			w.Log.Error("feeds that left are still leased", "error", err)
		}
	}
	if before.Zone.String() != c.setup.Zone.String() {
		w.pulse.keepDays(now)
	}
	if !before.groupsAs(c.setup) {
		w.regroup(ctx)
	}
	if before.Notifier != c.setup.Notifier {
		w.Deliverer.retry()
	}
	close(c.inForce)
}

// regroup makes the memory of stories follow the setup in force. What begins a
// poll meanwhile is grouped by the one before.
func (w *Worker) regroup(ctx context.Context) {
	if w.changes.regrouped != nil {
		w.changes.regrouped()
	}
	ctx, w.changes.regrouped = context.WithCancel(ctx)
	w.changes.regrouping.Go(func() { w.Poller.regroup(ctx) })
}
