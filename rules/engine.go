package rules

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// An Engine matches articles against a set of rules. It is immutable and safe
// for concurrent use; a changed set of rules is a new engine. The zero Engine has
// no rules.
type Engine struct {
	rules   []*Rule          // in order of id
	program *program         // compiled from those that are enabled; nil without rules
	lists   map[string]*list // the named lists, for queries from outside
}

func newEngine(rules []*Rule) *Engine {
	sorted := slices.Clone(rules)
	slices.SortFunc(sorted, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return &Engine{rules: sorted, program: compile(sorted, nil)}
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

// Lists returns the names of the named lists, in order.
func (e *Engine) Lists() []string { return slices.Sorted(maps.Keys(e.lists)) }

// Match returns the enabled rules that fire on a, in order of id. A rule fires
// when every query of all holds, one of any at least, if there are any, and none
// of none. Whether a rule has ended is for the caller to ask.
func (e *Engine) Match(a *Article) []Match {
	if e.program == nil {
		return nil
	}
	var matches []Match
	e.program.run(a, func(s *sweep, r *compiled) { matches = append(matches, s.match(r)) })
	return matches
}

// A finding is what a rule found: the spots of the positive clauses that hold.
type finding struct {
	fires bool
	spots []spot
}

func (s *scan) rule(r *Rule) finding {
	var f finding
	holds := func(q Query) bool {
		found := s.eval(q, s.everywhere)
		if found.holds {
			f.spots = append(f.spots, found.spots...)
		}
		return found.holds
	}
	for _, q := range r.all {
		if !holds(q) {
			return finding{}
		}
	}
	one := len(r.any) == 0
	for _, q := range r.any {
		one = holds(q) || one
	}
	for _, q := range r.none {
		if s.eval(q, s.everywhere).holds {
			return finding{}
		}
	}
	f.fires = one
	return f
}

// hits turns spots, in order, into ranges of the title and the body, overlapping
// ones into one.
func (s *scan) hits(spots []spot) []Hit {
	n := 0
	for range ranges(spots) {
		n++
	}
	if n == 0 {
		return nil
	}
	hits := make([]Hit, 0, n)
	for text, at := range ranges(spots) {
		hits = append(hits, Hit{s.field(text), at.Start, at.End, text.source[at.Start:at.End]})
	}
	return hits
}

// ranges are the bytes of spots, in order, overlapping ones as one.
func ranges(spots []spot) iter.Seq2[*text, Span] {
	return func(yield func(*text, Span) bool) {
		for len(spots) > 0 {
			text, at := spots[0].text, spots[0].bytes()
			for spots = spots[1:]; len(spots) > 0 && spots[0].text == text; spots = spots[1:] {
				next := spots[0].bytes()
				if next.Start >= at.End {
					break
				}
				at.End = max(at.End, next.End)
			}
			if !yield(text, at) {
				return
			}
		}
	}
}

func (s *scan) field(t *text) Field {
	if t == s.title {
		return Title
	}
	return Body
}
