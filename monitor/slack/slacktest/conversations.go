package slacktest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// readable finds a channel whose history may be read: by ID, with the scope for
// its kind, by a member.
func (w *Workspace) readable(a args) (*channelState, answer) {
	c := w.byID(a.text("channel"))
	if c == nil || c.Private && !c.Member {
		return nil, refuse("channel_not_found")
	}
	scope := "channels:history"
	if c.Private {
		scope = "groups:history"
	}
	if !w.has(scope) {
		return nil, w.missing(scope)
	}
	if !c.Member {
		return nil, refuse("not_in_channel")
	}
	return c, nil
}

// history shows what stands in a channel, newest first, without replies.
func (w *Workspace) history(req *Request, a args, _ Fault) answer {
	c, refused := w.readable(a)
	if refused != nil {
		return refused
	}
	list := w.visible(c, req, a, func(p *Posted) bool { return p.Thread == "" })
	slices.Reverse(list)
	return w.messages(list, a)
}

// replies shows a thread, its parent first.
func (w *Workspace) replies(req *Request, a args, _ Fault) answer {
	c, refused := w.readable(a)
	if refused != nil {
		return refused
	}
	ts := a.text("ts")
	parent := c.message(ts)
	if parent == nil {
		return refuse("thread_not_found")
	}
	list := w.visible(c, req, a, func(p *Posted) bool { return p.Thread == ts })
	return w.messages(append([]*Posted{parent}, list...), a)
}

// visible lists the messages that history shows by now and the request asks
// for, oldest first.
func (w *Workspace) visible(c *channelState, req *Request, a args, ok func(*Posted) bool) []*Posted {
	oldest, latest, inclusive := a.text("oldest"), a.text("latest"), a.flag("inclusive")
	var list []*Posted
	for _, p := range c.messages {
		switch {
		case p.Deleted || !ok(p) || req.At.Sub(p.At) < w.opts.Lag:
		case oldest != "" && (p.TS < oldest || p.TS == oldest && !inclusive):
		case latest != "" && (p.TS > latest || p.TS == latest && !inclusive):
		default:
			list = append(list, p)
		}
	}
	return list
}

// messages is one page of a list.
func (w *Workspace) messages(list []*Posted, a args) answer {
	from, to, next, refused := w.page(len(list), a, 100)
	if refused != nil {
		return refused
	}
	shown := []any{}
	for _, p := range list[from:to] {
		shown = append(shown, w.shown(p, a.flag("include_all_metadata")))
	}
	return answer{
		"ok": true, "messages": shown, "has_more": next != "",
		"response_metadata": map[string]any{"next_cursor": next},
	}
}

// page says which of n items a request asks for, and the cursor of the next.
// The cursor holds a position, so that a list that grows in between is seen
// shifted, as with Slack.
func (w *Workspace) page(n int, a args, def int) (from, to int, next string, refused answer) {
	limit := a.number("limit", def)
	if limit < 1 || limit > 999 {
		return 0, 0, "", refuse("invalid_limit")
	}
	limit = min(limit, 200)
	if w.opts.PageSize > 0 {
		limit = min(limit, w.opts.PageSize)
	}
	if cursor := a.text("cursor"); cursor != "" {
		plain, err := base64.StdEncoding.DecodeString(cursor)
		if _, scanned := fmt.Sscanf(string(plain), "at:%d", &from); err != nil || scanned != nil || from < 0 {
			return 0, 0, "", refuse("invalid_cursor")
		}
	}
	from = min(from, n)
	to = min(from+limit, n)
	if to < n {
		next = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "at:%d", to))
	}
	return from, to, next, nil
}

// shown is a message as Slack reads it back.
func (w *Workspace) shown(p *Posted, metadata bool) map[string]any {
	m := map[string]any{
		"type": "message", "ts": p.TS, "text": p.Text, "user": "U0BOT",
	}
	if p.By != "" {
		m["user"] = p.By
	} else {
		m["subtype"], m["bot_id"], m["app_id"] = "bot_message", "B0BOT", "A0APP"
	}
	if p.Thread != "" {
		m["thread_ts"] = p.Thread
	}
	if p.Blocks != nil {
		var blocks []map[string]any
		json.Unmarshal(p.Blocks, &blocks) // it was checked when it came in
		if w.opts.LoseBlockIDs {
			for i := range blocks {
				blocks[i]["block_id"] = fmt.Sprintf("lost%d", i)
			}
		}
		m["blocks"] = blocks
	}
	if p.Event != "" && metadata && !w.opts.LoseMetadata {
		m["metadata"] = map[string]any{"event_type": p.Event, "event_payload": p.Payload}
	}
	if len(p.Requests) > 1 {
		m["edited"] = map[string]any{"user": "U0BOT", "ts": p.TS}
	}
	return m
}

// identify gives blocks without a block_id one, as Slack does.
func (w *Workspace) identify(blocks []any) {
	for _, block := range blocks {
		if b := block.(map[string]any); b["block_id"] == nil {
			w.lastID++
			b["block_id"] = fmt.Sprintf("b%04d", w.lastID)
		}
	}
}

// list shows the channels that the bot may see.
func (w *Workspace) list(_ *Request, a args, _ Fault) answer {
	types := a.text("types")
	if types == "" {
		types = "public_channel"
	}
	asked := strings.Split(types, ",")
	for _, kind := range asked {
		scope := map[string]string{"public_channel": "channels:read", "private_channel": "groups:read"}[kind]
		switch {
		case scope == "":
			return refuse("invalid_types")
		case !w.has(scope):
			return w.missing(scope)
		}
	}
	var list []*channelState
	for _, c := range w.channels {
		kind := "public_channel"
		if c.Private {
			kind = "private_channel"
		}
		if slices.Contains(asked, kind) && (!c.Private || c.Member) && !(c.Archived && a.flag("exclude_archived")) {
			list = append(list, c)
		}
	}
	from, to, next, refused := w.page(len(list), a, 100)
	if refused != nil {
		return refused
	}
	shown := []any{}
	for _, c := range list[from:to] {
		shown = append(shown, c.shown())
	}
	return answer{"ok": true, "channels": shown, "response_metadata": map[string]any{"next_cursor": next}}
}

func (w *Workspace) info(_ *Request, a args, _ Fault) answer {
	c := w.byID(a.text("channel"))
	if c == nil || c.Private && !c.Member {
		return refuse("channel_not_found")
	}
	scope := "channels:read"
	if c.Private {
		scope = "groups:read"
	}
	if !w.has(scope) {
		return w.missing(scope)
	}
	return answer{"ok": true, "channel": c.shown()}
}

func (c *channelState) shown() map[string]any {
	return map[string]any{
		"id": c.ID, "name": c.Name, "is_channel": !c.Private, "is_group": false, "is_private": c.Private,
		"is_archived": c.Archived, "is_member": c.Member, "is_read_only": c.ReadOnly,
	}
}
