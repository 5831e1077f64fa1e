package rules

import (
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// An origin says where the bytes of a YAML scalar's value stand in the file: in
//
//	match: >
//	  a AND
//	  (b
//
// the value is "a AND (b\n" and its bracket stands on the third line.
type origin struct {
	start, end int   // the scalar's bytes, quotes and all
	last       int   // byte after the value's last
	offsets    []int // for each byte of the value; nil: byte i stands at start+i
}

// place returns the bytes of the file that hold the value's bytes of s.
func (o origin) place(s Span) Span {
	if o.offsets == nil {
		return Span{min(o.start+s.Start, o.end), min(o.start+s.End, o.end)}
	}
	at := func(i int) int {
		if i < len(o.offsets) {
			return o.offsets[i]
		}
		return o.last
	}
	return Span{at(s.Start), max(at(s.End), at(s.Start))}
}

// origin follows a scalar's value through the file. A form that it cannot follow
// has its place at the scalar's start.
func (d *document) origin(n *yaml.Node) origin {
	start := d.start(n)
	quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if !quoted && strings.HasPrefix(d.src[start:], n.Value) {
		return origin{start: start, end: start + len(n.Value), last: start + len(n.Value)}
	}
	f := follower{src: d.src, p: start, value: n.Value, offsets: make([]int, 0, len(n.Value))}
	var ok bool
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		f.p++
		ok = f.flow('"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		f.p++
		ok = f.flow('\'')
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		ok = f.block()
	default:
		ok = f.flow(0)
	}
	if !ok {
		return origin{start: start, end: start + 1, last: start, offsets: []int{}}
	}
	o := origin{start: start, end: f.p, last: f.p, offsets: f.offsets}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		o.end = min(f.p+1, len(d.src))
	}
	return o
}

// follower walks a scalar's source and its value side by side.
type follower struct {
	src     string
	p       int // next byte of src
	value   string
	offsets []int // of value's bytes so far
	blanks  int   // the run of blanks that contains p ends here
}

func (f *follower) done() bool { return len(f.offsets) == len(f.value) }

// emit takes n bytes of the value as coming from byte p.
func (f *follower) emit(n, p int) bool {
	for ; n > 0 && !f.done(); n-- {
		f.offsets = append(f.offsets, p)
	}
	return n == 0
}

// same takes one byte that is the same on both sides.
func (f *follower) same() bool {
	if f.p >= len(f.src) || f.src[f.p] != f.value[len(f.offsets)] {
		return false
	}
	f.emit(1, f.p)
	f.p++
	return true
}

func (f *follower) skipBlanks(p int) int {
	for p < len(f.src) && (f.src[p] == ' ' || f.src[p] == '\t') {
		p++
	}
	return p
}

// flow follows a plain (quote 0) or quoted scalar. Line breaks in it fold: one is
// a space, and of several the first goes.
func (f *follower) flow(quote byte) bool {
	for !f.done() {
		rest := f.src[f.p:]
		ok := true
		switch {
		case quote == '"' && strings.HasPrefix(rest, "\\\n"):
			f.p += 2
			ok = f.emit(f.breaks())
		case quote == '"' && strings.HasPrefix(rest, "\\"):
			ok = f.escape()
		case quote == '\'' && strings.HasPrefix(rest, "''"):
			ok = f.emit(1, f.p)
			f.p += 2
		case f.atBreak():
			ok = f.fold()
		default:
			ok = f.same()
		}
		if !ok {
			return false
		}
	}
	return true
}

// atBreak says whether only blanks are left on the line.
func (f *follower) atBreak() bool {
	if f.p >= f.blanks {
		f.blanks = f.skipBlanks(f.p)
	}
	return f.blanks < len(f.src) && f.src[f.blanks] == '\n'
}

// breaks moves past line breaks and the blanks around them; from is where they began.
func (f *follower) breaks() (n, from int) {
	for from = f.p; f.atBreak(); n++ {
		f.p = f.blanks + 1
	}
	f.p = f.skipBlanks(f.p)
	return n, from
}

func (f *follower) fold() bool {
	n, from := f.breaks()
	return f.emit(max(n-1, 1), from)
}

func (f *follower) escape() bool {
	length := 2
	if f.p+1 < len(f.src) {
		switch f.src[f.p+1] {
		case 'x':
			length = 4
		case 'u':
			length = 6
		case 'U':
			length = 10
		}
	}
	_, size := utf8.DecodeRuneInString(f.value[len(f.offsets):])
	ok := f.emit(size, f.p)
	f.p += length
	return ok && f.p <= len(f.src)
}

// block follows a | or > scalar, whose lines lose their common indentation.
func (f *follower) block() bool {
	header := strings.IndexByte(f.src[f.p:], '\n')
	if header < 0 {
		return f.done()
	}
	f.p += header + 1
	indent := f.indentation()
	f.indent(indent)
	for !f.done() {
		if f.p >= len(f.src) {
			return f.emit(len(f.value)-len(f.offsets), f.p)
		}
		if f.src[f.p] != '\n' {
			if !f.same() {
				return false
			}
			continue
		}
		from := f.p
		for f.p < len(f.src) && f.src[f.p] == '\n' {
			f.p++
			f.indent(indent)
		}
		if f.value[len(f.offsets)] == ' ' { // folded
			f.emit(1, from)
			continue
		}
		rest := f.value[len(f.offsets):]
		breaks := len(rest) - len(strings.TrimLeft(rest, "\n"))
		if breaks == 0 {
			return false
		}
		f.emit(breaks, from)
	}
	return true
}

// indentation is what the first line with text has more in the file than in the value.
func (f *follower) indentation() int {
	inFile, inValue := strings.TrimLeft(f.src[f.p:], " \n"), strings.TrimLeft(f.value, " \n")
	before := f.src[f.p : len(f.src)-len(inFile)]
	indent := len(before) - strings.LastIndexByte(before, '\n') - 1
	before = f.value[:len(f.value)-len(inValue)]
	return max(indent-(len(before)-strings.LastIndexByte(before, '\n')-1), 0)
}

func (f *follower) indent(n int) {
	for ; n > 0 && f.p < len(f.src) && f.src[f.p] == ' '; n-- {
		f.p++
	}
}
