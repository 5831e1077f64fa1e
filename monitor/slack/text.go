package slack

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/net/idna"
)

const ellipsis = "…"

// units counts what Slack may count as a character: UTF-16 code units, of
// which no other measure finds more.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// seen says what of r reaches the reader: r itself, a space, or nothing (0).
// Control, bidirectional and zero-width characters and invisible fillers go,
// because they can forge a line, reorder it or hide words in it.
func seen(r rune) rune {
	switch {
	case unicode.IsSpace(r), unicode.In(r, unicode.Z), r == '\u2800':
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Noncharacter_Code_Point):
		return 0
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return 0 // Hangul fillers, combining grapheme joiner
	}
	return r
}

// clean is s as one line that shows all it holds. Bytes that are no UTF-8
// become U+FFFD.
func clean(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch r = seen(r); {
		case r == 0:
		case r == ' ':
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// extends says whether r belongs to the character before it, so that no cut
// may part them: marks, conjoining vowels and finals, emoji skin tones.
func extends(r rune) bool {
	return unicode.Is(unicode.M, r) ||
		r >= 0x1160 && r <= 0x11FF || r >= 0xD7B0 && r <= 0xD7FF || r >= 0x1F3FB && r <= 0x1F3FF
}

// cut shortens s to at most limit units, with an ellipsis where it ends early,
// between words if one ends near.
func cut(s string, limit int) string {
	return cutAs(s, limit, func(r rune) string { return string(r) })
}

// escape is s as mrkdwn that shows it literally, cut to at most limit units.
// Slack asks for these three characters only.
func escape(s string, limit int) string {
	return cutAs(s, limit, func(r rune) string {
		switch r {
		case '&':
			return "&amp;"
		case '<':
			return "&lt;"
		case '>':
			return "&gt;"
		}
		return string(r)
	})
}

// cutAs writes s rune by rune as write has it. Where that takes more than limit
// units it ends early.
func cutAs(s string, limit int, write func(rune) string) string {
	var b strings.Builder
	used, whole, word := 0, 0, 0 // whole, word: where a cut leaves a character or a word whole
	for _, r := range s {
		if used < limit && !extends(r) {
			whole = b.Len()
			if r == ' ' {
				word = whole
			}
		}
		piece := write(r)
		if used += units(piece); used > limit {
			if whole-word < 20 && word > 0 {
				whole = word
			}
			return strings.TrimRight(b.String()[:whole], " ") + ellipsis
		}
		b.WriteString(piece)
	}
	return b.String()
}

// maxURL is the longest link that is shown, in characters of mrkdwn; a longer
// one would leave a plain message no room for its text.
const maxURL = 2000

// link is the address as it may stand in a message: http or https with a host,
// no user name (which could pass for a host), only ASCII, and nothing in it
// that ends a link in mrkdwn. "": not fit to be linked.
func link(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return ""
	}
	u.User = nil
	if !strings.HasPrefix(u.Host, "[") {
		host, err := idna.Lookup.ToASCII(u.Hostname())
		if err != nil {
			return ""
		}
		if port := u.Port(); port != "" {
			host += ":" + port
		}
		u.Host = host
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(u.String()) {
		if c <= ' ' || c >= 0x7F || strings.IndexByte("<>|\"`\\^{}'*", c) >= 0 {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		} else {
			b.WriteByte(c)
		}
	}
	address := b.String()
	if len(address)+len("amp;")*strings.Count(address, "&") > maxURL {
		return ""
	}
	return address
}
