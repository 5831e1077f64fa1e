package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// TestPeopleInSlackAreHeard runs the real program: a click on a real alert is
// written down and shown, a revoked app token is told while alerts go on, and
// another one is taken up from the file.
func TestPeopleInSlackAreHeard(t *testing.T) {
	if testing.Short() {
		t.Skip("several seconds")
	}
	slack, err := slacktest.New(slacktest.Options{Pace: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.Close() })
	s := &service{address: freeAddress(t), log: &bytes.Buffer{}, slack: slack}
	s.items.Store(1)
	feeds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		articles := make([][2]string, s.items.Load())
		for i := range articles {
			articles[i] = [2]string{strings.Repeat(string(rune('A'+i)), 9) + " bulletin", strings.Repeat(string(rune('K'+i)), 7)}
		}
		fmt.Fprint(w, feedOf("wire", articles...))
	}))
	t.Cleanup(feeds.Close)
	config := func(more string) string {
		return fmt.Sprintf(`
rules: rules
defaults: {schedule: "@every 1s"}
feeds: [{name: Wire, url: "%s"}]
slack: {token: "${SLACK_BOT_TOKEN}", api_url: "%s", channel: "#news-alerts", ops_channel: "#news-ops"%s}
network: {allow_private: [127.0.0.1]}
http: {listen: "%s"}
`, feeds.URL, slack.URL, more, s.address)
	}
	const withButtons = `, app_token: "` + slacktest.DefaultAppToken + `"`
	s.dir = installation(t, map[string]string{
		"config.yaml": config(withButtons), "rules/all.yaml": "rules: [{id: all, match: bulletin, group_by: none}]\n",
	})
	s.Cmd = program(s.dir, "run")
	s.Stderr = s.log
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill(); s.Wait() })
	until := func(what string, holds func() bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := slack.Until(ctx, holds); err != nil {
			t.Fatalf("%s: %v\nviolations %q\nshown %s\n%s", what, err, slack.Violations(), slack.Ephemerals(""), s.log)
		}
	}
	shown := func() []slacktest.Posted { return slack.Messages("#news-alerts") }

	until("two connections and an alert", func() bool { return slack.Sockets() == 2 && len(shown()) == 1 })
	s.until(t, "/metrics", `newswatch_messages{channel="#news-alerts",state="sent"} 1`)
	click := slack.Click("U0READER", "C0ALERTS", shown()[0].TS, monitor.ActRelevant, "")
	until("the click is acknowledged and shown", func() bool {
		return slack.Acked(click) && strings.Contains(string(shown()[0].Blocks), "U0READER")
	})
	command := slack.Command("U0READER", "C0ALERTS", "help")
	until("the command is answered", func() bool { return slack.Acked(command) && len(slack.Ephemerals("U0READER")) == 1 })

	slack.SetAppRevoked(true)
	until("the operator is told", func() bool {
		notes := slack.Messages("#news-ops")
		return len(notes) == 1 && strings.Contains(notes[0].Text, "token_revoked")
	})
	s.until(t, "/readyz", "token_revoked")
	s.items.Add(1)
	until("alerts go on", func() bool { return len(shown()) == 2 })

	slack.SetAppRevoked(false)
	if err := os.WriteFile(filepath.Join(s.dir, "config.yaml"), []byte(config("")), 0o600); err != nil {
		t.Fatal(err)
	}
	s.until(t, "/readyz", "ok\n")
	s.items.Add(1)
	until("an alert without buttons", func() bool {
		return len(shown()) == 3 && !strings.Contains(string(shown()[2].Blocks), monitor.ActRelevant)
	})
	if err := os.WriteFile(filepath.Join(s.dir, "config.yaml"), []byte(config(withButtons)), 0o600); err != nil {
		t.Fatal(err)
	}
	until("two connections anew", func() bool { return slack.Sockets() == 2 })

	s.Process.Signal(syscall.SIGTERM)
	if err := s.Wait(); err != nil {
		t.Errorf("the end: %v", err)
	}
	for _, violation := range slack.Violations() {
		t.Error("violation:", violation)
	}
	if strings.Contains(s.log.String(), slacktest.DefaultAppToken) {
		t.Errorf("the app token is in the log:\n%s", s.log)
	}

}
