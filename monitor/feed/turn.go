package feed

import (
	"context"
	"sync"
	"time"
)

// turns lets one request at a time through to each host. After a request the
// host rests as long again as the request took, at most spacing: a server
// that struggles is given more air than one that answers at once.
//
// Feeds of one host take turns in the order they came, and wait for nobody
// else's host.
type turns struct {
	spacing time.Duration

	mu    sync.Mutex
	hosts map[string]*host
}

type host struct {
	free  chan time.Time // holds, while nobody has the turn, when the next may start
	users int            // that have the turn or wait for it
	last  time.Time      // when the last of them left
}

// manyHosts is how many may be known before those that rested are forgotten:
// redirects may name a new one each time.
const manyHosts = 4096

// take waits for the host's turn and returns the function that gives it back.
// The wait ends early, with the context's cause, when ctx does.
func (t *turns) take(ctx context.Context, name string) (release func(), err error) {
	h := t.enter(name)
	var next time.Time
	select {
	case next = <-h.free:
	case <-ctx.Done():
		t.leave(h)
		return nil, context.Cause(ctx)
	}
	if rest := time.Until(next); rest > 0 {
		timer := time.NewTimer(rest)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			h.free <- next
			t.leave(h)
			return nil, context.Cause(ctx)
		}
	}
	began := time.Now()
	return func() {
		now := time.Now()
		h.free <- now.Add(min(now.Sub(began), t.spacing))
		t.leave(h)
	}, nil
}

// enter is the host of that name with one user more.
func (t *turns) enter(name string) *host {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[name]
	if h == nil {
		if len(t.hosts) >= manyHosts {
			t.forget()
		}
		h = &host{free: make(chan time.Time, 1)}
		h.free <- time.Time{}
		t.hosts[name] = h
	}
	h.users++
	return h
}

func (t *turns) leave(h *host) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h.users--
	h.last = time.Now()
}

// forget drops the hosts that nobody uses and that have rested.
func (t *turns) forget() {
	for name, h := range t.hosts {
		if h.users == 0 && time.Since(h.last) > t.spacing {
			delete(t.hosts, name)
		}
	}
}
