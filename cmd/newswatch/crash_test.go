package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"newswatch/monitor/slack/slacktest"
)

var kills = flag.Int("kills", 6, "how often TestKilledAtAnyMoment kills the worker")

// TestKilledAtAnyMoment starts the real program on feeds that go on gaining
// items, kills it at random moments while Slack fails in a third of its
// answers, and starts it again. In the end each item has been told exactly
// once.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	slack, err := slacktest.New(slacktest.Options{Lag: 2 * time.Second, Chaos: slacktest.Chaos{
		Seed: seed, Probability: 0.3, Faults: quickFaults(),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer slack.Close()
	var items atomic.Int64
	feeds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var articles [][2]string
		for i := range items.Load() {
			articles = append(articles, [2]string{bulletin(int(i)), "Body."})
		}
		fmt.Fprint(w, feedOf("wire", articles...))
	}))
	defer feeds.Close()
	dir := crashFolder(t, feeds.URL, slack.URL)

	for n := range *kills {
		items.Add(3)
		worker := program(dir, "run")
		if err := worker.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(50+random.IntN(2500)) * time.Millisecond)
		if err := worker.Process.Kill(); err != nil {
			t.Fatalf("kill %d: the worker had ended by itself", n)
		}
		worker.Wait() // killed, as intended
	}
	slack.SetChaos(slacktest.Chaos{})
	last := program(dir, "run", "--once")
	output, err := last.CombinedOutput()
	if err != nil {
		t.Fatalf("the last run: %v\n%s", err, output)
	}
	told := toldBy(slack.Messages("#news-alerts"))
	for i := range int(items.Load()) {
		if n := told[bulletin(i)]; n != 1 {
			t.Errorf("%q was told %d times", bulletin(i), n)
		}
	}
	if bad := slack.Violations(); len(bad) > 0 {
		t.Errorf("Slack would not have taken: %s", strings.Join(bad, "; "))
	}
}

// quickFaults are all faults but silence, which takes as long as a request
// may.
func quickFaults() []slacktest.Fault {
	var quick []slacktest.Fault
	for _, f := range slacktest.EveryFault() {
		if !strings.HasPrefix(f.String(), "silent") {
			quick = append(quick, f)
		}
	}
	return quick
}

// bulletin is the title of item i; none is part of another.
func bulletin(i int) string { return fmt.Sprintf("Bulletin no. %d of the day", i) }

// linked finds the titles that messages link; each message and each line of a
// fold links one.
var linked = regexp.MustCompile(`\|(Bulletin no\. \d+ of the day)>`)

// toldBy counts how often each title is told, in a message of its own or in a
// fold.
func toldBy(messages []slacktest.Posted) map[string]int {
	told := make(map[string]int)
	for _, m := range messages {
		for _, found := range linked.FindAllStringSubmatch(m.Text, -1) {
			told[found[1]]++
		}
	}
	return told
}

// crashFolder is an installation with one feed and a rule that fires on
// everything in it.
func crashFolder(t *testing.T, feeds, slack string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"config.yaml": fmt.Sprintf(`
rules: rules
defaults: {schedule: "@every 1s"}
feeds: [{name: Wire, url: "%s/wire"}]
slack: {token: "${SLACK_BOT_TOKEN}", api_url: "%s", channel: "#news-alerts"}
network: {allow_private: [127.0.0.1]}
http: {listen: ""}
`, feeds, slack),
		"rules/all.yaml": "rules: [{id: all, match: bulletin, group_by: article}]\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// program is newswatch itself, to be run in dir.
func program(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("newswatch", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SLACK_BOT_TOKEN="+slacktest.DefaultToken)
	return cmd
}
