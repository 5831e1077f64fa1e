package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

const launchRules = `
terms:
  north-korea: [North Korea*, N. Korea*, DPRK, Pyongyang, 북한, 北朝鮮]
rules:
  - id: launch
    all:
      - $north-korea
      - (satellite* OR “space launch vehicle”) NEAR/12 (launch* OR orbit* OR rocket*)
    none:
      - title:(“satellite image*” OR Starlink)
  - id: asleep
    enabled: false
    match: satellite*
  - id: drills
    any: [drill*, "exercise* NEAR/3 joint", Freedom Shield]
    none: [fire drill]
  - id: korean
    match: lang:ko
  - id: often
    match: ATLEAST/3 satellite*
  - id: both
    match: satellite AND Sputnik
  - id: one
    match: (Sputnik* AND orbit*) OR Starlink
`

func launchEngine(t *testing.T) *Engine {
	t.Helper()
	e, faults := Load([]Source{{Name: "launch.yaml", Data: []byte(launchRules)}})
	if e == nil {
		t.Fatal(faults)
	}
	return e
}

func TestRulesAreFoundByID(t *testing.T) {
	e := launchEngine(t)
	var ids []string
	for _, r := range e.Rules() {
		ids = append(ids, r.ID)
		if e.Rule(r.ID) != r {
			t.Errorf("%s is not found by its id", r.ID)
		}
	}
	if want := []string{"asleep", "both", "drills", "korean", "launch", "often", "one"}; !slices.Equal(ids, want) {
		t.Errorf("rules %v, want %v", ids, want)
	}
	if e.Rule("nobody") != nil || newEngine(nil).Rule("x") != nil {
		t.Error("a rule that is not there is found")
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name    string
		article Article
		want    []string // id: hits / sentence
	}{
		{"every clause of all, and none of none", Article{Title: "N. Korea's satellite is launched"},
			[]string{"launch: «N. Korea»'s «satellite» is «launched» / N. Korea's satellite is launched"}},
		{"a clause of none silences", Article{Title: "Satellite images show it", Body: "North Korea plans to launch a satellite."}, nil},
		{"a clause is missing", Article{Title: "Satellite launched"}, nil},
		{"a rule switched off stays silent", Article{Title: "Satellite"}, nil},
		{"one clause of any is enough", Article{Title: "Drills", Body: "Freedom Shield began."},
			[]string{"drills: «Drills» || «Freedom Shield» began. / Freedom Shield began."}},
		{"any beside none", Article{Title: "A fire drill"}, nil},
		{"no hits, no sentence", Article{Title: "제목", Lang: "ko-KR"}, []string{"korean: 제목 / "}},
		{"an article of nothing", Article{}, nil},
		{"the sentence with most clauses, of the body before the title",
			Article{Title: "North Korea launches satellite", Body: "DPRK, DPRK, DPRK! The DPRK satellite is in orbit. A satellite launch: Pyongyang satellite rocket."},
			[]string{"launch: «North Korea» «launches» «satellite» || «DPRK», «DPRK», «DPRK»! The «DPRK» «satellite» is in «orbit». A «satellite» «launch»: «Pyongyang» «satellite» «rocket». / A satellite launch: Pyongyang satellite rocket.",
				"often: North Korea launches «satellite» || DPRK, DPRK, DPRK! The DPRK «satellite» is in orbit. A «satellite» launch: Pyongyang «satellite» rocket. / The DPRK satellite is in orbit."}},
		{"the title, if no sentence answers as much of one clause",
			Article{Title: "Orbit of a sputnik", Body: "A sputnik. An orbit."},
			[]string{"one: «Orbit» of a «sputnik» || A «sputnik». An «orbit». / Orbit of a sputnik"}},
		{"the title, if it alone has all clauses",
			Article{Title: "North Korea launches satellite", Body: "It is a satellite."},
			[]string{"launch: «North Korea» «launches» «satellite» || It is a satellite. / North Korea launches satellite"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, m := range launchEngine(t).Match(&c.article) {
				checkHits(t, &c.article, append(m.Hits, m.Sentence))
				got = append(got, fmt.Sprintf("%s: %s / %s", m.Rule.ID, marked(&c.article, m.Hits), m.Sentence.Text))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
			}
		})
	}
}

func TestAnArticleThatMatchesNothingAllocatesNothing(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	c := newCorpus()
	files := append(c.rules(300), Source{"always.yaml", []byte(`
rules:
  - {id: by-source, match: "source:Reuters OR source:reuters.com"}
  - {id: by-author, match: "author:(Kim OR Lee) OR tag:space"}
  - {id: by-lang, match: "lang:ja"}
  - {id: by-url, match: "url:Sport OR url:스포츠"}
  - {id: by-sentence, match: "lead:the AND (the NEAR/s nowhere OR NOT the)"}
`)})
	e := engineOf(t, files)
	articles := append(c.english(20), c.korean(20)...)
	for _, a := range articles {
		a.URL, a.Lang = "https://EN.Yna.co.kr/View/%EB%B6%81%ED%95%9C?From=RSS", "en-US"
	}
	articles = slices.DeleteFunc(articles, func(a *Article) bool { return len(e.Match(a)) > 0 })
	if len(articles) < 20 {
		t.Fatalf("only %d articles match nothing", len(articles))
	}
	both, search := Compare(e, launchEngine(t)), NewSearch(&And{Of: []Query{e.rules[0].all[0], e.rules[1].all[0]}})
	if n := testing.AllocsPerRun(20, func() {
		for _, a := range articles {
			e.Match(a)
			both.Match(a)
			search.Find(a)
		}
	}); n >= 1 {
		t.Errorf("%v allocations in %d articles", n, len(articles))
	}
}

func TestHost(t *testing.T) {
	for address, want := range map[string]string{
		"https://en.yna.co.kr/view?a=//b": "en.yna.co.kr", "HTTP://User:p@EXAMPLE.org:8080": "EXAMPLE.org", "//cdn.example.org#x": "cdn.example.org",
		"https://[2001:db8::1]:443/": "[2001:db8::1]", "": "", "example.org": "", "example.org/a//b": "", "mailto:a@b.c": "",
	} {
		if got := newScan(&Article{URL: address}).host(); got != want {
			t.Errorf("%q is at %q, want %q", address, got, want)
		}
	}
}

// checkHits checks what every hit promises.
func checkHits(t *testing.T, a *Article, hits []Hit) {
	t.Helper()
	for _, h := range hits {
		source := a.Body
		switch h.Field {
		case Title:
			source = a.Title
		case "":
			if h != (Hit{}) {
				t.Errorf("hit without a field: %+v", h)
			}
			continue
		}
		checkSpan(t, source, Span{h.Start, h.End})
		if source[h.Start:h.End] != h.Text {
			t.Errorf("hit %+v is not its text %q", h, source[h.Start:h.End])
		}
	}
}

func TestHitsThatOverlapAreOne(t *testing.T) {
	q, faults := ParseQuery(`"North Korea" OR Korea OR "Korea's satellite" OR ½ OR 1 OR 北朝鮮 OR 朝鮮`)
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	a := Article{Title: "North Korea's satellite, Korea, ½, 北朝鮮"}
	hits, _ := NewSearch(q).Find(&a)
	if got, want := marked(&a, hits), "«North Korea's satellite», «Korea», «½», «北朝鮮»"; got != want {
		t.Errorf("hits %s, want %s", got, want)
	}
}

func TestLeadIsTheTitleAndSixtyWords(t *testing.T) {
	for _, c := range []struct {
		before, query string
		in            bool
	}{
		{strings.Repeat("word ", 59), "lead:last", true},
		{strings.Repeat("word ", 60), "lead:last", false},
		{strings.Repeat("Korea's ", 59), "lead:last", true},
		{strings.Repeat("위성을 ", 59), "lead:last", true},
		{strings.Repeat("衛星", 59), "lead:last", true},
		{strings.Repeat("衛星", 60), "lead:last", false},
		{strings.Repeat("衛星", 59), "lead:終了", true},
		{strings.Repeat("衛星", 59) + "衛", "lead:終了", false},
		{strings.Repeat("word ", 59), `lead:"last word"`, false},
		{strings.Repeat("word ", 58), `lead:"last word"`, true},
		{strings.Repeat("word ", 100), "lead:(last NEAR/5 titled)", false},
	} {
		q, faults := ParseQuery(c.query)
		if len(faults) > 0 {
			t.Fatal(faults[0])
		}
		a := Article{Title: "titled", Body: c.before + " last word 終了"}
		if strings.HasPrefix(c.before, "衛") && strings.HasSuffix(c.query, "終了") {
			a.Body = c.before + "終了"
		}
		if _, ok := NewSearch(q).Find(&a); ok != c.in {
			t.Errorf("%s after %q…: %v, want %v", c.query, c.before[:15], ok, c.in)
		}
		if matches := matchesOf(q, &a); (len(matches) == 1) != c.in {
			t.Errorf("a rule with %s after %q… matches %v", c.query, c.before[:15], matches)
		}
	}
}

func TestMatchIsSafeForConcurrentUse(t *testing.T) {
	e := launchEngine(t)
	a := Article{Title: "북한 위성", Body: "North Korea launches a satellite. 북한이 위성을 발사했다.", Lang: "ko"}
	want := fmt.Sprint(e.Match(&a))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := fmt.Sprint(e.Match(&a)); got != want {
				t.Errorf("matches %s, want %s", got, want)
			}
		})
	}
	wg.Wait()
}

// Whatever the query and the article, hits are in order, do not overlap, and lie
// between characters; a rule fires when Explain says so.
func FuzzMatch(f *testing.F) {
	f.Add("a AND b", "a b", "b a", "ko")
	f.Add("title:(satellit? NEAR/3 *발사*) OR NOT lead:北", "위성발사 satellite", "北 北京", "")
	f.Add("ATLEAST/2 (위성 OR 衛星) AND NOT lang:ja", "위성을", "½衛星衛星", "ja")
	f.Add("author:ko OR tag:ko OR source:ko OR url:ko", "", "", "ko")
	f.Fuzz(func(t *testing.T, query, title, body, value string) {
		q, faults := ParseQuery(query)
		if len(faults) > 0 {
			return
		}
		a := &Article{Title: title, Body: body, Lang: value, Author: value, URL: value, Tags: []string{value}, Sources: []string{value, title}}
		e := newEngine([]*Rule{{ID: "r", Enabled: true, all: []Query{q}}})
		hits, ok := NewSearch(q).Find(a)
		if want, wanted := naiveFind(q, a); ok != wanted || !slices.Equal(hits, want) {
			t.Fatalf("%s: found %v %v, want %v %v", query, ok, hits, wanted, want)
		}
		checkHits(t, a, hits)
		for i := 1; i < len(hits); i++ {
			last, h := hits[i-1], hits[i]
			if last.Field == Body && h.Field == Title || last.Field == h.Field && last.End > h.Start {
				t.Fatalf("%s: hit %+v before %+v", query, last, h)
			}
		}
		matches := e.Match(a)
		told, _ := e.Explain("r", a)
		if (len(matches) == 1) != ok || told.Fired != ok || told.Decided() == "" {
			t.Fatalf("%s: found %v, matches %d, explained %+v", query, ok, len(matches), told)
		}
		for _, m := range matches {
			checkHits(t, a, []Hit{m.Sentence})
			if !slices.Equal(m.Hits, hits) {
				t.Fatalf("%s: hits %v, want %v", query, m.Hits, hits)
			}
		}
	})
}
