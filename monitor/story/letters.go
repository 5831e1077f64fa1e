package story

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A script is what a text is mostly written in.
type script uint8

const (
	latin script = iota // or any other whose words are spaced
	korean
	japanese
	chinese
)

// unspaced reports whether r belongs to a script that is read by characters.
func unspaced(r rune) bool { return r >= 0x1100 && scriptOf(r) != nil }

func scriptOf(r rune) *unicode.RangeTable {
	switch {
	case r >= 0xac00 && r <= 0xd7a3 || r >= 0x1100 && r <= 0x11ff:
		return unicode.Hangul
	case r >= 0x3041 && r <= 0x309f:
		return unicode.Hiragana
	case r >= 0x30a1 && r <= 0x30ff:
		return unicode.Katakana
	case r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r == '々':
		return unicode.Han
	}
	return nil
}

func apostrophe(r rune) bool { return r == '\'' || r == '\u2019' || r == '\u2018' || r == '`' }

func withoutPossessive(w string) string {
	if i := strings.IndexFunc(w, apostrophe); i > 0 {
		return w[:i]
	}
	return strings.TrimLeftFunc(w, apostrophe)
}

// stem cuts the commonest English endings, so that launch, launches and
// launched are one term. It knows no exceptions: what matters is that two
// reports are cut alike.
func stem(w string) string {
	if w == "" || w[0] >= utf8.RuneSelf {
		return w
	}
	switch n := len(w); {
	case n > 4 && strings.HasSuffix(w, "ies"):
		return w[:n-3] + "y"
	case n > 5 && strings.HasSuffix(w, "ing"):
		w = w[:n-3]
	case n > 4 && strings.HasSuffix(w, "ed"), n > 4 && strings.HasSuffix(w, "es"):
		w = w[:n-2]
	case n > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"):
		w = w[:n-1]
	}
	if len(w) > 3 {
		w = strings.TrimSuffix(w, "e")
	}
	return w
}
