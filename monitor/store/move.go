package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrOccupied says that a store cannot be moved to where there is one already.
var ErrOccupied = errors.New("there is a store already")

// A Table is what was moved of one.
type Table struct {
	Name string `json:"table"`
	Rows int    `json:"rows"`
	Sum  string `json:"sum"` // of all rows, whatever their order; the same on both sides
}

// Move copies the store, which is SQLite's and has no worker but the caller, to
// a PostgreSQL server where there is none: everything in one transaction, read
// back and compared before it is committed. progress hears of each table how
// many rows of how many are there.
//
// IDs stay as they are, leases end. Like a backup the new store is marked: what
// waits is looked for in its channel before it is sent, for the file may have
// sent it since. See mark.
func (s *Store) Move(ctx context.Context, address string, now time.Time, progress func(table string, done, all int)) ([]Table, error) {
	to, err := openPostgres(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	moved, err := s.move(ctx, to, now, progress)
	if err = errors.Join(err, to.Close()); err != nil {
		return nil, failedToUse(address, err)
	}
	return moved, nil
}

// notMoved are tables that are not the store's own, or of no use elsewhere.
var notMoved = []string{"goose_db_version", "sqlite_sequence", "backup", "workers"}

func (s *Store) move(ctx context.Context, to *Store, now time.Time, progress func(string, int, int)) (moved []Table, err error) {
	rows, err := s.read.QueryContext(ctx, `select name from sqlite_master where type = 'table' order by rowid`) // those that others refer to were made before them
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	names, err := collect(rows, func(row scanner) (name string, err error) { return name, row.Scan(&name) })
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, longWork)
	defer cancel()
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(notMoved, name) })
	err = inside(ctx, to.write, func(tx *sql.Tx) error {
		if err := lockSchema(ctx, tx); err != nil {
			return err
		}
		for _, name := range names {
			if n, err := countRows(ctx, tx, name); err != nil || n > 0 {
				return errorOr(err, fmt.Errorf("%w: %d rows of %s", ErrOccupied, n, name))
			}
		}
		for _, name := range names {
			table, err := s.moveTable(ctx, tx, name, progress)
			if err != nil {
				return fmt.Errorf("move %s: %w", name, err)
			}
			moved = append(moved, table)
		}
		for _, step := range []string{
			`update feeds set lease = '', lease_until = 0`, `update channels set lease = '', lease_until = 0`, inPostgres(markTable),
		} {
			if _, err := tx.ExecContext(ctx, step); err != nil {
				return err
			}
		}
		return mark(ctx, tx, now)
	})
	return moved, err
}

// A querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func countRows(ctx context.Context, db querier, table string) (n int, err error) {
	return n, db.QueryRowContext(ctx, `select count(*) from `+table).Scan(&n)
}

// movedAtOnce is how many rows one statement carries: with the most columns of
// any table some thousand values, far below the 65,535 that it may have.
const movedAtOnce = 100

func (s *Store) moveTable(ctx context.Context, tx *sql.Tx, name string, progress func(string, int, int)) (Table, error) {
	all, err := countRows(ctx, s.read, name)
	if err != nil {
		return Table{}, err
	}
	var columns []string
	var batch []any
	done := 0
	send := func() error {
		if len(batch) == 0 {
			return nil
		}
		row := `(?` + strings.Repeat(`, ?`, len(columns)-1) + `)`
		n := len(batch) / len(columns)
		_, err := tx.ExecContext(ctx, `insert into `+name+` (`+strings.Join(columns, `, `)+`) values `+row+strings.Repeat(`, `+row, n-1), batch...)
		batch = batch[:0]
		done += n
		progress(name, done, all)
		return err
	}
	here, err := eachRow(ctx, s.read, name, nil, func(names []string, values []any) error {
		columns = names
		if batch = append(batch, values...); len(batch) < movedAtOnce*len(columns) {
			return nil
		}
		return send()
	})
	if err != nil {
		return here, err
	}
	if err := send(); err != nil {
		return here, err
	}
	there, err := eachRow(ctx, tx, name, columns, func([]string, []any) error { return nil })
	if err == nil && there != here {
		err = fmt.Errorf("%d rows (%s) were read, and %d (%s) written", here.Rows, here.Sum, there.Rows, there.Sum)
	}
	if err == nil && slices.Contains(columns, "id") {
		_, err = tx.ExecContext(ctx, `select setval(pg_get_serial_sequence(?, 'id'), max(id)) from `+name+` having max(id) > 0`, name)
	}
	return here, err
}

// eachRow hands over each row of a table and sums them up. Without columns they
// are all, in the order that they have here.
func eachRow(ctx context.Context, db querier, table string, columns []string, do func(columns []string, values []any) error) (Table, error) {
	t := Table{Name: table}
	list := `*`
	if len(columns) > 0 {
		list = strings.Join(columns, `, `)
	}
	rows, err := db.QueryContext(ctx, `select `+list+` from `+table)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	if columns, err = rows.Columns(); err != nil {
		return t, err
	}
	var sum [sha256.Size]byte
	for rows.Next() {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return t, err
		}
		for i, b := range rowSum(values) { // no two rows are equal, so that none takes another's bits away
			sum[i] ^= b
		}
		t.Rows++
		if err := do(columns, values); err != nil {
			return t, err
		}
	}
	t.Sum = hex.EncodeToString(sum[:8])
	return t, rows.Err()
}

// rowSum is a hash of a row's values, as both databases have them.
func rowSum(values []any) [sha256.Size]byte {
	hash := sha256.New()
	for _, v := range values {
		text := fmt.Sprint(v)
		switch v := v.(type) {
		case float64:
			text = strconv.FormatFloat(v, 'g', -1, 64)
		case string:
			text = storable(v)
		}
		fmt.Fprintf(hash, "%d %s\n", len(text), text)
	}
	return [sha256.Size]byte(hash.Sum(nil))
}
