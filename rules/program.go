package rules

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// A program is what the enabled rules of an engine are compiled to: a graph in
// which each thing that several rules ask stands once. Of
//
//	a: all: [$north-korea, satellite* NEAR/12 launch*]
//	b: all: [$north-korea, missile*]
//
// the nodes are $north-korea, satellite*, launch*, missile*, the NEAR and an AND
// for each rule. In an article the terms are found that rules need (see need.go);
// they wake these rules, and only their nodes are asked, each once.
//
// A program is immutable but for the pool of its sweeps.
type program struct {
	*index
	nodes   []node // a node behind its parts
	parts   []int32
	queries []Query // of NEAR, ATLEAST and fields, one of its like
	rules   []compiled
	fires   []int32 // the node of each rule that holds when it fires
	wakes   fan     // term: the nodes that make rules wake
	woken   fan     // node: the rules that it wakes
	always  []int32 // rules that nothing must be found for
	sieve   *sieve  // of articles for which no rule wakes; nil: all are looked through
	sweeps  sync.Pool
}

// A compiled rule has the nodes of its positive clauses.
type compiled struct {
	*Rule
	before   bool // it is one of the rules as they were
	all, any []int32
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

// A node is a part of a query. It is small, for few of many are asked, and each is
// far from the last.
type node struct {
	op       op
	where    where // of anyOf: where terms count
	query    int32 // in queries
	start, n int32 // its parts: terms of anyOf, in order; else nodes
}

// of returns the parts of n.
func (p *program) of(n *node) []int32 { return p.parts[n.start : n.start+n.n] }

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
	costs   []int32          // of nodes
	found   []*Term
	byID    map[termID]int32
	key     []byte // room for one
	before  bool   // the rules as they were are compiled: their lists may be others
}

// compile compiles the rules that are enabled, and beside them those of before,
// the rules as they were. Either are in order of id.
func compile(rules, before []*Rule) *program {
	c := &compiler{program: &program{}, numbers: map[string]int32{}, byID: map[termID]int32{}}
	c.set(rules, false)
	c.set(before, true)
	needs := c.needs()
	c.index = newIndex(c.found, c.wanted(needs))
	c.number()
	c.schedule(needs)
	c.sweeps.New = func() any { return newSweep(c.program) }
	return c.program
}

// set compiles one set of rules. What it asks as the other does stands once.
func (c *compiler) set(rules []*Rule, before bool) {
	c.before = before
	for _, r := range rules {
		if r.Enabled {
			c.rule(r)
		}
	}
}

func (c *compiler) rule(r *Rule) {
	all, any, none := c.each(r.all, everywhere), c.each(r.any, everywhere), c.each(r.none, everywhere)
	fires := slices.Clone(all)
	if len(any) > 0 {
		fires = append(fires, c.add(orOf, any))
	}
	for _, n := range none {
		fires = append(fires, c.add(notOf, []int32{n}))
	}
	c.rules, c.fires = append(c.rules, compiled{r, c.before, all, any}), append(c.fires, c.add(andOf, fires))
}

func (c *compiler) each(of []Query, at where) []int32 {
	nodes := make([]int32, len(of))
	for i, q := range of {
		nodes[i] = c.query(q, at)
	}
	return nodes
}

func (c *compiler) query(q Query, at where) int32 {
	switch q := q.(type) {
	case *Term, *Or:
		return c.choice([]Query{q}, at)
	case *Named:
		name := fmt.Sprintf("$%d%t%s", at, c.before, q.Name)
		n, ok := c.numbers[name]
		if !ok {
			n = c.choice(q.List, at)
			c.numbers[name] = n
		}
		return n
	case *And:
		return c.add(andOf, c.each(q.Of, at))
	case *Not:
		return c.add(notOf, []int32{c.query(q.X, at)})
	case *Near:
		return c.asking(nearOf, []int32{c.query(q.A, at), c.query(q.B, at)}, q, q.operator())
	case *AtLeast:
		return c.asking(atLeast, []int32{c.query(q.X, at)}, q, strconv.Itoa(q.N))
	case *In:
		switch q.Field {
		case Title:
			return c.query(q.X, inTitle)
		case Body:
			return c.query(q.X, inBody)
		case Lead:
			return c.query(q.X, inLead)
		}
		return c.asking(fieldOf, nil, q, fmt.Sprint(c.before, q))
	}
	panic("rules: unknown query")
}

// choice is one node for all terms, those of an OR in the OR too, and one for
// each part that is no term.
func (c *compiler) choice(parts []Query, at where) int32 {
	var terms, others []int32
	var take func([]Query)
	take = func(parts []Query) {
		for _, q := range parts {
			switch q := q.(type) {
			case *Term:
				terms = append(terms, c.term(q))
			case *Or:
				take(q.Of)
			default:
				others = append(others, c.query(q, at))
			}
		}
	}
	take(parts)
	if len(terms) > 0 {
		slices.Sort(terms)
		others = append(others, c.put(node{op: anyOf, where: at}, slices.Compact(terms), ""))
	}
	if len(others) == 1 {
		return others[0]
	}
	return c.add(orOf, others)
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

// add is a node of nodes, the cheapest of which is asked first.
func (c *compiler) add(op op, nodes []int32) int32 {
	nodes = slices.Clone(nodes)
	slices.SortStableFunc(nodes, func(a, b int32) int { return cmp.Compare(c.costs[a], c.costs[b]) })
	return c.put(node{op: op}, nodes, "")
}

// asking is a node that asks what asks says, of q.
func (c *compiler) asking(op op, nodes []int32, q Query, asks string) int32 {
	c.queries = append(c.queries, q)
	return c.put(node{op: op, query: int32(len(c.queries) - 1)}, nodes, asks)
}

// put returns n's number, the one it has already if there is its like.
func (c *compiler) put(n node, parts []int32, asks string) int32 {
	c.key = append(append(append(c.key[:0], byte(n.op), byte(n.where)), asks...), 0)
	for _, i := range parts {
		c.key = binary.AppendUvarint(c.key, uint64(i))
	}
	if have, ok := c.numbers[string(c.key)]; ok {
		return have
	}
	n.start, n.n = int32(len(c.parts)), int32(len(parts))
	c.parts, c.nodes = append(c.parts, parts...), append(c.nodes, n)
	c.costs = append(c.costs, c.cost(n.op, parts))
	c.numbers[string(c.key)] = int32(len(c.nodes) - 1)
	return int32(len(c.nodes) - 1)
}

// cost guesses what it costs to ask a node, in terms looked up. What an article
// hardly ever has is asked for last of all: it decides nothing.
func (c *compiler) cost(op op, parts []int32) int32 {
	cost := int32(1)
	switch op {
	case anyOf:
		return int32(min(len(parts), 16)) // of more, those found are looked up among them
	case nearOf, atLeast:
		cost = 16
	case fieldOf:
		cost = 64
	case notOf:
		cost = 1024
	}
	for _, part := range parts {
		cost += c.costs[part]
	}
	return min(cost, 1<<20)
}

// number gives the terms of all nodes their place in the index.
func (c *compiler) number() {
	places := make([]int32, len(c.found))
	for i, t := range c.terms {
		places[c.byID[t.id()]] = int32(i)
	}
	for i := range c.nodes {
		if n := &c.nodes[i]; n.op == anyOf {
			terms := c.of(n)
			for i, term := range terms {
				terms[i] = places[term]
			}
			slices.Sort(terms)
		}
	}
}
