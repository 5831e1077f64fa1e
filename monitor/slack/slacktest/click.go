package slacktest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Click has a person press a button, or choose an entry of a menu, of a message
// that the channel shows, or that it shows to this person alone; value is what
// the button or the entry carries. It returns the envelope's ID; "" when no
// socket was open, or nothing such is shown, which is a violation.
func (w *Workspace) Click(user, channel, ts, actionID, value string) string {
	w.mu.Lock()
	p, ephemeral := w.shownTo(user, channel, ts)
	w.mu.Unlock()
	if p == nil {
		w.misuse("%s clicks on %s in %s, which is not there", user, ts, channel)
		return ""
	}
	return w.click(user, *p, ephemeral, actionID, value)
}

// ClickOn is Click on a message as it was: a person may see it so a little
// longer than it stands.
func (w *Workspace) ClickOn(user string, p Posted, actionID, value string) string {
	return w.click(user, p, false, actionID, value)
}

func (w *Workspace) click(user string, p Posted, ephemeral bool, actionID, value string) string {
	action := find(p.Blocks, actionID, value)
	if action == nil {
		w.misuse("%s clicks on %s %q of %s, which does not show it", user, actionID, value, p.TS)
		return ""
	}
	w.mu.Lock()
	payload := w.person(user, p.Channel)
	payload["type"] = "block_actions"
	payload["response_url"] = w.newHook("actions", user, p.Channel, p.TS)
	payload["container"] = answer{"type": "message", "message_ts": p.TS, "channel_id": p.Channel, "is_ephemeral": ephemeral}
	payload["state"] = answer{"values": answer{}}
	if !ephemeral {
		payload["message"] = w.shown(&p, true)
	}
	action["action_ts"] = w.nextTS()
	payload["actions"] = []any{action}
	w.mu.Unlock()
	return w.Deliver("interactive", payload)
}

// Command has a person type /newswatch and a text into a channel. It returns
// the envelope's ID; "" when no socket was open, or there is no such command.
func (w *Workspace) Command(user, channel, text string) string {
	w.mu.Lock()
	c, known := w.find(channel), w.has("commands")
	if c == nil || !known {
		w.mu.Unlock()
		w.misuse("%s types /newswatch in %s: no such channel, or no such command without the scope commands", user, channel)
		return ""
	}
	payload := answer{
		"token": "verification", "team_id": "T0TEAM", "team_domain": "example", "channel_id": c.ID, "channel_name": c.Name,
		"user_id": user, "user_name": strings.ToLower(user), "command": "/newswatch", "api_app_id": "A0APP", "is_enterprise_install": "false",
		"text": strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text), "trigger_id": w.newID("trigger"),
		"response_url": w.newHook("commands", user, c.ID, ""),
	}
	w.mu.Unlock()
	return w.Deliver("slash_commands", payload)
}

// person is what a payload says of who did it, and where. The lock is held.
func (w *Workspace) person(user, channel string) answer {
	c := answer{"id": channel}
	if have := w.byID(channel); have != nil {
		c["name"] = have.Name
	}
	return answer{
		"user":       answer{"id": user, "username": strings.ToLower(user), "name": strings.ToLower(user), "team_id": "T0TEAM"},
		"team":       answer{"id": "T0TEAM", "domain": "example"},
		"channel":    c,
		"api_app_id": "A0APP", "token": "verification", "trigger_id": w.newID("trigger"),
		"enterprise": nil, "is_enterprise_install": false,
	}
}

// shownTo finds a message that stands in a channel, or that is shown to one
// person there. The lock is held.
func (w *Workspace) shownTo(user, channel, ts string) (p *Posted, ephemeral bool) {
	c := w.find(channel)
	if c == nil {
		return nil, false
	}
	if p := c.message(ts); p != nil {
		copied := *p
		return &copied, false
	}
	for _, e := range w.ephemerals {
		if e.User == user && e.Channel == c.ID && e.TS == ts {
			return &Posted{Channel: c.ID, TS: ts, Text: e.Text, Blocks: e.Blocks}, true
		}
	}
	return nil, false
}

// find looks for an interactive element that carries a value, and returns what
// a payload says of a click on it; nil: there is none.
func find(blocks json.RawMessage, actionID, value string) answer {
	var list []struct {
		BlockID   string           `json:"block_id"`
		Accessory map[string]any   `json:"accessory"`
		Elements  []map[string]any `json:"elements"`
	}
	json.Unmarshal(blocks, &list) // it was checked when it came in
	for _, block := range list {
		for _, element := range append(block.Elements, block.Accessory) {
			if element["action_id"] != actionID {
				continue
			}
			clicked := answer{"type": element["type"], "action_id": actionID, "block_id": block.BlockID}
			if element["type"] == "button" {
				if carried, _ := element["value"].(string); carried == value {
					clicked["value"], clicked["text"] = value, element["text"]
					return clicked
				}
				continue
			}
			for _, option := range options(element) {
				if option["value"] == value {
					clicked["selected_option"] = option
					return clicked
				}
			}
		}
	}
	return nil
}

// options lists the entries of a menu, those in groups too.
func options(menu map[string]any) []map[string]any {
	var list []map[string]any
	add := func(v any) {
		entries, _ := v.([]any)
		for _, entry := range entries {
			if option, ok := entry.(map[string]any); ok {
				list = append(list, option)
			}
		}
	}
	add(menu["options"])
	groups, _ := menu["option_groups"].([]any)
	for _, group := range groups {
		if g, ok := group.(map[string]any); ok {
			add(g["options"])
		}
	}
	return list
}

// misuse notes that a test does what nobody could.
func (w *Workspace) misuse(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violations = append(w.violations, fmt.Sprintf(format, args...))
}
