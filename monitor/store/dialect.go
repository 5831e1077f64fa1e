package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// The SQL of this package is SQLite's, kept to what PostgreSQL takes too. What
// is left to translate is done here, below database/sql:
//
//	insert into notices (cause, told) values (?, ?)     … values ($1, $2)
//	update feeds set key = ?1 where key = ?2            … set key = $1 where key = $2
//
// and in the migrations integer is bigint, as SQLite's are; text compares byte
// by byte; and there is no strict and no rowid. Truth is an integer in both: a
// query asks for "<> 0".

// translated gives each connection of a connector SQLite's placeholders. Where a
// session is its own, and prepares is set, it keeps what it has prepared.
type translated struct {
	driver.Connector
	prepares bool
}

func (t translated) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := t.Connector.Connect(ctx)
	if err != nil {
		return nil, unreachable(err)
	}
	c := &translator{Conn: conn.(*stdlib.Conn)}
	c.line = lineOf(c.Conn.Conn().PgConn())
	if t.prepares {
		c.line.allow(ctx)
		if c.prepares, err = hasSession(ctx, c.Conn.Conn()); err != nil {
			return nil, errors.Join(unreachable(err), c.Close())
		}
	}
	return c, nil
}

// hasSession says whether a connection is to one process of the server and stays
// so. A pooler, which may hand each transaction to another one, has to tell of a
// process when it is connected to, and that is none of them.
func hasSession(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var pid uint32
	err := conn.QueryRow(ctx, `select pg_backend_pid()`).Scan(&pid)
	return pid == conn.PgConn().PID(), err
}

// A translator is a connection to PostgreSQL that speaks as SQLite's do.
type translator struct {
	*stdlib.Conn
	line     *lineConn
	readOnly bool // it refused a write: the server is another's standby now, or was when it began
	prepares bool
}

func (c *translator) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.line.allow(ctx)
	result, err := c.Conn.ExecContext(ctx, numbered(query), c.wishing(query, args))
	return result, c.dropped(err)
}

func (c *translator) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.line.allow(ctx)
	rows, err := c.Conn.QueryContext(ctx, numbered(query), c.wishing(query, args))
	return rows, c.dropped(err)
}

// wishing says before the arguments of a query, where pgx looks for it, whether it
// is to be prepared and kept.
func (c *translator) wishing(query string, args []driver.NamedValue) []driver.NamedValue {
	if !c.prepares || !isPlain(query) {
		return args
	}
	return append([]driver.NamedValue{{Value: pgx.QueryExecModeCacheStatement}}, args...)
}

func (c *translator) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	c.line.allow(ctx)
	tx, err := c.Conn.Conn().BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return nil, c.dropped(err)
	}
	return transaction{tx, c.line}, nil
}

// ResetSession is asked before a connection is used again.
func (c *translator) ResetSession(ctx context.Context) error {
	if c.line.doubtful() || c.readOnly {
		return driver.ErrBadConn
	}
	c.line.allow(ctx)
	return c.Conn.ResetSession(ctx)
}

// A transaction's end does not depend on a context: it is done, or the
// connection gone.
type transaction struct {
	pgx.Tx
	line *lineConn
}

func (t transaction) Commit() error { return t.end(t.Tx.Commit) }

func (t transaction) Rollback() error { return t.end(t.Tx.Rollback) }

func (t transaction) end(how func(context.Context) error) error {
	ctx := context.Background()
	t.line.allow(ctx)
	return how(ctx)
}

// dropped tells database/sql of a connection that is gone. Outside of a
// transaction it takes another one and asks again, which is right even for a
// write that was done: none of this package's adds anything by being repeated.
func (c *translator) dropped(err error) error {
	c.readOnly = c.readOnly || isState(err, "25006")
	if err != nil && isDropped(err) {
		return fmt.Errorf("%w: %w", driver.ErrBadConn, err)
	}
	return err
}

// CheckNamedValue passes what SQLite would be given: truth as 1 or 0, and text
// without what PostgreSQL refuses in one, NUL and broken UTF-8.
func (c *translator) CheckNamedValue(v *driver.NamedValue) (err error) {
	v.Value, err = driver.DefaultParameterConverter.ConvertValue(v.Value)
	switch value := v.Value.(type) {
	case bool:
		v.Value = int64(0)
		if value {
			v.Value = int64(1)
		}
	case string:
		v.Value = storable(value)
	}
	return err
}

// storable is a text as PostgreSQL can keep it.
func storable(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", "\ufffd"), "\ufffd")
}

// known are queries with their placeholders as PostgreSQL writes them. The
// package has some hundred.
var known sync.Map

// numbered writes a query's placeholders as PostgreSQL does.
func numbered(query string) string {
	if done, ok := known.Load(query); ok {
		return done.(string)
	}
	var b strings.Builder
	quoted, n := false, 0
	for i := 0; i < len(query); i++ {
		c := query[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c != '?' || quoted {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('$')
		if i+1 == len(query) || query[i+1] < '0' || query[i+1] > '9' { // else the number follows
			n++
			fmt.Fprint(&b, n)
		}
	}
	known.Store(query, b.String())
	return b.String()
}

// translation is how a migration's words are written for PostgreSQL.
var translation = []struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`\) strict(, without rowid)?;`), `);`},
	{regexp.MustCompile(`\binteger primary key\b`), `bigint generated by default as identity primary key`},
	{regexp.MustCompile(`\binteger\b`), `bigint`},
	{regexp.MustCompile(`\breal\b`), `double precision`},
	{regexp.MustCompile(`\btext\b`), `text collate "C"`},
	{regexp.MustCompile(`\bblob\b`), `bytea`},
}

// forPostgres are the migrations as PostgreSQL takes them.
type forPostgres struct{ fs.FS }

func (f forPostgres) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	return &textFile{File: file, Reader: strings.NewReader(inPostgres(string(text)))}, nil
}

// inPostgres writes the definition of tables for PostgreSQL.
func inPostgres(definition string) string {
	for _, t := range translation {
		definition = t.from.ReplaceAllString(definition, t.to)
	}
	return definition
}

// A textFile is a file with another text.
type textFile struct {
	fs.File
	*strings.Reader
}

func (f *textFile) Read(p []byte) (int, error) { return f.Reader.Read(p) }

func (f *textFile) Close() error { return nil }
