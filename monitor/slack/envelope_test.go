package slack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"newswatch/monitor/slack/slacktest"
)

// clicked is a click as Slack sends it, changed in places.
func clicked(t *testing.T, change func(map[string]any)) envelope {
	t.Helper()
	payload := map[string]any{
		"type": "block_actions", "trigger_id": "1.2.abc", "response_url": "https://hooks.slack.com/actions/T0/1/2",
		"user": map[string]any{"id": "U0READER"}, "channel": map[string]any{"id": "C0ALERTS"},
		"container": map[string]any{"type": "message", "channel_id": "C0ALERTS", "message_ts": "1795251900.000100"},
		"message":   map[string]any{"ts": "1795251900.000100", "blocks": []any{map[string]any{"block_id": "nw:K:1:7"}}},
		"actions":   []any{map[string]any{"action_id": "relevant", "value": "v", "action_ts": "1795251960.123456"}},
	}
	if change != nil {
		change(payload)
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	return envelope{Type: "interactive", ID: "e1", Payload: raw}
}

func action(payload map[string]any) map[string]any {
	return payload["actions"].([]any)[0].(map[string]any)
}

func TestClickIsRead(t *testing.T) {
	e := clicked(t, nil)
	got, err := e.errand(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if got.Key != "K:1" || got.TS != "1795251900.000100" || !got.At.Equal(time.UnixMicro(1795251960_123456)) || got.answerTo != "https://hooks.slack.com/actions/T0/1/2" {
		t.Errorf("got %+v", got)
	}
	t.Run("with its key in the metadata", func(t *testing.T) {
		got, err := clicked(t, func(p map[string]any) {
			p["message"] = map[string]any{"metadata": map[string]any{"event_type": event, "event_payload": map[string]any{"key": "K2"}}}
		}).errand(time.Now())
		if err != nil || got.Key != "K2" {
			t.Errorf("key %q, %v", got.Key, err)
		}
	})
	t.Run("of what one person is shown, without a key", func(t *testing.T) {
		got, err := clicked(t, func(p map[string]any) { delete(p, "message") }).errand(time.Now())
		if err != nil || got.Key != "" || got.TS == "" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestClicksAreTheSameOrNot(t *testing.T) {
	id := func(change func(map[string]any)) string {
		t.Helper()
		e, err := clicked(t, change).errand(time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return e.ID
	}
	first := id(nil)
	for name, change := range map[string]func(map[string]any){
		"of another trigger":   func(p map[string]any) { p["trigger_id"] = "9.9.x" },
		"with another address": func(p map[string]any) { p["response_url"] = "https://hooks.slack.com/actions/T0/8/9" },
	} {
		if id(change) != first {
			t.Errorf("%s: another click", name)
		}
	}
	for name, change := range map[string]func(map[string]any){
		"at another time":    func(p map[string]any) { action(p)["action_ts"] = "1795251960.123457" },
		"by somebody else":   func(p map[string]any) { p["user"] = map[string]any{"id": "U0OTHER"} },
		"on another message": func(p map[string]any) { p["container"].(map[string]any)["message_ts"] = "1795251900.000200" },
		"on another button":  func(p map[string]any) { action(p)["action_id"] = "why" },
		"of another entry":   func(p map[string]any) { action(p)["value"] = "w" },
		"without a time":     func(p map[string]any) { delete(action(p), "action_ts") },
	} {
		if id(change) == first {
			t.Errorf("%s: the same click", name)
		}
	}
}

func TestForgedClicksAreRefused(t *testing.T) {
	for name, change := range map[string]func(map[string]any){
		"no user":             func(p map[string]any) { delete(p, "user") },
		"a name for a user":   func(p map[string]any) { p["user"] = map[string]any{"id": "boss"} },
		"a mention":           func(p map[string]any) { p["user"] = map[string]any{"id": "U0> <!channel"} },
		"a user without end":  func(p map[string]any) { p["user"] = map[string]any{"id": "U" + strings.Repeat("A", 1000)} },
		"a channel's name":    func(p map[string]any) { p["channel"] = map[string]any{"id": "#news"} },
		"no message":          func(p map[string]any) { delete(p, "container"); delete(p, "message") },
		"a ts that is none":   func(p map[string]any) { p["container"].(map[string]any)["message_ts"] = "1' or 1=1" },
		"no action's name":    func(p map[string]any) { delete(action(p), "action_id") },
		"a value without end": func(p map[string]any) { action(p)["value"] = strings.Repeat("x", 2001) },
		"a key without end": func(p map[string]any) {
			p["message"] = map[string]any{"blocks": []any{map[string]any{"block_id": "nw:" + strings.Repeat("K", 300) + ":1"}}}
		},
		"no actions":      func(p map[string]any) { p["actions"] = []any{} },
		"another type":    func(p map[string]any) { p["type"] = "view_submission" },
		"actions as text": func(p map[string]any) { p["actions"] = "relevant" },
	} {
		t.Run(name, func(t *testing.T) {
			if e, err := clicked(t, change).errand(time.Now()); err == nil {
				t.Errorf("taken as %+v", e)
			}
		})
	}
}

func TestCommandsAreReadAsTyped(t *testing.T) {
	for sent, want := range map[string]string{
		"status":                     "status",
		"  test  a b ":               "test  a b",
		"test &lt;b&gt; &amp;amp; c": "test <b> &amp; c",
		"test <https://example.org/a?b=1&amp;c=2>": "test https://example.org/a?b=1&c=2",
		"test <https://example.org/|example.org>":  "test https://example.org/",
		"test 위성 발사":                               "test 위성 발사",
		"":                                         "",
		"test " + strings.Repeat("발사", 5000):       "test " + strings.Repeat("발사", 5000),
	} {
		raw, err := json.Marshal(map[string]string{"user_id": "U0READER", "channel_id": "D0HOME", "text": sent, "trigger_id": "1.2"})
		if err != nil {
			t.Fatal(err)
		}
		e, err := envelope{Type: "slash_commands", ID: "e1", Payload: raw}.errand(time.Now())
		if err != nil || e.Text != want || !e.Command {
			t.Errorf("%q is read as %q, want %q (%v)", sent, e.Text, want, err)
		}
	}
}

// FuzzEnvelope: whatever Slack is said to have sent, what gets to the desk has
// its proper form, and the same again is the same request.
func FuzzEnvelope(f *testing.F) {
	w := slacktest.NewWorkspace(slacktest.Options{})
	w.Command("U0READER", "C0ALERTS", "test <a> & b")
	w.Click("U0READER", "C0ALERTS", w.Say("C0ALERTS", slacktest.Posted{
		Blocks: []byte(`[{"type":"actions","block_id":"nw:K:1","elements":[{"type":"button","action_id":"go","value":"1"}]}]`),
	}), "go", "1")
	for _, d := range w.Deliveries() {
		f.Add(`{"type":"`+d.Type+`","envelope_id":"e","payload":`+string(d.Payload)+`}`, int64(0))
	}
	f.Add(`{"type":"disconnect","reason":"warning"}`, int64(1))
	f.Fuzz(func(t *testing.T, message string, now int64) {
		var e envelope
		if json.Unmarshal([]byte(message), &e) != nil {
			return
		}
		got, err := e.errand(time.UnixMilli(now))
		if err != nil {
			return
		}
		if got.ID == "" || !isPlace(got.User, got.Channel) || len(got.Value) > maxButton ||
			got.Command == (got.Act != "") || !got.Command && !stampForm.MatchString(got.TS) {
			t.Fatalf("%q became %+v", message, got)
		}
		if again, _ := e.errand(time.UnixMilli(now)); again != got {
			t.Fatalf("%+v, and again %+v", got, again)
		}
	})
}
