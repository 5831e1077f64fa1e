package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"
)

// Damaged says that what lies in the store's place is no intact store.
type Damaged struct {
	Path string
	What string
}

func (e *Damaged) Error() string { return e.Path + " is damaged: " + e.What }

// RestoreCommand puts a backup in a store's place. A -wal file that stays
// behind would be read into the backup.
func RestoreCommand(path, backup string) string {
	path = quoted(path)
	return fmt.Sprintf("rm -f %s-wal %[1]s-shm && cp %s %[1]s", path, quoted(backup))
}

// quoted is a path as a shell takes it for one word.
func quoted(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool { return !plain(r) }) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

func plain(r rune) bool {
	return strings.ContainsRune("/._-", r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// damage is what is wrong with a file, before it is known which it is.
type damage string

func (d damage) Error() string { return string(d) }

// failedToOpen says which file could not be opened. What SQLite or the checks
// found wrong inside it becomes a *Damaged.
func failedToOpen(path string, err error) error {
	var found damage
	switch {
	case errors.As(err, &found):
		return &Damaged{path, string(found)}
	case isCode(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
		return &Damaged{path, err.Error()}
	default:
		return fmt.Errorf("open store %s: %w", path, err)
	}
}

// oldestSQLite is the first release without the WAL-reset bug that could lose
// committed data (sqlite.org/wal.html, fixed in 3.51.3).
var oldestSQLite = [3]int{3, 51, 3}

func (s *Store) checkLibrary(ctx context.Context) error {
	var version string
	var synchronous int
	if err := s.write.QueryRowContext(ctx, `select sqlite_version()`).Scan(&version); err != nil {
		return err
	}
	if err := s.write.QueryRowContext(ctx, `pragma synchronous`).Scan(&synchronous); err != nil {
		return err
	}
	return durable(version, synchronous)
}

// durable says whether a commit survives a power cut with this release of
// SQLite and this value of its pragma synchronous.
func durable(version string, synchronous int) error {
	const full = 2
	if synchronous < full {
		return fmt.Errorf("synchronous is %d, not FULL: a power cut could lose what was acknowledged", synchronous)
	}
	for i, part := range strings.SplitN(version, ".", 3) {
		n, err := strconv.Atoi(part)
		if err != nil || n < oldestSQLite[i] {
			return fmt.Errorf("SQLite %s may lose data; 3.51.3 is the first that does not", version)
		}
		if n > oldestSQLite[i] {
			return nil
		}
	}
	return nil
}

// walFormat is the write format in the header of a file in WAL mode
// (sqlite.org/fileformat.html, offset 18). A store is in it from its creation
// on, a backup never.
const (
	formatOffset = 18
	walFormat    = 2
)

// isThere says whether there is a store to open. What SQLite would quietly make
// an empty database of is damage: an empty file, or a -wal left without its
// file; and so is a -wal beside a backup, which SQLite would read into it.
func isThere(path string) (bool, error) {
	journal, err := os.Stat(path + "-wal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	pending := err == nil && journal.Size() > 0
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && pending:
		return false, damage("it is gone, and its -wal is still there")
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	}
	defer file.Close()
	var header [formatOffset + 1]byte
	switch n, err := io.ReadFull(file, header[:]); {
	case n == 0 && errors.Is(err, io.EOF):
		return false, damage("it is empty")
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return false, err
	}
	if pending && header[formatOffset] != walFormat {
		return false, damage("the -wal beside it is another file's")
	}
	return true, nil
}

// checkFile reads the whole file: its pages, tables and indexes are sound.
// That takes a second or two a gigabyte.
func (s *Store) checkFile(ctx context.Context) error {
	if err := intact(ctx, s.write); err != nil {
		return err
	}
	var ours, tables int
	err := s.write.QueryRowContext(ctx, `select count(*), count(*) filter (where name in ('feeds', 'goose_db_version'))
		from sqlite_master where type = 'table'`).Scan(&tables, &ours)
	if err == nil && tables > 0 && ours == 0 {
		return damage("it is a database of something else")
	}
	return err
}

func intact(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, `pragma integrity_check(1)`).Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return damage(strings.Join(strings.Fields(verdict), " "))
	}
	return nil
}

// checkSchema compares the tables and indexes with those of a new store. A
// flipped bit in them is no fault to SQLite, only to the queries.
func (s *Store) checkSchema(ctx context.Context) error {
	fresh, err := sql.Open(sqliteDriver, ":memory:")
	if err != nil {
		return err
	}
	defer fresh.Close()
	fresh.SetMaxOpenConns(1) // each would be a database of its own
	model := &Store{write: fresh, engine: sqliteEngine{}}
	if err := model.migrate(ctx); err != nil {
		return err
	}
	want, err := model.schema(ctx)
	if err != nil {
		return err
	}
	got, err := s.schema(ctx)
	if err != nil {
		return err
	}
	for name, definition := range want {
		if got[name] != definition {
			return damage(name + " is not as newswatch makes it")
		}
	}
	return nil
}

// schema is how each table and index is defined, by name.
func (s *Store) schema(ctx context.Context) (map[string]string, error) {
	rows, err := s.write.QueryContext(ctx, `select type || ' ' || name, coalesce(sql, '') from sqlite_master`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	definitions := make(map[string]string)
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			return nil, err
		}
		definitions[name] = definition
	}
	return definitions, rows.Err()
}

// create makes a new store, under another name until it is whole: a crash
// leaves no half of one.
func create(ctx context.Context, path string, wrap wrapping) error {
	unfinished := path + ".new"
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} { // of an attempt that crashed
		if err := os.Remove(unfinished + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	s, err := connect(ctx, unfinished, wrap)
	if err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return errors.Join(err, s.Close())
	}
	_, err = s.write.ExecContext(ctx, `pragma wal_checkpoint(truncate)`)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	return moveInto(unfinished, path)
}

// moveInto renames a file that is on disk, so that the name is on disk too.
func moveInto(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
