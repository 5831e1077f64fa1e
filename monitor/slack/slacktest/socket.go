package slacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// DefaultAppToken is the app-level token of a workspace that was given none.
const DefaultAppToken = "xapp-1-A0APP-0-slacktest"

// How Slack keeps sockets. Its documentation names the ten, and the warning
// some ten seconds before a socket ends; of apps.connections.open it said Tier 1
// once and says Tier 3 now. The rest is assumed.
const (
	maxSockets  = 10
	warnedFor   = 10 * time.Second
	opensEvery  = 3 * time.Second
	opensBurst  = 20
	pingEvery   = 10 * time.Second
	ticketLasts = 30 * time.Second
	writeLimit  = 5 * time.Second
)

// A socket is one connection of Socket Mode.
type socket struct {
	host    string // that the client asked for
	conn    *websocket.Conn
	done    chan struct{} // closed when it has ended
	stalled chan struct{} // closed when it is dead though not closed
	writing sync.Mutex
}

// isStalled says whether the socket is dead though not closed.
func (s *socket) isStalled() bool {
	select {
	case <-s.stalled:
		return true
	default:
		return false
	}
}

// write sends one message; over a stalled socket none arrives.
func (s *socket) write(message []byte) error {
	if s.isStalled() {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.conn.SetWriteDeadline(time.Now().Add(writeLimit))
	return s.conn.WriteMessage(websocket.TextMessage, message)
}

// disconnect tells the client that the socket is about to end.
func (s *socket) disconnect(reason string) error {
	return s.write(answer{"type": "disconnect", "reason": reason, "debug_info": debugInfo()}.json())
}

func debugInfo() answer {
	return answer{"host": "applink-0", "build_number": 1, "approximate_connection_time": 18060}
}

// json is the answer as it is sent.
func (a answer) json() []byte {
	whole, _ := json.Marshal(a) // strings, numbers and what came from JSON
	return whole
}

// openConnection answers apps.connections.open.
func (w *Workspace) openConnection(req *Request, _ args, _ Fault) answer {
	if w.opts.Pace > 0 {
		if wait := w.opens.take(req.At, opensEvery, opensBurst); wait > 0 {
			req.Answer = "429"
			w.hold(req, wait)
			return answer{"ok": false, "error": "ratelimited", "retry_after": int(wait / time.Second)}
		}
	}
	ticket := w.newID("ticket")
	w.tickets[ticket] = req.At
	return answer{"ok": true, "url": fmt.Sprintf("ws://%s/link/?ticket=%s&app_id=A0APP", req.host, ticket)}
}

// link is the WebSocket endpoint: a ticket opens one socket, once.
func (w *Workspace) link(rw http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	w.mu.Lock()
	issued, ok := w.tickets[ticket]
	delete(w.tickets, ticket)
	ok = ok && w.now().Sub(issued) <= ticketLasts
	if !ok {
		w.violations = append(w.violations, "link: no ticket, or one that is used or expired")
	}
	fault, failing := w.fault("link")
	w.mu.Unlock()
	if !ok {
		http.Error(rw, "invalid ticket", http.StatusForbidden)
		return
	}
	if failing {
		w.misbehave(rw, r, fault, answer{})
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return // the client has its answer
	}
	w.serve(&socket{host: r.Host, conn: conn, done: make(chan struct{}), stalled: make(chan struct{})})
}

// serve greets the client and reads until the socket ends.
func (w *Workspace) serve(s *socket) {
	defer s.conn.Close()
	// Pongs are written by other goroutines: where nothing is buffered between
	// them, two ends that both write before they read wait for each other.
	s.conn.SetPingHandler(func(data string) error {
		if !s.isStalled() {
			go s.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeLimit))
		}
		return nil
	})
	open := w.Sockets()
	if open >= maxSockets {
		s.disconnect("too_many_websockets")
		return
	}
	hello := answer{
		"type": "hello", "num_connections": open + 1, "connection_info": answer{"app_id": "A0APP"}, "debug_info": debugInfo(),
	}
	if s.write(hello.json()) != nil {
		return
	}
	w.mu.Lock()
	w.sockets = append(w.sockets, s)
	w.changes()
	w.mu.Unlock()
	defer w.forget(s)
	defer close(s.done)
	go s.ping()
	for {
		_, message, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		if s.isStalled() {
			continue // nobody is there to read it
		}
		w.acknowledge(s, message)
	}
}

// forget sends nothing more over a socket.
func (w *Workspace) forget(s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sockets = slices.DeleteFunc(w.sockets, func(have *socket) bool { return have == s })
	w.changes()
}

// ping pings as Slack does, until the socket has ended or is dead.
func (s *socket) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-s.stalled:
			return
		case <-ticker.C:
			s.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-0"), time.Now().Add(writeLimit))
		}
	}
}

// Sockets counts the sockets that are open, dead ones among them.
func (w *Workspace) Sockets() int { return len(w.open()) }

func (w *Workspace) open() []*socket {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sockets)
}

// CloseSockets closes every socket without a word, as a network does.
func (w *Workspace) CloseSockets() {
	for _, s := range w.open() {
		w.end(s)
	}
}

// end ends a socket without a word.
func (w *Workspace) end(s *socket) {
	w.forget(s)
	s.conn.Close()
}

// StallSockets has every socket that is open fall silent: it stays open, and
// nothing comes or goes over it any more.
func (w *Workspace) StallSockets() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sockets {
		if !s.isStalled() {
			close(s.stalled)
		}
	}
}

// Refresh tells every socket that it ends soon, and closes it ten seconds
// later. Slack's reasons are "warning" and "refresh_requested", and
// "link_disabled" when Socket Mode is switched off.
func (w *Workspace) Refresh(reason string) {
	for _, s := range w.open() {
		s.disconnect(reason)
		time.AfterFunc(warnedFor, func() { w.end(s) })
	}
}

// SetAppRevoked revokes the app-level token, which ends its sockets, or gives
// it back.
func (w *Workspace) SetAppRevoked(revoked bool) {
	w.mu.Lock()
	w.appRevoked = revoked
	w.mu.Unlock()
	if revoked {
		w.CloseSockets()
	}
}

// Send sends a message as it is over one of the sockets, and says whether there
// was one.
func (w *Workspace) Send(message []byte) bool {
	w.mu.Lock()
	s := w.nextSocket(nil)
	w.mu.Unlock()
	return s != nil && s.write(message) == nil
}

// nextSocket picks the next of the sockets in turn, another than the given one
// if there is one; nil: none is open. The lock is held.
func (w *Workspace) nextSocket(not *socket) *socket {
	if len(w.sockets) == 0 {
		return nil
	}
	w.turn++
	s := w.sockets[w.turn%len(w.sockets)]
	if s == not {
		s = w.sockets[(w.turn+1)%len(w.sockets)]
	}
	return s
}

// Until waits until something holds, which is looked at after each change of
// the workspace, or until ctx is done.
func (w *Workspace) Until(ctx context.Context, holds func() bool) error {
	for {
		w.mu.Lock()
		changed := w.changed
		w.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the workspace: %w", context.Cause(ctx))
		}
	}
}

// changes wakes those who wait in Until. The lock is held.
func (w *Workspace) changes() {
	close(w.changed)
	w.changed = make(chan struct{})
}
