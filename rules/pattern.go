package rules

import (
	"bytes"
	"strings"
)

// A pattern is a term made ready for matching: its words, one unit each. It is
// immutable. "*위성 발사" becomes two units, the first open at its start;
// 打ち上げ becomes four that must touch.
type pattern struct {
	units  []unit
	exact  bool
	korean bool // a unit is Hangul: it can lie anywhere in a word
	first  byte // of the spellings, folded, of words that the first unit finds; 0: any
}

// mayBegin says whether a word that is spelled so can be the first of a hit. It
// is quicker than to look.
func (p *pattern) mayBegin(fold []byte) bool {
	return p.first == 0 || len(fold) > 0 && fold[0] == p.first
}

// A unit is one word of a term; of Han and kana one character.
type unit struct {
	text   []byte // folded unless the term is exact; ? stands for one letter
	script script
	any    bool // text holds a ?

	openStart, openEnd bool // a * stood there
	glued              bool // nothing may stand between it and the unit before
	wallStart, wallEnd bool // no letter of the same script may touch it there
}

// A patternError tells an analyst why a term cannot be looked for. At is a
// range of bytes in the term's text.
type patternError struct {
	At            Span
	Message, Hint string
}

func (e *patternError) Error() string { return e.Message }

// newPattern makes a term ready for matching. A non-nil error is a *patternError.
func newPattern(term string, exact bool) (pattern, error) {
	p := pattern{exact: exact}
	t := text{source: term}
	split := splitter{text: &t, wild: true}
	split.split()
	for words := t.words; len(words) > 0; {
		n := run(words)
		w := compound{text: &t, words: words[:n], exact: exact}
		w.lone = !words[0].joined && (n == len(words) || !words[n].joined)
		units, err := w.units()
		if err != nil {
			return pattern{}, err
		}
		if len(p.units) == 0 && !units[0].openStart && !units[0].any {
			p.first = t.folds[words[0].fold.start]
		}
		for i := range units {
			p.korean = p.korean || units[i].script == hangul
		}
		p.units, words = append(p.units, units...), words[n:]
	}
	if len(p.units) == 0 {
		return pattern{}, &patternError{Span{0, len(term)}, "there is no letter or digit to look for", "write a word or a phrase"}
	}
	return p, nil
}

// run is the number of words at the start of words that belong together: one,
// or all that are joined of Han, kana and the wildcards beside them.
func run(words []word) int {
	n := 1
	for n < len(words) && words[n].joined && words[n-1].bare() && words[n].bare() {
		n++
	}
	return n
}

func (w *word) bare() bool { return w.script.single() || w.script == wildcard }

// A compound is what one run of a term's words is compiled from.
type compound struct {
	*text        // the whole term
	words []word // those of the run
	exact bool
	lone  bool // the term has space on both sides of it
}

func (c *compound) units() ([]unit, error) {
	first, last := &c.words[0], &c.words[len(c.words)-1]
	s := string(c.folds[first.fold.start:last.fold.end])
	if err := c.check(s); err != nil {
		return nil, err
	}
	var units []unit
	for i := range c.words {
		w := &c.words[i]
		text := w.fold.of(c.folds)
		if c.exact {
			text = w.exact.of(c.exacts)
		}
		text = bytes.Trim(text, "*")
		if w.script != wildcard {
			units = append(units, unit{text: text, script: w.script, any: bytes.IndexByte(text, '?') >= 0})
			continue
		}
		for range string(text) {
			units = append(units, unit{text: []byte("?"), script: wildcard, any: true})
		}
	}
	for i := range units {
		units[i].glued = i > 0
	}
	begin, end := &units[0], &units[len(units)-1]
	begin.openStart, end.openEnd = strings.HasPrefix(s, "*"), strings.HasSuffix(s, "*")
	alone := c.lone && len(units) == 1 && begin.script == han
	begin.wallStart = !begin.openStart && (alone || begin.walled())
	end.wallEnd = !end.openEnd && (alone || end.walled())
	return units, nil
}

// walled says whether u, at the edge of a run, ends only where its script does:
// katakana is looked for as a whole run.
func (u *unit) walled() bool { return u.script == katakana || u.script == wildcard }

// check refuses wildcards that leave too little. s is the compound with them.
func (c *compound) check(s string) error {
	at := Span{int(c.words[0].at.start), int(c.words[len(c.words)-1].at.end)}
	if !strings.ContainsAny(s, "*?") {
		return nil
	}
	written := c.source[at.Start:at.End]
	letters, enough := 0, 2
	for _, r := range s {
		if r != '*' && r != '?' {
			letters++
		}
		if s := scriptOf(r); s == hangul || s.single() {
			enough = 1
		}
	}
	switch {
	case c.exact:
		return &patternError{at, "an exact term takes no wildcard: " + written, "write it without = and braces, or without * and ?"}
	case letters == 0:
		return &patternError{at, written + " stands for letters of a word, not for a word", "for a gap of one word write ONEAR/1 between two terms"}
	case letters < enough:
		return &patternError{at, written + " leaves too little to look for", "write two letters or more beside the wildcard, one in Han, Hangul or kana"}
	case strings.Contains(strings.Trim(s, "*"), "*"):
		return &patternError{at, "* stands inside the word " + written, "write * at the beginning or the end of a word, or ? for exactly one letter"}
	}
	return nil
}
