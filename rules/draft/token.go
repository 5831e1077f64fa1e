package draft

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A script is what a word is written in; what counts is whether spaces part words.
type script uint8

const (
	latin    script = iota // and every other alphabet
	hangul                 // words with particles behind them
	unspaced               // Han and hiragana: no words to be seen
	katakana               // one run is one word, mostly a foreign one
	digits
)

// A gap is what stands between a token and the one before it.
type gap uint8

const (
	cut    gap = iota // punctuation, or the end of a sentence
	blank             // a space, or quotation marks with or without one
	hyphen            // a hyphen, a slash or nothing at all
)

// A token is a word of a document.
type token struct {
	text       string // as written
	key        string // lower case, singular; of Korean without particles
	start, end int    // bytes of the document's text
	sentence   int    // counted over all documents
	gap        gap
	script     script
	capital    bool // begins with a capital letter
	part       part
	actor      *actor // the country, on each word of its name; nil: none
	begins     bool   // the first of these words
	verb       bool   // of Korean: a verb is made of it, nothing follows it in a phrase
	tailed     bool   // of Korean: a particle follows, nothing else in a phrase
}

func (t *token) acronym() bool {
	n := 0
	for _, r := range t.text {
		switch {
		case unicode.IsUpper(r):
			n++
		case r != '.' && r != '-' && !unicode.IsDigit(r):
			return false
		}
	}
	return n >= 2 && len(t.text) <= 8
}

// A reader cuts the text of one document into tokens.
type reader struct {
	text     string
	tokens   []token
	sentence int
}

func isAbbreviation(word string) bool {
	if utf8.RuneCountInString(word) == 1 {
		return true
	}
	switch strings.ToLower(word) {
	case "mr", "mrs", "ms", "dr", "st", "gen", "lt", "col", "maj", "sgt", "sen", "rep", "gov", "prof", "no", "vs", "inc", "corp", "co", "ltd",
		"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec":
		return true
	}
	return false
}

// read cuts the text. A word is a run of letters and digits of one script; U.S. is
// one, and a possessive s is none.
func (r *reader) read() {
	behind := 0 // where the last word ended
	for i := 0; i < len(r.text); {
		c, size := utf8.DecodeRuneInString(r.text[i:])
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			i += size
			continue
		}
		end := r.wordEnd(i)
		if r.isPossessive(i, end) {
			i, behind = end, end
			continue
		}
		g, stops := r.gapBetween(behind, i)
		if len(r.tokens) == 0 {
			g, stops = cut, false
		}
		if stops {
			r.sentence++
		}
		r.tokens = append(r.tokens, token{
			text: r.text[i:end], start: i, end: end, sentence: r.sentence, gap: g,
			script: scriptOf(c), capital: unicode.IsUpper(c) || unicode.IsTitle(c),
		})
		i, behind = end, end
	}
	r.sentence++
}

func scriptOf(r rune) script {
	switch {
	case r < 0x1100:
		if unicode.IsDigit(r) {
			return digits
		}
		return latin
	case unicode.Is(unicode.Hangul, r):
		return hangul
	case unicode.Is(unicode.Katakana, r), r == 'ー':
		return katakana
	case unicode.In(r, unicode.Han, unicode.Hiragana):
		return unspaced
	}
	return latin
}

// wordEnd is where the word that begins at i ends.
func (r *reader) wordEnd(i int) int {
	first, size := utf8.DecodeRuneInString(r.text[i:])
	s, end := scriptOf(first), i+size
	for end < len(r.text) {
		c, size := utf8.DecodeRuneInString(r.text[end:])
		switch next := scriptOf(c); {
		case unicode.IsMark(c), c == 'ー' && s == katakana:
		case c == '.' && s == latin && end-i == 1 && first < utf8.RuneSelf && r.initials(i):
			return i + r.initialsLen(i)
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			return end
		case next != s && !(s == latin && next == digits) && !(s == digits && next == latin):
			return end
		case s == digits && next == latin:
			s = latin
		}
		end += size
	}
	return end
}

// initials says whether letters with full stops begin at i: U.S., R.O.K.
func (r *reader) initials(i int) bool { return r.initialsLen(i) >= 4 }

func (r *reader) initialsLen(i int) int {
	n := 0
	for i+n+1 < len(r.text) && isUpperASCII(r.text[i+n]) && r.text[i+n+1] == '.' {
		n += 2
	}
	return n
}

func isUpperASCII(c byte) bool { return 'A' <= c && c <= 'Z' }

func (r *reader) isPossessive(start, end int) bool {
	if end-start != 1 || r.text[start] != 's' && r.text[start] != 'S' || len(r.tokens) == 0 {
		return false
	}
	between := r.text[r.tokens[len(r.tokens)-1].end:start]
	return between == "'" || between == "’"
}

// gapBetween reads what stands between two words.
func (r *reader) gapBetween(from, to int) (g gap, stops bool) {
	g = hyphen
	newlines := 0
	for _, c := range r.text[from:to] {
		switch {
		case c == '\n':
			newlines++
			g = min(g, blank)
		case unicode.IsSpace(c), strings.ContainsRune("\"“”‘’'", c):
			g = min(g, blank)
		case c == '-', c == '‐', c == '‑', c == '/':
		case strings.ContainsRune(".!?。！？", c):
			g = cut
			stops = stops || c != '.' || to-from > 1 && !isAbbreviation(r.lastWord())
		default:
			g = cut
		}
	}
	if newlines > 1 {
		return cut, true
	}
	return g, stops
}

func (r *reader) lastWord() string {
	if len(r.tokens) == 0 {
		return ""
	}
	return r.tokens[len(r.tokens)-1].text
}
