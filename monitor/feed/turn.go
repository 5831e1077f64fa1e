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
// else's host. It remembers every host it ever saw, which is as many as there
// are feeds and redirects in the configuration.
type turns struct {
	spacing time.Duration

	mu    sync.Mutex
	hosts map[string]*host
}

type host struct {
	free chan time.Time // holds, while nobody has the turn, when the next may start
}

// take waits for the host's turn and returns the function that gives it back.
// The wait ends early, with the context's cause, when ctx does.
func (t *turns) take(ctx context.Context, name string) (release func(), err error) {
	t.mu.Lock()
	h := t.hosts[name]
	if h == nil {
		h = &host{free: make(chan time.Time, 1)}
		h.free <- time.Time{}
		t.hosts[name] = h
	}
	t.mu.Unlock()

	var next time.Time
	select {
	case next = <-h.free:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if rest := time.Until(next); rest > 0 {
		timer := time.NewTimer(rest)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			h.free <- next
			return nil, context.Cause(ctx)
		}
	}
	began := time.Now()
	return func() {
		now := time.Now()
		h.free <- now.Add(min(now.Sub(began), t.spacing))
	}, nil
}
