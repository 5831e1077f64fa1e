package rules

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An address is that of an article, made ready for url: terms when the first one
// asks. It is used again for the next article, with the room it has.
type address struct {
	known   bool
	written []byte // in lower case
	plain   []byte // the same with its escapes read
	term    []byte // in lower case
	room    []byte
}

// has says whether part is part of url, as written or with its escapes read,
// whatever the case.
func (a *address) has(url, part string) bool {
	if !a.known {
		a.known = true
		a.room = append(a.room[:0], url...)
		a.written = appendLower(a.written[:0], a.room)
		a.room = unescaped(a.room)
		a.plain = appendLower(a.plain[:0], a.room)
	}
	a.room = append(a.room[:0], part...)
	a.term = appendLower(a.term[:0], a.room)
	return bytes.Contains(a.written, a.term) || bytes.Contains(a.plain, a.term)
}

func appendLower(to, b []byte) []byte {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		to, b = utf8.AppendRune(to, unicode.ToLower(r)), b[size:]
	}
	return to
}

// unescaped puts in place of each %E8 in b the byte it stands for; what is no
// escape stays.
func unescaped(b []byte) []byte {
	plain := b[:0]
	for i := 0; i < len(b); i++ {
		plain = append(plain, b[i])
		if b[i] == '%' && i+2 < len(b) {
			if _, err := hex.Decode(plain[len(plain)-1:], b[i+1:i+3]); err == nil {
				i += 2
			}
		}
	}
	return plain
}

// isFrom says whether t is the article's host or a parent of it. Names of feeds
// and outlets are texts like others.
func (s *scan) isFrom(t *Term) bool {
	name, host := strings.Trim(t.Text, "."), s.host()
	above := len(host) - len(name)
	return above >= 0 && strings.EqualFold(host[above:], name) && (above == 0 || host[above-1] == '.')
}

// host is the host of the article's address, as written.
func (s *scan) host() string {
	scheme, host, ok := strings.Cut(s.article.URL, "//")
	if !ok || scheme != "" && !strings.HasSuffix(scheme, ":") {
		return ""
	}
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	host = host[strings.LastIndexByte(host, '@')+1:]
	if port := strings.LastIndexByte(host, ':'); port > strings.LastIndexByte(host, ']') {
		host = host[:port]
	}
	return host
}
