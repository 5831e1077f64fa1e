package monitor

import "time"

// TerminalChannel is the channel of alerts that are drawn in the terminal.
const TerminalChannel = "terminal"

// A Channel is the state of delivery to one place. Its pace and its refusals
// hold for all its messages.
type Channel struct {
	Name     string    // as configured
	ID       string    // Slack's; "" until it told
	NextSend time.Time // nothing is sent before: pace, Retry-After, refusals
	Refusal  string    // why it takes no messages; "": it does
	Refused  time.Time // since when
}

// address is how to name the channel to the notifier.
func (c *Channel) address() string {
	if c.ID != "" {
		return c.ID
	}
	return c.Name
}

// learn keeps the channel's ID.
func (c *Channel) learn(r Receipt) {
	if r.Channel != "" {
		c.ID = r.Channel
	}
}

// park notes that the channel takes no messages for now.
func (c *Channel) park(now time.Time, reason string) {
	if c.Refusal == "" {
		c.Refused = now
	}
	c.Refusal, c.NextSend = reason, now.Add(parkedRetry)
}
