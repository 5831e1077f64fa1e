package monitor

import (
	"context"
	"time"

	"newswatch/rules"
)

// A Setup is all that may change while a worker works: what the configuration
// and the rules say, and what is built from them. It is not changed once it is
// in force; another takes its place, whole.
type Setup struct {
	Feeds     []Feed
	Zone      *time.Location              // of quiet hours, of digests and of the day
	Retention time.Duration               // how long the text of articles is kept
	Beat      func(context.Context) error // pings a watchdog outside, while all is well; may be nil

	// Of polls.
	Reader  Reader
	Engine  *rules.Engine
	Route   func(*rules.Rule) []string // the channels that a rule's alerts go to
	Digest  Schedule                   // when alerts of low severity are told; zero: at once
	Quiet   rules.Hours                // in which no alerts but those of high severity are told
	Window  time.Duration              // how far back a story reaches
	Grouper func() Grouper             // an empty one

	// Of the desk.
	Operators []string // IDs of the users who may change anything; empty: everyone
	Pages     Reader   // reads pages that people name; none at a private address
	FeedPages Reader   // reads those on servers of feeds; no feed waits for it

	// Of delivery.
	Notifier  Notifier
	FoldAbove int  // more waiting alerts than this are folded
	Hold      bool // keep undecided messages where history may not be read, rather than repeat them
	Ops       *Ops // nil: the operator has the log only
}

// groupsAs says whether both group reports alike.
func (s *Setup) groupsAs(other *Setup) bool {
	return s.Window == other.Window && s.Retention == other.Retention
}
