package feed

import (
	"bytes"
	"mime"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// toUTF8 returns the body as UTF-8 without a byte-order mark. What the body
// declares is believed only as far as its bytes bear it out: half of the
// feeds that declare an encoding wrongly are UTF-8, and of those that declare
// none or UTF-8 wrongly each is in the old encoding of its language.
func toUTF8(body []byte, contentType string) []byte {
	if wide := wideEncoding(body); wide != nil {
		return decode(wide, body)
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	name := declaredEncoding(body)
	if name == "" {
		if _, params, err := mime.ParseMediaType(contentType); err == nil {
			name = params["charset"]
		}
	}
	declared, name := charset.Lookup(name)
	if name == "utf-8" || name == "replacement" {
		declared = nil
	}
	if utf8.Valid(body) {
		if declared == nil || !bytes.ContainsRune(body, '\x1b') && !accidentallyUTF8(body) {
			return body
		}
		return decode(declared, body)
	}
	if declared != nil {
		if decoded := decode(declared, body); damage(decoded) < 0.02 {
			return decoded
		}
	}
	if damaged := bytes.ToValidUTF8(body, []byte("\ufffd")); damage(damaged) < 0.1 {
		return damaged // UTF-8 with a few bytes lost, as where it was cut
	}
	return decode(guessEncoding(body), body)
}

// wideEncoding tells UTF-16 and UTF-32 by their mark or by the zeros around
// the first "<"; nil: neither.
func wideEncoding(body []byte) encoding.Encoding {
	for _, sign := range []struct {
		prefix  string
		meaning encoding.Encoding
	}{
		{"\xff\xfe\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
		{"\x00\x00\xfe\xff", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
		{"<\x00\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
		{"\x00\x00\x00<", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
		{"\xff\xfe", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
		{"\xfe\xff", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{"<\x00", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"\x00<", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
		{"{\x00", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"\x00{", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	} {
		if bytes.HasPrefix(body, []byte(sign.prefix)) {
			return sign.meaning
		}
	}
	return nil
}

// declaredEncoding is what the XML declaration names; "": nothing.
func declaredEncoding(body []byte) string {
	head := bytes.TrimLeft(body[:min(len(body), 1024)], " \t\r\n")
	end := bytes.Index(head, []byte("?>"))
	if end < 0 || !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	return attribute(head[:end], "encoding")
}

// accidentallyUTF8 says whether the few letters of a body in another encoding
// happen to be UTF-8 too. All are sequences of two bytes then; real UTF-8 of a
// language with such an encoding has longer ones.
func accidentallyUTF8(body []byte) bool {
	pairs := 0
	for len(body) > 0 {
		if body[0] < utf8.RuneSelf {
			body = body[1:]
			continue
		}
		_, size := utf8.DecodeRune(body)
		if size > 2 {
			return false
		}
		pairs++
		body = body[size:]
	}
	return pairs > 0 && pairs < 8
}

// damage is the share of replacement characters among those beyond ASCII.
func damage(text []byte) float64 {
	lost := bytes.Count(text, []byte("\ufffd"))
	if lost == 0 {
		return 0
	}
	beyond := 0
	for _, b := range text {
		if b >= 0xc0 { // one for each character
			beyond++
		}
	}
	return float64(lost) / float64(beyond)
}

// guessEncoding looks at how the bytes beyond ASCII come: one by one between
// letters they are windows-1252 (or -1251 where they make whole words), in
// pairs the first of Japanese, Korean, Cyrillic and Chinese that they decode
// into well. The order matters: Japanese read as Korean looks Korean, and
// everything read as Chinese looks Chinese.
func guessEncoding(body []byte) encoding.Encoding {
	sample := body[:min(len(body), 64<<10)]
	var high, runs int
	for i, b := range sample {
		if b >= utf8.RuneSelf {
			high++
			if i == 0 || sample[i-1] < utf8.RuneSelf {
				runs++
			}
		}
	}
	if high < 2*runs { // mostly single
		return charmap.Windows1252
	}
	for _, candidate := range []struct {
		encoding encoding.Encoding
		typical  func(rune) bool
		enough   float64
	}{
		{japanese.ShiftJIS, isKana, 0.2},
		{japanese.EUCJP, isKana, 0.2},
		{korean.EUCKR, isHangul, 0.8},
		{charmap.Windows1251, isCyrillic, 0.7},
		{simplifiedchinese.GB18030, isHan, 0.7},
	} {
		if fit(decode(candidate.encoding, sample), candidate.typical) > candidate.enough {
			return candidate.encoding
		}
	}
	return charmap.Windows1252
}

// fit is the share of typical characters among those beyond ASCII, less ten
// times the share of what could not be decoded.
func fit(text []byte, typical func(rune) bool) float64 {
	var beyond, good, lost int
	for _, r := range string(text) {
		if r < utf8.RuneSelf {
			continue
		}
		beyond++
		switch {
		case r == utf8.RuneError:
			lost++
		case typical(r):
			good++
		}
	}
	if beyond == 0 {
		return 0
	}
	return (float64(good) - 10*float64(lost)) / float64(beyond)
}

func isKana(r rune) bool     { return r >= 0x3041 && r <= 0x30fe }
func isHangul(r rune) bool   { return r >= 0xac00 && r <= 0xd7a3 }
func isCyrillic(r rune) bool { return r >= 'а' && r <= 'я' }
func isHan(r rune) bool      { return r >= 0x4e00 && r <= 0x9fa5 }

// decode never fails: what cannot be decoded becomes U+FFFD.
func decode(from encoding.Encoding, body []byte) []byte {
	decoded, err := from.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\ufffd"))
	}
	return decoded
}
