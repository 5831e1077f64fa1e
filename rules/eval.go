package rules

import (
	"cmp"
	"strings"
)

// A scan is one article being looked at by the plain evaluator. It is written
// straight from the language's definition, clause by clause, with no other
// cleverness than to look for each term once. Explain uses it, a sweep borrows its
// texts, and the compiled rules must agree with it on every article.
type scan struct {
	article     *Article
	title, body *text
	both        [2]*text
	author      [1]string
	address     address
	terms       map[termID]*Term // looked for so far
	found       map[lookup][]spot
	values      map[Field]*values
	asks        int32 // how many things were asked for so far

	// The number of the sentence that last had each ask and each term: room for
	// bestSentence.
	asksIn  []int
	termsIn map[*Term]int
}

// values are the texts of a field that is neither title nor body, if it was read.
type values struct {
	texts []*text // and more, for other articles
	read  bool
}

type lookup struct {
	term *Term
	text *text
}

func newScan(a *Article) *scan {
	s := &scan{title: &text{}, body: &text{order: 1, prose: true}, terms: map[termID]*Term{}, found: map[lookup][]spot{},
		values: map[Field]*values{Author: {}, Tag: {}, From: {}}, termsIn: map[*Term]int{}}
	s.both = [2]*text{s.title, s.body}
	s.begin(a)
	return s
}

// begin takes another article.
func (s *scan) begin(a *Article) {
	s.article = a
	s.title.read(a.Title)
	s.body.read(a.Body)
}

// end forgets the article, whatever its size.
func (s *scan) end() {
	s.article, s.asks, s.address.known = nil, 0, false
	s.title.clear()
	s.body.clear()
	clear(s.terms)
	clear(s.found)
	for _, v := range s.values {
		v.read = false
	}
}

// A result says whether a clause holds, and where its terms were found that make
// it hold: in order of text, then of place. A clause can hold without a spot.
type result struct {
	holds bool
	spots []spot
}

// A view is the part of the article that a clause looks at: a field; without one
// title and body. Ask is the number of the thing that the clause is a choice for, if it
// is one of several: in $north-korea AND (satellite* OR rocket*) two things are
// asked for.
type view struct {
	field Field
	ask   int32
}

// rule says whether r fires, and where its positive clauses that hold were found.
func (s *scan) rule(r *Rule) result {
	all, any := s.and(r.all, view{}), result{holds: true}
	if len(r.any) > 0 {
		any = s.or(r.any, view{})
	}
	if !all.holds || !any.holds || s.or(r.none, view{}).holds {
		return result{}
	}
	return result{true, sorted(append(all.spots, any.spots...))}
}

// eval says whether q holds in v.
func (s *scan) eval(q Query, v view) result {
	switch q.(type) {
	case *Term, *Named, *Or:
		if v.ask == 0 {
			s.asks++
			v.ask = s.asks
		}
	case *In:
	default:
		v.ask = 0
	}
	switch q := q.(type) {
	case *Term:
		return s.look(q, v)
	case *Named:
		return s.or(q.List, v)
	case *Or:
		return s.or(q.Of, v)
	case *And:
		return s.and(q.Of, v)
	case *Not:
		return result{holds: !s.eval(q.X, v).holds}
	case *Near:
		a := s.eval(q.A, v)
		if !a.holds {
			return result{}
		}
		spots := q.pairs(nil, a.spots, s.eval(q.B, v).spots)
		return result{len(spots) > 0, spots}
	case *AtLeast:
		if r := s.eval(q.X, v); countApart(r.spots) >= q.N {
			return r
		}
		return result{}
	case *In:
		return s.in(q, v)
	}
	panic("rules: unknown query")
}

func (s *scan) or(of []Query, v view) result {
	var all result
	for _, q := range of {
		if r := s.eval(q, v); r.holds {
			all.holds, all.spots = true, append(all.spots, r.spots...)
		}
	}
	all.spots = sorted(all.spots)
	return all
}

func (s *scan) and(of []Query, v view) result {
	all := result{holds: true}
	for _, q := range of {
		r := s.eval(q, v)
		if !r.holds {
			return result{}
		}
		all.spots = append(all.spots, r.spots...)
	}
	all.spots = sorted(all.spots)
	return all
}

// sorted puts spots in order, the title's first.
func sorted(spots []spot) []spot {
	new(merger[spot]).sort(spots, inText)
	return spots
}

// inText compares places of spots.
func inText(a, b *spot) int {
	return cmp.Or(cmp.Compare(a.text.order, b.text.order), cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
}

// look looks for t in v.
func (s *scan) look(t *Term, v view) result {
	switch v.field {
	case From:
		if s.isFrom(t) {
			return result{holds: true}
		}
	case Lang:
		return result{holds: s.isIn(t)}
	case URL:
		return result{holds: s.address.has(s.article.URL, t.Text)}
	}
	var spots []spot
	for _, text := range s.texts(v.field) {
		most := len(text.words)
		if v.field == Lead && text == s.body {
			most = text.lead()
		}
		for _, spot := range s.spots(t, text) {
			if int(spot.end) <= most {
				spot.ask = v.ask
				spots = append(spots, spot)
			}
		}
	}
	return result{len(spots) > 0, spots}
}

// texts are those that f consists of. Of a field with several values each is one:
// nothing is found across two.
func (s *scan) texts(f Field) []*text {
	switch f {
	case Title:
		return s.both[:1]
	case Body:
		return s.both[1:]
	case Author:
		s.author[0] = s.article.Author
		return s.read(f, s.author[:])
	case Tag:
		return s.read(f, s.article.Tags)
	case From:
		return s.read(f, s.article.Sources)
	}
	return s.both[:]
}

// read returns the texts of a field, analysed when first asked for.
func (s *scan) read(f Field, of []string) []*text {
	v := s.values[f]
	if !v.read {
		for i, value := range of {
			if i == len(v.texts) {
				v.texts = append(v.texts, &text{order: i})
			}
			v.texts[i].read(value)
		}
		v.read = true
	}
	return v.texts[:len(of)]
}

// spots looks for t in a text, once, and once for all terms that are t.
func (s *scan) spots(t *Term, in *text) []spot {
	if first, ok := s.terms[t.id()]; ok {
		t = first
	} else {
		s.terms[t.id()] = t
	}
	key := lookup{t, in}
	spots, ok := s.found[key]
	if !ok {
		spots = in.find(t)
		s.found[key] = spots
	}
	return spots
}

func (s *scan) in(q *In, v view) result {
	r := s.eval(q.X, view{q.Field, v.ask})
	if q.Field != Title && q.Field != Body && q.Field != Lead {
		r.spots = nil // not places a reader sees
	}
	return r
}

// isIn compares t with the article's language tag; ko is the primary part of ko-KR.
func (s *scan) isIn(t *Term) bool {
	primary := s.article.Lang
	if end := strings.IndexAny(primary, "-_"); end >= 0 {
		primary = primary[:end]
	}
	return primary != "" && strings.EqualFold(primary, t.Text)
}
