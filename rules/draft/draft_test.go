package draft_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor/story"
	"newswatch/rules"
	"newswatch/rules/draft"
)

var update = flag.Bool("update", false, "write the golden files")

// TestDraft holds drafts of documents of our own to files: testdata/NAME.txt, or
// several of NAME-1.txt, NAME-2.txt, becomes NAME.yaml.
func TestDraft(t *testing.T) {
	for _, name := range []string{"fuel-cap", "dam", "strait", "submarine-ko", "satellite-ja", "two-reports"} {
		t.Run(name, func(t *testing.T) {
			documents := read(t, name)
			made := mustDraft(t, documents, draft.Known{})
			got := string(made.YAML())
			golden := filepath.Join("testdata", name+".yaml")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got; -update writes it:\n%s", diff)
			}
			holds(t, documents, rules.Source{Name: "draft.yaml", Data: []byte(got)})
		})
	}
}

func read(t *testing.T, name string) []draft.Document {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", name+"*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no documents", err)
	}
	var documents []draft.Document
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		title, body := draft.Split(string(text))
		documents = append(documents, draft.Document{Name: filepath.Base(path), Title: title, Body: body})
	}
	return documents
}

func mustDraft(t *testing.T, documents []draft.Document, known draft.Known) *draft.Draft {
	t.Helper()
	survey, err := draft.Read(documents, draft.Options{Ordinary: story.OrdinaryWords()})
	if err != nil {
		t.Fatal(err)
	}
	made, err := survey.Draft(known)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// holds says what is promised of each draft: without a fault, its own examples
// right, and on each document a rule fires.
func holds(t *testing.T, documents []draft.Document, sources ...rules.Source) {
	t.Helper()
	engine, faults := rules.Load(sources)
	for _, f := range faults {
		if engine == nil || strings.HasSuffix(f.File, "draft.yaml") {
			t.Errorf("the draft is at fault: %s", f.String())
		}
	}
	if engine == nil {
		return
	}
	for _, f := range engine.CheckExamples() {
		t.Errorf("an example fails: %s", f.String())
	}
	for _, d := range documents {
		if len(engine.Match(&rules.Article{Title: d.Title, Body: d.Body})) == 0 {
			t.Errorf("no rule fires on %s", d.Name)
		}
	}
}

func TestDraftUsesListsInForce(t *testing.T) {
	documents := read(t, "strait")
	known := []rules.Source{{Name: "live.yaml", Data: []byte(`
terms:
  beijing: [China*, Chinese, Beijing, 中国]
  both: [China*, Chinese, Beijing, Japan*, Tokyo]
rules:
  - {id: pensions, match: pension*}
  - {id: median-line, match: Taiwan*}
`)}}
	t.Run("by name where the draft goes beside them", func(t *testing.T) {
		text := string(mustDraft(t, documents, draft.Known{Rules: known, UseLists: true}).YAML())
		if !strings.Contains(text, "- $beijing ") || strings.Contains(text, "$both") || strings.Contains(text, "  china:") {
			t.Errorf("the list beijing is not used:\n%s", text)
		}
		if !strings.Contains(text, "# In force, and firing on it: median-line\n") {
			t.Errorf("the rule that fires is not told:\n%s", text)
		}
		holds(t, documents, append(known, rules.Source{Name: "draft.yaml", Data: []byte(text)})...)
	})
	t.Run("of several the one called like the country", func(t *testing.T) {
		lists := []rules.Source{{Name: "live.yaml", Data: []byte("terms:\n  a-power: [China*, Chinese, Beijing]\n  china: [China*, Chinese, Beijing]\nrules: [{id: x, match: pension*}]\n")}}
		text := string(mustDraft(t, documents, draft.Known{Rules: lists, UseLists: true}).YAML())
		if !strings.Contains(text, "- $china ") || strings.Contains(text, "$a-power") {
			t.Errorf("the list china is not used:\n%s", text)
		}
	})
	t.Run("but none that finds another country by whatever name", func(t *testing.T) {
		lists := []rules.Source{{Name: "live.yaml", Data: []byte("terms:\n  a-side: [China*, Chinese, Beijing, Tokyo]\nrules: [{id: x, match: pension*}]\n")}}
		text := string(mustDraft(t, documents, draft.Known{Rules: lists, UseLists: true}).YAML())
		if strings.Contains(text, "$a-side") {
			t.Errorf("the list a-side is used:\n%s", text)
		}
	})
	t.Run("told of where it stands alone", func(t *testing.T) {
		text := string(mustDraft(t, documents, draft.Known{Rules: known}).YAML())
		if !strings.Contains(text, "# Your rules have $beijing") {
			t.Errorf("the list beijing is not told:\n%s", text)
		}
		holds(t, documents, rules.Source{Name: "draft.yaml", Data: []byte(text)})
		holds(t, documents, append(known, rules.Source{Name: "draft.yaml", Data: []byte(text)})...)
	})
}

func TestDraftComparesWithAnArchive(t *testing.T) {
	documents := read(t, "fuel-cap")
	survey, err := draft.Read(documents, draft.Options{Ordinary: story.OrdinaryWords()})
	if err != nil {
		t.Fatal(err)
	}
	census, err := survey.Census()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		title := "Bakers ask for lower rents"
		if i%4 == 0 {
			title = "Tankers wait for the tide"
		}
		census.Count(&rules.Article{Title: title})
	}
	before := string(mustDraft(t, documents, draft.Known{}).YAML())
	made, err := survey.Draft(draft.Known{Census: census})
	if err != nil {
		t.Fatal(err)
	}
	text := string(made.YAML())
	if !strings.Contains(text, "tanker*") || !strings.Contains(text, "archive 250 of 1,000") || !strings.Contains(text, "archive 0 of 1,000") {
		t.Errorf("the archive's counts are missing:\n%s", text)
	}
	if order := func(text string) bool { return strings.Index(text, "tanker*") < strings.Index(text, "transponder*") }; !order(before) || order(text) {
		t.Errorf("what every fourth article has is not put behind what none has:\n%s", text)
	}
}

func TestDraftOfOneTopic(t *testing.T) {
	made := mustDraft(t, read(t, "strait"), draft.Known{Topics: 1})
	if len(made.Rules) != 1 {
		t.Errorf("%d rules, want 1", len(made.Rules))
	}
}

func TestReadFindsNothing(t *testing.T) {
	for name, d := range map[string]draft.Document{
		"in an empty text":      {},
		"in words of grammar":   {Title: "It is what it is", Body: "And so on, and so on."},
		"in one ordinary word":  {Title: "Yes"},
		"in Chinese unquoted":   {Title: "今天天气很好", Body: "大家都去公园了。"},
		"in bytes without text": {Body: "\xff\xfe\x00\x01"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := draft.Read([]draft.Document{d}, draft.Options{}); !errors.Is(err, draft.ErrNothing) {
				t.Errorf("got %v, want %v", err, draft.ErrNothing)
			}
		})
	}
}

func TestDraftNamesTheDocumentItFindsNothingIn(t *testing.T) {
	documents := append(read(t, "fuel-cap"), draft.Document{Name: "empty.txt", Title: "So it is"})
	survey, err := draft.Read(documents, draft.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var silent *draft.SilentError
	if _, err := survey.Draft(draft.Known{}); !errors.As(err, &silent) || silent.Document.Name != "empty.txt" {
		t.Errorf("got %v, want an error about empty.txt", err)
	}
}

func TestSplit(t *testing.T) {
	for name, c := range map[string]struct{ text, title, body string }{
		"the first line":                {"A dam breaks\n\nWater everywhere.", "A dam breaks", "Water everywhere."},
		"not the section above it":      {"World\n\nA dam breaks near the town\n\nWater.", "A dam breaks near the town", "Water."},
		"the section, above a sentence": {"World\n\nThe dam broke on Monday, and the town was flooded.", "World", "The dam broke on Monday, and the town was flooded."},
		"behind Title:":                 {"Source: wire\nTitle: A dam breaks\n\nWater.", "A dam breaks", "Source: wire\n\nWater."},
		"behind 제목:":                    {"제목: 댐 붕괴\n본문", "댐 붕괴", "본문"},
		"of Markdown":                   {"# A dam breaks\nWater.", "A dam breaks", "Water."},
		"none in one long paragraph":    {strings.Repeat("water ", 60), "", strings.TrimSpace(strings.Repeat("water ", 60))},
		"none in nothing":               {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if title, body := draft.Split(c.text); title != c.title || body != c.body {
				t.Errorf("got %q, %q, want %q, %q", title, body, c.title, c.body)
			}
		})
	}
}

// FuzzDraft holds every draft to what is promised of it, whatever the documents are.
func FuzzDraft(f *testing.F) {
	f.Add("UN panel says tankers evade fuel cap\n\nGENEVA (Wire) - Tankers evade the fuel cap, says a panel.", "World\n\nNuclear submarine of the U.S. calls at Busan\n\nA nuclear submarine.")
	f.Add("한국, 핵추진 잠수함 건조\n\n서울=한빛통신 김하늘 기자 = 핵추진 잠수함을 건조한다.", "北朝鮮「マンリギョン2号」打ち上げ\n\nミサイル")
	f.Add("True 12e3 NEAR/5 near\nNOT AND or OR w/5 -term !x “a” # b: c", "null NULL null\n\nnull null [x] {y} *z &a")
	f.Add("Highly enriched uranium (HEU)\nHEU AND U.S.A. 'tis N. Korea", "위성을 위성이 위성 발사했다\n\n한반도의 잠수함")
	f.Fuzz(func(t *testing.T, one, other string) {
		var documents []draft.Document
		for i, text := range []string{one, other} {
			if text == "" {
				continue
			}
			title, body := draft.Split(text)
			documents = append(documents, draft.Document{Name: string(rune('1' + i)), Title: title, Body: body})
		}
		survey, err := draft.Read(documents, draft.Options{})
		if err != nil {
			return
		}
		made, err := survey.Draft(draft.Known{})
		var silent *draft.SilentError
		if errors.As(err, &silent) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		holds(t, documents, rules.Source{Name: "draft.yaml", Data: made.YAML()})
	})
}

func BenchmarkDraft(b *testing.B) {
	text, err := os.ReadFile(filepath.Join("testdata", "strait.txt"))
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{20 << 10, 200 << 10, 10 << 20} {
		body := strings.Repeat(string(text), size/len(text)+1)
		b.Run(strings.Repeat("0", len(body)/(1<<20))+"MB", func(b *testing.B) {
			for b.Loop() {
				survey, err := draft.Read([]draft.Document{{Title: "Strait", Body: body}}, draft.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := survey.Draft(draft.Known{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
