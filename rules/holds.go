package rules

import (
	"cmp"
	"iter"
	"slices"
)

// holds says whether a node holds, asking it once an article, the cheapest of its
// parts first and no more of them than it takes. Only whether a pair of NEAR
// exists is looked for, not which; see tell.go for that.
func (s *sweep) holds(i int32) bool {
	if s.asked.has(i) {
		return s.held.has(i)
	}
	holds := s.ask(&s.program.nodes[i])
	s.asked.add(i)
	s.answered = append(s.answered, i)
	if holds {
		s.held.add(i)
	}
	return holds
}

func (s *sweep) ask(n *node) bool {
	parts := s.program.of(n)
	switch n.op {
	case anyOf:
		return s.hasOne(n, parts)
	case orOf:
		for _, part := range parts {
			if s.holds(part) {
				return true
			}
		}
		return false
	case andOf:
		for _, part := range parts {
			if !s.holds(part) {
				return false
			}
		}
		return true
	case notOf:
		return !s.holds(parts[0])
	case nearOf:
		return s.holds(parts[0]) && s.holds(parts[1]) && s.near(s.program.queries[n.query].(*Near), parts[0], parts[1])
	case atLeast:
		return s.holds(parts[0]) && s.often(s.program.queries[n.query].(*AtLeast).N, parts[0])
	case fieldOf:
		q := s.program.queries[n.query].(*In)
		return s.scan.eval(q.X, view{field: q.Field}).holds
	}
	panic("rules: unknown node")
}

// hasOne says whether one of the terms was found where the node looks.
func (s *sweep) hasOne(n *node, terms []int32) bool {
	for _, term := range s.among(terms) {
		if s.isPresent(term) && (n.where == everywhere || s.isIn(n.where, term)) {
			return true
		}
	}
	return false
}

func (s *sweep) isIn(at where, term int32) bool {
	for range s.placesOf(term, at) {
		return true
	}
	return false
}

// placesOf are the places of a term that is present.
func (s *sweep) placesOf(term int32, at where) iter.Seq[*place] {
	return func(yield func(*place) bool) {
		for i := s.chains[term].first; i != 0; i = s.places[i].next {
			if p := &s.places[i]; s.lies(p, at) && !yield(p) {
				return
			}
		}
	}
}

func (s *sweep) lies(p *place, at where) bool {
	switch at {
	case inTitle:
		return p.text == 0
	case inBody:
		return p.text == 1
	case inLead:
		return p.text == 0 || int(p.end) <= s.scan.body.lead()
	}
	return true
}

// among returns those of terms, which are in order, that may be present: all of a
// few; of many those that were found already, and those that are not indexed.
func (s *sweep) among(terms []int32) []int32 {
	if len(terms) <= manyTerms {
		return terms
	}
	s.some = s.some[:0]
	for _, term := range s.seen {
		if _, ok := slices.BinarySearch(terms, term); ok {
			s.some = append(s.some, term)
		}
	}
	for i := len(terms) - 1; i >= 0 && terms[i] >= s.program.indexed; i-- {
		if !s.present.has(terms[i]) {
			s.some = append(s.some, terms[i])
		}
	}
	return s.some
}

// gather appends the places of a node of terms, or of a choice of such, to places.
func (s *sweep) gather(places []place, i int32) []place {
	n := &s.program.nodes[i]
	parts := s.program.of(n)
	if n.op != anyOf {
		for _, part := range parts {
			places = s.gather(places, part)
		}
		return places
	}
	for _, term := range s.among(parts) {
		if !s.isPresent(term) {
			continue
		}
		places = slices.Grow(places, int(s.chains[term].n))
		for p := range s.placesOf(term, n.where) {
			places = append(places, *p)
		}
	}
	return places
}

// near says whether a place of one node and one of the other are a pair.
func (s *sweep) near(q *Near, a, b int32) bool {
	s.left, s.right = s.gather(s.left[:0], a), s.gather(s.right[:0], b)
	if q.Sentence {
		s.left, s.right = slices.DeleteFunc(s.left, s.straddles), slices.DeleteFunc(s.right, s.straddles)
	}
	return s.follows(q, s.left, s.right) || !q.inOrder() && s.follows(q, s.right, s.left)
}

// follows says whether one of second follows one of first closely enough. The
// nearest before each is enough.
func (s *sweep) follows(q *Near, first, second []place) bool {
	s.merger.sort(first, byEnd)
	s.merger.sort(second, byStart)
	i := 0
	for _, b := range second {
		for i < len(first) && (first[i].text < b.text || first[i].text == b.text && first[i].end <= b.start) {
			i++
		}
		if i > 0 && first[i-1].text == b.text && q.close(s.spot(&first[i-1]), s.spot(&b)) {
			return true
		}
	}
	return false
}

// often says whether n places of a node share no word.
func (s *sweep) often(n int, i int32) bool {
	s.left = s.gather(s.left[:0], i)
	s.merger.sort(s.left, byEnd)
	count, last := 0, place{text: -1}
	for _, p := range s.left {
		if p.text != last.text || p.start >= last.end {
			count, last = count+1, p
		}
	}
	return count >= n
}

func byEnd(a, b *place) int { return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.end, b.end)) }
func byStart(a, b *place) int {
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.start, b.start))
}

func (s *sweep) straddles(p place) bool { return s.spot(&p).straddles() }

func (s *sweep) spot(p *place) spot {
	text := s.scan.title
	if p.text == 1 {
		text = s.scan.body
	}
	return spot{text: text, start: p.start, end: p.end, term: s.program.terms[p.term]}
}
