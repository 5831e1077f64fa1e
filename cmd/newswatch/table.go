package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"
)

// A table prints rows in aligned columns. Wide characters count as two cells.
type table struct {
	rows  [][]string
	color bool
	tints map[int]string // of rows, by their number: what ANSI calls the colour
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// tint gives the last row a colour: "31" is red, "33" yellow, "2" dim.
func (t *table) tint(code string) {
	if t.tints == nil {
		t.tints = make(map[int]string)
	}
	t.tints[len(t.rows)-1] = code
}

// print writes the rows, the first of which is the heading.
func (t *table) print(w io.Writer) error {
	widths := t.widths()
	for n, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-cellsOf(cell)+2))
			}
		}
		text := strings.TrimRight(line.String(), " ")
		tint := t.tints[n]
		if n == 0 {
			tint = "2"
		}
		if t.color && tint != "" {
			text = "\x1b[" + tint + "m" + text + "\x1b[0m"
		}
		if _, err := fmt.Fprintln(w, text); err != nil {
			return err
		}
	}
	return nil
}

// widths are those of the columns, without what stands between them.
func (t *table) widths() []int {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cellsOf(cell))
		}
	}
	return widths
}

// width is where a further column would begin.
func (t *table) width() (cells int) {
	for _, width := range t.widths() {
		cells += width + 2
	}
	return cells
}

func cellsOf(s string) int {
	n := 0
	for _, r := range s {
		n += cellsOfRune(r)
	}
	return n
}

// cellsOfRune is two for a wide character, none for a mark or a vowel or final
// consonant of decomposed Hangul.
func cellsOfRune(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || r >= 0x1160 && r <= 0x11FF {
		return 0
	}
	if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
		return 2
	}
	return 1
}

// shorten cuts a cell to a number of characters.
func shorten(s string, most int) string {
	s = plainLine(s)
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

// ago says how long before now something was, in its largest unit.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return span(now.Sub(t)) + " ago"
}

func span(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	default:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
}
