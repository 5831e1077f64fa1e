package slack

import (
	"encoding/json"
	"fmt"
	"slices"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// What one item of a fold shows at most: less than an alert, so that many fit.
const (
	maxFoldTitle  = 200
	maxFoldOutlet = 60 // and three times of who else reported it
	// maxFold leaves the rest of the message its room: heading, why and marks.
	maxFold     = maxBlocks - 3000
	maxFoldText = maxText - 900
)

// fold draws several alerts of a rule, or replies of a thread, as one message: each with its title, its
// link, its outlet and its time. FoldSize says how many may be given to it; of
// more it tells only the number.
func fold(out monitor.Outgoing) (string, []slackgo.Block) {
	c := out.Content
	title := counted(len(c.Items), "alert")
	if out.Thread != "" { // the rest stands on the alert
		title = counted(len(c.Items), "more report")
		c.Rule, c.Severity, c.Why, c.Mention = "", "", "", ""
	}
	if rule := cut(clean(c.Rule), maxName); rule != "" {
		title += ": " + rule
	}
	head := append(mention(c.Mention), mark(c.Severity)...)
	head = append(head, slackgo.NewRichTextSectionTextElement(title, &slackgo.RichTextSectionTextStyle{Bold: true}))
	text := prefix(c) + "*" + escape(title, maxName+40) + "*"
	list := bullets{Type: slackgo.RTEList, Style: slackgo.RTEListBullet}
	fits := FoldSize(c.Items)
	for _, item := range c.Items[:fits] {
		list.Elements = append(list.Elements, foldItem(item))
		text += foldText(item)
	}
	block := slackgo.NewRichTextBlock(marker(out.Key, out.Rev), slackgo.NewRichTextSection(head...))
	if fits > 0 {
		block.Elements = append(block.Elements, list)
	}
	var lines []line
	if more := len(c.Items) - fits; more > 0 {
		lines = append(lines, line{words(fmt.Sprintf("%d more do not fit here", more))})
	}
	if note := clean(c.Note); note != "" {
		lines = append(lines, line{words(note)})
	}
	lines = append(lines, history(monitor.Content{Why: c.Why, MayRepeat: c.MayRepeat, Deeds: c.Deeds})...)
	return withLines(text, lines), slices.Concat([]slackgo.Block{block}, contexts(out, lines), actions(out))
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// bullets is a list in rich text. slack-go's own writes an offset, which Slack's
// published types do not know.
type bullets struct {
	Type     slackgo.RichTextElementType     `json:"type"`
	Style    slackgo.RichTextListElementType `json:"style"`
	Elements []slackgo.RichTextElement       `json:"elements"`
}

// RichTextElementType is its type, as slack-go asks for it.
func (b bullets) RichTextElementType() slackgo.RichTextElementType { return b.Type }

// foldItem is one alert of a fold in rich text.
func foldItem(c monitor.Content) *slackgo.RichTextSection {
	elements := []slackgo.RichTextSectionElement{linked(cut(heading(c), maxFoldTitle), c.URL, false)}
	outlet := cut(clean(c.Outlet), maxFoldOutlet)
	switch {
	case outlet != "" && !c.Published.IsZero():
		elements = append(elements, plain(" · "+outlet+" · "), date(c.Published))
	case outlet != "":
		elements = append(elements, plain(" · "+outlet))
	case !c.Published.IsZero():
		elements = append(elements, plain(" · "), date(c.Published))
	}
	if relates(c) {
		elements = append(elements, plain(" · "+string(c.Relation)))
	}
	if also := alsoIn(c); also != "" {
		elements = append(elements, plain(" · "+also))
	}
	return slackgo.NewRichTextSection(elements...)
}

// foldText is one alert of a fold in mrkdwn.
func foldText(c monitor.Content) string {
	s := "\n• " + anchor(heading(c), c.URL, maxFoldTitle)
	if outlet := escape(unlinked(clean(c.Outlet)), maxFoldOutlet); outlet != "" {
		s += " · " + outlet
	}
	if relates(c) {
		s += " · " + string(c.Relation)
	}
	if also := escape(unlinked(alsoIn(c)), 3*maxFoldOutlet); also != "" {
		s += " · " + also
	}
	return s
}

// alsoIn is who else reported it; "" for nobody.
func alsoIn(c monitor.Content) string {
	if c.Reports == 0 && len(c.Also) == 0 {
		return ""
	}
	return cut(others(c), 3*maxFoldOutlet)
}

// FoldSize says how many of the first items fit in one message, so that its
// caller can split a fold; at least 1 unless there are none. They fit as blocks
// and, in case these are refused, as plain text too.
func FoldSize(items []monitor.Content) int {
	blocks, text := 0, 0
	for i, item := range items {
		// Marshalling what foldItem returns cannot fail: it holds strings and numbers.
		drawn, _ := json.Marshal(foldItem(item))
		blocks += units(string(drawn)) + len(",")
		text += units(foldText(item))
		if i > 0 && (blocks > maxFold || text > maxFoldText) {
			return i
		}
	}
	return len(items)
}
