package config

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"newswatch/monitor"
)

// slack reads the slack section; nil when there is none.
func (r *reader) slack(top *section) *Slack {
	s := top.section("slack")
	if !s.given() {
		return nil
	}
	c := &Slack{APIURL: defaultAPIURL}
	r.tokens(s, c)
	if u, _ := s.url("api_url", "https", "http"); u != nil {
		c.APIURL = strings.TrimSuffix(u.String(), "/") + "/"
	}
	c.Channel = r.channel(s, "channel")
	if s.lacks("channel") {
		r.report(top.keys["slack"].key, `add channel: "#news-alerts"`, "slack names no channel for the alerts")
	}
	c.OpsChannel = c.Channel
	if s.has("ops_channel") {
		c.OpsChannel = r.channel(s, "ops_channel")
	}
	c.FoldAbove = s.int("fold_above", DefaultFoldAbove, 1)
	c.Unconfirmed = Unconfirmed(s.choice("unconfirmed", string(Resend), string(Resend), string(Hold)))
	for _, n := range s.list("operators") {
		if !userID.MatchString(n.Value) {
			r.report(n, "copy the member ID, like U024BE7LH, from the person's profile in Slack", "%s is no user's ID", quote(n.Value))
			continue
		}
		c.Operators = append(c.Operators, n.Value)
	}
	return c
}

// tokens reads both tokens. One that cannot be had goes to c.Missing: most
// commands need none.
func (r *reader) tokens(s *section, c *Slack) {
	switch {
	case s.has("token") && s.has("token_file"):
		r.report(s.keys["token_file"].key, "keep one of the two", "token is already given on line %d", s.keys["token"].key.Line)
	case s.has("token_file"):
		if _, n, ok := s.text("token_file"); ok {
			var missing Faults
			c.Token, missing = r.fileSecret(n)
			c.Missing = append(c.Missing, missing...)
		}
	case s.has("token"):
		c.Token = r.token(s, c, "token", "SLACK_BOT_TOKEN", botTokenPrefix, appTokenPrefix)
	case s.lacks("token") && s.lacks("token_file"):
		r.report(s.node, "add token: ${SLACK_BOT_TOKEN}, or token_file: and a file's name", "slack has no token")
	}
	if s.has("app_token") {
		c.AppToken = r.token(s, c, "app_token", "SLACK_APP_TOKEN", appTokenPrefix, botTokenPrefix)
	}
}

// token reads a token, which begins with right and not with wrong: the two are
// easily swapped. Stand-ins for Slack may give tokens of other forms.
func (r *reader) token(s *section, c *Slack, key, name, right, wrong string) monitor.Secret {
	_, n, ok := s.text(key)
	if !ok {
		return monitor.Secret{}
	}
	value, faults := r.expand(n)
	if len(faults) == 0 {
		problem, hint := "", ""
		if strings.HasPrefix(value, wrong) {
			problem, hint = "this is the token of the other kind", fmt.Sprintf("%s takes the one that begins with %s", key, right)
		} else if hint = tokenTrouble(value); hint != "" {
			problem = "this is no token"
		}
		if problem == "" {
			if isLiteral(n) {
				r.warnLiteral(n, "the token", name)
			}
			return monitor.NewSecret(value)
		}
		faults = Faults{r.at(n.Line, n.Column, r.width(n), problem, hint)}
		faults[0].Secret = true
	}
	for _, f := range faults {
		if !f.Secret { // the file is wrong, wherever it is read
			r.add(f)
			continue
		}
		f.Hint += "; or run --terminal"
		c.Missing = append(c.Missing, f)
	}
	return monitor.Secret{}
}

var (
	channelID = regexp.MustCompile(`^[CG][A-Z0-9]{7,}$`)
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]{7,}$`)
)

// maxChannelRunes is Slack's limit for a channel's name.
const maxChannelRunes = 80

// channel reads a channel: its name with a #, or its ID.
func (r *reader) channel(s *section, key string) string {
	text, n, ok := s.text(key)
	if !ok {
		return ""
	}
	if problem, hint := channelProblem(text); problem != "" {
		r.report(n, hint, "%s %s", quote(text), problem)
	}
	return text
}

// channelProblem says what is wrong with a channel, and what to write; "":
// nothing.
func channelProblem(text string) (problem, hint string) {
	const nameHint = `write its name, like "#news-alerts", or its ID, like C024BE91L`
	if channelID.MatchString(text) {
		return "", ""
	}
	name, hash := strings.CutPrefix(text, "#")
	right := strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '.' {
			return '-'
		}
		return unicode.ToLower(c)
	}, strings.TrimSpace(name))
	proper := func(c rune) bool {
		return unicode.IsLetter(c) && !unicode.IsUpper(c) || unicode.IsMark(c) || unicode.IsDigit(c) || c == '-' || c == '_'
	}
	hint = "write " + quote("#"+right)
	if right == "" || strings.ContainsFunc(right, func(c rune) bool { return !proper(c) }) {
		hint = nameHint
	}
	switch {
	case strings.HasPrefix(text, "@") || userID.MatchString(text):
		return "is a person, not a channel", nameHint
	case !hash:
		return "is no channel: a name begins with #", hint
	case name == "" || strings.ContainsFunc(name, func(c rune) bool { return !proper(c) }):
		return "is no channel's name: those are small letters, digits, - and _", hint
	case len([]rune(name)) > maxChannelRunes:
		return fmt.Sprintf("is longer than %d characters", maxChannelRunes), ""
	}
	return "", ""
}
