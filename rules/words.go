package rules

import (
	"slices"
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
	at     piece // of the text's source
	fold   piece // of its folds: without case and accents
	exact  piece // of its exacts: with them; empty: as in the source
	before int32 // what all words before it weigh
	script script
	tight  bool // no white space stands between it and the word before it
	joined bool // nothing does
}

// A piece is a range of bytes, as Span, in half the room: texts have many words.
type piece struct{ start, end int32 }

func (p piece) of(b []byte) []byte { return b[p.start:p.end] }
func (p piece) len() int           { return int(p.end - p.start) }

// weight is what w counts for NEAR and lead: in half words, for two characters
// of Han or kana count as one word.
func (w *word) weight() int32 {
	if w.script.single() {
		return 1
	}
	return 2
}

// splitter cuts a text into words. With wild * and ? belong to the word they
// touch, as in a term; beside Han and kana they are words of their own.
type splitter struct {
	*text
	wild bool

	open       bool // the last word can grow
	gap        bool // something stands behind it
	space      bool // white space does
	apostrophe bool // the last of it is an apostrophe, and no white space before that: U.S.'s, not 's'
	behind     bool // the last character was not white space
	possessive bool // the last word is an s if it does not grow
}

// split reads the source. Nearly all characters of a text are of a kind that
// normalising takes one by one, or leaves alone; they go by without it. Only a
// run of others, with the character before it, on which a mark may sit, is
// looked at as NFKC asks.
func (sp *splitter) split() {
	s := sp.source
	for i := 0; i < len(s); {
		if end := sp.ascii(i); end > i {
			i = end
			continue
		}
		r, size, ok := plainAt(s, i)
		if next := i + size; ok && (next == len(s) || isPlainAt(s, next)) {
			sp.add(r, Span{i, next})
			i = next
			if r >= firstSyllable && r <= lastSyllable {
				i = sp.syllables(i)
			}
			continue
		}
		end := i + size
		for end < len(s) && !isPlainAt(s, end) {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
		letters(s[i:end], func(r rune, at Span) { sp.add(r, Span{i + at.Start, i + at.End}) })
		i = end
	}
	sp.shut()
}

// ascii reads the letters, digits and separators of ASCII that begin at byte i,
// but for the last when a mark may sit on it, and returns where it stopped.
func (sp *splitter) ascii(i int) int {
	if sp.wild {
		return i
	}
	s, end := sp.source, i
	for end < len(s) && s[end] < utf8.RuneSelf {
		end++
	}
	if end < len(s) && end > i && !isPlainAt(s, end) {
		end--
	}
	for i < end {
		from := i
		for i < end && isWordByte(s[i]) {
			i++
		}
		switch {
		case from == i:
			sp.separate(s[i] == ' ' || '\t' <= s[i] && s[i] <= '\r', isApostrophe(rune(s[i])))
			i++
		case sp.open: // an alphabet that these may not belong to
			sp.add(rune(s[from]), Span{from, from + 1})
			i = from + 1
		default:
			sp.latin(from, i)
		}
	}
	return i
}

// latin takes a word of letters and digits of ASCII.
func (sp *splitter) latin(from, end int) {
	sp.begin(latin, Span{from, from})
	w := &sp.words[len(sp.words)-1]
	sp.folds = append(sp.folds, sp.source[from:end]...)
	letters := false
	fold := sp.folds[w.fold.start:]
	for i, c := range fold {
		if c >= 'A' {
			letters = true
			fold[i] = c | ('a' - 'A')
		}
	}
	if !letters {
		w.script, sp.possessive = digit, false
	}
	w.at.end, w.fold.end = int32(end), int32(len(sp.folds))
	sp.behind = true
}

// syllables takes the Hangul syllables from byte i on that belong to the open
// word, but for the last when a vowel or a mark may sit on it, and returns where
// it stopped.
func (sp *splitter) syllables(i int) int {
	s, end := sp.source, i
	w := &sp.words[len(sp.words)-1]
	for most := int(w.at.start) + maxHangulBytes; end < most && syllableAt(s, end) != 0; {
		end += syllableBytes
	}
	if end > i && end < len(s) && !isPlainAt(s, end) {
		end -= syllableBytes
	}
	sp.folds, sp.exacts = append(sp.folds, s[i:end]...), append(sp.exacts, s[i:end]...)
	w.at.end, w.fold.end, w.exact.end = int32(end), int32(len(sp.folds)), int32(len(sp.exacts))
	return end
}

// isWordByte says whether c is a letter or digit of ASCII.
func isWordByte(c byte) bool {
	return (c|0x20)-'a' < 26 || c-'0' < 10
}

// add takes one character in NFKC, and the bytes it comes from.
func (sp *splitter) add(r rune, at Span) {
	s := sp.scriptOf(r)
	if s == separator {
		sp.separate(unicode.IsSpace(r), isApostrophe(r))
		return
	}
	sp.behind = true
	switch {
	case s == combining && len(sp.words) > 0 && !sp.gap:
		sp.grow(r, at)
	case s == combining: // without a letter to sit on
	case sp.open && sp.takes(s):
		sp.grow(r, at)
	default:
		sp.begin(s, at)
		sp.grow(r, at)
	}
}

// separate takes what belongs to no word.
func (sp *splitter) separate(space, apostrophe bool) {
	sp.shut()
	sp.gap, sp.apostrophe = true, apostrophe && sp.behind
	sp.space, sp.behind = sp.space || space, !space
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
	case w.script == hangul && w.at.len() > maxHangulBytes:
		return false
	case w.script == s || s == wildcard:
		return true
	case w.script == wildcard, w.script == digit && s != hangul:
		w.script = s
		return true
	}
	return s == digit && w.script != hangul
}

func (sp *splitter) begin(s script, at Span) {
	sp.shut()
	sp.possessive = sp.apostrophe && s == latin
	from, fold, exact := int32(at.Start), int32(len(sp.folds)), int32(len(sp.exacts))
	first := len(sp.words) == 0
	if n := len(sp.words); n == cap(sp.words) { // what is left is as full of words, or a little more
		left := float64(len(sp.source)-at.Start) / float64(at.Start+1)
		sp.words = slices.Grow(sp.words, int(float64(n)*left)+n/8+1)
	}
	sp.words = append(sp.words, word{
		at: piece{from, from}, fold: piece{fold, fold}, exact: piece{exact, exact},
		before: sp.weight(), script: s, tight: !first && !sp.space, joined: !first && !sp.gap,
	})
	sp.open, sp.gap, sp.space, sp.apostrophe = true, false, false, false
}

func (sp *splitter) grow(r rune, at Span) {
	w := &sp.words[len(sp.words)-1]
	if w.exact.len() == 0 && w.at.len() > 0 { // letters of ASCII so far
		w.exact.start = int32(len(sp.exacts))
		sp.exacts = append(sp.exacts, sp.source[w.at.start:w.at.end]...)
	}
	sp.folds, sp.exacts = appendFold(sp.folds, r), utf8.AppendRune(sp.exacts, r)
	w.at.end, w.fold.end, w.exact.end = int32(at.End), int32(len(sp.folds)), int32(len(sp.exacts))
}

// shut ends the open word, and takes it back when it is a possessive s.
func (sp *splitter) shut() {
	if sp.open && sp.possessive {
		last := len(sp.words) - 1
		if w := sp.words[last]; string(sp.fold(last)) == "s" {
			sp.words, sp.folds, sp.exacts = sp.words[:last], sp.folds[:w.fold.start], sp.exacts[:w.exact.start]
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
	case firstSyllable <= r && r <= lastSyllable:
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
