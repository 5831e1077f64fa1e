package slack

import (
	"strings"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// note draws a word to the operators, and below it what they are to read letter
// by letter.
func note(out monitor.Outgoing) (string, []slackgo.Block) {
	said := cut(eachLine(out.Content.Note, clean), maxNote)
	if strings.TrimSpace(said) == "" {
		said = "newswatch"
	}
	code := cut(eachLine(out.Content.Code, aligned), max(maxNote-units(said), 0))
	block := slackgo.NewRichTextBlock(marker(out.Key, out.Rev), slackgo.NewRichTextSection(
		slackgo.NewRichTextSectionEmojiElement("wrench", 0, nil), plain(" "+said)))
	text := ":wrench: " + escape(unlinked(said), maxText-20)
	if out.Content.Code != "" {
		block.Elements = append(block.Elements, &slackgo.RichTextPreformatted{
			Type: slackgo.RTEPreformatted, Elements: []slackgo.RichTextSectionElement{plain(code)},
		})
		text = escape(unlinked(":wrench: "+said+"\n"+code), maxText-20)
	}
	var lines []line
	if out.Content.MayRepeat {
		lines = []line{{words(repeated)}}
	}
	return text, append([]slackgo.Block{block}, contexts(out, lines)...)
}

func eachLine(text string, as func(string) string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = as(line)
	}
	return strings.Join(lines, "\n")
}

// aligned is clean for a line in which every space counts.
func aligned(line string) string {
	return strings.Map(func(r rune) rune {
		if r = seen(r); r == 0 {
			return -1
		}
		return r
	}, line)
}
