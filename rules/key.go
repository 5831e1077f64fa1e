package rules

import "bytes"

// A key is what a term is looked up by: letters that every hit of it must show.
// A term that has several takes the rarest, and the words around it are compared
// when it is met.
//
//	satellite        the word satellite
//	North Korea*     the word north, or one that begins with korea
//	sat?llite*       a word that begins with sat, or one that has llite in it
//	위성 발사         a word that begins with 위성; where 발사 begins is not known
//	SCM 공동성명      the word scm, or one that begins with 공동성명
//	第5次 打ち上げ     第, 5 or 打ち上げ, anywhere
type key struct {
	kind keyKind
	text []byte // folded
	unit int    // of the pattern: the text lies in the word that this finds
}

type keyKind uint8

const (
	wholeWord keyKind = iota
	wordStart
	inWord
	inRun // of Han or kana
)

// maxKeyBytes bounds a key that is not a whole word: what lies beyond it hardly
// tells two terms apart. Eight Korean or Chinese characters have as many.
const maxKeyBytes = 24

// keys returns what p can be looked up by. It is nothing for the odd pattern
// without letters.
func (p *pattern) keys() []key {
	var keys []key
	for i := range p.units {
		u := &p.units[i]
		if i > 0 && p.units[i-1].script == hangul {
			break // it may begin inside the word before
		}
		k := key{unit: i}
		switch {
		case u.script.single() && i > 0 && p.units[i-1].script.single() && u.glued:
			continue // part of the one before
		case u.script.single():
			k.kind, k.text = inRun, p.singles(i)
		case p.exact:
			k.text = folded(u.text)
		case u.any:
			k.kind, k.text = u.literal()
		case u.openStart:
			k.kind, k.text = inWord, u.text
		case u.openEnd || u.script == hangul:
			k.kind, k.text = wordStart, u.text
		default:
			k.text = u.text
		}
		if k.kind != wholeWord {
			k.text = k.text[:min(len(k.text), maxKeyBytes)]
		}
		if len(k.text) > 0 {
			keys = append(keys, k)
		}
	}
	return keys
}

// singles are the characters of Han and kana that follow one another from unit i on.
func (p *pattern) singles(i int) []byte {
	text := bytes.Clone(p.units[i].text)
	for i++; i < len(p.units) && p.units[i].glued && p.units[i].script.single(); i++ {
		text = append(text, p.units[i].text...)
	}
	if p.exact {
		text = folded(text)
	}
	return text
}

// literal returns the letters that u begins with, or the most that stand together.
func (u *unit) literal() (keyKind, []byte) {
	parts := bytes.Split(u.text, []byte("?"))
	if !u.openStart && len(parts[0]) > 0 {
		return wordStart, parts[0]
	}
	var longest []byte
	for _, part := range parts {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return inWord, longest
}

func folded(exact []byte) []byte {
	var fold []byte
	for _, r := range string(exact) {
		fold = appendFold(fold, r)
	}
	return fold
}

// commonness guesses how often a text has the key: the shorter, the more often.
// Lengths are bytes; that makes one Chinese character or Korean syllable as good
// as three letters.
func (k *key) commonness() float64 {
	n := float64(len(k.text))
	common := 1 / (n * n * n)
	if k.kind != wholeWord {
		common *= 4
	}
	return common
}

// back returns the word that a hit begins with whose unit k is word i: before it
// stand the units before k, and a particle behind some of them.
func (p *pattern) back(t *text, i, k int) (start int, ok bool) {
	for ; k > 0; k-- {
		i--
		if i > 0 && t.words[i].script == hangul && p.mayCarry(k-1) {
			i--
		}
		if i < 0 {
			return 0, false
		}
	}
	return i, true
}
