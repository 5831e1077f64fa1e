package rules

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
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

// hours reads quiet hours.
func (d *document) hours(n *yaml.Node, key string) Hours {
	var hours Hours
	d.checked(n, key, func(text string) (message, hint string) {
		var err error
		if hours, err = ParseHours(text); err != nil {
			wrong, _ := errors.AsType[*HoursError](err)
			return wrong.Problem, wrong.Hint
		}
		return "", ""
	})
	return hours
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
