package feed

import (
	"strings"
	"unicode"
)

// printable drops what no reader sees and a log or a database may choke on:
// control characters, bidirectional overrides, byte-order marks and bytes
// that are no UTF-8. Tabs and line breaks stay, the odd ones as "\n".
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r), r == '\ufeff', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		case r&0xfffe == 0xfffe: // noncharacters
			return -1
		}
		return r
	}, text)
}
