package main

import (
	"database/sql"
	"errors"
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

// onPostgres moves a site to PostgreSQL; each of several workers may listen for
// health.
func (s *site) onPostgres(address, listen string) {
	s.t.Helper()
	file := filepath.Join(s.dir, "config.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	config := fmt.Sprintf("store: %q\n", address) + strings.Replace(string(text), `listen: ""`, fmt.Sprintf("listen: %q", listen), 1)
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// A member is one worker of a fleet.
type member struct {
	*exec.Cmd
	log  string
	gone chan struct{}
	err  error // how it ended, once it is gone
}

// join starts a worker that kills itself at the n-th passage of a seam; "": at none.
func (s *site) join(n int, seam string, passage int) *member {
	s.t.Helper()
	m := &member{Cmd: program(s.dir, "run"), log: filepath.Join(s.dir, fmt.Sprint("log", n)), gone: make(chan struct{})}
	if seam != "" {
		m.Env = append(m.Env, fmt.Sprintf("%s=%d %d %s", seamSignal, syscall.SIGKILL, passage, seam))
	}
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
	return m
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
	s.onPostgres(pgtest.Schema(t), "")
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
	listen := freeAddress(t)
	s.onPostgres(server.Schema(t), listen)
	worker := s.join(0, "", 0)
	ready := func(want bool) time.Duration {
		t.Helper()
		for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
			if (get(t, listen, "/readyz") == "ok\n") == want {
				return time.Since(start).Round(time.Millisecond)
			}
			if time.Since(start) > time.Minute {
				log, _ := os.ReadFile(worker.log)
				t.Fatalf("ready is not %v after a minute\n%s", want, log)
			}
		}
	}
	ready(true)
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
	up := time.Now()
	for deadline := up.Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		lost, _ := s.lostAndDoubled()
		if len(lost) == 0 {
			t.Logf("all was told %s later", time.Since(up).Round(time.Millisecond))
			break
		}
		if time.Now().After(deadline) {
			break
		}
	}
	select {
	case <-worker.gone:
		t.Errorf("the worker ended: %v", worker.err)
	default:
	}
	worker.Process.Signal(syscall.SIGTERM)
	<-worker.gone
	if worker.err != nil {
		log, _ := os.ReadFile(worker.log)
		t.Errorf("%v\n%s", errors.New("the worker did not stop well"), log)
	}
	s.settle()
	s.check()
}
