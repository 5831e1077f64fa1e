package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"newswatch/monitor/slack/slacktest"
	"newswatch/monitor/store/pgtest"
)

// onPostgres is an installation whose store is on PostgreSQL, with a feed of
// two articles.
func onPostgres(t *testing.T, address string) (dir string, slack *slacktest.Server) {
	t.Helper()
	slack, err := slacktest.New(slacktest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.Close() })
	feeds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, feedOf("wire", [2]string{"Bulletin of the day", "A NUL \x00 in it."}, [2]string{"Something else", "Body."}))
	}))
	t.Cleanup(feeds.Close)
	return installation(t, map[string]string{
		"config.yaml": fmt.Sprintf(`
store: "%s"
rules: rules
feeds: [{name: Wire, url: "%s"}]
slack: {token: "${SLACK_BOT_TOKEN}", api_url: "%s", channel: "#news-alerts"}
network: {allow_private: [127.0.0.1]}
http: {listen: ""}
`, address, feeds.URL, slack.URL),
		"rules/all.yaml": "rules: [{id: all, match: bulletin}]\n",
	}), slack
}

func TestCommandsWorkOnPostgreSQL(t *testing.T) {
	dir, slack := onPostgres(t, pgtest.Schema(t))
	for _, step := range []struct {
		command string
		code    int
		prints  string
	}{
		{"status", 0, "nothing was polled yet"},
		{"search bulletin", exitStore, "hint: newswatch run makes it"},
		{"run --once", 0, ""},
		{"run --once", 0, ""},
		{"status", 0, "#news-alerts"},
		{"feeds", 0, "Wire"},
		{"alerts", 0, "Bulletin of the day"},
		{"alerts --state sent --rule all --channel news-alerts", 0, "Bulletin of the day"},
		{"alerts retry 99", exitFailed, "there is no message 99"},
		{"stories", 0, "Bulletin of the day"},
		{"search else", 0, "1 article"},
		{"backtest", 0, "all"},
		{"rules", 0, "all"},
		{"backup copy.db", exitUsage, "hint: pg_dump --format=custom --file=copy.db "},
	} {
		output, err := program(dir, strings.Fields(step.command)...).CombinedOutput()
		if exitCode(err) != step.code || !strings.Contains(string(output), step.prints) {
			t.Errorf("%s ends with %v and prints, where %q was expected:\n%s", step.command, err, step.prints, output)
		}
	}
	if n := len(slack.Messages("#news-alerts")); n != 1 {
		t.Errorf("%d messages in the channel, want one", n)
	}
}

func TestServerThatCannotBeUsedIsToldWithoutItsPassword(t *testing.T) {
	for name, address := range map[string]string{
		"nobody listens":   "postgres://news:s3cret@127.0.0.1:1/news",
		"no such host":     "postgres://news:s3cret@db.invalid/news?password=s3cret",
		"no such database": strings.Replace(pgtest.Schema(t), "/postgres?", "/none?password=s3cret&", 1),
		"option unknown":   "postgres://news:s3cret@127.0.0.1:1/news?sslmode=s3cret",
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := onPostgres(t, address)
			for _, command := range []string{"run --once --verbose", "status", "search x"} {
				output, err := program(dir, strings.Fields(command)...).CombinedOutput()
				if exitCode(err) != exitStore || !strings.Contains(string(output), "hint: ") {
					t.Errorf("%s ends with %v:\n%s", command, err, output)
				}
				if strings.Contains(string(output), "s3cret") {
					t.Errorf("%s shows the password:\n%s", command, output)
				}
			}
		})
	}
}
