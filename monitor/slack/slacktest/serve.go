package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// maxBody is the longest request that is read, in bytes.
const maxBody = 1 << 20

// An answer is the JSON of a response.
type answer map[string]any

// refuse is ok:false; the details go where Slack puts them.
func refuse(code string, details ...string) answer {
	a := answer{"ok": false, "error": code}
	if len(details) > 0 {
		a["response_metadata"] = map[string]any{"messages": details}
	}
	return a
}

// code is "ok" or the error.
func (a answer) code() string {
	if a["ok"] == true {
		return "ok"
	}
	code, _ := a["error"].(string)
	return code
}

// ServeHTTP answers one request of the Web API, opens a socket, or takes an
// answer for a response_url. The method is the last part of the path, so that
// the Web API may be mounted anywhere; the others are at the root.
func (w *Workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/"); first {
	case "link":
		w.link(rw, r)
	case "actions", "commands":
		w.respond(rw, r)
	default:
		w.call(rw, r)
	}
}

// call answers one request of the Web API.
func (w *Workspace) call(rw http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	args, token, refused := arguments(r)

	w.mu.Lock()
	req := &Request{Method: name, At: w.now(), Args: args.json(), Channel: args.text("channel"), host: r.Host}
	if name == openMethod && refused == nil && r.Header.Get("Authorization") == "" {
		refused = w.violation(req, refuse("invalid_auth", "[ERROR] the token goes into the header"))
	}
	fault, failing := w.fault(name)
	var body answer
	switch {
	case failing && !fault.stored && !fault.forgotten:
		req.Answer, req.Fault = fault.name, true
		if fault.status == http.StatusTooManyRequests {
			w.limit(req, fault.retryAfter)
		}
		if fault.late > 0 && refused == nil {
			late := *req
			time.AfterFunc(fault.late, func() { w.performLate(late, name, args, token) })
		}
	case refused != nil:
		body = refused
	default:
		body = w.perform(req, name, args, token, fault)
	}
	if failing {
		req.Answer, req.Fault = fault.name, true
	} else if req.Answer == "" {
		req.Answer = body.code()
	}
	w.requests = append(w.requests, req)
	w.changes()
	w.mu.Unlock()

	rw.Header().Set("Date", req.At.UTC().Format(http.TimeFormat))
	rw.Header().Set("X-OAuth-Scopes", strings.Join(w.opts.Scopes, ","))
	if failing {
		w.misbehave(rw, r, fault, body)
		return
	}
	if wait, ok := body["retry_after"].(int); ok {
		tooMany(rw, fmt.Sprint(wait))
		return
	}
	reply(rw, body)
}

// perform checks who asks and does what was asked. The lock is held.
func (w *Workspace) perform(req *Request, name string, args args, token string, fault Fault) answer {
	do, known := methods[name]
	switch {
	case !known:
		return w.violation(req, refuse("unknown_method"))
	case token == "":
		return refuse("not_authed")
	case name == openMethod && token == w.opts.AppToken && w.appRevoked:
		return refuse("token_revoked")
	case name == openMethod && token == w.opts.AppToken:
	case name == openMethod && token == w.opts.Token, token == w.opts.AppToken:
		return refuse("not_allowed_token_type")
	case w.revoked && token == w.opts.Token:
		return refuse("token_revoked")
	case token != w.opts.Token:
		return refuse("invalid_auth")
	}
	if unknown := args.unknown(do.args); len(unknown) > 0 {
		// Slack ignores these; a program that sends them means something by them.
		return w.violation(req, refuse("invalid_arguments", "[ERROR] unknown argument: "+strings.Join(unknown, ", ")))
	}
	if do.scope != "" && !w.has(do.scope) {
		return w.missing(do.scope)
	}
	if until := w.waits[req.Method+" "+req.Channel].until; req.At.Before(until) {
		w.violations = append(w.violations, fmt.Sprintf("%s %s: asked again %s before Retry-After was over", req.Method, req.Channel, until.Sub(req.At)))
		req.Answer = "429"
		return answer{"ok": false, "error": "ratelimited", "retry_after": int(until.Sub(req.At)/time.Second) + 1}
	}
	return w.violation(req, do.do(w, req, args, fault))
}

// performLate does what was asked some time ago. Nobody hears the answer.
func (w *Workspace) performLate(req Request, name string, args args, token string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	req.At = w.now()
	w.perform(&req, name, args, token, Fault{})
}

// violation notes an answer that says the request was at fault.
func (w *Workspace) violation(req *Request, a answer) answer {
	if code := a.code(); strings.HasPrefix(code, "invalid_") || strings.Contains(code, "too_") || code == "no_text" || code == "unknown_method" || code == "block_mismatch" {
		detail := ""
		if metadata, ok := a["response_metadata"].(map[string]any); ok {
			detail = fmt.Sprint(": ", metadata["messages"])
		}
		w.violations = append(w.violations, req.Method+" "+req.Channel+": "+code+detail)
	}
	return a
}

// missing is the answer to a token without a scope.
func (w *Workspace) missing(scope string) answer {
	a := refuse("missing_scope")
	a["needed"], a["provided"] = scope, strings.Join(w.opts.Scopes, ",")
	return a
}

// limit remembers how long a rate limit lasts.
func (w *Workspace) limit(req *Request, retryAfter string) {
	if wait, err := time.ParseDuration(retryAfter + "s"); err == nil && wait > 0 && wait < 10*time.Minute {
		w.hold(req, wait)
	}
}

// hold has a method wait in a channel.
func (w *Workspace) hold(req *Request, how time.Duration) {
	w.waits[req.Method+" "+req.Channel] = wait{req.At, req.At.Add(how)}
}

// Forgive forgets each Retry-After that a client which is killed cannot heed:
// those told since the given time, and those of methods that name no channel,
// which nobody writes down.
func (w *Workspace) Forgive(since time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.waits, func(who string, wait wait) bool { return strings.HasSuffix(who, " ") || !wait.told.Before(since) })
}

// misbehave answers as a fault has it. body is what would have been answered.
func (w *Workspace) misbehave(rw http.ResponseWriter, r *http.Request, f Fault, body answer) {
	switch {
	case f.silent:
		select {
		case <-r.Context().Done():
		case <-w.done:
		}
		panic(http.ErrAbortHandler) // net/http closes the connection, saying nothing
	case f.half:
		whole, _ := json.Marshal(body)
		rw.Header().Set("Content-Type", "application/json; charset=utf-8")
		rw.Header().Set("Content-Length", fmt.Sprint(len(whole)))
		rw.Write(whole[:len(whole)/2])
		if flusher, ok := rw.(http.Flusher); ok {
			flusher.Flush()
		}
		panic(http.ErrAbortHandler)
	case f.status == http.StatusTooManyRequests:
		tooMany(rw, f.retryAfter)
	case f.code != "":
		reply(rw, refuse(f.code))
	case f.forgotten:
		reply(rw, body)
	case f.status == 0:
		panic(http.ErrAbortHandler)
	default:
		rw.Header().Set("Content-Type", "text/html")
		rw.WriteHeader(f.status)
		io.WriteString(rw, f.body)
	}
}

func tooMany(rw http.ResponseWriter, retryAfter string) {
	if retryAfter != "" {
		rw.Header().Set("Retry-After", retryAfter)
	}
	rw.WriteHeader(http.StatusTooManyRequests)
	io.WriteString(rw, `{"ok":false,"error":"ratelimited"}`)
}

func reply(rw http.ResponseWriter, body answer) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(rw).Encode(body)
}

// args are the arguments of a request: strings, or any JSON.
type args map[string]any

// arguments reads a form, a query or a JSON object. refused is non-nil when it
// is none of these.
func arguments(r *http.Request) (list args, token string, refused answer) {
	list = args{}
	defer delete(list, "token") // wherever it stood, the ledger shall not have it
	token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	for name, values := range r.URL.Query() {
		list[name] = values[0]
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return list, token, refuse("request_timeout")
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) > maxBody:
		return list, token, refuse("invalid_arguments", "[ERROR] request too large")
	case len(body) == 0:
	case err != nil && r.Header.Get("Content-Type") == "":
		return list, token, refuse("missing_post_type")
	case params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8"):
		return list, token, refuse("invalid_charset")
	case kind == "application/json":
		if err := json.Unmarshal(body, &list); err != nil {
			return list, token, refuse("invalid_json")
		}
		if _, ok := list["token"]; ok { // with JSON the token goes into the header
			return list, token, refuse("invalid_arguments", "[ERROR] token in a JSON body")
		}
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return list, token, refuse("invalid_form_data")
		}
		for name, values := range form {
			if len(values) > 1 {
				return list, token, refuse("invalid_array_arg")
			}
			list[name] = values[0]
		}
	default:
		return list, token, refuse("invalid_post_type")
	}
	if inForm, ok := list["token"].(string); ok {
		token = inForm
	}
	return list, token, nil
}

// text is a string argument, "" when it is missing or of another type.
func (a args) text(name string) string {
	s, _ := a[name].(string)
	return s
}

// flag is a boolean argument.
func (a args) flag(name string) bool {
	return a[name] == true || a[name] == "true" || a[name] == "1"
}

// number is an integer argument, or the default.
func (a args) number(name string, def int) int {
	n := def
	switch v := a[name].(type) {
	case string:
		fmt.Sscanf(v, "%d", &n)
	case float64:
		n = int(v)
	}
	return n
}

// value is an argument that is JSON, or a string that holds JSON.
func (a args) value(name string) (v any, err error) {
	if s, ok := a[name].(string); ok {
		err = json.Unmarshal([]byte(s), &v)
		return v, err
	}
	return a[name], nil
}

// json is the arguments as an object; what holds JSON is JSON in it.
func (a args) json() json.RawMessage {
	flat := map[string]any{}
	for name, v := range a {
		flat[name] = v
		if name == "blocks" || name == "metadata" {
			if parsed, err := a.value(name); err == nil {
				flat[name] = parsed
			}
		}
	}
	whole, _ := json.Marshal(flat) // it came from JSON or is strings
	return whole
}

// unknown lists the arguments that are not among the known ones.
func (a args) unknown(known []string) []string {
	var names []string
	for name := range a {
		if !slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
