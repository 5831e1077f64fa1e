package rules

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

func TestLoadedRuleHasItsSettings(t *testing.T) {
	const file = "\uFEFF# a remark\n" + `terms:
  korea: [DPRK, 北朝鮮, N. Korea*]
rules:
  - id: launch
    name: "Launch #1"
    why: >
      Two lines
      of text
    severity: low   # a remark
    mention: <!subteam^S0123ABCD>
    channel: ["#news-alerts", C0123ABCD, "#뉴스"]
    group_by: none
    quiet: 22:00-07:00
    max_per_hour: 3
    enabled: no
    until: 2026-12-31
    all: [title:(satellite* OR “launch vehicle”), $korea, 2023]
    any:
      - a AND
        b
      - 'it''s'
    none: ["x # y"]
    examples:
      alert:
        - 54th SCM
        - {title: "위성: 발사", body: text, lang: ko, source: en.yna.co.kr}
      ignore: [x]
  - {id: plain.2_b, match: orbit}
`
	e, faults := Load([]Source{{"dir/a.yaml", []byte(strings.ReplaceAll(file, "\n", "\r\n"))}})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	r := e.Rule("launch")
	settings := *r
	settings.all, settings.any, settings.none, settings.examples, settings.last = nil, nil, nil, nil, Fault{}
	want := Rule{ID: "launch", Name: "Launch #1", Why: "Two lines of text", Severity: Low, Mention: "<!subteam^S0123ABCD>",
		Channels: []string{"#news-alerts", "C0123ABCD", "#뉴스"}, GroupBy: ByNone, Quiet: Hours{22 * 60, 7 * 60}, MaxPerHour: 3,
		Until: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), File: "dir/a.yaml", Line: 5}
	if diff := cmp.Diff(want, settings, cmp.AllowUnexported(Rule{}, example{})); diff != "" {
		t.Error(diff)
	}
	var clauses []string
	for _, of := range [][]Query{r.all, r.any, r.none} {
		for _, q := range of {
			clauses = append(clauses, q.String())
		}
		clauses = append(clauses, "")
	}
	wantClauses := []string{`title:(satellite* OR "launch vehicle")`, "$korea", "2023", "", "a AND b", `"it's"`, "", `"x # y"`, ""}
	if diff := cmp.Diff(wantClauses, clauses); diff != "" {
		t.Error(diff)
	}
	if got := r.examples[1].article; got.URL != "https://en.yna.co.kr/" || got.Title != "위성: 발사" || got.Lang != "ko" || got.Body != "text" {
		t.Errorf("example %+v", got)
	}
	if p := e.Rule("plain.2_b"); p.Name != p.ID || p.Severity != Normal || p.GroupBy != ByStory || !p.Enabled {
		t.Errorf("defaults %+v", p)
	}
}

func TestFileThatCannotBeShownIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"encoding":         {"rules:\n  - id: a\n    match: 위성 \xc0\xa7\xbc\xba\n", "a.yaml:3:15: this is not UTF-8 text"},
		"utf-16":           {"\xff\xfer\x00u\x00", "a.yaml:1:1: this is not UTF-8 text"},
		"line separator":   {"rules:\n  - id: a\n    match: 위성\u2028발사\n", "a.yaml:3:14: an invisible line separator (U+2028) stands here"},
		"control":          {"rules:\n  - id: a\x1b[31m\n", "a.yaml:2:10: a control character (U+001B) stands here"},
		"carriage returns": {"rules:\r  - id: a\r", "a.yaml:1:7: a control character (U+000D) stands here"},
		"size":             {strings.Repeat("# x\n", maxFileBytes/4+1), "a.yaml: the file is larger than 1 MiB"},
		"depth":            {"rules: " + strings.Repeat("[", 5000), "a.yaml:1:28: lists and tables are nested too deep here"},
	} {
		t.Run(name, func(t *testing.T) {
			e, faults := Load([]Source{{"a.yaml", []byte(c.data)}, {"b.yaml", []byte("rules: [{id: b, match: x}]")}})
			if e != nil || len(faults) != 1 || faults[0].Error() != c.want {
				t.Errorf("got %v, want %s", faults, c.want)
			}
		})
	}
}

func TestNothingToLoadIsAFault(t *testing.T) {
	for name, sources := range map[string][]Source{
		"no files": nil, "empty file": {{"a.yaml", nil}}, "only remarks": {{"a.yaml", []byte("# x\n")}}, "only lists": {{"a.yaml", []byte("terms: {a: [x]}")}},
	} {
		e, faults := Load(sources)
		if e != nil || len(faults) != 1 || faults[0].Error() != "there are no rules" {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func TestFaultsAreInOrderOfFileLineAndColumn(t *testing.T) {
	bad := []byte("rules:\n  - {id: b, match: (x, severity: y}\n  - id: c\n")
	_, faults := Load([]Source{{"b.yaml", bad}, {"a.yaml", bad}})
	var got []string
	for _, f := range faults {
		got = append(got, strings.Join(strings.SplitN(f.Error(), ":", 4)[:3], ":"))
	}
	want := []string{"a.yaml:2:20", "a.yaml:2:34", "a.yaml:3:5", "b.yaml:2:10", "b.yaml:2:20", "b.yaml:2:34", "b.yaml:3:5", "b.yaml:3:9"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff, faults)
	}
}

func TestListsThatExplodeAreRefused(t *testing.T) {
	var double, deep strings.Builder
	double.WriteString("terms:\n  l0: [x, y]\n")
	deep.WriteString("terms:\n  l0: [x, y]\n")
	for i := 1; i <= 30; i++ {
		name, last := "l"+strings.Repeat("x", i), "l"+strings.Repeat("x", i-1)
		if i == 1 {
			last = "l0"
		}
		double.WriteString("  " + name + ": [a AND $" + last + ", b AND $" + last + "]\n")
		deep.WriteString("  " + name + ": [$" + last + "]\n")
	}
	const rule = "rules: [{id: a, match: $lxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}]\n"
	for text, want := range map[string]string{
		double.String() + rule: "stands for more than 100000 terms",
		deep.String() + rule:   "more than 20 lists stand inside one another",
	} {
		_, faults := Load([]Source{{"a.yaml", []byte(text)}})
		if len(faults) == 0 || !strings.Contains(faults[0].Message, want) {
			t.Errorf("got %v, want %s", faults, want)
		}
	}
}

func TestManyFaultsAreCut(t *testing.T) {
	text := "rules:\n" + strings.Repeat("  - match: (\n", 5000)
	_, faults := Load([]Source{{"a.yaml", []byte(text)}})
	if len(faults) != maxFaults+1 {
		t.Errorf("%d faults, want %d", len(faults), maxFaults+1)
	}
}

// The rule files of the fault tests are the seeds: each holds something odd.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/faults/*.txt")
	if err != nil || len(names) == 0 {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			if strings.HasSuffix(file.Name, ".yaml") && len(file.Data) < 10_000 {
				f.Add(file.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, faults := Load([]Source{{"a.yaml", data}})
		if (e == nil) != anyError(faults) {
			t.Fatalf("engine %v beside %v", e != nil, faults)
		}
		lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(string(data), "\uFEFF"), "\r\n", "\n"), "\n")
		for _, fault := range faults {
			if fault.Message == "" || fault.Line > 0 && (fault.Line > len(lines) || lines[fault.Line-1] != fault.Excerpt ||
				fault.Column < 1 || fault.Column > utf8.RuneCountInString(fault.Excerpt)+1) {
				t.Errorf("%+v", fault)
			}
			if strings.ContainsAny(fault.String(), "\x1b"+placeholder) {
				t.Errorf("printed %q", fault.String())
			}
		}
	})
}

// Every letter of a value is followed to the same letter of the file.
func FuzzOrigin(f *testing.F) {
	for _, s := range []string{
		"- a AND\n  b\n\n  c\n", "- \"a\\tb \\u00e9 \\\n   c\n\n  d\"\n", "- 'it''s\n   two'\n", "- >\n  a\n  b\n\n   c\n  d\n", "- |2\n   a\n  b\n\n\n  c\n",
		"- >-\n\n  a\n\n\n  b  \n  c\n- x\n", "[a b, 'c d', \"e\"]\n", "a: b # c\n", "- 위성 발사\n  x\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := newDocument(Source{"a.yaml", []byte(text)})
		if len(d.faults) > 0 {
			return
		}
		root, err := load(d.src)
		if err != nil || root == nil {
			return
		}
		var visit func(n *yaml.Node)
		visit = func(n *yaml.Node) {
			for _, part := range n.Content {
				visit(part)
			}
			if n.Kind != yaml.ScalarNode || n.Anchor != "" || strings.HasPrefix(d.src[d.start(n):], "!") || n.Value == "" {
				return
			}
			o := d.origin(n)
			for i, r := range n.Value {
				if r == ' ' || r == '\n' || r == '\t' {
					continue
				}
				at := o.place(Span{i, i + utf8.RuneLen(r)})
				got, _ := utf8.DecodeRuneInString(d.src[at.Start:])
				escaped := got == '\\' && n.Style&yaml.DoubleQuotedStyle != 0
				if got != r && !escaped {
					t.Fatalf("in %q byte %d of %q is followed to %d, %q", text, i, n.Value, at.Start, got)
				}
			}
		}
		visit(root)
	})
}

func TestHostileFileIsReadToItsEnd(t *testing.T) {
	var chain strings.Builder
	for i := range 30_000 {
		chain.WriteString("  a" + strconv.Itoa(i) + ": [$a" + strconv.Itoa(i+1) + "]\n")
	}
	for text, want := range map[string]string{
		"terms: {a: [" + strings.Repeat("(, ", maxFileBytes/3-10) + "]}":             "this ( is never closed",
		"terms: {a: [" + strings.Repeat("x, ", maxFileBytes/3-10) + "]}":             "the list a stands for more than 100000 terms, with those it names",
		"rules: [{id: a, match: \"(" + strings.Repeat(" ", maxFileBytes-50) + "\"}]": "this query is longer than 64 KiB",
		"rules: [{id: a, match: \"(" + strings.Repeat(" \n", maxQueryBytes) + "\"}]": "this ( is never closed",
		"rules:\n" + strings.Repeat("  - \"a\" b\n", maxFileBytes/12):                "YAML takes this quoted part for the whole value",
		"terms:\n" + chain.String():                                             "more than 20 lists stand inside one another here",
		"x: " + strings.Repeat("\t", maxFileBytes-10):                           "a rule file has no key x",
		"rules:\n  - {" + strings.Repeat("idd: x, ", maxFileBytes/8-10) + "}\n": "a rule has no key idd",
	} {
		_, faults := Load([]Source{{"a.yaml", []byte(text)}})
		if len(faults) == 0 || len(faults) > maxFaults+1 || faults[0].Message != want {
			t.Errorf("%s: %d faults, the first %q", shorten(text), len(faults), faults[0].Message)
		}
	}
}
