package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// YAML reads a line before the query language does, and some of what an analyst
// naturally writes means something else to it, or nothing. A trap is such a
// place: it is told in the analyst's terms, instead of YAML's message, and the
// value is then mended, replaced by a placeholder, so that the rest of the file
// can be read and its faults told too.

// placeholder is the text of a mended value: a private character that no file holds.
const placeholder = "\uF8FE"

func isMended(n *yaml.Node) bool { return strings.Contains(n.Value, placeholder) }

// A trap is a value that YAML cannot read: the bytes At of the line are shown,
// those from Start on are replaced.
type trap struct {
	at            Span
	start         int
	message, hint string
}

// findTrap looks at the values that begin on a line for one that YAML reads
// otherwise than it was meant.
func findTrap(line string) (trap, bool) {
	l := lineReader{line: line}
	l.skip()
	for strings.HasPrefix(l.line[l.i:], "- ") {
		l.i += 2
		l.skip()
	}
	l.i += keyLength(l.line[l.i:])
	l.skip()
	ending := strings.TrimRight(line, " ")
	l.flow = strings.HasSuffix(ending, ",") || strings.HasSuffix(ending, "]")
	if strings.HasPrefix(l.line[l.i:], "[") {
		l.flow = true
		l.i++
	}
	for l.skip(); l.i < len(line); l.skip() {
		if t, found := l.value(); found {
			return t, true
		}
		if !l.flow || l.i >= len(line) || line[l.i] == '#' {
			break
		}
		l.i++ // the comma
	}
	return trap{}, false
}

// keyLength is the length of the key and colon that a line begins with.
func keyLength(s string) int {
	i := strings.IndexByte(s, ':')
	if i < 1 || strings.ContainsAny(s[:i], " \t\"'[]{}#&*!%@`,") || i+1 < len(s) && s[i+1] != ' ' {
		return 0
	}
	return i + 1
}

// lineReader reads the values of one line of YAML.
type lineReader struct {
	line string
	i    int
	flow bool // the values are in [ ]
}

func (l *lineReader) skip() {
	for l.i < len(l.line) && (l.line[l.i] == ' ' || l.line[l.i] == '\t') {
		l.i++
	}
}

// value looks at the value at i and moves i past it.
func (l *lineReader) value() (trap, bool) {
	rest := l.line[l.i:]
	switch c := rest[0]; c {
	case '"', '\'':
		length := quotedLength(rest)
		inner := strings.Trim(rest[:length], `"'`)
		if slop := slopAfter(rest[length:]); slop > 0 {
			return l.trap(length+slop, slopMessage, slopHint(inner, rest[length+1:length+slop]))
		}
		return l.closed(length, "YAML takes this quoted part for the whole value",
			fmt.Sprintf("write “%s”, with these quotes, or > here and the whole query on the line below", shorten(inner)))
	case '{':
		length := l.braced()
		return l.closed(length, braceMessage, bracedHint(rest[:length]))
	case '[':
		return l.closed(strings.IndexByte(rest, ']')+1, "YAML takes a value that begins with [ for a list",
			"write the query without [ ]")
	case '>', '|':
		header := strings.TrimLeft(rest[1:], "+-0123456789")
		if header == "" || header[0] == ' ' && strings.TrimLeft(header, " ") == "" || strings.HasPrefix(strings.TrimLeft(header, " "), "#") {
			l.i = len(l.line)
			return trap{}, false
		}
		return l.trap(1, fmt.Sprintf("YAML takes a value that begins with %c for a block of lines", c),
			"put "+wrapping(rest)+" round the whole value, or the query on the line below it")
	}
	if message, hint := leadingSign(rest); message != "" {
		return l.trap(1, message, hint)
	}
	return l.plain()
}

// leadingSign knows the signs that have a meaning for YAML at the start of a value.
func leadingSign(value string) (message, hint string) {
	sign, size := utf8.DecodeRuneInString(value)
	term := value[size:]
	if i := strings.IndexAny(term, " ,]"); i >= 0 {
		term = term[:i]
	}
	message = fmt.Sprintf("YAML does not let a value begin with %c", sign)
	hint = "put " + wrapping(value) + " round the whole value"
	switch sign {
	case '*':
		return message, fmt.Sprintf("write “*%s”, with quotes", shorten(term))
	case '@', '&', '%', '`', ',', ']', '}':
		return message, hint
	case '?':
		if strings.HasPrefix(value, "? ") {
			return message, hint
		}
	case '!':
		return message, fmt.Sprintf("to exclude write NOT %s; for the text itself put “ ” round it", shorten(term))
	case '#':
		return "YAML takes # and what follows for a remark", "put quotes round it: \"#" + shorten(term) + "\""
	}
	return "", ""
}

func (l *lineReader) trap(width int, message, hint string) (trap, bool) {
	return trap{Span{l.i, l.i + width}, l.i, message, hint}, true
}

// closed moves past a value of length bytes, unless it goes on after its closing
// sign. A length of 0 is a value that is not closed on its line.
func (l *lineReader) closed(length int, message, hint string) (trap, bool) {
	if length == 0 {
		l.i = len(l.line)
		return trap{}, false
	}
	end := l.i + length
	rest := strings.TrimLeft(l.line[end:], " \t")
	ends := rest == "" || rest[0] == ':' || rest[0] == '#' && l.line[end] == ' ' || l.flow && strings.ContainsRune(",]", rune(rest[0]))
	if !ends {
		return l.trap(length, message, hint)
	}
	l.i = len(l.line) - len(rest)
	return trap{}, false
}

// quotedLength is the length of the quoted scalar that s begins with, 0 if it
// does not end on the line.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '"':
			i++
		case s[i] == s[0] && s[0] == '\'' && strings.HasPrefix(s[i+1:], "'"):
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return 0
}

// plain looks at a value without quotes for what ends it early.
func (l *lineReader) plain() (trap, bool) {
	from := l.i
	for ; l.i < len(l.line); l.i++ {
		rest := l.line[l.i:]
		switch {
		case l.flow && (rest[0] == ',' || rest[0] == ']'):
			return trap{}, false
		case l.flow && (rest[0] == '{' || rest[0] == '}' || rest[0] == '['):
			t, found := l.trap(1, fmt.Sprintf("YAML does not let a value hold %c inside [ ]", rest[0]), braceHint(rest[0]))
			t.start = from
			return t, found
		case strings.HasPrefix(rest, ": ") || rest == ":":
			t, found := l.trap(1, colonMessage, colonHint(l.line[from:l.i], rest[1:]))
			t.start = from
			return t, found
		case strings.HasPrefix(rest, " #"):
			if len(rest) == 2 || rest[2] == ' ' || rest[2] == '#' {
				l.i = len(l.line)
				return trap{}, false
			}
			l.i++
			t, found := l.trap(1, hashMessage, hashHint(l.line[from:]))
			t.start = from
			return t, found
		}
	}
	return trap{}, false
}

const (
	colonMessage = "YAML takes a colon with a space after it for the key of a table"
	braceMessage = "YAML takes a value that begins with { for a table"
	hashMessage  = "YAML cuts the value here: # after a space begins a remark"
)

// braced is the length of the { } at i, 0 if it does not end on the line.
func (l *lineReader) braced() int { return strings.IndexByte(l.line[l.i:], '}') + 1 }

func bracedHint(braced string) string {
	term := strings.Trim(braced, "{} ")
	if term == "" || strings.ContainsAny(term, " :,") {
		term = "“" + shorten(term) + "”"
	}
	return fmt.Sprintf("write =%s, or > here and the whole query on the line below", term)
}

func braceHint(c byte) string {
	if c == '[' {
		return "write each entry on a line of its own, after a -"
	}
	return "write =word or =“several words” in place of { }, or each entry on a line of its own, after a -"
}

// colonHint tells how to write the key of a table as what it was meant to be.
func colonHint(key, value string) string {
	word := key[strings.LastIndexAny(key, " (")+1:]
	switch first := strings.Fields(value + " word")[0]; {
	case isField(word):
		return fmt.Sprintf("write %s:%s, without the space", word, shorten(first))
	case strings.TrimSpace(value) == "":
		return "put " + wrapping(key) + " round the whole value, with the colon"
	}
	return "put " + wrapping(key+value) + " round the whole value"
}

func hashHint(value string) string {
	return "put " + wrapping(value) + " round the whole value; a remark has a space after its #"
}

// wrapping is the pair of quotes that YAML lets stand round value.
func wrapping(value string) string {
	if strings.Contains(value, `"`) {
		return "' '"
	}
	return `" "`
}

// mended is the line with what stands from the trap's start on replaced.
func (t trap) mended(line string) string {
	rest := strings.TrimRight(line[t.start:], " \t")
	switch {
	case strings.HasSuffix(rest, "]") && strings.Contains(line[:t.start], "["):
		return line[:t.start] + placeholder + "]"
	case strings.HasSuffix(rest, ","):
		return line[:t.start] + placeholder + ","
	}
	return line[:t.start] + placeholder
}
