package monitor

import (
	"regexp"
	"strings"
	"unicode"
)

// What /newswatch can be asked for.
const (
	VerbHelp    = "help"
	VerbStatus  = "status"
	VerbRules   = "rules"
	VerbMutes   = "mutes"
	VerbUnmute  = "unmute"
	VerbFeeds   = "feeds"
	VerbStories = "stories"
	VerbTest    = "test"
	VerbMissed  = "missed"
)

// A Command is what somebody typed after /newswatch.
type Command struct {
	Verb string // in lower case; one that is none of the above is not known
	Arg  string // as typed, but for quotation marks around all of it
}

// maxTyped is how much of a command is read, in bytes: Slack takes 4,000
// characters in a message.
const maxTyped = 16 << 10

// ParseCommand reads what was typed. Nothing is help.
//
//	Test “North Korea fired a missile”  →  test, North Korea fired a missile
func ParseCommand(text string) Command {
	text = strings.ToValidUTF8(text[:min(len(text), maxTyped)], "")
	text = strings.TrimSpace(strings.Map(visible, text))
	verb, arg := text, ""
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		verb, arg = text[:i], strings.TrimSpace(text[i:])
	}
	return Command{Verb: verbOf(verb), Arg: unquote(arg)}
}

// verbOf is the verb that somebody meant: “Status?” is status, rule is rules.
func verbOf(typed string) string {
	verb := strings.ToLower(strings.TrimFunc(typed, func(r rune) bool { return unicode.IsPunct(r) || r == '`' }))
	switch verb {
	case "":
		return VerbHelp
	case "rule":
		return VerbRules
	case "feed":
		return VerbFeeds
	case "story":
		return VerbStories
	}
	return verb
}

// visible drops what a reader does not see and what is no text, but for the
// ends of lines.
func visible(r rune) rune {
	switch {
	case r == '\n', r == '\t':
		return r
	case unicode.In(r, unicode.Cc, unicode.Cf):
		return -1
	}
	return r
}

// isAddress says whether s begins as an address of the web does.
func isAddress(s string) bool {
	lower := strings.ToLower(s[:min(len(s), len("https://"))])
	return strings.HasPrefix(lower, "http://") || lower == "https://"
}

// quotes open and close what somebody put between quotation marks, as typed or
// as keyboards make of it.
var quotes = [...][2]string{{`"`, `"`}, {"“", "”"}, {"„", "“"}, {"”", "”"}, {"'", "'"}, {"‘", "’"}, {"«", "»"}, {"「", "」"}, {"`", "`"}}

// unquote takes off the quotation marks around all of s.
func unquote(s string) string {
	for _, q := range quotes {
		inner, opens := strings.CutPrefix(s, q[0])
		inner, closes := strings.CutSuffix(inner, q[1])
		if opens && closes && !strings.Contains(inner, q[0]) && !strings.Contains(inner, q[1]) {
			return strings.TrimSpace(inner)
		}
	}
	return s
}

// Address is the argument as an address of the web; "": it is none. Whoever
// missed an article may write around its address, and leave out https://.
func (c Command) Address() string {
	switch {
	case isAddress(c.Arg) && !strings.ContainsFunc(c.Arg, unicode.IsSpace):
		return c.Arg
	case c.Verb == VerbMissed:
		return addressIn(c.Arg)
	}
	return ""
}

// barePage is a page without https:// before its host. A host alone is no
// article, and so more likely the end of a sentence.
var barePage = regexp.MustCompile(`^[\pL\pN-]+(\.[\pL\pN-]+)*\.\pL{2,}(:\d+)?/.+`)

// addressIn is the first address among other words.
func addressIn(text string) string {
	for word := range strings.FieldsSeq(text) {
		word = unquote(strings.TrimRight(word, ".,;:!?"))
		if inner, ok := strings.CutPrefix(word, "("); ok {
			word = strings.TrimSuffix(inner, ")")
		}
		switch {
		case isAddress(word):
			return word
		case barePage.MatchString(word):
			return "https://" + word
		}
	}
	return ""
}
