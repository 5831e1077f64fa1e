package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// DrawOptions say how a terminal shows messages. The zero value is 80 columns,
// no colour, UTC.
type DrawOptions struct {
	Color bool // bold, dim and hyperlinks, by escape sequences
	Width int  // of the terminal in cells; 0: 80
	Zone  *time.Location
	Now   func() time.Time // when a Terminal posts; nil: time.Now
}

// A Drawn is a message to draw: as Slack was given it.
type Drawn struct {
	From   string // who posts it, and where: "newswatch in #news"
	At     time.Time
	Thread bool // it is a reply
	Edited bool
	Text   string          // mrkdwn, drawn when there are no blocks
	Blocks json.RawMessage // a JSON array; may be empty
}

// Draw shows a message in a terminal about as Slack would: a bar at its left,
// hits in bold, small print dim, times in the reader's zone, the link under the
// title, or behind it where the terminal can. Text is wrapped, wide characters
// counting as two cells, and can hold no control character.
func Draw(w io.Writer, m Drawn, opts DrawOptions) error {
	if opts.Width == 0 {
		opts.Width = 80
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	rows, err := rowsOf(m, opts)
	if err != nil {
		return fmt.Errorf("draw message: %w", err)
	}
	c := canvas{opts: opts}
	if m.Thread {
		c.indent = "    "
	}
	if m.From != "" {
		head := []run{{text: m.From, bold: true}}
		if !m.At.IsZero() {
			head = append(head, run{text: "  " + m.At.In(opts.Zone).Format("15:04"), dim: true})
		}
		if m.Edited {
			head = append(head, run{text: " (edited)", dim: true})
		}
		c.row(row{runs: head}, "")
	}
	for _, r := range rows {
		c.row(r, "┃ ")
	}
	_, err = io.WriteString(w, c.b.String())
	return err
}

// A run is text in one style.
type run struct {
	text           string
	bold, dim, red bool
	url            string
}

// like says whether two runs have one style.
func (r run) like(other run) bool {
	r.text = other.text
	return r == other
}

// A row is one line before it is wrapped.
type row struct {
	lead string // before it: a bullet, a quotation's bar
	runs []run
}

// A canvas takes rows and wraps them.
type canvas struct {
	opts   DrawOptions
	indent string
	b      strings.Builder
}

// row draws one row, on as many lines as it takes.
func (c *canvas) row(r row, bar string) {
	room := max(c.opts.Width-cells(c.indent+bar+r.lead), 10)
	for i, line := range wrap(r.runs, room) {
		lead := r.lead
		if i > 0 && lead != quoteLead {
			lead = strings.Repeat(" ", cells(lead))
		}
		c.b.WriteString(c.indent)
		c.paint(run{text: bar, dim: true})
		c.paint(run{text: lead, dim: true})
		for _, piece := range line {
			c.paint(piece)
		}
		c.b.WriteByte('\n')
	}
}

// paint writes one run in its style.
func (c *canvas) paint(r run) {
	if r.text == "" {
		return
	}
	if !c.opts.Color {
		c.b.WriteString(r.text)
		return
	}
	const (
		bold, dim, red, reset = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"
		openLink, end         = "\x1b]8;;", "\x1b\\" // OSC 8: a hyperlink
	)
	if r.url != "" {
		c.b.WriteString(openLink + r.url + end)
	}
	switch {
	case r.bold:
		c.b.WriteString(bold + r.text + reset)
	case r.dim:
		c.b.WriteString(dim + r.text + reset)
	case r.red:
		c.b.WriteString(red + r.text + reset)
	default:
		c.b.WriteString(r.text)
	}
	if r.url != "" {
		c.b.WriteString(openLink + end)
	}
}
