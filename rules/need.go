package rules

import (
	"math"
	"slices"
)

// A rule need not be looked at where what it needs is missing: one of some terms
// without which it cannot fire. Of
//
//	all:  [$north-korea, (satellite* OR rocket*) NEAR/8 launch*]
//	none: [title:Starlink]
//
// each of $north-korea, of (satellite* OR rocket*) and of launch* is needed. The one
// that is rarest, as far as one can guess, wakes the rule; only its terms must be
// found in every article. That may wake a rule too many and never one too few.
// A rule that fires where nothing is found, as lang:ko does, is always awake.

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

// scheduler finds what each rule needs.
type scheduler struct {
	*compiler
	common []float64 // of each node of terms; infinite if one of them has no key
}

// needs returns, for each rule, the nodes of terms one of which it needs; none if
// it is always awake.
func (c *compiler) needs() [][]int32 {
	s := scheduler{c, make([]float64, len(c.nodes))}
	s.guess()
	needs := make([][]int32, len(c.fires))
	for i, n := range c.fires {
		needs[i] = s.need(n, true).terms
		slices.Sort(needs[i])
		needs[i] = slices.Compact(needs[i])
	}
	return needs
}

// wanted says which terms must be found: those that rules need, and those of long
// lists, which are asked for by what an article has of them.
func (c *compiler) wanted(needs [][]int32) func(term int) bool {
	wanted := newSet(len(c.found))
	take := func(n *node) {
		for _, term := range c.of(n) {
			wanted.add(term)
		}
	}
	for _, nodes := range needs {
		for _, n := range nodes {
			take(&c.nodes[n])
		}
	}
	for i := range c.nodes {
		if n := &c.nodes[i]; n.op == anyOf && n.n > manyTerms {
			take(n)
		}
	}
	return func(term int) bool { return wanted.has(int32(term)) }
}

// manyTerms is how many are not looked for one by one.
const manyTerms = 64

// schedule says which terms wake which rules.
func (p *program) schedule(needs [][]int32) {
	wakes, woken := fanner{}, fanner{}
	known := newSet(len(p.nodes))
	for rule, nodes := range needs {
		if len(nodes) == 0 {
			p.always = append(p.always, int32(rule))
		}
		for _, n := range nodes {
			woken.add(n, int32(rule))
			if known.has(n) {
				continue
			}
			known.add(n)
			for _, term := range p.of(&p.nodes[n]) {
				wakes.add(term, n)
			}
		}
	}
	p.wakes, p.woken = wakes.fan(int(p.indexed)), woken.fan(len(p.nodes))
}

// guess says how common each node of terms is. What many rules look for is common
// in what they are for: a watch of North Korea reads of it all day.
func (s *scheduler) guess() {
	uses := make([]int, len(s.nodes)) // rules and nodes that ask each node
	for _, n := range s.fires {
		uses[n]++
	}
	asked := make([]int, len(s.found))
	for i := len(s.nodes) - 1; i >= 0; i-- {
		of := uses
		if s.nodes[i].op == anyOf {
			of = asked
		}
		for _, part := range s.of(&s.nodes[i]) {
			of[part] += uses[i]
		}
	}
	for i := range s.nodes {
		if n := &s.nodes[i]; n.op == anyOf {
			for _, t := range s.of(n) {
				s.common[i] += s.found[t].commonness() * float64(asked[t])
			}
		}
	}
}

// commonness guesses how often a text has t: as often as its rarest key, and less
// the more words it has.
func (q *Term) commonness() float64 {
	least := math.Inf(1)
	for _, k := range q.pattern.keys() {
		least = min(least, k.commonness())
	}
	return least * math.Pow(0.3, float64(len(q.pattern.units)-1))
}

// need is what n needs to hold, or not to hold.
func (s *scheduler) need(i int32, hold bool) need {
	n := &s.nodes[i]
	switch {
	case n.op == notOf:
		return s.need(s.of(n)[0], !hold)
	case n.op == fieldOf:
		return need{}
	case n.op == anyOf && hold && !math.IsInf(s.common[i], 1):
		return need{[]int32{i}, s.common[i]}
	case n.op == nearOf && hold, n.op == atLeast && hold, n.op == andOf && hold, n.op == orOf && !hold:
		return s.rarest(s.of(n), hold)
	case n.op == andOf || n.op == orOf:
		return s.oneOf(s.of(n), hold)
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
	var all need
	for _, part := range parts {
		needed := s.need(part, hold)
		if needed.none() {
			return need{}
		}
		all = need{slices.Concat(all.terms, needed.terms), all.common + needed.common}
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
