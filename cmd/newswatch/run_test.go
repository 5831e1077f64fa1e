package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor/slack/slacktest"
)

// A service is the real program at work, with what it works on.
type service struct {
	*exec.Cmd
	dir, address string // the address is that of health and metrics
	log          *bytes.Buffer
	slack        *slacktest.Server
	items        atomic.Int64 // in the feed that answers
}

// startWorker starts the real program on a feed that answers and one that does
// not, and waits until it is ready.
func startWorker(t *testing.T, args ...string) *service {
	t.Helper()
	s := &service{address: freeAddress(t), log: &bytes.Buffer{}}
	s.items.Store(1)
	slack, err := slacktest.New(slacktest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.Close() })
	s.slack = slack
	feeds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		articles := make([][2]string, s.items.Load())
		for i := range articles {
			articles[i] = [2]string{fmt.Sprintf("Bulletin no. %d of the day", i), "Body."}
		}
		fmt.Fprint(w, feedOf("wire", articles...))
	}))
	t.Cleanup(feeds.Close)
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(func() { slow.CloseClientConnections(); slow.Close() })
	s.dir = installation(t, map[string]string{
		"config.yaml": fmt.Sprintf(`
rules: rules
defaults: {schedule: "@every 1s"}
feeds: [{name: Slow, url: "%s"}, {name: Wire, url: "%s"}]
slack: {token: "${SLACK_BOT_TOKEN}", api_url: "%s", channel: "#news-alerts"}
network: {allow_private: [127.0.0.1]}
http: {listen: "%s"}
`, slow.URL, feeds.URL, slack.URL, s.address),
		"rules/all.yaml": "rules: [{id: all, match: bulletin}]\n",
	})
	s.Cmd = program(s.dir, append([]string{"run"}, args...)...)
	s.Stderr = s.log
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill(); s.Wait() })
	s.until(t, "/readyz", "ok\n")
	return s
}

// stop tells the worker to stop and waits for its end.
func (s *service) stop() {
	s.Process.Signal(syscall.SIGTERM)
	s.Wait()
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// get is what the worker answers, or "" while it does not.
func get(t *testing.T, address, path string) string {
	t.Helper()
	response, err := http.Get("http://" + address + path)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// until waits until what the worker answers on the path has the text.
func (s *service) until(t *testing.T, path, text string) {
	t.Helper()
	answer := ""
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(answer, text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s in %s after 20 s:\n%s", text, path, answer)
		}
		answer = get(t, s.address, path)
	}
}

func exitCode(err error) int {
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return ended.ExitCode()
	}
	return 0
}

func TestWorkerServesHealthAndMetricsAndKeepsItsStore(t *testing.T) {
	s := startWorker(t)
	dir := s.dir
	if got := get(t, s.address, "/healthz"); got != "ok\n" {
		t.Errorf("healthz says %q", got)
	}
	s.until(t, "/metrics", `newswatch_messages{channel="#news-alerts",state="sent"} 1`)
	metrics := get(t, s.address, "/metrics")
	for _, name := range []string{
		"newswatch_polls_total", "newswatch_poll_seconds_bucket", `newswatch_feeds{health="well"}`, "go_goroutines",
		`newswatch_slack_requests_total{outcome="ok",request="post"} 1`, `newswatch_messages{channel="#news-alerts",state="unconfirmed"} 0`,
		`newswatch_lag_seconds{channel="#news-alerts"} 0`, "newswatch_delivery_troubles 0",
	} {
		if !strings.Contains(metrics, name) {
			t.Errorf("no %s in /metrics", name)
		}
	}
	if output, err := program(dir, "health").CombinedOutput(); err != nil || string(output) != "ok\n" {
		t.Errorf("health: %v, %s", err, output)
	}
	output, err := program(dir, "run", "--once").CombinedOutput()
	if exitCode(err) != exitLocked || !strings.Contains(string(output), "hint: ") {
		t.Errorf("a second worker ends with %v: %s", err, output)
	}
	if output, err := program(dir, "status").CombinedOutput(); err != nil {
		t.Errorf("status beside the worker: %v, %s", err, output)
	}
}

func TestReadinessTellsWhatKeepsDeliveryFromWorkingAndLivenessDoesNot(t *testing.T) {
	s := startWorker(t)
	s.until(t, "/metrics", `state="sent"} 1`)
	s.slack.SetRevoked(true)
	s.items.Add(1)
	s.until(t, "/readyz", "token_revoked (since ")
	if got := get(t, s.address, "/healthz"); got != "ok\n" {
		t.Errorf("healthz says %q", got)
	}
	s.until(t, "/metrics", "newswatch_delivery_troubles 1")
	if got := get(t, s.address, "/metrics"); !strings.Contains(got, `newswatch_messages{channel="#news-alerts",state="parked"} 1`) {
		t.Error("the parked message is not counted")
	}
	output, err := program(s.dir, "alerts", "--state", "parked", "--json").CombinedOutput()
	var parked struct{ ID int64 }
	if err := errors.Join(err, json.Unmarshal(output, &parked)); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	if output, err := program(s.dir, "alerts", "retry", fmt.Sprint(parked.ID)).CombinedOutput(); err != nil {
		t.Errorf("retry beside the worker: %v: %s", err, output)
	}
	s.until(t, "/metrics", `newswatch_messages{channel="#news-alerts",state="pending"} 1`)
}

func TestStopEndsTheWorkerInTime(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			s := startWorker(t)
			start := time.Now()
			if err := s.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := s.Wait(); err != nil {
				t.Errorf("ended with %v:\n%s", err, s.log)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v with a request out", took)
			}
		})
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	s := startWorker(t, "--verbose")
	s.until(t, "/metrics", `state="sent"} 1`)
	s.stop()
	log := s.log
	database, err := os.ReadFile(filepath.Join(s.dir, "newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"the log": log.String(), "the database": string(database)} {
		if strings.Contains(text, slacktest.DefaultToken) {
			t.Errorf("%s holds the token", name)
		}
	}
	if !strings.Contains(log.String(), "polled") {
		t.Errorf("the log says nothing:\n%s", log)
	}
}

func TestNewerStoreIsRefused(t *testing.T) {
	s := startWorker(t)
	s.stop()
	dir := s.dir
	if err := raiseSchema(filepath.Join(dir, "newswatch.db")); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"run", "--once"}, {"status"}, {"feeds"}} {
		output, err := program(dir, command...).CombinedOutput()
		if exitCode(err) != exitNewer || !strings.Contains(string(output), "hint: ") {
			t.Errorf("%v ends with %v: %s", command, err, output)
		}
	}
}

// raiseSchema makes a store look as if a newer newswatch had written it.
func raiseSchema(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.Exec(`insert into goose_db_version (version_id, is_applied) values (999, 1)`)
	return errors.Join(err, db.Close())
}
