package rules

import "strings"

// A KoreanNoun is one way to read a Korean word: as a noun that, as a term, would
// find the word.
type KoreanNoun struct {
	Noun string
	Verb bool // what follows it makes a verb of it, or says that it is that: 발사했다, 위성이다
}

// KoreanNouns returns the nouns of two syllables and more that the word may be,
// without what follows them: 위성을 is 위성, 서울에서는 is 서울에서, 서울에 or 서울. The longest
// comes first; that the word may be a noun itself is left out. Text alone decides
// between them: 한반도 is read as 한반 + 도 as well.
func KoreanNouns(word string) []KoreanNoun {
	if len(word) > maxHangulBytes || strings.ContainsFunc(word, func(r rune) bool { return r < firstSyllable || r > lastSyllable }) {
		return nil
	}
	table, w := koreanTails(), []byte(word)
	var nouns []KoreanNoun
	for i := len(w) - syllableBytes; i >= 2*syllableBytes; i -= syllableBytes {
		switch after := finalOf(w[:i]); {
		case table.isParticle(w[i:], after):
			nouns = append(nouns, KoreanNoun{Noun: word[:i]})
		case table.isTail(w[i:], after):
			nouns = append(nouns, KoreanNoun{Noun: word[:i], Verb: true})
		}
	}
	return nouns
}
