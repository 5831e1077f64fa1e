package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
	"newswatch/rules"
)

// A demoRun is one run of the demo, from outside.
type demoRun struct {
	code     int
	out, err bytes.Buffer
}

func (r *demoRun) run(ctx context.Context, args ...string) {
	a := &app{in: strings.NewReader(""), out: &r.out, err: &r.err}
	r.code = a.execute(ctx, append([]string{"demo"}, args...))
}

func TestDemo(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	var plain, lines demoRun
	var both sync.WaitGroup
	both.Go(func() { plain.run(t.Context()) })
	both.Go(func() { lines.run(t.Context(), "--json") })
	both.Wait()

	t.Run("goes as its samples say, twice at once, without a word on stderr", func(t *testing.T) {
		for _, r := range []*demoRun{&plain, &lines} {
			if r.code != 0 || r.err.Len() > 0 {
				t.Errorf("exit %d: %s", r.code, &r.err)
			}
		}
	})
	t.Run("leaves no files", func(t *testing.T) { checkEmpty(t, folder) })
	t.Run("shows people each item, the alerts as Slack has them, and why the others did not alert", func(t *testing.T) {
		checkShown(t, plain.out.String())
	})
	t.Run("tells machines one line an item", func(t *testing.T) { checkLines(t, lines.out.Bytes()) })
}

func checkEmpty(t *testing.T, folder string) {
	t.Helper()
	left, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		t.Errorf("left behind: %s", entry.Name())
	}
}

// checkShown looks for what must be shown, in this order.
func checkShown(t *testing.T, text string) {
	t.Helper()
	rest := text
	for _, want := range []string{
		"About 20 seconds",
		"Harbour Wire   Ferry timetable changes while", "no alert\n",
		"Harbour Wire   alert  by rule satellite-launch\n          newswatch in #news-alerts",
		"          ┃ ● North Korea notifies Japan of plan to launch satellite\n",
		"Meridian Post  reply  same event as: North Korea notifies",
		"              ┃ Pyongyang tells Tokyo a satellite launch is coming\n",
		"          its alert is edited:\n          ┃ also: Meridian Post",
		"한빛통신       reply",
		"by rule scm\n          Slack is busy",
		"Harbour Wire   new title",
		"          ┃ was: North Korea notifies Japan of plan to launch satellite\n",
		"by rule extended-deterrence", "          ┃ [Acknowledge] [Relevant] [Not relevant] [Why?] [Mute… ▾]\n",
		"\nAt the desk",
		"U0ANA          clicks [Not relevant]\n          its alert is edited:\n          ┃ not relevant: @U0ANA\n",
		"U0ANA          chooses [Mute this rule for 1 h]\n          its alert is edited:\n          ┃ rule muted until ",
		"          newswatch, to U0ANA alone", "          ┃ The rule extended-deterrence is muted\n",
		"Meridian Post  muted  US carrier in Busan shows extended deterrence\n          by rule extended-deterrence; recorded and counted, not posted: the\n          rule was muted\n\n",
		"U0ANA          types /newswatch mutes\n", "          ┃ 1 mute\n          ┃ 1: rule extended-deterrence, 1 kept back, until ",
		"\nWhy the others did not alert",
		"  Ferry timetable changes while the harbour is dredged\n      no rule's terms are in it\n",
		"  Grocers spend more on SCM as supply chains fray\n      scm: found ",
		"17 items: 4 alerts, 4 replies in their threads, 1 muted, 8 left alone.",
		"newswatch init DIR",
	} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Fatalf("%q is missing or comes too early in\n%s", want, text)
		}
		rest = after
	}
	if strings.ContainsRune(text, '\x1b') {
		t.Error("there are escape sequences though it is no terminal")
	}
}

func checkLines(t *testing.T, out []byte) {
	t.Helper()
	_, samples, _ := demoSamples()
	want := map[string]string{} // what is posted, by the last title of an item
	title := map[string]string{}
	for _, s := range samples {
		delete(want, title[s.id])
		want[s.title], title[s.id] = s.posted, s.title
	}
	stories := map[string][]string{}
	decoder := json.NewDecoder(bytes.NewReader(out))
	decoder.DisallowUnknownFields()
	for {
		var o outcome
		if err := decoder.Decode(&o); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if posted, ok := want[o.Title]; !ok || posted != o.Posted {
			t.Errorf("%q is posted as %q, not %q", o.Title, o.Posted, posted)
		}
		delete(want, o.Title)
		if o.Why == "" || o.Rules == nil || (o.Posted == "") != (o.Story == "") {
			t.Errorf("line is not whole: %+v", o)
		}
		stories[o.Story] = append(stories[o.Story], o.Posted)
	}
	for title := range want {
		t.Errorf("there is no line for %q", title)
	}
	delete(stories, "")
	for id, posted := range stories {
		if posted[0] != "alert" || slices.Contains(posted[1:], "alert") {
			t.Errorf("story %s has %v: not one alert and its replies", id, posted)
		}
	}
}

// cancelWriter cancels as soon as a text was written.
type cancelWriter struct {
	text   string
	cancel context.CancelFunc
}

func (w *cancelWriter) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(w.text)) {
		w.cancel()
	}
	return len(p), nil
}

func TestDemoStoppedLeavesNoFiles(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	ctx, cancel := context.WithCancel(t.Context())
	var stderr bytes.Buffer
	a := &app{out: &cancelWriter{"by rule satellite-launch", cancel}, err: &stderr}
	if code := a.execute(ctx, []string{"demo"}); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	if got, want := stderr.String(), "error: the demo was stopped before its end; nothing is left behind\n"; got != want {
		t.Errorf("said %q, not %q", got, want)
	}
	checkEmpty(t, folder)
}

func TestDemoTellsWhatDiffers(t *testing.T) {
	report := outcome{Title: "A", Rules: []string{"scm"}, Posted: "alert", Why: "found", keys: []string{"k"},
		sample: sample{rule: "scm", posted: "alert"}}
	silent, lost, wrong, late := report, report, report, report
	silent.Rules, silent.Posted, silent.keys = nil, "", nil
	lost.keys = []string{"l"}
	wrong.Rules = []string{"alliance"}
	late.Posted = "reply"
	loud := report
	loud.sample.posted = "muted"
	noise := report
	noise.sample = sample{}
	once := []slacktest.Posted{{Payload: map[string]any{"key": "k"}}}
	for name, c := range map[string]struct {
		outcome outcome
		want    []string
	}{
		"nothing where all is as expected":   {report, nil},
		"an alert that did not come":         {silent, []string{`"A": expected alert by scm, got nothing (found)`}},
		"an alert that should not have come": {noise, []string{`"A": expected nothing, got alert by scm (found)`}},
		"an alert by another rule":           {wrong, []string{`"A": expected alert by scm, got alert by alliance (found)`}},
		"a reply instead of an alert":        {late, []string{`"A": expected alert by scm, got reply by scm (found)`}},
		"a mute that did not hold":           {loud, []string{`"A": expected muted by scm, got alert by scm (found)`}},
		"a message that Slack does not have": {lost, []string{`"A": Slack has its message 0 times`}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := differences([]outcome{c.outcome}, once); !slices.Equal(got, c.want) {
				t.Errorf("got %q, not %q", got, c.want)
			}
		})
	}
}

func TestReasonNamesTheRuleThatCameNearest(t *testing.T) {
	engine, faults := rules.Load([]rules.Source{{Name: "r.yaml", Data: []byte(`
terms:
  other-scm: [supply chain*]
rules:
  - id: meeting
    any:
      - SCM AND (Seoul OR Busan) AND minister*
      - SCM AND NOT $other-scm AND Seoul
  - id: rocket
    all: [Seoul, rocket NEAR/2 launch]
    none: [drill]
`)}})
	if engine == nil {
		t.Fatal(faults)
	}
	for name, c := range map[string]struct {
		title, want string
		baseline    bool
		fired       []string
	}{
		"what is missing":          {title: "Busan prepares for the SCM", want: `meeting: found "Busan", "SCM", but not minister*`},
		"what must not be there":   {title: "Seoul buys SCM for supply chains", want: `meeting: found "Seoul", "SCM"; kept silent by $other-scm: "supply chains"`},
		"what silences a rule":     {title: "Seoul: rocket launch was a drill", want: `rocket: found "Seoul", "rocket", "launch"; kept silent by drill: "drill"`},
		"what is too far apart":    {title: "A rocket is shown before the next launch in Seoul", want: `rocket: found "rocket", "launch", "Seoul"; NEAR/2: nearest pair is 5 words apart, "rocket" and "launch"`},
		"that nothing is in it":    {title: "Ferries leave later", want: "no rule's terms are in it"},
		"that it was there before": {title: "Seoul: rocket launch", baseline: true, want: "stood in the feed before the first look, older than a day"},
		"what made the rules fire": {title: "Seoul: rocket launch", fired: []string{"rocket"}, want: `rocket: found "Seoul", "rocket", "launch"`},
	} {
		t.Run(name, func(t *testing.T) {
			got := reasonFor(engine, &monitor.Article{Title: c.title, Baseline: c.baseline}, c.fired)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
