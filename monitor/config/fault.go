package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A Fault is something wrong with config.yaml, for the person who wrote it.
// None of its texts holds a secret.
type Fault struct {
	File    string
	Line    int // from 1; 0: the file as a whole
	Column  int // in characters, from 1
	Message string
	Hint    string // what to write instead; may be ""
	Excerpt string // the line, secrets in it masked
	Width   int    // characters at Column that are at fault; 0: counts as 1

	Warning bool // worth a look, but the file is good
	Secret  bool // a secret that cannot be had here and now: not the file's fault

	caret span // what is at fault in Excerpt, which masking may have shortened
}

// Error is "FILE:LINE:COL: message", without excerpt and hint.
func (f Fault) Error() string {
	message := f.Message
	if f.Warning {
		message = "warning: " + message
	}
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.File, message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, message)
}

// String is the fault as printed: the message, the line with a caret under
// what is at fault, and the hint.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.Error())
	if f.Excerpt != "" {
		before, at := measure([]rune(f.Excerpt), f.caret)
		fmt.Fprintf(&b, "\n  %s\n  %s%s", f.Excerpt, before, strings.Repeat("^", at))
	}
	if f.Hint != "" {
		b.WriteString("\nhint: " + f.Hint)
	}
	return b.String()
}

// measure tells how a terminal shows the line up to the caret, as blanks of the
// same width (tabs stay tabs), and how many cells the caret takes.
func measure(line []rune, caret span) (before string, at int) {
	var b strings.Builder
	for i, r := range line[:min(len(line), caret.end)] {
		switch {
		case i >= caret.start:
			at += cellsIn(r)
		case r == '\t':
			b.WriteByte('\t')
		default:
			b.WriteString(strings.Repeat(" ", cellsIn(r)))
		}
	}
	return b.String(), max(at, 1)
}

func cellsOf(line []rune) int {
	cells := 0
	for _, r := range line {
		cells += cellsIn(r)
	}
	return cells
}

// cellsIn is how many cells of a terminal the character takes: two for Hangul,
// Han and kana (UAX 11), none for combining marks and for the vowels and finals
// of decomposed Hangul.
func cellsIn(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), r >= 0x1160 && r <= 0x11ff:
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Faults is all that was found, in the file's order. Nil: nothing is wrong.
type Faults []Fault

// Broken says whether the file cannot be used: some fault is neither a
// warning nor a missing secret.
func (fs Faults) Broken() bool {
	return slices.ContainsFunc(fs, func(f Fault) bool { return !f.Warning && !f.Secret })
}

// Missing is those faults that are secrets which could not be had.
func (fs Faults) Missing() Faults {
	var missing Faults
	for _, f := range fs {
		if f.Secret {
			missing = append(missing, f)
		}
	}
	return missing
}

// String is all faults as printed, a blank line between two.
func (fs Faults) String() string {
	texts := make([]string, len(fs))
	for i, f := range fs {
		texts[i] = f.String()
	}
	return strings.Join(texts, "\n\n")
}

func (fs Faults) sort() {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
