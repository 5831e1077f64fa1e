package rules

import (
	"bytes"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// A joint is where the next unit of a term may begin: a word of the text, and
// for Hangul a byte of it. Later says that it may begin further on in that word
// too.
type joint struct {
	word, byte int
	later      bool
}

// from looks for p at word i of t and returns the word after the shortest
// match. Time is linear in the words looked at, whatever they repeat.
func (p *pattern) from(t *text, i int) (end int, ok bool) {
	if p.korean {
		if len(p.units) == 1 && !p.exact {
			return i + 1, p.units[0].inKorean(t, i)
		}
		if !p.mayGoOn(t, i) {
			return 0, false
		}
		return p.anyReading(t, i)
	}
	for k := range p.units {
		if i == len(t.words) || !p.stands(k, t, i) {
			return 0, false
		}
		i++
		if p.mayCarry(k) && t.isParticle(i) {
			i++ // no unit of p is a Hangul word
		}
	}
	return i, true
}

// stands says whether unit k, which is not Hangul, is word i of t.
func (p *pattern) stands(k int, t *text, i int) bool {
	u, w := &p.units[k], &t.words[i]
	switch {
	case w.script == hangul || u.glued && !w.joined:
		return false
	case u.script.single() || u.script == wildcard:
		return w.script.single() && (u.any || bytes.Equal(u.text, t.fold(i))) && !t.walled(u, i)
	case p.exact:
		return t.isExactly(i, u.text)
	}
	return u.matches(t.fold(i))
}

// mayCarry says whether a particle may stand behind unit k: behind each word of a
// Korean phrase, as in SCM의 공동성명 and ‘위성’을 발사. The hit does not need the last.
func (p *pattern) mayCarry(k int) bool {
	return k+1 < len(p.units) && !p.exact && !p.units[k+1].glued
}

// isParticle says whether word i is a particle of the word before it.
func (t *text) isParticle(i int) bool {
	if i == len(t.words) {
		return false
	}
	w := &t.words[i]
	return w.script == hangul && w.tight && koreanTails().isParticle(t.fold(i), onAny)
}

// walled says whether a letter of its own script touches word i where u allows none,
// or before a Han character a number: the 日 of 21日 is no Japan.
func (t *text) walled(u *unit, i int) bool {
	if !u.wallStart && !u.wallEnd {
		return false
	}
	touch := func(i int) bool {
		return 0 < i && i < len(t.words) && t.words[i].joined && t.words[i-1].script == t.words[i].script
	}
	counted := u.script == han && i > 0 && t.words[i].joined && t.words[i-1].script == digit
	return u.wallStart && (touch(i) || counted) || u.wallEnd && touch(i+1)
}

// inKorean says whether u, a whole term, finds word i.
func (u *unit) inKorean(t *text, i int) bool {
	if t.words[i].script != hangul {
		return false
	}
	w := t.fold(i)
	for j := 0; j < len(w); j++ {
		if !utf8.RuneStart(w[j]) {
			continue
		}
		if n := u.prefix(w[j:]); n > 0 && u.endsAt(w, j+n) {
			return true
		}
		if !u.openStart {
			break
		}
	}
	return false
}

// mayGoOn says whether the second unit can be there at all when the first is word
// i: in the word itself, or first in the next but for a particle. Few have it.
func (p *pattern) mayGoOn(t *text, i int) bool {
	if len(p.units) < 2 || p.units[1].script != hangul || p.units[1].openStart || p.units[1].any || p.exact {
		return true
	}
	first := p.units[1].text[:syllableBytes]
	if bytes.Contains(t.fold(i), first) {
		return true
	}
	for next := i + 1; next < len(t.words) && next <= i+2; next++ {
		if bytes.HasPrefix(t.fold(next), first) {
			return true
		}
	}
	return false
}

// endsAt says whether what is left of a Korean word from byte i on may stand
// behind a term.
func (u *unit) endsAt(w []byte, i int) bool {
	return u.openEnd || i == len(w) || koreanTails().isTail(w[i:], finalOf(w[:i]))
}

// anyReading follows all readings of a pattern with Hangul at once, one unit at a
// time.
func (p *pattern) anyReading(t *text, i int) (end int, ok bool) {
	t.here = append(t.here[:0], joint{word: i})
	for k := range p.units {
		s := step{p: p, k: k, t: t, next: t.there[:0], word: -1}
		for _, at := range t.here {
			s.take(at)
		}
		t.here, t.there = s.next, t.here
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
	next []joint

	word, byte int // a word that was looked through, from a byte on
}

func (s *step) add(at joint) {
	for _, have := range slices.Backward(s.next) { // mostly one of the last
		if have == at || have.later && have.word == at.word && have.byte <= at.byte {
			return
		}
	}
	s.next = append(s.next, at)
}

func (s *step) last() bool { return s.k == len(s.p.units)-1 }

func (s *step) take(at joint) {
	switch {
	case at.word == len(s.t.words):
	case s.p.units[s.k].script == hangul:
		if s.t.words[at.word].script == hangul {
			s.hangul(at)
		}
	case at.byte == 0 && s.p.stands(s.k, s.t, at.word):
		s.pass(at.word + 1)
	}
}

// pass goes on at word i, and behind it if it is a particle.
func (s *step) pass(i int) {
	s.add(joint{word: i})
	if s.p.mayCarry(s.k) && s.t.isParticle(i) {
		s.add(joint{word: i + 1})
	}
}

// hangul looks for the unit in a Korean word: itself, with a particle or a verb's
// form, or grown together with the next units of its phrase.
func (s *step) hangul(at joint) {
	u, w := &s.p.units[s.k], s.t.fold(at.word)
	if s.p.exact {
		if bytes.Equal(u.text, w) {
			s.pass(at.word + 1)
		}
		return
	}
	anywhere := u.openStart || at.later
	if anywhere && s.word == at.word && s.byte <= at.byte {
		return
	}
	for i := at.byte; i < len(w); i++ {
		if !utf8.RuneStart(w[i]) {
			continue
		}
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
	u, w := &s.p.units[s.k], s.t.fold(word)
	if s.last() {
		if u.endsAt(w, i) {
			s.add(joint{word: word + 1})
		}
		return
	}
	final, tails := finalOf(w[:i]), koreanTails()
	if u.openEnd || i == len(w) || tails.isParticle(w[i:], final) {
		s.pass(word + 1)
	}
	if i == len(w) || s.p.units[s.k+1].script != hangul {
		return
	}
	s.add(joint{word: word, byte: i, later: u.openEnd})
	if u.openEnd {
		return // further on too
	}
	for tails := s.t.particlesAt(word, i); tails != 0; tails &= tails - 1 {
		if j := i + bits.TrailingZeros64(tails); s.mayBegin(w[j:]) {
			s.add(joint{word: word, byte: j})
		}
	}
}

// particlesAt tells which bytes of a Korean word from byte i on are particles: bit n
// is set if the next n are. A phrase of many words asks that of one place often.
func (t *text) particlesAt(word, i int) uint64 {
	if t.tailed != word+1 {
		t.tailed = word + 1
		clear(t.tails[:])
	}
	known := &t.tails[i]
	if *known == 0 {
		*known = 1 // no bit of a particle
		w, tails := t.fold(word), koreanTails()
		final, most, several := finalOf(w[:i]), maxParticleBytes, false
		if tails.goesOn(w[i:], final) {
			most, several = maxTailBytes, true
		}
		for j := i + 1; j < min(len(w), i+most+1); j++ {
			if utf8.RuneStart(w[j]) && (several && tails.isParticle(w[i:j], final) || !several && tails.isOne(w[i:j], final, 1)) {
				*known |= 1 << (j - i)
			}
		}
	}
	return *known &^ 1
}

// mayBegin says whether the next unit, of Hangul, begins in what is left of a word.
func (s *step) mayBegin(rest []byte) bool {
	u := &s.p.units[s.k+1]
	return u.openStart || u.prefix(rest) > 0
}

// matches says whether u finds the whole of s.
func (u *unit) matches(s []byte) bool {
	if !u.any {
		switch {
		case u.openStart && u.openEnd:
			return bytes.Contains(s, u.text)
		case u.openStart:
			return bytes.HasSuffix(s, u.text)
		case u.openEnd:
			return bytes.HasPrefix(s, u.text)
		}
		return bytes.Equal(s, u.text)
	}
	for i := 0; i < len(s); i++ {
		if !utf8.RuneStart(s[i]) {
			continue
		}
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
func (u *unit) prefix(s []byte) int {
	if !u.any {
		if bytes.HasPrefix(s, u.text) {
			return len(u.text)
		}
		return 0
	}
	n := 0
	for _, want := range string(u.text) {
		r, size := utf8.DecodeRune(s[n:])
		if size == 0 || want != '?' && want != r {
			return 0
		}
		n += size
	}
	return n
}
