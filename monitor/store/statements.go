package store

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"
)

// maxStatements are kept of a connection, above the number that this package
// has; those that are made up for the occasion must not pile up.
const maxStatements = 200

// A preparing connector's connections keep the statements that they have
// prepared: to read a statement costs SQLite several times what it costs to run
// it.
type preparing struct{ driver.Connector }

func (c preparing) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparingConn{sqliteConn: conn.(sqliteConn), kept: make(map[string]*keptStatement)}, nil
}

// A sqliteConn is what database/sql uses of SQLite's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
	driver.Pinger
}

// A preparingConn is used by one goroutine at a time, as every connection is.
type preparingConn struct {
	sqliteConn
	kept map[string]*keptStatement // by text
}

type keptStatement struct {
	driver.Stmt
	busy bool // its rows are being read
}

func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	statement, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if statement == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return statement.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

func (c *preparingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	statement, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if statement == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := statement.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	statement.busy = true
	return &keptRows{rows, statement}, nil
}

// statement is the prepared statement; nil: this one is not kept, or is in use.
func (c *preparingConn) statement(ctx context.Context, query string) (*keptStatement, error) {
	if kept := c.kept[query]; kept != nil {
		if kept.busy {
			return nil, nil
		}
		return kept, nil
	}
	if len(c.kept) >= maxStatements || !isPlain(query) {
		return nil, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	kept := &keptStatement{Stmt: prepared}
	c.kept[query] = kept
	return kept, nil
}

// isPlain says whether a statement reads or writes rows, and nothing else.
func isPlain(query string) bool {
	verb := strings.Fields(query[:min(len(query), 64)])
	return len(verb) > 0 && slices.Contains([]string{"select", "with", "insert", "update", "delete"}, verb[0]) && !strings.Contains(query, ";")
}

func (c *preparingConn) Close() error {
	for query, kept := range c.kept {
		kept.Close()
		delete(c.kept, query)
	}
	return c.sqliteConn.Close()
}

// keptRows give their statement back.
type keptRows struct {
	driver.Rows
	statement *keptStatement
}

func (r *keptRows) Close() error {
	r.statement.busy = false
	return r.Rows.Close()
}
