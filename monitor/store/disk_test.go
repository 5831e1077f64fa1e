package store

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A systemCall changes files, makes changes durable, or acknowledges them.
type systemCall struct {
	name   string
	file   string // base name; "." is the folder itself
	to     string // new name, of a rename
	data   []byte // of a write
	offset int    // of a write; the new size, of a truncation
	stdout bool
}

func (c systemCall) acknowledges() bool { return c.stdout }

// lines are what a write to standard output acknowledges.
func (c systemCall) lines() []string {
	var lines []string
	for line := range strings.Lines(string(c.data)) {
		if strings.HasPrefix(line, "ack ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

var (
	tracedCall    = regexp.MustCompile(`^(\d+) +(\w+)\((.*?)(?:\) += (-?\d+).*| <unfinished \.\.\.>)$`)
	tracedResumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>.* = (-?\d+)`)
	tracedText    = regexp.MustCompile(`"((?:\\x[0-9a-f]{2})*)"`)
	tracedFile    = regexp.MustCompile(`^\d+<([^>]*)>`)
)

// readTrace reads what strace wrote, as far as it concerns files in the folder.
// A change counts from the moment it is asked for, a sync from the moment it is
// answered.
func readTrace(log, folder string) ([]systemCall, error) {
	file, err := os.Open(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var calls []systemCall
	pending := make(map[string]systemCall) // syncs that were not answered yet, by thread
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		line := lines.Text()
		if m := tracedResumed.FindStringSubmatch(line); m != nil {
			if call, ok := pending[m[1]]; ok && m[3] == "0" {
				calls = append(calls, call)
			}
			delete(pending, m[1])
			continue
		}
		m := tracedCall.FindStringSubmatch(line)
		if m == nil && strings.Contains(line, " ???(") { // the process ended meanwhile
			continue
		}
		if m == nil {
			return nil, fmt.Errorf("trace: cannot read %.200q", line)
		}
		call, ok, err := parseCall(m[2], m[3], folder)
		switch {
		case err != nil:
			return nil, fmt.Errorf("trace: %w in %.200q", err, line)
		case !ok || strings.HasPrefix(m[4], "-"):
		case call.name == "sync" && m[4] == "":
			pending[m[1]] = call
		default:
			calls = append(calls, call)
		}
	}
	return calls, lines.Err()
}

// parseCall reads one call; ok is false when it does not concern the folder.
func parseCall(name, args, folder string) (call systemCall, ok bool, err error) {
	var texts [][]byte
	for _, m := range tracedText.FindAllStringSubmatch(args, -1) {
		text, err := hex.DecodeString(strings.ReplaceAll(m[1], `\x`, ""))
		if err != nil {
			return call, false, err
		}
		texts = append(texts, text)
	}
	inside := func(path string) (string, bool) {
		base, err := filepath.Rel(folder, path)
		return base, err == nil && filepath.IsLocal(base) && !strings.HasSuffix(base, "(deleted)")
	}
	number := func() int { // the last argument
		n, e := strconv.Atoi(strings.TrimSpace(args[strings.LastIndex(args, ",")+1:]))
		err = e
		return n
	}
	switch name {
	case "open", "openat":
		if !strings.Contains(args, "O_CREAT") || len(texts) == 0 {
			return call, false, nil
		}
		call.name = "create"
		call.file, ok = inside(string(texts[len(texts)-1]))
		return call, ok, nil
	case "unlink", "unlinkat":
		call.name = "unlink"
		call.file, ok = inside(string(texts[len(texts)-1]))
		return call, ok, nil
	case "rename", "renameat", "renameat2":
		call.name = "rename"
		call.file, ok = inside(string(texts[len(texts)-2]))
		call.to, _ = inside(string(texts[len(texts)-1]))
		return call, ok, nil
	}
	if name == "write" && strings.HasPrefix(args, "1<") {
		return systemCall{name: "write to stdout", data: texts[len(texts)-1], stdout: true}, true, nil
	}
	path := tracedFile.FindStringSubmatch(args)
	if path == nil {
		return call, false, nil
	}
	shown, err := hex.DecodeString(strings.ReplaceAll(path[1], `\x`, ""))
	if err != nil { // older releases print it as it is
		shown = []byte(path[1])
	}
	if call.file, ok = inside(string(shown)); !ok {
		return call, false, nil
	}
	switch name {
	case "fsync", "fdatasync":
		call.name = "sync"
		return call, true, nil
	case "ftruncate":
		call.name = "truncate"
		call.offset = number()
		return call, true, err
	case "pwrite64":
		call.name, call.data = "write", texts[len(texts)-1]
		call.offset = number()
		return call, true, err
	default: // write: only the lock's process id is written so
		return call, false, nil
	}
}

// A disk is what a trace has come to: what is durable, and what is not yet.
type disk struct {
	names   map[string]*traced   // as the process sees them
	durable map[string]*traced   // as they surely are after a power loss
	moves   []map[string]*traced // as they were after each change since
}

// A traced file has its durable bytes and what was written since.
type traced struct {
	durable []byte
	pending []systemCall
}

func newDisk() *disk {
	return &disk{names: make(map[string]*traced), durable: make(map[string]*traced)}
}

// take applies a call.
func (d *disk) take(c systemCall) {
	switch c.name {
	case "create":
		if d.names[c.file] == nil {
			d.names[c.file] = &traced{}
			d.moves = append(d.moves, maps.Clone(d.names))
		}
	case "unlink":
		delete(d.names, c.file)
		d.moves = append(d.moves, maps.Clone(d.names))
	case "rename":
		d.names[c.to] = d.names[c.file]
		delete(d.names, c.file)
		d.moves = append(d.moves, maps.Clone(d.names))
	case "sync":
		if c.file == "." {
			d.durable, d.moves = maps.Clone(d.names), nil
			return
		}
		if f := d.names[c.file]; f != nil {
			for _, p := range f.pending {
				f.durable = applied(f.durable, p)
			}
			f.pending = nil
		}
	default:
		if f := d.names[c.file]; f != nil {
			f.pending = append(f.pending, c)
		}
	}
}

// applied is data after a write or a truncation.
func applied(data []byte, c systemCall) []byte {
	end := c.offset + len(c.data)
	if c.name == "truncate" && len(data) > c.offset {
		return data[:c.offset:c.offset]
	}
	if len(data) < end {
		data = append(data, make([]byte, end-len(data))...)
	}
	copy(data[c.offset:], c.data)
	return data
}

// A survival is what a disk keeps of unsynced changes.
type survival struct {
	name string
	keep func(pending []systemCall, random *rand.Rand) []systemCall
}

const sector = 512

var survivals = []survival{
	{"all unsynced dropped", func([]systemCall, *rand.Rand) []systemCall { return nil }},
	{"some unsynced kept", some},
	{"some unsynced kept, in another order", func(pending []systemCall, random *rand.Rand) []systemCall {
		kept := some(pending, random)
		random.Shuffle(len(kept), func(i, j int) { kept[i], kept[j] = kept[j], kept[i] })
		return kept
	}},
	{"unsynced torn at 512 bytes", func(pending []systemCall, random *rand.Rand) []systemCall {
		var pieces []systemCall
		for _, c := range pending {
			if c.name == "truncate" {
				pieces = append(pieces, c)
				continue
			}
			for piece := range slices.Chunk(c.data, sector) {
				pieces = append(pieces, systemCall{name: "write", offset: c.offset, data: piece})
				c.offset += len(piece)
			}
		}
		return some(pieces, random)
	}},
	{"all unsynced kept", func(pending []systemCall, _ *rand.Rand) []systemCall { return pending }},
}

func some(pending []systemCall, random *rand.Rand) []systemCall {
	return slices.DeleteFunc(slices.Clone(pending), func(systemCall) bool { return random.IntN(2) == 0 })
}

// after is what a power loss now leaves: of the changes of names a first part,
// as file systems keep their order, and of each file's what survives. The
// shared memory is no file on disk: SQLite makes it anew.
func (d *disk) after(s survival, random *rand.Rand) map[string][]byte {
	names := d.durable
	kept := len(d.moves)
	switch s.name {
	case "all unsynced dropped":
		kept = 0
	case "all unsynced kept":
	default:
		kept = random.IntN(kept + 1)
	}
	if kept > 0 {
		names = d.moves[kept-1]
	}
	files := make(map[string][]byte)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if strings.HasSuffix(name, "-shm") || filepath.Ext(name) == ".lock" {
			continue
		}
		data := slices.Clone(names[name].durable)
		for _, c := range s.keep(names[name].pending, random) {
			data = applied(data, c)
		}
		files[name] = data
	}
	return files
}
