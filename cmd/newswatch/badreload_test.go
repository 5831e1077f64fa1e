package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
)

// A badReload is an edit that must not come into force.
type badReload struct {
	name string
	do   func(e *edited) error
}

// ruled saves a text as the rules, configured as the configuration.
func ruled(name, text string) badReload {
	return badReload{name, func(e *edited) error { return e.put("rules/watch.yaml", text) }}
}

func configured(name, old, text string) badReload {
	return badReload{name, func(e *edited) error {
		return e.put("config.yaml", strings.Replace(editedConfig, old, text, 1))
	}}
}

// instead puts something in the place of a file.
func instead(name, file string, do func(path string) error) badReload {
	return badReload{name, func(e *edited) error {
		path := filepath.Join(e.dir, file)
		return errors.Join(os.RemoveAll(path), do(path))
	}}
}

func nothing(string) error          { return nil }
func dangling(path string) error    { return os.Symlink("gone.yaml", path) }
func outside(path string) error     { return os.Symlink("../config.yaml", path) }
func folder(path string) error      { return os.Mkdir(path, 0o755) }
func fifo(path string) error        { return syscall.Mkfifo(path, 0o600) }
func ordinary(path string) error    { return os.WriteFile(path, []byte("not a folder"), 0o600) }
func huge(path string) error        { return large(path, 50<<20) }
func ratherLarge(path string) error { return large(path, 3<<19) }

func large(path string, size int64) error {
	return errors.Join(os.WriteFile(path, []byte("rules: []\n"), 0o600), os.Truncate(path, size))
}

func badReloads() []badReload {
	return []badReload{
		ruled("a list that is not closed", "rules:\n  - id: launch\n    any: [satellite, rocket\n"),
		ruled("a file half written", "rules:\n  - id: launch\n    mat"),
		ruled("an operator without an operand", "rules:\n  - id: launch\n    match: satellite AND\n"),
		ruled("a phrase without quotes", "rules:\n  - id: launch\n    match: spy satellite AND launch*\n"),
		ruled("and beside or", "rules:\n  - id: launch\n    match: satellite AND launch* OR orbit\n"),
		ruled("another tool's operator", "rules:\n  - id: launch\n    match: satellite w/5 launch\n"),
		ruled("an unknown key", "rules:\n  - id: launch\n    severty: high\n    match: satellite\n"),
		ruled("a severity that there is not", "rules:\n  - id: launch\n    severity: urgent\n    match: satellite\n"),
		ruled("a rule without an id", "rules:\n  - match: satellite\n"),
		{"an id that another file has", func(e *edited) error { return e.put("rules/more.yaml", editedRules) }},
		ruled("a list that there is not", "rules:\n  - id: launch\n    match: $north-korea AND satellite\n"),
		ruled("lists in a circle", "terms:\n  a: [$b]\n  b: [$a]\nrules:\n  - id: launch\n    match: $a\n"),
		ruled("an example that does not alert", "rules:\n  - id: launch\n    match: satellite\n    examples: {alert: [Rocket seen]}\n"),
		ruled("an example that must not alert", "rules:\n  - id: launch\n    match: satellite\n    examples: {ignore: [\"Satellite television, with a very long title that goes on\"]}\n"),
		ruled("no UTF-8", "rules:\n  - id: launch\n    match: \"\xc0\xa7\xbc\xba\"\n"),
		ruled("no rules in it", "# all of them were deleted\n"),
		ruled("many faults", "rules:\n"+strings.Repeat("  - id: launch\n    match: satellite AND\n", 9)),
		instead("a rule file that is the only one and gone", "rules/watch.yaml", nothing),
		instead("a dangling link for a rule file", "rules/watch.yaml", dangling),
		instead("a rule file that leads out of the folder", "rules/watch.yaml", outside),
		instead("a folder for a rule file", "rules/watch.yaml", folder),
		instead("a pipe for a rule file", "rules/watch.yaml", fifo),
		instead("a rule file of 50 MB", "rules/watch.yaml", huge),
		instead("a rule file of 1.5 MB", "rules/watch.yaml", ratherLarge),
		instead("no folder of rules", "rules", nothing),
		instead("a file for the folder of rules", "rules", ordinary),
		instead("a pipe for the folder of rules", "rules", fifo),
		instead("a dangling link for the folder of rules", "rules", dangling),
		instead("no configuration", "config.yaml", nothing),
		instead("a folder for the configuration", "config.yaml", folder),
		instead("a dangling link for the configuration", "config.yaml", dangling),
		instead("a pipe for the configuration", "config.yaml", fifo),
		instead("a configuration of 50 MB", "config.yaml", huge),
		configured("an empty configuration", editedConfig, ""),
		configured("a key that is misspelt", "rules: rules", "rulez: rules"),
		configured("a section at the wrong place", "rules: rules", "rules: rules\nfold_above: 5"),
		configured("a schedule without quotes", `schedule: "@every 60s"`, `schedule: */5 * * * *`),
		configured("a schedule that never comes", `"@every 60s"`, `"0 0 31 2 *"`),
		configured("a zone that there is not", "rules: rules", "rules: rules\ntimezone: Asia/Soul"),
		configured("two feeds at one address", "192.0.2.2", "192.0.2.1"),
		configured("a feed without an address", `, url: "https://192.0.2.2/rss"`, ""),
		configured("a channel that is none", `"#news"`, "news"),
		configured("a variable that is not set", `"https://192.0.2.2/rss"`, `"https://192.0.2.2/${NEWSWATCH_NO_SUCH}"`),
		configured("a proxy with a password", "rules: rules", "rules: rules\nnetwork: {proxy: \"ftp://user:hunter2@proxy.example\"}"),
		configured("a folder of rules that there is not", "rules: rules", "rules: rulez"),
		configured("an address that is taken", `listen: ""`, `listen: "127.0.0.1:TAKEN"`),
		instead("no token", "token", nothing),
		instead("an empty token", "token", func(path string) error { return os.WriteFile(path, nil, 0o600) }),
		instead("a folder for the token", "token", folder),
		{"faults in both", func(e *edited) error {
			return errors.Join(e.put("config.yaml", editedConfig+"retention: 5x\n"),
				e.put("rules/watch.yaml", "rules:\n  - id: launch\n    match: satellite AND\n"))
		}},
	}
}

// put saves a file as an editor does, by renaming.
func (e *edited) put(name, text string) error {
	text = strings.ReplaceAll(text, "TAKEN", e.taken)
	path := filepath.Join(e.dir, name)
	return errors.Join(os.WriteFile(path+"~", []byte(text), 0o600), os.Rename(path+"~", path))
}

// TestBadReloadsChangeNothing breaks the files in every way. What was in force
// stays, people hear what is wrong, as the golden file has it, once; and when
// the edit is taken back they hear that.
func TestBadReloadsChangeNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	var told strings.Builder
	for _, bad := range badReloads() {
		t.Run(bad.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := edit(t, nil)
				e.taken = port
				before := e.inForce.Load()
				if err := bad.do(e); err != nil {
					t.Fatal(err)
				}
				notes := e.notes()
				told.WriteString("== " + bad.name + "\n" + strings.ReplaceAll(notes, port, "PORT") + "\n\n")
				if e.inForce.Load() != before {
					t.Error("something came into force")
				}
				if !strings.HasPrefix(notes, "An edit is not in force") || strings.Contains(notes, "\n---\n") {
					t.Errorf("people heard\n%s", notes)
				}
				if got := gauge(t, e, "newswatch_config_last_reload_successful"); got != 0 {
					t.Errorf("the metric says %v", got)
				}
				if strings.Contains(notes+e.log.String(), "hunter2") {
					t.Error("a secret was told")
				}
				if again := e.notes(); again != "" {
					t.Errorf("and then\n%s", again)
				}
				e.mend()
				if notes := e.notes(); !strings.Contains(notes, "is taken back") {
					t.Errorf("of the end people heard\n%s", notes)
				}
				if got := gauge(t, e, "newswatch_config_last_reload_successful"); got != 1 {
					t.Errorf("mended, the metric says %v", got)
				}
			})
		})
	}
	if !t.Failed() {
		golden(t, "badreloads.txt", told.String())
	}
}

// mend puts the files back as they were.
func (e *edited) mend() {
	e.t.Helper()
	for name, text := range map[string]string{"config.yaml": editedConfig, "rules/watch.yaml": editedRules, "token": "xoxb-one"} {
		if name == "rules/watch.yaml" {
			os.RemoveAll(filepath.Join(e.dir, "rules"))
		}
		path := filepath.Join(e.dir, name)
		err := errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600))
		if err != nil {
			e.t.Fatal(err)
		}
	}
	e.settle()
}

// gauge reads a metric.
func gauge(t *testing.T, e *edited, name string) float64 {
	t.Helper()
	families, err := e.metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

// golden holds what was got against a file of testdata; UPDATE=1 rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
