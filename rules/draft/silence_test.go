package draft_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"newswatch/monitor/story"
	"newswatch/rules"
	"newswatch/rules/draft"
)

func articles(titles ...string) (list []*rules.Article) {
	for _, title := range titles {
		list = append(list, &rules.Article{Title: title})
	}
	return list
}

func TestSilencersSetApartWhatWasWrong(t *testing.T) {
	engine, faults := rules.Load([]rules.Source{{Name: "r.yaml", Data: []byte(`
rules:
  - {id: launch, match: launch*}
  - {id: korean, match: 발사}
`)}})
	if engine == nil {
		t.Fatal(faults)
	}
	for name, c := range map[string]struct {
		rule         string
		wrong, right []*rules.Article
		want         []string
	}{
		"by a phrase": {"launch",
			articles("Author to attend book launch", "Book launch draws a crowd", "The book launch was cancelled", "A book launch in the rain"),
			articles("Missile launch detected", "Rocket launch delayed"), []string{"book launch*"}},
		"in Korean without particles": {"korean",
			articles("폭죽을 발사한 축제", "축제에서 폭죽 발사", "폭죽의 발사로 축제 마무리", "축제는 폭죽 발사로 시작"),
			articles("미사일 발사", "위성을 발사했다"), []string{"폭죽 발사"}},
		"not by what the others have too": {"launch",
			articles("Book launch at sea", "Launch of the book at sea", "Another book launch at sea"),
			articles("Missile launch at sea on the day of a book launch", "Book launch held despite a launch at sea"), nil},
		"not by the rule's own terms": {"launch", articles("Launch", "Launches", "Launched"), nil, nil},
		"of nothing by nothing":       {"launch", nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := draft.Silencers(engine, c.rule, c.wrong, c.right, draft.Options{Ordinary: story.OrdinaryWords()})
			if err != nil {
				t.Fatal(err)
			}
			var terms []string
			for _, s := range found {
				terms = append(terms, s.Term)
			}
			if !slices.Equal(terms, c.want) {
				t.Errorf("got %v, want %q", found, c.want)
			}
		})
	}
}

func TestSilencersOfNoneArePastedAsTheyAre(t *testing.T) {
	for _, term := range []string{"book*", "“no”", "=TV", "“17 August”", "축제", "video game"} {
		text := draft.NoneYAML([]draft.Silencer{{Term: term, Wrong: 3}}, 4, 2)
		file := fmt.Sprintf("rules:\n- id: r\n  match: x\n%s", indented(text))
		if engine, faults := rules.Load([]rules.Source{{Name: "r.yaml", Data: []byte(file)}}); engine == nil {
			t.Errorf("%s: %v", file, faults)
		}
	}
	if text := draft.NoneYAML(nil, 4, 2); text != "" {
		t.Errorf("of nothing: %q", text)
	}
}

func indented(s string) (out string) {
	for line := range strings.Lines(s) {
		out += "  " + line
	}
	return out
}
