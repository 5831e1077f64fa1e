package slacktest

import (
	"encoding/json"
	"slices"
	"time"
)

// A Posted is a message that the workspace took, as it stands now.
type Posted struct {
	Channel string // ID
	TS      string
	Thread  string // ts of the parent; "": not a reply
	At      time.Time
	Text    string
	Blocks  json.RawMessage // nil: none
	Event   string          // the metadata's event type; "": none
	Payload map[string]any  // the metadata's payload
	Deleted bool
	By      string // ID of the person who wrote it; "": the bot did

	// Requests are the one that posted it and those that updated it, in order.
	// They do not change.
	Requests []*Request
}

// Edits counts the updates.
func (p Posted) Edits() int { return len(p.Requests) - 1 }

// Key is the payload's "key", or "".
func (p Posted) Key() string {
	key, _ := p.Payload["key"].(string)
	return key
}

// A Request is what came in and what went out.
type Request struct {
	Method  string // chat.postMessage
	Channel string // as the request named it
	At      time.Time
	Args    json.RawMessage // an object; without the token
	Answer  string          // "ok", an error code, or what was done instead: "429", "500", "dropped"…
	Fault   bool            // the answer was scripted or drawn

	host string // that the client asked for
}

// Messages lists what a channel, by ID or name, holds, oldest first: replies
// too, deleted ones not.
func (w *Workspace) Messages(channel string) []Posted {
	return slices.DeleteFunc(w.Ledger(channel), func(p Posted) bool { return p.Deleted })
}

// Ledger lists everything that a channel, by ID or name, ever took, oldest
// first: deleted and forgotten messages too.
func (w *Workspace) Ledger(channel string) []Posted {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.find(channel)
	if c == nil {
		return nil
	}
	var list []Posted
	for _, p := range c.messages {
		copied := *p
		copied.Requests = slices.Clone(p.Requests)
		list = append(list, copied)
	}
	return list
}

// Say has a person write into a channel, and returns the message's ts. History
// shows it; the bot may neither change nor delete it. What p does not need,
// such as its channel and its ts, is filled in.
func (w *Workspace) Say(channel string, p Posted) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.find(channel)
	if p.By == "" {
		p.By = "U0READER"
	}
	p.Channel, p.TS, p.At = c.ID, w.nextTS(), w.now()
	c.messages = append(c.messages, &p)
	return p.TS
}

// Requests lists all requests in order of arrival.
func (w *Workspace) Requests() []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Request, len(w.requests))
	for i, r := range w.requests {
		list[i] = *r
	}
	return list
}

// Violations lists what Slack would not have taken, or not have liked: invalid
// arguments, and requests before a Retry-After was over.
func (w *Workspace) Violations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.violations)
}

// Forget removes a message without a trace, as Slack has done on bad days.
func (w *Workspace) Forget(channel, ts string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.find(channel); c != nil {
		if p := c.message(ts); p != nil {
			p.Deleted = true
		}
	}
}
