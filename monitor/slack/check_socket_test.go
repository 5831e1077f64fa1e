package slack

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

func TestCheckOfTheAppToken(t *testing.T) {
	for name, test := range map[string]struct {
		token   string // "": the right one
		opts    slacktest.Options
		revoked bool
		want    []string // parts of the fault; nil: none
	}{
		"all well":    {},
		"revoked":     {revoked: true, want: []string{"token_revoked"}},
		"the bot's":   {token: canary, want: []string{"not_allowed_token_type", "xapp-", "connections:write"}},
		"another":     {token: "xapp-1-other", want: []string{"invalid_auth", "xapp-"}},
		"no commands": {opts: slacktest.Options{Scopes: []string{"chat:write"}}, want: []string{"scope commands is missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := pair(test.opts)
			w.SetAppRevoked(test.revoked)
			if test.token == "" {
				test.token = slacktest.DefaultAppToken
			}
			r, err := s.Check(t.Context(), nil, false)
			if err != nil {
				t.Fatal(err)
			}
			r.Faults = nil // of the bot's scopes
			socket := NewSocket(SocketOptions{AppToken: monitor.NewSecret(test.token), APIURL: "http://slack.test/api/", Dial: w.Dial})
			if err := socket.Check(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			said := strings.Join(r.Faults, "\n")
			if (len(test.want) == 0) != r.OK() || len(r.Faults) > 1 || strings.Contains(said, test.token) {
				t.Errorf("faults %q", r.Faults)
			}
			for _, part := range test.want {
				if !strings.Contains(said, part) {
					t.Errorf("%q does not say %q", said, part)
				}
			}
			if opens := name == "all well" || name == "no commands"; r.Socket != opens || strings.Contains(r.String(), "opens Socket Mode") != opens {
				t.Errorf("it opens Socket Mode: %v, and is told so: %q", r.Socket, r)
			}
			if w.Sockets() != 0 {
				t.Error("it opened a socket")
			}
		})
	}
	t.Run("that cannot be asked is an error", func(t *testing.T) {
		w, _ := pair(slacktest.Options{})
		w.Fail("apps.connections.open", slacktest.Dropped())
		socket := NewSocket(SocketOptions{AppToken: monitor.NewSecret(slacktest.DefaultAppToken), APIURL: "http://slack.test/api/", Dial: w.Dial})
		if err := socket.Check(t.Context(), &Report{}); err == nil {
			t.Error("no error")
		}
	})
}

func TestNoErrorOfAConnectionShowsAToken(t *testing.T) {
	const appToken, ticket = "xapp-canary-3a5d", "canary-9e21"
	for name, answer := range map[string]string{
		"refused":            `{"ok":false,"error":"invalid_auth: ` + appToken + `"}`,
		"a host not there":   `{"ok":true,"url":"wss://127.0.0.1:1/link/?ticket=` + ticket + `"}`,
		"no WebSocket":       `{"ok":true,"url":"wss://slack.test/link/?ticket=` + ticket + `"}`,
		"another scheme":     `{"ok":true,"url":"https://slack.test/link/?ticket=` + ticket + `"}`,
		"not secure":         `{"ok":true,"url":"ws://slack.test/link/?ticket=` + ticket + `"}`,
		"a broken address":   `{"ok":true,"url":"wss://slack.test:port/link/?ticket=` + ticket + `"}`,
		"a name in it":       `{"ok":true,"url":"wss://` + ticket + `:x@slack.test/link/"}`,
		"no address":         `{"ok":true}`,
		"an odd answer":      `{"ok":true,"url":7}`,
		"neither yes nor no": `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			socket := NewSocket(SocketOptions{AppToken: monitor.NewSecret(appToken)})
			socket.api.client.Transport = transport(func(req *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: req}, nil
			})
			socket.opts.Dial = slacktest.NewWorkspace(slacktest.Options{}).Dial
			_, err := socket.connect(t.Context())
			if err == nil {
				t.Fatal("it connected")
			}
			if said := err.Error(); strings.Contains(said, appToken) || strings.Contains(said, ticket) {
				t.Errorf("the error says too much: %s", said)
			}
			if _, refused := errors.AsType[*socketRefused](err); refused != (name == "refused") {
				t.Errorf("got %v", err)
			}
		})
	}
}
