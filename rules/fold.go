package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters calls yield for the characters of s in NFKC, without soft hyphens,
// zero-width and other invisible characters, each with the bytes of s it comes
// from. One character of s can become several (the ligature in "final") and
// several one (the jamo of a syllable), so that spans repeat; they never run
// backwards, and always begin and end between characters of s. Time is linear in s.
func letters(s string, yield func(rune, Span)) {
	v := see(s)
	for i := 0; i < len(v.text); {
		end := i + norm.NFKC.QuickSpanString(v.text[i:])
		for i < end {
			r, size := utf8.DecodeRuneInString(v.text[i:])
			yield(r, v.span(i, i+size))
			i += size
		}
		if i < len(v.text) {
			end = i + norm.NFKC.NextBoundaryInString(v.text[i:], true)
			v.segment(i, end, yield)
			i = end
		}
	}
}

// plainAt returns the character at byte i of s in NFKC, and how many bytes it
// takes there. It is ok if what stands beside it never changes that, unless it
// is a mark behind it; then, too, nothing that stands before it changes.
func plainAt(s string, i int) (r rune, size int, ok bool) {
	if c := s[i]; c < utf8.RuneSelf {
		return rune(c), 1, true
	}
	if r := syllableAt(s, i); r != 0 {
		return r, syllableBytes, true
	}
	r, size = utf8.DecodeRuneInString(s[i:])
	r, ok = plain(r)
	return r, size, ok
}

// The Hangul syllables, and the bytes of each.
const (
	firstSyllable = '가'
	lastSyllable  = '힣'
	syllableBytes = 3
)

// syllableAt returns the Hangul syllable at byte i of s, 0 if there is none. Korean
// texts are read three times as fast by it as with the general decoder.
func syllableAt(s string, i int) rune {
	if i+syllableBytes > len(s) || s[i]>>4 != 0xE || s[i+1]>>6 != 2 || s[i+2]>>6 != 2 {
		return 0
	}
	r := rune(s[i]&0xF)<<12 | rune(s[i+1]&0x3F)<<6 | rune(s[i+2]&0x3F)
	if r < firstSyllable || r > lastSyllable {
		return 0
	}
	return r
}

func isPlainAt(s string, i int) bool {
	_, _, ok := plainAt(s, i)
	return ok
}

// plain is NFKC for the characters of which nearly all texts consist. Of a sign
// that stands between words it returns one that separates as well.
func plain(r rune) (rune, bool) {
	switch {
	case 0xAC00 <= r && r <= 0xD7A3, // Hangul syllables
		0x4E00 <= r && r <= 0x9FFF,                             // Han
		0x3041 <= r && r <= 0x3096, 0x30A1 <= r && r <= 0x30FE, // kana
		0x3001 <= r && r <= 0x3003, 0x3008 <= r && r <= 0x3011, // 、。「」
		0xC0 <= r && r <= 0x131, 0x410 <= r && r <= 0x44F, // Latin, Cyrillic
		r == 0xB7, 0x2018 <= r && r <= 0x2022, 0x2012 <= r && r <= 0x2015: // · “ ” ’ –
		return r, true
	case 0xFF01 <= r && r <= 0xFF5E: // full width
		return r - 0xFEE0, true
	case r == 0xA0, r == 0x3000:
		return ' ', true
	case r == 0x2026:
		return '.', true
	}
	return r, false
}

// acute is the accent that some keyboards give for an apostrophe. NFKC would
// make it a space with a mark.
const acute = '\u00B4'

// segment yields the characters of bytes i to end, which NFKC looks at together.
// Only where they melt into one another do they share a source.
func (v *visible) segment(i, end int, yield func(rune, Span)) {
	whole := norm.NFKC.String(v.text[i:end])
	if !separable(v.text[i:end], whole) {
		v.yield(whole, i, end, yield)
		return
	}
	for j := range v.text[i:end] {
		_, size := utf8.DecodeRuneInString(v.text[i+j:])
		v.yield(norm.NFKC.String(v.text[i+j:i+j+size]), i+j, i+j+size, yield)
	}
}

// separable says whether the characters of s are normalised to whole one by one.
func separable(s, whole string) bool {
	for len(s) > 0 {
		_, size := utf8.DecodeRuneInString(s)
		rest, ok := strings.CutPrefix(whole, norm.NFKC.String(s[:size]))
		if !ok {
			return false
		}
		s, whole = s[size:], rest
	}
	return whole == ""
}

// yield yields the characters of s, which come from bytes i to end. Normalising
// parts overlong runs of marks with joiners of its own: they are invisible.
func (v *visible) yield(s string, i, end int, yield func(rune, Span)) {
	for _, r := range s {
		if !invisible(r) {
			yield(r, v.span(i, end))
		}
	}
}

// A visible is a text without its invisible characters, in valid UTF-8.
type visible struct {
	text   string
	source string
	from   []int // where in source the character of each byte of text begins; nil: at the same byte
}

func see(s string) visible {
	v := visible{text: s, source: s}
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r == acute || invisible(r) }) < 0 {
		return v
	}
	var text strings.Builder
	for i, r := range s {
		if invisible(r) {
			continue
		}
		was := text.Len()
		if r == acute {
			text.WriteByte('\'')
		} else {
			text.WriteRune(r) // U+FFFD for a byte that is none: norm would take what follows it for its rest
		}
		for range text.Len() - was {
			v.from = append(v.from, i)
		}
	}
	v.text = text.String()
	return v
}

// span returns the bytes of the source that bytes i to j of the text come from.
func (v *visible) span(i, j int) Span {
	if v.from == nil {
		return Span{i, j}
	}
	last := v.from[j-1]
	_, size := utf8.DecodeRuneInString(v.source[last:])
	return Span{v.from[i], last + size}
}

// invisible says whether r takes no room on the page: soft hyphen, zero-width
// spaces and joiners, direction marks, variation selectors.
func invisible(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0xAD, r == 0x34F, 0x200B <= r && r <= 0x200F, r == 0xFEFF:
		return true
	case r < 0x600, 0x2070 <= r && r < 0xFE00:
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector)
}

// isApostrophe says whether writers use r, a character of NFKC, as an apostrophe.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '\u02BC', '\u2018', '\u2019', '\u201B', '\u2032':
		return true
	}
	return false
}

// appendFold appends r without case and accents. Letters that only look like an
// accented one and that other languages write without (ø, ł, ß) fold too; so
// does no Cyrillic or kana letter but ё: й and が are letters of their own.
func appendFold(dst []byte, r rune) []byte {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return append(dst, byte(r))
	}
	if r >= 0x3000 && r < 0xA000 || r >= 0xAC00 && r <= 0xD7A3 { // nothing there has case or accents
		return utf8.AppendRune(dst, r)
	}
	switch r = unicode.ToLower(r); r {
	case 'ß':
		return append(dst, "ss"...)
	case 'æ':
		return append(dst, "ae"...)
	case 'œ':
		return append(dst, "oe"...)
	case 'þ':
		return append(dst, "th"...)
	case 'ø':
		return append(dst, 'o')
	case 'ł':
		return append(dst, 'l')
	case 'đ', 'ð':
		return append(dst, 'd')
	case 'ħ':
		return append(dst, 'h')
	case 'ı':
		return append(dst, 'i')
	case 'ς':
		return append(dst, "σ"...)
	case 'ё':
		return append(dst, "е"...)
	}
	if isAccent(r) {
		return dst
	}
	if unicode.In(r, unicode.Latin, unicode.Greek) {
		var b [utf8.UTFMax]byte
		if parts := norm.NFD.Properties(utf8.AppendRune(b[:0], r)).Decomposition(); parts != nil {
			r, _ = utf8.DecodeRune(parts)
		}
	}
	return utf8.AppendRune(dst, r)
}

// isAccent says whether r is one of the accents that Latin, Greek and Cyrillic
// letters carry.
func isAccent(r rune) bool { return 0x300 <= r && r <= 0x36F }
