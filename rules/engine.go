package rules

import (
	"cmp"
	"slices"
	"strings"
)

// An Engine matches articles against a set of rules. It is immutable and safe
// for concurrent use; a changed set of rules is a new engine.
type Engine struct {
	rules []*Rule          // in order of id
	lists map[string]*list // the named lists, for queries from outside
}

func newEngine(rules []*Rule) *Engine {
	sorted := slices.Clone(rules)
	slices.SortFunc(sorted, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return &Engine{rules: sorted}
}

// Rules returns all rules, switched off ones too, in order of id.
func (e *Engine) Rules() []*Rule { return slices.Clone(e.rules) }

// Rule returns the rule of that id, or nil when there is none.
func (e *Engine) Rule(id string) *Rule {
	i, ok := slices.BinarySearchFunc(e.rules, id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return nil
	}
	return e.rules[i]
}

// Match returns the enabled rules that fire on a, in order of id. A rule fires
// when every query of all holds, one of any at least, if there are any, and none
// of none. Whether a rule has ended is for the caller to ask.
func (e *Engine) Match(a *Article) []Match {
	s := newScan(a)
	var matches []Match
	for _, r := range e.rules {
		if !r.Enabled {
			continue
		}
		if clauses, ok := s.rule(r); ok {
			matches = append(matches, Match{r, s.hits(clauses), s.sentence(clauses)})
		}
	}
	return matches
}

// Find looks for one query in a. The query may hold without a hit: NOT x, lang:ko.
func (e *Engine) Find(q Query, a *Article) (hits []Hit, ok bool) {
	s := newScan(a)
	r := s.eval(q, s.everywhere)
	return s.hits([]result{r}), r.holds
}

// rule says whether r fires, and returns what its positive clauses found.
func (s *scan) rule(r *Rule) (clauses []result, ok bool) {
	for _, q := range r.all {
		found := s.eval(q, s.everywhere)
		if !found.holds {
			return nil, false
		}
		clauses = append(clauses, found)
	}
	ok = len(r.any) == 0
	for _, q := range r.any {
		if found := s.eval(q, s.everywhere); found.holds {
			clauses, ok = append(clauses, found), true
		}
	}
	if !ok || slices.ContainsFunc(r.none, func(q Query) bool { return s.eval(q, s.everywhere).holds }) {
		return nil, false
	}
	return clauses, true
}

// hits turns spots into ranges of the title and the body, overlapping ones
// into one.
func (s *scan) hits(clauses []result) []Hit {
	var hits []Hit
	for _, spot := range allSpots(clauses) {
		field, at := s.field(spot.text), spot.bytes()
		if last := len(hits) - 1; last >= 0 && hits[last].Field == field && at.Start < hits[last].End {
			hits[last].End = max(hits[last].End, at.End)
			hits[last].Text = spot.text.source[hits[last].Start:hits[last].End]
			continue
		}
		hits = append(hits, Hit{field, at.Start, at.End, spot.text.source[at.Start:at.End]})
	}
	return hits
}

func allSpots(clauses []result) []spot {
	var spots []spot
	for _, c := range clauses {
		spots = append(spots, c.spots...)
	}
	return sorted(spots)
}

func (s *scan) field(t *text) Field {
	if t == s.title {
		return Title
	}
	return Body
}

// sentence chooses the sentence that shows best why the clauses hold: the one in
// which most of them found something; of the body, if it has such a one, for
// readers see the title anyway; then the one with most different terms; then the
// first. It is the zero Hit if nothing was found.
func (s *scan) sentence(clauses []result) Hit {
	type place struct {
		text     *text
		sentence int
	}
	seen := map[place]*merit{}
	var best place
	for i, c := range clauses {
		for _, spot := range c.spots {
			p := place{spot.text, spot.sentence()}
			if seen[p] == nil {
				seen[p] = &merit{text: spot.text, clauses: map[int]bool{}, terms: map[*Term]bool{}, first: p.sentence}
			}
			seen[p].clauses[i], seen[p].terms[spot.term] = true, true
		}
	}
	for p, m := range seen {
		if best.text == nil || m.compare(seen[best]) > 0 {
			best = p
		}
	}
	if best.text == nil {
		return Hit{}
	}
	at := best.text.sentences[best.sentence]
	return Hit{s.field(best.text), at.Start, at.End, best.text.source[at.Start:at.End]}
}

// A merit is what speaks for a sentence.
type merit struct {
	text    *text
	clauses map[int]bool
	terms   map[*Term]bool
	first   int
}

func (m *merit) compare(other *merit) int {
	return cmp.Or(
		cmp.Compare(len(m.clauses), len(other.clauses)),
		cmp.Compare(m.text.order, other.text.order),
		cmp.Compare(len(m.terms), len(other.terms)),
		cmp.Compare(other.first, m.first),
	)
}
