package rules

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sync"
)

// A program is what the enabled rules of an engine are compiled to: a graph in
// which each thing that several rules ask stands once. Of
//
//	a: all: [$north-korea, satellite* NEAR/12 launch*]
//	b: all: [$north-korea, missile*]
//
// the nodes are $north-korea, satellite*, launch*, missile*, the NEAR and an AND
// for each rule. An article finds terms first; a term found wakes the rules that
// need it (see need.go), and only their nodes are asked, each once.
//
// A program is immutable but for the pool of its sweeps.
type program struct {
	*index
	nodes  []node
	rules  []compiled
	wakes  fan     // term: the nodes that make rules wake
	woken  fan     // node: the rules that it wakes
	always []int32 // rules that nothing must be found for
	sweeps sync.Pool
}

// A compiled rule, by its nodes.
type compiled struct {
	*Rule
	fires    int32   // holds when the rule fires
	all, any []int32 // what is told of a rule that fired
}

type op uint8

const (
	anyOf   op = iota // one of some terms
	orOf              // one of some nodes
	andOf             // every node
	notOf             // not the node
	nearOf            // two nodes close together
	atLeast           // a node often enough
	fieldOf           // a field that is neither title nor body
)

// A node is a part of a query, and of the article it looks at.
type node struct {
	op    op
	where where   // of anyOf
	cost  int32   // guessed, of asking it
	terms []int32 // of anyOf, in order
	of    []int32 // nodes
	query Query   // *Near, *AtLeast or *In
}

// where is a part of title and body.
type where uint8

const (
	everywhere where = iota
	inTitle
	inBody
	inLead
)

// compiler gathers nodes and terms, each once.
type compiler struct {
	*program
	numbers map[string]int32 // of nodes, by what they ask
	found   []*Term
	byID    map[termID]int32
	key     []byte // room for one
}

// compile compiles the rules that are enabled.
func compile(rules []*Rule) *program {
	c := &compiler{program: &program{}, numbers: map[string]int32{}, byID: map[termID]int32{}}
	for _, r := range rules {
		if r.Enabled {
			c.rule(r)
		}
	}
	c.index = newIndex(c.found)
	c.schedule()
	c.sweeps.New = func() any { return newSweep(c.program) }
	return c.program
}

func (c *compiler) rule(r *Rule) {
	all, any, none := c.queries(r.all, everywhere), c.queries(r.any, everywhere), c.queries(r.none, everywhere)
	fires := slices.Clone(all)
	if len(any) > 0 {
		fires = append(fires, c.add(node{op: orOf, of: c.cheapestFirst(any)}))
	}
	for _, n := range none {
		fires = append(fires, c.add(node{op: notOf, of: []int32{n}}))
	}
	c.rules = append(c.rules, compiled{r, c.add(node{op: andOf, of: c.cheapestFirst(fires)}), all, any})
}

func (c *compiler) queries(of []Query, at where) []int32 {
	nodes := make([]int32, len(of))
	for i, q := range of {
		nodes[i] = c.query(q, at)
	}
	return nodes
}

func (c *compiler) query(q Query, at where) int32 {
	switch q := q.(type) {
	case *Term:
		return c.choice([]Query{q}, at)
	case *Named:
		c.key = append(append(c.key[:0], '$', byte(at)), q.Name...)
		if n, ok := c.numbers[string(c.key)]; ok {
			return n
		}
		n := c.choice(q.List, at)
		c.numbers["$"+string(rune(at))+q.Name] = n
		return n
	case *Or:
		return c.choice(q.Of, at)
	case *And:
		return c.add(node{op: andOf, of: c.cheapestFirst(c.queries(q.Of, at))})
	case *Not:
		return c.add(node{op: notOf, of: []int32{c.query(q.X, at)}})
	case *Near:
		return c.add(node{op: nearOf, of: c.queries([]Query{q.A, q.B}, at), query: q})
	case *AtLeast:
		return c.add(node{op: atLeast, of: []int32{c.query(q.X, at)}, query: q})
	case *In:
		switch q.Field {
		case Title:
			return c.query(q.X, inTitle)
		case Body:
			return c.query(q.X, inBody)
		case Lead:
			return c.query(q.X, inLead)
		}
		return c.add(node{op: fieldOf, query: q})
	}
	panic("rules: unknown query")
}

// choice is one node for all terms, those of an OR in the OR too, and one for
// each part that is no term.
func (c *compiler) choice(parts []Query, at where) int32 {
	terms := node{op: anyOf, where: at}
	var others []int32
	var take func([]Query)
	take = func(parts []Query) {
		for _, q := range parts {
			switch q := q.(type) {
			case *Term:
				terms.terms = append(terms.terms, c.term(q))
			case *Or:
				take(q.Of)
			default:
				others = append(others, c.query(q, at))
			}
		}
	}
	take(parts)
	if len(terms.terms) > 0 {
		slices.Sort(terms.terms)
		terms.terms = slices.Compact(terms.terms)
		others = append(others, c.add(terms))
	}
	if len(others) == 1 {
		return others[0]
	}
	return c.add(node{op: orOf, of: c.cheapestFirst(others)})
}

func (c *compiler) term(t *Term) int32 {
	n, ok := c.byID[t.id()]
	if !ok {
		n = int32(len(c.found))
		c.found = append(c.found, t)
		c.byID[t.id()] = n
	}
	return n
}

func (c *compiler) cheapestFirst(nodes []int32) []int32 {
	nodes = slices.Clone(nodes)
	slices.SortStableFunc(nodes, func(a, b int32) int { return cmp.Compare(c.nodes[a].cost, c.nodes[b].cost) })
	return nodes
}

// add returns n's number, the one it has already if there is its like.
func (c *compiler) add(n node) int32 {
	key := append(c.key[:0], byte(n.op), byte(n.where))
	switch q := n.query.(type) {
	case *Near:
		key = append(key, q.operator()...)
	case *AtLeast:
		key = binary.AppendUvarint(key, uint64(q.N))
	case *In:
		key = append(key, q.String()...)
	}
	for _, numbers := range [][]int32{n.of, n.terms} {
		key = binary.AppendUvarint(key, uint64(len(numbers)))
		for _, i := range numbers {
			key = binary.AppendUvarint(key, uint64(i))
		}
	}
	c.key = key
	if have, ok := c.numbers[string(key)]; ok {
		return have
	}
	n.cost = c.cost(&n)
	c.nodes = append(c.nodes, n)
	c.numbers[string(key)] = int32(len(c.nodes) - 1)
	return int32(len(c.nodes) - 1)
}

// cost is in terms looked up, roughly.
func (c *compiler) cost(n *node) int32 {
	cost := int32(1)
	for _, part := range n.of {
		cost += c.nodes[part].cost
	}
	switch n.op {
	case anyOf:
		cost = int32(min(len(n.terms), 16)) // of more, those found are looked up among them
	case nearOf, atLeast:
		cost += 16
	case fieldOf:
		cost = 64
	}
	return min(cost, 1<<20)
}
