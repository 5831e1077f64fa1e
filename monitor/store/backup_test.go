package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"newswatch/monitor"
)

func backUp(t *testing.T, s *Store, path string) Backup {
	t.Helper()
	b, err := s.Backup(t.Context(), path, noon)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBackupHoldsWhatWasCommitted(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, filepath.Join(dir, "newswatch.db"))
	if _, err := s.Enroll(t.Context(), "w1", []monitor.Feed{agency}); err != nil {
		t.Fatal(err)
	}
	record(t, s, agency, noon, article(agency, "g1", "https://agency.example/1", "Launch"))
	settled := post(t, s, monitor.Message{Key: "a", Kind: monitor.KindAlert})
	settled.State, settled.TS, settled.SentRev = monitor.Sent, "1.0", 1
	settle(t, s, settled)
	post(t, s, monitor.Message{Key: "b", Kind: monitor.KindAlert})
	post(t, s, monitor.Message{Key: "c", Kind: monitor.KindOps})

	path := filepath.Join(dir, "copies", "it's 100% a copy?.db")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	b := backUp(t, s, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if want := (Backup{Taken: noon, Bytes: info.Size(), Articles: 1, Alerts: 2, Waiting: 2}); b != want {
		t.Errorf("got %+v, want %+v", b, want)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("beside the backup: %v, %v", left, err)
	}
	restored := openAt(t, path)
	a := article(agency, "g1", "https://agency.example/1", "Launch")
	if seen := sightOne(t, restored, agency, a); !seen.Here {
		t.Error("the article is not in the copy")
	}
	if at, err := restored.Restored(t.Context()); err != nil || !at.Equal(noon) {
		t.Errorf("restored %v, %v", at, err)
	}
	if at, err := s.Restored(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("the original says it is restored: %v, %v", at, err)
	}
}

func TestBackupOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, filepath.Join(dir, "newswatch.db"))
	path := filepath.Join(dir, "copy.db")
	write(t, path, []byte("precious"))
	if _, err := s.Backup(t.Context(), path, noon); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "precious" {
		t.Errorf("now %q, %v", data, err)
	}
	if _, err := s.Backup(t.Context(), filepath.Join(dir, "none", "copy.db"), noon); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
}

func TestBackupBesideAWriterIsWhole(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, filepath.Join(dir, "newswatch.db"))
	stop, written := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				written <- n
				return
			default:
			}
			key := fmt.Sprint(n)
			m := monitor.Message{Channel: "#news", Kind: monitor.KindAlert, Key: key, State: monitor.Pending, Rev: 1, Created: noon}
			if err := s.Tell(t.Context(), m); err != nil {
				t.Error(err)
			}
		}
	}()
	reader, err := OpenReader(t.Context(), filepath.Join(dir, "newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var copies []string
	for i := range 5 {
		copies = append(copies, filepath.Join(dir, fmt.Sprintf("copy%d.db", i)))
		backUp(t, reader, copies[i])
	}
	close(stop)
	n := <-written
	for _, path := range copies {
		restored := openAt(t, path)
		var count, last int
		err := restored.read.QueryRow(`select count(*), coalesce(max(cast(key as integer)) + 1, 0) from messages`).Scan(&count, &last)
		if err != nil || count != last || count > n {
			t.Errorf("%d messages, the last is number %d of %d, %v", count, last, n, err)
		}
	}
}

func TestRestoreOverALeftoverLogIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "newswatch.db")
	s := openAt(t, path)
	record(t, s, agency, noon, article(agency, "g1", "https://agency.example/1", "Launch"))
	backup := filepath.Join(dir, "copy.db")
	backUp(t, s, backup)
	leftover, err := os.ReadFile(path + "-wal")
	if err != nil || len(leftover) == 0 {
		t.Fatal("no -wal to leave over")
	}
	write(t, backup+"-wal", leftover)
	_, err = Open(t.Context(), backup)
	refusedAsDamaged(t, "leftover", 0, backup, err)
}

// BenchmarkBackup tells how long a writer waits at most while a copy is taken.
func BenchmarkBackup(b *testing.B) {
	path, bytes := bigStore(b)
	s, err := Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.SetBytes(bytes)
	var longest time.Duration
	for i := range b.N {
		done := make(chan error)
		go func() {
			reader, err := OpenReader(b.Context(), path)
			if err == nil {
				_, err = reader.Backup(b.Context(), filepath.Join(b.TempDir(), fmt.Sprint(i)), noon)
				err = errors.Join(err, reader.Close())
			}
			done <- err
		}()
		for running := true; running; {
			select {
			case err := <-done:
				if err != nil {
					b.Fatal(err)
				}
				running = false
			default:
				start := time.Now()
				if err := s.Ping(b.Context()); err != nil {
					b.Fatal(err)
				}
				longest = max(longest, time.Since(start))
			}
		}
	}
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms/longest-write")
}
