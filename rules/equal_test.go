package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// naive is Match by the plain evaluator, rule by rule.
func naive(e *Engine, a *Article) []Match {
	var matches []Match
	for _, r := range e.rules {
		s := newScan(a)
		if found := s.rule(r); r.Enabled && found.holds {
			matches = append(matches, Match{r, s.hits(found.spots), s.bestSentence(found.spots)})
		}
	}
	return matches
}

// naiveFind is Find by the plain evaluator.
func naiveFind(q Query, a *Article) (hits []Hit, ok bool) {
	s := newScan(a)
	found := s.eval(q, view{})
	return s.hits(found.spots), found.holds
}

// The compiled rules match what the plain evaluator matches, with the same hits
// and sentence, whatever the rules and the article, also when they were used for
// another article before, and beside other rules.
func FuzzEngineEqualsNaive(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		g := generator{data: data}
		e := newEngine(g.rules())
		others := newEngine(g.others(e.rules))
		both := Compare(e, others)
		for range 3 {
			a := g.article()
			want, before := naive(e, a), naive(others, a)
			if got := e.Match(a); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s%q\n got %s\nwant %s", described(e), a, told(got), told(want))
			}
			if got, gotBefore := both.Match(a); !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotBefore, before) {
				t.Fatalf("%s%s%q\n got %s\n and %s\nwant %s\n and %s", described(e), described(others), a, told(got), told(gotBefore), told(want), told(before))
			}
		}
	})
}

// The index finds every term wherever the plain evaluator finds it, the sieve lets
// through what has one, and a rule that fires was woken: without the filter nothing
// more is matched.
func FuzzFilterOverSelectsOnly(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		g := generator{data: data}
		rules := g.rules()
		e, unfiltered := newEngine(rules), newEngine(rules)
		unfiltered.program.always = nil
		for i := range unfiltered.program.rules {
			unfiltered.program.always = append(unfiltered.program.always, int32(i))
		}
		unfiltered.program.wakes = (&fanner{}).fan(len(unfiltered.program.terms))
		var searches []*Search
		for _, term := range e.program.terms {
			searches = append(searches, NewSearch(term))
		}
		for range 3 {
			a := g.article()
			if got, want := e.Match(a), unfiltered.Match(a); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s%q\n got %s\nwant %s", described(e), a, told(got), told(want))
			}
			s := newSweep(e.program)
			s.begin(a)
			for n, term := range e.program.terms {
				found := s.scan.eval(term, view{})
				if hits, ok := searches[n].Find(a); ok != found.holds || !slices.Equal(hits, s.scan.hits(found.spots)) {
					t.Fatalf("%q in %q: %v, want %v", term.Text, a, hits, s.scan.hits(found.spots))
				}
			}
			for n, term := range e.program.terms {
				s.isPresent(int32(n))
				var got []spot
				for i := s.chains[n].first; i != 0 && s.present.has(int32(n)); i = s.places[i].next {
					got = append(got, s.spot(&s.places[i]))
				}
				want := slices.Concat(s.scan.title.find(term), s.scan.body.find(term))
				if !slices.Equal(got, want) {
					t.Fatalf("%q in %q\n got %v\nwant %v", term.Text, a, places(got), places(want))
				}
			}
		}
	})
}

func described(e *Engine) string {
	var b strings.Builder
	for _, r := range e.rules {
		fmt.Fprintf(&b, "%s: all %v any %v none %v\n", r.ID, r.all, r.any, r.none)
	}
	return b.String()
}

func told(matches []Match) string {
	var b strings.Builder
	for _, m := range matches {
		fmt.Fprintf(&b, "%s %v / %v; ", m.Rule.ID, m.Hits, m.Sentence)
	}
	return b.String()
}

func places(spots []spot) (words []string) {
	for _, s := range spots {
		words = append(words, fmt.Sprintf("%d:%d-%d", s.text.order, s.start, s.end))
	}
	return words
}

func addSeeds(f *testing.F) {
	for i := range 400 {
		data := make([]byte, 300+3*i)
		x := uint32(i + 1)
		for j := range data {
			x = x*1664525 + 1013904223
			data[j] = byte(x >> 24)
		}
		f.Add(data)
	}
}

// A generator makes rules and articles of bytes: of few words, so that they meet
// often, and of all that words are told apart by.
type generator struct {
	data  []byte
	lists [][]Query
}

var somePieces = strings.Fields(`korea North north N S U s satellite spy launch Launches SCM scm the of 54th 54 F35 35 é Résumé Straße
	위성 발사 위성을 발사했다 정찰 정찰위성 북한 북한이 의 은 도 에서도 제 차 한 미 가 위성락 조선중앙통신 하다 들
	北 朝 鮮 北朝鮮 衛星 星 打ち上げ ち 発射 イ ン インド インドネシア ー 彗 Киев киев мой Αθήνα ßa ﬁ ½ Ｆｕｌｌ ① 　 か゚ か\u3099 ` + "e\u0301 위\u200b성 sat\u00adellite \u0301 \u1161 \u11a8")

var someGaps = []string{" ", " ", "의 ", "을 ", "도", " ", "", "", "-", "'s ", "’ ", ". ", ".", "! ", "\n", "·", " “", "” ", "'", "…", "、", "。", "\u00a0", "\u200b"}

// n returns a number below most, 0 when the bytes are used up.
func (g *generator) n(most int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % most
}

func (g *generator) words(most int) string {
	var b strings.Builder
	for range 1 + g.n(most) {
		b.WriteString(somePieces[g.n(len(somePieces))] + someGaps[g.n(len(someGaps))])
	}
	return b.String()
}

func (g *generator) article() *Article {
	langs, urls := []string{"", "ko", "en-US"}, []string{"", "https://en.yna.co.kr/a/%EB%B6%81", "http://x@korea:8/North"}
	return &Article{Title: g.words(6), Body: g.words(20 + 30*g.n(4)), Lang: langs[g.n(3)], URL: urls[g.n(3)],
		Author: g.words(2), Tags: []string{g.words(2), g.words(2)}, Sources: []string{g.words(2)}}
}

func (g *generator) rules() []*Rule {
	for range 3 {
		g.lists = append(g.lists, g.terms(1+g.n(4)))
	}
	g.lists = append(g.lists, g.queries(1+g.n(3), 2, false))
	rules := make([]*Rule, 1+g.n(5))
	for i := range rules {
		rules[i] = &Rule{ID: fmt.Sprintf("r%d", i), Enabled: g.n(10) != 9}
		rules[i].all, rules[i].any, rules[i].none = g.queries(g.n(4), 3, false), g.queries(g.n(3), 3, false), g.queries(g.n(2), 3, false)
	}
	return rules
}

// others are rules to compare with: an edit of one of rules, or all other ones with
// lists of the same names.
func (g *generator) others(rules []*Rule) []*Rule {
	h := generator{data: g.data[len(g.data)/2:]}
	if h.n(2) == 0 {
		return h.rules()
	}
	h.lists = g.lists
	return append(h.rules()[:1], rules[1:]...)
}

func (g *generator) queries(n, depth int, inField bool) []Query {
	of := make([]Query, n)
	for i := range of {
		of[i] = g.query(depth, inField)
	}
	return of
}

func (g *generator) query(depth int, inField bool) Query {
	if depth == 0 {
		return g.group()
	}
	switch g.n(12) {
	case 0, 1:
		return &And{Of: g.queries(2+g.n(2), depth-1, inField)}
	case 2, 3:
		return &Or{Of: g.queries(2+g.n(2), depth-1, inField)}
	case 4:
		return &Not{X: g.query(depth-1, inField)}
	case 5, 6:
		near := g.n(16)
		return &Near{A: g.group(), B: g.group(), Within: near & 3, Ordered: near&4 != 0, Sentence: near&8 != 0}
	case 7:
		return &AtLeast{N: 1 + g.n(3), X: g.group()}
	case 8, 9:
		if inField {
			break
		}
		field := Field(fieldNames()[g.n(8)])
		if field == Lang {
			return &In{Field: Lang, X: &Term{Text: "ko"}}
		}
		return &In{Field: field, X: g.query(depth-1, true)}
	case 10:
		if i := g.n(len(g.lists) + 1); i == 3 && !inField && len(g.lists) == 4 {
			return &Named{Name: "l3", List: g.lists[3]}
		}
	}
	return g.group()
}

// group is what NEAR takes.
func (g *generator) group() Query {
	switch i := g.n(8); {
	case i < 3 && i < len(g.lists):
		return &Named{Name: fmt.Sprintf("l%d", i), List: g.lists[i]}
	case i == 4:
		return &Or{Of: append(g.terms(1+g.n(3)), g.term())}
	case i == 5 && len(g.lists) > 0:
		return &Or{Of: append(g.terms(1), &Named{Name: "l0", List: g.lists[0]})}
	}
	return g.term()
}

func (g *generator) terms(n int) []Query {
	of := make([]Query, n)
	for i := range of {
		of[i] = g.term()
	}
	return of
}

func (g *generator) term() *Term {
	text := strings.TrimSpace(g.words(3))
	exact := false
	switch g.n(10) {
	case 0, 1:
		text += "*"
	case 2:
		text = "*" + text
	case 3:
		text = "*" + text + "*"
	case 4:
		runes := []rune(text)
		if len(runes) > 0 {
			runes[g.n(len(runes))] = '?'
			text = string(runes)
		}
	case 5:
		exact = true
	}
	p, err := newPattern(text, exact)
	if err != nil {
		text, exact = "korea", false
		p, _ = newPattern(text, exact)
	}
	return &Term{Text: text, Exact: exact, pattern: p}
}
