package rules

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What the settings of a rule may be. Each check returns an empty message when it
// has nothing to say against the text.

func channelFault(s string) (message, hint string) {
	if isSlackID(s, "CG") {
		return "", ""
	}
	message = fmt.Sprintf("%s is not a Slack channel", shorten(s))
	name, marked := strings.CutPrefix(s, "#")
	lower := strings.ToLower(name)
	switch {
	case name == "" || utf8.RuneCountInString(name) > 80 || strings.ContainsFunc(lower, func(r rune) bool {
		return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}):
		return message, "write its name, \"#news-alerts\", or its ID, C0123ABCD: small letters, digits, - and _, 80 at most"
	case !marked:
		return message, fmt.Sprintf("write \"#%s\", in quotes, or the channel's ID, as in C0123ABCD", lower)
	case lower != name:
		return message, fmt.Sprintf("a channel's name is in small letters: \"#%s\"", lower)
	}
	return "", ""
}

// mentionFault takes what Slack turns into a ping: everyone who is there, a user
// or a user group. A name as in @kim is none: Slack wants IDs.
func mentionFault(s string) (message, hint string) {
	switch s {
	case "@here", "@channel":
		return "", ""
	}
	id := s
	if inner, ok := strings.CutPrefix(s, "<"); ok {
		if inner, ok = strings.CutSuffix(inner, ">"); ok {
			user, isUser := strings.CutPrefix(inner, "@")
			group, isGroup := strings.CutPrefix(inner, "!subteam^")
			if isUser && isSlackID(user, "UW") || isGroup && isSlackID(group, "S") {
				return "", ""
			}
		}
	} else if isSlackID(id, "UWS") {
		return "", ""
	}
	return fmt.Sprintf("%s cannot be mentioned", shorten(s)),
		"write \"@here\", \"@channel\", or the ID of a user or user group, as in U0123ABCD or S0123ABCD (Slack: profile, Copy member ID)"
}

// isSlackID says whether s is an ID whose first letter is one of kinds.
func isSlackID(s, kinds string) bool {
	return len(s) >= 9 && len(s) <= 21 && strings.ContainsRune(kinds, rune(s[0])) &&
		strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// idFault takes names that can stand in a command line and in a Slack message.
func idFault(s string) (message, hint string) {
	const most = 64
	for i, r := range s {
		alphanumeric := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !alphanumeric && (i == 0 || !strings.ContainsRune("-_.", r)) {
			return fmt.Sprintf("%s cannot be an id", shorten(s)), "an id is letters a-z, digits and hyphens, as in satellite-launch; any text can be the name"
		}
	}
	if len(s) > most {
		return fmt.Sprintf("the id is longer than %d letters", most), "shorten it; any text can be the name"
	}
	return "", ""
}
