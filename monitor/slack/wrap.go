package slack

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// cells counts the columns that s takes in a terminal: two for a wide character
// (Hangul, Han, kana, emoji), none for a mark.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), r >= 0x1160 && r <= 0x11FF:
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// wrap breaks runs into lines of at most room cells: at spaces, between the
// characters of Han and kana, and within a word only when it is longer than a line.
func wrap(runs []run, room int) [][]run {
	w := wrapper{room: room}
	for _, r := range runs {
		for _, atom := range atoms(r.text) {
			piece := r
			piece.text = atom
			w.add(piece)
		}
	}
	w.flush()
	return append(w.lines, trimmed(w.line))
}

// A wrapper fills lines. What must stay together waits in word.
type wrapper struct {
	room  int
	lines [][]run
	line  []run
	used  int
	word  []run
	wide  int // cells of word
}

// add takes the next atom: a space, a wide character, or letters.
func (w *wrapper) add(r run) {
	switch {
	case r.text == " ":
		w.flush()
		if w.used > 0 && w.used < w.room {
			w.put(r)
		}
	case r.text == "\n":
		w.flush()
		w.lines = append(w.lines, w.line)
		w.line, w.used = nil, 0
	default:
		if first := []rune(r.text)[0]; breakable(first) && !closes(first) {
			w.flush()
		}
		w.word = append(w.word, r)
		w.wide += cells(r.text)
	}
}

// flush puts the waiting word on this line, or on the next.
func (w *wrapper) flush() {
	if w.used > 0 && w.used+w.wide > w.room {
		w.lines = append(w.lines, trimmed(w.line))
		w.line, w.used = nil, 0
	}
	for _, r := range w.word {
		for _, c := range r.text {
			piece := r
			piece.text = string(c)
			if w.used > 0 && w.used+cellsOf(c) > w.room {
				w.lines = append(w.lines, w.line)
				w.line, w.used = nil, 0
			}
			w.put(piece)
		}
	}
	w.word, w.wide = nil, 0
}

// put appends to the line, to its last run when the style is the same.
func (w *wrapper) put(r run) {
	w.used += cells(r.text)
	if n := len(w.line); n > 0 {
		last := &w.line[n-1]
		if last.like(r) {
			last.text += r.text
			return
		}
	}
	w.line = append(w.line, r)
}

// trimmed is a line without the space at its end.
func trimmed(line []run) []run {
	if n := len(line); n > 0 {
		line[n-1].text = strings.TrimRight(line[n-1].text, " ")
	}
	return line
}

// breakable says whether a line may break at r though no space is there: wide
// characters, but for Hangul, which has spaces.
func breakable(r rune) bool { return cellsOf(r) == 2 && !unicode.Is(unicode.Hangul, r) }

// closes says whether a wide character may not begin a line.
func closes(r rune) bool { return unicode.In(r, unicode.Pe, unicode.Pf, unicode.Po) }

// atoms splits text into spaces, wide characters with their marks, and words.
func atoms(s string) []string {
	var out []string
	word := false // the last atom may take more letters
	for _, r := range s {
		switch {
		case r == ' ' || r == '\n':
			out, word = append(out, string(r)), false
		case breakable(r):
			out, word = append(out, string(r)), false
		case cellsOf(r) == 0 && len(out) > 0:
			out[len(out)-1] += string(r)
		case word:
			out[len(out)-1] += string(r)
		default:
			out, word = append(out, string(r)), true
		}
	}
	return out
}
