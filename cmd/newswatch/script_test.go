package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"newswatch/monitor/slack/slacktest"
	"newswatch/monitor/store"
)

func TestMain(m *testing.M) {
	if os.Getenv(siteVariable) != "" {
		serveSite()
		return
	}
	testscript.Main(m, map[string]func(){"newswatch": seamed})
}

// TestScripts runs the program itself as people do, against feeds and a Slack
// on loopback. In a script $FEEDS serves the files of ./feeds, and what is
// wrong with a feed under $FEEDS/bad/…; $SLACK is the stand-in; at $TAKEN
// something listens.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		Setup:               setUpScript,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"posted": posted, "slackfails": slackFails, "slackok": slackOK, "expand": expand, "code": code, "fromreadme": fromReadme, "hold": hold, "raise": raise},
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
	})
}

func setUpScript(env *testscript.Env) error {
	slack, err := slacktest.New(slacktest.Options{})
	if err != nil {
		return err
	}
	env.Defer(func() { slack.Close() })
	feeds := httptest.NewServer(feedHandler(filepath.Join(env.WorkDir, "feeds")))
	env.Defer(feeds.Close)
	env.Values["slack"] = slack
	env.Setenv("FEEDS", feeds.URL)
	env.Setenv("SLACK", slack.URL)
	env.Setenv("TAKEN", feeds.Listener.Addr().String())
	env.Setenv("SLACK_BOT_TOKEN", slacktest.DefaultToken)
	return nil
}

// feedHandler serves a folder, and pages that are no feeds.
func feedHandler(dir string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(dir)))
	mux.HandleFunc("/bad/{what}", func(w http.ResponseWriter, r *http.Request) {
		switch what := r.PathValue("what"); what {
		case "html":
			fmt.Fprint(w, "<!doctype html><html><head><title>Front page</title></head><body>News</body></html>")
		case "empty":
		case "text":
			fmt.Fprint(w, "Invalid url")
		case "huge":
			chunk := []byte(strings.Repeat("<item><title>again</title></item>\n", 4096))
			fmt.Fprint(w, "<rss><channel>")
			for range 100 << 20 / len(chunk) {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		case "endless":
			fmt.Fprint(w, "<rss><channel>")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "busy":
			w.Header().Set("Retry-After", "120")
			http.Error(w, "later", http.StatusTooManyRequests)
		default:
			http.NotFound(w, r)
		}
	})
	return mux
}

// code runs a program and fails the script unless it exits with that code.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM [ARG...]")
	}
	got := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		got = ended.ExitCode()
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// hold keeps a store as a running worker does, until the script ends.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold STORE")
	}
	kept, err := store.Open(context.Background(), ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Defer(func() { kept.Close() })
}

// raise makes a store look as if a newer newswatch had written it.
func raise(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: raise STORE")
	}
	ts.Check(raiseSchema(ts.MkAbs(args[0])))
}

// expand copies a file with $FEEDS, $SLACK and $TAKEN in it replaced; ${SLACK_BOT_TOKEN} stays.
func expand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: expand FROM TO")
	}
	text := strings.NewReplacer("$FEEDS", ts.Getenv("FEEDS"), "$SLACK", ts.Getenv("SLACK"), "$TAKEN", ts.Getenv("TAKEN")).Replace(ts.ReadFile(args[0]))
	path := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, []byte(text), 0o600))
}

// fromReadme writes the files that README.md shows under those names.
func fromReadme(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: fromreadme FILE...")
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	ts.Check(err)
	for _, name := range args {
		_, after, _ := strings.Cut(string(readme), " "+name+"\n")
		body, _, ok := strings.Cut(after, "```")
		if !ok {
			ts.Fatalf("README.md shows no file %s", name)
		}
		path := ts.MkAbs(name)
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path, []byte(body), 0o755))
	}
}

func slackOf(ts *testscript.TestScript) *slacktest.Server {
	return ts.Value("slack").(*slacktest.Server)
}

// posted prints what a channel shows: a line a message, replies indented.
func posted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: posted CHANNEL")
	}
	slack := slackOf(ts)
	for _, m := range slack.Messages(args[0]) {
		first, _, _ := strings.Cut(m.Text, "\n")
		if m.Thread != "" {
			first = "  " + first
		}
		fmt.Fprintln(ts.Stdout(), first)
	}
	if bad := slack.Violations(); len(bad) > 0 {
		ts.Fatalf("Slack would not have taken: %s", strings.Join(bad, "; "))
	}
}

// slackFails scripts the next answer to a method: an error code, 429 or 500.
func slackFails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: slackfails METHOD ANSWER")
	}
	fault := slacktest.Refused(args[1])
	switch args[1] {
	case "429":
		fault = slacktest.RateLimited("1")
	case "500":
		fault = slacktest.Status(500).Stored()
	case "dropped":
		fault = slacktest.Dropped()
	}
	slackOf(ts).Fail(args[0], fault)
}

// slackOK fails the script when Slack was asked for anything that it would
// not take.
func slackOK(ts *testscript.TestScript, _ bool, _ []string) {
	if bad := slackOf(ts).Violations(); len(bad) > 0 {
		ts.Fatalf("%s", strings.Join(bad, "\n"))
	}
}

// feedOf writes an RSS feed of articles, each a title and a body, published
// one after another until now.
func feedOf(name string, articles ...[2]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title>`, name)
	for i := len(articles) - 1; i >= 0; i-- {
		at := time.Now().Add(time.Duration(i-len(articles)) * time.Minute)
		fmt.Fprintf(&b, "<item><title>%s</title><description>%s</description><link>https://example.com/%s/%d</link><guid isPermaLink=\"false\">%s-%d</guid><pubDate>%s</pubDate></item>",
			articles[i][0], articles[i][1], name, i, name, i, at.Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return b.String()
}
