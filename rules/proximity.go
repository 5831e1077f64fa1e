package rules

import "fmt"

// NEAR and ATLEAST take terms and OR-groups of terms: what they count are hits,
// and AND, NOT, a field or another NEAR has none of its own. Each refusal shows
// the same wish in a form that can be asked for.

// obstacle returns the first part of q that is neither a term, a $name nor an
// OR-group of these.
func obstacle(q Query) Query {
	switch q := q.(type) {
	case *Term, *Named:
		return nil
	case *Or:
		for _, part := range q.Of {
			if found := obstacle(part); found != nil {
				return found
			}
		}
		return nil
	}
	return q
}

// called names an operator in a message.
func called(q Query) string {
	switch q := q.(type) {
	case *And:
		return "AND"
	case *Not:
		return "NOT"
	case *Near:
		return "another NEAR"
	case *AtLeast:
		return "ATLEAST"
	case *In:
		return string(q.Field) + ":"
	}
	return "this"
}

func checkNear(n *Near) *problem {
	for _, side := range []Query{n.A, n.B} {
		if found := obstacle(side); found != nil {
			return &problem{found.span(), called(found) + " cannot stand inside NEAR", nearHint(n)}
		}
	}
	return nil
}

func nearHint(n *Near) string {
	if q := apart(n); q != nil {
		return "write " + forHint(q)
	}
	return "NEAR takes terms and groups of terms with OR: (a OR b) NEAR/5 (c OR d)"
}

// apart rewrites a NEAR that has an obstacle on one side; it returns nil if
// there is no simple way.
func apart(n *Near) Query {
	if obstacle(n.A) == nil {
		return around(n.B, n.A, func(b Query) *Near { m := *n; m.B = b; return &m })
	}
	if obstacle(n.B) == nil {
		return around(n.A, n.B, func(a Query) *Near { m := *n; m.A = a; return &m })
	}
	return nil
}

// around rewrites a NEAR between the obstacle x and other; with returns the NEAR
// with another operand in x's place.
func around(x, other Query, with func(Query) *Near) Query {
	switch x := x.(type) {
	case *And:
		var parts []Query
		for _, part := range x.Of {
			if not, ok := part.(*Not); ok && obstacle(not.X) == nil {
				parts = append(parts, &Not{X: with(not.X)})
			} else if obstacle(part) == nil {
				parts = append(parts, with(part))
			} else {
				return nil
			}
		}
		return &And{Of: parts}
	case *Not:
		if obstacle(x.X) == nil {
			return &And{Of: []Query{other, &Not{X: with(x.X)}}}
		}
	case *Near:
		if n := with(x.A); n.B == x.A {
			return &And{Of: []Query{n, x}}
		}
		return &And{Of: []Query{x, with(x.B)}}
	case *AtLeast:
		return &And{Of: []Query{x, with(x.X)}}
	case *In:
		if obstacle(x.X) == nil {
			return &In{Field: x.Field, X: with(x.X)}
		}
	}
	return nil
}

// notNear refuses a NEAR/5 NOT b, which the grammar has no place for.
func (p *parser) notNear(n *Near, op token) *problem {
	at := p.take().at
	hint := fmt.Sprintf("write a AND NOT (a %s b)", op.text)
	if b, bad := p.operand(); bad == nil && obstacle(b) == nil && obstacle(n.A) == nil {
		near := *n
		near.B = b
		hint = "write " + forHint(&And{Of: []Query{n.A, &Not{X: &near}}})
	}
	return &problem{at, "NOT cannot stand inside NEAR", hint}
}

// nearTwice refuses a NEAR/5 b NEAR/5 c.
func (p *parser) nearTwice(n *Near) *problem {
	op := p.take()
	hint := fmt.Sprintf("write (a %s b) AND (b %s c)", op.text, op.text)
	second := &Near{A: n.B, Within: op.n, Ordered: op.kind == onearToken, Sentence: op.kind == nearSToken}
	if c, bad := p.operand(); bad == nil && !p.peek().isNear() {
		second.B = c
		if checkNear(n) == nil && checkNear(second) == nil {
			hint = "write " + forHint(&And{Of: []Query{n, second}})
		}
	}
	return &problem{op.at, "only one NEAR can stand at a level", hint}
}

func checkAtLeast(q *AtLeast) *problem {
	found := obstacle(q.X)
	if found == nil {
		return nil
	}
	hint := "ATLEAST takes a term or a group of terms with OR: ATLEAST/3 (a OR b)"
	switch x := q.X.(type) {
	case *In:
		if obstacle(x.X) == nil {
			hint = "write " + forHint(&In{Field: x.Field, X: &AtLeast{N: q.N, X: x.X}})
		}
	case *And:
		var parts []Query
		for _, part := range x.Of {
			if obstacle(part) != nil {
				return &problem{found.span(), called(found) + " cannot stand inside ATLEAST", hint}
			}
			parts = append(parts, &AtLeast{N: q.N, X: part})
		}
		hint = "write " + forHint(&And{Of: parts})
	case *Near:
		hint = "write " + forHint(&And{Of: []Query{&AtLeast{N: q.N, X: x.A}, x}})
	}
	return &problem{found.span(), called(found) + " cannot stand inside ATLEAST", hint}
}
