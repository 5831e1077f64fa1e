package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
	"newswatch/monitor/store"
)

var (
	kills = flag.Int("kills", 12, "how often TestKilledAtAnyMoment kills the worker")
	sites = flag.Int("sites", 3, "over how many installations, at work at the same time, kills and stops are spread")
	seed  = flag.Uint64("seed", 0, "of chance in TestKilledAtAnyMoment; 0: the time")
)

// TestKilledAtAnyMoment starts the real program on feeds that go on gaining
// items, kills it at random moments and at each seam of the flow, while Slack
// fails in a third of its answers and its history lags, and starts it again. In
// the end each item has been told exactly once.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d -kills %d -sites %d", *seed, *kills, *sites)
	var tally crashTally
	var running sync.WaitGroup
	for n := range *sites {
		random := rand.New(rand.NewPCG(*seed, uint64(n)))
		s := newSite(t, slacktest.Options{Lag: 2 * time.Second, PageSize: 20, Chaos: slacktest.Chaos{
			Seed: random.Uint64(), Probability: 0.3, Faults: crashFaults(),
		}})
		running.Go(func() {
			for n := n; n < *kills; n += *sites {
				s.publish(1 + random.IntN(3))
				tally.kill(s, random, n)
			}
			tally.count(s)
			s.settle()
			s.check()
		})
	}
	running.Wait()
	tally.print(t)
}

// crashFaults are faults of each kind; one in ten was accepted by Slack, whatever
// it said, and one in fifteen takes as long as a request may.
func crashFaults() []slacktest.Fault {
	refused := []slacktest.Fault{
		slacktest.RateLimited("1"), slacktest.RateLimited("2"), slacktest.Refused("ratelimited"), slacktest.Page("{}"),
		slacktest.Status(500), slacktest.Status(502), slacktest.Status(503), slacktest.Dropped(), slacktest.Refused("fatal_error"),
	}
	faults := slices.Concat(refused, refused, refused, refused, refused)
	return append(faults, slacktest.Status(500).Stored(), slacktest.Dropped().Stored(), slacktest.Half(),
		slacktest.Refused("internal_error").Stored(), slacktest.Silent().Stored(), slacktest.Late(10*time.Second),
		slacktest.Silent(), slacktest.Silent())
}

// crashPlaces are where workers are killed, each as often as it is listed; ""
// is a random moment.
var crashPlaces = []string{
	"", "", "", "",
	seamFetched, seamRecording, seamRecorded, seamFolded, seamAttempted, seamAttempted, seamReplied, seamUndecided, seamLooked,
	seamMarked, seamMarked, placeFeedAsked, placeFeedHalf, placePostAsked, placePostLost, placePostAnswered, placePostAnswered, placeHistory,
}

// measured is how many kills there are to one whose restart is timed.
const measured = 5

// A crashTally is what the kills showed. It is safe for concurrent use.
type crashTally struct {
	mu    sync.Mutex
	kills map[string]int // by place
	// Items that had to arrive, and that had by the last kill; requests to Slack
	// until then, and those of them answered with a fault.
	items, arrived, requests, faults int
	// Times from a start to the first post in a channel where messages waited:
	// with nothing to decide before; with an undecided message; and where Slack
	// failed once more in between.
	free, undecided, failed []time.Duration
}

// kill lets the site's worker live once, until it is killed.
func (c *crashTally) kill(s *site, random *rand.Rand, n int) {
	l := life{signal: syscall.SIGKILL, place: crashPlaces[n%len(crashPlaces)], passage: 1 + random.IntN(3)}
	l.limit = time.Duration(100+random.IntN(2500)) * time.Millisecond
	switch l.place {
	case "", seamFolded:
	case seamLooked, placeHistory, seamUndecided: // what is undecided rests before it is looked for
		l.limit, l.passage = 16*time.Second, 1
	default:
		l.limit = 8 * time.Second
	}
	var waiting map[string]bool
	if n/len(crashPlaces)%measured == measured-1 || n%measured == 0 {
		waiting = s.waiting()
		if len(waiting) > 0 {
			l.limit += 30 * time.Second // the first posts shall be seen
			l.place, l.passage = placePostAnswered, 1+random.IntN(8)
		}
	}
	e := s.live(l)
	if !killed(e.err, syscall.SIGKILL) {
		s.t.Errorf("%s: the worker ended by itself: %v\n%s", s.dir, e.err, e.log)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kills == nil {
		c.kills = make(map[string]int)
	}
	if !e.early || l.place == "" {
		l.place = "a random moment"
	}
	c.kills[l.place]++
	for channel, undecided := range waiting {
		c.measure(s, e.started, channel, undecided)
	}
}

// measure notes how long after a start the channel's first post came, if it
// did.
func (c *crashTally) measure(s *site, start time.Time, channel string, undecided bool) {
	trouble := false
	for _, r := range s.slack.Requests() {
		if r.At.Before(start) || r.Channel != "" && r.Channel != channel && r.Channel != "C0"+strings.ToUpper(channel[1:]) {
			continue
		}
		took := r.At.Sub(start)
		switch {
		case r.Method == "chat.postMessage" && trouble:
			c.failed = append(c.failed, took)
			return
		case r.Method == "chat.postMessage" && undecided:
			c.undecided = append(c.undecided, took)
			return
		case r.Method == "chat.postMessage":
			c.free = append(c.free, took)
			return
		}
		trouble = trouble || r.Fault
	}
}

// waiting lists the site's channels that have messages to send by now, and
// whether there are undecided ones too. No worker runs meanwhile.
func (s *site) waiting() map[string]bool {
	kept, err := store.OpenReader(context.Background(), filepath.Join(s.dir, "newswatch.db"))
	if errors.Is(err, store.ErrMissing) {
		return nil
	}
	if err != nil {
		s.t.Error(err)
		return nil
	}
	defer kept.Close()
	queues, err := kept.Queues(context.Background())
	if err != nil {
		s.t.Error(err)
	}
	waiting := make(map[string]bool)
	for _, q := range queues {
		if q.States[monitor.Pending] > 0 && time.Until(q.NextSend) < time.Second {
			waiting[q.Channel] = q.States[monitor.Sending]+q.States[monitor.Unconfirmed] > 0
		}
	}
	return waiting
}

// count adds what a site's ledger shows after the last kill.
func (c *crashTally) count(s *site) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items += s.published() * len(siteChannels)
	lost, _ := s.lostAndDoubled()
	c.arrived += s.published()*len(siteChannels) - len(lost)
	for _, r := range s.slack.Requests() {
		c.requests++
		if r.Fault {
			c.faults++
		}
	}
}

func (c *crashTally) print(t *testing.T) {
	t.Logf("%d items, %d of them told by the last kill; %d requests to Slack by then, %d answered with a fault", c.items, c.arrived, c.requests, c.faults)
	for _, place := range slices.Sorted(maps.Keys(c.kills)) {
		t.Logf("killed at %s: %d", place, c.kills[place])
	}
	for what, took := range map[string][]time.Duration{
		"nothing was undecided": c.free, "a message was undecided": c.undecided, "Slack failed in between": c.failed,
	} {
		t.Logf("from start to first post, where %s: %s", what, spread(took))
	}
}

// spread tells of durations how many there are, the middle and the longest.
func spread(list []time.Duration) string {
	if len(list) == 0 {
		return "never seen"
	}
	slices.Sort(list)
	return fmt.Sprintf("%d times, median %v, longest %v", len(list),
		list[len(list)/2].Round(time.Millisecond), list[len(list)-1].Round(time.Millisecond))
}
