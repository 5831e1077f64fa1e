package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An Explanation tells why a clause held or did not: a tree that mirrors the
// query, or the rule with its clauses.
type Explanation struct {
	Clause   string // in the canonical spelling; of a rule its id
	Under    string // "all", "match", "any" or "none" for a rule's own clauses, else empty
	Fired    bool   // the clause holds; under none that is what silences the rule
	Decisive bool   // of a rule's own clauses: it made the rule fire, or Decided names it
	Why      string // in words; of a silent rule all that it found and lacks
	Terms    int    // how many terms a list or an OR has to choose from; else 0

	// Hits is what was found of what the clause looks for, even if it does not
	// hold; Against is what was found of what it must not. Those of a silent rule
	// are of the clauses that hold and of the one that decided.
	Hits, Against []Hit

	Of []Explanation // the parts of an expression or a rule

	query Query // nil for a rule
	line  string
	account
}

// Decided names, in one line, the one clause that decided:
//
//	none: title:("satellite image*") found "Satellite images"
//	all: $north-korea not found
//	all: NEAR/12: nearest pair is 31 words apart, "rocket" and "orbit"
//	any: nearest found "SCM", "Seoul", but not $defence-minister
func (x Explanation) Decided() string { return x.line }

// Required says whether the clause is one of a rule's own, without which it
// cannot fire.
func (x Explanation) Required() bool { return x.Under == "all" || x.Under == "match" }

// Telling returns the parts that tell more than Why does: those of an AND, and of
// what does not hold although something of it was found.
func (x Explanation) Telling() []Explanation {
	silent := func(part Explanation) bool { return len(part.found) == 0 && len(part.unwanted) == 0 }
	switch q := x.query.(type) {
	case *And:
		return x.Of
	case *Near, *AtLeast:
		if !x.Fired && !silent(x) {
			return x.Of
		}
	case *Named, *Or:
		if !x.Fired {
			return slices.DeleteFunc(slices.Clone(x.Of), silent)
		}
	case *In:
		if !x.Fired && q.Field.isText() {
			return x.Of[0].Telling()
		}
	}
	return nil
}

// Explain tells clause by clause why the rule of that id fires on a or does
// not; ok is false when there is no such rule. Of a rule that is switched off or
// has ended it tells what it would do.
func (e *Engine) Explain(id string, a *Article) (x Explanation, ok bool) {
	r := e.Rule(id)
	if r == nil {
		return Explanation{}, false
	}
	return newScan(a).explainRule(r), true
}

// Nearest explains, of the enabled rules that do not fire on a, the one that came
// nearest. ok is false when there is none, or when nothing of any was found. It
// walks through every rule: it is for one article, not for an archive.
func (e *Engine) Nearest(a *Article) (x Explanation, ok bool) {
	s := newScan(a)
	for _, r := range e.rules {
		if !r.Enabled {
			continue
		}
		if told := s.explainRule(r); !told.Fired && told.nearerThan(&x.account) {
			x, ok = told, true
		}
	}
	return x, ok
}

func (s *scan) explainRule(r *Rule) Explanation {
	x := Explanation{Clause: r.ID}
	for _, clause := range r.clauses() {
		x.Of = append(x.Of, s.explainAll(clause.name, clause.queries)...)
	}
	found := s.rule(r)
	x.Fired = found.holds
	x.decide()
	if x.Fired {
		x.account = account{spots: found.spots}
	}
	s.mark(&x)
	switch {
	case len(x.found) > 0:
		x.Why = x.lacks()
	case len(x.Hits) > 0:
		x.line = "found " + quoted(x.Hits)
	}
	x.Why = cmp.Or(x.Why, x.line)
	return x
}

func (s *scan) explainAll(under string, of []Query) []Explanation {
	parts := s.explainEach(of, view{})
	for i := range parts {
		parts[i].Under = under
	}
	return parts
}

func (s *scan) explainEach(of []Query, v view) []Explanation {
	parts := make([]Explanation, len(of))
	for i, q := range of {
		parts[i] = s.explain(q, v)
	}
	return parts
}

// explain tells about q, looked for in v.
func (s *scan) explain(q Query, v view) Explanation {
	r := s.eval(q, v)
	x := Explanation{Clause: q.String(), Fired: r.holds, query: q}
	if in, ok := q.(*In); ok {
		v.field = in.Field
	}
	if v.field == "" || v.field.isText() {
		x.Of = s.explainEach(operands(q), v)
	}
	switch q := q.(type) {
	case *Term:
		x.account = asks(q, r.holds)
	case *Named, *Or:
		x.Terms = countTerms(q)
		x.account = either(q, x.Of)
	case *And:
		x.account = every(x.Of)
	case *Not:
		x.account = not(&x.Of[0])
	case *Near:
		x.account = every(x.Of)
		if !r.holds && len(x.missing) == 0 {
			x.Why = q.apart(s.eval(q.A, v).spots, s.eval(q.B, v).spots)
			x.amiss = []string{strings.TrimSpace(q.operator()) + ": " + x.Why}
		}
	case *AtLeast:
		x.account = every(x.Of)
		if !r.holds && len(x.missing) == 0 {
			x.Why = fmt.Sprintf("%s of %s found, %d wanted", counted(countApart(s.eval(q.X, v).spots), "place"), bracketed(q.X), q.N)
			x.amiss = []string{fmt.Sprintf("ATLEAST/%d: %s", q.N, x.Why)}
		}
	case *In:
		if q.Field.isText() {
			x.account = within(q.Field, &x.Of[0])
		} else {
			x.Why = s.has(q.Field)
			x.amiss = []string{x.Clause + ": " + x.Why}
		}
	}
	if r.holds {
		x.account = account{found: x.found, spots: r.spots}
	}
	s.mark(&x)
	x.tell()
	return x
}

// isText says whether f is something a reader reads.
func (f Field) isText() bool { return f == Title || f == Body || f == Lead }

// mark turns spots into hits.
func (s *scan) mark(x *Explanation) {
	x.Hits, x.Against = s.hits(sorted(x.spots)), s.hits(sorted(x.against))
}

// countTerms is how many terms q has, those of its lists included.
func countTerms(q Query) int {
	if _, ok := q.(*Term); ok {
		return 1
	}
	n := 0
	for _, part := range operands(q) {
		n += countTerms(part)
	}
	return n
}
