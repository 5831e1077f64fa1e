package main

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor/config"
	"newswatch/rules"
)

// TestTranscripts does what README.md and the pages of docs tell their reader to
// do, and finds what they show. A block whose fence names a file is that file, one
// marked diff changes it, and one marked console holds commands with their output,
// which UPDATE=1 writes anew.
func TestTranscripts(t *testing.T) {
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatal("docs has no pages", err)
	}
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		path, err := filepath.Abs(page)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(path), func(t *testing.T) { follow(t, path) })
	}
}

// follow does what one page tells.
func follow(t *testing.T, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	page, name := string(data), filepath.Base(path)
	var told strings.Builder
	commands := 0
	for i, part := range strings.Split(page, "\n```") {
		if i > 0 {
			told.WriteString("\n```")
		}
		fence, body, _ := strings.Cut(part, "\n")
		kind, file, _ := strings.Cut(fence, " ")
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
			applyDiff(t, file, body)
		case file != "":
			writeText(t, file, body+"\n")
		}
		told.WriteString(part)
	}
	if commands == 0 && (name == "README.md" || strings.Contains(page, "\n```console")) {
		t.Fatalf("%s shows no commands", name)
	}
	if os.Getenv("UPDATE") != "" {
		writeText(t, path, told.String())
	} else if diff := cmp.Diff(strings.Split(page, "\n"), strings.Split(told.String(), "\n")); diff != "" {
		t.Errorf("%s (-) shows other than what happens (+); UPDATE=1 mends it:\n%s", name, diff)
	}
}

// TestReadmeNamesEveryKey asks config and rules for the keys they take.
func TestReadmeNamesEveryKey(t *testing.T) {
	_, readme := readReadme(t)
	var schema struct {
		Definitions struct {
			Rule struct {
				Properties map[string]json.RawMessage `json:"properties"`
			} `json:"rule"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal([]byte(rules.Schema), &schema); err != nil {
		t.Fatal(err)
	}
	keys := slices.Collect(maps.Keys(schema.Definitions.Rule.Properties))
	if len(keys) == 0 {
		t.Fatal("the schema names no keys of a rule")
	}
	for prefix, wrong := range map[string]string{
		"": "zzz: 1", "defaults.": "defaults: {zzz: 1}", "feeds[].": "feeds: [{zzz: 1}]", "slack.": "slack: {zzz: 1}",
		"stories.": "stories: {zzz: 1}", "digest.": "digest: {zzz: 1}", "network.": "network: {zzz: 1}", "http.": "http: {zzz: 1}",
	} {
		_, faults := config.Parse("config.yaml", []byte(wrong), os.LookupEnv)
		i := slices.IndexFunc(faults, func(f config.Fault) bool { return strings.HasPrefix(f.Hint, "the keys here are ") })
		if i < 0 {
			t.Fatalf("%s: no hint names the keys: %v", wrong, faults)
		}
		for key := range strings.SplitSeq(strings.TrimPrefix(faults[i].Hint, "the keys here are "), ", ") {
			keys = append(keys, prefix+key)
		}
	}
	var described strings.Builder // the first cells of its tables
	for line := range strings.Lines(readme) {
		if row, ok := strings.CutPrefix(line, "| "); ok {
			cell, _, _ := strings.Cut(row, " | ")
			described.WriteString(cell)
		}
	}
	for _, key := range keys {
		row := regexp.MustCompile("`" + regexp.QuoteMeta(key) + "(`|\\.|\\[)") // a section is described by its keys
		if !row.MatchString(described.String()) {
			t.Errorf("README.md does not describe %s", key)
		}
	}
}

// TestReadmeNamesFilesThatExist follows every path that README.md and
// CONTRIBUTING.md name.
func TestReadmeNamesFilesThatExist(t *testing.T) {
	path := regexp.MustCompile("`((?:cmd|monitor|rules|contrib|\\.ci)/[\\w./-]+)`")
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		paths := path.FindAllStringSubmatch(string(text), -1)
		if len(paths) == 0 {
			t.Errorf("%s names no files", name)
		}
		for _, match := range paths {
			if _, err := os.Stat(filepath.Join("..", "..", match[1])); err != nil {
				t.Errorf("%s names %s, which is not there", name, match[1])
			}
		}
	}
}

func readReadme(t *testing.T) (path, text string) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, string(data)
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
		t.Fatalf("the page changes lines of %s that are not in it once:\n%s", name, before.String())
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
