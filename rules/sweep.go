package rules

import "slices"

// A sweep is one pass of a program over an article: it finds the terms, and with
// them the rules that are awake. It is used again for the next article, with
// the room it has; what it knows of the last one is told by the article's number.
type sweep struct {
	program *program
	scan    *scan // the article and its texts
	number  uint32

	terms   []trace
	seen    []int32 // the terms found, each once
	places  []place // of all terms, the title's before the body's; the first is none
	answers []answer
	woken   []uint32 // the last article that woke each rule
	awake   []int32  // the rules it woke

	text   *text // being looked through
	before int32 // words of the texts before it

	left, right []place // room for NEAR and ATLEAST
	present     []int32 // room for terms
}

// A trace is where a term was found.
type trace struct {
	number      uint32 // of the article
	tried       int32  // words of title and body up to the last at which it was looked for
	first, last int32  // of its places; 0: it is not there
}

// A place is where a term was found, as a spot is.
type place struct {
	text       int32 // 0: title
	start, end int32 // words
	term       int32
	next       int32 // place of the term, 0 behind the last
}

// An answer is what a node said of an article, and whether its terms were found.
type answer struct {
	asked, woken uint32 // numbers of the article
	holds        bool
}

func newSweep(p *program) *sweep {
	return &sweep{
		program: p, scan: newScan(&Article{}),
		terms: make([]trace, len(p.terms)), answers: make([]answer, len(p.nodes)), woken: make([]uint32, len(p.rules)),
	}
}

// begin looks through another article.
func (s *sweep) begin(a *Article) {
	s.scan.begin(a)
	if s.number++; s.number == 0 { // after four thousand million
		clear(s.terms)
		clear(s.answers)
		clear(s.woken)
		s.number = 1
	}
	s.seen, s.awake, s.present = s.seen[:0], append(s.awake[:0], s.program.always...), s.present[:0]
	s.places = append(s.places[:0], place{})
	s.before = 1
	s.through(s.scan.title)
	s.before += int32(len(s.scan.title.words))
	s.through(s.scan.body)
}

// end makes the sweep free for another article.
func (s *sweep) end() {
	s.scan.end()
	s.program.sweeps.Put(s)
}

func (s *sweep) through(t *text) {
	s.text = t
	s.program.scan(t, s.met)
	for _, term := range s.program.loose {
		for i := range t.words {
			s.look(term, i)
		}
	}
}

// met looks for terms whose key lies in word i.
func (s *sweep) met(terms []int32, i int) {
	for _, n := range terms {
		t := &s.program.terms[n]
		if start, ok := t.pattern.back(s.text, i, int(t.unit)); ok {
			s.look(n, start)
		}
	}
}

// look looks for a term at word i, if it was not looked for there before.
func (s *sweep) look(n int32, i int) {
	was, word := &s.terms[n], s.before+int32(i)
	if was.number != s.number {
		*was = trace{number: s.number}
	}
	if word <= was.tried {
		return
	}
	was.tried = word
	end, ok := s.program.terms[n].pattern.from(s.text, i)
	if !ok {
		return
	}
	at := int32(len(s.places))
	s.places = append(s.places, place{text: int32(s.text.order), start: int32(i), end: int32(end), term: n})
	if was.first == 0 {
		was.first = at
		s.seen = append(s.seen, n)
		s.wake(n)
	} else {
		s.places[was.last].next = at
	}
	was.last = at
}

// wake wakes the rules that need a term.
func (s *sweep) wake(term int32) {
	for _, node := range s.program.wakes.at(term) {
		if s.answers[node].woken == s.number {
			continue
		}
		s.answers[node].woken = s.number
		for _, rule := range s.program.woken.at(node) {
			if s.woken[rule] != s.number {
				s.woken[rule] = s.number
				s.awake = append(s.awake, rule)
			}
		}
	}
}

// fired returns the rules that fire, in order of id.
func (s *sweep) fired() []int32 {
	fired := s.awake[:0]
	for _, rule := range s.awake {
		if s.holds(s.program.rules[rule].fires) {
			fired = append(fired, rule)
		}
	}
	slices.Sort(fired)
	return fired
}
