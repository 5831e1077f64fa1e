package rules

import (
	"fmt"
	"slices"
	"strings"
)

// An Explanation tells why a clause held or did not: a tree that mirrors the
// query, or the rule with its clauses.
type Explanation struct {
	Clause string // in the canonical spelling; of a rule its id
	Under  string // "all", "any" or "none" for a rule's own clauses, else empty
	Fired  bool   // the clause holds; under none that is what silences the rule
	Why    string // in words
	Hits   []Hit
	Of     []Explanation // the parts of an expression or a rule

	line string
}

// Decided names, in one line, the one clause that decided:
//
//	none: title:("satellite image*") found "Satellite images"
//	all: $north-korea not found
//	all: NEAR/12: nearest pair is 31 words apart
func (x Explanation) Decided() string { return x.line }

// Explain tells clause by clause why the rule of that id fires on a or does
// not; ok is false when there is no such rule. Of a rule that is switched off or
// has ended it tells what it would do.
func (e *Engine) Explain(id string, a *Article) (x Explanation, ok bool) {
	r := e.Rule(id)
	if r == nil {
		return Explanation{}, false
	}
	s := newScan(a)
	x = Explanation{Clause: r.ID}
	x.Of = slices.Concat(s.explainAll("all", r.all), s.explainAll("any", r.any), s.explainAll("none", r.none))
	found := s.rule(r)
	if x.Fired = found.fires; x.Fired {
		x.Hits = s.hits(sorted(found.spots))
	}
	x.Why = x.decide()
	x.line = x.Why
	return x, true
}

func (s *scan) explainAll(under string, of []Query) []Explanation {
	var parts []Explanation
	for _, q := range of {
		part := s.explain(q)
		part.Under = under
		part.line = under + ": " + part.line
		parts = append(parts, part)
	}
	return parts
}

// decide finds the clause that keeps a rule silent, the first where several do,
// or what made it fire.
func (x *Explanation) decide() string {
	var missing, found []string
	for _, part := range x.Of {
		switch {
		case part.Under == "all" && !part.Fired:
			return part.line
		case part.Under == "any" && !part.Fired:
			missing = append(missing, part.line)
		case part.Under != "none":
			found = append(found, part.line)
		case part.Fired && !x.Fired && (len(missing) == 0 || x.anyFired()):
			return part.line
		}
	}
	switch {
	case x.Fired && len(x.Hits) > 0:
		return "found " + quoted(x.Hits)
	case x.Fired:
		return strings.Join(found, "; ")
	case len(missing) == 1:
		return missing[0]
	}
	return fmt.Sprintf("any: none of %d clauses holds", len(missing))
}

func (x *Explanation) anyFired() bool {
	return slices.ContainsFunc(x.Of, func(part Explanation) bool { return part.Under == "any" && part.Fired })
}

// explain tells about q, looked for everywhere.
func (s *scan) explain(q Query) Explanation { return s.explainIn(q, s.everywhere) }

func (s *scan) explainIn(q Query, v view) Explanation {
	r := s.eval(q, v)
	x := Explanation{Clause: q.String(), Fired: r.holds, Hits: s.hits(r.spots)}
	parts := func(of ...Query) {
		for _, part := range of {
			x.Of = append(x.Of, s.explainIn(part, v))
		}
	}
	x.Why = "not found"
	if x.Fired {
		x.Why = strings.TrimSpace("found " + quoted(x.Hits))
	}
	x.line = bracketed(q) + " " + x.Why
	switch q := q.(type) {
	case *Named:
		parts(q.List...)
	case *Or:
		parts(q.Of...)
	case *And:
		parts(q.Of...)
		if i := slices.IndexFunc(x.Of, func(part Explanation) bool { return !part.Fired }); i >= 0 {
			x.Why, x.line = x.Of[i].line, x.Of[i].line
		}
	case *Not:
		parts(q.X)
		x.Why = x.Of[0].Why
		x.line = "NOT " + x.Of[0].line
	case *Near:
		parts(q.A, q.B)
		x.near(q, s.eval(q.A, v).spots, s.eval(q.B, v).spots)
	case *AtLeast:
		x.Why = fmt.Sprintf("%s of %s found, %d wanted", counted(countApart(s.eval(q.X, v).spots), "place"), bracketed(q.X), q.N)
		x.line = fmt.Sprintf("ATLEAST/%d: %s", q.N, x.Why)
	case *In:
		s.explainField(&x, q)
	}
	return x
}

// near tells why no pair was close enough.
func (x *Explanation) near(q *Near, a, b []spot) {
	operator := strings.TrimSpace(q.operator())
	for _, part := range x.Of {
		if !x.Fired && !part.Fired {
			x.Why, x.line = part.line, part.line
			return
		}
	}
	switch apart := q.nearest(a, b); {
	case x.Fired:
		return
	case apart < 0 && q.inOrder():
		x.Why = "never in this order in one text"
	case apart < 0:
		x.Why = "never two places in one text"
	case q.Sentence:
		x.Why = fmt.Sprintf("never in one sentence; nearest pair is %s apart", counted(apart, "word"))
	default:
		x.Why = fmt.Sprintf("nearest pair is %s apart", counted(apart, "word"))
	}
	x.line = operator + ": " + x.Why
}

func (s *scan) explainField(x *Explanation, q *In) {
	switch q.Field {
	case Title, Body, Lead:
		x.Of = []Explanation{s.explainIn(q.X, s.fieldView(q.Field))}
		if inner := x.Of[0]; !x.Fired && inner.Why != "not found" {
			x.Why = inner.Why
			x.line = string(q.Field) + ": " + inner.line
		}
		return
	case From:
		x.Why = have("the article is from", append([]string{s.host()}, s.article.Sources...))
	case Lang:
		x.Why = have("the article's language is", []string{s.article.Lang})
	case Author:
		x.Why = have("the author is", []string{s.article.Author})
	case Tag:
		x.Why = have("the tags are", s.article.Tags)
	case URL:
		x.Why = have("the address is", []string{s.article.URL})
	}
	x.line = x.Clause + ": " + x.Why
}

// have tells an article's values, or that it has none.
func have(what string, values []string) string {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if len(values) == 0 {
		return what + " not known"
	}
	return what + " " + shortenTo(strings.Join(values, ", "), 120)
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// bracketed spells q as it would stand in an expression, short enough for a line.
func bracketed(q Query) string {
	text := shortenTo(q.String(), 80)
	switch q.(type) {
	case *And, *Or, *Near:
		return "(" + text + ")"
	}
	return text
}

// quoted lists what was found, each once.
func quoted(hits []Hit) string {
	const most = 4
	var texts []string
	for _, h := range hits {
		if text := `"` + shortenTo(h.Text, 60) + `"`; !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if more := len(texts) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), more)
	}
	return strings.Join(texts, ", ")
}
