package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor/slack/slacktest"
	"newswatch/monitor/store/pgtest"
)

// storedAt is an installation whose store is at the address, with a feed of two
// articles.
func storedAt(t *testing.T, address string) (dir string, slack *slacktest.Server) {
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
		"config.yaml":    configOn(address, feeds.URL, slack.URL),
		"rules/all.yaml": "rules: [{id: all, match: bulletin}]\n",
	}), slack
}

func configOn(store, feed, slack string) string {
	return fmt.Sprintf(`
store: "%s"
rules: rules
feeds: [{name: Wire, url: "%s"}]
slack: {token: "${SLACK_BOT_TOKEN}", api_url: "%s", channel: "#news-alerts"}
network: {allow_private: [127.0.0.1]}
http: {listen: ""}
`, store, feed, slack)
}

// clock is a time in a message: of two runs that of the last report differs.
var clock = regexp.MustCompile(`date\^[0-9]+\^[^|]*\|[^\\]*`)

// TestBothStoresPostTheSame runs the same feed twice into a store on each
// engine: what is asked of Slack is the same to the byte, but for the time.
func TestBothStoresPostTheSame(t *testing.T) {
	editions := []string{
		feedOf("wire", [2]string{"Bulletin of the day", "It was said.\n\nAnd more."}, [2]string{"위성 발사 bulletin", "NUL \x00 &amp; <b>tags</b>"}, [2]string{"Else", "Body."}),
		feedOf("wire", [2]string{"Bulletin of the day, corrected", "It was said."}, [2]string{"위성 발사 bulletin", "NUL"}, [2]string{"Bulletin of the day", "It was said."}),
	}
	var edition atomic.Int64
	feeds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, editions[edition.Load()]) }))
	t.Cleanup(feeds.Close)
	var posts [2][]string
	for i, address := range []string{"newswatch.db", pgtest.Schema(t)} {
		slack, err := slacktest.New(slacktest.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { slack.Close() })
		dir := installation(t, map[string]string{"config.yaml": configOn(address, feeds.URL, slack.URL), "rules/all.yaml": "rules: [{id: all, match: bulletin}]\n"})
		for n := range editions {
			edition.Store(int64(n))
			if output, err := program(dir, "run", "--once").CombinedOutput(); err != nil {
				t.Fatalf("%s: %v: %s", address, err, output)
			}
		}
		for _, m := range slack.Messages("#news-alerts") {
			for _, r := range m.Requests {
				times := strings.NewReplacer(`"`+m.TS+`"`, "its ts", `"`+m.Thread+`"`, "its thread")
				posts[i] = append(posts[i], r.Method+" "+clock.ReplaceAllString(times.Replace(string(r.Args)), "its time"))
			}
		}
	}
	if len(posts[0]) < 2 {
		t.Errorf("only %d messages", len(posts[0]))
	}
	if diff := cmp.Diff(posts[0], posts[1]); diff != "" {
		t.Error(diff)
	}
}

func TestStoreMovesToPostgreSQLAndNothingIsToldAgain(t *testing.T) {
	dir, slack := storedAt(t, "newswatch.db")
	address := pgtest.Schema(t)
	runs := func(command string, code int, prints string) {
		t.Helper()
		output, err := program(dir, strings.Fields(command)...).CombinedOutput()
		if exitCode(err) != code || !strings.Contains(string(output), prints) {
			t.Fatalf("%s ends with %v and prints, where %q was expected:\n%s", command, err, prints, output)
		}
	}
	runs("migrate-store --to "+address, exitStore, "hint: newswatch run makes it")
	runs("run --once", 0, "")
	runs("migrate-store", exitUsage, "hint: --to postgres://user@host/db")
	runs("migrate-store --to other.db", exitUsage, "hint: ")
	runs("migrate-store --to postgres://news:${NOT_SET}@127.0.0.1:1/news", exitSlack, "hint: export NOT_SET=")
	runs("migrate-store --to postgres://news:a@b@127.0.0.1:1/news", exitUsage, "hint: percent-encode it")
	runs("migrate-store --to "+address, 0, "moved and verified")
	runs("migrate-store --to "+address, exitStore, "hint: name an empty database")
	file := filepath.Join(dir, "config.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(text), "newswatch.db", address, 1)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	runs("run --once", 0, "the store is a backup")
	runs("run --once", 0, "")
	runs("search else", 0, "1 article")
	runs("alerts", 0, "Bulletin of the day")
	if n := len(slack.Messages("#news-alerts")); n != 1 {
		t.Errorf("%d messages in the channel, want one", n)
	}
}

// What is put back of before what was told last knows neither that nor that it is
// a copy.
func TestDumpThatIsPutBackTellsNothingAgain(t *testing.T) {
	for name, back := range map[string]func(t *testing.T, db *sql.DB, address string, run func()){
		"a dump of minutes ago, elsewhere": func(t *testing.T, db *sql.DB, address string, run func()) {
			dump := filepath.Join(t.TempDir(), "dump")
			postgresTool(t, "pg_dump", "--format=custom", "--file="+dump, "--dbname="+forTools(t, address), `--schema="`+schemaIn(t, address)+`"`)
			run()
			if _, err := db.Exec(`drop schema "` + schemaIn(t, address) + `" cascade`); err != nil {
				t.Fatal(err)
			}
			postgresTool(t, "pg_restore", "--dbname="+forTools(t, address), dump)
		},
		"the disk of an hour ago": func(t *testing.T, db *sql.DB, _ string, run func()) {
			run()
			for _, step := range []string{
				`truncate articles, seen, matches, stories, reports, messages, alerts`,
				`update feeds set last_poll = last_poll - 3600000, last_ok = last_ok - 3600000, body_hash = ''`,
			} {
				if _, err := db.Exec(step); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			address := pgtest.Schema(t)
			var bulletins atomic.Int64
			dir, slack := growingAt(t, address, &bulletins)
			once := func(prints string) {
				t.Helper()
				if output, err := program(dir, "run", "--once").CombinedOutput(); err != nil || !strings.Contains(string(output), prints) {
					t.Fatalf("ends with %v and prints, where %q was expected:\n%s", err, prints, output)
				}
			}
			bulletins.Store(1)
			once("")
			db, err := sql.Open("pgx", address)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			back(t, db, address, func() { bulletins.Store(3); once("") })
			once("the store is a backup")
			once("")
			if n := len(slack.Messages("#news-alerts")); n != 3 {
				t.Errorf("%d messages in the channel, want three", n)
			}
		})
	}
}

// growingAt is an installation whose store is at the address, with a feed of so
// many articles.
func growingAt(t *testing.T, address string, n *atomic.Int64) (dir string, slack *slacktest.Server) {
	t.Helper()
	slack, err := slacktest.New(slacktest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.Close() })
	feeds := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var articles [][2]string
		for i := range n.Load() {
			articles = append(articles, [2]string{fmt.Sprintf("Bulletin no. %d of the day", i), "Body."})
		}
		fmt.Fprint(w, feedOf("wire", articles...))
	}))
	t.Cleanup(feeds.Close)
	return installation(t, map[string]string{
		"config.yaml":    configOn(address, feeds.URL, slack.URL),
		"rules/all.yaml": "rules: [{id: all, match: bulletin, group_by: article}]\n",
	}), slack
}

// postgresTool runs one of PostgreSQL's programs.
func postgresTool(t *testing.T, name string, args ...string) {
	t.Helper()
	if output, err := exec.Command(pgtest.Tool(t, name), args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, output)
	}
}

// schemaIn is the schema that an address of a test leads to.
func schemaIn(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(u.Query().Get("search_path"), `"`)
}

// forTools is an address without what PostgreSQL's tools do not know.
func forTools(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Del("search_path")
	u.RawQuery = query.Encode()
	return u.String()
}

func TestCommandsWorkOnPostgreSQL(t *testing.T) {
	dir, slack := storedAt(t, pgtest.Schema(t))
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
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := storedAt(t, address)
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

func TestBenchOnPostgreSQLLeavesNothingBehind(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	address := pgtest.Schema(t)
	output, err := program(t.TempDir(), "bench", "--json", "--store", address, "--workers", "2", "--feeds", "10", "--every", "1s", "--for", "1s").CombinedOutput()
	for _, want := range []string{`"workers":2`, `"server_per_poll":{`, `"wal_kib":`, `"alerts_lost":0`} {
		if err != nil || !strings.Contains(string(output), want) {
			t.Fatalf("ends with %v and prints, where %q was expected:\n%s", err, want, output)
		}
	}
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var left int
	if err := db.QueryRow(`select count(*) from pg_namespace where nspname like 'newswatch\_bench\_%'`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d schemas are left, %v", left, err)
	}
}
