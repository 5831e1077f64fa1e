package rules

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// A scan is one article being matched. It is written straight from the language's
// definition, clause by clause, with no other cleverness than to look for each
// term once.
type scan struct {
	article     *Article
	title, body *text
	everywhere  view // title and body
	found       map[lookup][]spot
}

type lookup struct {
	term *Term
	text *text
}

func newScan(a *Article) *scan {
	s := &scan{article: a, found: map[lookup][]spot{}}
	s.title = newText(0, a.Title, []Span{{0, len(a.Title)}})
	s.body = newText(1, a.Body, sentences(a.Body))
	s.everywhere = s.among(s.title.whole(), s.body.whole())
	return s
}

// A result says whether a clause holds, and where its terms were found that make
// it hold: in order of text, then of place. A clause can hold without a spot.
type result struct {
	holds bool
	spots []spot
}

// A view is the part of the article that a clause looks at: it looks for one term.
type view func(*Term) result

// eval says whether q holds in v.
func (s *scan) eval(q Query, v view) result {
	switch q := q.(type) {
	case *Term:
		return v(q)
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
		spots := q.pairs(a.spots, s.eval(q.B, v).spots)
		return result{len(spots) > 0, sorted(spots)}
	case *AtLeast:
		if r := s.eval(q.X, v); countApart(r.spots) >= q.N {
			return r
		}
		return result{}
	case *In:
		return s.in(q)
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
	slices.SortStableFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.text.order, b.text.order), cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	return spots
}

// A part is the first words of a text.
type part struct {
	text  *text
	words int
}

func (t *text) whole() part { return part{t, len(t.words)} }

func (s *scan) among(parts ...part) view {
	return func(t *Term) result {
		var spots []spot
		for _, p := range parts {
			for _, spot := range s.spots(t, p.text) {
				if spot.end <= p.words {
					spots = append(spots, spot)
				}
			}
		}
		return result{len(spots) > 0, spots}
	}
}

// spots looks for t in a text, once.
func (s *scan) spots(t *Term, in *text) []spot {
	key := lookup{t, in}
	spots, ok := s.found[key]
	if !ok {
		spots = in.find(t)
		s.found[key] = spots
	}
	return spots
}

func (s *scan) in(q *In) result {
	r := s.eval(q.X, s.fieldView(q.Field))
	if q.Field != Title && q.Field != Body && q.Field != Lead {
		r.spots = nil // not places a reader sees
	}
	return r
}

func (s *scan) fieldView(f Field) view {
	switch f {
	case Title:
		return s.among(s.title.whole())
	case Body:
		return s.among(s.body.whole())
	case Lead:
		return s.among(s.title.whole(), part{s.body, s.body.lead()})
	case Author:
		return s.anyOf(s.article.Author)
	case Tag:
		return s.anyOf(s.article.Tags...)
	case From:
		return s.source
	case Lang:
		return s.lang
	case URL:
		return s.url
	}
	panic("rules: unknown field " + string(f))
}

// anyOf looks in each of values, never across two.
func (s *scan) anyOf(values ...string) view {
	var parts []part
	for i, value := range values {
		parts = append(parts, newText(i, value, []Span{{0, len(value)}}).whole())
	}
	return s.among(parts...)
}

// source compares t with the article's host, its parents and the names of its
// feed and outlet. A name is the same when its words are.
func (s *scan) source(t *Term) result {
	name := strings.ToLower(strings.TrimSuffix(t.Text, "."))
	if host := s.host(); host == name || strings.HasSuffix(host, "."+name) {
		return result{holds: true}
	}
	for _, source := range s.article.Sources {
		words := newText(0, source, nil)
		if end, ok := t.pattern.from(words, 0); ok && end == len(words.words) {
			return result{holds: true}
		}
	}
	return result{}
}

func (s *scan) host() string {
	address, err := url.Parse(s.article.URL)
	if err != nil {
		return ""
	}
	return strings.ToLower(address.Hostname())
}

// lang compares t with the article's language tag; ko is the primary part of ko-KR.
func (s *scan) lang(t *Term) result {
	tag := strings.ToLower(strings.ReplaceAll(s.article.Lang, "_", "-"))
	primary, _, _ := strings.Cut(tag, "-")
	return result{holds: primary != "" && primary == strings.ToLower(t.Text)}
}

// url looks for t in the article's address, as written and with its escapes read.
func (s *scan) url(t *Term) result {
	part, address := strings.ToLower(t.Text), strings.ToLower(s.article.URL)
	plain, err := url.PathUnescape(address)
	return result{holds: strings.Contains(address, part) || err == nil && strings.Contains(plain, part)}
}
