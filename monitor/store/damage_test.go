package store

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"newswatch/monitor"
)

var mutants = flag.Int("mutants", 200, "how many damaged stores TestDamagedStore tries")

// TestDamagedStore damages a store in one way after another. Each is either
// refused, with the file and the command that restores it, and not replaced; or
// it opens, sound, with what was in it.
func TestDamagedStore(t *testing.T) {
	sound := soundStore(t)
	verdicts := make(map[string]int)
	for i := range *mutants {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		damage := damages[i%len(damages)]
		path := filepath.Join(t.TempDir(), "newswatch.db")
		files := maps.Clone(sound)
		for name, data := range files {
			files[name] = slices.Clone(data)
		}
		damage.do(files, random)
		for name, data := range files {
			write(t, path+name, data)
		}
		s, err := Open(t.Context(), path)
		if err != nil {
			verdicts[damage.name+": refused"]++
			refusedAsDamaged(t, damage.name, i, path, err)
			after, readErr := os.ReadFile(path)
			if data, there := files[""]; there != (readErr == nil) || len(after) < len(data) {
				t.Errorf("%s, mutant %d: the file was replaced: it had %d bytes and has %d, %v", damage.name, i, len(data), len(after), readErr)
			}
			continue
		}
		verdicts[damage.name+": opened"]++
		var feeds int
		if err := errors.Join(intact(t.Context(), s.write), s.read.QueryRow(`select count(*) from feeds`).Scan(&feeds)); err != nil || feeds != 1 {
			t.Errorf("%s, mutant %d: opened with %d feeds, %v", damage.name, i, feeds, err)
		}
		if damage.fatal {
			t.Errorf("%s, mutant %d: opened", damage.name, i)
		}
		s.Close()
	}
	for _, name := range slices.Sorted(maps.Keys(verdicts)) {
		t.Logf("%4d %s", verdicts[name], name)
	}
}

func refusedAsDamaged(t *testing.T, name string, mutant int, path string, err error) {
	t.Helper()
	var damaged *Damaged
	if !errors.As(err, &damaged) || damaged.Path != path {
		t.Errorf("%s, mutant %d: refused without naming the file: %v", name, mutant, err)
	}
}

// soundStore is a store's files by suffix: the last writes are in its -wal.
func soundStore(t *testing.T) map[string][]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "newswatch.db")
	s := openAt(t, path)
	if _, err := s.Enroll(t.Context(), "w1", []monitor.Feed{agency}); err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		record(t, s, agency, noon, article(agency, fmt.Sprint(i), fmt.Sprintf("https://agency.example/%d", i), fmt.Sprintf("Article %d", i)))
		post(t, s, monitor.Message{Key: fmt.Sprint(i), Kind: monitor.KindAlert})
	}
	if _, err := s.write.Exec(`pragma wal_checkpoint(truncate)`); err != nil {
		t.Fatal(err)
	}
	record(t, s, agency, noon, article(agency, "last", "https://agency.example/last", "Last article"))
	files := make(map[string][]byte)
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if err != nil || len(data) == 0 {
			t.Fatalf("%s has %d bytes, %v", path+suffix, len(data), err)
		}
		files[suffix] = data
	}
	return files
}

const page = 4096

// damages are what happens to files; none that is fatal may pass.
var damages = []struct {
	name  string
	fatal bool
	do    func(files map[string][]byte, random *rand.Rand)
}{
	{"a flipped bit", false, func(files map[string][]byte, random *rand.Rand) {
		flip(files[""], random)
	}},
	{"a flipped bit in the first page", false, func(files map[string][]byte, random *rand.Rand) {
		flip(files[""][:page], random)
	}},
	{"a hundred flipped bits", false, func(files map[string][]byte, random *rand.Rand) {
		for range 100 {
			flip(files[""], random)
		}
	}},
	{"a page of zeros", false, func(files map[string][]byte, random *rand.Rand) {
		at := page * random.IntN(len(files[""])/page)
		clear(files[""][at : at+page])
	}},
	{"a page of another place", false, func(files map[string][]byte, random *rand.Rand) {
		from, to := page*random.IntN(len(files[""])/page), page*random.IntN(len(files[""])/page)
		copy(files[""][to:to+page], files[""][from:])
	}},
	{"cut short", false, func(files map[string][]byte, random *rand.Rand) {
		files[""] = files[""][:1+random.IntN(len(files[""])-1)]
	}},
	{"cut short, without its -wal", true, func(files map[string][]byte, random *rand.Rand) {
		files[""] = files[""][:1+random.IntN(len(files[""])-page)]
		delete(files, "-wal")
	}},
	{"a flipped bit in the -wal", false, func(files map[string][]byte, random *rand.Rand) {
		flip(files["-wal"], random)
	}},
	{"garbage as -wal", false, func(files map[string][]byte, random *rand.Rand) {
		garble(files["-wal"], random)
	}},
	{"a file of something else", true, func(files map[string][]byte, random *rand.Rand) {
		garble(files[""], random)
	}},
	{"an empty file", true, func(files map[string][]byte, _ *rand.Rand) {
		files[""] = nil
		delete(files, "-wal")
	}},
	{"an empty file beside its -wal", true, func(files map[string][]byte, _ *rand.Rand) {
		files[""] = nil
	}},
	{"a -wal alone", true, func(files map[string][]byte, _ *rand.Rand) {
		delete(files, "")
	}},
	{"a table of another name", true, func(files map[string][]byte, _ *rand.Rand) {
		copy(files[""], strings.ReplaceAll(string(files[""]), "outlet     text", "outler     text"))
	}},
}

func flip(data []byte, random *rand.Rand) { data[random.IntN(len(data))] ^= 1 << random.IntN(8) }

func garble(data []byte, random *rand.Rand) {
	for i := range data {
		data[i] = byte(random.Uint32())
	}
}

func TestDatabaseOfSomethingElseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newswatch.db")
	s, err := connect(t.Context(), path, nil)
	if err == nil {
		_, err = s.write.Exec(`create table recipes (name text)`)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path)
	refusedAsDamaged(t, "recipes", 0, path, err)
}

func TestRestoreCommandIsOneForAShell(t *testing.T) {
	for _, tt := range []struct{ path, backup, want string }{
		{"/srv/newswatch.db", "BACKUP", "rm -f /srv/newswatch.db-wal /srv/newswatch.db-shm && cp BACKUP /srv/newswatch.db"},
		{"it's.db", "a b.db", `rm -f 'it'\''s.db'-wal 'it'\''s.db'-shm && cp 'a b.db' 'it'\''s.db'`},
	} {
		if got := RestoreCommand(tt.path, tt.backup); got != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

func TestReaderRefusesAnEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newswatch.db")
	write(t, path, nil)
	_, err := OpenReader(t.Context(), path)
	refusedAsDamaged(t, "empty", 0, path, err)
}

func TestUnfinishedCreationIsBegunAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newswatch.db")
	write(t, path+".new", []byte("half a database"))
	write(t, path+".new-wal", []byte("and half of its log"))
	openAt(t, path)
	if left, err := filepath.Glob(path + ".new*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestStoreThatCouldLoseDataIsRefused(t *testing.T) {
	tests := []struct {
		name, version string
		synchronous   int
		ok            bool
	}{
		{"the release with the mended WAL", "3.51.3", 2, true},
		{"a later one", "3.53.4", 2, true},
		{"a later major release", "4.0.0", 2, true},
		{"more than FULL", "3.53.4", 3, true},
		{"the last with the WAL-reset bug", "3.51.2", 2, false},
		{"an old one", "3.7.17", 2, false},
		{"NORMAL", "3.53.4", 1, false},
		{"OFF", "3.53.4", 0, false},
		{"no version", "unknown", 2, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := durable(tt.version, tt.synchronous); (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("asked at every start", func(t *testing.T) {
		s := openAt(t, filepath.Join(t.TempDir(), "newswatch.db"))
		if _, err := s.write.Exec(`pragma synchronous = NORMAL`); err != nil {
			t.Fatal(err)
		}
		if err := s.prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "not FULL") {
			t.Errorf("got %v", err)
		}
	})
}
