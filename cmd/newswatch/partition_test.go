package main

import (
	"database/sql"
	"flag"
	"fmt"
	"net/url"
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

// TestFailoverToStandby kills the PostgreSQL of two workers while a standby has
// all that was committed, and leads them to that one. In the end each item has
// been told once.
func TestFailoverToStandby(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	server := pgtest.Server(t)
	s := newSite(t, slacktest.Options{})
	way := newGate(t, hostOfServer(t, server.Address()))
	address := way.through(t, server.Address())
	s.onPostgres(address)
	fleet := []*member{s.enlist(0, address), s.enlist(1, address)}
	standby := server.Standby(t)
	s.publish(2)
	s.allTold(time.Now())
	s.publish(2)
	time.Sleep(time.Second) // in the middle of telling it
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	t.Logf("the server is gone: not ready after %s", s.await(fleet[0], false))
	s.publish(1)
	standby.Promote(t)
	way.lead(hostOfServer(t, standby.Address()))
	led := time.Now()
	for _, m := range fleet {
		t.Logf("the standby took over: ready again after %s", s.await(m, true))
	}
	t.Logf("all was told within %s", s.allTold(led))
	s.stop(fleet...)
	s.settle()
	s.check()
}

// TestWorkerStopsInATransaction stops a worker in the transaction of a poll that
// matched, with the lock that grouping needs. PostgreSQL ends that transaction,
// the other worker tells everything, and what the first goes on to write is
// refused.
func TestWorkerStopsInATransaction(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	s := newSite(t, slacktest.Options{})
	address := pgtest.Schema(t)
	s.onPostgres(address)
	s.publish(1)
	zombie := s.recruit(0, address, fmt.Sprintf("%s=%d 1 %s", seamSignal, syscall.SIGSTOP, seamRecording))
	for !logged(zombie.log, seamPassed) {
		time.Sleep(50 * time.Millisecond)
	}
	stopped := time.Now()
	other := s.enlist(1, address)
	s.publish(1)
	t.Logf("the other told all %s after the first was stopped", s.allTold(stopped))
	zombie.Process.Signal(syscall.SIGCONT)
	s.publish(1)
	s.allTold(time.Now())
	s.stop(zombie, other)
	s.settle()
	s.check()
}

// TestZombiePostsLate stops a worker just before it posts. Another takes over,
// looks for the message, does not find it, and posts it; then the first goes on
// where it stood. What the store knows stays as it is, and of what then stands
// in Slack twice the audit deletes the later.
func TestZombiePostsLate(t *testing.T) {
	if *stopFor == 0 {
		t.Skip("takes minutes; -stop-for 60s runs it")
	}
	s := newSite(t, slacktest.Options{})
	address := pgtest.Schema(t)
	s.onPostgres(address)
	zombie := s.enlist(0, address, fmt.Sprintf("%s=%d 1 %s", seamSignal, syscall.SIGSTOP, seamAttempted))
	s.publish(1)
	for !logged(zombie.log, seamPassed) {
		time.Sleep(50 * time.Millisecond)
	}
	stopped := time.Now()
	other := s.enlist(1, address)
	t.Logf("the other told all %s after the first was stopped", s.allTold(stopped))
	if rest := *stopFor - time.Since(stopped); rest > 0 {
		time.Sleep(rest)
	}
	zombie.Process.Signal(syscall.SIGCONT)
	time.Sleep(5 * time.Second) // for what it was about to do
	_, doubled := s.lostAndDoubled()
	t.Logf("the first went on: %d messages stand twice", len(doubled))
	went := time.Now()
	for len(doubled) > 0 && time.Since(went) < 3*time.Minute {
		time.Sleep(100 * time.Millisecond)
		_, doubled = s.lostAndDoubled()
	}
	t.Logf("none stands twice %s later", time.Since(went).Round(time.Second))
	s.stop(zombie, other)
	s.settle()
	s.check()
}

// TestClocksDiffer gives PostgreSQL a clock that is minutes ahead of the
// workers', or behind, and kills one between its attempt to post and the answer:
// leases end in time, and the other finds out whether the message had arrived.
func TestClocksDiffer(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for name, by := range map[string]string{"the server is ahead": "7 minutes", "the server is behind": "-7 minutes"} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, slacktest.Options{})
			address := clockOff(t, by)
			s.onPostgres(address)
			first := s.enlist(0, address, fmt.Sprintf("%s=%d 1 %s", seamSignal, syscall.SIGKILL, seamReplied))
			s.publish(1)
			if !first.ends(time.Minute) {
				t.Fatal("the first did not come to the seam")
			}
			ended := time.Now()
			other := s.enlist(1, address)
			s.publish(1)
			t.Logf("all was told %s after the first was killed", s.allTold(ended))
			s.stop(other)
			s.settle()
			s.check()
		})
	}
}

// clockOff is the address of a new schema in which PostgreSQL's clock is wrong.
func clockOff(t *testing.T, by string) string {
	t.Helper()
	address := pgtest.Schema(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("search_path", query.Get("search_path")+", pg_catalog") // what is ours comes first
	u.RawQuery = query.Encode()
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Exec(`create function clock_timestamp() returns timestamptz language sql as $$ select pg_catalog.clock_timestamp() + interval '` + by + `' $$`)
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
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
