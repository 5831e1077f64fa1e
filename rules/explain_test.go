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
		{"launch", "North Korea's satellite", false, `all: found "satellite", but not (launch* OR orbit* OR rocket*)`},
		{"launch", far, false, `all: NEAR/12: nearest pair is 14 words apart, "satellite" and "launch"`},
		{"drills", "Nothing", false, `any: none of 3 clauses found anything`},
		{"drills", "A fire drill", false, `none: "fire drill" found "fire drill"`},
		{"korean", "x", false, `match: lang:ko: the article's language is en`},
		{"often", "satellite, satellite", false, `match: ATLEAST/3: 2 places of satellite* found, 3 wanted`},
		{"both", "satellite", false, `match: found "satellite", but not Sputnik`},
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
		{"NOT Kim", `all: kept silent by Kim: "Kim"`},
		{"NOT Xi", `all: NOT Xi: not found`},
		{"Putin ONEAR/3 met", `all: ONEAR/3: never in this order in one text`},
		{"Kim NEAR/3 Putin", `all: NEAR/3: never two places in one text`},
		{"Putin NEAR/s pact", `all: NEAR/s: never in one sentence; nearest pair is 3 words apart, "Putin" and "pact"`},
		{"title:Putin", `all: title:Putin not found`},
		{"title:(visits NEAR/0 Kim) AND title:(Kim NEAR/0 Russia)", `all: found "Kim", "visits", "Russia"; title: NEAR/0: nearest pair is 1 word apart, "Kim" and "Russia"`},
		{"lang:ko", `all: lang:ko: the article's language is not known`},
		{"source:nhk.or.jp", `all: source:nhk.or.jp: the article is from www.example.org, Example`},
		{"author:Kim", `all: author:Kim: the author is A. Writer`},
		{"tag:space", `all: tag:space: the tags are asia, arms`},
		{"url:video", `all: url:video: the address is https://www.example.org/a`},
		{"source:example.org", `all: source:example.org: the article is from www.example.org, Example`},
		{"(Xi OR Modi) AND Kim", `all: found "Kim", but not (Xi OR Modi)`},
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

const nearRules = `
terms:
  korea: [Seoul, Korea*, 한국*]
  subject: [minister*, troops]
  north: [Pyongyang, 북한]
rules:
  - id: meeting
    any:
      - $north AND summit AND communique
      - =SCM AND $subject AND $korea AND NOT (warehouse* OR software)
      - =SCM NEAR/4 talks
      - lang:ko AND 안보
    none: [fashion]
`

func nearEngine(t *testing.T) *Engine {
	t.Helper()
	e, faults := Load([]Source{{Name: "near.yaml", Data: []byte(nearRules)}, {Name: "rocket.yaml", Data: []byte("rules:\n  - {id: rocket, all: [rocket*, launch*]}\n  - {id: off, enabled: false, match: SCM AND Seoul AND warehouse AND software AND Sputnik}\n")}})
	if e == nil {
		t.Fatal(faults)
	}
	return e
}

func TestExplainNamesTheNearestClauseOfAny(t *testing.T) {
	for _, c := range []struct {
		name string
		a    Article
		line string
	}{
		{"the one that found most", Article{Title: "Seoul minister at a summit"}, `any: nearest found "Seoul", "minister", but not =SCM`},
		{"a list is one thing, whatever it found", Article{Title: "Seoul, Korea, Korean: a summit of Pyongyang"}, `any: nearest found "summit", "Pyongyang", but not communique`},
		{"of those that found as much one that lacks nothing", Article{Title: "The SCM, after a minister of many countries called for talks"}, `any: nearest is =SCM NEAR/4 talks: nearest pair is 8 words apart, "SCM" and "talks"`},
		{"and is only kept silent", Article{Title: "SCM software: Seoul minister"}, `any: nearest found "SCM", "Seoul", "minister"; kept silent by (warehouse* OR software): "software"`},
		{"all that is missing", Article{Title: "SCM in Busan"}, `any: nearest found "SCM", but not talks`},
		{"the language is no find", Article{Title: "안보", Lang: "en"}, `any: nearest found "안보"; lang:ko: the article's language is en`},
		{"none", Article{Title: "Football"}, `any: none of 4 clauses found anything`},
		{"what silences counts only when a clause holds", Article{Title: "Fashion in Seoul"}, `any: nearest found "Seoul", but not =SCM, $subject`},
		{"else", Article{Title: "Fashion: SCM talks"}, `none: fashion found "Fashion"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			x, _ := nearEngine(t).Explain("meeting", &c.a)
			if x.Fired || x.Decided() != c.line {
				t.Errorf("\n got %s\nwant %s", x.Decided(), c.line)
			}
			decisive := 0
			for _, part := range x.Of {
				if part.Decisive {
					decisive++
				}
			}
			if len(x.found) > 0 && decisive != 1 {
				t.Errorf("%d clauses decided", decisive)
			}
		})
	}
}

func TestExplainGathersWhatWasFound(t *testing.T) {
	for _, c := range []struct{ rule, title, hits, against string }{
		{"meeting", "SCM software: Seoul minister", "«SCM» software: «Seoul» «minister»", "SCM «software»: Seoul minister"},
		{"meeting", "Fashion: SCM talks in Seoul", "Fashion: «SCM» «talks» in Seoul", "«Fashion»: SCM talks in Seoul"},
		{"meeting", "SCM talks in Seoul", "«SCM» «talks» in Seoul", ""},
		{"rocket", "Rocket in Seoul", "«Rocket» in Seoul", ""},
	} {
		a := &Article{Title: c.title}
		x, _ := nearEngine(t).Explain(c.rule, a)
		against := ""
		if len(x.Against) > 0 {
			against = marked(a, x.Against)
		}
		if got := marked(a, x.Hits); got != c.hits || against != c.against {
			t.Errorf("%s on %q: found %s, against it %s", c.rule, c.title, got, against)
		}
	}
}

func TestNearestIsTheRuleThatFoundMost(t *testing.T) {
	for _, c := range []struct{ title, rule, line string }{
		{"Rocket over Seoul", "rocket", `all: launch* not found`},
		{"Rocket crash", "rocket", `all: launch* not found`},
		{"Rocket ministers: Seoul", "meeting", `any: nearest found "ministers", "Seoul", but not =SCM`},
		{"Rocket launch over Seoul", "meeting", `any: nearest found "Seoul", but not =SCM, $subject`},
		{"SCM talks of software and a warehouse in Seoul", "", ""},
		{"Football", "", ""},
	} {
		x, ok := nearEngine(t).Nearest(&Article{Title: c.title})
		if ok != (c.rule != "") || x.Clause != c.rule || x.Decided() != c.line {
			t.Errorf("%s: %v %s: %s", c.title, ok, x.Clause, x.Decided())
		}
	}
}
