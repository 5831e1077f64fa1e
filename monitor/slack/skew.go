package slack

import (
	"net/http"
	"time"
)

// skewNoise is by how much our clock may seem to differ from Slack's without
// doing so: the Date of an answer is in whole seconds, and it has travelled.
const skewNoise = 10 * time.Second

// compare notes how far our clock is ahead of Slack's, by the Date of an
// answer. Small differences from what is known change nothing, so that a
// reading that was cut short goes on from the same time.
func (s *Sender) compare(header http.Header) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	ahead := s.now().Round(0).Sub(date)
	s.mu.Lock()
	defer s.mu.Unlock()
	if (ahead - s.ahead).Abs() > skewNoise {
		s.ahead = ahead
	}
}

// theirs is a time of our clock as Slack's shows it, or earlier: messages bear
// Slack's times, and by a clock that is ahead all of them would seem too old to
// be looked at.
func (s *Sender) theirs(t time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ahead <= skewNoise {
		return t
	}
	return t.Add(-s.ahead)
}
