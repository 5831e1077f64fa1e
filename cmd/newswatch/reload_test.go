package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// edited starts with one good rule and returns a function that saves a file
// and looks as often as it takes.
func edited(t *testing.T) (inForce *rulesInForce, log *bytes.Buffer, save func(name, text string)) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("watch.yaml", "rules: [{id: one, match: satellite}]\n")
	a := &app{rulesDir: dir, err: &bytes.Buffer{}}
	inForce, err := a.rulesInForce(nil)
	if err != nil {
		t.Fatal(err)
	}
	log = &bytes.Buffer{}
	inForce.log = slog.New(slog.NewTextHandler(log, nil))
	return inForce, log, func(name, text string) {
		write(name, text)
		inForce.look()
		inForce.look()
	}
}

func TestEditIsAppliedWhole(t *testing.T) {
	inForce, _, save := edited(t)
	before := inForce.current()
	save("more.yaml", "rules: [{id: two, match: rocket}]\n")
	if inForce.current().Rule("two") == nil || inForce.current().Rule("one") == nil {
		t.Error("the edit is not in force")
	}
	if before.Rule("two") != nil {
		t.Error("the engine in use was changed")
	}
}

func TestFaultyEditChangesNothingAndIsToldOnce(t *testing.T) {
	for name, text := range map[string]string{
		"syntax":              "rules: [{id: two, match: \n",
		"query":               "rules: [{id: two, match: satellite AND}]\n",
		"its own example":     "rules: [{id: two, match: rocket, examples: {alert: [no such thing]}}]\n",
		"a term that is gone": "rules: [{id: two, match: $none}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			inForce, log, save := edited(t)
			var faults []string
			inForce.faulty = func(err error) { faults = append(faults, err.Error()) }
			before := inForce.current()
			save("more.yaml", text)
			if inForce.current() != before {
				t.Error("the edit is in force")
			}
			if len(faults) != 1 || !strings.Contains(faults[0], "more.yaml:") {
				t.Errorf("the operator heard of %q", faults)
			}
			if !strings.Contains(log.String(), "more.yaml:") {
				t.Errorf("the fault's place is not logged: %s", log)
			}
			told := log.Len()
			inForce.look()
			if log.Len() != told {
				t.Errorf("told again: %s", log.String()[told:])
			}
			save("more.yaml", "rules: [{id: two, match: rocket}]\n")
			if inForce.current().Rule("two") == nil {
				t.Error("the mended edit is not in force")
			}
		})
	}
}

func TestHalfWrittenFileIsLeftToItsEditor(t *testing.T) {
	inForce, log, save := edited(t)
	path := filepath.Join(inForce.dir, "watch.yaml")
	if err := os.WriteFile(path, []byte("rules: [{id: on"), 0o644); err != nil {
		t.Fatal(err)
	}
	inForce.look()
	save("watch.yaml", "rules: [{id: one, match: rocket}]\n")
	if strings.Contains(log.String(), "ERROR") {
		t.Errorf("the half was told: %s", log)
	}
}

func TestFolderThatIsGoneLeavesTheRules(t *testing.T) {
	inForce, log, _ := edited(t)
	if err := os.RemoveAll(inForce.dir); err != nil {
		t.Fatal(err)
	}
	inForce.look()
	told := log.Len()
	inForce.look()
	if inForce.current().Rule("one") == nil || told == 0 || log.Len() != told {
		t.Errorf("rules %v, log %s", inForce.current().Rules(), log)
	}
}
