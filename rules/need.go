package rules

import "slices"

// A rule need not be looked at where what it needs is missing: one of some terms
// without which it cannot fire. Of
//
//	all:  [$north-korea, (satellite* OR rocket*) NEAR/8 launch*]
//	none: [title:Starlink]
//
// each of $north-korea, of (satellite* OR rocket*) and of launch* is needed. The one
// that is rarest, as far as one can guess, wakes the rule. That may wake a rule
// too many and never one too few. A rule that fires where nothing is found, as
// lang:ko does, is woken by every article.

// A need is nodes of terms, one of which must be found, and how often a text has
// one. None is the zero need.
type need struct {
	terms  []int32
	common float64
}

func (n need) none() bool { return len(n.terms) == 0 }

func (n need) rarer(other need) need {
	if n.none() || !other.none() && other.common < n.common {
		return other
	}
	return n
}

func (n need) either(other need) need {
	if n.none() || other.none() {
		return need{}
	}
	return need{append(slices.Clip(n.terms), other.terms...), n.common + other.common}
}

// scheduler finds what each rule needs.
type scheduler struct {
	*program
	common []float64 // of each node of terms
}

// schedule says which terms wake which rules.
func (p *program) schedule() {
	s := scheduler{p, make([]float64, len(p.nodes))}
	s.guess()
	wakes, woken := fanner{}, fanner{}
	known := make([]bool, len(p.nodes))
	for i := range p.rules {
		needed := s.need(p.rules[i].fires, true)
		if needed.none() {
			p.always = append(p.always, int32(i))
		}
		slices.Sort(needed.terms)
		for _, n := range slices.Compact(needed.terms) {
			woken.add(n, int32(i))
			if known[n] {
				continue
			}
			known[n] = true
			for _, t := range p.nodes[n].terms {
				wakes.add(t, n)
			}
		}
	}
	p.wakes, p.woken = wakes.fan(len(p.terms)), woken.fan(len(p.nodes))
}

// guess says how common each node of terms is. What many rules look for is common
// in what they are for: a watch of North Korea reads of it all day.
func (s *scheduler) guess() {
	uses := make([]int, len(s.nodes)) // rules and nodes that ask each node
	for _, r := range s.rules {
		uses[r.fires]++
	}
	for i := len(s.nodes) - 1; i >= 0; i-- { // a node stands behind its parts
		for _, part := range s.nodes[i].of {
			uses[part] += uses[i]
		}
	}
	asked := make([]int, len(s.terms))
	for i, n := range s.nodes {
		for _, t := range n.terms {
			asked[t] += uses[i]
		}
	}
	for i, n := range s.nodes {
		for _, t := range n.terms {
			s.common[i] += s.terms[t].common * float64(asked[t])
		}
	}
}

// need is what n needs to hold, or not to hold.
func (s *scheduler) need(i int32, hold bool) need {
	n := &s.nodes[i]
	switch {
	case n.op == notOf:
		return s.need(n.of[0], !hold)
	case n.op == fieldOf:
		return need{}
	case n.op == anyOf && hold:
		return need{[]int32{i}, s.common[i]}
	case n.op == nearOf && hold, n.op == atLeast && hold, n.op == andOf && hold, n.op == orOf && !hold:
		return s.rarest(n.of, hold)
	case n.op == andOf || n.op == orOf:
		return s.oneOf(n.of, hold)
	}
	return need{} // no term found is enough
}

// rarest is for parts that must all hold, or all not.
func (s *scheduler) rarest(parts []int32, hold bool) need {
	var best need
	for _, part := range parts {
		best = best.rarer(s.need(part, hold))
	}
	return best
}

// oneOf is for parts of which one must hold, or not.
func (s *scheduler) oneOf(parts []int32, hold bool) need {
	all := s.need(parts[0], hold)
	for _, part := range parts[1:] {
		all = all.either(s.need(part, hold))
	}
	return all
}

// A fan leads from each of some numbers to several others.
type fan struct{ starts, to []int32 }

func (f *fan) at(i int32) []int32 { return f.to[f.starts[i]:f.starts[i+1]] }

// fanner gathers the pairs of a fan.
type fanner struct{ pairs [][2]int32 }

func (f *fanner) add(from, to int32) { f.pairs = append(f.pairs, [2]int32{from, to}) }

func (f *fanner) fan(n int) fan {
	made := fan{make([]int32, n+1), make([]int32, len(f.pairs))}
	for _, p := range f.pairs {
		made.starts[p[0]+1]++
	}
	for i := range n {
		made.starts[i+1] += made.starts[i]
	}
	next := slices.Clone(made.starts)
	for _, p := range f.pairs {
		made.to[next[p[0]]] = p[1]
		next[p[0]]++
	}
	return made
}
