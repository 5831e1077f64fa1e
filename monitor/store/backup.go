package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"newswatch/monitor"
)

// A Backup is what a copy of the store holds.
type Backup struct {
	Taken    time.Time
	Bytes    int64
	Articles int
	Alerts   int // sent or not
	Waiting  int // messages that had not been sent
}

// Backup copies the store into a file that must not exist yet, beside a worker
// that goes on writing. The file appears whole and verified, or not at all.
//
// What the worker sends after now the copy does not know. So the copy is
// marked: a worker that starts on it looks for a message in its channel before
// it sends it for the first time, if the message waited in the copy or comes
// of a feed's first poll after the restore. See look.
func (s *Store) Backup(ctx context.Context, path string, now time.Time) (Backup, error) {
	b, err := s.backup(ctx, path, now)
	if err != nil {
		return Backup{}, fmt.Errorf("back up to %s: %w", path, err)
	}
	return b, nil
}

func (s *Store) backup(ctx context.Context, path string, now time.Time) (b Backup, err error) {
	if err := mustNotExist(path); err != nil {
		return b, err
	}
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return b, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(part.Name()))
		}
	}()
	defer part.Close()
	if err := s.copyInto(ctx, part); err != nil {
		return b, err
	}
	if b, err = finish(ctx, part.Name(), now); err != nil {
		return b, err
	}
	info, err := part.Stat()
	if err != nil {
		return b, err
	}
	b.Bytes = info.Size()
	if err := errors.Join(part.Sync(), mustNotExist(path)); err != nil {
		return b, err
	}
	return b, moveInto(part.Name(), path)
}

// syncEvery is how long bytes of the copy may stay unwritten. A large sync at
// the end would hold up those of the worker by hundreds of milliseconds.
const syncEvery = 20 * time.Millisecond

// copyInto writes a snapshot into an empty file. Writers do not wait for it.
func (s *Store) copyInto(ctx context.Context, file *os.File) error {
	copied := make(chan error, 1)
	go func() {
		_, err := s.write.ExecContext(ctx, `vacuum into ?`, file.Name())
		copied <- err
	}()
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-copied:
			return errors.Join(err, file.Sync())
		case <-tick.C:
			if err := file.Sync(); err != nil {
				return errors.Join(err, <-copied)
			}
		}
	}
}

func mustNotExist(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errorOr(err, fs.ErrExist)
	}
	return nil
}

// finish marks a copy, verifies it and counts what it holds.
func finish(ctx context.Context, path string, now time.Time) (b Backup, err error) {
	db, err := sql.Open(sqliteDriver, fileURL(path).String()+"?_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)")
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, markTable); err != nil {
		return b, fmt.Errorf("mark the copy: %w", err)
	}
	if err := mark(ctx, db, now); err != nil {
		return b, err
	}
	if err := intact(ctx, db); err != nil {
		return b, err
	}
	b.Taken = now
	return b, db.QueryRowContext(ctx, `select (select count(*) from articles), (select count(*) from messages where kind = 'alert'),
		(select count(*) from messages m where `+unsent+`)`).Scan(&b.Articles, &b.Alerts, &b.Waiting)
}

// mark notes in a copy when it was taken. What waits in it may be sent by the
// store that it is a copy of, so that its attempts begin anew, with a look.
func mark(ctx context.Context, db execer, now time.Time) error {
	for _, step := range []step{
		{`delete from backup`, nil},
		{`insert into backup (taken) values (?)`, []any{ms(now)}},
		{`update messages set first_attempt = case when first_attempt = 0 or first_attempt > ?1 then ?1 else first_attempt end,
			attempts = 0, absent = 0, may_repeat = 0 where state in ('pending', 'parked')`, []any{ms(now)}},
	} {
		if _, err := db.ExecContext(ctx, step.query, step.args...); err != nil {
			return fmt.Errorf("mark the copy: %w", err)
		}
	}
	return nil
}

// markTable is only in a store that began as a copy.
const markTable = `create table if not exists backup (taken integer not null) strict;`

// An execer is a database or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Restored is when the backup was taken that this store is, until the first
// feed is read again; else zero.
func (s *Store) Restored(ctx context.Context) (time.Time, error) {
	var read time.Time
	err := s.read.QueryRowContext(ctx, `select coalesce(max(last_ok), 0) from feeds`).Scan(stamp{&read})
	if err != nil || read.After(s.taken) {
		return time.Time{}, err
	}
	return s.taken, nil
}

// readMark reads when the backup was taken that this store began as, if it did.
func (s *Store) readMark(ctx context.Context) error {
	marked, err := s.engine.has(ctx, s.write, "backup")
	if err != nil || !marked {
		return err
	}
	err = s.write.QueryRowContext(ctx, `select taken from backup`).Scan(stamp{&s.taken})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// unlooked holds for a message that was never tried and yet has a first
// attempt: the channel may have it from before a restore. It is looked for
// when it is due, and then sent or adopted like any undecided one.
const unlooked = `(m.state in ('pending', 'parked') and m.first_attempt <> 0 and m.attempts = 0 and m.absent = 0 and m.may_repeat = 0)`

// look makes the channel's unlooked messages that are due undecided.
func look(ctx context.Context, tx *sql.Tx, channel string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `update messages set state = ?, not_before = 0, reason = 'may have been sent after the backup' where id in (
		select m.id from messages m `+threads+` where m.channel = ? and `+unlooked+` and `+sendable+` and m.not_before <= ?)`,
		monitor.Unconfirmed, channel, ms(now))
	if err != nil {
		return fmt.Errorf("look for messages of before the restore: %w", err)
	}
	return nil
}

// firstSince says whether the feed's articles are the first that it brought
// since the backup was taken: they may have been told before the restore.
func (l *ledger) firstSince(taken time.Time, feedKey string) (bool, error) {
	if taken.IsZero() {
		return false, nil
	}
	var read time.Time
	err := l.tx.QueryRowContext(l.ctx, `select last_ok from feeds where key = ?`, feedKey).Scan(stamp{&read})
	if errors.Is(err, sql.ErrNoRows) { // the lease went with it, as the write will tell
		return false, nil
	}
	return !read.After(taken), err
}
