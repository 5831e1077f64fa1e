package slack

import (
	"context"
	"errors"
	"time"

	"newswatch/monitor"
)

// turn waits until nobody else asks with a method that names no channel. A
// limit of such a method is the token's: whoever needs it next, for another
// channel, is told to wait as well, and does not ask while the answer is on its
// way. The limits of a channel are the caller's to keep.
func (s *Sender) turn(ctx context.Context, method string) (done func(), err error) {
	select {
	case s.asking <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	done = func() { <-s.asking }
	s.mu.Lock()
	wait := time.Until(s.limited[method])
	s.mu.Unlock()
	if wait > 0 {
		done()
		return nil, &monitor.RateLimited{RetryAfter: wait}
	}
	return done, nil
}

// hold notes of an error whether Slack asks to wait with a method.
func (s *Sender) hold(method string, err error) {
	limited, ok := errors.AsType[*monitor.RateLimited](err)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited[method] = time.Now().Add(limited.RetryAfter)
}
