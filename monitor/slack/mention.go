package slack

import (
	"regexp"
	"strings"

	slackgo "github.com/slack-go/slack"
)

var (
	userID  = regexp.MustCompile(`^<@([UW][A-Z0-9]+)>$`)
	groupID = regexp.MustCompile(`^<!subteam\^(S[A-Z0-9]+)>$`)
)

// mention is whom a rule mentions, in rich text: @here, @channel, @everyone,
// <@U…>, <!subteam^S…>, several with spaces between. Any other word is shown
// and mentions nobody.
func mention(s string) []slackgo.RichTextSectionElement {
	var elements []slackgo.RichTextSectionElement
	for _, word := range strings.Fields(s) {
		elements = append(elements, pinged(word), plain(" "))
	}
	return elements
}

func pinged(word string) slackgo.RichTextSectionElement {
	switch word {
	case "@here", "@channel", "@everyone":
		return slackgo.NewRichTextSectionBroadcastElement(word[1:])
	}
	if m := userID.FindStringSubmatch(word); m != nil {
		return slackgo.NewRichTextSectionUserElement(m[1], nil)
	}
	if m := groupID.FindStringSubmatch(word); m != nil {
		return slackgo.NewRichTextSectionUserGroupElement(m[1])
	}
	return plain(cut(clean(word), maxName))
}

// ping is a mention in mrkdwn.
func ping(word string) string {
	switch word {
	case "@here", "@channel", "@everyone":
		return "<!" + word[1:] + ">"
	}
	if userID.MatchString(word) || groupID.MatchString(word) {
		return word
	}
	return escape(clean(word), maxName)
}
