package slack

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"sync"
	"time"

	"newswatch/monitor"
)

// How what people ask for is attended to.
const (
	// ackWithin is when an envelope is acknowledged at the latest. Slack waits for
	// three seconds, a person for one. What the Desk has done by then is
	// acknowledged as soon as it has.
	ackWithin = 800 * time.Millisecond

	quickLimit = 10 * time.Second
	pageLimit  = 40 * time.Second // a page is waited for 20 s

	// At a time. Nothing waits for a command that reads a page but its like.
	quickAtOnce = 8
	pagesAtOnce = 4

	maxInHand = 4096             // more are left to Slack, which tells the person
	knownFor  = 10 * time.Minute // so long a request that is delivered again is known
)

// A task is a request that the Desk has, or had of late.
type task struct {
	done  chan struct{} // closed when the Desk has answered
	began time.Time
}

// tasks are the requests in hand and those of late.
type tasks struct {
	group        sync.WaitGroup
	quick, pages chan struct{} // hold one for each that the Desk has

	mu     sync.Mutex
	byID   map[string]*task
	inHand int
	pruned time.Time
}

func newTasks() *tasks {
	return &tasks{
		quick: make(chan struct{}, quickAtOnce), pages: make(chan struct{}, pagesAtOnce), byID: make(map[string]*task),
	}
}

// attend has the Desk do what an envelope asks for, unless that came before, and
// acknowledges it.
func (s *Socket) attend(ctx context.Context, c *connection, e envelope) {
	job, err := e.errand(s.opts.Now())
	if err != nil {
		s.opts.Log.Debug("an envelope was ignored", "type", clean(e.Type), "reason", err)
		c.acknowledge(e.ID)
		return
	}
	t, first := s.tasks.begin(job.ID, time.Now())
	if t == nil {
		s.opts.Log.Warn("more clicks and commands than can be taken at once; Slack tells who made this one", "limit", maxInHand)
		return
	}
	if first {
		s.tasks.group.Go(func() { s.do(ctx, job, t) })
	}
	c.pending.Go(func() {
		limit := time.NewTimer(ackWithin)
		defer limit.Stop()
		select {
		case <-t.done:
		case <-limit.C:
		}
		c.acknowledge(e.ID)
	})
}

// begin takes up a request. first: it was not delivered before. nil: there are
// too many.
func (t *tasks) begin(id string, now time.Time) (have *task, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.pruned) >= knownFor {
		t.pruned = now
		maps.DeleteFunc(t.byID, func(_ string, have *task) bool { return now.Sub(have.began) >= knownFor })
	}
	if have := t.byID[id]; have != nil {
		return have, false
	}
	if t.inHand >= maxInHand {
		return nil, false
	}
	t.inHand++
	t.byID[id] = &task{done: make(chan struct{}), began: now}
	return t.byID[id], true
}

// end lets a request go. One that failed is not known any more: delivered again,
// it is tried again.
func (t *tasks) end(id string, failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inHand--
	if failed {
		delete(t.byID, id)
	}
}

// do has the Desk take a request, and shows its answer.
func (s *Socket) do(ctx context.Context, job errand, t *task) {
	answer, err := s.take(ctx, job.Request)
	close(t.done)
	if err != nil {
		s.opts.Log.Error("a click or command failed", "user", job.User, "act", clean(job.Act), "error", err)
		answer = monitor.Answer{Head: "That did not work just now. Please try again."}
	}
	if err := s.show(ctx, job.answerTo, answer); err != nil {
		s.opts.Log.Warn("an answer was not shown", "user", job.User, "error", err)
	}
	s.tasks.end(job.ID, err != nil)
}

// take hands a request to the Desk when it is its turn. A panic is that
// request's alone.
func (s *Socket) take(ctx context.Context, r monitor.Request) (answer monitor.Answer, err error) {
	places, limit := s.tasks.quick, quickLimit
	if r.Command && monitor.ParseCommand(r.Text).Address() != "" {
		places, limit = s.tasks.pages, pageLimit
	}
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	case <-ctx.Done():
		return monitor.Answer{}, context.Cause(ctx)
	}
	defer func() {
		if cause := recover(); cause != nil {
			s.opts.Log.Error("panic", "panic", fmt.Sprint(cause), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not done within %s", limit))
	defer cancel()
	return s.opts.Desk.Take(ctx, r)
}
