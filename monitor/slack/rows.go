package slack

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
)

const quoteLead = "│ "

// rowsOf turns a message into rows.
func rowsOf(m Drawn, opts DrawOptions) ([]row, error) {
	d := drawing{opts: opts}
	var blocks slackgo.Blocks
	if len(m.Blocks) > 0 {
		if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
			return nil, err
		}
	}
	for _, block := range blocks.BlockSet {
		d.block(block)
	}
	if len(blocks.BlockSet) == 0 {
		for _, line := range strings.Split(m.Text, "\n") {
			d.add("", d.mrkdwn(line))
		}
	}
	return d.rows, nil
}

// A drawing collects rows.
type drawing struct {
	opts DrawOptions
	rows []row
}

// add appends a row; where the terminal has no hyperlinks, the addresses follow
// on rows of their own.
func (d *drawing) add(lead string, runs []run) {
	d.rows = append(d.rows, row{lead, runs})
	if d.opts.Color {
		return
	}
	for _, r := range runs {
		if r.url != "" && r.url != r.text {
			d.rows = append(d.rows, row{strings.Repeat(" ", cells(lead)), []run{{text: r.url, dim: true}}})
		}
	}
}

func (d *drawing) block(block slackgo.Block) {
	switch b := block.(type) {
	case *slackgo.RichTextBlock:
		for _, element := range b.Elements {
			d.rich(element)
		}
	case *slackgo.ContextBlock:
		var runs []run
		for i, element := range b.ContextElements.Elements {
			if i > 0 {
				runs = append(runs, run{text: " ", dim: true})
			}
			if text, ok := element.(*slackgo.TextBlockObject); ok {
				runs = append(runs, d.text(text)...)
			}
		}
		for i := range runs {
			runs[i].bold, runs[i].dim = false, true
		}
		d.add("", runs)
	case *slackgo.SectionBlock:
		if b.Text != nil {
			runs := d.text(b.Text)
			if b.Accessory != nil && b.Accessory.ButtonElement != nil {
				runs = append(runs, run{text: " [" + shown(b.Accessory.ButtonElement.Text.Text) + "]"})
			}
			d.add("", runs)
		}
		for _, field := range b.Fields {
			d.add("", d.text(field))
		}
	case *slackgo.HeaderBlock:
		d.add("", []run{{text: shown(b.Text.Text), bold: true}})
	case *slackgo.DividerBlock:
		d.add("", []run{{text: strings.Repeat("─", 20), dim: true}})
	case *slackgo.ActionBlock:
		var runs []run
		for _, element := range b.Elements.ElementSet {
			switch e := element.(type) {
			case *slackgo.ButtonBlockElement:
				runs = append(runs, run{text: "[" + shown(e.Text.Text) + "] "})
			case *slackgo.SelectBlockElement:
				runs = append(runs, run{text: "[" + shown(e.Placeholder.Text) + " ▾] "})
			}
		}
		d.add("", runs)
	}
}

// rich draws an element of a rich_text block.
func (d *drawing) rich(element slackgo.RichTextElement) {
	switch e := element.(type) {
	case *slackgo.RichTextSection:
		d.add("", d.runs(e.Elements))
	case *slackgo.RichTextQuote:
		d.add(quoteLead, d.runs(e.Elements))
	case *slackgo.RichTextPreformatted:
		d.add("  ", d.runs(e.Elements))
	case *slackgo.RichTextList:
		for i, item := range e.Elements {
			lead := "• "
			if e.Style == slackgo.RTEListOrdered {
				lead = strconv.Itoa(e.Offset+i+1) + ". "
			}
			if section, ok := item.(*slackgo.RichTextSection); ok {
				d.add(lead, d.runs(section.Elements))
			}
		}
	}
}

// runs draws the elements of a rich text section.
func (d *drawing) runs(elements []slackgo.RichTextSectionElement) []run {
	var runs []run
	for _, element := range elements {
		switch e := element.(type) {
		case *slackgo.RichTextSectionTextElement:
			runs = append(runs, run{text: shown(e.Text), bold: e.Style != nil && e.Style.Bold})
		case *slackgo.RichTextSectionLinkElement:
			text := shown(e.Text)
			if text == "" {
				text = shown(e.URL)
			}
			runs = append(runs, run{text: text, bold: e.Style != nil && e.Style.Bold, url: link(e.URL)})
		case *slackgo.RichTextSectionBroadcastElement:
			runs = append(runs, run{text: "@" + shown(e.Range), bold: true})
		case *slackgo.RichTextSectionUserElement:
			runs = append(runs, run{text: "@" + shown(e.UserID), bold: true})
		case *slackgo.RichTextSectionUserGroupElement:
			runs = append(runs, run{text: "@" + shown(e.UsergroupID), bold: true})
		case *slackgo.RichTextSectionEmojiElement:
			runs = append(runs, emoji(e.Name))
		case *slackgo.RichTextSectionDateElement:
			runs = append(runs, run{text: d.date(int64(e.Timestamp), e.Format)})
		}
	}
	return runs
}

// text draws a text object.
func (d *drawing) text(t *slackgo.TextBlockObject) []run {
	if t.Type == slackgo.PlainTextType {
		return []run{{text: shown(t.Text)}}
	}
	return d.mrkdwn(t.Text)
}

// special finds what mrkdwn interprets, as far as this package writes it:
// <…>, *bold* and :emoji:.
var special = regexp.MustCompile(`<([^<>]+)>|\*([^*\n]+)\*|:([a-z0-9_+-]+):`)

// mrkdwn draws text in Slack's markup.
func (d *drawing) mrkdwn(s string) []run {
	var runs []run
	for s != "" {
		at := special.FindStringSubmatchIndex(s)
		if at == nil {
			break
		}
		runs = append(runs, run{text: shown(unescape(s[:at[0]]))})
		switch {
		case at[2] >= 0:
			runs = append(runs, d.angle(s[at[2]:at[3]]))
		case at[4] >= 0:
			runs = append(runs, run{text: shown(unescape(s[at[4]:at[5]])), bold: true})
		default:
			runs = append(runs, emoji(s[at[6]:at[7]]))
		}
		s = s[at[1]:]
	}
	return append(runs, run{text: shown(unescape(s))})
}

// angle draws what stands between < and >: a time, a mention or a link.
func (d *drawing) angle(s string) run {
	target, label, labelled := strings.Cut(s, "|")
	if stamp, ok := strings.CutPrefix(target, "!date^"); ok {
		if parts := strings.SplitN(stamp, "^", 3); len(parts) >= 2 {
			if seconds, err := strconv.ParseInt(parts[0], 10, 64); err == nil {
				return run{text: d.date(seconds, parts[1])}
			}
		}
		return run{text: shown(unescape(label))}
	}
	if strings.HasPrefix(target, "!") || strings.HasPrefix(target, "@") {
		name := strings.TrimPrefix(strings.TrimLeft(target, "!@"), "subteam^")
		return run{text: "@" + shown(name), bold: true}
	}
	if !labelled {
		label = target
	}
	return run{text: shown(unescape(label)), url: link(unescape(target))}
}

// date is a time in the reader's zone, by Slack's template.
func (d *drawing) date(seconds int64, form string) string {
	t := time.Unix(seconds, 0).In(d.opts.Zone)
	return strings.NewReplacer(
		"{date_short_pretty}", t.Format("Jan 2"), "{date_short}", t.Format("Jan 2, 2006"), "{date}", t.Format("January 2, 2006"),
		"{date_num}", t.Format("2006-01-02"), "{time}", t.Format("15:04"), "{time_secs}", t.Format("15:04:05"),
	).Replace(shown(form))
}

// emoji is a named emoji as the terminal has it.
func emoji(name string) run {
	switch name {
	case "red_circle":
		return run{text: "●", red: true}
	case "wrench":
		return run{text: "⚙"}
	}
	return run{text: ":" + shown(name) + ":"}
}

// shown is text without what a terminal would act upon. Spaces stay: they
// separate runs.
func shown(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\n' {
			b.WriteRune(r)
		} else if r = seen(r); r != 0 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}
