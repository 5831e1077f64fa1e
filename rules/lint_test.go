package rules

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A warning that a term is idle is certain: what it finds the other finds too.
func TestCoveredTermFindsNothingOfItsOwn(t *testing.T) {
	words := []string{"launches", "Launch*", "위성방송", "위성*", "발사", "朝鲜半岛", "朝鲜*", "北京", "インドネシア", "ああ", "F-35", "U.S.A", "sat?", "SCM은", "3차"}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(words).Draw(t, "last")
		if rapid.Bool().Draw(t, "two words") {
			text = rapid.SampledFrom(words).Draw(t, "first") + " " + text
		}
		runes := []rune(text)
		cut := rapid.IntRange(1, len(runes)).Draw(t, "cut")
		by := strings.ToUpper(string(runes[:cut])) + "*"
		idle := &Term{Text: text}
		if coveredBy(idle, map[string]string{termKey(&Term{Text: by}): by}) == "" {
			t.Skip("not covered")
		}
		a := &Article{Body: strings.Join(rapid.SliceOfN(rapid.SampledFrom(append(words, text, string(runes[:cut]))), 1, 6).Draw(t, "texts"), rapid.SampledFrom([]string{" ", "", "-"}).Draw(t, "gap"))}
		if finds(t, text, a) && !finds(t, by, a) {
			t.Fatalf("%s finds something in %q, %s does not", text, a.Body, by)
		}
	})
}

func finds(t *rapid.T, source string, a *Article) bool {
	q, faults := ParseQuery(source)
	if len(faults) > 0 {
		t.Skip(faults[0].Message)
	}
	_, ok := NewSearch(q).Find(a)
	return ok
}
