package feed

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mend turns back the commonest text that was UTF-8, read as windows-1252 (or
// -1250, or -1252 with its unused bytes dropped) and encoded again:
// "Galvezâ€™s" → "Galvez’s". Only sequences that no language writes are touched.
func mend(text string) string {
	if isASCII(text) || !strings.Contains(text, "â€") && !strings.ContainsAny(text, "ÂÃ") {
		return text
	}
	return mojibake.ReplaceAllStringFunc(text, func(seen string) string {
		if seen == "â€" { // of ” the last byte is no character of windows-1252
			return "”"
		}
		return strings.TrimSpace(printable(reread(seen))) // which may be a bidirectional override
	})
}

// mendWide is mend for Hangul, kana and Han, of which no byte makes sense when
// read as windows-1252. It needs the control characters that printable drops.
func mendWide(text string) string {
	if isASCII(text) || !strings.ContainsAny(text, "ãäåæçèéêëìí") {
		return text
	}
	return wideMojibake.ReplaceAllStringFunc(text, reread)
}

var (
	// mojibake is a UTF-8 sequence of general punctuation (E2 80 xx), of
	// Latin-1 symbols (C2 xx) or of lower-case Latin letters (C3 xx) as
	// windows-1252.
	mojibake = regexp.MustCompile("â€[\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]?|Â[\u00a1-\u00bf]|Ã[\u00a1-\u00bf]")

	// wideMojibake is two and more sequences of three bytes. One alone may be a
	// word's last letter and the quotation marks behind it.
	wideMojibake = regexp.MustCompile("(?:[ã-í][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]{2}){2,}")
)

// reread is what the text says when its characters are bytes of UTF-8; the
// text itself when they are not.
func reread(text string) string {
	var b []byte
	for _, r := range text {
		b = append(b, windowsByte(r))
	}
	if utf8.Valid(b) {
		return string(b)
	}
	return text
}

// windowsByte is the byte that r stands for in windows-1252, or in -1250 where
// only that has it.
func windowsByte(r rune) byte {
	const high = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ" // 80 to 9F
	switch r {
	case 'ś':
		return 0x9c
	case 'ť':
		return 0x9d
	}
	b := byte(0x80)
	for _, c := range high {
		if c == r {
			return b
		}
		b++
	}
	return byte(r)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// printable drops what no reader sees and a log or a database may choke on:
// control characters, bidirectional overrides, byte-order marks,
// noncharacters. Tabs stay, odd line breaks become "\n", bytes that are no
// UTF-8 the replacement character.
func printable(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r > '~' }) {
		return text
	}
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
