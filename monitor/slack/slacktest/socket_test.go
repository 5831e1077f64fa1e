package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// A client is the simplest there is: it acknowledges when a test has it do so.
type client struct {
	t    *testing.T
	w    *Workspace
	conn *websocket.Conn
}

// connect opens a socket and reads its greeting.
func connect(t *testing.T, w *Workspace) *client {
	t.Helper()
	c := &client{t: t, w: w}
	conn, resp, err := dial(t, w, ticket(t, w))
	if err != nil {
		t.Fatalf("%v: %v", err, resp)
	}
	c.conn = conn
	if got := c.read()["type"]; got != "hello" {
		t.Fatalf("greeted with %v", got)
	}
	synctest.Wait()
	return c
}

func dial(t *testing.T, w *Workspace, address string) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{NetDialContext: w.Dial}
	return dialer.DialContext(t.Context(), address, nil)
}

// ticket is the address of one socket.
func ticket(t *testing.T, w *Workspace) string {
	t.Helper()
	body := open(t, w, "Bearer "+DefaultAppToken, "")
	if says(body) != "ok" {
		t.Fatal(body)
	}
	return body["url"].(string)
}

// open asks for the address of a socket.
func open(t *testing.T, w *Workspace, header, form string) map[string]any {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://slack.test/api/apps.connections.open", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if header != "" {
		req.Header.Set("Authorization", header)
	}
	resp, err := w.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body
}

// read reads a message.
func (c *client) read() map[string]any {
	c.t.Helper()
	var message map[string]any
	if err := c.conn.ReadJSON(&message); err != nil {
		c.t.Fatal(err)
	}
	return message
}

func (c *client) write(message string) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		c.t.Fatal(err)
	}
	synctest.Wait()
}

func (c *client) acknowledge(envelope string) { c.write(`{"envelope_id":"` + envelope + `"}`) }

// say lets a message with a button stand in the channel.
func say(w *Workspace) string {
	return w.Say("C0ALERTS", Posted{Blocks: []byte(`[{"type":"actions","block_id":"b","elements":[
		{"type":"button","action_id":"go","value":"1","text":{"type":"plain_text","text":"Go"}}]}]`)})
}

// deliver has an envelope sent and read.
func (c *client) deliver() string {
	c.t.Helper()
	ts := say(c.w)
	sent := make(chan string, 1)
	go func() { sent <- c.w.Click("U0READER", "C0ALERTS", ts, "go", "1") }()
	if got := c.read(); got["type"] != "interactive" {
		c.t.Fatalf("got %v", got)
	}
	return <-sent
}

func TestAcknowledgementsAreWatched(t *testing.T) {
	for name, test := range map[string]struct {
		do   func(c *client)
		want string // of the violation; "": none
	}{
		"in time": {func(c *client) { c.acknowledge(c.deliver()) }, ""},
		"too late": {func(c *client) {
			c.deliver()
			time.Sleep(4 * time.Second)
		}, "not acknowledged within 3s"},
		"twice": {func(c *client) {
			envelope := c.deliver()
			c.acknowledge(envelope)
			c.acknowledge(envelope)
		}, "acknowledges again"},
		"of nothing":     {func(c *client) { c.acknowledge("envelope-9999") }, "acknowledges what was not sent"},
		"of no envelope": {func(c *client) { c.write(`{"type":"hello"}`) }, "is no acknowledgement"},
		"not JSON":       {func(c *client) { c.write(`ok`) }, "is no acknowledgement"},
		"with an answer": {func(c *client) { c.write(`{"envelope_id":"` + c.deliver() + `","payload":{"text":"x"}}`) }, "carries an answer"},
		"over another socket": {func(c *client) {
			envelope := c.deliver()
			c.acknowledge(envelope)
			other := connect(c.t, c.w)
			defer other.conn.Close()
			go c.w.Resend(envelope)
			other.read()
			c.acknowledge(envelope)
		}, "over another socket"},
		"when the socket has ended": {func(c *client) {
			c.deliver()
			c.w.CloseSockets()
			time.Sleep(4 * time.Second)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := NewWorkspace(Options{})
				c := connect(t, w)
				test.do(c)
				got := w.Violations()
				if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)) {
					t.Errorf("violations %q, want %q", got, test.want)
				}
				c.conn.Close()
			})
		})
	}
}

func TestOnlyWhatIsShownCanBeClicked(t *testing.T) {
	w := NewWorkspace(Options{})
	ts := say(w)
	for name, click := range map[string]func() string{
		"another value":   func() string { return w.Click("U0READER", "C0ALERTS", ts, "go", "2") },
		"another action":  func() string { return w.Click("U0READER", "C0ALERTS", ts, "stop", "1") },
		"another message": func() string { return w.Click("U0READER", "C0ALERTS", "1.000000", "go", "1") },
		"another channel": func() string { return w.Click("U0READER", "C0OPS", ts, "go", "1") },
	} {
		before := len(w.Violations())
		if envelope := click(); envelope != "" || len(w.Violations()) != before+1 {
			t.Errorf("%s: %q, violations %q", name, envelope, w.Violations())
		}
	}
	if len(w.Deliveries()) != 0 {
		t.Error("something was sent")
	}
}

func TestOpeningIsGuarded(t *testing.T) {
	for name, test := range map[string]struct {
		header, form, want string
		revoked            bool
	}{
		"the app-level token":  {header: "Bearer " + DefaultAppToken, want: "ok"},
		"the bot's":            {header: "Bearer " + DefaultToken, want: "not_allowed_token_type"},
		"in the form":          {form: "token=" + DefaultAppToken, want: "invalid_auth"},
		"another":              {header: "Bearer xapp-1-other", want: "invalid_auth"},
		"revoked":              {header: "Bearer " + DefaultAppToken, revoked: true, want: "token_revoked"},
		"none":                 {header: "Bearer ", want: "not_authed"},
		"with other arguments": {header: "Bearer " + DefaultAppToken, form: "channel=C0ALERTS", want: "invalid_arguments"},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWorkspace(Options{})
			w.SetAppRevoked(test.revoked)
			if got := says(open(t, w, test.header, test.form)); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
	if got := says(ask(t, NewWorkspace(Options{}), "auth.test", map[string]string{"token": DefaultAppToken})); got != "not_allowed_token_type" {
		t.Errorf("the app-level token for another method: %s", got)
	}
}

func TestTicketsOpenOneSocketOnceAndSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorkspace(Options{})
		address := ticket(t, w)
		conn, _, err := dial(t, w, address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, _, err := dial(t, w, address); err == nil {
			t.Error("a ticket opened two sockets")
		}
		address = ticket(t, w)
		time.Sleep(time.Minute)
		if _, _, err := dial(t, w, address); err == nil {
			t.Error("an old ticket opened a socket")
		}
		if n := len(w.Violations()); n != 2 {
			t.Errorf("violations %q", w.Violations())
		}
	})
}

func TestTenSocketsAreTheMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorkspace(Options{})
		for range 10 {
			c := connect(t, w)
			defer c.conn.Close()
		}
		conn, _, err := dial(t, w, ticket(t, w))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		over := &client{t: t, w: w, conn: conn}
		if got := over.read(); got["reason"] != "too_many_websockets" || w.Sockets() != 10 {
			t.Errorf("got %v, %d sockets", got, w.Sockets())
		}
	})
}

func TestOpeningHasItsPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorkspace(Options{})
		for range opensBurst {
			ticket(t, w)
		}
		resp, err := w.Client().Do(mustOpen(t))
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "3" {
			t.Errorf("status %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
		}
		time.Sleep(3 * time.Second)
		ticket(t, w)
		if n := len(w.Violations()); n != 0 {
			t.Errorf("violations %q", w.Violations())
		}
	})
}

func mustOpen(t *testing.T) *http.Request {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://slack.test/api/apps.connections.open", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+DefaultAppToken)
	return req
}

func TestResponseURLs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWorkspace(Options{})
		respond := func(to, body string) int {
			resp, err := w.Client().Post(to, "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			return resp.StatusCode
		}
		w.Command("U0READER", "C0ALERTS", "status")
		w.Command("U0READER", "C0ALERTS", "status")
		address := func(i int) string {
			var payload struct {
				URL string `json:"response_url"`
			}
			if err := json.Unmarshal(w.Deliveries()[i].Payload, &payload); err != nil {
				t.Fatal(err)
			}
			return payload.URL
		}
		const good = `{"response_type":"ephemeral","replace_original":false,"text":"hello"}`
		for i, body := range []string{
			`{"text":"to everybody"}`,
			`{"response_type":"ephemeral","replace_original":true,"text":"x"}`,
			`{"response_type":"ephemeral","text":""}`,
			`{"response_type":"ephemeral","text":"x","blocks":[{"type":"poem"}]}`,
			`{"response_type":"ephemeral","text":"x","colour":"red"}`,
			`[]`,
		} {
			if got := respond(address(0), body); got != http.StatusBadRequest || len(w.Violations()) != i+1 {
				t.Errorf("%s: status %d, violations %q", body, got, w.Violations())
			}
		}
		for range 5 {
			if got := respond(address(0), good); got != http.StatusOK {
				t.Errorf("status %d", got)
			}
		}
		if got := respond(address(0), good); got != http.StatusNotFound {
			t.Errorf("a sixth time: status %d", got)
		}
		time.Sleep(31 * time.Minute)
		if got := respond(address(1), good); got != http.StatusNotFound {
			t.Errorf("after half an hour: status %d", got)
		}
		if shown := w.Ephemerals("U0READER"); len(shown) != 5 || shown[0].Text != "hello" || len(w.Ephemerals("U0OTHER")) != 0 {
			t.Errorf("shown: %s", fmt.Sprint(shown))
		}
	})
}
