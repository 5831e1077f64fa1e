package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v4"
)

// scalar returns the text after a key, or false if there is none.
func (d *document) scalar(n *yaml.Node, key string) (string, bool) {
	if !d.isText(n, "after "+key+":") || d.cut(n, false) {
		return "", false
	}
	text := strings.Join(strings.Fields(n.Value), " ")
	if text == "" {
		d.at(n, "there is nothing after "+key+":", "write a value, or take the line away")
		return "", false
	}
	return text, true
}

// phrase returns free text, folded to one line.
func (d *document) phrase(n *yaml.Node, key string) string {
	text, _ := d.scalar(n, key)
	if utf8.RuneCountInString(text) > maxPhrase {
		d.at(n, fmt.Sprintf("%s is longer than %d characters", key, maxPhrase), "Slack shows it in one block; shorten it")
	}
	return text
}

// maxPhrase is what fits Slack's 3,000-character section with the rest of an alert.
const maxPhrase = 500

// checked returns the text after a key if check has nothing to say against it.
func (d *document) checked(n *yaml.Node, key string, check func(string) (message, hint string)) string {
	text, ok := d.scalar(n, key)
	if !ok {
		return ""
	}
	if message, hint := check(text); message != "" {
		d.at(n, message, hint)
		return ""
	}
	return text
}

func (d *document) oneOf(n *yaml.Node, key string, choices ...string) string {
	text := d.checked(n, key, func(text string) (string, string) {
		if slices.Contains(choices, text) {
			return "", ""
		}
		hint := "write " + strings.Join(choices, ", ")
		if meant := nearest(text, choices); meant != "" {
			hint = fmt.Sprintf("did you mean %s? The choices are %s", meant, strings.Join(choices, ", "))
		}
		return fmt.Sprintf("%s cannot be %s", key, shorten(text)), hint
	})
	return text
}

func (d *document) boolean(n *yaml.Node, key string) bool {
	text, _ := d.scalar(n, key)
	switch strings.ToLower(text) {
	case "true", "yes", "on":
		return true
	case "false", "no", "off", "":
		return false
	}
	d.at(n, fmt.Sprintf("%s cannot be %s", key, shorten(text)), "write true or false")
	return false
}

func (d *document) perHour(n *yaml.Node) int {
	const most = 1000
	text, ok := d.scalar(n, "max_per_hour")
	if !ok {
		return 0
	}
	count, err := strconv.Atoi(text)
	if err != nil || count < 1 || count > most {
		d.at(n, fmt.Sprintf("max_per_hour cannot be %s", shorten(text)),
			fmt.Sprintf("write a whole number from 1 to %d; without the line there is no limit, and enabled: false switches the rule off", most))
	}
	return count
}

func (d *document) date(n *yaml.Node, key string) time.Time {
	text, ok := d.scalar(n, key)
	if !ok {
		return time.Time{}
	}
	date, err := time.Parse(time.DateOnly, text)
	if err != nil {
		d.at(n, fmt.Sprintf("%s is not a date", shorten(text)), "write year-month-day: "+key+": 2026-12-31")
	}
	return date
}

// channels returns one channel or a list of them.
func (d *document) channels(n *yaml.Node) []string {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = d.list(n, "channel")
	}
	var channels []string
	for _, item := range items {
		channel := d.checked(item, "channel", channelFault)
		if channel != "" && slices.Contains(channels, channel) {
			d.at(item, shorten(channel)+" stands twice", "take one of the two away")
		}
		channels = append(channels, channel)
	}
	return channels
}

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

// QuietHours reads hours like 22:00-07:00, in minutes after midnight. From is
// after to when they go over midnight.
func QuietHours(s string) (from, to int, ok bool) {
	first, last, ok := strings.Cut(s, "-")
	start, err1 := time.Parse("15:04", first)
	end, err2 := time.Parse("15:04", last)
	if !ok || err1 != nil || err2 != nil || len(first) != 5 || len(last) != 5 {
		return 0, 0, false
	}
	return start.Hour()*60 + start.Minute(), end.Hour()*60 + end.Minute(), true
}

func quietFault(s string) (message, hint string) {
	const want = "write from-to in 24 hours: quiet: 22:00-07:00"
	from, to, ok := QuietHours(s)
	switch {
	case !ok:
		return fmt.Sprintf("%s is not a time of day", shorten(s)), want
	case from == to:
		return "quiet hours that end when they begin", want
	}
	return "", ""
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
