package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"newswatch/monitor/slack"
	"newswatch/monitor/slack/slacktest"
	"newswatch/rules"
)

// A screen tells people what happens: a line for each item, and below it what
// Slack shows of it.
type screen struct {
	out   io.Writer
	draw  slack.DrawOptions
	began time.Time
	names int // cells of the longest outlet's name
	rules []string
	intro []*outlet

	stories  map[string]string // title of the first report, by story
	drawn    map[string]string // what Slack shows, by ts
	edits    map[string]int
	requests int // those looked at
	answers  int // those drawn
}

const under = 10 // cells before what stands under an item's line

func newScreen(out io.Writer, engine *rules.Engine, outlets []*outlet) *screen {
	s := &screen{out: out, draw: drawOptions(out, time.Local), intro: outlets,
		stories: map[string]string{}, drawn: map[string]string{}, edits: map[string]int{}}
	s.draw.Width = max(s.draw.Width-under, 40)
	for _, o := range outlets {
		s.names = max(s.names, cellsOf(o.name))
	}
	for _, r := range engine.Rules() {
		s.rules = append(s.rules, r.ID)
	}
	return s
}

func (s *screen) begin(baseline []sample) {
	s.began = time.Now()
	var feeds []string
	for _, o := range s.intro {
		feeds = append(feeds, o.name+" ("+o.form+")")
	}
	s.line("%s", s.bold("newswatch demo: made-up outlets, the real worker, a stand-in for Slack"))
	s.line("About 20 seconds. Nothing leaves this machine, and nothing stays on it.\n")
	s.wrapped("  feeds   ", strings.Join(feeds, " · "))
	s.wrapped("  polled  ", "every second; yours would be, say, every five minutes")
	s.wrapped("  rules   ", strings.Join(s.rules, " · "))
	s.wrapped("  before  ", fmt.Sprintf("%d items stand in the feeds; more than a day old, they do not alert", len(baseline)))
	s.line("")
}

// desk tells that people are to act on an alert.
func (s *screen) desk(alert outcome) {
	s.line("%s%s", s.bold("At the desk"), s.dim("  "+demoAnalyst+", an analyst, acts on an alert in Slack"))
	s.wrapped("  alert  ", alert.Title)
	s.line("")
}

// item tells what newswatch makes of an item.
func (s *screen) item(o outcome, edit bool) {
	if o.sample.age > 0 {
		return
	}
	room := s.draw.Width + under - s.names - 9
	var what string
	switch {
	case edit:
		what = s.styled("1;33", "new title") + s.dim("  for: "+shorten(s.stories[o.Story], room-16))
	case o.Posted == "alert":
		what = s.styled("1;32", "alert") + s.dim("  by rule "+strings.Join(o.Rules, ", "))
		s.stories[o.Story] = o.Title
	case o.Posted == "muted":
		what = s.styled("1;35", "muted") + s.dim("  "+shorten(o.Title, room-7))
	case o.Posted == "reply":
		what = s.styled("1;36", "reply") + s.dim("  same event as: "+shorten(s.stories[o.Story], room-24))
	default:
		what = shorten(o.Title, room-10) + s.dim("  no alert")
	}
	s.event(o.sample.outlet.name, what)
	if o.Posted == "muted" {
		s.wrapped(strings.Repeat(" ", under), "by rule "+strings.Join(o.Rules, ", ")+"; recorded and counted, not posted: "+o.reason)
		s.line("")
	}
}

// event tells who does what now.
func (s *screen) event(who, what string) {
	s.line("%s  %s%s  %s", s.dim(fmt.Sprintf("%4ds", int(time.Since(s.began).Seconds()))),
		who, strings.Repeat(" ", s.names-cellsOf(who)), what)
}

// below prints what stands under an item's line.
func (s *screen) below(text string) {
	for line := range strings.Lines(text) {
		s.line("%s%s", strings.Repeat(" ", under), strings.TrimRight(line, "\n"))
	}
}

// show draws what Slack has shown since the last time.
func (s *screen) show(workspace *slacktest.Server) {
	requests := workspace.Requests()
	for _, r := range requests[s.requests:] {
		if r.Answer == "429" {
			s.below(s.dim("Slack is busy: newswatch waits a second, as asked, and sends it once"))
		}
	}
	s.requests = len(requests)
	messages := workspace.Messages(demoChannel)
	slices.SortStableFunc(messages, func(x, y slacktest.Posted) int { return lastChange(x).Compare(lastChange(y)) })
	for _, p := range messages {
		before, known := s.drawn[p.TS]
		if known && s.edits[p.TS] == p.Edits() {
			continue
		}
		now := s.drawing(slack.Drawn{
			From: "newswatch in " + demoChannel, At: p.At, Thread: p.Thread != "", Edited: p.Edits() > 0, Text: p.Text, Blocks: p.Blocks,
		})
		s.drawn[p.TS], s.edits[p.TS] = now, p.Edits()
		if known {
			now = s.dim("its alert is edited:") + "\n" + added(before, now)
		}
		s.below(now)
		s.line("")
	}
	answers := workspace.Ephemerals("")
	for _, e := range answers[s.answers:] {
		s.below(s.drawing(slack.Drawn{From: "newswatch, to " + e.User + " alone", At: e.At, Text: e.Text, Blocks: e.Blocks}))
		s.line("")
	}
	s.answers = len(answers)
}

// lastChange is when the message was posted or, if it was, last edited.
func lastChange(p slacktest.Posted) time.Time { return p.Requests[p.Edits()].At }

// added is what lines now has that before had not. The head does not count.
func added(before, now string) string {
	had := slices.Collect(strings.Lines(before))
	var b strings.Builder
	for i, line := range slices.Collect(strings.Lines(now)) {
		if i > 0 && !slices.Contains(had, line) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// drawing is the message as Slack would draw it.
func (s *screen) drawing(m slack.Drawn) string {
	var b strings.Builder
	if err := slack.Draw(&b, m, s.draw); err != nil {
		return err.Error() + "\n"
	}
	return b.String()
}

// end tells why the other items did not alert, and what to do next.
func (s *screen) end(outcomes []outcome, well bool) {
	s.line("%s", s.bold("Why the others did not alert")+s.dim("  ($name is a list of terms in rules/watch)"))
	count := map[string]int{}
	for i, o := range outcomes {
		count[o.Posted]++
		if o.Posted != "" {
			continue
		}
		if i == 0 || o.Why != outcomes[i-1].Why {
			s.line("")
		}
		s.line("  %s", o.Title)
		if i == len(outcomes)-1 || o.Why != outcomes[i+1].Why {
			s.wrapped("      ", o.Why)
		}
	}
	s.line("\n%d items: %d alerts, %d replies in their threads, %d muted, %d left alone.",
		len(outcomes), count["alert"], count["reply"], count["muted"], count[""])
	if well {
		s.line("\n%s", s.bold("Next"))
		s.wrapped("  newswatch init DIR  ", "writes a config.yaml with real feeds, the rules and the Slack app's manifest")
		s.wrapped("  README.md           ", "tells how to connect Slack, and how to write a rule")
	}
}

// wrapped prints a paragraph behind a lead, within the terminal's width.
func (s *screen) wrapped(lead, text string) {
	indent := strings.Repeat(" ", cellsOf(lead))
	line := lead
	for i, word := range strings.Fields(text) {
		if i > 0 && cellsOf(line)+1+cellsOf(word) > s.draw.Width+under {
			s.line("%s", line)
			line = indent + word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	s.line("%s", line)
}

func (s *screen) line(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

func (s *screen) bold(text string) string { return s.styled("1", text) }

func (s *screen) dim(text string) string { return s.styled("2", text) }

func (s *screen) styled(code, text string) string {
	if !s.draw.Color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
