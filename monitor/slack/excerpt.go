package slack

import (
	"strings"
	"unicode/utf16"
)

// A span is a stretch of text, bold or not.
type span struct {
	text string
	bold bool
}

// A glyph is a rune that the reader sees.
type glyph struct {
	r    rune
	bold bool
}

// A window is a range of glyphs.
type window struct{ from, to int }

// minContext is how many characters stand on each side of a hit at least, when
// a sentence is cut.
const minContext = 16

// excerpt is the sentence, cleaned, with the marked byte ranges in bold. One of
// more than limit units is cut around its hits: as many of the first hits as
// fit, each with the same room on both sides.
//
//	limit 60: "… a *spy satellite* on Tuesday … the *rocket* flew over …"
func excerpt(sentence string, marks [][2]int, limit int) []span {
	glyphs := glyphsOf(sentence, marks)
	windows := []window{{0, len(glyphs)}}
	if size(glyphs, windows) > limit {
		windows = around(glyphs, limit)
	}
	var spans []span
	add := func(text string, bold bool) {
		if n := len(spans); n > 0 && spans[n-1].bold == bold {
			spans[n-1].text += text
		} else if text != "" {
			spans = append(spans, span{text, bold})
		}
	}
	for i, w := range windows {
		switch {
		case i > 0:
			add(" "+ellipsis+" ", false)
		case w.from > 0:
			add(ellipsis+" ", false)
		}
		for _, g := range glyphs[w.from:w.to] {
			add(string(g.r), g.bold)
		}
	}
	if windows[len(windows)-1].to < len(glyphs) {
		add(ellipsis, false)
	}
	return spans
}

// glyphsOf cleans a sentence as clean does and notes which of it is marked.
// Marks out of order or out of bounds mark what they can.
func glyphsOf(sentence string, marks [][2]int) []glyph {
	var glyphs []glyph
	space := false
	for i, r := range sentence {
		for len(marks) > 0 && marks[0][1] <= i {
			marks = marks[1:]
		}
		bold := len(marks) > 0 && marks[0][0] <= i
		switch r = seen(r); {
		case r == 0:
		case r == ' ':
			space = len(glyphs) > 0
		default:
			if space {
				// Bold only within a hit, not at its edge.
				glyphs = append(glyphs, glyph{' ', bold && glyphs[len(glyphs)-1].bold})
				space = false
			}
			glyphs = append(glyphs, glyph{r, bold})
		}
	}
	return glyphs
}

// around finds the windows to keep of a sentence that is too long.
func around(glyphs []glyph, limit int) []window {
	hits := bolds(glyphs)
	if len(hits) == 0 {
		return fill(glyphs, window{0, 0}, limit)
	}
	const mostHits = 12 // more tell no more
	for n := min(len(hits), mostHits); n > 0; n-- {
		if size(glyphs, widen(glyphs, hits[:n], minContext)) > limit {
			continue
		}
		low, high := minContext, limit
		for low < high { // the widest room that fits
			if mid := (low + high + 1) / 2; size(glyphs, widen(glyphs, hits[:n], mid)) <= limit {
				low = mid
			} else {
				high = mid - 1
			}
		}
		return widen(glyphs, hits[:n], low)
	}
	return fill(glyphs, window{hits[0].from, hits[0].from}, limit)
}

// fill is one window from w.from on, as long as fits.
func fill(glyphs []glyph, w window, limit int) []window {
	for w.to < len(glyphs) && size(glyphs, []window{{w.from, w.to + 1}}) <= limit {
		w.to++
	}
	for w.to > w.from+1 && w.to < len(glyphs) && extends(glyphs[w.to].r) {
		w.to--
	}
	return []window{w}
}

// bolds lists the runs of bold glyphs.
func bolds(glyphs []glyph) []window {
	var runs []window
	for i, g := range glyphs {
		switch {
		case !g.bold:
		case i > 0 && glyphs[i-1].bold:
			runs[len(runs)-1].to = i + 1
		default:
			runs = append(runs, window{i, i + 1})
		}
	}
	return runs
}

// widen gives each hit room on both sides, whole words where one ends near, and
// joins windows that touch.
func widen(glyphs []glyph, hits []window, room int) []window {
	var windows []window
	for _, hit := range hits {
		w := window{max(0, hit.from-room), min(len(glyphs), hit.to+room)}
		for near := 0; w.from > 0 && w.from < hit.from; near++ {
			if near > minContext-4 {
				w.from -= near // no word ends near: a script without spaces
				for w.from < hit.from && extends(glyphs[w.from].r) {
					w.from++
				}
				break
			}
			w.from++
			if glyphs[w.from-1].r == ' ' {
				break
			}
		}
		for near := 0; w.to < len(glyphs) && w.to > hit.to; near++ {
			if glyphs[w.to].r == ' ' {
				break
			}
			if near > minContext-4 {
				w.to += near
				for w.to > hit.to && extends(glyphs[w.to].r) {
					w.to--
				}
				break
			}
			w.to--
		}
		if n := len(windows); n > 0 && w.from <= windows[n-1].to+3 {
			windows[n-1].to = max(w.to, windows[n-1].to)
		} else {
			windows = append(windows, w)
		}
	}
	return windows
}

// size counts the units that windows take with their ellipses.
func size(glyphs []glyph, windows []window) int {
	n := 0
	for i, w := range windows {
		if i > 0 {
			n += 3
		} else if w.from > 0 {
			n += 2
		}
		for _, g := range glyphs[w.from:w.to] {
			n += max(1, utf16.RuneLen(g.r))
		}
	}
	if last := windows[len(windows)-1]; last.to < len(glyphs) {
		n++
	}
	return n
}

// flat is the text of spans without their marks.
func flat(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.text)
	}
	return b.String()
}
