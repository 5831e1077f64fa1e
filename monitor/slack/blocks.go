package slack

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// What a message shows at most, in UTF-16 units. Slack's own limits: text 4,000
// (chat.update), a text object 3,000, 50 blocks, 10 elements in a context
// block, about 13,000 in all blocks together (undocumented; bolt-js #2509).
const (
	maxText     = 4000
	maxBlocks   = 12_000 // of the blocks' JSON, which no count of their text exceeds
	maxTitle    = 400
	maxSentence = 700
	maxName     = 120  // of an outlet or a rule
	maxLine     = 400  // of a context line
	maxNote     = 3000 // of the operators, and what is shown with it
)

// event is the metadata's event type; the payload holds key and rev.
const event = "newswatch_message"

// A Message is what Slack is to show.
type Message struct {
	// Text is what notifications and screen readers tell, in mrkdwn; with no
	// Blocks it is the message.
	Text     string
	Blocks   []slackgo.Block
	Metadata slackgo.SlackMetadata
}

// Compose gives a message its form. It is pure: the same Outgoing is the same
// Message.
func Compose(out monitor.Outgoing) Message {
	m := Message{Metadata: slackgo.SlackMetadata{
		EventType:    event,
		EventPayload: map[string]any{"key": out.Key, "rev": out.Rev},
	}}
	switch out.Kind {
	case monitor.KindFold:
		m.Text, m.Blocks = fold(out)
	case monitor.KindDigest:
		m.Text, m.Blocks = digest(out)
	case monitor.KindOps:
		m.Text, m.Blocks = note(out)
	default:
		m.Text, m.Blocks = alert(out)
	}
	if out.Plain {
		m.Blocks = nil
	}
	return m
}

// marker is the block_id of a message's first block, by which it is found
// again.
func marker(key string, rev int) string { return fmt.Sprintf("%s%s:%d", markerPrefix, key, rev) }

const markerPrefix = "nw:"

// alert draws an alert or a reply.
func alert(out monitor.Outgoing) (string, []slackgo.Block) {
	c := out.Content
	title, sentence := cut(heading(c), maxTitle), excerpt(c.Sentence, c.Marks, maxSentence)
	var head []slackgo.RichTextSectionElement
	if out.Kind == monitor.KindAlert {
		head = append(mention(c.Mention), mark(c.Severity)...)
	}
	head = append(head, linked(title, c.URL, true))
	text := slackgo.NewRichTextBlock(marker(out.Key, out.Rev), slackgo.NewRichTextSection(head...))
	if len(sentence) > 0 {
		text.Elements = append(text.Elements, &slackgo.RichTextQuote{Type: slackgo.RTEQuote, Elements: rich(sentence)})
	}
	lines := append([]line{origin(out.Kind, c)}, history(c)...)
	return alertText(out, sentence, lines), slices.Concat([]slackgo.Block{text}, contexts(out, lines), actions(out))
}

// alertText is an alert in mrkdwn.
func alertText(out monitor.Outgoing, sentence []span, lines []line) string {
	c := out.Content
	var b strings.Builder
	if out.Kind == monitor.KindAlert {
		b.WriteString(prefix(c))
	}
	b.WriteString(anchor(heading(c), c.URL, maxTitle))
	if len(sentence) > 0 {
		b.WriteString("\n" + escape(unlinked(flat(sentence)), maxSentence))
	}
	return withLines(b.String(), lines)
}

// heading is the title of an article, never empty.
func heading(c monitor.Content) string {
	if title := clean(c.Title); title != "" {
		return title
	}
	return untitled
}

const untitled = "(no title)"

// mark flags a high severity before the title.
func mark(severity string) []slackgo.RichTextSectionElement {
	if severity != high {
		return nil
	}
	return []slackgo.RichTextSectionElement{slackgo.NewRichTextSectionEmojiElement("red_circle", 0, nil), plain(" ")}
}

const high = "high"

// prefix is what stands before the title in mrkdwn: whom to mention and a mark.
func prefix(c monitor.Content) string {
	s := ""
	for _, word := range mentions(c.Mention) {
		s += ping(word) + " "
	}
	if c.Severity == high {
		s += ":red_circle: "
	}
	return s
}

// anchor is a title in mrkdwn, linked where it can be.
func anchor(title, address string, limit int) string {
	title = escape(unlinked(title), limit)
	if u := link(address); u != "" {
		// A bar would end the label of <url|label>.
		return "<" + strings.ReplaceAll(u, "&", "&amp;") + "|" + strings.ReplaceAll(title, "|", "¦") + ">"
	}
	return title
}

var scheme = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://`)

// unlinked takes the scheme off addresses within feed text, so that nothing
// makes a link of them.
func unlinked(s string) string { return scheme.ReplaceAllString(s, "") }

// linked is a title in rich text, linked where it can be.
func linked(title, address string, bold bool) slackgo.RichTextSectionElement {
	var style *slackgo.RichTextSectionTextStyle
	if bold {
		style = &slackgo.RichTextSectionTextStyle{Bold: true}
	}
	if u := link(address); u != "" {
		return slackgo.NewRichTextSectionLinkElement(u, title, style)
	}
	return slackgo.NewRichTextSectionTextElement(title, style)
}

// plain is text that Slack interprets in no way.
func plain(s string) slackgo.RichTextSectionElement {
	return slackgo.NewRichTextSectionTextElement(s, nil)
}

// rich is spans as rich text.
func rich(spans []span) []slackgo.RichTextSectionElement {
	elements := make([]slackgo.RichTextSectionElement, len(spans))
	for i, s := range spans {
		var style *slackgo.RichTextSectionTextStyle
		if s.bold {
			style = &slackgo.RichTextSectionTextStyle{Bold: true}
		}
		elements[i] = slackgo.NewRichTextSectionTextElement(s.text, style)
	}
	return elements
}

// dateForm is Slack's template for a time in the reader's own zone.
const dateForm = "{date_short_pretty}, {time}"

// utc is the time for clients that cannot localise it.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// localisable says whether Slack can be trusted with a time: feeds tell of 2999.
func localisable(t time.Time) bool { return t.Unix() >= 0 && t.Unix() <= math.MaxInt32 }

// when is a time in mrkdwn.
func when(t time.Time) string {
	if !localisable(t) {
		return utc(t)
	}
	return fmt.Sprintf("<!date^%d^%s|%s>", t.Unix(), dateForm, utc(t))
}

// date is a time in rich text.
func date(t time.Time) slackgo.RichTextSectionElement {
	fallback := utc(t)
	if !localisable(t) {
		return plain(fallback)
	}
	return slackgo.NewRichTextSectionDateElement(t.Unix(), dateForm, nil, &fallback)
}
