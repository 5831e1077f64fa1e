package slack

import (
	"encoding/json"
	"fmt"
	"strings"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// What one story of a digest shows at most: less than in a fold, since a digest
// is to be scanned.
const maxDigestTitle = 150

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
	return units(string(drawn)) <= maxFold && units(s.text.String()) <= maxFoldText
}

// A sheet is a message as it is drawn, in rich text and in mrkdwn.
type sheet struct {
	block *slackgo.RichTextBlock
	text  strings.Builder
}

func (s *sheet) draw(d *monitor.Digest) {
	s.header(d)
	for _, group := range d.Groups {
		count := len(group.Stories)
		if d.Part == 1 {
			count = group.Count
		}
		s.row(group.Rule, fmt.Sprint(" · ", count))
		more := ""
		if left := count - len(group.Stories); left > 0 {
			more = fmt.Sprintf("%d in the thread", left)
			if len(group.Stories) > 0 {
				more = fmt.Sprintf("%d more in the thread", left)
			}
		}
		s.list(group.Stories, more)
	}
	for i, group := range d.Account {
		if i == 0 {
			s.row("", "\nTold before, folded:")
		}
		s.row(group.Rule, fmt.Sprintf(" · %s in %s", counted(group.Count, "alert"), counted(group.Folds, "message")))
		more := ""
		if left := group.Count - len(group.Stories); left > 0 && len(group.Stories) > 0 {
			more = fmt.Sprintf("and %d more", left)
		}
		s.list(group.Stories, more)
	}
}

// header says what the digest covers and how much it holds.
func (s *sheet) header(d *monitor.Digest) {
	bold := &slackgo.RichTextSectionTextStyle{Bold: true}
	if d.Part > 1 {
		title := fmt.Sprintf("Digest, %d of %d", d.Part, d.Parts)
		s.add(slackgo.NewRichTextSectionTextElement(title, bold))
		s.text.WriteString("*" + title + "*")
		return
	}
	var counts []string
	if d.Alerts > 0 {
		counts = append(counts, fmt.Sprintf("%s of %s", counted(d.Alerts, "alert"), counted(d.Rules, "rule")))
	}
	if d.Folded > 0 {
		counts = append(counts, fmt.Sprintf("%d told before, folded", d.Folded))
	}
	count := "\n" + strings.Join(counts, " · ")
	s.add(slackgo.NewRichTextSectionTextElement("Digest ", bold), date(d.From), plain(" – "), date(d.To), plain(count))
	s.text.WriteString("*Digest* " + when(d.From) + " – " + when(d.To) + count)
}

// row is a rule's name and what is said of it.
func (s *sheet) row(rule, said string) {
	var elements []slackgo.RichTextSectionElement
	s.text.WriteString("\n")
	if rule = cut(clean(rule), maxName); rule != "" {
		elements = append(elements, slackgo.NewRichTextSectionTextElement(rule, &slackgo.RichTextSectionTextStyle{Bold: true}))
		s.text.WriteString("*" + escape(unlinked(rule), maxName) + "*")
	}
	s.add(append(elements, plain(said))...)
	s.text.WriteString(said)
}

func (s *sheet) add(elements ...slackgo.RichTextSectionElement) {
	s.block.Elements = append(s.block.Elements, slackgo.NewRichTextSection(elements...))
}

// list is a rule's stories, and what else there is to say of them.
func (s *sheet) list(stories []monitor.Content, more string) {
	list := bullets{Type: slackgo.RTEList, Style: slackgo.RTEListBullet}
	for _, c := range stories {
		list.Elements = append(list.Elements, digestItem(c))
		s.text.WriteString(digestText(c))
	}
	if more != "" {
		list.Elements = append(list.Elements, slackgo.NewRichTextSection(plain(more)))
		s.text.WriteString("\n• " + more)
	}
	if len(list.Elements) > 0 {
		s.block.Elements = append(s.block.Elements, list)
	}
}

// digestItem is a story in rich text: its title, outlet and time, and who else
// reported it.
func digestItem(c monitor.Content) *slackgo.RichTextSection {
	c.Relation = ""
	c.Title = cut(clean(c.Title), maxDigestTitle)
	item := foldItem(c)
	if c.Reports > 0 || len(c.Also) > 0 {
		item.Elements = append(item.Elements, plain(" · "+others(c)))
	}
	return item
}

// digestText is a story in mrkdwn.
func digestText(c monitor.Content) string {
	c.Relation = ""
	c.Title = cut(clean(c.Title), maxDigestTitle)
	s := foldText(c)
	if c.Reports > 0 || len(c.Also) > 0 {
		s += " · " + escape(unlinked(others(c)), 3*maxFoldOutlet)
	}
	return s
}
