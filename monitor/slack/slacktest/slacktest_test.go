package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// ask makes one form request, as slack-go does.
func ask(t *testing.T, w *Workspace, method string, args map[string]string) map[string]any {
	t.Helper()
	resp, err := w.Client().PostForm("https://slack.example/api/"+method, form(args))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		t.Fatalf("%s: status %d: %v", method, resp.StatusCode, err)
	}
	return body
}

func form(args map[string]string) url.Values {
	form := url.Values{"token": {DefaultToken}}
	for name, value := range args {
		form.Set(name, value)
	}
	return form
}

// says is the outcome of a request: "ok" or its error.
func says(body map[string]any) string { return answer(body).code() }

func post(text string) map[string]string {
	return map[string]string{"channel": "C0ALERTS", "text": text}
}

func TestBlocksAreJudgedAsSlackJudgesThem(t *testing.T) {
	text := func(n int) string { return strings.Repeat("a", n) }
	section := func(n int) string {
		return `{"type":"section","text":{"type":"mrkdwn","text":"` + text(n) + `"}}`
	}
	repeat := func(s string, n int) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	rich := func(s string) string {
		return `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + s + `]}]}]`
	}
	context := func(s string) string { return `[{"type":"context","elements":[` + s + `]}]` }
	button := `{"type":"button","text":{"type":"plain_text","text":"Mute"},"action_id":"%s","value":"%s"}`
	plain := func(n int) string { return `{"type":"plain_text","text":"` + text(n) + `"}` }
	entry := func(value string) string {
		return `{"text":{"type":"plain_text","text":"x"},"value":"` + value + `"}`
	}
	menu := func(kind, rest string) string {
		return `[{"type":"actions","elements":[{"type":"` + kind + `","action_id":"m",` + rest + `}]}]`
	}
	actions := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(button, fmt.Sprint("a", i), "v"))
		}
		return `[{"type":"actions","elements":[` + strings.Join(list, ",") + `]}]`
	}
	for name, test := range map[string]struct {
		blocks string
		want   string
		says   string // part of what Slack says of it
	}{
		"a section":                 {`[` + section(3000) + `]`, "ok", ""},
		"a section too long":        {`[` + section(3001) + `]`, "invalid_blocks", "less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		"an empty section":          {`[{"type":"section","text":{"type":"mrkdwn","text":""}}]`, "invalid_blocks", "more than 0 characters"},
		"a section of nothing":      {`[{"type":"section"}]`, "invalid_blocks", "text or fields"},
		"fields":                    {`[{"type":"section","fields":[` + repeat(`{"type":"plain_text","text":"x"}`, 10) + `]}]`, "ok", ""},
		"too many fields":           {`[{"type":"section","fields":[` + repeat(`{"type":"plain_text","text":"x"}`, 11) + `]}]`, "invalid_blocks", "no more than 10"},
		"a field too long":          {`[{"type":"section","fields":[{"type":"plain_text","text":"` + text(2001) + `"}]}]`, "invalid_blocks", "less than 2001"},
		"an unknown key":            {`[{"type":"divider","colour":"red"}]`, "invalid_blocks", "unknown field: colour"},
		"an unknown block":          {`[{"type":"poem"}]`, "invalid_blocks", "unsupported type: poem"},
		"no type":                   {`[{}]`, "invalid_blocks", "unsupported type"},
		"not an object":             {`["divider"]`, "invalid_blocks", "unsupported type"},
		"50 blocks":                 {`[` + repeat(`{"type":"divider"}`, 50) + `]`, "ok", ""},
		"51 blocks":                 {`[` + repeat(`{"type":"divider"}`, 51) + `]`, "invalid_blocks", "no more than 50"},
		"too much in all":           {`[` + repeat(section(2900), 5) + `]`, "msg_blocks_too_long", ""},
		"not a list":                {`{"type":"divider"}`, "invalid_blocks_format", ""},
		"not JSON":                  {`[{]`, "invalid_blocks_format", ""},
		"a header":                  {`[{"type":"header","text":{"type":"plain_text","text":"` + text(150) + `"}}]`, "ok", ""},
		"a header too long":         {`[{"type":"header","text":{"type":"plain_text","text":"` + text(151) + `"}}]`, "invalid_blocks", "less than 151"},
		"a header in mrkdwn":        {`[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, "invalid_blocks", "must be one of: plain_text"},
		"text as a string":          {`[{"type":"section","text":"x"}]`, "invalid_blocks", "must be an object"},
		"emoji in mrkdwn":           {`[{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}]`, "invalid_blocks", "unknown field: emoji"},
		"verbatim in plain":         {`[{"type":"section","text":{"type":"plain_text","text":"x","verbatim":true}}]`, "invalid_blocks", "unknown field: verbatim"},
		"a string for a flag":       {`[{"type":"section","text":{"type":"plain_text","text":"x","emoji":"no"}}]`, "invalid_blocks", "must be a boolean"},
		"a number for text":         {`[{"type":"section","text":{"type":"plain_text","text":7}}]`, "invalid_blocks", "must be a string"},
		"one id twice":              {`[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]`, "invalid_blocks", "already exists"},
		"an id too long":            {`[{"type":"divider","block_id":"` + text(256) + `"}]`, "invalid_blocks", "less than 256"},
		"10 in a context":           {context(repeat(`{"type":"plain_text","text":"x"}`, 10)), "ok", ""},
		"11 in a context":           {context(repeat(`{"type":"plain_text","text":"x"}`, 11)), "invalid_blocks", "no more than 10"},
		"none in a context":         {context(``), "invalid_blocks", "at least 1 item"},
		"a button in a context":     {context(fmt.Sprintf(button, "a", "v")), "invalid_blocks", "must be one of"},
		"rich text":                 {rich(`{"type":"text","text":"x","style":{"bold":true}},{"type":"link","url":"https://e.example/","text":"y"},{"type":"emoji","name":"red_circle"},{"type":"user","user_id":"U1"},{"type":"usergroup","usergroup_id":"S1"},{"type":"broadcast","range":"here"},{"type":"date","timestamp":1,"format":"{date}","fallback":"x"}`), "ok", ""},
		"empty rich text":           {rich(`{"type":"text","text":""}`), "invalid_blocks", "more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"},
		"an empty rich section":     {rich(``), "invalid_blocks", "at least 1 item"},
		"a style unknown":           {rich(`{"type":"text","text":"x","style":{"loud":true}}`), "invalid_blocks", "unknown field: loud"},
		"a style no flag":           {rich(`{"type":"text","text":"x","style":{"bold":"yes"}}`), "invalid_blocks", "must be a boolean"},
		"a script for a link":       {rich(`{"type":"link","url":"javascript:alert(1)"}`), "invalid_blocks", "valid URL"},
		"a link with a space":       {rich(`{"type":"link","url":"https://e.example/a b"}`), "invalid_blocks", "valid URL"},
		"a broadcast to all":        {rich(`{"type":"broadcast","range":"all"}`), "invalid_blocks", "must be one of: here"},
		"a user by name":            {rich(`{"type":"user","user_id":"boss"}`), "invalid_blocks", "must match"},
		"a date as text":            {rich(`{"type":"date","timestamp":"1","format":"{date}"}`), "invalid_blocks", "must be an integer"},
		"a date without token":      {rich(`{"type":"date","timestamp":1,"format":"today"}`), "invalid_blocks", "must match"},
		"an unknown element":        {rich(`{"type":"marquee"}`), "invalid_blocks", "unsupported type: marquee"},
		"text outside a section":    {`[{"type":"rich_text","elements":[{"type":"text","text":"x"}]}]`, "invalid_blocks", "unsupported type: text"},
		"a list":                    {`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","indent":0,"border":0,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]}]`, "ok", ""},
		"a list with an offset":     {`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"ordered","offset":1,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]}]`, "invalid_blocks", "unknown field: offset"},
		"a list without style":      {`[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]}]`, "invalid_blocks", "missing required field: style"},
		"a list of quotes":          {`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":"x"}]}]}]}]`, "invalid_blocks", "must be a rich_text_section"},
		"25 actions":                {actions(25), "ok", ""},
		"26 actions":                {actions(26), "invalid_blocks", "no more than 25"},
		"one action twice":          {`[{"type":"actions","elements":[` + repeat(fmt.Sprintf(button, "a", "v"), 2) + `]}]`, "invalid_blocks", "action_id already exists"},
		"a value too long":          {`[{"type":"actions","elements":[` + fmt.Sprintf(button, "a", text(2001)) + `]}]`, "invalid_blocks", "less than 2001"},
		"a button disabled":         {`[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"disabled":true}]}]`, "invalid_blocks", "unknown field: disabled"},
		"a menu":                    {`[{"type":"actions","elements":[{"type":"static_select","placeholder":{"type":"plain_text","text":"x"},"options":[{"text":{"type":"plain_text","text":"1 h"},"value":"1"}]}]}]`, "ok", ""},
		"a menu of nothing":         {`[{"type":"actions","elements":[{"type":"static_select","options":[]}]}]`, "invalid_blocks", "at least 1 item"},
		"an overflow menu":          {menu("overflow", `"options":[`+entry("1")+`,`+entry("2")+`]`), "ok", ""},
		"an overflow of one":        {menu("overflow", `"options":[`+entry("1")+`]`), "invalid_blocks", "at least 2 items"},
		"an overflow of six":        {menu("overflow", `"options":[`+entry("1")+`,`+entry("2")+`,`+entry("3")+`,`+entry("4")+`,`+entry("5")+`,`+entry("6")+`]`), "invalid_blocks", "no more than 5"},
		"an entry twice":            {menu("overflow", `"options":[`+entry("1")+`,`+entry("1")+`]`), "invalid_blocks", "value already exists: 1"},
		"an entry too long":         {menu("overflow", `"options":[`+entry("1")+`,`+entry(text(151))+`]`), "invalid_blocks", "less than 151"},
		"an entry in mrkdwn":        {menu("static_select", `"options":[{"text":{"type":"mrkdwn","text":"x"},"value":"1"}]`), "invalid_blocks", "must be one of: plain_text"},
		"groups":                    {menu("static_select", `"option_groups":[{"label":{"type":"plain_text","text":"x"},"options":[`+entry("1")+`]}]`), "ok", ""},
		"a group without a label":   {menu("static_select", `"option_groups":[{"options":[`+entry("1")+`]}]`), "invalid_blocks", "missing required field: label"},
		"groups beside a list":      {menu("static_select", `"options":[`+entry("1")+`],"option_groups":[{"label":{"type":"plain_text","text":"x"},"options":[`+entry("2")+`]}]`), "invalid_blocks", "either options or option_groups"},
		"a first choice of others":  {menu("static_select", `"options":[`+entry("1")+`],"initial_option":`+entry("2")), "invalid_blocks", "one of the options"},
		"an action id too long":     {`[{"type":"actions","elements":[` + fmt.Sprintf(button, text(256), "v") + `]}]`, "invalid_blocks", "less than 256"},
		"a button's words too many": {`[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"` + text(76) + `"}}]}]`, "invalid_blocks", "less than 76"},
		"a question":                {menu("overflow", `"options":[`+entry("1")+`,`+entry("2")+`],"confirm":{"title":`+plain(100)+`,"text":`+plain(300)+`,"confirm":`+plain(30)+`,"deny":`+plain(30)+`}`), "ok", ""},
		"a question too long":       {menu("overflow", `"options":[`+entry("1")+`,`+entry("2")+`],"confirm":{"title":`+plain(101)+`,"text":`+plain(300)+`,"confirm":`+plain(30)+`,"deny":`+plain(30)+`}`), "invalid_blocks", "less than 101"},
		"a question with no answer": {menu("overflow", `"options":[`+entry("1")+`,`+entry("2")+`],"confirm":{"title":`+plain(1)+`,"text":`+plain(1)+`,"confirm":`+plain(1)+`}`), "invalid_blocks", "missing required field: deny"},
		"an accessory":              {`[{"type":"section","text":{"type":"plain_text","text":"x"},"accessory":` + fmt.Sprintf(button, "a", "v") + `}]`, "ok", ""},
		"an image without alt text": {`[{"type":"image","image_url":"https://e.example/x.png"}]`, "invalid_blocks", "missing required field: alt_text"},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWorkspace(Options{})
			args := post("x")
			args["blocks"] = test.blocks
			body := ask(t, w, "chat.postMessage", args)
			if got := says(body); got != test.want {
				t.Errorf("%s, want %s: %v", got, test.want, body)
			}
			if said := fmt.Sprint(body["response_metadata"]); !strings.Contains(said, test.says) {
				t.Errorf("Slack would say %q, this says %s", test.says, said)
			}
			if refused := test.want != "ok"; refused != (len(w.Violations()) == 1) || refused == (len(w.Messages("C0ALERTS")) == 1) {
				t.Errorf("violations %q, messages %d", w.Violations(), len(w.Messages("C0ALERTS")))
			}
		})
	}
}

func TestPostsAreJudgedAsSlackJudgesThem(t *testing.T) {
	channels := []Channel{
		{ID: "C0ALERTS", Name: "news-alerts", Member: true}, {ID: "C0GUEST", Name: "guest"}, {ID: "C0OLD", Name: "old", Member: true, Archived: true},
		{ID: "C0READ", Name: "read", Member: true, ReadOnly: true}, {ID: "G0DESK", Name: "desk", Private: true}, {ID: "G0IN", Name: "in", Private: true, Member: true},
	}
	metadata := func(s string) map[string]string {
		args := post("x")
		args["metadata"] = s
		return args
	}
	to := func(channel string) map[string]string { return map[string]string{"channel": channel, "text": "x"} }
	with := func(name, value string) map[string]string {
		args := post("x")
		args[name] = value
		return args
	}
	for name, test := range map[string]struct {
		args   map[string]string
		scopes []string
		want   string
	}{
		"by ID": {to("C0ALERTS"), nil, "ok"}, "by name": {to("#news-alerts"), nil, "ok"}, "by bare name": {to("news-alerts"), nil, "ok"},
		"nowhere": {to("C0NOWHERE"), nil, "channel_not_found"}, "no channel": {to(""), nil, "channel_not_found"},
		"guest": {to("C0GUEST"), nil, "ok"}, "guest without scope": {to("C0GUEST"), []string{"chat:write"}, "not_in_channel"},
		"archived": {to("C0OLD"), nil, "is_archived"}, "read-only": {to("C0READ"), nil, "restricted_action_read_only_channel"},
		"private": {to("G0DESK"), nil, "channel_not_found"}, "private member": {to("G0IN"), nil, "ok"},
		"no scope": {to("C0ALERTS"), []string{"channels:read"}, "missing_scope"},
		"no text":  {post(""), nil, "no_text"}, "4,000 characters": {post(strings.Repeat("한", 4000)), nil, "ok"}, "4,001": {post(strings.Repeat("a", 4001)), nil, "msg_too_long"},
		"unknown argument": {with("colour", "red"), nil, "invalid_arguments"}, "a flag that is none": {with("unfurl_links", "perhaps"), nil, "invalid_arguments"},
		"thread of none": {with("thread_ts", "1795251900.000100"), nil, "thread_not_found"}, "thread of no ts": {with("thread_ts", "yesterday"), nil, "invalid_thread_ts"},
		"metadata":        {metadata(`{"event_type":"a_b","event_payload":{"key":"x","rev":1,"list":["a"]}}`), nil, "ok"},
		"nested metadata": {metadata(`{"event_type":"a","event_payload":{"key":{"x":1}}}`), nil, "invalid_metadata_schema"},
		"metadata key":    {metadata(`{"event_type":"a","event_payload":{"Key":"x"}}`), nil, "invalid_metadata_schema"},
		"no event type":   {metadata(`{"event_payload":{}}`), nil, "invalid_metadata_schema"}, "empty metadata": {metadata(`{}`), nil, "invalid_metadata_schema"},
		"more metadata": {metadata(`{"event_type":"a","event_payload":{},"entities":[]}`), nil, "invalid_metadata_schema"},
		"metadata list": {metadata(`[]`), nil, "invalid_metadata_format"}, "metadata no JSON": {metadata(`{`), nil, "invalid_metadata_format"},
		"metadata too large": {metadata(`{"event_type":"a","event_payload":{"k":"` + strings.Repeat("x", 9000) + `"}}`), nil, "metadata_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWorkspace(Options{Channels: channels, Scopes: test.scopes})
			if got := says(ask(t, w, "chat.postMessage", test.args)); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestTokensAndBodiesAreChecked(t *testing.T) {
	form, asJSON := "application/x-www-form-urlencoded", "application/json; charset=utf-8"
	for name, test := range map[string]struct {
		kind, token, method, body, want string
	}{
		"token in the form":   {form, "", "auth.test", "token=" + DefaultToken, "ok"},
		"token in the header": {form, DefaultToken, "auth.test", "", "ok"},
		"no token":            {form, "", "auth.test", "", "not_authed"},
		"wrong token":         {form, "xoxb-other", "auth.test", "", "invalid_auth"},
		"JSON":                {asJSON, DefaultToken, "chat.postMessage", `{"channel":"C0ALERTS","text":"x","blocks":[{"type":"divider"}],"unfurl_links":false}`, "ok"},
		"JSON, token inside":  {asJSON, "", "chat.postMessage", `{"token":"` + DefaultToken + `","channel":"C0ALERTS","text":"x"}`, "invalid_arguments"},
		"JSON, text a number": {asJSON, DefaultToken, "chat.postMessage", `{"channel":"C0ALERTS","text":7}`, "invalid_arguments"},
		"JSON that is none":   {asJSON, DefaultToken, "chat.postMessage", `{"channel":`, "invalid_json"},
		"unknown type":        {"text/csv", DefaultToken, "chat.postMessage", "a,b", "invalid_post_type"},
		"no type":             {"", DefaultToken, "chat.postMessage", "a=b", "missing_post_type"},
		"other charset":       {form + "; charset=utf-16", DefaultToken, "chat.postMessage", "a=b", "invalid_charset"},
		"an argument twice":   {form, DefaultToken, "chat.postMessage", "text=a&text=b", "invalid_array_arg"},
		"bad form":            {form, DefaultToken, "chat.postMessage", "text=%zz", "invalid_form_data"},
		"unknown method":      {form, DefaultToken, "chat.shout", "", "unknown_method"},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWorkspace(Options{})
			req, err := http.NewRequest(http.MethodPost, "https://slack.example/api/"+test.method, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.kind != "" {
				req.Header.Set("Content-Type", test.kind)
			}
			if test.token != "" {
				req.Header.Set("Authorization", "Bearer "+test.token)
			}
			resp, err := w.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			var body map[string]any
			if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
				t.Fatal(err)
			}
			if got := says(body); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			for _, r := range w.Requests() {
				if strings.Contains(string(r.Args), DefaultToken) {
					t.Errorf("the ledger holds the token: %s", r.Args)
				}
			}
		})
	}
	t.Run("revoked token", func(t *testing.T) {
		w := NewWorkspace(Options{})
		w.SetRevoked(true)
		if got := says(ask(t, w, "auth.test", nil)); got != "token_revoked" {
			t.Error(got)
		}
	})
}

func TestUpdatesFollowSlacksRules(t *testing.T) {
	w := NewWorkspace(Options{})
	args := post("first")
	args["metadata"] = `{"event_type":"a","event_payload":{"key":"k"}}`
	args["blocks"] = `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]`
	ts := ask(t, w, "chat.postMessage", args)["ts"].(string)
	update := func(extra map[string]string) string {
		args := map[string]string{"channel": "C0ALERTS", "ts": ts}
		for name, value := range extra {
			args[name] = value
		}
		return says(ask(t, w, "chat.update", args))
	}
	for _, step := range []struct {
		name  string
		args  map[string]string
		want  string
		check func(p Posted) bool
	}{
		{"rich text stays rich", map[string]string{"text": "x", "blocks": `[{"type":"divider"}]`}, "block_mismatch", func(p Posted) bool { return p.Text == "first" }},
		{"metadata stays", map[string]string{"text": "second"}, "ok", func(p Posted) bool { return p.Key() == "k" && p.Text == "second" }},
		{"blocks go with text alone", map[string]string{"text": "third"}, "ok", func(p Posted) bool { return p.Blocks == nil }},
		{"metadata goes when empty", map[string]string{"text": "fourth", "metadata": "{}"}, "ok", func(p Posted) bool { return p.Event == "" }},
		{"text too long", map[string]string{"text": strings.Repeat("a", 4001)}, "msg_too_long", func(p Posted) bool { return p.Text == "fourth" && p.Edits() == 3 }},
		{"no such message", map[string]string{"ts": "1.1", "text": "x"}, "message_not_found", nil},
		{"channel by name", map[string]string{"channel": "#news-alerts", "text": "x"}, "channel_not_found", nil},
	} {
		t.Run(step.name, func(t *testing.T) {
			if got := update(step.args); got != step.want {
				t.Errorf("%s, want %s", got, step.want)
			}
			if p := w.Messages("C0ALERTS")[0]; step.check != nil && !step.check(p) {
				t.Errorf("it stands as %+v", p)
			}
		})
	}
}

func TestThreadsHangOnTheirParents(t *testing.T) {
	w := NewWorkspace(Options{Pace: -1, PageSize: 2})
	parent := ask(t, w, "chat.postMessage", post("parent"))["ts"].(string)
	reply := post("reply")
	reply["thread_ts"] = parent
	first := ask(t, w, "chat.postMessage", reply)["ts"].(string)
	for range 3 {
		ask(t, w, "chat.postMessage", reply)
	}
	reply["thread_ts"] = first
	if got := says(ask(t, w, "chat.postMessage", reply)); got != "cannot_reply_to_message" {
		t.Errorf("a reply to a reply: %s", got)
	}
	if body := ask(t, w, "conversations.history", map[string]string{"channel": "C0ALERTS"}); len(body["messages"].([]any)) != 1 {
		t.Errorf("history shows replies: %v", body)
	}
	seen, cursor := 0, ""
	for pages := 0; pages == 0 || cursor != ""; pages++ {
		body := ask(t, w, "conversations.replies", map[string]string{"channel": "C0ALERTS", "ts": parent, "cursor": cursor})
		seen += len(body["messages"].([]any))
		cursor, _ = body["response_metadata"].(map[string]any)["next_cursor"].(string)
	}
	if seen != 5 {
		t.Errorf("the thread shows %d of 5", seen)
	}
	if got := says(ask(t, w, "chat.delete", map[string]string{"channel": "C0ALERTS", "ts": parent})); got != "ok" {
		t.Error(got)
	}
	reply["thread_ts"] = parent
	if got := says(ask(t, w, "chat.postMessage", reply)); got != "thread_not_found" {
		t.Errorf("a reply to what is gone: %s", got)
	}
}

func TestHistoryIsGuarded(t *testing.T) {
	channels := []Channel{{ID: "C0IN", Name: "in", Member: true}, {ID: "C0OUT", Name: "out"}, {ID: "G0IN", Name: "gin", Private: true, Member: true}}
	for name, test := range map[string]struct {
		args   map[string]string
		scopes []string
		want   string
	}{
		"member": {map[string]string{"channel": "C0IN"}, nil, "ok"}, "not a member": {map[string]string{"channel": "C0OUT"}, nil, "not_in_channel"},
		"by name": {map[string]string{"channel": "in"}, nil, "channel_not_found"}, "no scope": {map[string]string{"channel": "C0IN"}, []string{"groups:history"}, "missing_scope"},
		"private, no scope": {map[string]string{"channel": "G0IN"}, []string{"channels:history"}, "missing_scope"},
		"bad cursor":        {map[string]string{"channel": "C0IN", "cursor": "x"}, nil, "invalid_cursor"}, "bad limit": {map[string]string{"channel": "C0IN", "limit": "5000"}, nil, "invalid_limit"},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWorkspace(Options{Channels: channels, Scopes: test.scopes})
			if got := says(ask(t, w, "conversations.history", test.args)); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestChannelsAreListedInPages(t *testing.T) {
	w := NewWorkspace(Options{PageSize: 1, Channels: []Channel{
		{ID: "C1", Name: "a"}, {ID: "C2", Name: "b", Archived: true}, {ID: "G1", Name: "c", Private: true, Member: true}, {ID: "G2", Name: "d", Private: true},
	}})
	list := func(args map[string]string) string {
		var names []string
		for pages := 0; pages == 0 || args["cursor"] != ""; pages++ {
			body := ask(t, w, "conversations.list", args)
			for _, c := range body["channels"].([]any) {
				names = append(names, c.(map[string]any)["name"].(string))
			}
			args["cursor"] = body["response_metadata"].(map[string]any)["next_cursor"].(string)
		}
		return strings.Join(names, " ")
	}
	for types, want := range map[string]string{"": "a b", "public_channel,private_channel": "a b c", "private_channel": "c"} {
		if got := list(map[string]string{"types": types}); got != want {
			t.Errorf("types %q: %s, want %s", types, got, want)
		}
	}
	if got := list(map[string]string{"exclude_archived": "true"}); got != "a" {
		t.Errorf("without archived: %s", got)
	}
	if got := says(ask(t, w, "conversations.info", map[string]string{"channel": "G2"})); got != "channel_not_found" {
		t.Errorf("a private channel of others: %s", got)
	}
}

func TestTheBurstEndsInTooManyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorkspace(Options{Burst: 2})
		try := func() (int, string) {
			resp, err := w.Client().PostForm("https://slack.example/api/chat.postMessage", url.Values{
				"token": {DefaultToken}, "channel": {"C0ALERTS"}, "text": {"x"},
			})
			if err != nil {
				t.Fatal(err)
			}
			return resp.StatusCode, resp.Header.Get("Retry-After")
		}
		for range 2 {
			if status, _ := try(); status != 200 {
				t.Fatalf("status %d within the burst", status)
			}
		}
		if status, wait := try(); status != 429 || wait != "1" {
			t.Errorf("beyond the burst: status %d, Retry-After %q", status, wait)
		}
		if v := w.Violations(); len(v) != 0 {
			t.Errorf("a burst is no violation: %q", v)
		}
		if status, _ := try(); status != 429 || len(w.Violations()) != 1 {
			t.Errorf("asked again at once: status %d, violations %q", status, w.Violations())
		}
		time.Sleep(time.Second)
		if status, _ := try(); status != 200 {
			t.Errorf("status %d after the wait", status)
		}
	})
}

func TestFaultsAnswerAsScriptedAndStoreAsNamed(t *testing.T) {
	for _, test := range []struct {
		fault  Fault
		want   string // "error" of the client, or status and body
		stored int
	}{
		{RateLimited("7"), `429 {"ok":false,"error":"ratelimited"}`, 0},
		{RateLimited(""), `429 {"ok":false,"error":"ratelimited"}`, 0},
		{RateLimited("1000000000"), `429 {"ok":false,"error":"ratelimited"}`, 0},
		{Status(500), "500 <html>", 0},
		{Status(500).Stored(), "500 <html>", 1},
		{Refused("fatal_error"), `200 {"error":"fatal_error","ok":false}`, 0},
		{Refused("internal_error").Stored(), `200 {"error":"internal_error","ok":false}`, 1},
		{Dropped(), "error", 0},
		{Dropped().Stored(), "error", 1},
		{Silent(), "error", 0},
		{Silent().Stored(), "error", 1},
		{Late(time.Minute), "error", 0},
		{Half(), `200 {"channel":`, 1},
		{Page("{}"), "200 {}", 0},
		{Forgotten(), `200 {"channel":"C0ALERTS"`, 0},
	} {
		t.Run(test.fault.String(), func(t *testing.T) {
			server, err := New(Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			inMemory := NewWorkspace(Options{})
			for name, way := range map[string]struct {
				w      *Workspace
				client *http.Client
				url    string
			}{
				"loopback":  {server.Workspace, &http.Client{}, server.URL},
				"in memory": {inMemory, inMemory.Client(), "https://slack.example/api/"},
			} {
				way.client.Timeout = 100 * time.Millisecond
				way.w.Fail("chat.postMessage", test.fault)
				send := func() string {
					resp, err := way.client.PostForm(way.url+"chat.postMessage", url.Values{"token": {DefaultToken}, "channel": {"C0ALERTS"}, "text": {"x"}})
					if err != nil {
						return "error"
					}
					defer resp.Body.Close()
					body, err := io.ReadAll(resp.Body)
					if broken := err != nil; broken != (test.fault.half) && !broken {
						t.Errorf("%s: the body is whole", name)
					}
					return fmt.Sprint(resp.StatusCode, " ", string(body))
				}
				if got := send(); !strings.HasPrefix(got, test.want) {
					t.Errorf("%s: %s, want %s…", name, got, test.want)
				}
				if got := len(way.w.Messages("C0ALERTS")); got != test.stored {
					t.Errorf("%s: %d messages, want %d", name, got, test.stored)
				}
				if r := way.w.Requests(); len(r) != 1 || !r[0].Fault || r[0].Answer != test.fault.String() {
					t.Errorf("%s: the ledger says %+v", name, r)
				}
			}
		})
	}
}

func TestFaultsAreUsedUpInOrder(t *testing.T) {
	w := NewWorkspace(Options{})
	w.Fail("auth.test", Refused("one"), Refused("two"))
	var got []string
	for range 3 {
		got = append(got, says(ask(t, w, "auth.test", nil)))
	}
	if want := []string{"one", "two", "ok"}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestChaosRepeatsItself(t *testing.T) {
	run := func(seed uint64) (list []string) {
		w := NewWorkspace(Options{Pace: -1, Chaos: Chaos{
			Seed: seed, Probability: 0.5, Methods: []string{"chat.postMessage"}, Faults: []Fault{Refused("fatal_error"), Refused("internal_error").Stored()},
		}})
		for range 40 {
			list = append(list, says(ask(t, w, "chat.postMessage", post("x"))))
			if got := says(ask(t, w, "auth.test", nil)); got != "ok" {
				t.Errorf("another method fails: %s", got)
			}
		}
		return list
	}
	first := run(7)
	if again := run(7); !reflect.DeepEqual(first, again) {
		t.Errorf("%v, then %v", first, again)
	}
	if other := run(8); reflect.DeepEqual(first, other) {
		t.Error("another seed draws the same")
	}
}

func TestMessagesCanBeForgottenLater(t *testing.T) {
	w := NewWorkspace(Options{})
	ts := ask(t, w, "chat.postMessage", post("x"))["ts"].(string)
	w.Forget("C0ALERTS", ts)
	if left := w.Messages("C0ALERTS"); len(left) != 0 {
		t.Errorf("still there: %+v", left)
	}
}

func TestEveryTSIsItsOwn(t *testing.T) {
	w := NewWorkspace(Options{Pace: -1, Now: func() time.Time { return time.Unix(1795251900, 0) }})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() { ask(t, w, "chat.postMessage", post("x")) })
	}
	group.Wait()
	seen := map[string]bool{}
	for _, p := range w.Messages("C0ALERTS") {
		seen[p.TS] = true
	}
	if len(seen) != 50 {
		t.Errorf("%d ts for 50 messages", len(seen))
	}
}
