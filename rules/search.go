package rules

// A Search looks for one query. It is immutable and safe for concurrent use, and
// finds what a rule with that query alone finds.
type Search struct{ program *program }

// NewSearch compiles a query that ParseQuery made.
func NewSearch(q Query) *Search {
	p := compile([]*Rule{{Enabled: true, all: []Query{q}}}, nil)
	p.sieve = newSieve(p)
	return &Search{p}
}

// Find looks for the query in a. It may hold without a hit: NOT x, lang:ko.
func (s *Search) Find(a *Article) (hits []Hit, ok bool) {
	s.program.run(a, func(found *sweep, r *compiled) { hits, ok = found.scan.hits(found.tell(r)), true })
	return hits, ok
}
