package rules

import "testing"

func TestExplainNamesTheClauseThatDecided(t *testing.T) {
	far := "North Korea spoke of a satellite and of many other things that have nothing to do with it, before the launch."
	for _, c := range []struct {
		rule, title string
		fired       bool
		line        string
	}{
		{"launch", "North Korea puts satellite into orbit", true, `found "North Korea", "satellite", "orbit"`},
		{"launch", "India puts satellite into orbit", false, `all: $north-korea not found`},
		{"launch", "North Korea launches satellite, satellite images show", false, `none: title:("satellite image*" OR Starlink) found "satellite images"`},
		{"launch", "North Korea's satellite", false, `all: (launch* OR orbit* OR rocket*) not found`},
		{"launch", far, false, `all: NEAR/12: nearest pair is 14 words apart`},
		{"drills", "Nothing", false, `any: none of 3 clauses holds`},
		{"drills", "A fire drill", false, `none: "fire drill" found "fire drill"`},
		{"korean", "x", false, `all: lang:ko: the article's language is en`},
		{"often", "satellite, satellite", false, `all: ATLEAST/3: 2 places of satellite* found, 3 wanted`},
		{"both", "satellite", false, `all: Sputnik not found`},
		{"asleep", "satellite", true, `found "satellite"`},
	} {
		x, ok := launchEngine(t).Explain(c.rule, &Article{Title: c.title, Lang: "en"})
		if !ok || x.Fired != c.fired || x.Decided() != c.line {
			t.Errorf("%s on %q\n got %v %s\nwant %v %s", c.rule, c.title, x.Fired, x.Decided(), c.fired, c.line)
		}
	}
	if _, ok := launchEngine(t).Explain("nobody", &Article{}); ok {
		t.Error("a rule that is not there is explained")
	}
}

func TestExplainOneClause(t *testing.T) {
	a := &Article{Title: "Kim visits Russia", Body: "He met Putin. They signed a pact.", Author: "A. Writer", URL: "https://www.example.org/a",
		Sources: []string{"Example"}, Tags: []string{"asia", "arms"}}
	for _, c := range []struct{ query, line string }{
		{"Kim AND Putin", `found "Kim", "Putin"`},
		{"NOT Kim", `all: NOT Kim found "Kim"`},
		{"NOT Xi", `all: NOT Xi not found`},
		{"Putin ONEAR/3 met", `all: ONEAR/3: never in this order in one text`},
		{"Kim NEAR/3 Putin", `all: NEAR/3: never two places in one text`},
		{"Putin NEAR/s pact", `all: NEAR/s: never in one sentence; nearest pair is 3 words apart`},
		{"title:Putin", `all: title:Putin not found`},
		{"title:(visits NEAR/0 Kim) AND title:(Kim NEAR/0 Russia)", `all: title: NEAR/0: nearest pair is 1 word apart`},
		{"lang:ko", `all: lang:ko: the article's language is not known`},
		{"source:nhk.or.jp", `all: source:nhk.or.jp: the article is from www.example.org, Example`},
		{"author:Kim", `all: author:Kim: the author is A. Writer`},
		{"tag:space", `all: tag:space: the tags are asia, arms`},
		{"url:video", `all: url:video: the address is https://www.example.org/a`},
		{"source:example.org", `all: source:example.org: the article is from www.example.org, Example`},
		{"(Xi OR Modi) AND Kim", `all: (Xi OR Modi) not found`},
	} {
		q, faults := ParseQuery(c.query)
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		x, _ := newEngine([]*Rule{{ID: "r", Enabled: true, all: []Query{q}}}).Explain("r", a)
		if x.Decided() != c.line {
			t.Errorf("%s\n got %s\nwant %s", c.query, x.Decided(), c.line)
		}
	}
}

func TestExplainMirrorsTheQuery(t *testing.T) {
	x, _ := launchEngine(t).Explain("launch", &Article{Title: "North Korea launches satellite"})
	if len(x.Of) != 3 || x.Of[2].Under != "none" || x.Of[2].Fired || len(x.Hits) != 3 {
		t.Fatalf("%+v", x)
	}
	near := x.Of[1]
	if near.Under != "all" || len(near.Of) != 2 || len(near.Of[0].Of) != 2 {
		t.Fatalf("%+v", near)
	}
	if leaf := near.Of[0].Of[0]; leaf.Clause != "satellite*" || !leaf.Fired || leaf.Why != `found "satellite"` || len(leaf.Hits) != 1 {
		t.Errorf("%+v", leaf)
	}
}
