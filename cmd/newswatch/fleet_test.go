package main

import (
	"database/sql"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor/slack/slacktest"
	"newswatch/monitor/store/pgtest"
)

var (
	workers    = flag.Int("workers", 3, "how many TestOneOfSeveralKilled runs on one PostgreSQL")
	fleetKills = flag.Int("fleet-kills", 6, "how often TestOneOfSeveralKilled kills one of them")
	stopFor    = flag.Duration("stop-for", 0, "for how long every fifth is stopped rather than killed, and then goes on; 0: none is")
	cutFor     = flag.Duration("cut-for", 5*time.Second, "for how long TestDatabaseThatComesAndGoes cuts connections every 200 ms")
	downFor    = flag.Duration("down-for", 3*time.Second, "for how long its PostgreSQL is down")
)

// onPostgres moves a site to PostgreSQL.
func (s *site) onPostgres(address string) { s.configure("config.yaml", address, "") }

// configure writes a configuration with its own way to the store, and where a
// worker with it listens for health.
func (s *site) configure(name, address, listen string) {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "config.yaml"))
	if err != nil {
		s.t.Fatal(err)
	}
	_, rest, moved := strings.Cut(string(text), "# on PostgreSQL\n")
	if !moved {
		rest = string(text)
	}
	config := fmt.Sprintf("store: %q # on PostgreSQL\n", address) + strings.Replace(rest, `listen: ""`, fmt.Sprintf("listen: %q", listen), 1)
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(config), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// A member is one worker of a fleet.
type member struct {
	*exec.Cmd
	log    string
	listen string // for health; "": it does not
	gone   chan struct{}
	err    error // how it ended, once it is gone
}

// join starts a worker that kills itself at the n-th passage of a seam; "": at none.
func (s *site) join(n int, seam string, passage int) *member {
	s.t.Helper()
	m := &member{Cmd: program(s.dir, "run"), log: filepath.Join(s.dir, fmt.Sprint("log", n))}
	if seam != "" {
		m.Env = append(m.Env, fmt.Sprintf("%s=%d %d %s", seamSignal, syscall.SIGKILL, passage, seam))
	}
	s.start(m)
	return m
}

// enlist starts a worker as recruit does, and waits until it is ready.
func (s *site) enlist(n int, address string, env ...string) *member {
	s.t.Helper()
	m := s.recruit(n, address, env...)
	s.await(m, true)
	return m
}

// recruit starts a worker with a way to the store of its own, and more in its
// environment.
func (s *site) recruit(n int, address string, env ...string) *member {
	s.t.Helper()
	config := fmt.Sprintf("config%d.yaml", n)
	m := &member{Cmd: program(s.dir, "run", "--config", config), log: filepath.Join(s.dir, fmt.Sprint("log", n)), listen: freeAddress(s.t)}
	m.Env = append(m.Env, env...)
	s.configure(config, address, m.listen)
	s.start(m)
	return m
}

func (s *site) start(m *member) {
	s.t.Helper()
	m.gone = make(chan struct{})
	file, err := os.OpenFile(m.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		s.t.Fatal(err)
	}
	m.Stderr = file
	if err := m.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		m.err = m.Wait()
		file.Close()
		close(m.gone)
	}()
}

// ends waits until the worker is gone, and says so if that did not happen in time.
func (m *member) ends(within time.Duration) bool {
	select {
	case <-m.gone:
		return true
	case <-time.After(within):
		return false
	}
}

// TestOneOfSeveralKilled lets several workers share a PostgreSQL, and kills one
// after the other, at a seam of the flow or at a random moment; a new one takes
// its place. In the end each item has been told exactly once.
func TestOneOfSeveralKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	if *seed == 0 {
		*seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed %d -workers %d -fleet-kills %d -stop-for %s", *seed, *workers, *fleetKills, *stopFor)
	random := rand.New(rand.NewPCG(*seed, 0))
	s := newSite(t, slacktest.Options{Lag: 2 * time.Second, PageSize: 20})
	s.onPostgres(pgtest.Schema(t))
	asked := &gaps{}
	s.asked = asked.note
	fleet := make([]*member, *workers)
	for i := range fleet {
		fleet[i] = s.join(i, "", 0)
	}
	for n := range *fleetKills {
		s.publish(1 + random.IntN(2))
		i := random.IntN(len(fleet))
		if *stopFor > 0 && n%5 == 4 {
			fleet[i].Process.Signal(syscall.SIGSTOP)
			time.Sleep(*stopFor)
			fleet[i].Process.Signal(syscall.SIGCONT)
			continue
		}
		if !fleet[i].ends(time.Duration(500+random.IntN(3000)) * time.Millisecond) {
			fleet[i].Process.Kill()
			<-fleet[i].gone
		}
		if !killed(fleet[i].err, syscall.SIGKILL) {
			log, _ := os.ReadFile(fleet[i].log)
			t.Errorf("a worker ended by itself: %v\n%s", fleet[i].err, log)
		}
		s.slack.Forgive(time.Now().Add(-noteTime))
		fleet[i] = s.join(i, crashPlaces[random.IntN(len(crashPlaces))], 1+random.IntN(3))
	}
	if *stopFor > 0 {
		time.Sleep(150 * time.Second) // what was told twice by one that was stopped is found by the audit
	}
	for _, m := range fleet {
		m.Process.Signal(syscall.SIGTERM)
	}
	for _, m := range fleet {
		<-m.gone
	}
	t.Logf("longest time in which a feed was not polled: %s", asked.longest())
	s.settle()
	s.check()
}

// gaps are the times between the requests of each feed. It is safe for
// concurrent use.
type gaps struct {
	mu   sync.Mutex
	last map[string]time.Time
	most time.Duration
}

func (g *gaps) note(feed string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.last == nil {
		g.last = make(map[string]time.Time)
	}
	now := time.Now()
	if last, ok := g.last[feed]; ok {
		g.most = max(g.most, now.Sub(last))
	}
	g.last[feed] = now
}

func (g *gaps) longest() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.most.Round(time.Millisecond)
}

// TestDatabaseThatComesAndGoes ends the connections of a worker again and
// again, kills PostgreSQL and starts it at once, and then lets it be down for a
// while. The worker stays up, tells that it is not ready, goes on by itself, and
// in the end each item has been told exactly once.
func TestDatabaseThatComesAndGoes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	server := pgtest.Server(t)
	s := newSite(t, slacktest.Options{})
	address := server.Schema(t)
	s.onPostgres(address)
	worker := s.enlist(0, address)
	ready := func(want bool) time.Duration { return s.await(worker, want) }
	s.publish(2)
	db, err := sql.Open("pgx", server.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	cut := 0
	for start := time.Now(); time.Since(start) < *cutFor; time.Sleep(200 * time.Millisecond) {
		n, err := server.Terminate(db)
		if err != nil {
			t.Fatal(err)
		}
		cut += n
		if cut%7 == 0 {
			s.publish(1)
		}
	}
	t.Logf("%d connections cut; ready again after %s", cut, ready(true))
	s.publish(1)
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	t.Logf("restarted; ready again after %s", ready(true))
	s.publish(1)
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	t.Logf("down; not ready after %s", ready(false))
	s.publish(1)
	time.Sleep(*downFor)
	if err := server.Continue(); err != nil {
		t.Fatal(err)
	}
	t.Logf("up; ready again after %s", ready(true))
	t.Logf("all was told %s later", s.allTold(time.Now()))
	s.stop(worker)
	s.settle()
	s.check()
}
