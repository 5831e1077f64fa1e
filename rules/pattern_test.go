package rules

import (
	"errors"
	"testing"
)

func TestNewPatternRefuses(t *testing.T) {
	for _, c := range []struct {
		text    string
		exact   bool
		at      Span
		message string
	}{
		{"", false, Span{0, 0}, "there is no letter or digit to look for"},
		{"- !", false, Span{0, 3}, "there is no letter or digit to look for"},
		{"N* Korea", false, Span{0, 2}, "N* leaves too little to look for"},
		{"North *a", false, Span{6, 8}, "*a leaves too little to look for"},
		{"?a?", false, Span{0, 3}, "?a? leaves too little to look for"},
		{"North * Korea", false, Span{6, 7}, "* stands for letters of a word, not for a word"},
		{"F-*", false, Span{2, 3}, "* stands for letters of a word, not for a word"},
		{"spy ??", false, Span{4, 6}, "?? stands for letters of a word, not for a word"},
		{"a sat*ite", false, Span{2, 9}, "* stands inside the word sat*ite"},
		{"衛*星", false, Span{0, 7}, "* stands inside the word 衛*星"},
		{"SC*", true, Span{0, 3}, "an exact term takes no wildcard: SC*"},
		{"위성?", true, Span{0, 7}, "an exact term takes no wildcard: 위성?"},
	} {
		_, err := newPattern(c.text, c.exact)
		var bad *patternError
		if !errors.As(err, &bad) || bad.At != c.at || bad.Message != c.message || bad.Hint == "" {
			t.Errorf("%q: %+v", c.text, err)
		}
	}
}

func TestNewPatternAccepts(t *testing.T) {
	for _, text := range []string{"SCM", "N. Korea", "ab*", "*ab", "*ab*", "a?c", "a1*", "위*", "*北", "が*", "F-35*", "**launch**", "launch?*", "Korea's", "제54차*"} {
		if _, err := newPattern(text, false); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whatever the term and the text, a match lies in the text, and its hit between
// two characters.
func FuzzFind(f *testing.F) {
	for _, term := range []string{"위성 *발사*", "*도 도* 도", "打ち上げ", "北?", "satel?ite*", "N.Korea"} {
		for _, s := range hardTexts {
			f.Add(term, s, false)
		}
	}
	f.Add("가 가 가", "가가가가가도 가도가", false)
	f.Add("É", "É E\u0301", true)
	f.Fuzz(func(t *testing.T, term, s string, exact bool) {
		p, err := newPattern(term, exact)
		if err != nil {
			return
		}
		text := newText(1, s)
		last := spot{}
		for _, found := range text.find(&Term{pattern: p}) {
			if found.start < last.start || found.end <= found.start || int(found.end) > len(text.words) {
				t.Fatalf("%q in %q: words %d to %d", term, s, found.start, found.end)
			}
			checkSpan(t, s, found.bytes())
			last = found
		}
		for i := range text.words {
			if n := text.sentenceAt(int(text.words[i].at.start)); n == len(text.cut()) || text.cut()[n].Start > int(text.words[i].at.start) {
				t.Fatalf("%q: word %d lies in no sentence", s, i)
			}
		}
	})
}

// A text holds the term it is, and a pattern without a fixed first letter finds
// what one with it finds.
func FuzzFindItself(f *testing.F) {
	for _, s := range hardTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := newPattern(s, false)
		if err != nil || hasWildcard(s) {
			return
		}
		text := newText(0, s)
		if end, ok := p.from(text, 0); !ok || end != len(text.words) {
			t.Fatalf("%q does not find itself: %d of %d words, %v", s, end, len(text.words), ok)
		}
		with := text.find(&Term{pattern: p})
		p.first = 0
		if without := text.find(&Term{pattern: p}); len(with) != len(without) {
			t.Fatalf("%q: %d found by its first letter, %d without", s, len(with), len(without))
		}
	})
}

func hasWildcard(s string) bool {
	found := false
	letters(s, func(r rune, _ Span) { found = found || r == '*' || r == '?' })
	return found
}
