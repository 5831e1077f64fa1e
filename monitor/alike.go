package monitor

import (
	"strings"
	"unicode"
)

// Alike says whether two articles with one canonical URL are one article,
// edited perhaps: their titles share half of their words, or what one of them
// says is mostly in the other. A page that carries another story under the
// same address every day is not alike.
//
//	"Seoul says launch failed" · "Launch failed, Seoul says (2nd LD)"   alike
//	"Top stories this hour" · "Rocket lifts off from Sohae"              not alike
//
// Words are compared whatever their case and punctuation, Korean, Chinese and
// Japanese by pairs of letters.
func Alike(a, b *Article) bool {
	titleA, titleB := features(a.Title), features(b.Title)
	if len(titleA) == 0 && len(titleB) == 0 || alikeTitles(titleA, titleB) {
		return true
	}
	return alikeBodies(features(clip(a.Body)), features(clip(b.Body)))
}

// alikeTitles asks for half of all words, or for most of a short title in a
// longer one.
func alikeTitles(a, b map[string]bool) bool {
	common := shared(a, b)
	shorter := min(len(a), len(b))
	return 2*2*common >= len(a)+len(b) && common > 0 || shorter >= 3 && 5*common >= 4*shorter
}

// alikeBodies asks for two thirds of the shorter body: two reports on one
// beat share far fewer of their words.
func alikeBodies(a, b map[string]bool) bool {
	const fewest = 8 // words that say something
	shorter := min(len(a), len(b))
	return shorter >= fewest && 3*shared(a, b) >= 2*shorter
}

func shared(a, b map[string]bool) (n int) {
	for feature := range a {
		if b[feature] {
			n++
		}
	}
	return n
}

// clip is the beginning of a body, enough to know it by.
func clip(body string) string {
	const enough = 4 << 10
	if len(body) <= enough {
		return body
	}
	return strings.ToValidUTF8(body[:enough], "")
}

// features are the words of a text, and of scripts without spaces, or with
// particles glued to the words, the pairs of letters.
func features(text string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	}) {
		letters := []rune(word)
		if !unicode.In(letters[0], unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana) || len(letters) == 1 {
			set[word] = true
			continue
		}
		for i := range len(letters) - 1 {
			set[string(letters[i:i+2])] = true
		}
	}
	return set
}
