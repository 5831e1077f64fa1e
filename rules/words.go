package rules

import (
	"unicode"
	"unicode/utf8"
)

// A script is what a character can share a word with.
type script uint8

const (
	separator script = iota // what stands between words
	combining               // belongs to the letter before it
	wildcard                // * or ? in a term
	digit                   // goes with any alphabet
	latin
	greek
	cyrillic
	alphabet // any other
	hangul
	han
	hiragana
	katakana
)

// single says whether every character of s is kept as a word of its own: Chinese
// and Japanese put nothing between words.
func (s script) single() bool { return s >= han }

// maxHangulBytes bounds a Korean word: a longer one is cut. Phrases are looked for
// inside such words in time that grows with the square of their length; real
// ones have some ten syllables of three bytes, and no spaces at all at worst.
const maxHangulBytes = 192

// A word is one word of a text; of Han and kana one character.
type word struct {
	fold   string // without case and accents
	exact  string // with them
	at     Span   // bytes of the text
	script script
	tight  bool // no white space stands between it and the word before it
	joined bool // nothing does
}

// weight is what w counts for NEAR and lead: in half words, for two characters
// of Han or kana count as one word.
func (w *word) weight() int {
	if w.script.single() {
		return 1
	}
	return 2
}

// split returns the words of s. With wild * and ? belong to the word they touch,
// as in a term; beside Han and kana they are words of their own.
func split(s string, wild bool) []word {
	const perWord = 5 // bytes; a guess that saves growing
	sp := splitter{
		wild:  wild,
		words: make([]word, 0, len(s)/perWord+1), cuts: make([]cut, 0, len(s)/perWord+1),
		fold: make([]byte, 0, len(s)), exact: make([]byte, 0, len(s)),
	}
	for r, at := range letters(s) {
		sp.add(r, at)
	}
	sp.shut()
	fold, exact := string(sp.fold), string(sp.exact)
	for i, c := range sp.cuts {
		w := &sp.words[i]
		w.fold, w.exact = fold[c.fold.Start:c.fold.End], exact[c.exact.Start:c.exact.End]
	}
	return sp.words
}

// splitter gathers words. Their letters go to two buffers that become strings
// once, at the end.
type splitter struct {
	wild        bool
	words       []word
	cuts        []cut // of each word
	fold, exact []byte

	open       bool // the last word can grow
	gap        bool // something stands behind it
	space      bool // white space does
	apostrophe bool // the last of it is an apostrophe, and no white space before that: U.S.'s, not 's'
	behind     bool // the last character was not white space
	possessive bool // the last word is an s if it does not grow
}

// A cut is where the letters of a word lie in the buffers.
type cut struct{ fold, exact Span }

func (sp *splitter) add(r rune, at Span) {
	behind := sp.behind
	sp.behind = !unicode.IsSpace(r)
	sp.space = sp.space || !sp.behind
	switch s := sp.scriptOf(r); {
	case s == separator:
		sp.shut()
		sp.gap, sp.apostrophe = true, isApostrophe(r) && behind
	case s == combining && len(sp.words) > 0 && !sp.gap:
		sp.grow(r, at)
	case s == combining: // without a letter to sit on
	case sp.open && sp.takes(s):
		sp.grow(r, at)
	default:
		sp.begin(s)
		sp.grow(r, at)
	}
}

// scriptOf is the script of r, after what came before it.
func (sp *splitter) scriptOf(r rune) script {
	if sp.wild && (r == '*' || r == '?') {
		return wildcard
	}
	if isApostrophe(r) {
		return separator
	}
	s := scriptOf(r)
	if r == 'ー' && len(sp.words) > 0 && !sp.gap && sp.words[len(sp.words)-1].script == hiragana {
		return hiragana
	}
	return s
}

// takes says whether the open word goes on with a character of script s.
func (sp *splitter) takes(s script) bool {
	w := &sp.words[len(sp.words)-1]
	switch {
	case w.script.single() || s.single():
		return false
	case w.script == hangul && w.at.End-w.at.Start > maxHangulBytes:
		return false
	case w.script == s || s == wildcard:
		return true
	case w.script == wildcard, w.script == digit && s != hangul:
		w.script = s
		return true
	}
	return s == digit && w.script != hangul
}

func (sp *splitter) begin(s script) {
	sp.shut()
	sp.possessive = sp.apostrophe && s == latin
	sp.words = append(sp.words, word{script: s, tight: len(sp.words) > 0 && !sp.space, joined: len(sp.words) > 0 && !sp.gap})
	sp.cuts = append(sp.cuts, cut{Span{len(sp.fold), len(sp.fold)}, Span{len(sp.exact), len(sp.exact)}})
	sp.open, sp.gap, sp.space, sp.apostrophe = true, false, false, false
}

func (sp *splitter) grow(r rune, at Span) {
	w, c := &sp.words[len(sp.words)-1], &sp.cuts[len(sp.words)-1]
	if c.exact.Start == c.exact.End {
		w.at.Start = at.Start
	}
	w.at.End = at.End
	sp.fold, sp.exact = appendFold(sp.fold, r), utf8.AppendRune(sp.exact, r)
	c.fold.End, c.exact.End = len(sp.fold), len(sp.exact)
}

// shut ends the open word, and takes it back when it is a possessive s.
func (sp *splitter) shut() {
	if sp.open && sp.possessive {
		last := len(sp.words) - 1
		if c := sp.cuts[last]; string(sp.fold[c.fold.Start:]) == "s" {
			sp.words, sp.cuts = sp.words[:last], sp.cuts[:last]
			sp.fold, sp.exact = sp.fold[:c.fold.Start], sp.exact[:c.exact.Start]
			sp.gap = true
		}
	}
	sp.open, sp.possessive = false, false
}

// araea is an old vowel (ㆍ, here in NFKC) that Korean keyboards give for a middle
// dot: 한ㆍ미.
const araea = '\u119E'

func scriptOf(r rune) script {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return latin
		case '0' <= r && r <= '9':
			return digit
		}
		return separator
	case 0xAC00 <= r && r <= 0xD7A3:
		return hangul
	case r == araea:
		return separator
	case 0x4E00 <= r && r <= 0x9FFF, r == '〆':
		return han
	case 0x3041 <= r && r <= 0x3096, 0x309D <= r && r <= 0x309F:
		return hiragana
	case 0x30A1 <= r && r <= 0x30FA, 0x30FC <= r && r <= 0x30FF, 0x31F0 <= r && r <= 0x31FF:
		return katakana
	case unicode.IsMark(r):
		return combining
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.IsNumber(r):
		return digit
	case !unicode.IsLetter(r):
		return separator
	case unicode.Is(unicode.Latin, r):
		return latin
	case unicode.Is(unicode.Hangul, r):
		return hangul
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillic
	case unicode.Is(unicode.Greek, r):
		return greek
	}
	return alphabet
}
