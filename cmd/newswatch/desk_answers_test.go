package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/slack"
	"newswatch/monitor/slack/slacktest"
	"newswatch/rules"
)

var updateDesk = flag.Bool("update-desk", false, "write the golden files of /newswatch anew")

// A counter is a worker with a Slack in memory, and somebody who clicks and asks.
type counter struct {
	*bot
	t         *testing.T
	clerk     *monitor.Clerk
	workspace *slacktest.Workspace
	requests  int
	articles  []monitor.Article
}

const deskConfig = `
timezone: Asia/Seoul
feeds: [{name: Agency, url: "https://agency.example/rss"}, {name: Wire, url: "https://wire.example/rss"}]
slack: {token: "%s", channel: "#news-alerts", ops_channel: "#news-ops"}
defaults: {first_run: 10d}
`

const deskRules = `rules:
  - id: rocket-launch
    name: Rockets and satellites
    severity: high
    group_by: article
    match: (rocket OR satellite) AND launch*
  - id: harbour
    all: [harbour, strike]
    none: [lightning]
`

// newCounter makes a worker in a synctest bubble.
func newCounter(t *testing.T, ruleText string) *counter {
	t.Helper()
	dir := installation(t, map[string]string{"config.yaml": fmt.Sprintf(deskConfig, slacktest.DefaultToken)})
	cfg, faults := config.Load(filepath.Join(dir, "config.yaml"))
	if faults.Broken() {
		t.Fatal(faults)
	}
	engine, ruleFaults := rules.Load([]rules.Source{{Name: "rules/watch/rocket.yaml", Data: []byte(ruleText)}})
	if engine == nil {
		t.Fatal(ruleFaults)
	}
	b, err := wire(t.Context(), cfg, wiring{rules: engine, log: slog.New(slog.DiscardHandler), now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{bot: b, t: t, workspace: slacktest.NewWorkspace(slacktest.Options{Pace: -1})}
	t.Cleanup(func() { b.close() })
	setup := *b.inForce.Load()
	setup.Reader, setup.Pages, setup.FeedPages = c, c, c
	setup.Notifier = slack.New(slack.Options{Token: cfg.Slack.Token, HTTPClient: c.workspace.Client(), Buttons: true})
	b.inForce.Store(&setup)
	c.clerk = b.clerk()
	return c
}

// Fetch has the page of an article, or the feeds, of which only the Agency's has
// anything.
func (c *counter) Fetch(_ context.Context, f monitor.Feed, _ monitor.Validators) (monitor.Page, error) {
	switch f.URL {
	case "https://agency.example/rss":
		return monitor.Page{Body: []byte("new")}, nil
	case "https://agency.example/unknown":
		return monitor.Page{Body: []byte("<html><head><title>Dockers at the harbour vote</title></head><body><article><p>A strike at the harbour is possible, dockers said after a long meeting on Tuesday evening.</p></article></body></html>"), ContentType: "text/html"}, nil
	}
	return monitor.Page{}, &monitor.FeedError{Reason: "status", Detail: "404 Not Found"}
}

func (c *counter) Parse(f monitor.Feed, _ monitor.Page, _ monitor.Imprint) (monitor.Document, error) {
	doc := monitor.Document{}
	for _, a := range c.articles {
		a.FeedKey, a.Feed = f.Key(), f.Name
		doc.Articles = append(doc.Articles, a)
	}
	return doc, nil
}

func (c *counter) Text(context.Context, monitor.Feed, string) (string, error) {
	return "", &monitor.FeedError{Reason: "status", Detail: "404 Not Found"}
}

// bring lets the Agency publish the lines of a file, and polls.
func (c *counter) bring(lines ...string) {
	c.t.Helper()
	for _, line := range lines {
		title, body, _ := strings.Cut(line, " | ")
		n := len(c.articles) + 1
		c.articles = append([]monitor.Article{{
			GUID: fmt.Sprint(n), URL: fmt.Sprintf("https://agency.example/%d", n), Title: title, Body: body, Published: time.Now(),
		}}, c.articles...)
		time.Sleep(time.Second)
	}
	c.poll()
}

func (c *counter) poll() {
	c.t.Helper()
	if _, err := c.worker.Once(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
}

// message finds the message that tells of a title.
func (c *counter) message(title string) slacktest.Posted {
	c.t.Helper()
	for _, m := range c.workspace.Messages("#news-alerts") {
		if strings.Contains(string(m.Blocks), title) {
			return m
		}
	}
	c.t.Fatalf("no message tells of %q", title)
	return slacktest.Posted{}
}

// click clicks on the message that tells of a title.
func (c *counter) click(user, title, act, value string) monitor.Answer {
	c.t.Helper()
	m := c.message(title)
	return c.take(monitor.Request{User: user, Channel: m.Channel, TS: m.TS, Key: m.Key(), Act: act, Value: value})
}

func (c *counter) ask(text string) monitor.Answer {
	c.t.Helper()
	return c.take(monitor.Request{User: "U0KIM", Channel: "C0ALERTS", Command: true, Text: text})
}

func (c *counter) take(r monitor.Request) monitor.Answer {
	c.t.Helper()
	c.requests++
	r.ID = fmt.Sprint(c.requests)
	answer, err := c.clerk.Take(c.t.Context(), r)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}

// shown is an answer as Slack shows it, once a strict workspace has taken it.
func (c *counter) shown(a monitor.Answer) string {
	c.t.Helper()
	m := slack.ComposeAnswer(a)
	blocks, err := json.Marshal(m.Blocks)
	if err != nil {
		c.t.Fatal(err)
	}
	w := slacktest.NewWorkspace(slacktest.Options{})
	response, err := w.Client().PostForm("https://slack.com/api/chat.postMessage", url.Values{
		"token": {slacktest.DefaultToken}, "channel": {"C0ALERTS"}, "text": {m.Text}, "blocks": {string(blocks)}, "unfurl_links": {"false"}, "unfurl_media": {"false"},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	response.Body.Close()
	if v := w.Violations(); len(v) > 0 || len(w.Messages("C0ALERTS")) != 1 {
		c.t.Errorf("Slack refuses the answer: %q\n%s", v, blocks)
	}
	var b bytes.Buffer
	if err := slack.Draw(&b, slack.Drawn{Blocks: blocks}, slack.DrawOptions{Width: 100, Zone: c.inForce.Load().Zone}); err != nil {
		c.t.Fatal(err)
	}
	return b.String()
}

// lines are the lines of a file of testdata.
func lines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "desk", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

func goldenDesk(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "desk", name)
	if *updateDesk {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update-desk writes it anew:\n%s", file, diff)
	}
}

func TestEveryAnswerIsShownAsItsGolden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(9 * time.Hour)
		c := newCounter(t, deskRules)
		var transcript strings.Builder
		say := func(what string, a monitor.Answer) { fmt.Fprintf(&transcript, "== %s\n%s\n", what, c.shown(a)) }
		ask := func(text string) { say("/newswatch "+text, c.ask(text)) }
		click := func(title, act, value string) {
			say(strings.TrimSpace("["+act+" "+value)+"] "+title, c.click("U0KIM", title, act, value))
		}
		ask("status")
		ask("mutes")
		ask("stories")
		ask("missed https://agency.example/1")
		c.bring(append(lines(t, "right.txt")[:3], "Lightning strike at the harbour | Nobody was hurt, the harbour master said.", "Dockers call a strike at the harbour | It begins on Monday.", "Ferries leave later | A new timetable.")...)
		for _, title := range []string{"North launches rocket", "Coast guard warns ships"} {
			c.click("U0KIM", title, monitor.ActRelevant, "")
		}
		click("North launches rocket", monitor.ActWhy, "")
		click("Dockers call a strike", monitor.ActMute, monitor.MuteMonday)
		click("Dockers call a strike", monitor.ActMute, monitor.MuteStory)
		click("Weather satellite", monitor.ActMute, monitor.MuteOutlet)
		c.click("U0LEE", "Weather satellite", monitor.ActAcknowledge, "")
		click("Weather satellite", monitor.ActAcknowledge, "")
		c.bring("Second rocket launch from the western coast | The rocket flew for six minutes.")
		for _, text := range []string{
			"", "status", "rules", "rules rocket-launch", "rules rokcet-launch", "mutes", "feeds", "stories", "test",
			"test “A rocket is rolled out | Its launch is near”", "test Storm closes the harbour", "test Quiet day", "test https://agency.example/unknown",
			"test https://agency.example/gone", "missed", "missed https://agency.example/1", "missed https://agency.example/4?utm_source=x",
			"missed https://agency.example/6", "missed https://agency.example/7", "missed https://agency.example/unknown",
			"missed https://wire.example/1", "missed https://else.example/1", "unmute 1", "unmute 99", "unmute", "stauts",
		} {
			ask(text)
		}
		goldenDesk(t, "answers.txt", transcript.String())
	})
}

// TestVerdictsLeadToAMorePreciseRule has people judge the alerts of a rule that is
// too wide, and edits it by what is suggested alone.
func TestVerdictsLeadToAMorePreciseRule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(9 * time.Hour)
		c := newCounter(t, deskRules)
		wrong, right := lines(t, "wrong.txt"), lines(t, "right.txt")
		for half := range slices.Chunk(append(slices.Clone(wrong), right...), 14) { // more at once would be folded
			c.bring(half...)
		}
		for i, line := range slices.Concat(wrong, right) {
			title, _, _ := strings.Cut(line, " | ")
			act := monitor.ActNotRelevant
			if i >= len(wrong) {
				act = monitor.ActRelevant
			}
			c.click("U0KIM", title, act, "")
		}
		before := c.precision("rocket-launch")
		transcript := "Before: " + c.shown(c.ask("rules rocket-launch"))
		known, err := feedbackOf(t.Context(), c.store, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		m, err := known.remedy(c.inForce.Load().Engine, "rocket-launch")
		if err != nil {
			t.Fatal(err)
		}
		if first, err := strongest(c.inForce.Load().Engine, "rocket-launch", known.judged); err != nil || first != "=TV" {
			t.Errorf("the digest suggests %q, %v", first, err)
		}
		edited := strings.Replace(deskRules, "    match:", indent(m.yaml())+"    match:", 1)
		engine, faults := rules.Load([]rules.Source{{Name: "rules/watch/rocket.yaml", Data: []byte(edited)}})
		if engine == nil {
			t.Fatal(faults)
		}
		setup := *c.inForce.Load()
		setup.Engine = engine
		c.inForce.Store(&setup)
		after := monitor.Precision{}
		for _, j := range known.judged {
			if x, _ := engine.Explain("rocket-launch", j.Article.ForRules()); x.Fired {
				after.Judged++
				after.Relevant += j.Relevant
			}
		}
		transcript += fmt.Sprintf("\nThe edit:\n%s\nAfter: %s of what was judged\n%s", edited[:strings.Index(edited, "  - id: harbour")], precisionText(after), c.shown(c.ask("rules rocket-launch")))
		goldenDesk(t, "feedback.txt", transcript)
		if before.Percent() != 29 || after.Relevant != len(right) || after.Percent() < 90 {
			t.Errorf("precision was %v, is %v", before, after)
		}
	})
}

func (c *counter) precision(rule string) monitor.Precision {
	c.t.Helper()
	judged, err := c.store.Judged(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return monitor.Precisions(judged)[rule]
}

func indent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString("    " + line)
	}
	return b.String()
}

func TestAPageAtAPrivateAddressIsReadOnTheServerOfAFeedAlone(t *testing.T) {
	feeds, others := &counter{}, &counter{}
	var inForce atomic.Pointer[monitor.Setup]
	inForce.Store(&monitor.Setup{FeedPages: feeds, Pages: others, Feeds: []monitor.Feed{{URL: "http://10.0.0.7:8080/rss"}}})
	d := desk{inForce: &inForce}
	for address, want := range map[string]monitor.Reader{
		"http://10.0.0.7:8080/a": feeds, "http://10.0.0.7:9090/a": others, "https://10.0.0.7:8080/a": others,
		"http://10.0.0.7:8080@10.0.0.8/a": others, "http://10.0.0.8:8080/a": others, "http://[": others,
	} {
		if d.pages(address) != want {
			t.Errorf("%s is read by the wrong reader", address)
		}
	}
}
