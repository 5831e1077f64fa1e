package rules

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendSentences appends the sentences of s, without the space between them. A
// sentence ends at . ! ? 。！？ with the quotes and brackets that close behind
// it, and at the end of a line: lines are paragraphs or breaks that a page forces.
// The full stop of an abbreviation ends none, though sometimes it does: "in the
// U.S. The North" stays one.
func appendSentences(found []Span, s string) []Span {
	start := 0
	cut := func(end int) {
		text := strings.TrimLeftFunc(s[start:end], unicode.IsSpace)
		if from := end - len(text); text != "" {
			found = append(found, Span{from, from + len(strings.TrimRightFunc(text, unicode.IsSpace))})
		}
		start = end
	}
	for i := 0; ; {
		for i < len(s) && !mayEnd[s[i]] {
			i++
		}
		if i == len(s) {
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			cut(i)
			i += size
		case isStop(r):
			stops := i + span(s[i:], isStop)
			end := stops + span(s[stops:], closes)
			if endsSentence(s[start:i], s[i:stops], s[stops:end], s[end:]) {
				cut(end)
			}
			i = end
		default:
			i += size
		}
	}
	cut(len(s))
	return found
}

// mayEnd has the first bytes of stops and of line ends.
var mayEnd = [256]bool{'.': true, '!': true, '?': true, '\n': true, '\r': true, 0xE2: true, 0xE3: true, 0xEF: true}

// span is the length of the start of s whose characters are all f.
func span(s string, f func(rune) bool) int {
	return len(s) - len(strings.TrimLeftFunc(s, f))
}

func isStop(r rune) bool {
	switch r {
	case '.', '!', '?', '。', '！', '？', '｡':
		return true
	}
	return false
}

// closes says whether r can stand between a sentence's stop and its end.
func closes(r rune) bool {
	return r == '"' || r == '\'' || unicode.In(r, unicode.Pe, unicode.Pf)
}

// endsSentence says whether stops, with the closing marks after it, end the
// sentence begun in before.
func endsSentence(before, stops, closing, after string) bool {
	if strings.Trim(stops, ".!?") != "" {
		return true // Chinese and Japanese put no space behind it
	}
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case after == "" || unicode.IsSpace(next):
		return stops != "." || !isAbbreviation(before, after)
	case closing != "":
		return false // "…했다."라고
	}
	// Korean sites drop the space: 쐈다.합참은, but 한.미 and 3.1운동.
	word := before[len(before)-lastWord(before):]
	last, size := utf8.DecodeLastRuneInString(word)
	return scriptOf(next) >= hangul && scriptOf(last) >= hangul && len(word) > size
}

// lastWord is the length of the letters, digits and full stops that s ends in;
// beyond what an abbreviation can have they are not counted.
func lastWord(s string) int {
	const most = 24 // bytes; "Messrs" and "Ph.D" are shorter
	n := 0
	for n < min(len(s), most) {
		if isWordByte(s[len(s)-1-n]) {
			n++
			continue
		}
		r, size := utf8.DecodeLastRuneInString(s[:len(s)-n])
		if r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		n += size
	}
	return n
}

// isAbbreviation says whether the full stop behind before is that of a single
// letter, a dotted abbreviation, a title or a month.
func isAbbreviation(before, after string) bool {
	word := before[len(before)-lastWord(before):]
	first, size := utf8.DecodeRuneInString(word)
	last, lastSize := utf8.DecodeLastRuneInString(word)
	switch {
	case word == "" || scriptOf(last) >= hangul:
		return false
	case unicode.IsLetter(last) && (len(word) == lastSize || word[len(word)-lastSize-1] == '.'):
		return true // N. and the S. of U.S.
	case strings.Contains(word, "."):
		for part := range strings.SplitSeq(word, ".") {
			if utf8.RuneCountInString(part) > 2 {
				return false
			}
		}
		return unicode.IsLetter(last) // B.Sc.
	case !unicode.IsUpper(first):
		return false
	}
	switch word[:size] + strings.ToLower(word[size:]) {
	case "Mr", "Mrs", "Ms", "Mx", "Dr", "Prof", "Messrs", "Mme", "Rev", "Fr", "Msgr", "St", "Hon", "Jr", "Sr",
		"Gen", "Brig", "Maj", "Col", "Lt", "Capt", "Sgt", "Cpl", "Pvt", "Adm", "Cmdr", "Cdr",
		"Pres", "Sen", "Rep", "Gov", "Amb", "Sec", "Supt", "Insp", "Det",
		"Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec":
		return true
	case "No": // No. 2, but "He said No."
		next, _ := utf8.DecodeRuneInString(strings.TrimSpace(after))
		return unicode.IsDigit(next)
	}
	return false
}
