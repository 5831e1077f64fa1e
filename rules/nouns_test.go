package rules

import (
	"slices"
	"testing"
)

func TestKoreanNouns(t *testing.T) {
	for word, want := range map[string][]KoreanNoun{
		"위성을":     {{"위성", false}},
		"서울에서는":   {{"서울에서", false}, {"서울에", false}, {"서울", false}},
		"발사했다":    {{"발사", true}},
		"잠수함을":    {{"잠수함", false}, {"잠수", true}},
		"위성방송":    nil,
		"국가":      nil, // no noun of one syllable
		"SCM은":    nil,
		"":        nil,
		"\xea가가가": nil,
	} {
		t.Run(word, func(t *testing.T) {
			if got := KoreanNouns(word); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// What KoreanNouns takes for a noun a term finds in the word, as it promises.
func TestKoreanNounsAreFound(t *testing.T) {
	for _, word := range []string{"위성을", "서울에서는", "발사했다", "한반도의", "정부로부터도", "위성들이", "발사함으로써"} {
		nouns := KoreanNouns(word)
		if len(nouns) == 0 {
			t.Errorf("%s has no noun", word)
		}
		for _, n := range nouns {
			q, _ := ParseQuery(n.Noun)
			if _, ok := NewSearch(q).Find(&Article{Title: word}); !ok {
				t.Errorf("the term %s does not find %s", n.Noun, word)
			}
		}
	}
}

func TestLists(t *testing.T) {
	e, _ := Load([]Source{{Name: "a.yaml", Data: []byte("terms: {b: [x], a: [y]}\nrules: [{id: r, match: $a}]")}})
	if got := e.Lists(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("got %v", got)
	}
	if got := (&Engine{}).Lists(); len(got) != 0 {
		t.Errorf("an engine without rules has %v", got)
	}
}
