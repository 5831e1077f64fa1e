package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadme does what README.md tells its reader to do, and finds what it
// shows. A block whose fence names a file is that file, one marked diff changes
// it, and one marked console holds commands with their output, which UPDATE=1
// writes anew.
func TestReadme(t *testing.T) {
	path, err := filepath.Abs(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var told strings.Builder
	commands := 0
	for i, part := range strings.Split(string(readme), "\n```") {
		if i > 0 {
			told.WriteString("\n```")
		}
		fence, body, _ := strings.Cut(part, "\n")
		kind, name, _ := strings.Cut(fence, " ")
		switch {
		case i%2 == 0: // between two blocks
		case kind == "console":
			part = fence
			for line := range strings.Lines(body + "\n") {
				command, ok := strings.CutPrefix(line, "$ newswatch ")
				if ok {
					commands++
					part += "\n" + strings.TrimSpace(line) + "\n" + strings.TrimRight(runLine(strings.Fields(command)), "\n")
				}
			}
		case kind == "diff":
			applyDiff(t, name, body)
		case name != "":
			writeText(t, name, body+"\n")
		}
		told.WriteString(part)
	}
	if commands == 0 {
		t.Fatal("README.md shows no commands")
	}
	if os.Getenv("UPDATE") != "" {
		writeText(t, path, told.String())
	} else if diff := cmp.Diff(string(readme), told.String()); diff != "" {
		t.Errorf("README.md (-) shows other than what happens (+); UPDATE=1 mends it:\n%s", diff)
	}
}

func runLine(args []string) string {
	var out bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &out}
	a.execute(context.Background(), args)
	return out.String()
}

// applyDiff applies a diff of one hunk without line numbers.
func applyDiff(t *testing.T, name, diff string) {
	t.Helper()
	var before, after strings.Builder
	for line := range strings.Lines(diff + "\n") {
		if line[0] != '+' {
			before.WriteString(line[1:])
		}
		if line[0] != '-' {
			after.WriteString(line[1:])
		}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(data), before.String()) != 1 {
		t.Fatalf("README.md changes lines of %s that are not in it once:\n%s", name, before.String())
	}
	writeText(t, name, strings.Replace(string(data), before.String(), after.String(), 1))
}

func writeText(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
