package slack

import (
	"fmt"
	"strings"
)

// String is the report as people read it: a line for the token, a line for
// each channel, and a line for each fault.
func (r *Report) String() string {
	var b strings.Builder
	if r.Team != "" {
		fmt.Fprintf(&b, "workspace %s, bot %s\n", r.Team, r.User)
		fmt.Fprintf(&b, "scopes    %s\n", r.scopes())
	}
	if r.Socket {
		b.WriteString("app token opens Socket Mode\n")
	}
	for _, c := range r.Channels {
		fmt.Fprintf(&b, "%s\n", c)
	}
	for _, fault := range r.Faults {
		fmt.Fprintf(&b, "fault: %s\n", fault)
	}
	if r.OK() {
		b.WriteString("ok\n")
	}
	return b.String()
}

func (r *Report) scopes() string {
	switch {
	case len(r.Scopes) == 0:
		return "Slack did not say"
	case len(r.Missing) > 0:
		return "missing: " + strings.Join(r.Missing, ", ")
	}
	return "all there"
}

// String is the channel's line.
func (c ChannelReport) String() string {
	if c.ID == "" {
		return c.Channel + ": not found"
	}
	kind := "public"
	if c.Private {
		kind = "private"
	}
	words := []string{kind}
	for _, word := range []struct {
		holds bool
		say   string
	}{
		{c.Archived, "archived"},
		{c.Member, "joined"},
		{!c.Member, "not joined"},
		{c.Posted, "posted"},
		{c.Metadata, "read back with metadata"},
		{c.BlockID, "read back with block_id"},
		{c.Deleted, "deleted"},
	} {
		if word.holds {
			words = append(words, word.say)
		}
	}
	return fmt.Sprintf("%s (%s): %s", c.Channel, c.ID, strings.Join(words, ", "))
}
