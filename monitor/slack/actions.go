package slack

import (
	"fmt"
	"strings"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// actionsPrefix begins the block_id of a message's buttons; the rest is as in
// the marker.
const actionsPrefix = "desk:"

// actions are the buttons and the menu below an alert, or below several in one
// message, of which none can be judged alone.
func actions(out monitor.Outgoing) []slackgo.Block {
	if !out.Buttons || out.Thread != "" {
		return nil
	}
	elements := []slackgo.BlockElement{button(monitor.ActAcknowledge, "Acknowledge")}
	entries := muteEntries
	switch out.Kind {
	case monitor.KindAlert:
		elements = append(elements, button(monitor.ActRelevant, "Relevant"), button(monitor.ActNotRelevant, "Not relevant"), button(monitor.ActWhy, "Why?"))
	case monitor.KindFold:
		entries = entries[:ruleEntries]
	default:
		return nil
	}
	var options []*slackgo.OptionBlockObject
	for _, e := range entries {
		options = append(options, slackgo.NewOptionBlockObject(e.value, label(e.words), nil))
	}
	menu := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, label("Mute"+ellipsis), monitor.ActMute, options...)
	id := fmt.Sprintf("%s%s:%d", actionsPrefix, out.Key, out.Rev)
	return []slackgo.Block{slackgo.NewActionBlock(id, append(elements, menu)...)}
}

func button(act, words string) *slackgo.ButtonBlockElement {
	return slackgo.NewButtonBlockElement(act, "", label(words))
}

// muteEntries are the menu's entries, those of the rule first.
var muteEntries = []struct{ value, words string }{
	{monitor.MuteHour, "Mute this rule for 1 h"},
	{monitor.MuteShift, "Mute this rule for 8 h"},
	{monitor.MuteDay, "Mute this rule for 24 h"},
	{monitor.MuteMonday, "Mute this rule until Monday"},
	{monitor.MuteStory, "Mute this story"},
	{monitor.MuteOutlet, "Mute this outlet for this rule"},
}

const ruleEntries = 4

// keyOf is the key of the message whose buttons have the block_id; "": it is
// none of ours.
func keyOf(blockID string) string {
	rest, ok := strings.CutPrefix(blockID, actionsPrefix)
	if !ok {
		return ""
	}
	key, _, _ := strings.Cut(rest, ":")
	return key
}

// deeds is what people did with an alert, a line for what it was judged, and one
// for each mute.
func deeds(d monitor.Deeds) []line {
	var judged line
	say := func(before string, p piece) {
		if len(judged) > 0 {
			before = "· " + before
		}
		judged = append(judged, words(before), p)
	}
	if d.Acknowledged.User != "" {
		say("acknowledged by", piece{users: []string{d.Acknowledged.User}})
		judged = append(judged, piece{time: d.Acknowledged.At})
	}
	if len(d.Relevant) > 0 {
		say("relevant:", piece{users: d.Relevant})
	}
	if len(d.NotRelevant) > 0 {
		say("not relevant:", piece{users: d.NotRelevant})
	}
	var lines []line
	if len(judged) > 0 {
		lines = append(lines, judged)
	}
	for _, m := range d.Mutes[:min(len(d.Mutes), maxMutes)] {
		lines = append(lines, line{words(m.What() + " muted until"), {time: m.Until}, words("by"), {users: []string{m.By.User}}})
	}
	return lines
}

const (
	maxMutes = 3 // shown: of the rule, the story and the outlet
	maxUsers = 5 // named of those who said the same
)

// mentioned names users in mrkdwn. Their IDs come from Slack.
func mentioned(users []string) string {
	var names []string
	for _, u := range users[:min(len(users), maxUsers)] {
		if userForm.MatchString(u) {
			names = append(names, "<@"+u+">")
		}
	}
	if more := len(users) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("+%d", more))
	}
	return strings.Join(names, " ")
}
