package store

import (
	"math/bits"
	"strconv"
	"strings"
)

// longestRun is the most rows in one statement.
const longestRun = 32

// inRuns does something with all rows, a run of them at a time:
//
//	40 rows: 32, 8      7 rows: 4, 2, 1
//
// With lengths that are powers of two, statements have few texts, and each is
// prepared once.
func inRuns[T any](rows []T, do func(run []T) error) error {
	for len(rows) > 0 {
		n := min(longestRun, 1<<(bits.Len(uint(len(rows)))-1))
		if err := do(rows[:n:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// rowsOf are the placeholders of n rows: (?, ?), (?, ?).
func rowsOf(n, columns int) string {
	row := `(?` + strings.Repeat(`, ?`, columns-1) + `)`
	return row + strings.Repeat(`, `+row, n-1)
}

// typedRows are the placeholders of n rows that no table gives types to. The
// first has the types of its arguments, and PostgreSQL gives them to the others.
func typedRows(args []any, n int) string {
	columns := len(args) / n
	types := make([]string, columns)
	for i, arg := range args[:columns] {
		switch arg.(type) {
		case string:
			types[i] = `cast(? as text)`
		case float64:
			types[i] = `cast(? as double precision)`
		default:
			types[i] = `cast(? as bigint)`
		}
	}
	first := `(` + strings.Join(types, `, `) + `)`
	if n == 1 {
		return first
	}
	return first + `, ` + rowsOf(n-1, columns)
}

// numberedRows are the placeholders of n rows that begin with their number:
// (0, ?), (1, ?).
func numberedRows(n, columns int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(`, `)
		}
		b.WriteString(`(` + strconv.Itoa(i) + strings.Repeat(`, ?`, columns) + `)`)
	}
	return b.String()
}
