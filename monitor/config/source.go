package config

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A source is the file's text, line by line, as faults show it.
type source struct {
	file    string
	lines   [][]rune
	secrets [][]span // what must not be shown of each line, left to right; nil: not looked for yet
}

// A span is a range of characters in a line, from 0, the end excluded.
type span struct{ start, end int }

func newSource(file string, data []byte) source {
	s := source{file: file}
	for line := range strings.SplitSeq(lineBreaks.Replace(strings.TrimPrefix(string(data), "\ufeff")), "\n") {
		s.lines = append(s.lines, []rune(line))
	}
	return s
}

// lineBreaks are all that ends a line for the YAML library; lines are to be
// counted as it does.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// at makes a fault of width characters at a place in the file; line and
// column count from 1.
func (s *source) at(line, column, width int, message, hint string) Fault {
	f := Fault{File: s.file, Line: line, Column: column, Width: width, Message: hide(message), Hint: hide(hint)}
	if line >= 1 && line <= len(s.lines) {
		f.Excerpt, f.caret = s.excerpt(line-1, span{column - 1, column - 1 + max(width, 1)})
	}
	return f
}

// excerpt is a line as it may be shown, and where the characters at are in it.
func (s *source) excerpt(line int, at span) (string, span) {
	runes, from, caret := s.lines[line], 0, at
	var shown []rune
	for _, secret := range s.secretsOf(line) {
		shown = append(shown, runes[from:secret.start]...)
		caret.start = shift(caret.start, at.start, secret, len(shown))
		caret.end = shift(caret.end, at.end, secret, len(shown))
		shown = append(shown, []rune(mask)...)
		from = secret.end
	}
	shown = append(shown, runes[from:]...)
	return cut(shown, caret)
}

const mask = "***"

// secretsOf looks for secrets when the first line is shown: most files have no
// fault.
func (s *source) secretsOf(line int) []span {
	if s.secrets == nil {
		s.secrets = secretLines(s.lines)
	}
	return s.secrets[line]
}

// shift is where a position goes when a secret, from now on the mask at at,
// is hidden: one inside the secret goes to the mask's end.
func shift(now, position int, secret span, at int) int {
	switch {
	case position <= secret.start:
		return now
	case position < secret.end:
		return at + len(mask)
	}
	return now + len(mask) - (secret.end - secret.start)
}

// Cells shown of a long line: what a terminal of 80 columns holds.
const (
	cellsBefore = 50
	cellsShown  = 76
)

// cut keeps a long line readable: the part around the caret.
func cut(line []rune, caret span) (string, span) {
	if len(line) <= cellsShown && cellsOf(line) <= cellsShown {
		return printable(line), caret
	}
	start := min(caret.start, len(line))
	for before := 0; start > 0 && before < cellsBefore; start-- {
		before += cellsIn(line[start-1])
	}
	end := start
	for shown := 0; end < len(line) && shown < cellsShown; end++ {
		shown += cellsIn(line[end])
	}
	shown := printable(line[start:end])
	if end < len(line) {
		shown += "…"
	}
	if start > 0 {
		shown, start = "…"+shown, start-1
	}
	return shown, span{caret.start - start, min(caret.end, end) - start}
}

// printable replaces what would move a terminal's cursor or turn its text
// around, tabs apart.
func printable(line []rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029,
			r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f:
			return '\ufffd'
		}
		return r
	}, string(line))
}

// width is how many characters of its first line a node takes.
func (s *source) width(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(s.lines) || n.Column < 1 {
		return 1
	}
	line := s.lines[n.Line-1]
	if n.Kind != yaml.ScalarNode || n.Column > len(line) {
		return 1
	}
	text := string(line[n.Column-1 : min(len(line), n.Column-1+widest)])
	if m := quoted.FindString(text); m != "" {
		return len([]rune(m))
	}
	if strings.HasPrefix(text, n.Value) {
		return max(len([]rune(n.Value)), 1)
	}
	return 1
}

// widest is far more of a line than is ever shown.
const widest = 1000

var quoted = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')`)

// open says whether the characters of a line, all from 0, may be shown.
func (s *source) open(line int, at span) bool {
	for _, secret := range s.secretsOf(line) {
		if at.start < secret.end && secret.start < at.end {
			return false
		}
	}
	return true
}

// commented is the comment that stands where the value of a key, or of a dash,
// was meant to, when it looks like the name of a channel; else "".
func (s *source) commented(n *yaml.Node) string {
	line := s.lines[n.Line-1]
	if m := commentedValue.FindStringSubmatch(string(line[max(0, n.Column-2):])); m != nil {
		return m[1]
	}
	return ""
}

var commentedValue = regexp.MustCompile(`^(?:[^:#]*:|-?)\s+(#[\pL\pN_-]+)(?:\s|$)`)
