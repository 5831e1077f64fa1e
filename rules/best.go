package rules

import "cmp"

// bestSentence chooses the sentence that shows best why the clauses hold: the one
// in which most of what they ask for was found; of the body, if it has such a
// one, for readers see the title anyway; then the one with most different terms;
// then the first. It is the zero Hit if nothing was found.
func (s *scan) bestSentence(spots []spot, clauses []Query) Hit {
	asked := asked{by: map[*Term][]int{}}
	for _, q := range clauses {
		asked.query(q)
	}
	var best, last *merit
	for _, spot := range spots {
		if n := spot.sentence(); last == nil || last.text != spot.text || last.sentence != n {
			if last.exceeds(best) {
				best = last
			}
			last = &merit{text: spot.text, sentence: n, asks: map[int]bool{}, terms: map[*Term]bool{}}
		}
		last.terms[spot.term] = true
		for _, ask := range asked.by[spot.term] {
			last.asks[ask] = true
		}
	}
	if last.exceeds(best) {
		best = last
	}
	if best == nil {
		return Hit{}
	}
	at := best.text.sentences[best.sentence]
	return Hit{s.field(best.text), at.Start, at.End, best.text.source[at.Start:at.End]}
}

// A merit is what speaks for a sentence.
type merit struct {
	text     *text
	sentence int
	asks     map[int]bool
	terms    map[*Term]bool
}

func (m *merit) exceeds(other *merit) bool {
	if m == nil || other == nil {
		return m != nil
	}
	return cmp.Or(
		cmp.Compare(len(m.asks), len(other.asks)),
		cmp.Compare(m.text.order, other.text.order),
		cmp.Compare(len(m.terms), len(other.terms)),
	) > 0
}

// asked numbers the things that clauses ask for, by the terms that answer them.
// In $north-korea AND (satellite* OR rocket*) NEAR/8 launch* they are three.
type asked struct {
	by map[*Term][]int
	n  int
}

func (a *asked) query(q Query) {
	switch q := q.(type) {
	case *Term, *Named, *Or:
		a.n++
		a.choice(q, a.n)
	case *And:
		for _, part := range q.Of {
			a.query(part)
		}
	case *Near:
		a.query(q.A)
		a.query(q.B)
	case *AtLeast:
		a.query(q.X)
	case *In:
		a.query(q.X)
	}
}

// choice takes the terms to choose from for one thing.
func (a *asked) choice(q Query, thing int) {
	switch q := q.(type) {
	case *Term:
		a.by[q] = append(a.by[q], thing)
	case *Named:
		for _, part := range q.List {
			a.choice(part, thing)
		}
	case *Or:
		for _, part := range q.Of {
			a.choice(part, thing)
		}
	default:
		a.query(q)
	}
}
