package main

import (
	"flag"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor/slack/slacktest"
	"newswatch/monitor/store/pgtest"
)

var partedFor = flag.Duration("parted-for", 8*time.Second, "for how long TestWorkerPartedFromItsDatabase keeps a worker and PostgreSQL apart, each time")

// TestWorkerPartedFromItsDatabase lets the network between one of two workers
// and PostgreSQL swallow everything, then only what the worker says, then only
// what it is answered, so that a commit arrives and nobody knows. No connection
// ends by that. The other worker has the work meanwhile; the first says that it
// is not ready, and goes on by itself. In the end each item has been told once.
func TestWorkerPartedFromItsDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	s := newSite(t, slacktest.Options{})
	address := pgtest.Schema(t)
	way := newGate(t, hostOfServer(t, address))
	asked := &gaps{}
	s.asked = asked.note
	s.onPostgres(address)
	parted, other := s.enlist(0, way.through(t, address)), s.enlist(1, address)
	for _, lost := range []struct {
		what string
		ways []direction
	}{
		{"everything", []direction{toServer, toClient}},
		{"what the worker says", []direction{toServer}},
		{"what it is answered", []direction{toClient}},
	} {
		s.publish(2)
		time.Sleep(500 * time.Millisecond) // in the middle of telling it
		way.block(lost.ways...)
		s.publish(1)
		began := time.Now()
		notReady := s.await(parted, false)
		told := s.allTold(began)
		if rest := *partedFor - time.Since(began); rest > 0 {
			time.Sleep(rest)
		}
		s.publish(1)
		way.block()
		t.Logf("%s is lost: not ready after %s; all was told within %s; ready again after %s", lost.what, notReady, told, s.await(parted, true))
		s.allTold(time.Now())
	}
	t.Logf("longest time in which a feed was not polled: %s", asked.longest())
	s.stop(parted, other)
	s.settle()
	s.check()
}

// stop ends workers, which must end well.
func (s *site) stop(members ...*member) {
	s.t.Helper()
	for _, m := range members {
		m.Process.Signal(syscall.SIGTERM)
	}
	for _, m := range members {
		<-m.gone
		if m.err != nil {
			log, _ := os.ReadFile(m.log)
			s.t.Errorf("a worker did not stop well: %v\n%s", m.err, log)
		}
	}
}

// await waits until a worker says that it is ready, or that it is not, and
// returns how long that took.
func (s *site) await(m *member, ready bool) time.Duration {
	s.t.Helper()
	for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if (get(s.t, m.listen, "/readyz") == "ok\n") == ready {
			return time.Since(start).Round(time.Millisecond)
		}
		if time.Since(start) > 2*time.Minute {
			log, _ := os.ReadFile(m.log)
			s.t.Fatalf("after two minutes ready is not %v\n%s", ready, log)
		}
	}
}

// allTold waits until nothing is missing in Slack, and returns how long after
// the given time that was.
func (s *site) allTold(since time.Time) time.Duration {
	s.t.Helper()
	for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		lost, _ := s.lostAndDoubled()
		if len(lost) == 0 {
			return time.Since(since).Round(time.Millisecond)
		}
		if time.Since(start) > 3*time.Minute {
			s.t.Errorf("not told after three minutes: %s", strings.Join(lost, " "))
			return time.Since(since)
		}
	}
}
