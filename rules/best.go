package rules

import "cmp"

// bestSentence chooses, of the sentences in which spots lie, the one that shows
// best why a rule fired: the one that answers most of the things its clauses
// ask for; of the body, if it has such a one, for readers see the title anyway;
// then the one with most different terms; then the first. Spots are in order.
// It is the zero Hit if there are none.
//
// Of
//
//	all: [$north-korea, (satellite* OR rocket*) NEAR/8 launch*]
//
// with three things to ask for, "The DPRK satellite launch failed" answers all.
func (s *scan) bestSentence(spots []spot) Hit {
	var best, last merit
	s.asksIn = append(s.asksIn[:0], make([]int, s.asks+1)...)
	clear(s.termsIn)
	sentences, end := 0, 0
	for i := range spots {
		spot := &spots[i]
		if at := spot.bytes().Start; last.text != spot.text || at >= end {
			best = best.or(last)
			n := spot.text.sentenceAt(at)
			last, end = merit{text: spot.text, sentence: n}, spot.text.cut()[n].End
			sentences++
		}
		if s.asksIn[spot.ask] != sentences {
			s.asksIn[spot.ask] = sentences
			last.asks++
		}
		if s.termsIn[spot.term] != sentences {
			s.termsIn[spot.term] = sentences
			last.terms++
		}
	}
	best = best.or(last)
	if best.text == nil {
		return Hit{}
	}
	at := best.text.cut()[best.sentence]
	return Hit{s.field(best.text), at.Start, at.End, best.text.source[at.Start:at.End]}
}

// A termID is the same for terms that find the same because they are written the
// same.
type termID struct {
	text  string
	exact bool
}

func (q *Term) id() termID { return termID{q.Text, q.Exact} }

// A merit is what speaks for a sentence.
type merit struct {
	text        *text
	sentence    int
	asks, terms int
}

// or returns the better of two, the first if neither is.
func (m merit) or(other merit) merit {
	switch {
	case m.text == nil:
		return other
	case other.text == nil:
		return m
	}
	if cmp.Or(
		cmp.Compare(other.asks, m.asks),
		cmp.Compare(other.text.order, m.text.order),
		cmp.Compare(other.terms, m.terms),
	) > 0 {
		return other
	}
	return m
}
