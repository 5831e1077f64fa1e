package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// A Fault is one mistake in a rule file, or with Warning set something legal
// that is surely not meant. It is told to people who are no programmers: Message
// says what is wrong, Hint what to write.
//
// Line and Column count from 1, Column in characters (runes) as editors do; both
// are 0 for a fault of a whole file. Excerpt is the line as written and Width
// the number of its characters, from Column, that the fault is about.
type Fault struct {
	File          string
	Line, Column  int
	Message, Hint string
	Excerpt       string
	Width         int
	Warning       bool
}

// Error is the fault's first line: FILE:LINE:COLUMN: message.
func (f Fault) Error() string {
	var b strings.Builder
	if f.File != "" {
		b.WriteString(f.File + ":")
	}
	if f.Line > 0 {
		fmt.Fprintf(&b, "%d:%d:", f.Line, f.Column)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if f.Warning {
		b.WriteString("warning: ")
	}
	return b.String() + f.Message
}

// String is the fault as it is printed: Error, the line itself with carets under
// the characters it is about, and the hint. It ends without a line break.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.Error())
	if f.Line > 0 && f.Excerpt != "" {
		line, carets := f.window()
		fmt.Fprintf(&b, "\n  %s\n  %s", line, carets)
	}
	if f.Hint != "" {
		b.WriteString("\nhint: " + f.Hint)
	}
	return b.String()
}

// Cells shown of a long line: what a terminal of 80 columns holds.
const (
	cellsBefore = 50
	cellsShown  = 76
)

// window returns the line around the fault and the line of carets for under it.
func (f Fault) window() (line, carets string) {
	at := runesLength(f.Excerpt, f.Column-1)
	from, to := 0, len(f.Excerpt)
	if cellsLength(f.Excerpt, cellsShown) < to {
		from = at - cellsLengthBefore(f.Excerpt[:at], cellsBefore)
		to = from + cellsLength(f.Excerpt[from:], cellsShown)
	}
	marked := min(at+runesLength(f.Excerpt[at:], max(f.Width, 1)), to)
	var d drawing
	if from > 0 {
		d.draw("…", " ")
	}
	d.draw(f.Excerpt[from:at], " ")
	d.draw(f.Excerpt[at:marked], "^")
	if at == len(f.Excerpt) {
		d.under.WriteByte('^')
	}
	d.draw(f.Excerpt[marked:to], " ")
	if to < len(f.Excerpt) {
		d.draw("…", " ")
	}
	return d.shown.String(), strings.TrimRight(d.under.String(), " \t")
}

// A drawing is a line and what stands under it, cell by cell. A tab has a tab
// under it, so that both end at the same place.
type drawing struct{ shown, under strings.Builder }

func (d *drawing) draw(text, under string) {
	for _, r := range text {
		switch {
		case r == '\t':
			d.under.WriteString(strings.Replace(under, " ", "\t", 1))
		case unicode.IsControl(r):
			r = utf8.RuneError
			fallthrough
		default:
			d.under.WriteString(strings.Repeat(under, cellsIn(r)))
		}
		d.shown.WriteRune(r)
	}
}

// runesLength is the length of the first n runes of s.
func runesLength(s string, n int) int {
	for i := range s {
		if n--; n < 0 {
			return i
		}
	}
	return len(s)
}

// cellsLength is the length of what fits n cells at the start of s.
func cellsLength(s string, n int) int {
	for i, r := range s {
		if n -= cellsIn(r); n < 0 {
			return i
		}
	}
	return len(s)
}

// cellsLengthBefore is the length of what fits n cells at the end of s.
func cellsLengthBefore(s string, n int) int {
	for i := len(s); i > 0; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n -= cellsIn(r); n < 0 {
			return len(s) - i
		}
		i -= size
	}
	return len(s)
}

// cellsIn is the number of terminal cells that r takes: two for Hangul, Han and
// kana (UAX 11), none for combining marks and for the vowels and finals of
// decomposed Hangul.
func cellsIn(r rune) int {
	switch {
	case r == '\u00AD':
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), r >= 0x1160 && r <= 0x11FF:
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// sortFaults puts faults in order of file, line and column, and drops repeats.
func sortFaults(faults []Fault) []Fault {
	slices.SortStableFunc(faults, Fault.compare)
	return slices.Compact(faults)
}

func (f Fault) compare(g Fault) int {
	return cmp.Or(cmp.Compare(f.File, g.File), cmp.Compare(f.Line, g.Line), cmp.Compare(f.Column, g.Column))
}

func anyError(faults []Fault) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool { return !f.Warning })
}
