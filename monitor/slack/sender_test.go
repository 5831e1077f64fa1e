package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// canary is a token that no error may show.
const canary = "xoxb-canary-7c1f"

// pair is a workspace and a sender to it, with no network between.
func pair(opts slacktest.Options) (*slacktest.Workspace, *Sender) {
	opts.Token = canary
	w := slacktest.NewWorkspace(opts)
	return w, New(Options{Token: monitor.NewSecret(canary), HTTPClient: w.Client()})
}

func outgoing(key string) monitor.Outgoing {
	return monitor.Outgoing{Channel: "C0ALERTS", Kind: monitor.KindAlert, Key: key, Rev: 1, Content: launch()}
}

func TestPostIsShownOnceWithoutPreviews(t *testing.T) {
	w, s := pair(slacktest.Options{})
	out := outgoing("k1")
	out.Channel = "#news-alerts"
	receipt, err := s.Post(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	shown := w.Messages("#news-alerts")
	if len(shown) != 1 || receipt != (monitor.Receipt{Channel: "C0ALERTS", TS: shown[0].TS}) {
		t.Fatalf("receipt %+v for %+v", receipt, shown)
	}
	args := string(shown[0].Requests[0].Args)
	for _, want := range []string{`"unfurl_links":"false"`, `"unfurl_media":"false"`, `"parse":"none"`} {
		if !strings.Contains(args, want) {
			t.Errorf("the request lacks %s: %s", want, args)
		}
	}
	if len(w.Requests()) != 1 {
		t.Errorf("%d requests for one post", len(w.Requests()))
	}
}

func TestPostRepliesInTheThread(t *testing.T) {
	w, s := pair(slacktest.Options{})
	parent, err := s.Post(t.Context(), outgoing("k1"))
	if err != nil {
		t.Fatal(err)
	}
	reply := outgoing("k2")
	reply.Kind, reply.Thread = monitor.KindReply, parent.TS
	if _, err := s.Post(t.Context(), reply); err != nil {
		t.Fatal(err)
	}
	if got := w.Messages("C0ALERTS")[1].Thread; got != parent.TS {
		t.Errorf("thread %q, want %q", got, parent.TS)
	}
}

func TestPostUpdatesTheMessageThatStands(t *testing.T) {
	for name, plain := range map[string]bool{"as blocks": false, "as plain text": true} {
		t.Run(name, func(t *testing.T) {
			w, s := pair(slacktest.Options{})
			receipt, err := s.Post(t.Context(), outgoing("k1"))
			if err != nil {
				t.Fatal(err)
			}
			change := outgoing("k1")
			change.TS, change.Rev, change.Plain, change.Content.Also = receipt.TS, 2, plain, []string{"Other"}
			updated, err := s.Post(t.Context(), change)
			if err != nil {
				t.Fatal(err)
			}
			shown := w.Messages("C0ALERTS")
			if updated != receipt || len(shown) != 1 || shown[0].Edits() != 1 {
				t.Fatalf("updated %+v, shown %+v", updated, shown)
			}
			if !strings.Contains(shown[0].Text, "also: Other") || shown[0].Payload["rev"] != 2.0 || (shown[0].Blocks == nil) != plain {
				t.Errorf("shown %+v", shown[0])
			}
		})
	}
}

func TestUpdateFindsTheChannelOfAName(t *testing.T) {
	w, s := pair(slacktest.Options{PageSize: 1})
	receipt, err := s.Post(t.Context(), outgoing("k1"))
	if err != nil {
		t.Fatal(err)
	}
	_, fresh := w, New(Options{Token: monitor.NewSecret(canary), HTTPClient: w.Client()})
	change := outgoing("k1")
	change.Channel, change.TS = "#news-alerts", receipt.TS
	for range 2 {
		if _, err := fresh.Post(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	lists := 0
	for _, r := range w.Requests() {
		if r.Method == "conversations.list" {
			lists++
		}
	}
	if lists != 1 {
		t.Errorf("channels were listed %d times, want once", lists)
	}
}

// verdictOf names the type of an error as the worker sees it.
func verdictOf(err error) string {
	if err == nil {
		return "done"
	}
	if e, ok := errors.AsType[*monitor.RateLimited](err); ok {
		return "limited " + e.RetryAfter.String()
	}
	if _, ok := errors.AsType[*monitor.ChannelRefused](err); ok {
		return "channel"
	}
	if _, ok := errors.AsType[*monitor.MessageRefused](err); ok {
		return "message"
	}
	if _, ok := errors.AsType[*monitor.ThreadGone](err); ok {
		return "gone"
	}
	if _, ok := errors.AsType[*monitor.NotSent](err); ok {
		return "not sent"
	}
	if errors.Is(err, monitor.ErrNoHistory) {
		return "no history"
	}
	return "unknown"
}

func TestPostThatFindsNobodyIsNotSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	s := New(Options{Token: monitor.NewSecret("xoxb-canary"), APIURL: "http://" + address + "/api/"})
	_, err = s.Post(t.Context(), outgoing("k"))
	if got := verdictOf(err); got != "not sent" {
		t.Errorf("%s (%v), want not sent", got, err)
	}
	if strings.Contains(err.Error(), "canary") {
		t.Error("the error holds the token")
	}
}

func TestPostTellsARefusalFromAnUnknownOutcome(t *testing.T) {
	for want, codes := range map[string]string{
		"limited 30s": "ratelimited rate_limited message_limit_exceeded",
		"channel": `channel_not_found not_in_channel is_archived restricted_action restricted_action_read_only_channel
			restricted_action_thread_only_channel restricted_action_non_threadable_channel restricted_action_of_the_future
			invalid_auth not_authed account_inactive token_revoked token_expired missing_scope no_permission ekm_access_denied
			org_login_required team_access_not_granted team_added_to_org access_denied not_allowed_token_type
			channel_type_not_supported messages_tab_disabled is_inactive accesslimited two_factor_setup_required unknown_method`,
		"message": `invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long no_text invalid_arguments invalid_arg_name
			too_many_attachments invalid_attachments invalid_metadata_format invalid_metadata_schema metadata_too_large
			metadata_must_be_sent_from_app markdown_text_conflict block_mismatch invalid_charset invalid_form_data edit_window_closed cant_update_message a_code_of_the_future`,
		"gone":    "thread_not_found message_not_found cannot_reply_to_message restricted_action_thread_locked",
		"unknown": "fatal_error internal_error service_unavailable request_timeout update_failed",
	} {
		for code := range strings.FieldsSeq(codes) {
			t.Run(code, func(t *testing.T) {
				w, s := pair(slacktest.Options{})
				w.Fail("chat.postMessage", slacktest.Refused(code))
				_, err := s.Post(t.Context(), outgoing("k"))
				if got := verdictOf(err); got != want {
					t.Errorf("%s: %s (%v), want %s", code, got, err, want)
				}
				if !strings.HasPrefix(want, "limited") && !strings.Contains(err.Error(), code) {
					t.Errorf("the error does not say %s: %v", code, err)
				}
				w.Fail("chat.update", slacktest.Refused(code))
				change := outgoing("k")
				change.TS = "1795251900.000100"
				if _, err := s.Post(t.Context(), change); verdictOf(err) != want {
					t.Errorf("%s of an update: %v, want %s", code, err, want)
				}
			})
		}
	}
}

func TestPostTakesNoBrokenAnswerForAnOutcome(t *testing.T) {
	for name, test := range map[string]struct {
		fault  slacktest.Fault
		want   string
		stored int
	}{
		"500":                {slacktest.Status(500), "unknown", 0},
		"500, stored":        {slacktest.Status(500).Stored(), "unknown", 1},
		"503":                {slacktest.Status(503), "unknown", 0},
		"408":                {slacktest.Status(408), "unknown", 0},
		"302":                {slacktest.Status(302), "channel", 0},
		"403":                {slacktest.Status(403), "channel", 0},
		"404":                {slacktest.Status(404), "channel", 0},
		"413":                {slacktest.Status(413), "message", 0},
		"dropped":            {slacktest.Dropped(), "unknown", 0},
		"dropped, stored":    {slacktest.Dropped().Stored(), "unknown", 1},
		"half a JSON":        {slacktest.Half(), "unknown", 1},
		"empty object":       {slacktest.Page("{}"), "unknown", 0},
		"ok with nothing":    {slacktest.Page(`{"ok":true}`), "unknown", 0},
		"no, without a why":  {slacktest.Page(`{"ok":false}`), "unknown", 0},
		"HTML":               {slacktest.Page("<html>"), "unknown", 0},
		"nothing":            {slacktest.Page(""), "unknown", 0},
		"null":               {slacktest.Page("null"), "unknown", 0},
		"error stored":       {slacktest.Refused("internal_error").Stored(), "unknown", 1},
		"ok, and forgotten":  {slacktest.Forgotten(), "done", 0},
		"JSON of other type": {slacktest.Page(`{"ok":true,"ts":7,"channel":[]}`), "unknown", 0},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := pair(slacktest.Options{})
			w.Fail("chat.postMessage", test.fault)
			_, err := s.Post(t.Context(), outgoing("k"))
			if got := verdictOf(err); got != test.want {
				t.Errorf("%s (%v), want %s", got, err, test.want)
			}
			if got := len(w.Messages("C0ALERTS")); got != test.stored {
				t.Errorf("%d messages stand, want %d", got, test.stored)
			}
			if got := len(w.Requests()); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
}

func TestPostWaitsAsSlackSays(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"1": time.Second, "30": 30 * time.Second, "120": 2 * time.Minute, "": defaultRetryAfter, "soon": defaultRetryAfter, "NaN": defaultRetryAfter,
		"0": time.Second, "1.5": 1500 * time.Millisecond, "3600": time.Hour,
		"3601": defaultRetryAfter, "-5": defaultRetryAfter, "1000000000": defaultRetryAfter, "99999999999999999999999": defaultRetryAfter,
		"Wed, 21 Oct 1998 07:28:00 GMT": defaultRetryAfter, "Wed, 21 Oct 2998 07:28:00 GMT": defaultRetryAfter, "+Inf": defaultRetryAfter,
	} {
		t.Run(header, func(t *testing.T) {
			w, s := pair(slacktest.Options{})
			w.Fail("chat.postMessage", slacktest.RateLimited(header))
			_, err := s.Post(t.Context(), outgoing("k"))
			if got := verdictOf(err); got != "limited "+want.String() {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func TestPostGivesUpOnSilence(t *testing.T) {
	for name, fault := range map[string]slacktest.Fault{"not stored": slacktest.Silent(), "stored": slacktest.Silent().Stored()} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, s := pair(slacktest.Options{})
				w.Fail("chat.postMessage", fault)
				began := time.Now()
				_, err := s.Post(t.Context(), outgoing("k"))
				if took := time.Since(began); took != DefaultLimit {
					t.Errorf("gave up after %s, want %s", took, DefaultLimit)
				}
				if verdictOf(err) != "unknown" || !strings.Contains(err.Error(), "no answer within 8s") {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestPostEndsWithItsContext(t *testing.T) {
	w, s := pair(slacktest.Options{})
	w.Fail("chat.postMessage", slacktest.Silent())
	stop := errors.New("the worker stops")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(time.Millisecond, func() { cancel(stop) })
	if _, err := s.Post(ctx, outgoing("k")); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

func TestErrorsShowNoSecretAndNoAddress(t *testing.T) {
	faults := append(slacktest.EveryFault(), slacktest.Refused(canary), slacktest.Page(`{"ok":false,"error":"`+canary+`"}`), slacktest.Status(404))
	for i, fault := range faults {
		t.Run(fmt.Sprint(i, " ", fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, s := pair(slacktest.Options{})
				for _, method := range []string{"chat.postMessage", "chat.update", "conversations.history", "auth.test"} {
					w.Fail(method, fault)
				}
				change := outgoing("k")
				change.TS = "1795251900.000100"
				_, err1 := s.Post(t.Context(), outgoing("k"))
				_, err2 := s.Post(t.Context(), change)
				_, err3 := s.Look(t.Context(), "C0ALERTS", "", time.Now(), []string{"k"})
				r, err4 := s.Check(t.Context(), nil, false)
				for _, said := range []string{fmt.Sprintf("%v %+v %#v", err1, err1, err1), fmt.Sprint(err2), fmt.Sprint(err3), fmt.Sprint(err4, r)} {
					if strings.Contains(said, canary) || strings.Contains(said, "https://slack.com") {
						t.Errorf("the error says too much: %s", said)
					}
				}
			})
		})
	}
	t.Run("refused connection", func(t *testing.T) {
		s := New(Options{Token: monitor.NewSecret(canary), APIURL: "http://" + canary + ".invalid/api/"})
		_, err := s.Post(t.Context(), outgoing("k"))
		if err == nil || strings.Contains(err.Error(), canary) || verdictOf(err) != "not sent" {
			t.Errorf("got %v", err)
		}
	})
}

func TestTheTokenFollowsNoRedirect(t *testing.T) {
	asked := 0
	client := &http.Client{Transport: transport(func(req *http.Request) (*http.Response, error) {
		asked++
		return &http.Response{
			StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"https://elsewhere.example/"}}, Body: http.NoBody, Request: req,
		}, nil
	})}
	_, err := New(Options{Token: monitor.NewSecret(canary), HTTPClient: client}).Post(t.Context(), outgoing("k"))
	if verdictOf(err) != "channel" || asked != 1 {
		t.Errorf("%d requests, %v", asked, err)
	}
	if client.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestPostOverRealConnections(t *testing.T) {
	server, err := slacktest.New(slacktest.Options{Token: canary})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	s := New(Options{Token: monitor.NewSecret(canary), APIURL: strings.TrimSuffix(server.URL, "/"), Limit: 200 * time.Millisecond})
	for i, test := range []struct {
		fault slacktest.Fault
		want  string
	}{
		{slacktest.Dropped(), "unknown"}, {slacktest.Dropped().Stored(), "unknown"}, {slacktest.Half(), "unknown"}, {slacktest.Silent(), "unknown"},
		{slacktest.RateLimited("7"), "limited 7s"},
	} {
		server.Fail("chat.postMessage", test.fault)
		_, err := s.Post(t.Context(), outgoing(fmt.Sprint("k", i)))
		if got := verdictOf(err); got != test.want {
			t.Errorf("%s: %s (%v), want %s", test.fault, got, err, test.want)
		}
	}
	if got := len(server.Requests()); got != 5 {
		t.Errorf("%d requests for 5 posts: something tried again", got)
	}
}
