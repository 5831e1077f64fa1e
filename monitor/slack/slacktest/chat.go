package slacktest

import (
	"encoding/json"
	"regexp"
	"time"
	"unicode/utf16"
)

// maxText is the longest text. chat.postMessage is said to truncate only at
// 40,000 but has been seen to answer msg_too_long from 4,000 on.
const maxText = 4000

// A method of the Web API.
type method struct {
	scope string // that it needs whatever its arguments; "": none
	args  []string
	do    func(w *Workspace, req *Request, a args, f Fault) answer
}

// openMethod alone takes the app-level token, and no other.
const openMethod = "apps.connections.open"

// methods are those that the stand-in knows.
var methods = map[string]method{
	openMethod:  {"", nil, (*Workspace).openConnection},
	"auth.test": {"", nil, (*Workspace).authTest},
	"chat.postMessage": {"chat:write", []string{
		"channel", "text", "blocks", "metadata", "thread_ts", "reply_broadcast", "unfurl_links", "unfurl_media", "parse", "link_names", "mrkdwn",
	}, (*Workspace).postMessage},
	"chat.update": {"chat:write", []string{
		"channel", "ts", "text", "blocks", "metadata", "parse", "link_names", "reply_broadcast",
	}, (*Workspace).update},
	"chat.delete": {"chat:write", []string{"channel", "ts"}, (*Workspace).remove},
	"conversations.history": {"", []string{
		"channel", "cursor", "inclusive", "latest", "limit", "oldest", "include_all_metadata",
	}, (*Workspace).history},
	"conversations.replies": {"", []string{
		"channel", "ts", "cursor", "inclusive", "latest", "limit", "oldest", "include_all_metadata",
	}, (*Workspace).replies},
	"conversations.list": {"", []string{"cursor", "exclude_archived", "limit", "types", "team_id"}, (*Workspace).list},
	"conversations.info": {"", []string{"channel", "include_locale", "include_num_members"}, (*Workspace).info},
}

func (w *Workspace) authTest(*Request, args, Fault) answer {
	return answer{
		"ok": true, "url": "https://example.slack.com/", "team": "Newsroom", "user": "newswatch",
		"team_id": "T0TEAM", "user_id": "U0BOT", "bot_id": "B0BOT", "is_enterprise_install": false,
	}
}

var stamp = regexp.MustCompile(`^\d{10}\.\d{6}$`)

func (w *Workspace) postMessage(req *Request, a args, f Fault) answer {
	c := w.find(a.text("channel"))
	switch {
	case c == nil, c.Private && !c.Member:
		return refuse("channel_not_found")
	case c.Archived:
		return refuse("is_archived")
	case !c.Member && !w.has("chat:write.public"):
		return refuse("not_in_channel")
	case c.ReadOnly:
		return refuse("restricted_action_read_only_channel")
	}
	p := &Posted{Channel: c.ID, At: req.At, Thread: a.text("thread_ts")}
	if refused := w.fill(p, a, false); refused != nil {
		return refused
	}
	if p.Thread != "" {
		parent := c.message(p.Thread)
		switch {
		case !stamp.MatchString(p.Thread):
			return refuse("invalid_thread_ts")
		case parent == nil:
			return refuse("thread_not_found")
		case parent.Thread != "":
			return refuse("cannot_reply_to_message")
		}
	}
	if wait := w.pace(c, req.At); wait > 0 {
		req.Answer = "429"
		w.hold(req, wait)
		return answer{"ok": false, "error": "ratelimited", "retry_after": int(wait / time.Second)}
	}
	p.TS = w.nextTS()
	p.Requests = []*Request{req}
	if !f.forgotten {
		c.messages = append(c.messages, p)
	}
	return answer{"ok": true, "channel": c.ID, "ts": p.TS, "message": w.shown(p, true)}
}

// pace says how long a channel's next message must wait; 0: it was let through.
func (w *Workspace) pace(c *channelState, at time.Time) time.Duration {
	if w.opts.Pace < 0 {
		return 0
	}
	return c.pace.take(at, w.opts.Pace, w.opts.Burst)
}

func (w *Workspace) update(req *Request, a args, f Fault) answer {
	c, p, refused := w.target(a, "cant_update_message")
	if refused != nil {
		return refused
	}
	next := *p
	if refused := w.fill(&next, a, true); refused != nil {
		return refused
	}
	if rich(p.Blocks) && next.Blocks != nil && !rich(next.Blocks) {
		return refuse("block_mismatch")
	}
	next.Requests = append(next.Requests[:len(next.Requests):len(next.Requests)], req)
	if !f.forgotten {
		*p = next
	}
	return answer{"ok": true, "channel": c.ID, "ts": p.TS, "text": next.Text, "message": w.shown(&next, true)}
}

func (w *Workspace) remove(_ *Request, a args, f Fault) answer {
	c, p, refused := w.target(a, "cant_delete_message")
	if refused != nil {
		return refused
	}
	if !f.forgotten {
		p.Deleted = true
	}
	return answer{"ok": true, "channel": c.ID, "ts": p.TS}
}

// target finds the message that is to be changed. Its channel must be an ID.
// What somebody else wrote is refused with the code others.
func (w *Workspace) target(a args, others string) (*channelState, *Posted, answer) {
	c := w.byID(a.text("channel"))
	if c == nil || c.Private && !c.Member {
		return nil, nil, refuse("channel_not_found")
	}
	if c.Archived {
		return nil, nil, refuse("is_inactive")
	}
	p := c.message(a.text("ts"))
	if p == nil {
		return nil, nil, refuse("message_not_found")
	}
	if p.By != "" {
		return nil, nil, refuse(others)
	}
	return c, p, nil
}

// fill takes text, blocks and metadata of a request into a message. An update
// with text and no blocks removes the blocks; one without metadata keeps them.
func (w *Workspace) fill(p *Posted, a args, update bool) answer {
	for _, name := range []string{"text", "parse", "thread_ts"} {
		if v, ok := a[name]; ok {
			if _, ok := v.(string); !ok {
				return refuse("invalid_arguments", "[ERROR] must be a string [json-pointer:/"+name+"]")
			}
		}
	}
	for _, name := range []string{"unfurl_links", "unfurl_media", "link_names", "mrkdwn", "reply_broadcast"} {
		switch v := a[name]; v {
		case nil, true, false, "true", "false", "1", "0":
		default:
			return refuse("invalid_arguments", "[ERROR] must be a boolean [json-pointer:/"+name+"]")
		}
	}
	p.Text = a.text("text")
	p.Blocks = nil
	if _, ok := a["blocks"]; ok {
		blocks, err := a.value("blocks")
		if err != nil {
			return refuse("invalid_blocks_format")
		}
		if refused := checkBlocks(blocks); refused != nil {
			return refused
		}
		if list := blocks.([]any); len(list) > 0 {
			w.identify(list)
			p.Blocks, _ = json.Marshal(list) // it came from JSON
		}
	}
	switch {
	case p.Text == "" && p.Blocks == nil:
		return refuse("no_text")
	case length(p.Text) > maxText:
		return refuse("msg_too_long")
	}
	if _, ok := a["metadata"]; ok {
		metadata, err := a.value("metadata")
		if err != nil {
			return refuse("invalid_metadata_format")
		}
		if empty, ok := metadata.(map[string]any); ok && len(empty) == 0 && update {
			p.Event, p.Payload = "", nil
			return nil
		}
		var refused answer
		p.Event, p.Payload, refused = checkMetadata(metadata)
		return refused
	}
	return nil
}

// length counts characters as JavaScript and Java do: no measure counts more.
func length(s string) int { return len(utf16.Encode([]rune(s))) }
