package slack

import (
	"fmt"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// A line stands below a message, small and grey.
type line []piece

// A piece of a line is words, shown as they are, and linked where there is a
// link, or a time in the reader's own zone, or users by their IDs.
type piece struct {
	words string
	link  string
	time  time.Time
	users []string
}

func words(s string) piece { return piece{words: cut(s, maxLine)} }

// repeated marks what was sent again without knowing whether it had arrived.
const repeated = "may be a repeat"

// origin says where a report comes from and why it is shown.
func origin(kind monitor.Kind, c monitor.Content) line {
	var before, after []string
	if outlet := cut(clean(c.Outlet), maxName); outlet != "" {
		before = append(before, outlet)
	}
	switch {
	case kind == monitor.KindReply:
		if relates(c) {
			after = append(after, string(c.Relation))
		}
	default:
		if rule := cut(clean(c.Rule), maxName); rule != "" {
			after = append(after, rule)
		}
		if c.Severity != "" && c.Severity != "normal" {
			after = append(after, clean(c.Severity))
		}
	}
	if c.Published.IsZero() {
		return line{words(strings.Join(append(before, after...), " · "))}.tidy()
	}
	l := line{words(strings.Join(before, " · ")), {time: c.Published}, words(strings.Join(after, " · "))}
	if l[0].words != "" {
		l[0].words += " ·"
	}
	if l[2].words != "" {
		l[2].words = "· " + l[2].words
	}
	return l.tidy()
}

// relates says whether the content tells how it stands to its story.
func relates(c monitor.Content) bool { return c.Relation != "" && c.Relation != monitor.Opens }

// history is what else there is to say of a report, a line each.
func history(c monitor.Content) []line {
	var lines []line
	if len(c.Found) > 0 {
		lines = append(lines, line{words("found in the title: " + clean(strings.Join(c.Found, ", ")))})
	}
	if c.Why != "" {
		lines = append(lines, line{words(clean(c.Why))})
	}
	if c.Earlier != nil {
		lines = append(lines, earlier(c.Earlier))
	}
	lines = append(lines, changes(c)...)
	lines = append(lines, deeds(c.Deeds)...)
	if c.MayRepeat {
		lines = append(lines, line{words(repeated)})
	}
	return lines
}

// earlier names the alert of a story that returns.
func earlier(e *monitor.Earlier) line {
	title := clean(e.Title)
	if title == "" {
		title = untitled
	}
	return line{words("earlier:"), {words: cut(title, maxTitle), link: link(e.URL)}, words("·"), {time: e.Told}}
}

// changes is what an alert learned after it was sent.
func changes(c monitor.Content) []line {
	var lines []line
	if len(c.Also) > 0 || c.Reports > 0 {
		also := line{words(others(c))}
		if !c.Latest.IsZero() {
			also[0].words += " · latest"
			also = append(also, piece{time: c.Latest})
		}
		lines = append(lines, also)
	}
	if was := clean(c.Was); was != "" {
		lines = append(lines, line{words("was: " + was)})
	}
	return lines
}

// others names the outlets of later reports, the first two by name:
// "also: Yonhap, NHK, +3".
func others(c monitor.Content) string {
	const named = 2
	var names []string
	for _, outlet := range c.Also[:min(named, len(c.Also))] {
		if name := cut(clean(outlet), maxName); name != "" {
			names = append(names, name)
		}
	}
	switch more := len(c.Also) - named; {
	case len(names) == 0:
		return fmt.Sprintf("also: %d more", max(c.Reports, len(c.Also)))
	case more > 0:
		names = append(names, fmt.Sprintf("+%d", more))
	}
	return "also: " + strings.Join(names, ", ")
}

// tidy drops what says nothing.
func (l line) tidy() line {
	var kept line
	for _, p := range l {
		if p.words != "" || !p.time.IsZero() {
			kept = append(kept, p)
		}
	}
	return kept
}

// mrkdwn is the line as text.
func (l line) mrkdwn() string {
	var parts []string
	for _, p := range l {
		parts = append(parts, p.mrkdwn())
	}
	return strings.Join(parts, " ")
}

func (p piece) mrkdwn() string {
	switch {
	case !p.time.IsZero():
		return when(p.time)
	case p.link != "":
		return anchor(p.words, p.link, maxLine)
	case len(p.users) > 0:
		return mentioned(p.users)
	}
	return escape(unlinked(p.words), maxLine)
}

// withLines adds lines to a message's text, as far as they fit.
func withLines(text string, lines []line) string {
	for _, l := range lines {
		if next := "\n" + l.mrkdwn(); units(text)+units(next) <= maxText {
			text += next
		}
	}
	return text
}

// contexts draws lines as context blocks. Their words are plain_text objects,
// in which nothing is interpreted; within a link nothing is either.
func contexts(out monitor.Outgoing, lines []line) []slackgo.Block {
	var blocks []slackgo.Block
	for i, l := range lines {
		var elements []slackgo.MixedElement
		for _, p := range l {
			if p.time.IsZero() && p.link == "" && len(p.users) == 0 {
				literal := false
				elements = append(elements, slackgo.TextBlockObject{Type: slackgo.PlainTextType, Text: p.words, Emoji: &literal})
			} else {
				elements = append(elements, slackgo.TextBlockObject{Type: slackgo.MarkdownType, Text: p.mrkdwn(), Verbatim: true})
			}
		}
		if len(elements) > 0 {
			blocks = append(blocks, slackgo.NewContextBlock(fmt.Sprintf("line%d:%s:%d", i+1, out.Key, out.Rev), elements...))
		}
	}
	return blocks
}
