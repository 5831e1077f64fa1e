package rules

import (
	"strings"
	"unicode/utf8"
)

// A place is where the next unit of a term may begin: a word of the text, and
// for Hangul a byte of it. Later says that it may begin further on in that word
// too.
type place struct {
	word, byte int
	later      bool
}

// from looks for p at word i of t and returns the word after the shortest
// match. It follows all readings at once, one unit at a time, so that time is
// linear in the words looked at, whatever they repeat.
func (p *pattern) from(t *text, i int) (end int, ok bool) {
	t.here = append(t.here[:0], place{word: i})
	for k := range p.units {
		s := step{p: p, k: k, t: t, next: t.next[:0], word: -1}
		for _, at := range t.here {
			s.take(at)
		}
		t.here, t.next = s.next, t.here
		if len(t.here) == 0 {
			return 0, false
		}
	}
	end = t.here[0].word
	for _, at := range t.here {
		end = min(end, at.word)
	}
	return end, true
}

// A step matches one unit of a pattern at some places and gathers where the
// next one may begin.
type step struct {
	p    *pattern
	k    int
	t    *text
	next []place

	word, byte int // a word that was looked through, from a byte on
}

func (s *step) add(at place) {
	for _, have := range s.next {
		if have == at || have.later && have.word == at.word && have.byte <= at.byte {
			return
		}
	}
	s.next = append(s.next, at)
}

func (s *step) last() bool { return s.k == len(s.p.units)-1 }

func (s *step) take(at place) {
	if at.word == len(s.t.words) {
		return
	}
	u, w := &s.p.units[s.k], &s.t.words[at.word]
	switch {
	case u.script == hangul:
		if w.script == hangul {
			s.hangul(at)
		}
		return
	case at.byte > 0 || u.glued && !w.joined:
		return
	case u.script.single() || u.script == wildcard:
		if !w.script.single() || !u.any && u.text != w.fold || s.walled(u, at.word) {
			return
		}
	case !u.matches(s.p.read(w)):
		return
	}
	s.pass(at.word + 1)
}

// pass goes on at word i, and behind it if it is the particle that each word of a
// Korean phrase may carry: SCM의 공동성명, ‘위성’을 발사.
func (s *step) pass(i int) {
	s.add(place{word: i})
	if s.last() || s.p.exact || s.p.units[s.k+1].glued || i == len(s.t.words) {
		return
	}
	if w := &s.t.words[i]; w.script == hangul && w.tight && koreanTails().isParticle(w.fold, onAny) {
		s.add(place{word: i + 1})
	}
}

// read is the spelling of w that the pattern looks at.
func (p *pattern) read(w *word) string {
	if p.exact {
		return w.exact
	}
	return w.fold
}

// walled says whether a letter of its own script touches word i where u allows none.
func (s *step) walled(u *unit, i int) bool {
	words := s.t.words
	return u.wallStart && i > 0 && words[i].joined && words[i-1].script == words[i].script ||
		u.wallEnd && i+1 < len(words) && words[i+1].joined && words[i+1].script == words[i].script
}

// hangul looks for the unit in a Korean word: itself, with a particle or a verb's
// form, or grown together with the next units of its phrase.
func (s *step) hangul(at place) {
	u, w := &s.p.units[s.k], s.t.words[at.word].fold
	if s.p.exact {
		if u.text == w {
			s.pass(at.word + 1)
		}
		return
	}
	anywhere := u.openStart || at.later
	if anywhere && s.word == at.word && s.byte <= at.byte {
		return
	}
	for i := range w[at.byte:] {
		i += at.byte
		if n := u.prefix(w[i:]); n > 0 {
			s.ends(at.word, i+n)
		}
		if !anywhere {
			return
		}
	}
	s.word, s.byte = at.word, at.byte
}

// ends goes on from a unit that ends at byte i of a Korean word.
func (s *step) ends(word, i int) {
	u, w := &s.p.units[s.k], s.t.words[word].fold
	final, tails := finalOf(w[:i]), koreanTails()
	if s.last() {
		if u.openEnd || i == len(w) || tails.isTail(w[i:], final) {
			s.add(place{word: word + 1})
		}
		return
	}
	if u.openEnd || i == len(w) || tails.isParticle(w[i:], final) {
		s.pass(word + 1)
	}
	if i == len(w) || s.p.units[s.k+1].script != hangul {
		return
	}
	s.add(place{word: word, byte: i, later: u.openEnd})
	for j := range w[i:] {
		if j > 0 && j <= maxTailBytes && tails.isParticle(w[i:i+j], final) {
			s.add(place{word: word, byte: i + j})
		}
	}
}

// matches says whether u finds the whole of s.
func (u *unit) matches(s string) bool {
	if !u.any {
		switch {
		case u.openStart && u.openEnd:
			return strings.Contains(s, u.text)
		case u.openStart:
			return strings.HasSuffix(s, u.text)
		case u.openEnd:
			return strings.HasPrefix(s, u.text)
		}
		return s == u.text
	}
	for i := range s {
		if n := u.prefix(s[i:]); n > 0 && (u.openEnd || i+n == len(s)) {
			return true
		}
		if !u.openStart {
			break
		}
	}
	return false
}

// prefix is the number of bytes that u's letters take at the start of s; 0: they
// are not there.
func (u *unit) prefix(s string) int {
	if !u.any {
		if strings.HasPrefix(s, u.text) {
			return len(u.text)
		}
		return 0
	}
	n := 0
	for _, want := range u.text {
		r, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 || want != '?' && want != r {
			return 0
		}
		n += size
	}
	return n
}
