package main

import (
	"flag"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor/slack/slacktest"
)

var stops = flag.Int("stops", 14, "how often TestStoppedUnderLoad stops the worker")

// stopPlaces are where workers are told to stop: in the middle of a fetch, a
// transaction, a request to Slack; "": at a random moment.
var stopPlaces = []string{
	placeFeedHangs, placeSlackHangs, seamRecording, seamAttempted, placeFeedHalf, seamReplied, seamRecorded,
	placePostAnswered, seamMarked, seamFetched, placePostLost, placeHistory, seamUndecided, "",
}

// again is every how many stops a second signal follows the first.
const again = 10

// stopLimit is how long a stop may take.
const stopLimit = 10 * time.Second

// TestStoppedUnderLoad tells the real program to stop, with requests out and
// transactions open. It ends within ten seconds, with code 0; a second signal
// ends it at once; and either way nothing is lost or doubled.
func TestStoppedUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	var mu sync.Mutex
	var once, twice []time.Duration
	early := 0
	var running sync.WaitGroup
	for n := range *sites {
		s := newSite(t, slacktest.Options{Lag: 2 * time.Second, Chaos: slacktest.Chaos{
			Seed: uint64(n), Probability: 0.2, Faults: crashFaults(),
		}})
		running.Go(func() {
			for n := n; n < *stops; n += *sites {
				s.publish(2)
				l := life{signal: syscall.SIGTERM, place: stopPlaces[n%len(stopPlaces)], passage: 1, limit: 8 * time.Second}
				if n%again == again-1 {
					l.place, l.twice = placeSlackHangs, true
				}
				e := s.live(l)
				mu.Lock()
				switch {
				case !strings.Contains(e.log, `"msg":"watching"`): // a busy machine: it did not come to work in time
					early++
				case !l.twice:
					once = append(once, e.took)
					s.checkStop(e)
				case e.early:
					twice = append(twice, e.took)
					if !killed(e.err, syscall.SIGTERM) {
						t.Errorf("%s: after a second signal the worker ended with %v:\n%s", s.dir, e.err, e.log)
					}
				}
				mu.Unlock()
			}
			s.settle()
			s.check()
		})
	}
	running.Wait()
	t.Logf("stopped by one signal: %s; by two: %s; before it was at work: %d times", spread(once), spread(twice), early)
}

func (s *site) checkStop(e end) {
	s.t.Helper()
	if e.err != nil {
		s.t.Errorf("%s: stopped with %v:\n%s", s.dir, e.err, e.log)
	}
	if e.took > stopLimit {
		s.t.Errorf("%s: stopping took %v:\n%s", s.dir, e.took, e.log)
	}
	if !strings.Contains(e.log, `"msg":"stopped"`) {
		s.t.Errorf("%s: the log does not say that it stopped:\n%s", s.dir, e.log)
	}
}
