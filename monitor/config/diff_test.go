package config

import (
	"slices"
	"strings"
	"testing"
)

func TestDiffTellsWhatChangedAndNoSecret(t *testing.T) {
	const before = `
feeds:
  - {name: Wire, url: "https://wire.example/rss?key=${KEY}", headers: {Authorization: "${OLD}"}}
  - {name: Post, url: "https://post.example/rss"}
slack: {token: "${OLD}", channel: "#news"}
network: {proxy: "http://user:hunter1@proxy.example"}
`
	for name, tt := range map[string]struct {
		old, new string
		want     []string
	}{
		"nothing":              {"feeds:", "# a comment\nfeeds:", nil},
		"a token":              {`token: "${OLD}"`, `token: "${NEW}"`, []string{"slack.token: changed"}},
		"a header":             {`Authorization: "${OLD}"`, `Authorization: "${NEW}"`, []string{"feed Wire: headers"}},
		"a proxy's password":   {"hunter1", "hunter2", []string{"network.proxy: changed"}},
		"a default of feeds":   {"feeds:", "defaults: {schedule: '@every 2m', first_run: none}\nfeeds:", []string{"defaults.schedule: */5 * * * * → @every 2m", "feeds Wire, Post: schedule */5 * * * * → @every 2m, first_run 1d → none"}},
		"a feed's whole line":  {`name: Post,`, `name: Post, lang: ko, tags: [a], full_text: true,`, []string{"feed Post: lang none → ko, tags, full_text true"}},
		"another name":         {`name: Post,`, `name: Daily Post,`, []string{"feed Daily Post: renamed, was Post"}},
		"another address":      {"post.example", "news.example", []string{"feed Post: another url, so it starts anew"}},
		"one feed for another": {`name: Post, url: "https://post.example/rss"`, `name: Echo, url: "https://echo.example/rss"`, []string{"feed Echo: new", "feed Post: removed"}},
		"a server's password":  {"feeds:", "store: postgres://user:hunter1@db.example/news?password=hunter2\nfeeds:", []string{"store: newswatch.db → postgres://db.example/news"}},
		"hours and durations":  {"feeds:", "quiet: 22:00-07:00\nstories: {window: 36h}\nretention: 90m\nfeeds:", []string{"retention: 30d → 90m", "stories.window: 3d → 36h", "quiet: none → 22:00-07:00"}},
		"no Slack any more":    {`slack: {token: "${OLD}", channel: "#news"}`, "", []string{"slack: removed"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Diff(parsed(t, before), parsed(t, strings.Replace(before, tt.old, tt.new, 1)))
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func parsed(t *testing.T, text string) *Config {
	t.Helper()
	c, faults := Parse("config.yaml", []byte(text), func(name string) (string, bool) { return "xoxb-" + name, true })
	if faults.Broken() {
		t.Fatal(faults)
	}
	return c
}
