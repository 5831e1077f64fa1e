package slacktest

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"time"
)

// A response_url may be used five times within thirty minutes.
const (
	hookUses  = 5
	hookLasts = 30 * time.Minute
)

// A hook is a response_url: what is posted to it is shown to the person who
// clicked or typed.
type hook struct {
	user, channel, ts string // ts of the message clicked on; "": a command
	made              time.Time
	used              int
}

// An Ephemeral is what one person alone is shown.
type Ephemeral struct {
	User, Channel string
	TS            string
	At            time.Time
	Text          string
	Blocks        json.RawMessage // nil: none
}

// Ephemerals lists what a person was shown, the earliest first; "": anybody.
func (w *Workspace) Ephemerals(user string) []Ephemeral {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.ephemerals), func(e Ephemeral) bool { return user != "" && e.User != user })
}

// newHook makes a response_url. The lock is held.
func (w *Workspace) newHook(kind, user, channel, ts string) string {
	id := w.newID("hook")
	w.hooks[id] = &hook{user: user, channel: channel, ts: ts, made: w.now()}
	host := "slack.test"
	if len(w.sockets) > 0 {
		host = w.sockets[0].host
	}
	return "http://" + host + "/" + kind + "/T0TEAM/" + id
}

// respond takes an answer that is posted to a response_url. Slack's answers to
// what it refuses are not documented: 404 for one that is used up, 400 else.
func (w *Workspace) respond(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var a args
	w.mu.Lock()
	req := &Request{Method: "response_url", At: w.now()}
	fault, failing := w.fault(req.Method)
	var refused answer
	switch {
	case failing && !fault.stored:
	case r.Method != http.MethodPost, r.Header.Get("Authorization") != "":
		refused = refuse("invalid_request", "[ERROR] a POST without a token")
	case kind != "application/json" || err != nil || len(body) > maxBody || json.Unmarshal(body, &a) != nil:
		refused = refuse("invalid_payload")
	default:
		req.Args = body
		refused = w.show(req, path.Base(r.URL.Path), a)
	}
	req.Answer, req.Fault = "ok", failing
	if refused != nil {
		req.Answer = w.violation(req, refused).code()
	}
	w.requests = append(w.requests, req)
	w.changes()
	w.mu.Unlock()
	switch {
	case failing:
		w.misbehave(rw, r, fault, answer{"ok": true})
	case refused == nil:
		reply(rw, answer{"ok": true})
	case req.Answer == "used_url", req.Answer == "expired_url":
		rw.WriteHeader(http.StatusNotFound)
		reply(rw, refused)
	default:
		rw.WriteHeader(http.StatusBadRequest)
		reply(rw, refused)
	}
}

// show shows an answer to the one who asked. nil: it was taken. The lock is held.
func (w *Workspace) show(req *Request, id string, a args) answer {
	h := w.hooks[id]
	switch {
	case h == nil:
		return refuse("invalid_url")
	case h.used >= hookUses:
		return refuse("used_url")
	case req.At.Sub(h.made) > hookLasts:
		return refuse("expired_url")
	}
	req.Channel = h.channel
	if unknown := a.unknown([]string{"response_type", "replace_original", "delete_original", "text", "blocks", "unfurl_links", "unfurl_media"}); len(unknown) > 0 {
		return refuse("invalid_arguments", "[ERROR] unknown argument: "+unknown[0])
	}
	if a["response_type"] != "ephemeral" || a.flag("replace_original") || a.flag("delete_original") {
		// Slack has these; newswatch answers nobody but the one who asked.
		return refuse("invalid_arguments", "[ERROR] not an answer of its own to one person")
	}
	delete(a, "response_type")
	delete(a, "replace_original")
	delete(a, "delete_original")
	var p Posted
	if refused := w.fill(&p, a, false); refused != nil {
		return refused
	}
	h.used++
	w.ephemerals = append(w.ephemerals, Ephemeral{
		User: h.user, Channel: h.channel, TS: w.nextTS(), At: req.At, Text: p.Text, Blocks: p.Blocks,
	})
	return nil
}
