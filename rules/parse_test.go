package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestQueryIsReadAs(t *testing.T) {
	for source, want := range map[string]string{
		// A source without operators is a phrase, quotes or not.
		`satellite`:               `satellite`,
		`North Korea's satellite`: `"North Korea's satellite"`,
		`command and control`:     `"command and control"`,
		`“North Korea”`:           `"North Korea"`,
		`"launch OR orbit"`:       `"launch OR orbit"`,
		`near the border`:         `"near the border"`,
		`$5 billion`:              `"$5 billion"`,
		`E = mc2`:                 `"E = mc2"`,
		`Seoul - Pyongyang`:       `"Seoul - Pyongyang"`,
		`minus -5 degrees`:        `"minus -5 degrees"`,
		`ASEAN +3`:                `"ASEAN +3"`,
		`NEAR Protocol`:           `"NEAR Protocol"`,
		`Yahoo!`:                  `"Yahoo!"`,
		`US$ 5 billion`:           `"US$ 5 billion"`,
		`“what a launch!”`:        `"what a launch!"`,
		`at 18:30 today`:          `"at 18:30 today"`,
		`24/7`:                    `"24/7"`,
		`CTV W5 investigates`:     `"CTV W5 investigates"`,
		`Re:Zero`:                 `"Re:Zero"`,
		`Korea and/or Japan`:      `"Korea and/or Japan"`,
		"  위성\n 발사 ":              "\"위성\n 발사\"",

		// Expressions.
		`a AND NOT b AND c`:                 `a AND NOT b AND c`,
		`a OR (b AND c)`:                    `a OR (b AND c)`,
		`(a)`:                               `a`,
		`((a OR b))`:                        `a OR b`,
		`a NEAR/8 b OR c`:                   `(a NEAR/8 b) OR c`,
		`NOT a NEAR/8 b AND c`:              `NOT (a NEAR/8 b) AND c`,
		`NOT NOT a`:                         `NOT (NOT a)`,
		`a ONEAR/0 b`:                       `a ONEAR/0 b`,
		`a NEAR/s "b c"`:                    `a NEAR/s "b c"`,
		`(a OR b) NEAR/100 (c OR $d)`:       `(a OR b) NEAR/100 (c OR $d)`,
		`=SCM AND ="Freedom Edge"`:          `=SCM AND ="Freedom Edge"`,
		`{SCM} AND {Freedom Edge}`:          `=SCM AND ="Freedom Edge"`,
		`{a "b" c}`:                         `{a "b" c}`,
		`title:a AND title:(b OR c)`:        `title:a AND title:(b OR c)`,
		`title:=SCM OR lead:“a b”`:          `title:=SCM OR lead:"a b"`,
		`title:ATLEAST/3 (a OR b)`:          `title:ATLEAST/3 (a OR b)`,
		`body:(a AND NOT (b NEAR/3 c))`:     `body:(a AND NOT (b NEAR/3 c))`,
		`source:yna.co.kr OR lang:ko`:       `source:yna.co.kr OR lang:ko`,
		`url:https://yna.co.kr/nk/?p=1`:     `url:"https://yna.co.kr/nk/?p=1"`,
		`$korea`:                            `$korea`,
		`NOT(a)AND(b)`:                      `NOT a AND b`,
		`=AND OR =NEAR/5`:                   `="AND" OR ="NEAR/5"`,
		`"and" AND "w/5" OR-less`:           ``,
		`(satellite* OR *위성) AND satel?ite`: `(satellite* OR *위성) AND satel?ite`,
	} {
		q, problems := parse(source)
		if want == "" {
			if len(problems) == 0 {
				t.Errorf("%s is read as %s, want it refused", source, q)
			}
			continue
		}
		if len(problems) > 0 {
			t.Errorf("%s is refused: %s", source, problems[0].Message)
			continue
		}
		if q.String() != want {
			t.Errorf("%s is read as %s, want %s", source, q, want)
		}
	}
}

func TestSpanIsTheTermsPlaceInTheSource(t *testing.T) {
	const source = `위성 AND (="발사 체" OR title:x)`
	q, problems := parse(source)
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	var places []string
	var visit func(Query)
	visit = func(q Query) {
		places = append(places, source[q.span().Start:q.span().End])
		switch q := q.(type) {
		case *And:
			visit(q.Of[0])
			visit(q.Of[1])
		case *Or:
			visit(q.Of[0])
			visit(q.Of[1])
		case *In:
			visit(q.X)
		}
	}
	visit(q)
	want := []string{source, "위성", `="발사 체" OR title:x`, `="발사 체"`, "title:x", "x"}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Error(diff)
	}
}

// equal compares queries but for their places and compiled patterns.
func equal() cmp.Option {
	return cmp.Options{cmpopts.IgnoreTypes(Span{}, pattern{}), cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(Term{})}
}

func TestPrintedQueryIsReadAsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := aQuery(3, "").Draw(t, "query")
		read, problems := parse(q.String())
		if len(problems) > 0 {
			t.Fatalf("%s is refused: %s", q, problems[0].Message)
		}
		if diff := cmp.Diff(q, read, equal()); diff != "" {
			t.Fatalf("%s: %s", q, diff)
		}
	})
}

// aTerm draws words, phrases, and texts that would be operators without quotes.
func aTerm() *rapid.Generator[Query] {
	return rapid.Custom(func(t *rapid.T) Query {
		text := rapid.OneOf(
			rapid.StringMatching(`[a-zA-Z가-힣一-龥ァ-ヴ][a-z0-9.'/:+=~^|!-]{0,8}( [A-Z가-힣][a-z]{1,5}){0,2}`),
			rapid.SampledFrom([]string{"AND", "or", "Not", "NEAR", "NEAR/5", "near5", "w/5", "title:x", "a && b", "-x", "a -b", "!x",
				"x^2", "x~", "$a", "=x", "a (b)", "a {b} c", "ANDNOT", "site:x", "/x/", "N. Korea", "F-35", "don't", "a w/5 b", "北", "ABC"}),
		).Draw(t, "text")
		return &Term{Text: text, Exact: rapid.Bool().Draw(t, "exact")}
	})
}

// aQuery draws a query that the grammar allows; in is the field it stands in.
func aQuery(depth int, in Field) *rapid.Generator[Query] {
	return rapid.Custom(func(t *rapid.T) Query {
		kinds := []string{"term", "term", "name"}
		if depth > 0 {
			kinds = append(kinds, "and", "or", "not", "near", "atleast")
			if in == "" {
				kinds = append(kinds, "in")
			}
		}
		some := func() []Query { return rapid.SliceOfN(aQuery(depth-1, in), 2, 3).Draw(t, "of") }
		switch rapid.SampledFrom(kinds).Draw(t, "kind") {
		case "name":
			return &Named{Name: rapid.StringMatching(`[a-z][a-z0-9-]{0,5}`).Draw(t, "name")}
		case "and":
			return &And{Of: some()}
		case "or":
			return &Or{Of: some()}
		case "not":
			return &Not{X: aQuery(depth-1, in).Draw(t, "x")}
		case "near":
			q := &Near{A: aGroup().Draw(t, "a"), B: aGroup().Draw(t, "b")}
			if q.Sentence = rapid.Bool().Draw(t, "sentence"); !q.Sentence {
				q.Within = rapid.IntRange(0, maxNear).Draw(t, "within")
				q.Ordered = rapid.Bool().Draw(t, "ordered")
			}
			return q
		case "atleast":
			return &AtLeast{N: rapid.IntRange(1, maxAtLeast).Draw(t, "n"), X: aGroup().Draw(t, "x")}
		case "in":
			field := rapid.SampledFrom([]Field{Title, Body, Lead, Author, Tag, URL}).Draw(t, "field")
			return &In{Field: field, X: aQuery(depth-1, field).Draw(t, "x")}
		}
		return aTerm().Draw(t, "term")
	})
}

// aGroup draws what NEAR and ATLEAST take.
func aGroup() *rapid.Generator[Query] {
	return rapid.Custom(func(t *rapid.T) Query {
		terms := rapid.SliceOfN(aTerm(), 1, 3).Draw(t, "terms")
		if len(terms) == 1 {
			return terms[0]
		}
		return &Or{Of: terms}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`a AND b OR c`, `“North Korea” NEAR/5 (a OR b*)`, `title:(=SCM OR {x})`, `ATLEAST/3 $x AND NOT y`, `(`, `"`, `a w/5 b`, `$`, `=`, `-`, `near5:"a`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		q, problems := parse(source)
		if (q == nil) == (len(problems) == 0) {
			t.Fatalf("query %v with problems %v", q, problems)
		}
		for _, p := range problems {
			if p.At.Start < 0 || p.At.End > len(source) || p.At.Start > p.At.End || p.Message == "" || p.Hint == "" {
				t.Errorf("%q: problem %+v", source, p)
			}
		}
		if q == nil {
			return
		}
		again, problems := parse(q.String())
		if len(problems) > 0 {
			t.Fatalf("%q is printed as %q, which is refused: %s", source, q, problems[0].Message)
		}
		if diff := cmp.Diff(q, again, equal()); diff != "" {
			t.Errorf("%q: %s", source, diff)
		}
	})
}

func TestHostileQueryIsRefusedWithoutHarm(t *testing.T) {
	const n = maxQueryBytes / 8
	for _, source := range []string{
		strings.Repeat("(", n), strings.Repeat("NOT ", n), strings.Repeat("title:", n), strings.Repeat("ATLEAST/2 ", n/2),
		strings.Repeat("a NEAR/1 ", n/2), strings.Repeat("(a AND ", n), strings.Repeat("a AND b OR ", n/2) + "c", strings.Repeat(`"a" `, n),
	} {
		if q, problems := parse(source); len(problems) == 0 {
			t.Errorf("%s is read as %s", shorten(source), shorten(fmt.Sprint(q)))
		}
	}
}

func TestParseQueryTellsLineAndColumn(t *testing.T) {
	q, faults := ParseQuery("위성 AND\n(발사 OR $korea")
	if q != nil || len(faults) != 1 {
		t.Fatal(q, faults)
	}
	const want = "2:1: this ( is never closed\n  (발사 OR $korea\n  ^\nhint: put ) where the group ends"
	if got := faults[0].String(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestParseQueryKnowsTheEnginesLists(t *testing.T) {
	e, faults := Load([]Source{{"a.yaml", []byte("terms: {korea: [Seoul, Pyongyang]}\nrules: [{id: a, match: $korea}]")}})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	q, faults := e.ParseQuery("$korea NEAR/5 launch")
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if named := q.(*Near).A.(*Named); len(named.List) != 2 {
		t.Errorf("the list has %d entries, want 2", len(named.List))
	}
	if _, faults := e.ParseQuery("$koera"); len(faults) != 1 || faults[0].Hint != "did you mean $korea? Otherwise define koera under terms:" {
		t.Error(faults)
	}
	if _, faults := ParseQuery("$korea"); len(faults) != 1 {
		t.Error("a list without an engine is known")
	}
}
