package rules

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// The machine that a benchmark runs on may be shared: what is compared is measured
// in turns, in one run, and told are medians.

// A stopwatch keeps how long the last runs took.
type stopwatch struct {
	times [1 << 13]time.Duration
	n     int
}

func (s *stopwatch) time(f func()) {
	start := time.Now()
	f()
	s.times[s.n%len(s.times)] = time.Since(start)
	s.n++
}

func (s *stopwatch) median() time.Duration {
	times := s.times[:min(s.n, len(s.times))]
	slices.Sort(times)
	return times[len(times)/2]
}

func BenchmarkMatch(b *testing.B) {
	for _, lang := range []string{"English", "Korean"} {
		for _, n := range []int{10, 1000, 10_000} {
			b.Run(fmt.Sprintf("%s/%d", lang, n), func(b *testing.B) {
				c := newCorpus()
				e, articles := c.engine(b, n), c.in(lang, 500)
				matches := 0
				var watch stopwatch
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					watch.time(func() { matches += len(e.Match(articles[i%len(articles)])) })
				}
				b.ReportMetric(1/watch.median().Seconds(), "articles/s")
				b.ReportMetric(float64(matches)/float64(b.N), "matches/article")
			})
		}
	}
}

func (c *corpus) in(lang string, n int) []*Article {
	if lang == "Korean" {
		return c.korean(n)
	}
	return c.english(n)
}

// turns runs a and b in turns, now one first and now the other, and returns what
// a run of each takes.
func turns(loop *testing.B, a, b func(i int)) (timeA, timeB time.Duration) {
	var watchA, watchB stopwatch
	for i := 0; loop.Loop(); i++ {
		if i%2 == 0 {
			watchA.time(func() { a(i) })
			watchB.time(func() { b(i) })
		} else {
			watchB.time(func() { b(i) })
			watchA.time(func() { a(i) })
		}
	}
	return watchA.median(), watchB.median()
}

// BenchmarkManyRules tells what 10,000 rules cost, in what 10 cost.
func BenchmarkManyRules(b *testing.B) {
	for _, lang := range []string{"English", "Korean"} {
		b.Run(lang, func(b *testing.B) {
			c := newCorpus()
			few, many, articles := c.engine(b, 10), c.engine(b, 10_000), c.in(lang, 500)
			timeFew, timeMany := turns(b,
				func(i int) { few.Match(articles[i%len(articles)]) },
				func(i int) { many.Match(articles[i%len(articles)]) })
			b.ReportMetric(float64(timeMany)/float64(timeFew), "times-10-rules")
		})
	}
}

// BenchmarkManyTerms tells what 100,000 terms cost more than 1,000 do.
func BenchmarkManyTerms(b *testing.B) {
	c := newCorpus()
	lists := func(n int) *Engine {
		files := []Source{{"rules.yaml", []byte("rules:\n  - id: names\n    any: [")}}
		for i := range n / 1000 {
			var file strings.Builder
			fmt.Fprintf(&file, "terms:\n  names-%d:\n", i)
			for range 1000 {
				fmt.Fprintf(&file, "    - %s %s\n", c.words[c.IntN(len(c.words))], c.words[c.IntN(len(c.words))])
			}
			files = append(files, Source{fmt.Sprintf("%d.yaml", i), []byte(file.String())})
			files[0].Data = fmt.Appendf(files[0].Data, "$names-%d, ", i)
		}
		files[0].Data = append(files[0].Data, "]\n"...)
		return engineOf(b, files)
	}
	few, many, articles := lists(1000), lists(100_000), c.english(500)
	timeFew, timeMany := turns(b,
		func(i int) { few.Match(articles[i%len(articles)]) },
		func(i int) { many.Match(articles[i%len(articles)]) })
	b.ReportMetric(float64((timeMany-timeFew).Nanoseconds())/1000, "µs-more")
}

// BenchmarkRegexps tells what one RE2 alternation a rule costs, as feed readers
// have it, in what the engine costs.
func BenchmarkRegexps(b *testing.B) {
	c := newCorpus()
	var file strings.Builder
	var expressions []*regexp.Regexp
	file.WriteString("rules:\n")
	for i := range 1000 {
		fmt.Fprintf(&file, "  - id: rule-%d\n    any:\n", i)
		terms := make([]string, 8)
		for j := range terms {
			terms[j] = c.words[c.IntN(len(c.words))]
			if j%2 == 0 {
				terms[j] += " " + c.words[c.IntN(len(c.words))]
			}
			fmt.Fprintf(&file, "      - %s\n", terms[j])
		}
		expressions = append(expressions, regexp.MustCompile(`(?i)\b(?:`+strings.Join(terms, "|")+`)\b`))
	}
	e, articles := engineOf(b, []Source{{"rules.yaml", []byte(file.String())}}), c.english(500)
	timeEngine, timeRegexps := turns(b,
		func(i int) { e.Match(articles[i%len(articles)]) },
		func(i int) {
			a := articles[i%len(articles)]
			for _, x := range expressions {
				_ = x.MatchString(a.Title) || x.MatchString(a.Body)
			}
		})
	b.ReportMetric(float64(timeRegexps)/float64(timeEngine), "times-the-engine")
}

// BenchmarkSearch tells what a query costs the plain evaluator, in what it costs
// compiled.
func BenchmarkSearch(b *testing.B) {
	c := newCorpus()
	q, faults := ParseQuery(fmt.Sprintf("(%s OR %s*) NEAR/8 %s AND NOT %s", c.words[5000], c.words[300], c.words[200], c.words[9000]))
	if len(faults) > 0 {
		b.Fatal(faults[0])
	}
	search, articles := NewSearch(q), c.english(500)
	compiled, plain := turns(b,
		func(i int) { search.Find(articles[i%len(articles)]) },
		func(i int) { naiveFind(q, articles[i%len(articles)]) })
	b.ReportMetric(float64(plain)/float64(compiled), "times-compiled")
}

// BenchmarkCompare tells what an edit of one rule in 1,000 costs beside the rules
// as they were, in what one set costs.
func BenchmarkCompare(b *testing.B) {
	c := newCorpus()
	e, articles := c.engine(b, 1000), c.english(500)
	edited := newEngine(append(c.engine(b, 1).rules, e.rules[1:]...))
	both := Compare(edited, e)
	one, two := turns(b,
		func(i int) { e.Match(articles[i%len(articles)]) },
		func(i int) { both.Match(articles[i%len(articles)]) })
	b.ReportMetric(float64(two)/float64(one), "times-one")
}

// BenchmarkNothingMatches must not allocate.
func BenchmarkNothingMatches(b *testing.B) {
	c := newCorpus()
	e := c.engine(b, 1000)
	for _, lang := range []string{"English", "Korean"} {
		b.Run(lang, func(b *testing.B) {
			articles := slices.DeleteFunc(c.in(lang, 500), func(a *Article) bool { return len(e.Match(a)) > 0 })
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				e.Match(articles[i%len(articles)])
			}
		})
	}
}

// BenchmarkCompile compiles 10,000 rules. Reading their YAML is not measured.
func BenchmarkCompile(b *testing.B) {
	rules := newCorpus().engine(b, 10_000).rules
	var before, after, kept runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	program := compile(rules, nil)
	runtime.ReadMemStats(&after)
	runtime.GC()
	runtime.ReadMemStats(&kept)
	for b.Loop() {
		program = compile(rules, nil)
	}
	runtime.KeepAlive(program)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/(1<<20), "MiB")
	b.ReportMetric(float64(kept.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-kept")
}

// BenchmarkLoad reads 10,000 rules and compiles them.
func BenchmarkLoad(b *testing.B) {
	files := newCorpus().rules(10_000)
	b.ReportAllocs()
	for b.Loop() {
		engineOf(b, files)
	}
}

// BenchmarkHostile looks for patterns in texts of 1 MB that are made to be slow. It
// tells of the quickest time, that of a machine which does nothing else.
func BenchmarkHostile(b *testing.B) {
	const size = 1 << 20
	for _, c := range []struct{ name, query, text string }{
		{"one phrase repeated", `"a a a a a a a a a a"`, "a "},
		{"one letter repeated", `*aaaaaaaaaaaaaaab* OR a?a?a?a?b* OR *a?a?a?a?a?b`, "a"},
		{"one syllable repeated", `"가 가 가 가 가 가 나" OR *가가가나 OR "가 *가 *가 나"`, "가"},
		{"particles", `"가 도 가 도 가" OR *도가나`, "가도 "},
		{"one character repeated", `北北北北北北北北京 OR 北?北?北京`, "北"},
		{"katakana", `アアアアアアア OR *アイ`, "ア"},
		{"marks", `a OR é`, "e\u0301\u0302\u0303"},
		{"near", `a NEAR/100 b OR a NEAR/s b`, "a c "},
		{"near everywhere", `(a OR b) NEAR/3 (a OR b)`, "a b "},
		{"sentences", `a NEAR/s b`, "a. "},
		{"stops", `a NEAR/s b`, "a.b.c"},
		{"all found", `a OR b`, "a b "},
	} {
		b.Run(c.name, func(b *testing.B) {
			q, faults := ParseQuery(c.query)
			if len(faults) > 0 {
				b.Fatal(faults[0])
			}
			e := newEngine([]*Rule{{ID: "r", Enabled: true, any: []Query{q}}})
			a := &Article{Body: strings.Repeat(c.text, size/len(c.text))}
			quickest := time.Hour
			for b.Loop() {
				start := time.Now()
				e.Match(a)
				quickest = min(quickest, time.Since(start))
			}
			b.ReportMetric(float64(quickest.Microseconds())/1000*float64(size)/float64(len(a.Body)), "ms/MB")
		})
	}
}
