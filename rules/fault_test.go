package rules

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write golden files")

// Each file of testdata/faults holds rule files and, last, what is printed about them.
func TestFaultsArePrinted(t *testing.T) {
	names, err := filepath.Glob("testdata/faults/*.txt")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d golden files, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := len(archive.Files) - 1
			var sources []Source
			for _, f := range archive.Files[:last] {
				sources = append(sources, Source{Name: f.Name, Data: f.Data})
			}
			e, faults := Load(sources)
			if (e == nil) != anyError(faults) {
				t.Errorf("engine %v beside faults %v", e != nil, faults)
			}
			if e != nil {
				faults = append(faults, e.CheckExamples()...)
			}
			var printed strings.Builder
			for _, f := range faults {
				printed.WriteString(f.String() + "\n\n")
			}
			got := strings.TrimSuffix(printed.String(), "\n")
			if *update {
				archive.Files[last].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[last].Data), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
