package slack

import (
	"regexp"
	"strings"

	slackgo "github.com/slack-go/slack"
)

var (
	userForm = regexp.MustCompile(`^[UW][A-Z0-9]+$`)
	userID   = regexp.MustCompile(`^<@([UW][A-Z0-9]+)>$`)
	groupID  = regexp.MustCompile(`^<!subteam\^(S[A-Z0-9]+)>$`)
	bareUser = regexp.MustCompile(`^[UW][A-Z0-9]{8,20}$`) // as Slack's "Copy member ID" gives it
	bareTeam = regexp.MustCompile(`^S[A-Z0-9]{8,20}$`)
)

// maxMentions is how many mentions of a rule are kept; more is no mention but a
// mailing list, for which Slack has groups.
const (
	maxMentions = 10
	maxWord     = 40 // of a word that mentions nobody
)

// mentions are the words of a rule's mention, IDs as mrkdwn has them.
func mentions(s string) []string {
	words := strings.Fields(s)
	words = words[:min(maxMentions, len(words))]
	for i, word := range words {
		switch {
		case bareUser.MatchString(word):
			words[i] = "<@" + word + ">"
		case bareTeam.MatchString(word):
			words[i] = "<!subteam^" + word + ">"
		}
	}
	return words
}

// mention is whom a rule mentions, in rich text: @here, @channel, @everyone, the
// ID of a user or a user group, <@U…>, <!subteam^S…>, several with spaces between.
// Any other word is shown and mentions nobody.
func mention(s string) []slackgo.RichTextSectionElement {
	var elements []slackgo.RichTextSectionElement
	for _, word := range mentions(s) {
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
	return plain(cut(clean(word), maxWord))
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
	return escape(clean(word), maxWord)
}
