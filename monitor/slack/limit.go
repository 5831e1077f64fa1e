package slack

import (
	"errors"
	"time"

	"newswatch/monitor"
)

// held is how much longer Slack asked to wait with a method that names no
// channel. Such a limit is the token's: whoever needs the method next, for
// another channel, waits as well. The limits of a channel are the caller's to
// keep.
func (s *Sender) held(method string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Until(s.limited[method])
}

// hold notes of an error whether Slack asks to wait with a method.
func (s *Sender) hold(method string, err error) {
	limited, ok := errors.AsType[*monitor.RateLimited](err)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limited == nil {
		s.limited = make(map[string]time.Time)
	}
	s.limited[method] = time.Now().Add(limited.RetryAfter)
}
