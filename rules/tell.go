package rules

import "slices"

// match tells of a rule that fired.
func (s *sweep) match(r *compiled) Match {
	spots := s.tell(r)
	return Match{r.Rule, s.scan.hits(spots), s.scan.bestSentence(spots)}
}

// tell returns where the positive clauses of a rule that fired were found, in
// order. It is what the plain evaluator finds, from the places that are known.
// It is good until tell is called again.
func (s *sweep) tell(r *compiled) []spot {
	s.told = s.told[:0]
	for _, part := range r.all {
		s.told = s.spots(s.told, part, 0)
	}
	for _, part := range r.any {
		s.told = s.spots(s.told, part, 0)
	}
	s.spotMerger.sort(s.told, inText)
	return s.told
}

// spots appends where a node was found that makes it hold, if it does. Ask is the
// number of the thing it is a choice for; 0: it is none yet.
func (s *sweep) spots(spots []spot, i int32, ask int32) []spot {
	n := &s.program.nodes[i]
	if !s.holds(i) {
		return spots
	}
	switch {
	case n.op > orOf:
		ask = 0
	case ask == 0:
		s.scan.asks++
		ask = s.scan.asks
	}
	parts := s.program.of(n)
	switch n.op {
	case anyOf:
		return s.answers(spots, i, ask)
	case orOf, andOf, atLeast:
		for _, part := range parts {
			spots = s.spots(spots, part, ask)
		}
	case nearOf:
		for i := range s.sides {
			s.scan.asks++
			s.sides[i] = s.answers(s.sides[i][:0], parts[i], s.scan.asks)
		}
		spots = s.program.queries[n.query].(*Near).pairs(spots, s.sides[0], s.sides[1])
	}
	return spots
}

// answers appends where a node of terms, or of a choice of such, was found, in
// order.
func (s *sweep) answers(spots []spot, i, ask int32) []spot {
	s.left = s.gather(s.left[:0], i)
	s.merger.sort(s.left, byStart)
	spots = slices.Grow(spots, len(s.left))
	for k := range s.left {
		spot := s.spot(&s.left[k])
		spot.ask = ask
		spots = append(spots, spot)
	}
	return spots
}
