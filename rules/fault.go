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
	runes := []rune(strings.ToValidUTF8(f.Excerpt, "\uFFFD"))
	at := min(max(f.Column-1, 0), len(runes))
	from, to := 0, len(runes)
	if cellsOf(runes) > cellsShown {
		from = at
		for cells := 0; from > 0 && cells < cellsBefore; from-- {
			cells += cellsIn(runes[from-1])
		}
		to = from
		for cells := 0; to < len(runes) && cells < cellsShown; to++ {
			cells += cellsIn(runes[to])
		}
	}
	var shown, under strings.Builder
	if from > 0 {
		shown.WriteRune('…')
		under.WriteByte(' ')
	}
	for i := from; i < to; i++ {
		r, mark := runes[i], " "
		if i >= at && i < at+max(f.Width, 1) {
			mark = "^"
		}
		switch {
		case r == '\t':
			shown.WriteByte('\t')
			under.WriteString(strings.Replace(mark, " ", "\t", 1))
			continue
		case unicode.IsControl(r):
			r = '\uFFFD'
		}
		shown.WriteRune(r)
		under.WriteString(strings.Repeat(mark, cellsIn(r)))
	}
	if to < len(runes) {
		shown.WriteRune('…')
	}
	if at >= to {
		under.WriteByte('^')
	}
	return shown.String(), strings.TrimRight(under.String(), " \t")
}

func cellsOf(runes []rune) int {
	cells := 0
	for _, r := range runes {
		cells += cellsIn(r)
	}
	return cells
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
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(faults)
}

func anyError(faults []Fault) bool {
	return slices.ContainsFunc(faults, func(f Fault) bool { return !f.Warning })
}

func runeCount(s string) int { return utf8.RuneCountInString(s) }
