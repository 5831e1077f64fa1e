package rules

import (
	"bytes"
	"slices"
)

// A sweep is one pass of a program over an article: it finds the terms, and with
// them the rules that are awake. It is used again for the next article, with the
// room it has; all that it knows of this one is listed, so that forgetting it is
// quick however many rules there are.
type sweep struct {
	program *program
	scan    *scan // the article and its texts

	seen     []int32 // the terms found, each once
	present  set     // the same
	chains   []chain // of each term that is present
	places   []place // of all terms, the title's before the body's; the first is none
	looked   []int32 // terms that were looked for at some word
	tried    []int32 // the last word at which each was, the title's before the body's
	sought   []int32 // terms that are not indexed and were looked for everywhere
	isSought set     // the same

	answered    []int32 // the nodes that were asked, each once
	asked, held set     // the same, and those that hold
	wakers      []int32 // the nodes that woke their rules
	waking      set     // the same
	awake       []int32 // the rules they woke
	isAwake     set     // the same
	fired       []int32

	text   *text // being looked through
	before int32 // words of the texts before it, and one
	hashes []uint64

	left, right []place       // room for NEAR and ATLEAST
	merger      merger[place] // and to put them in order
	some        []int32       // room for terms
	told        []spot        // and for what a rule found
	sides       [2][]spot     // those of a NEAR
	spotMerger  merger[spot]
}

// A chain leads through the places of a term.
type chain struct{ first, last, n int32 }

// A place is where a term was found, as a spot is.
type place struct {
	text       int32 // 0: title
	start, end int32 // words
	term       int32
	next       int32 // place of the term, 0 behind the last
}

// A set is a set of small numbers.
type set []uint64

func newSet(n int) set         { return make(set, n/64+1) }
func (s set) has(i int32) bool { return s[i>>6]>>(i&63)&1 != 0 }
func (s set) add(i int32)      { s[i>>6] |= 1 << (i & 63) }

// forget takes all of members out, and more.
func (s set) forget(members []int32) {
	for _, i := range members {
		s[i>>6] = 0
	}
}

func newSweep(p *program) *sweep {
	return &sweep{
		program: p, scan: newScan(&Article{}),
		present: newSet(len(p.terms)), isSought: newSet(len(p.terms)), chains: make([]chain, len(p.terms)), tried: make([]int32, len(p.terms)),
		asked: newSet(len(p.nodes)), held: newSet(len(p.nodes)), waking: newSet(len(p.nodes)), isAwake: newSet(len(p.rules)),
	}
}

// run takes an article through and calls fired for each rule that fires, in order
// of id, those as they were last.
func (p *program) run(a *Article, fired func(*sweep, *compiled)) {
	if p.sieve != nil && !p.sieve.passes(a) {
		return
	}
	s := p.sweeps.Get().(*sweep)
	s.begin(a)
	for _, rule := range s.fired {
		fired(s, &p.rules[rule])
	}
	if s.end(); !s.isBig() {
		p.sweeps.Put(s)
	}
}

// begin looks through an article.
func (s *sweep) begin(a *Article) {
	s.scan.begin(a)
	s.awake = append(s.awake, s.program.always...)
	s.places = append(s.places, place{})
	s.eachText(s.through)
	for _, rule := range s.awake {
		if s.holds(s.program.fires[rule]) {
			s.fired = append(s.fired, rule)
		}
	}
	slices.Sort(s.fired) // in order of id
}

// end forgets the article.
func (s *sweep) end() {
	s.scan.end()
	for _, term := range s.looked {
		s.tried[term] = 0
	}
	s.present.forget(s.seen)
	s.isSought.forget(s.sought)
	s.asked.forget(s.answered)
	s.held.forget(s.answered)
	s.waking.forget(s.wakers)
	s.isAwake.forget(s.awake)
	s.seen, s.looked, s.sought = s.seen[:0], s.looked[:0], s.sought[:0]
	s.answered, s.wakers, s.awake = s.answered[:0], s.wakers[:0], s.awake[:0]
	s.places, s.fired = s.places[:0], s.fired[:0]
}

// isBig says whether the sweep has grown too large to be kept for later: an
// article of a megabyte that is all hits takes a hundred times that.
func (s *sweep) isBig() bool {
	const most = 1 << 16 // words and places: of an article of 100 KB or more
	return cap(s.scan.body.words)+cap(s.places)+cap(s.left)+cap(s.right)+cap(s.told)+cap(s.sides[0])+cap(s.sides[1]) > most
}

// eachText calls do with the title and then with the body as s.text.
func (s *sweep) eachText(do func()) {
	s.text, s.before = s.scan.title, 1
	do()
	s.before += int32(len(s.text.words))
	s.text = s.scan.body
	do()
}

// through finds the terms that are indexed.
func (s *sweep) through() {
	s.hashes = slices.Grow(s.hashes[:0], len(s.text.words))
	for i := range s.text.words {
		s.hashes = append(s.hashes, wordHash(s.text.fold(i)))
	}
	s.program.scan(s.text, s.hashes, s.met)
}

// met looks for n terms whose key lies in word i.
func (s *sweep) met(first, n int32, i int) {
	for term := first; term < first+n; term++ {
		h := &s.program.hints[term]
		if h.whole && !h.lies(s.program.lettersOf(h), s.text.fold(i)) || h.side != 0 && !s.isBeside(h, i) {
			continue
		}
		s.lookBack(term, h, i)
	}
}

// isBeside says whether the word is there that must stand next to word i. Of a
// Korean one nothing is known: it may be a particle in between.
func (s *sweep) isBeside(h *hint, i int) bool {
	i += int(h.side)
	return i >= 0 && i < len(s.hashes) && (uint32(s.hashes[i]) == h.beside || s.text.words[i].script == hangul)
}

// isPresent says whether a term was found. If it is not indexed it is looked for
// now.
func (s *sweep) isPresent(term int32) bool {
	if term >= s.program.indexed && !s.isSought.has(term) {
		s.isSought.add(term)
		s.sought = append(s.sought, term)
		s.eachText(func() { s.seek(term) })
	}
	return s.present.has(term)
}

// seek looks for a term at each word that can have its key.
func (s *sweep) seek(term int32) {
	h, t := &s.program.hints[term], s.text
	if h.like >= 0 && t.first(h.like) < 0 {
		return
	}
	letters := s.program.lettersOf(h)
	switch {
	case len(letters) == 0:
		for i := range t.words {
			s.look(term, i)
		}
	case h.like < 0:
		for i := range t.words {
			if b := t.fold(i); h.kind == inWord && bytes.Contains(b, letters) || h.kind == wordStart && bytes.HasPrefix(b, letters) {
				s.lookBack(term, h, i)
			}
		}
	case h.kind == inRun:
		for i := t.first(h.like); i >= 0; i = t.next[i] {
			if bytes.HasPrefix(t.folds[t.words[i].fold.start:], letters) {
				s.lookBack(term, h, int(i))
			}
		}
	default:
		for i := t.first(h.like); i >= 0; i = t.next[i] {
			if h.lies(letters, t.fold(int(i))) {
				s.lookBack(term, h, int(i))
			}
		}
	}
}

// lookBack looks for a term whose key lies in word i.
func (s *sweep) lookBack(term int32, h *hint, i int) {
	if h.whole {
		s.found(term, i, i+1)
	} else if start, ok := s.program.terms[term].pattern.back(s.text, i, int(h.unit)); ok {
		s.look(term, start)
	}
}

// look looks for a term at word i, if it was not looked for there before.
func (s *sweep) look(term int32, i int) {
	word := s.before + int32(i)
	switch was := s.tried[term]; {
	case word <= was:
		return
	case was == 0:
		s.looked = append(s.looked, term)
	}
	s.tried[term] = word
	if end, ok := s.program.terms[term].pattern.from(s.text, i); ok {
		s.found(term, i, end)
	}
}

// found takes a place of a term. Of one term they come in order.
func (s *sweep) found(term int32, start, end int) {
	at := int32(len(s.places))
	if len(s.places) == cap(s.places) {
		s.places = slices.Grow(s.places, len(s.places)) // twice as many: append takes its time
	}
	s.places = append(s.places, place{text: int32(s.text.order), start: int32(start), end: int32(end), term: term})
	if s.present.has(term) {
		c := &s.chains[term]
		s.places[c.last].next = at
		c.last, c.n = at, c.n+1
		return
	}
	s.present.add(term)
	s.seen = append(s.seen, term)
	s.chains[term] = chain{at, at, 1}
	if term >= s.program.indexed {
		return
	}
	for _, node := range s.program.wakes.at(term) {
		s.wake(node)
	}
}

// wake wakes the rules that need one of a node's terms.
func (s *sweep) wake(node int32) {
	if s.waking.has(node) {
		return
	}
	s.waking.add(node)
	s.wakers = append(s.wakers, node)
	for _, rule := range s.program.woken.at(node) {
		if !s.isAwake.has(rule) {
			s.isAwake.add(rule)
			s.awake = append(s.awake, rule)
		}
	}
}
