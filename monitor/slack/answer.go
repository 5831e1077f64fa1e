package slack

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// What one line of an answer shows at most, in UTF-16 units.
const (
	maxAnswerLine = 600
	maxCode       = 2000
	maxLabel      = 75   // Slack's limit of a button's words
	maxButton     = 2000 // and of what it carries
	maxBlockCount = 50   // and of blocks in a message
	maxLines      = 200  // more never fit
)

// ComposeAnswer gives an answer its form: as many of its lines as Slack's
// limits allow, and how many are left out. It is pure. The zero Answer is the
// zero Message: nothing to show.
func ComposeAnswer(a monitor.Answer) Message {
	if a.Head == "" && len(a.Lines) == 0 {
		return Message{}
	}
	a = shorter(a, max(0, len(a.Lines)-maxLines))
	dropped := sort.Search(len(a.Lines), func(n int) bool { return fits(answerBlocks(shorter(a, n))) })
	a = shorter(a, dropped)
	return Message{Text: answerText(a), Blocks: answerBlocks(a)}
}

// shorter is the answer without its last n lines.
func shorter(a monitor.Answer, n int) monitor.Answer {
	a.Lines, a.More = a.Lines[:len(a.Lines)-n], a.More+n
	return a
}

// fits says whether Slack takes the blocks.
func fits(blocks []slackgo.Block) bool {
	// Marshalling strings and numbers cannot fail.
	drawn, _ := json.Marshal(blocks)
	return len(blocks) <= maxBlockCount && units(string(drawn)) <= maxBlocks
}

// answerBlocks draws lines as rich text, code as preformatted, and a line with
// a button as a section with it.
func answerBlocks(a monitor.Answer) []slackgo.Block {
	text := slackgo.NewRichTextBlock("")
	var blocks []slackgo.Block
	section := func(elements ...slackgo.RichTextSectionElement) {
		text.Elements = append(text.Elements, slackgo.NewRichTextSection(elements...))
	}
	end := func() {
		if len(text.Elements) > 0 {
			blocks, text = append(blocks, text), slackgo.NewRichTextBlock("")
		}
	}
	if head := clean(a.Head); head != "" {
		section(linked(cut(head, maxAnswerLine), "", true))
	}
	for i := 0; i < len(a.Lines); i++ {
		switch l := a.Lines[i]; {
		case l.Code:
			n := slices.IndexFunc(a.Lines[i:], func(l monitor.Line) bool { return !l.Code })
			if n < 0 {
				n = len(a.Lines) - i
			}
			text.Elements = append(text.Elements, &slackgo.RichTextPreformatted{
				Type: slackgo.RTEPreformatted, Elements: []slackgo.RichTextSectionElement{plain(code(a.Lines[i : i+n]))},
			})
			i += n - 1
		case l.Act != "":
			end()
			blocks = append(blocks, besideButton(l))
		default:
			if elements := answerLine(l); len(elements) > 0 {
				section(elements...)
			}
		}
	}
	if a.More > 0 {
		section(plain(fmt.Sprintf("%s %d more", ellipsis, a.More)))
	}
	end()
	return blocks
}

// answerLine draws a line in rich text.
func answerLine(l monitor.Line) []slackgo.RichTextSectionElement {
	var elements []slackgo.RichTextSectionElement
	for _, s := range excerpt(l.Text, l.Marks, maxAnswerLine) {
		elements = append(elements, linked(s.text, l.URL, s.bold))
	}
	if !l.Time.IsZero() {
		elements = append(apart(elements, " "), date(l.Time))
	}
	if userForm.MatchString(l.User) {
		elements = append(apart(elements, " · "), slackgo.NewRichTextSectionUserElement(l.User, nil))
	}
	return elements
}

// apart puts a separator behind elements, if there are any.
func apart(elements []slackgo.RichTextSectionElement, by string) []slackgo.RichTextSectionElement {
	if len(elements) == 0 {
		return elements
	}
	return append(elements, plain(by))
}

// besideButton draws a line with its button.
func besideButton(l monitor.Line) slackgo.Block {
	button := slackgo.NewButtonBlockElement(l.Act, cut(l.Value, maxButton), label(l.Label))
	text := &slackgo.TextBlockObject{Type: slackgo.MarkdownType, Text: answerMrkdwn(l), Verbatim: true}
	return slackgo.NewSectionBlock(text, nil, slackgo.NewAccessory(button))
}

// label is the words of a button or an entry of a menu.
func label(s string) *slackgo.TextBlockObject {
	literal := false
	return &slackgo.TextBlockObject{Type: slackgo.PlainTextType, Text: cut(clean(s), maxLabel-len(ellipsis)), Emoji: &literal}
}

// answerMrkdwn draws a line in mrkdwn, never empty.
func answerMrkdwn(l monitor.Line) string {
	s := anchor(clean(l.Text), l.URL, maxAnswerLine)
	if !l.Time.IsZero() {
		s = strings.TrimSpace(s + " " + when(l.Time))
	}
	if userForm.MatchString(l.User) {
		s += " · <@" + l.User + ">"
	}
	if s == "" {
		return ellipsis
	}
	return s
}

// answerText is an answer for notifications and screen readers.
func answerText(a monitor.Answer) string {
	var lines []string
	if head := clean(a.Head); head != "" {
		lines = append(lines, "*"+escape(unlinked(head), maxAnswerLine)+"*")
	}
	for _, l := range a.Lines {
		if l.Code {
			lines = append(lines, escape(unlinked(code([]monitor.Line{l})), maxCode))
		} else {
			lines = append(lines, answerMrkdwn(l))
		}
	}
	if a.More > 0 {
		lines = append(lines, fmt.Sprintf("%s %d more", ellipsis, a.More))
	}
	text := ""
	for _, l := range lines {
		if units(text)+units(l)+len("\n") > maxText {
			break
		}
		text += "\n" + l
	}
	return strings.TrimPrefix(text, "\n")
}

// code is lines to be copied, with their indentation; never empty.
func code(lines []monitor.Line) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(cut(shown(l.Text), maxCode))
	}
	if b.Len() == 0 {
		return " "
	}
	return b.String()
}
