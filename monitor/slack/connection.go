package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"newswatch/monitor"
)

// How a connection is kept.
const (
	handshakeLimit = 5 * time.Second
	pingEvery      = 10 * time.Second
	// silenceLimit is how long nothing may come, not even a pong, before the
	// connection counts as dead. Slack pings every few seconds, and so do we.
	silenceLimit = 25 * time.Second
	writeLimit   = 5 * time.Second
	// leavingLimit is how long a connection that Slack ends is read at most; Slack
	// ends it after some ten seconds.
	leavingLimit = time.Minute
	// maxFrame bounds a message of Slack, in bytes: a click carries the message
	// that was clicked on, of some 13,000 characters.
	maxFrame = 1 << 20
)

// A socketRefused is Slack's no to a connection: somebody has to mend something.
type socketRefused struct{ reason string }

func (e *socketRefused) Error() string {
	return "Slack refuses the app token: " + e.reason + " (" + e.hint() + ")"
}

// hint says what to do about it.
func (e *socketRefused) hint() string {
	switch e.reason {
	case "link_disabled":
		return "turn Socket Mode on in the app's settings"
	case "access_denied", "accesslimited", "forbidden_team":
		return "ask the workspace's administrators"
	default:
		return "slack.app_token takes an app-level token, xapp-…, with connections:write: make one under Basic Information"
	}
}

// A connection is one WebSocket of Socket Mode.
type connection struct {
	ws      *websocket.Conn
	log     *slog.Logger
	leaving chan struct{}  // closed when Slack says that it will end
	ended   chan struct{}  // closed when nothing is read any more
	pending sync.WaitGroup // acknowledgements to come

	writing sync.Mutex

	mu      sync.Mutex
	stopped bool  // nothing more is to be read
	err     error // why it ends
}

// connect opens a connection.
func (s *Socket) connect(ctx context.Context) (*connection, error) {
	address, err := s.ticket(ctx)
	if err != nil {
		return nil, err
	}
	ended := func() bool { return true }
	dialer := websocket.Dialer{
		HandshakeTimeout: handshakeLimit,
		NetDialContext: func(dialing context.Context, network, addr string) (net.Conn, error) {
			conn, err := s.opts.Dial(dialing, network, addr)
			if err == nil { // the dialer would wait for an answer though ctx is done
				ended = context.AfterFunc(ctx, func() { conn.Close() })
			}
			return conn, err
		},
	}
	ws, resp, err := dialer.DialContext(ctx, address.String(), nil)
	if !ended() && err == nil {
		ws.Close()
		return nil, context.Cause(ctx)
	}
	if errors.Is(err, websocket.ErrBadHandshake) {
		err = fmt.Errorf("HTTP status %d", resp.StatusCode)
	}
	if err != nil {
		// The address holds the ticket, and some errors the address.
		reason := strings.ReplaceAll(err.Error(), address.RawQuery, "***")
		return nil, errors.New("open a WebSocket to " + address.Host + ": " + clean(reason))
	}
	return &connection{ws: ws, log: s.opts.Log, leaving: make(chan struct{}), ended: make(chan struct{})}, nil
}

// ticket asks Slack for the address of a connection.
func (s *Socket) ticket(ctx context.Context) (*url.URL, error) {
	x, cancel := s.api.begin(ctx)
	defer cancel()
	var answer struct {
		URL string `json:"url"`
	}
	const method = "apps.connections.open"
	if err := x.call(method, url.Values{}, &answer); err != nil {
		err = x.refusal(method, err)
		if refused, ok := errors.AsType[*monitor.ChannelRefused](err); ok {
			return nil, &socketRefused{refused.Reason}
		}
		if refused, ok := errors.AsType[*monitor.MessageRefused](err); ok {
			return nil, &socketRefused{refused.Reason}
		}
		return nil, err
	}
	address, err := url.Parse(answer.URL)
	secure := strings.HasPrefix(s.api.apiURL, "https:")
	if err != nil || address.Host == "" || address.Scheme != "wss" && (secure || address.Scheme != "ws") {
		return nil, errors.New(method + ": the answer has no address to connect to")
	}
	return address, nil
}

// serve reads until the connection ends, or ctx is done, and returns when all
// that it read is acknowledged.
func (c *connection) serve(ctx context.Context, take func(envelope)) {
	defer c.ws.Close()
	defer context.AfterFunc(ctx, c.stop)()
	c.ws.SetPingHandler(func(data string) error {
		c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeLimit)) // a dead connection shows when it is read
		return c.heard()
	})
	c.ws.SetPongHandler(func(string) error { return c.heard() })
	pinging := make(chan struct{})
	go func() {
		defer close(pinging)
		c.ping()
	}()
	err := c.read(take)
	c.end(err)
	close(c.ended)
	<-pinging
	c.pending.Wait()
	c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
}

// read reads message by message.
func (c *connection) read(take func(envelope)) error {
	for {
		if err := c.heard(); err != nil {
			return err
		}
		_, r, err := c.ws.NextReader()
		if err != nil {
			return err
		}
		message, err := io.ReadAll(io.LimitReader(r, maxFrame+1))
		switch {
		case err != nil:
			return err
		case len(message) > maxFrame: // the rest of it is skipped
			c.log.Warn("Slack sent a message that is too long; it is ignored", "limit", maxFrame)
		default:
			c.receive(message, take)
		}
	}
}

// receive looks at one message.
func (c *connection) receive(message []byte, take func(envelope)) {
	var e envelope
	if err := json.Unmarshal(message, &e); err != nil {
		c.log.Debug("Slack sent what is no JSON; it is ignored")
		return
	}
	switch {
	case e.Type == "hello":
	case e.Type == "disconnect":
		c.log.Debug("Slack is about to end a connection", "reason", clean(e.Reason))
		c.leave(e.Reason)
	case e.ID == "":
		c.log.Debug("Slack sent what is not known; it is ignored", "type", clean(e.Type))
	default:
		take(e)
	}
}

// errStopped ends the reading.
var errStopped = errors.New("it was told to stop")

// heard gives the connection time for the next message.
func (c *connection) heard() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return errStopped
	}
	return c.ws.SetReadDeadline(time.Now().Add(silenceLimit))
}

// stop ends the reading.
func (c *connection) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	c.ws.SetReadDeadline(time.Now())
}

// leave notes that Slack is about to end the connection.
func (c *connection) leave(reason string) {
	select {
	case <-c.leaving:
		return
	default:
	}
	if reason == "link_disabled" {
		c.end(&socketRefused{reason})
	} else {
		c.end(errors.New("Slack ends it: " + clean(reason)))
	}
	close(c.leaving)
	time.AfterFunc(leavingLimit, c.stop)
}

// end keeps the first reason why the connection ends.
func (c *connection) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}

// reason is why the connection ends.
func (c *connection) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// ping pings until nothing is read any more.
func (c *connection) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeLimit)) // a dead connection shows when it is read
		case <-c.ended:
			return
		}
	}
}

// acknowledge tells Slack that an envelope has arrived.
func (c *connection) acknowledge(id string) {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.ws.SetWriteDeadline(time.Now().Add(writeLimit))
	if err := c.ws.WriteJSON(map[string]string{"envelope_id": id}); err != nil {
		c.log.Debug("an envelope was not acknowledged: the connection has ended", "error", err)
	}
}
