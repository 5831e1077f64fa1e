package main

import (
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// A gate is a way for TCP that can be blocked: what goes in one direction, or in
// both, is then taken and never arrives, and nobody is told. What leads to
// another place takes new connections only. It is safe for concurrent use.
type gate struct {
	listener net.Listener

	mu      sync.Mutex
	to      string
	blocked map[direction]bool
	open    map[net.Conn]bool
}

type direction int

const (
	toServer direction = iota
	toClient
)

func newGate(t *testing.T, to string) *gate {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{listener: listener, to: to, blocked: make(map[direction]bool), open: make(map[net.Conn]bool)}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { g.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		g.cut()
		serving.Wait()
	})
	return g
}

// through is a server's address by way of the gate.
func (g *gate) through(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = g.listener.Addr().String()
	return u.String()
}

// hostOfServer is where a server listens.
func hostOfServer(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// block lets nothing through any more in these directions, and everything in
// the others.
func (g *gate) block(ways ...direction) {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.blocked)
	for _, way := range ways {
		g.blocked[way] = true
	}
}

// lead leads new connections to another place, and ends those there are.
func (g *gate) lead(to string) {
	g.mu.Lock()
	g.to = to
	g.mu.Unlock()
	g.cut()
}

func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for conn := range g.open {
		conn.Close()
	}
}

func (g *gate) isBlocked(way direction) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.blocked[way]
}

// keep notes a connection until it is let go.
func (g *gate) keep(conn net.Conn) (letGo func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open[conn] = true
	return func() {
		conn.Close()
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.open, conn)
	}
}

func (g *gate) serve(client net.Conn) {
	defer g.keep(client)()
	g.mu.Lock()
	to := g.to
	g.mu.Unlock()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer g.keep(server)()
	var both sync.WaitGroup
	both.Go(func() { g.pass(toServer, server, client) })
	both.Go(func() { g.pass(toClient, client, server) })
	both.Wait()
}

// pass passes on what comes until there is no more. That there is no more gets
// through as little as anything else.
func (g *gate) pass(way direction, to, from net.Conn) {
	defer to.Close()
	lost := false
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		lost = lost || g.isBlocked(way) // and then the rest makes no sense to anybody
		if err != nil {
			for g.isBlocked(way) {
				time.Sleep(20 * time.Millisecond)
			}
			return
		}
		if lost {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
