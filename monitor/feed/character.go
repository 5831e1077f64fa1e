package feed

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mend turns back the commonest text that was UTF-8, read as windows-1252 and
// encoded again: "Galvezâ€™s" → "Galvez’s". Only sequences that no language
// writes are touched.
func mend(text string) string {
	if !strings.Contains(text, "â€") && !strings.ContainsAny(text, "ÂÃ") {
		return text
	}
	return mojibake.ReplaceAllStringFunc(text, func(seen string) string {
		var b []byte
		for _, r := range seen {
			b = append(b, windows1252(r))
		}
		if utf8.Valid(b) {
			return string(b)
		}
		return seen
	})
}

// mojibake is a UTF-8 sequence of general punctuation (E2 80 xx), of Latin-1
// symbols (C2 xx) or of lower-case Latin letters (C3 xx) as windows-1252.
var mojibake = regexp.MustCompile("â€[\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]|Â[\u00a1-\u00bf]|Ã[\u00a1-\u00bf]")

// windows1252 is the byte that r stands for in windows-1252.
func windows1252(r rune) byte {
	const high = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ" // 80 to 9F
	b := byte(0x80)
	for _, c := range high {
		if c == r {
			return b
		}
		b++
	}
	return byte(r)
}

// printable drops what no reader sees and a log or a database may choke on:
// control characters, bidirectional overrides, byte-order marks,
// noncharacters. Tabs stay, odd line breaks become "\n", bytes that are no
// UTF-8 the replacement character.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r), r == '\ufeff', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		case r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, text)
}
