package main

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"newswatch/rules"
)

// A style is how a terminal shows text; where there is no colour, hits stand
// between « and ».
type style string

const (
	plain   style = ""
	dim     style = "2"
	strong  style = "1"
	found   style = "1;32"
	against style = "1;31" // found, and must not be
)

// A glyph is a character in its style.
type glyph struct {
	r     rune
	style style
}

// A paragraph is text to be wrapped.
type paragraph []glyph

// add appends text. Of what cannot be seen line ends stay, the rest goes or
// becomes a space, so that nothing fetched moves the cursor or turns text round.
func (p *paragraph) add(s style, text string) {
	for _, r := range text {
		switch {
		case r == '\n':
		case unicode.Is(unicode.Cf, r):
			continue
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
			r = ' '
		}
		*p = append(*p, glyph{r, s})
	}
}

// lines breaks the paragraph into lines of at most so many cells.
func (p paragraph) lines(cells int) []paragraph {
	var lines []paragraph
	for len(p) > 0 {
		n := p.fit(cells)
		lines = append(lines, p[:n].trimmed())
		for p = p[n:]; len(p) > 0 && p[0].r == ' '; {
			p = p[1:]
		}
	}
	return lines
}

// fit is how many characters go on the first line.
func (p paragraph) fit(cells int) int {
	last, used := 0, 0
	for i, g := range p {
		if g.r == '\n' {
			return i + 1
		}
		if i > 0 && mayBreak(p[i-1].r, g.r) {
			last = i
		}
		used += cellsOfRune(g.r)
		switch {
		case used <= cells || g.r == ' ':
		case last > 0:
			return last
		case i > 0:
			return i
		}
	}
	return len(p)
}

// mayBreak says whether a line may end between two characters: at a space, and
// beside Han and kana, but no mark that closes begins a line and none that opens
// ends one.
func mayBreak(before, after rune) bool {
	const opening, closing = "«“‘「『（(《〈【", "»”’」』）)》〉】、。，．.,！？!?：；…ー"
	switch {
	case before == '"' || after == '"': // opens or closes: it does not say
		return before == ' '
	case after == ' ' || strings.ContainsRune(closing, after) || strings.ContainsRune(opening, before):
		return false
	case before == ' ':
		return true
	}
	return isIdeograph(before) || isIdeograph(after)
}

// isIdeograph says whether r is written without spaces. Hangul is not.
func isIdeograph(r rune) bool {
	return cellsOfRune(r) == 2 && !unicode.Is(unicode.Hangul, r)
}

func (p paragraph) trimmed() paragraph {
	for len(p) > 0 && (p[len(p)-1].r == ' ' || p[len(p)-1].r == '\n') {
		p = p[:len(p)-1]
	}
	return p
}

// paint writes a line with the escape sequences of its styles, or without.
func (p paragraph) paint(color bool) string {
	var b strings.Builder
	now := plain
	turn := func(to style) {
		if !color || to == now {
			return
		}
		if now != plain {
			b.WriteString("\x1b[0m")
		}
		if to != plain {
			b.WriteString("\x1b[" + string(to) + "m")
		}
		now = to
	}
	for _, g := range p {
		turn(g.style)
		b.WriteRune(g.r)
	}
	turn(plain)
	return b.String()
}

// A mark is a hit in a text.
type mark struct {
	start, end int // bytes
	style      style
}

// marksIn are the hits in one field, in order; of two that overlap the first.
func marksIn(f rules.Field, x rules.Explanation) []mark {
	var all []mark
	for _, h := range x.Against {
		if h.Field == f {
			all = append(all, mark{h.Start, h.End, against})
		}
	}
	for _, h := range x.Hits {
		if h.Field == f {
			all = append(all, mark{h.Start, h.End, found})
		}
	}
	slices.SortStableFunc(all, func(a, b mark) int { return cmp.Compare(a.start, b.start) })
	var marks []mark
	for _, m := range all {
		if len(marks) == 0 || m.start >= marks[len(marks)-1].end {
			marks = append(marks, m)
		}
	}
	return marks
}

// A cut is a range of a text that is shown.
type cut struct{ start, end int }

// cutsOf is what to show of a text: all of it when it is short, else its
// beginning and what stands around the marks, until that is long.
func cutsOf(text string, marks []mark) []cut {
	const short, beginning, around, most = 1200, 160, 120, 2400 // bytes
	if len(text) <= short {
		return []cut{{0, len(text)}}
	}
	cuts := []cut{{0, wordEnd(text, beginning)}}
	shown := cuts[0].end
	for _, m := range marks {
		if shown > most {
			break
		}
		next, last := cut{wordStart(text, m.start-around), wordEnd(text, m.end+around)}, &cuts[len(cuts)-1]
		if next.start <= last.end {
			next.start, next.end = last.end, max(next.end, last.end)
			last.end = next.end
		} else {
			cuts = append(cuts, next)
		}
		shown += next.end - next.start
	}
	return cuts
}

// wordStart and wordEnd move a place to the next space, or to the next character
// where there is none near, so that a cut takes no word apart.
func wordStart(text string, at int) int {
	if at <= 0 {
		return 0
	}
	return wordEnd(text, at)
}

func wordEnd(text string, at int) int {
	const near = 20
	if at >= len(text) {
		return len(text)
	}
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	if i := strings.IndexAny(text[at:min(len(text), at+near)], " \n"); i >= 0 {
		return at + i
	}
	return at
}
