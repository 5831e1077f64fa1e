package config

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
)

const oneFeed = "feeds: [{name: A, url: https://a.example/rss}]\n"

// parseGood parses a text without faults.
func parseGood(t *testing.T, text string) *Config {
	t.Helper()
	c, faults := Parse("config.yaml", []byte(text), environment)
	if faults.Broken() || len(faults.Missing()) > 0 || c == nil { // what does nothing yet is warned of
		t.Fatalf("faults:\n%s", faults)
	}
	return c
}

func TestShippedConfigHasNoFaults(t *testing.T) {
	c, faults := Load("../../config.yaml")
	if len(faults) > 0 {
		t.Fatalf("config.yaml:\n%s", faults)
	}
	languages := map[string]int{}
	for _, f := range c.Feeds {
		languages[f.Lang]++
	}
	for lang, least := range map[string]int{"en": 10, "ko": 5, "ja": 2, "zh": 1} {
		if languages[lang] < least {
			t.Errorf("%d feeds in %s, want %d or more", languages[lang], lang, least)
		}
	}
	if c.Slack != nil {
		t.Error("a fresh clone has no Slack token: the section must stay commented out")
	}
}

// The slack section that the shipped file shows must work once its # are gone.
func TestShippedConfigHasNoFaultsWithSlackSwitchedOn(t *testing.T) {
	data, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), "\n# slack:\n")
	commented, after, ok := strings.Cut(rest, "\n\n")
	if !found || !ok {
		t.Fatal("config.yaml shows no slack section")
	}
	text := before + "\nslack:\n" + strings.ReplaceAll("\n"+commented, "\n# ", "\n")[1:] + "\n\n" + after
	c, faults := Parse("config.yaml", []byte(text), func(string) (string, bool) { return "a-token", true })
	if len(faults) > 0 {
		t.Fatalf("faults:\n%s", faults)
	}
	if s := c.Slack; s == nil || len(s.Missing) > 0 || s.Channel != "#news-alerts" || s.OpsChannel != "#news-ops" {
		t.Errorf("slack is %+v", s)
	}
}

func TestDefaultsHoldWhereNothingIsSaid(t *testing.T) {
	c := parseGood(t, oneFeed+"slack: {token: \"${SLACK_BOT_TOKEN}\", channel: \"#a\"}\n")
	feed := c.Feeds[0]
	for name, pair := range map[string][2]any{
		"zone":             {c.Zone, time.UTC},
		"quiet":            {c.Quiet.IsZero(), true},
		"store":            {c.StorePath, "newswatch.db"},
		"rules":            {c.RulesDir, "rules/watch"},
		"retention":        {c.Retention, 30 * monitor.Day},
		"schedule":         {c.DefaultSchedule.String(), "*/5 * * * *"},
		"feed's schedule":  {feed.Schedule.String(), "*/5 * * * *"},
		"feed's first run": {feed.FirstRun, monitor.Day},
		"full text":        {feed.FullText, false},
		"API":              {c.Slack.APIURL, "https://slack.com/api/"},
		"ops channel":      {c.Slack.OpsChannel, "#a"},
		"fold above":       {c.Slack.FoldAbove, 20},
		"unconfirmed":      {c.Slack.Unconfirmed, Resend},
		"token":            {c.Slack.Token.Reveal(), "xoxb-from-the-environment"},
		"app token":        {c.Slack.AppToken.Empty(), true},
		"story window":     {c.StoryWindow, 72 * time.Hour},
		"digest":           {c.Digest.IsZero(), true},
		"private":          {len(c.AllowPrivate), 0},
		"listen":           {c.Listen, "127.0.0.1:8080"},
		"heartbeat":        {c.Heartbeat.Empty(), true},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
		}
	}
	if c.Proxy != nil || feed.Headers != nil {
		t.Errorf("proxy %v, headers %v", c.Proxy, feed.Headers)
	}
}

func TestEveryKeyIsRead(t *testing.T) {
	c := parseGood(t, `
timezone: Asia/Seoul
quiet: 22:00-07:00
store: data/news.db
rules: /etc/newswatch/rules
retention: 1w2d
defaults: {schedule: "@hourly", first_run: none}
feeds:
  - name: Yonhap
    url: HTTPS://News.Example/RSS/nk.xml?q=북한+"위성"&a=1#top
    schedule: "0 9 * * *"
    lang: zh-hant
    tags: [agency, 38]
    full_text: true
    headers: {X-Key: "${SLACK_BOT_TOKEN}", Accept-Language: ko}
  - {name: B, url: http://b.example}
slack:
  token: xyz-${SLACK_BOT_TOKEN}
  api_url: http://127.0.0.1:9/api
  channel: "#뉴스_1"
  ops_channel: C024BE91L
  fold_above: 1
  unconfirmed: hold
  operators: [U024BE7LH]
stories: {window: 36h}
digest: {schedule: "0 8 * * MON-FRI"}
network:
  allow_private: [127.0.0.1, "::1", 10.0.0.0/8]
  proxy: socks5://proxy.example:1080
  user_agent: bot/1
http: {listen: "", heartbeat: https://hc.example/id}
`)
	feed := c.Feeds[0]
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, pair := range map[string][2]any{
		"zone":             {c.Zone.String(), "Asia/Seoul"},
		"quiet":            {c.Quiet.String(), "22:00-07:00"},
		"store":            {c.StorePath, "data/news.db"},
		"rules":            {c.RulesDir, "/etc/newswatch/rules"},
		"retention":        {c.Retention, 9 * monitor.Day},
		"first run":        {feed.FirstRun, time.Duration(0)},
		"name":             {feed.Name, "Yonhap"},
		"url":              {feed.URL, "https://news.example/RSS/nk.xml?q=%EB%B6%81%ED%95%9C+%22%EC%9C%84%EC%84%B1%22&a=1"},
		"url without path": {c.Feeds[1].URL, "http://b.example/"},
		"schedule":         {feed.Schedule.Next(noon).UTC(), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}, // nine in Seoul
		"other's schedule": {c.Feeds[1].Schedule.String(), "@hourly"},
		"lang":             {feed.Lang, "zh-Hant"},
		"tags":             {fmt.Sprint(feed.Tags), "[agency 38]"},
		"full text":        {feed.FullText, true},
		"header":           {feed.Headers["X-Key"].Reveal(), "xoxb-from-the-environment"},
		"other header":     {feed.Headers["Accept-Language"].Reveal(), "ko"},
		"token":            {c.Slack.Token.Reveal(), "xyz-xoxb-from-the-environment"},
		"API":              {c.Slack.APIURL, "http://127.0.0.1:9/api/"},
		"channel":          {c.Slack.Channel, "#뉴스_1"},
		"ops channel":      {c.Slack.OpsChannel, "C024BE91L"},
		"fold above":       {c.Slack.FoldAbove, 1},
		"unconfirmed":      {c.Slack.Unconfirmed, Hold},
		"operators":        {fmt.Sprint(c.Slack.Operators), "[U024BE7LH]"},
		"story window":     {c.StoryWindow, 36 * time.Hour},
		"digest":           {c.Digest.String(), "0 8 * * MON-FRI"},
		"private":          {fmt.Sprint(c.AllowPrivate), fmt.Sprint([]netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("10.0.0.0/8")})},
		"proxy":            {c.Proxy.String(), "socks5://proxy.example:1080"},
		"agent":            {c.UserAgent, "bot/1"},
		"listen":           {c.Listen, ""},
		"heartbeat":        {c.Heartbeat.Reveal(), "https://hc.example/id"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, want %v", name, pair[0], pair[1])
		}
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	text := oneFeed + "store: a/b.db\nslack: {token_file: secret/token, channel: \"#a\"}\n"
	write(t, path, text, 0o644)
	write(t, filepath.Join(dir, "secret/token"), "xoxb-1-from-a-file\n", 0o600)
	c, faults := Load(path)
	if len(faults) > 0 {
		t.Fatalf("faults:\n%s", faults)
	}
	if c.StorePath != filepath.Join(dir, "a/b.db") || c.RulesDir != filepath.Join(dir, "rules/watch") {
		t.Errorf("store %s, rules %s", c.StorePath, c.RulesDir)
	}
	if got := c.Slack.Token.Reveal(); got != "xoxb-1-from-a-file" {
		t.Errorf("the token is %q", got)
	}
}

func TestPasswordOfTheStoreComesFromTheEnvironment(t *testing.T) {
	t.Setenv("STORE_PASSWORD", "s3cret")
	path := filepath.Join(t.TempDir(), "config.yaml")
	write(t, path, oneFeed+"store: postgres://news:${STORE_PASSWORD}@db.example/news?sslmode=require\n", 0o644)
	c, faults := Load(path)
	if len(faults) > 0 {
		t.Fatalf("faults:\n%s", faults)
	}
	if want := "postgres://news:s3cret@db.example/news?sslmode=require"; c.StorePath != want {
		t.Errorf("the store is %s", c.StorePath)
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
}

func TestTokenFile(t *testing.T) {
	for _, c := range []struct {
		outcome, text string
		mode          os.FileMode
		warning       string
		missing       string
	}{
		{"for the owner alone is taken", "xoxb-1\n", 0o600, "", ""},
		{"for its group is taken", "xoxb-1\n", 0o640, "", ""},
		{"for everyone is taken with a warning", "xoxb-1\n", 0o644, "open to every user", ""},
		{"that is empty is missing", " \n", 0o600, "", "is empty"},
		{"of two words is missing", "SECRET SECRET", 0o600, "", "holds no token"},
		{"that is no token at all is missing", strings.Repeat("SECRET", 1<<20), 0o600, "", "holds no token"},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "token"), c.text, c.mode)
			config, faults := Parse(filepath.Join(dir, "config.yaml"), []byte(oneFeed+"slack: {token_file: token, channel: \"#a\"}\n"), environment)
			if config == nil {
				t.Fatalf("faults:\n%s", faults)
			}
			missing := config.Slack.Missing.String()
			if got := faults.String(); (got == "") != (c.warning == "") || !strings.Contains(got, c.warning) || faults.Broken() {
				t.Errorf("faults are:\n%s", got)
			}
			if (missing == "") != (c.missing == "") || !strings.Contains(missing, c.missing) || config.Slack.Token.Empty() != (c.missing != "") {
				t.Errorf("missing is:\n%s", missing)
			}
			if strings.Contains(missing, "SECRET") {
				t.Errorf("a secret is printed:\n%s", missing)
			}
		})
	}
}

func TestTokenFileThatIsNoFileIsMissing(t *testing.T) {
	c, faults := Parse(filepath.Join(t.TempDir(), "config.yaml"), []byte(oneFeed+"slack: {token_file: /dev/zero, channel: \"#a\"}\n"), environment)
	if len(faults) > 0 || len(c.Slack.Missing) != 1 || !strings.Contains(c.Slack.Missing[0].Message, "no ordinary file") {
		t.Errorf("faults %v, config %+v", faults, c)
	}
}

func TestMissingSecretsLeaveAConfig(t *testing.T) {
	c, faults := Parse("config.yaml", []byte("feeds: [{name: A, url: \"https://a.example/?k=${NOT_SET}\"}]\nslack: {token: \"${NOT_SET}\", channel: \"#a\"}\n"), environment)
	if c == nil || faults.Broken() || len(faults) != 1 || len(faults.Missing()) != 1 {
		t.Fatalf("config %v, faults:\n%s", c, faults)
	}
	if c.Feeds[0].URL != "https://a.example/?k=${NOT_SET}" {
		t.Errorf("the feed's address is %q", c.Feeds[0].URL)
	}
	if missing := c.Slack.Missing; len(missing) != 1 || !missing[0].Secret || !strings.Contains(missing[0].Hint, "run --terminal") {
		t.Errorf("Slack misses:\n%s", missing)
	}
}

func TestLoadSaysWhyThereIsNoFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "large.yaml"), strings.Repeat("#", maxBytes+1), 0o644)
	for path, want := range map[string]string{
		filepath.Join(dir, "none.yaml"):  "there is no such file\nhint: newswatch init DIR",
		dir:                              "is a folder, not a file\nhint: name the file in it",
		filepath.Join(dir, "large.yaml"): "is larger than 1 MiB",
	} {
		c, faults := Load(path)
		if c != nil || len(faults) != 1 || !faults.Broken() || !strings.HasPrefix(faults.String(), path+": "+want) {
			t.Errorf("%s: config %v, faults:\n%s", path, c, faults)
		}
	}
}

// Texts that are no YAML, or YAML that was made to hurt.
func TestHostileTextIsRefusedAtItsPlace(t *testing.T) {
	laughs := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	for _, c := range []struct{ outcome, text, want string }{
		{"bytes that are no UTF-8", "# ok\nname: caf\xe9\n", "config.yaml:2:10: the file is not UTF-8"},
		{"UTF-16", "\xff\xfea\x00:\x00", "config.yaml:1:1: the file is not UTF-8"},
		{"control character", "a: b\x1b[31m\n", "config.yaml:1:5: the control character U+001B"},
		{"zero byte", "timezone: U\x00TC\n", "config.yaml:1:12: the control character U+0000"},
		{"laughs", laughs, "config.yaml:1:4: a configuration takes no anchors"},
		{"merge bomb", "a: &a {x: 1}\nb: &b {<<: [*a,*a,*a]}\nc: {<<: [*b,*b,*b]}\n", "config.yaml:1:4: a configuration takes no anchors"},
		{"alias of itself", "a: &a [*a]\n", "config.yaml:1:4: a configuration takes no anchors"},
		{"20,000 brackets", strings.Repeat("[", 20_000), "config.yaml:1:10001: is nested too deeply"},
		{"20,000 open braces in keys", strings.Repeat("{a: ", 20_000), "is nested too deeply"},
		{"more than 1 MiB", strings.Repeat("#", maxBytes+1), "config.yaml: is larger than 1 MiB"},
		{"100,000 unknown keys", strings.Repeat("x: 1\n", 100_000), "config.yaml:1:1: unknown key \"x\""},
		{"unknown keys on one long line", "{" + strings.Repeat("x: 1, ", 100_000) + "}", "config.yaml:1:2: unknown key \"x\""},
		{"very long key", strings.Repeat("k", 1000_000) + ": 1\n", "config.yaml:1:1: "},
		{"many slips", strings.Repeat("a: @x\n", 1000), "config.yaml:1:4: a value that begins with @"},
	} {
		t.Run(c.outcome, func(t *testing.T) {
			config, faults := Parse("config.yaml", []byte(c.text), environment)
			if config != nil || !faults.Broken() || !strings.Contains(faults[0].Error(), c.want) {
				t.Errorf("config %v, first fault: %s", config, faults[0])
			}
			for _, f := range faults {
				if len(f.String()) > 2000 {
					t.Fatalf("a fault of %d bytes", len(f.String()))
				}
			}
		})
	}
}

func TestWindowsTextIsRead(t *testing.T) {
	text := "\ufeff" + strings.ReplaceAll("timezone: UTC\n"+oneFeed+"stories: {windw: 1h}\n", "\n", "\r\n")
	_, faults := Parse("config.yaml", []byte(text), environment)
	if len(faults) != 1 || faults[0].Error() != `config.yaml:3:11: unknown key "windw"` || strings.Contains(faults[0].String(), "\r") {
		t.Errorf("faults:\n%s", faults)
	}
}

func FuzzParse(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		f.Fatalf("no golden files: %v", err)
	}
	for _, path := range archives {
		for _, c := range cases(f, path).Files {
			if strings.HasSuffix(c.Name, ".yaml") {
				f.Add(c.Data)
			}
		}
	}
	const canary = "canary-in-the-environment"
	f.Fuzz(func(t *testing.T, data []byte) {
		c, faults := Parse("dir/config.yaml", data, func(string) (string, bool) { return canary, true })
		if (c == nil) != faults.Broken() {
			t.Fatalf("config %v, and faults:\n%s", c, faults)
		}
		lines := len(newSource("", data).lines)
		for _, fault := range faults {
			if fault.Line < 0 || fault.Line > lines || fault.Line > 0 && fault.Column < 1 || fault.Message == "" {
				t.Fatalf("a fault out of place: %+v", fault)
			}
		}
		text := faults.String()
		if c != nil {
			text += fmt.Sprintf("%+v %v %#v", c.Slack, c.Heartbeat, c.Heartbeat)
			for _, feed := range c.Feeds {
				text += fmt.Sprint(feed.Headers, feed.Address())
				if feed.Name == "" || feed.URL == "" || feed.Schedule.IsZero() {
					t.Fatalf("a feed that cannot be polled: %+v", feed)
				}
			}
		}
		if strings.Contains(string(data), "headers") && strings.Contains(text, canary) {
			t.Fatalf("a secret is shown: %s", text)
		}
	})
}
