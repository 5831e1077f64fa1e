package slacktest

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestALateRequestIsCarriedOutAfterItsClientGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorkspace(Options{Lag: 2 * time.Second})
		w.Fail("chat.postMessage", Late(10*time.Second))
		client := w.Client()
		client.Timeout = 8 * time.Second
		if _, err := client.PostForm("https://slack.example/api/chat.postMessage", form(post("x"))); err == nil {
			t.Error("the client was answered")
		}
		shown := func() int {
			return len(ask(t, w, "conversations.history", map[string]string{"channel": "C0ALERTS"})["messages"].([]any))
		}
		if n := shown(); n != 0 {
			t.Errorf("%d messages after 8 s", n)
		}
		time.Sleep(3 * time.Second)
		if n := shown(); n != 0 {
			t.Errorf("history does not lag: %d messages after 11 s", n)
		}
		time.Sleep(2 * time.Second)
		if n := shown(); n != 1 {
			t.Errorf("%d messages after 13 s", n)
		}
	})
}

func TestOthersMessagesCannotBeTouched(t *testing.T) {
	w := NewWorkspace(Options{})
	ts := w.Say("#news-alerts", Posted{Text: "Good morning"})
	for method, want := range map[string]string{"chat.update": "cant_update_message", "chat.delete": "cant_delete_message"} {
		args := map[string]string{"channel": "C0ALERTS", "ts": ts}
		if method == "chat.update" {
			args["text"] = "changed"
		}
		if got := says(ask(t, w, method, args)); got != want {
			t.Errorf("%s: %s, want %s", method, got, want)
		}
	}
	list := ask(t, w, "conversations.history", map[string]string{"channel": "C0ALERTS"})["messages"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["bot_id"] != nil || list[0].(map[string]any)["user"] != "U0READER" {
		t.Errorf("history shows %v", list)
	}
}

func TestTheLedgerKeepsWhatWasDeleted(t *testing.T) {
	w := NewWorkspace(Options{})
	ts := ask(t, w, "chat.postMessage", post("x"))["ts"].(string)
	if got := says(ask(t, w, "chat.delete", map[string]string{"channel": "C0ALERTS", "ts": ts})); got != "ok" {
		t.Fatal(got)
	}
	if all, left := w.Ledger("C0ALERTS"), w.Messages("C0ALERTS"); len(all) != 1 || !all[0].Deleted || len(left) != 0 {
		t.Errorf("the ledger has %d, the channel shows %d", len(all), len(left))
	}
	if got := says(ask(t, w, "chat.delete", map[string]string{"channel": "C0ALERTS", "ts": ts})); got != "message_not_found" {
		t.Errorf("deleted twice: %s", got)
	}
}

func TestARefusingWorkspaceTakesNothingUntilItRelents(t *testing.T) {
	for name, set := range map[string]func(w *Workspace, on bool){
		"token_revoked": (*Workspace).SetRevoked,
		"is_archived": func(w *Workspace, on bool) {
			w.SetChannel(Channel{ID: "C0ALERTS", Name: "news-alerts", Member: true, Archived: on})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWorkspace(Options{})
			set(w, true)
			if got := says(ask(t, w, "chat.postMessage", post("x"))); got != name {
				t.Errorf("%s, want %s", got, name)
			}
			set(w, false)
			if got := says(ask(t, w, "chat.postMessage", post("x"))); got != "ok" || len(w.Ledger("C0ALERTS")) != 1 {
				t.Errorf("%s afterwards, %d messages", got, len(w.Ledger("C0ALERTS")))
			}
		})
	}
}

func TestAForgivenRetryAfterIsNoViolation(t *testing.T) {
	for name, test := range map[string]struct {
		since time.Duration // from the answer that asks to wait
		want  int           // violations
	}{"told since": {-time.Second, 0}, "told before": {time.Millisecond, 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := NewWorkspace(Options{})
				w.Fail("chat.postMessage", RateLimited("30"))
				asked := time.Now()
				ask(t, w, "chat.postMessage", post("x"))
				w.Forgive(asked.Add(test.since))
				ask(t, w, "chat.postMessage", post("x"))
				if bad := w.Violations(); len(bad) != test.want {
					t.Errorf("violations: %q", bad)
				}
			})
		})
	}
}
