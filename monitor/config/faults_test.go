package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the golden outputs anew")

// environment is what the golden files were printed in.
func environment(name string) (string, bool) {
	switch name {
	case "SLACK_BOT_TOKEN":
		return "xoxb-from-the-environment", true
	case "EMPTY":
		return "", true
	}
	return "", false
}

// TestFaultsAreTold compares what is printed for each faulty file with the
// golden text beside it.
func TestFaultsAreTold(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range archives {
		archive := cases(t, path)
		for i := 0; i+1 < len(archive.Files); i += 2 {
			in, out := archive.Files[i], &archive.Files[i+1]
			name := strings.TrimSuffix(in.Name, ".yaml")
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+name, func(t *testing.T) {
				got := printed(Parse("config.yaml", in.Data, environment))
				if strings.Contains(strings.ReplaceAll(got, "FEED_SECRET", ""), "SECRET") {
					t.Errorf("a secret is printed:\n%s", got)
				}
				if *update {
					out.Data = []byte(got)
					return
				}
				if diff := cmp.Diff(string(out.Data), got); diff != "" {
					t.Errorf("%s prints otherwise (-want +got):\n%s", in.Name, diff)
				}
			})
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func cases(t testing.TB, path string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// printed is all that check has to say.
func printed(c *Config, faults Faults) string {
	var b strings.Builder
	if c == nil && !faults.Broken() {
		b.WriteString("no config, and no reason\n\n")
	}
	if text := faults.String(); text != "" {
		b.WriteString(text + "\n\n")
	}
	if c != nil && c.Slack != nil && len(c.Slack.Missing) > 0 {
		b.WriteString("Slack:\n" + c.Slack.Missing.String() + "\n\n")
	}
	if b.Len() == 0 {
		return "good\n\n"
	}
	return b.String()
}
