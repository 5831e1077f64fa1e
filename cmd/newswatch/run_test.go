package main

import (
	"bytes"
	"database/sql"
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
	"syscall"
	"testing"
	"time"

	"newswatch/monitor/slack/slacktest"
)

// startWorker starts the real program on a feed that answers slowly, waits
// until it is ready, and returns it with its log and the address it serves.
func startWorker(t *testing.T, args ...string) (worker *exec.Cmd, dir, address string, log *bytes.Buffer) {
	t.Helper()
	slack, err := slacktest.New(slacktest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.Close() })
	feeds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, feedOf("wire", [2]string{"Bulletin of the day", "Body."}))
	}))
	t.Cleanup(feeds.Close)
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(func() { slow.CloseClientConnections(); slow.Close() })
	address = freeAddress(t)
	dir = installation(t, map[string]string{
		"config.yaml": fmt.Sprintf(`
rules: rules
defaults: {schedule: "@every 1s"}
feeds: [{name: Slow, url: "%s"}, {name: Wire, url: "%s"}]
slack: {token: "${SLACK_BOT_TOKEN}", api_url: "%s", channel: "#news-alerts"}
network: {allow_private: [127.0.0.1]}
http: {listen: "%s"}
`, slow.URL, feeds.URL, slack.URL, address),
		"rules/all.yaml": "rules: [{id: all, match: bulletin}]\n",
	})
	log = &bytes.Buffer{}
	worker = program(dir, append([]string{"run"}, args...)...)
	worker.Stderr = log
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { worker.Process.Kill(); worker.Wait() })
	for deadline := time.Now().Add(20 * time.Second); get(t, address, "/readyz") != "ok\n"; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not ready in 20 s:\n%s", log)
		}
	}
	return worker, dir, address, log
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

// untilMetric waits until the worker's metrics have the text.
func untilMetric(t *testing.T, address, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(get(t, address, "/metrics"), text); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no %s in /metrics after 20 s", text)
		}
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
	_, dir, address, _ := startWorker(t)
	if got := get(t, address, "/healthz"); got != "ok\n" {
		t.Errorf("healthz says %q", got)
	}
	untilMetric(t, address, "newswatch_polls_total")
	metrics := get(t, address, "/metrics")
	for _, name := range []string{"newswatch_polls_total", "newswatch_poll_seconds_bucket", `newswatch_feeds{health="well"}`, "go_goroutines"} {
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

func TestStopEndsTheWorkerInTime(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			worker, _, _, log := startWorker(t)
			start := time.Now()
			if err := worker.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := worker.Wait(); err != nil {
				t.Errorf("ended with %v:\n%s", err, log)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %v with a request out", took)
			}
		})
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	worker, dir, address, log := startWorker(t, "--verbose")
	untilMetric(t, address, `state="sent"`)
	worker.Process.Signal(syscall.SIGTERM)
	worker.Wait()
	database, err := os.ReadFile(filepath.Join(dir, "newswatch.db"))
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
	worker, dir, _, _ := startWorker(t)
	worker.Process.Signal(syscall.SIGTERM)
	worker.Wait()
	raiseSchema(t, filepath.Join(dir, "newswatch.db"))
	for _, command := range [][]string{{"run", "--once"}, {"status"}, {"feeds"}} {
		output, err := program(dir, command...).CombinedOutput()
		if exitCode(err) != exitNewer || !strings.Contains(string(output), "hint: ") {
			t.Errorf("%v ends with %v: %s", command, err, output)
		}
	}
}

// raiseSchema makes a store look as if a newer newswatch had written it.
func raiseSchema(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`insert into goose_db_version (version_id, is_applied) values (999, 1)`); err != nil {
		t.Fatal(err)
	}
}
