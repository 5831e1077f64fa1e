package store

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// A network that drops everything ends no connection: neither side hears of it
// for many minutes, and a pooler or a balancer in between may answer for a
// server that is gone. So a worker waits only so long for a word of the server,
// and the server only so long for the next statement of a transaction.
const (
	// silenceLimit is how long a worker waits for an answer. A statement that may
	// take longer has a context that says so.
	silenceLimit = 5 * time.Second
	// longWork is how long what is no worker's daily work may take.
	longWork = time.Hour
	// begin begins a transaction that ends, with its locks, soon after its worker
	// has stopped or is out of reach: others wait for them. "set local" passes a
	// pooler that hands out connections by the transaction.
	begin = `begin; set local idle_in_transaction_session_timeout = '5s'`
	// patient lets a transaction wait while its worker does something else.
	patient = `set local idle_in_transaction_session_timeout = 0`
)

// errSilent says that a server has not answered in time. It is not a timeout:
// pgx would take that for its context's, and keep the connection.
var errSilent net.Error = silent{}

type silent struct{}

func (silent) Error() string { return "the server says nothing" }

func (silent) Timeout() bool { return false }

func (silent) Temporary() bool { return false }

// A line is the way from a store to its server. Once a connection was silent,
// those that have said nothing since are not trusted either.
type line struct {
	limit time.Duration // 0: a connection may be silent for as long as it likes
	fell  atomic.Int64  // when one was last found silent, Unix nanoseconds
}

// over dials over the line as the given function does.
func (l *line) over(dial pgconn.DialFunc) pgconn.DialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		c := &lineConn{Conn: conn, line: l}
		c.allow(context.Background())
		return c, nil
	}
}

// A lineConn is a connection that closes when the other side is silent.
type lineConn struct {
	net.Conn
	line   *line
	limit  atomic.Int64 // nanoseconds; 0: none
	heard  atomic.Int64 // when it last said something, Unix nanoseconds
	silent atomic.Bool
}

// lineOf finds the line's connection under one to PostgreSQL.
func lineOf(conn *pgconn.PgConn) *lineConn {
	under := conn.Conn()
	if secure, ok := under.(*tls.Conn); ok {
		under = secure.NetConn()
	}
	return under.(*lineConn)
}

// allow gives what is asked next as long as its context does, and at least the
// limit of the line.
func (c *lineConn) allow(ctx context.Context) {
	limit := c.line.limit
	if deadline, ok := ctx.Deadline(); ok && limit > 0 {
		limit = max(limit, time.Until(deadline))
	}
	c.limit.Store(int64(limit))
}

// doubtful says whether another connection was silent since this one was heard.
func (c *lineConn) doubtful() bool { return c.heard.Load() < c.line.fell.Load() }

func (c *lineConn) Read(p []byte) (n int, err error) {
	err = c.within(func() error {
		n, err = c.Conn.Read(p)
		return err
	})
	if n > 0 {
		c.heard.Store(time.Now().UnixNano())
	}
	return n, err
}

func (c *lineConn) Write(p []byte) (n int, err error) {
	return n, c.within(func() error {
		n, err = c.Conn.Write(p)
		return err
	})
}

// within lets io wait no longer than the limit.
func (c *lineConn) within(io func() error) error {
	if limit := time.Duration(c.limit.Load()); limit > 0 {
		defer time.AfterFunc(limit, func() {
			c.silent.Store(true)
			c.line.fell.Store(time.Now().UnixNano())
			c.Conn.Close()
		}).Stop()
	}
	err := io()
	if err != nil && c.silent.Load() {
		return errSilent
	}
	return err
}
