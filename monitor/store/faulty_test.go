package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// errInjected is what a statement answers that was made to fail.
var errInjected = errors.New("injected: the disk answered with an error")

// A moment is when a statement fails: before it has done anything, or after,
// so that nobody knows that it was done.
type moment string

const (
	before moment = "before"
	after  moment = "after"
)

// A fault is one statement that fails once.
type fault struct {
	site   string // see site
	number int    // of the statements that this site sends, from 0
	moment moment
	fatal  bool // the process dies of it: nothing is sent any more
}

// faults injects one fault into everything that a driver sends. It notes what
// was sent. It is safe for concurrent use.
type faults struct {
	mu    sync.Mutex
	fault fault
	seen  map[string]int // statements by site
	dead  bool           // of a fatal fault
}

// do carries out a statement, unless it is the one to fail.
func (f *faults) do(op string, statement func() error) error {
	where := site(op)
	f.mu.Lock()
	number := f.seen[where]
	f.seen[where]++
	fails := f.fault.site == where && f.fault.number == number
	dead := f.dead
	f.dead = dead || fails && f.fault.fatal
	f.mu.Unlock()
	if dead || fails && f.fault.moment == before {
		return errInjected
	}
	if err := statement(); err != nil || !fails {
		return err
	}
	return errInjected
}

// site names the place in this package that sends a statement, and the method
// on whose behalf.
func site(op string) string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	var place, method string
	for {
		frame, more := frames.Next()
		name, ours := strings.CutPrefix(frame.Function, "newswatch/monitor/store.")
		if ours && !strings.HasSuffix(frame.File, "_test.go") {
			if place == "" {
				place = fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
			}
			method = name
		}
		if !more {
			return fmt.Sprint(place, " ", op, " for ", method)
		}
	}
}

// A faultyConnector has a fault in all connections together.
type faultyConnector struct {
	driver.Connector
	faults *faults
}

func (c *faultyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &faultyConn{conn.(realConn), c.faults}, nil
}

// A realConn is what database/sql uses of a real driver's connections.
type realConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Pinger
}

type faultyConn struct {
	realConn
	faults *faults
}

func (c *faultyConn) CheckNamedValue(v *driver.NamedValue) error {
	if checks, ok := c.realConn.(driver.NamedValueChecker); ok {
		return checks.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *faultyConn) IsValid() bool {
	validator, ok := c.realConn.(driver.Validator)
	return !ok || validator.IsValid()
}

func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	err = c.faults.do("exec", func() error {
		result, err = c.realConn.ExecContext(ctx, query, args)
		return err
	})
	return result, err
}

func (c *faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.faults.do("query", func() error {
		rows, err = c.realConn.QueryContext(ctx, query, args)
		return err
	})
	if err != nil && rows != nil {
		rows.Close()
		rows = nil
	}
	return rows, err
}

func (c *faultyConn) BeginTx(ctx context.Context, opts driver.TxOptions) (tx driver.Tx, err error) {
	begun := false
	err = c.faults.do("begin", func() error {
		tx, err = c.realConn.BeginTx(ctx, opts)
		begun = err == nil
		return err
	})
	switch {
	case err == nil:
		return &faultyTx{tx, c.faults}, nil
	case begun: // and then it failed: no transaction is left open
		err = errors.Join(err, tx.Rollback())
	}
	return nil, err
}

type faultyTx struct {
	driver.Tx
	faults *faults
}

// Commit that fails before it is done is undone, as both databases do.
func (tx *faultyTx) Commit() error {
	done := false
	err := tx.faults.do("commit", func() error {
		done = true
		return tx.Tx.Commit()
	})
	if !done {
		err = errors.Join(err, tx.Tx.Rollback())
	}
	return err
}

func (tx *faultyTx) Rollback() error {
	done := false
	err := tx.faults.do("rollback", func() error {
		done = true
		return tx.Tx.Rollback()
	})
	if !done { // there is no rollback that leaves the transaction open
		err = errors.Join(err, tx.Tx.Rollback())
	}
	return err
}
