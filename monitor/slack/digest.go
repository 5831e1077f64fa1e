package slack

import (
	"encoding/json"
	"fmt"
	"strings"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

const (
	// maxDigestTitle is less than in a fold: a digest is to be scanned.
	maxDigestTitle = 150
	// maxDigest leaves the rest of the message its room: the mark of a repeat.
	maxDigest     = maxBlocks - 500
	maxDigestText = maxText - 100
)

// digest draws the alerts that waited for it, by rule, and under them an account
// of what was told folded.
func digest(out monitor.Outgoing) (string, []slackgo.Block) {
	s := sheet{block: slackgo.NewRichTextBlock(marker(out.Key, out.Rev))}
	s.draw(out.Content.Digest)
	var lines []line
	if out.Content.MayRepeat {
		lines = []line{{words(repeated)}}
	}
	return withLines(s.text.String(), lines), append([]slackgo.Block{s.block}, contexts(out, lines)...)
}

// DigestFits says whether a digest goes into one message: as blocks and, in case
// these are refused, as plain text too. One of a single story does.
func DigestFits(d *monitor.Digest) bool {
	s := sheet{block: slackgo.NewRichTextBlock("")}
	s.draw(d)
	// Marshalling blocks cannot fail: they hold strings and numbers.
	drawn, _ := json.Marshal(s.block)
	return units(string(drawn)) <= maxDigest && units(s.text.String()) <= maxDigestText
}

// A sheet is a message as it is drawn, in rich text and in mrkdwn.
type sheet struct {
	block *slackgo.RichTextBlock
	open  *slackgo.RichTextSection // that the next row goes into; nil: none, the last element is a list
	text  strings.Builder
}

func (s *sheet) draw(d *monitor.Digest) {
	s.header(d)
	for _, group := range d.Groups {
		count := fmt.Sprint(len(group.Stories))
		if d.Part == 1 && len(group.Stories) < group.Count {
			count = fmt.Sprintf("%d of %d", len(group.Stories), group.Count)
		}
		s.rule(group.Rule, count)
		s.list(group.Stories)
	}
	if len(d.Account) > 0 {
		s.row("")
		s.row("Told before, folded:")
	}
	for _, group := range d.Account {
		s.rule(group.Rule, fmt.Sprintf("%s in %s", counted(group.Count, "alert"), counted(group.Folds, "message")))
		s.list(group.Stories)
		if more := group.Count - len(group.Stories); more > 0 && len(group.Stories) > 0 {
			s.row(fmt.Sprintf("and %d more", more))
		}
	}
	s.feedback(d)
}

// feedback is a row a rule with what people said of its alerts, what mutes kept
// back, and what to exclude.
func (s *sheet) feedback(d *monitor.Digest) {
	if len(d.Feedback) == 0 {
		return
	}
	s.row("")
	s.row("How the rules do:")
	for _, a := range d.Feedback {
		var said []string
		if a.Judged > 0 {
			said = append(said, fmt.Sprintf("%d of %d judged relevant", a.Relevant, a.Judged))
		}
		if a.Muted > 0 {
			said = append(said, fmt.Sprintf("muted: %d", a.Muted))
		}
		s.named(a.Rule, strings.Join(said, " · "))
		if none := cut(clean(a.None), maxName); none != "" {
			s.put(plain(" · candidate for none: "), " · candidate for none: ")
			s.put(slackgo.NewRichTextSectionTextElement(none, &slackgo.RichTextSectionTextStyle{Code: true}), escape(unlinked(none), maxName))
		}
	}
	if d.Unsaid > 0 {
		s.row(fmt.Sprintf("and %d more; newswatch rules tells of all", d.Unsaid))
	}
}

// header says what the digest covers and how much it holds.
func (s *sheet) header(d *monitor.Digest) {
	if d.Part > 1 {
		s.bold(fmt.Sprintf("Digest, %d of %d", d.Part, d.Parts))
		return
	}
	s.bold("Digest")
	s.put(plain(" "), " ")
	s.put(date(d.From), when(d.From))
	s.put(plain(" – "), " – ")
	s.put(date(d.To), when(d.To))
	var counts []string
	if d.Alerts > 0 {
		below := d.Alerts
		for _, group := range d.Groups {
			below -= len(group.Stories)
		}
		counts = append(counts, fmt.Sprintf("%s of %s", counted(d.Alerts, "alert"), counted(d.Rules, "rule")))
		if below > 0 {
			counts = append(counts, fmt.Sprintf("%d of them in the thread", below))
		}
	}
	if d.Folded > 0 {
		counts = append(counts, fmt.Sprintf("%d told before, folded", d.Folded))
	}
	s.row(strings.Join(counts, " · "))
}

// rule is a row with a rule's name and what is said of it.
func (s *sheet) rule(name, said string) {
	s.named(name, said)
}

// named is a row that begins with a rule's name.
func (s *sheet) named(name, said string) {
	s.row("")
	if name = cut(clean(name), maxName); name == "" {
		name = "(no name)"
	}
	s.bold(name)
	s.put(plain(" · "+said), " · "+said)
}

// row begins another row.
func (s *sheet) row(words string) {
	begin := words
	if s.open != nil { // a section is a row by itself
		begin = "\n" + words
	}
	if begin != "" {
		s.put(plain(begin), "")
	}
	s.text.WriteString("\n" + words)
}

func (s *sheet) bold(words string) {
	s.put(slackgo.NewRichTextSectionTextElement(words, &slackgo.RichTextSectionTextStyle{Bold: true}), "*"+escape(unlinked(words), maxName)+"*")
}

// put adds to the row.
func (s *sheet) put(element slackgo.RichTextSectionElement, text string) {
	if s.open == nil {
		s.open = slackgo.NewRichTextSection()
		s.block.Elements = append(s.block.Elements, s.open)
	}
	s.open.Elements = append(s.open.Elements, element)
	s.text.WriteString(text)
}

// list is a rule's stories.
func (s *sheet) list(stories []monitor.Content) {
	if len(stories) == 0 {
		return
	}
	list := bullets{Type: slackgo.RTEList, Style: slackgo.RTEListBullet}
	for _, c := range stories {
		c.Title, c.Relation = cut(clean(c.Title), maxDigestTitle), ""
		list.Elements = append(list.Elements, foldItem(c))
		s.text.WriteString(foldText(c))
	}
	s.block.Elements, s.open = append(s.block.Elements, list), nil
}
