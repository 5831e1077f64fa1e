package rules

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// Bounds on a rule file. The largest keyword collections of a newsroom are some
// tens of KiB; a file that is longer or nests deeper was not written by hand.
const (
	maxFileBytes = 1 << 20
	maxNesting   = 20
	maxFaults    = 100 // of one file that are told
)

// A document is one rule file: its text, for places and excerpts, and the faults
// found in it.
type document struct {
	name   string
	src    string
	lines  []int // byte offset of each line's start
	faults []Fault

	runesOf int   // the line whose runes are indexed, 0: none
	runes   []int // byte offset of each rune of that line
}

// newDocument checks what must hold before a file can be shown at all: size and
// encoding. Line ends become \n and a byte order mark goes.
func newDocument(s Source) *document {
	d := &document{name: s.Name}
	if len(s.Data) > maxFileBytes {
		d.faults = append(d.faults, Fault{File: s.Name, Message: fmt.Sprintf("the file is larger than %d MiB", maxFileBytes>>20),
			Hint: "spread its rules over several files"})
		return d
	}
	text := strings.TrimPrefix(string(s.Data), "\uFEFF")
	d.src = strings.ReplaceAll(text, "\r\n", "\n")
	d.index()
	d.checkCharacters()
	d.checkIndentation()
	return d
}

func (d *document) index() {
	d.lines = []int{0}
	for i := range len(d.src) {
		if d.src[i] == '\n' {
			d.lines = append(d.lines, i+1)
		}
	}
}

// checkCharacters faults what no editor shows and YAML refuses or, worse, takes
// for the end of a line.
func (d *document) checkCharacters() {
	for i, r := range d.src {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(d.src[i:], "\uFFFD"):
			d.fault(i, i+1, "this is not UTF-8 text", "save the file as UTF-8; other encodings (EUC-KR, Windows-1252) cannot be told apart safely")
			return
		case r == '\u0085' || r == '\u2028' || r == '\u2029':
			d.fault(i, i+1, fmt.Sprintf("an invisible line separator (%U) stands here", r), "delete it; it came with pasted text")
			return
		case r < ' ' && r != '\t' && r != '\n' || r >= 0x7F && r < 0xA0:
			d.fault(i, i+1, fmt.Sprintf("a control character (%U) stands here", r), "delete it")
			return
		}
	}
}

// checkIndentation faults no-break spaces, which look like spaces and indent nothing.
func (d *document) checkIndentation() {
	for n, start := range d.lines {
		line := d.line(n + 1)
		if rest := strings.TrimLeft(line, " -"); strings.HasPrefix(rest, "\u00A0") {
			at := start + len(line) - len(rest)
			d.fault(at, at+len("\u00A0"), "a no-break space (U+00A0) stands here, which YAML does not take for a space", "put a plain space in its place; it came with pasted text")
		}
	}
}

// fault adds a fault about the bytes from start to end, cut at the end of their line.
func (d *document) fault(start, end int, message, hint string) {
	d.add(start, end, Fault{Message: message, Hint: hint})
}

func (d *document) warn(start, end int, message, hint string) {
	d.add(start, end, Fault{Message: message, Hint: hint, Warning: true})
}

func (d *document) add(start, end int, f Fault) {
	if len(d.faults) == maxFaults {
		f = Fault{Message: "there are more faults here and elsewhere in this file", Hint: "mend those that are shown and check again", Warning: f.Warning}
	}
	if !d.full() {
		d.faults = append(d.faults, d.place(start, end, f))
	}
}

// full says whether no more faults are told.
func (d *document) full() bool { return len(d.faults) > maxFaults }

// place puts f at the bytes from start to end.
func (d *document) place(start, end int, f Fault) Fault {
	start = min(start, len(d.src))
	n := sort.SearchInts(d.lines, start+1)
	line := d.line(n)
	from := start - d.lines[n-1]
	to := min(max(end-d.lines[n-1], from), len(line))
	f.File, f.Line, f.Column = d.name, n, utf8.RuneCountInString(line[:from])+1
	f.Excerpt, f.Width = line, max(utf8.RuneCountInString(line[from:to]), 1)
	return f
}

// line returns the n-th line, from 1, without its end.
func (d *document) line(n int) string {
	if n > len(d.lines) {
		return ""
	}
	text := d.src[d.lines[n-1]:]
	if n < len(d.lines) {
		text = text[:d.lines[n]-d.lines[n-1]]
	}
	return strings.TrimSuffix(text, "\n")
}

// offset returns the byte at a line and a column in runes, both from 1. The index
// of the last line asked for is kept: lists on one long line ask in turn.
func (d *document) offset(line, column int) int {
	if line < 1 || line > len(d.lines) {
		return len(d.src)
	}
	if d.runesOf != line {
		d.runesOf, d.runes = line, d.runes[:0]
		for i := range d.line(line) {
			d.runes = append(d.runes, d.lines[line-1]+i)
		}
		d.runes = append(d.runes, d.lines[line-1]+len(d.line(line)))
	}
	return d.runes[min(max(column, 1), len(d.runes))-1]
}

// lineOf is the line that byte i stands on.
func (d *document) lineOf(i int) string { return d.line(sort.SearchInts(d.lines, i+1)) }

// start is the byte where n begins.
func (d *document) start(n *yaml.Node) int { return d.offset(n.Line, n.Column) }

// at adds a fault about a node: a scalar's text on its first line, or a list's or
// a table's first character.
func (d *document) at(n *yaml.Node, message, hint string) {
	start, end := d.extent(n)
	d.fault(start, end, message, hint)
}

func (d *document) extent(n *yaml.Node) (start, end int) {
	start = d.start(n)
	if n.Kind == yaml.ScalarNode && n.Value != "" {
		return start, d.origin(n).end
	}
	return start, start + 1
}
