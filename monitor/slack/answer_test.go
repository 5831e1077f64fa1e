package slack

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// answers are an answer of each form, by the name of its golden file.
func answers() map[string]monitor.Answer {
	return map[string]monitor.Answer{
		"answer-lines": {Head: "Why this alert", Lines: []monitor.Line{
			{Text: "fires: Pyongyang told of a launch", Marks: marks("fires: Pyongyang told of a launch", "Pyongyang", "launch")},
			{Text: "North Korea gives notice <of> a launch", URL: "https://example.org/news/1?a=1&b=2"},
			{Text: "sent", Time: morning}, {Text: "acknowledged", Time: morning, User: "U0DESK"}, {Time: morning}, {User: "U0DESK"},
		}},
		"answer-code": {Head: "Candidates for none", Lines: []monitor.Line{
			{Text: "paste into dprk-space:"}, {Text: "none:", Code: true}, {Text: `  - "book launch"`, Code: true}, {Text: "then run backtest"},
		}},
		"answer-buttons": {Head: "2 mutes", More: 3, Lines: []monitor.Line{
			{Text: "rule dprk-space until", Time: morning, User: "U0DESK", Act: "unmute", Value: "7", Label: "Unmute"},
			{Text: "story North Korea gives notice", URL: "https://example.org/news/1", Act: "unmute", Value: "8", Label: "Unmute"},
		}},
		"answer-refused": {Head: "Only operators may mute."},
	}
}

func TestComposeAnswerDrawsEachFormAsItsGolden(t *testing.T) {
	for name, a := range answers() {
		t.Run(name, func(t *testing.T) {
			m := ComposeAnswer(a)
			golden(t, filepath.Join("testdata", name+".json"), indented(t, map[string]any{"text": m.Text, "blocks": m.Blocks}))
			shownTo(t, m)
		})
	}
}

func TestComposeAnswerOfNothingIsNothing(t *testing.T) {
	if m := ComposeAnswer(monitor.Answer{}); m.Text != "" || m.Blocks != nil {
		t.Errorf("got %+v", m)
	}
}

// shownTo shows a message in a strict workspace and returns what arrived.
func shownTo(t *testing.T, m Message) slacktest.Posted {
	t.Helper()
	w := slacktest.NewWorkspace(slacktest.Options{})
	s := New(Options{Token: monitor.NewSecret(slacktest.DefaultToken), HTTPClient: w.Client()})
	options := []slackgo.MsgOption{slackgo.MsgOptionText(m.Text, false), slackgo.MsgOptionBlocks(m.Blocks...),
		slackgo.MsgOptionDisableLinkUnfurl(), slackgo.MsgOptionDisableMediaUnfurl(), slackgo.MsgOptionParse(false)}
	if _, err := s.send(t.Context(), "chat.postMessage", "C0ALERTS", options); err != nil {
		t.Fatalf("refused: %v", err)
	}
	if v := w.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
	return w.Messages("C0ALERTS")[0]
}

func TestComposeAnswerKeepsEveryLimitOfSlack(t *testing.T) {
	for name, c := range extremes() {
		for _, n := range []int{1, 60, 300} {
			t.Run(fmt.Sprint(name, " ", n), func(t *testing.T) {
				a := monitor.Answer{Head: c.Title}
				for i := range n {
					l := monitor.Line{Text: c.Sentence, Marks: c.Marks, URL: c.URL, Time: c.Published, User: "U0DESK"}
					switch i % 3 {
					case 1:
						l.Code = true
					case 2:
						l.Act, l.Value, l.Label = "unmute", c.Sentence, "Undo "+c.Sentence
					}
					a.Lines = append(a.Lines, l)
				}
				if a.Head == "" {
					a.Head = "head"
				}
				p := shownTo(t, ComposeAnswer(a))
				if n == 300 && name != "empty" && !strings.Contains(string(p.Blocks), "… ") {
					t.Errorf("it does not say that lines are left out: %.300s", p.Blocks)
				}
			})
		}
	}
}

func TestComposeAnswerMakesNothingOfText(t *testing.T) {
	try := func(t *testing.T, text, address string) {
		a := monitor.Answer{Head: text, Lines: []monitor.Line{
			{Text: text, URL: address, Marks: [][2]int{{0, len(text) / 2}}, User: text}, {Text: text, Code: true}, {Text: text, URL: address},
		}}
		p := shownTo(t, ComposeAnswer(a))
		if err := harmless(p.Text, p.Blocks, link(address)); err != nil {
			t.Errorf("%v\ntext %q\nblocks %s", err, p.Text, p.Blocks)
		}
		if err := harmlessMrkdwn(answerMrkdwn(monitor.Line{Text: text, URL: address, User: text}), link(address)); err != nil {
			t.Errorf("beside a button: %v", err)
		}
	}
	for i, payload := range payloads {
		t.Run(fmt.Sprintf("payload %d", i), func(t *testing.T) { try(t, payload, "https://example.org/article") })
	}
	for i, u := range hostileURLs {
		t.Run(fmt.Sprintf("url %d", i), func(t *testing.T) { try(t, "<!channel>", u) })
	}
}
