package rules

// tell returns where the positive clauses of a rule that fired were found. It is
// what the plain evaluator finds, from the places that are known already.
func (s *sweep) tell(r *compiled) []spot {
	var spots []spot
	for _, part := range r.all {
		spots = append(spots, s.spots(part, 0)...)
	}
	for _, part := range r.any {
		spots = append(spots, s.spots(part, 0)...)
	}
	return sorted(spots)
}

// spots returns, in order, where a node was found that makes it hold, if it does.
// Ask is the number of the thing it is a choice for; 0: it is none yet.
func (s *sweep) spots(i int32, ask int) []spot {
	n := &s.program.nodes[i]
	if !s.holds(i) {
		return nil
	}
	switch {
	case n.op > orOf:
		ask = 0
	case ask == 0:
		s.scan.asks++
		ask = s.scan.asks
	}
	var spots []spot
	switch n.op {
	case anyOf:
		s.left = s.gather(s.left[:0], i)
		for k := range s.left {
			spot := s.spot(&s.left[k])
			spot.ask = ask
			spots = append(spots, spot)
		}
	case orOf, andOf, atLeast:
		for _, part := range n.of {
			spots = append(spots, s.spots(part, ask)...)
		}
	case nearOf:
		spots = n.query.(*Near).pairs(s.spots(n.of[0], 0), s.spots(n.of[1], 0))
	}
	return sorted(spots)
}
