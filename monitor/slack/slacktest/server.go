package slacktest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// A Server is a workspace that listens on loopback.
type Server struct {
	*Workspace
	URL  string // of the Web API, with a slash at its end
	http *http.Server
}

// New starts a workspace on a free port of 127.0.0.1. It must be closed.
func New(opts Options) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start stand-in for Slack: %w", err)
	}
	s := &Server{Workspace: NewWorkspace(opts), URL: "http://" + listener.Addr().String() + "/api/"}
	s.http = &http.Server{Handler: s.Workspace, ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(listener) // ends with Close
	return s, nil
}

// Close stops the server, and ends every socket and every silence.
func (s *Server) Close() error {
	close(s.done)
	s.CloseSockets()
	return s.http.Close()
}

// Client is an HTTP client for which every address is this workspace, with no
// network between: it works under testing/synctest.
func (w *Workspace) Client() *http.Client { return &http.Client{Transport: memory{w}} }

// memory carries requests to the workspace by calling it.
type memory struct{ workspace *Workspace }

// RoundTrip does as a connection would: a handler that aborts before it wrote
// anything is a lost connection, after it the end of the body comes too soon.
func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body == nil {
		req.Body = http.NoBody
	}
	answer := &recorder{header: http.Header{}, status: http.StatusOK}
	if aborted(func() { m.workspace.ServeHTTP(answer, req) }) {
		if err := req.Context().Err(); err != nil {
			return nil, err
		}
		if answer.body.Len() == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		answer.broken = true
	}
	var body io.Reader = &answer.body
	if answer.broken {
		body = io.MultiReader(body, failing{})
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", answer.status, http.StatusText(answer.status)), StatusCode: answer.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: answer.header, Body: io.NopCloser(body), ContentLength: -1, Request: req,
	}, nil
}

// aborted runs a handler and says whether it gave up its connection.
func aborted(serve func()) (gaveUp bool) {
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			gaveUp = true
		default:
			panic(cause)
		}
	}()
	serve()
	return false
}

// failing is where a broken body ends.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A recorder is the response that a handler writes.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	broken bool
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// Dial is a connection to the workspace with no network between, for the
// WebSocket too: it works under testing/synctest.
func (w *Workspace) Dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	accepted := make(chan net.Conn, 1)
	accepted <- server
	close(accepted)
	go (&http.Server{Handler: w}).Serve(single{server, accepted}) // ends at once; the connection lasts
	return client, nil
}

// single is a listener to which one connection comes.
type single struct {
	conn     net.Conn
	accepted <-chan net.Conn
}

func (s single) Accept() (net.Conn, error) {
	if conn, ok := <-s.accepted; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (s single) Close() error   { return nil }
func (s single) Addr() net.Addr { return s.conn.LocalAddr() }
