package rules

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var hardTexts = []string{
	"", "plain ASCII", "É é E\u0301", "ﬁnal oﬃce", "ｶﾞｽ", "위성", norm.NFD.String("위성을 발사했다"),
	"sat\u00ADel\u200Blite", "Korea\u00B4s", "½ ㎞ ℃ ㈜ …", "\xff\xfe bad \xc3", "a\u0301\u0302\u0303", "\u0301 lone mark",
	"제54차 SCM은", "キム・ジョンウン ー らーめん", "か\u3099", "𝐁𝐨𝐥𝐝 𠮷野家 👩‍👩‍👧", "İstanbul ıl", "ﷺ", "\uFEFF북한\u3164",
	strings.Repeat("a\u0301", 40) + strings.Repeat("\u0301", 70), strings.Repeat("위", 100), "* ? ** *?* 衛*? ?星*", " ㅕ ㅠㅠ",
}

// The letters of a text are its NFKC, and each tells where it comes from.
func FuzzLetters(f *testing.F) {
	for _, s := range hardTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got strings.Builder
		last := Span{}
		letters(s, func(r rune, at Span) {
			checkSpan(t, s, at)
			if at.Start < last.Start || at.End < last.End || at.Start >= at.End {
				t.Fatalf("%q: %v after %v", s, at, last)
			}
			last = at
			got.WriteRune(r)
		})
		want := strings.Map(func(r rune) rune {
			switch {
			case invisible(r):
				return -1
			case r == acute:
				return '\''
			}
			return r
		}, s)
		want = strings.ReplaceAll(norm.NFKC.String(want), "\u034F", "")
		if utf8.ValidString(s) && got.String() != want {
			t.Errorf("%q: letters %q, want %q", s, got.String(), want)
		}
	})
}

func checkSpan(t *testing.T, s string, at Span) {
	t.Helper()
	if at.Start < 0 || at.End > len(s) || at.Start > at.End {
		t.Fatalf("%q: %v lies outside", s, at)
	}
	if !isBoundary(s, at.Start) || !isBoundary(s, at.End) {
		t.Fatalf("%q: %v cuts a character", s, at)
	}
}

// isBoundary says whether byte i of s lies between two characters; a byte that is
// no character stands for itself.
func isBoundary(s string, i int) bool {
	for j := i; j >= max(0, i-utf8.UTFMax+1) && j < len(s); j-- {
		if _, size := utf8.DecodeRuneInString(s[j:]); utf8.RuneStart(s[j]) {
			return j == i || j+size <= i
		}
	}
	return true
}

func TestFoldedSpellings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Straße ẞ", "strasse|ss"},
		{"Erdoğan İstanbul Kılıç", "erdogan|istanbul|kilic"},
		{"Łódź Ærø Đà Nẵng", "lodz|aero|da|nang"},
		{"ΣΕΙΣΜΌΣ σεισμός", "σεισμοσ|σεισμοσ"},
		{"Ёлка Йод мой", "елка|йод|мой"},
		{"か\u3099ガｶﾞ", "が|ガ|ガ"},
		{"ＫＮ－２３ ﬁx", "kn|23|fix"},
		{norm.NFD.String("위성"), "위성"},
		{"x\u0303 y", "x|y"},
	} {
		var got []string
		text := newText(0, c.text)
		for i := range text.words {
			got = append(got, string(text.fold(i)))
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q folds to %s, want %s", c.text, s, c.want)
		}
	}
}

// What plain says of a character is what NFKC does with it, beside whatever.
func TestPlainCharactersAreNormalisedAlone(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		got, ok := plain(r)
		if !ok {
			continue
		}
		if p := norm.NFKC.PropertiesString(string(r)); !p.BoundaryBefore() || p.CCC() != 0 || invisible(r) || r == acute {
			t.Errorf("%U %c depends on what stands before it", r, r)
		}
		want := norm.NFKC.String(string(r))
		if scriptOf(got) == separator && !isApostrophe(got) && !unicode.IsSpace(got) {
			want = strings.TrimLeftFunc(want, func(r rune) bool { return scriptOf(r) == separator && !isApostrophe(r) && !unicode.IsSpace(r) }) + string(got)
		}
		if string(got) != want {
			t.Errorf("%U %c is %q, want %q", r, r, got, want)
		}
	}
}
