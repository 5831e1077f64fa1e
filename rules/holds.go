package rules

import (
	"cmp"
	"slices"
)

// holds says whether a node holds, asking it once an article, the cheapest of its
// parts first and no more of them than it takes. Only whether a pair of NEAR
// exists is looked for, not which; see tell.go for that.
func (s *sweep) holds(i int32) bool {
	a := &s.answers[i]
	if a.asked != s.number {
		holds := s.ask(&s.program.nodes[i])
		a.asked, a.holds = s.number, holds
	}
	return a.holds
}

func (s *sweep) ask(n *node) bool {
	switch n.op {
	case anyOf:
		return s.has(n)
	case orOf:
		for _, part := range n.of {
			if s.holds(part) {
				return true
			}
		}
		return false
	case andOf:
		for _, part := range n.of {
			if !s.holds(part) {
				return false
			}
		}
		return true
	case notOf:
		return !s.holds(n.of[0])
	case nearOf:
		return s.holds(n.of[0]) && s.holds(n.of[1]) && s.near(n)
	case atLeast:
		return s.holds(n.of[0]) && s.often(n)
	case fieldOf:
		q := n.query.(*In)
		return s.scan.eval(q.X, s.scan.fieldView(q.Field)).holds
	}
	panic("rules: unknown node")
}

// has says whether one of the node's terms was found where it looks.
func (s *sweep) has(n *node) bool {
	for _, term := range s.among(n.terms) {
		if n.where == everywhere {
			return true
		}
		for i := s.terms[term].first; i != 0; i = s.places[i].next {
			if s.lies(&s.places[i], n.where) {
				return true
			}
		}
	}
	return false
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

// among returns those of terms, which are in order, that were found. It goes
// through the fewer of the two.
func (s *sweep) among(terms []int32) []int32 {
	from := len(s.present)
	if len(terms) <= 8*len(s.seen) {
		for _, term := range terms {
			if t := &s.terms[term]; t.number == s.number && t.first != 0 {
				s.present = append(s.present, term)
			}
		}
		return s.present[from:]
	}
	for _, term := range s.seen {
		if _, ok := slices.BinarySearch(terms, term); ok {
			s.present = append(s.present, term)
		}
	}
	return s.present[from:]
}

// gather appends the places of a node of terms, or of several, to places.
func (s *sweep) gather(places []place, i int32) []place {
	n := &s.program.nodes[i]
	for _, part := range n.of {
		places = s.gather(places, part)
	}
	for _, term := range s.among(n.terms) {
		for at := s.terms[term].first; at != 0; at = s.places[at].next {
			if p := &s.places[at]; s.lies(p, n.where) {
				places = append(places, *p)
			}
		}
	}
	return places
}

// near says whether a place of one side and one of the other are a pair.
func (s *sweep) near(n *node) bool {
	q := n.query.(*Near)
	s.left, s.right = s.gather(s.left[:0], n.of[0]), s.gather(s.right[:0], n.of[1])
	if q.Sentence {
		s.left, s.right = slices.DeleteFunc(s.left, s.straddles), slices.DeleteFunc(s.right, s.straddles)
	}
	return s.follows(q, s.left, s.right) || !q.inOrder() && s.follows(q, s.right, s.left)
}

// follows says whether one of second follows one of first closely enough. The
// nearest before each is enough.
func (s *sweep) follows(q *Near, first, second []place) bool {
	slices.SortFunc(first, byEnd)
	slices.SortFunc(second, byStart)
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

// often says whether as many places as are asked for share no word.
func (s *sweep) often(n *node) bool {
	s.left = s.gather(s.left[:0], n.of[0])
	slices.SortFunc(s.left, byEnd)
	count, last := 0, place{text: -1}
	for _, p := range s.left {
		if p.text != last.text || p.start >= last.end {
			count, last = count+1, p
		}
	}
	return count >= n.query.(*AtLeast).N
}

func byEnd(a, b place) int { return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.end, b.end)) }
func byStart(a, b place) int {
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.start, b.start))
}

func (s *sweep) straddles(p place) bool { return s.spot(&p).straddles() }

func (s *sweep) spot(p *place) spot {
	text := s.scan.title
	if p.text == 1 {
		text = s.scan.body
	}
	return spot{text: text, start: int(p.start), end: int(p.end), term: s.program.terms[p.term].Term}
}
