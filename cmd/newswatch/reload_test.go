package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

func TestEditsAreInForceWithinTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		before := e.inForce.Load()
		e.save("rules/more.yaml", "rules: [{id: rocket, match: rocket}]\n")
		if !e.rule("rocket") || !e.rule("launch") {
			t.Error("the rules are not in force")
		}
		if before.Engine.Rule("rocket") != nil {
			t.Error("the engine in use was changed")
		}
		e.save("config.yaml", strings.Replace(editedConfig, "rules: rules", "rules: rules\nretention: 9d", 1))
		if got := e.inForce.Load().Retention; got != 9*24*time.Hour {
			t.Errorf("articles are kept for %v", got)
		}
		if e.inForce.Load().Reader != before.Reader || e.inForce.Load().Notifier != before.Notifier {
			t.Error("connections were given up that nothing has changed")
		}
		e.save("token", "xoxb-two")
		if e.inForce.Load().Notifier == before.Notifier {
			t.Error("the token that was changed is in use")
		}
	})
}

func TestAHalfWrittenFileIsLeftToItsEditor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		text := "rules: [{id: launch, match: satellite}, {id: rocket, match: rocket}]\n"
		for n := 5; n < len(text); n += 5 {
			if err := os.WriteFile(filepath.Join(e.dir, "rules/watch.yaml"), []byte(text[:n]), 0o600); err != nil {
				t.Fatal(err)
			}
			time.Sleep(300 * time.Millisecond)
		}
		e.save("rules/watch.yaml", text)
		if !e.rule("rocket") || strings.Contains(e.log.String(), "ERROR") {
			t.Errorf("the log: %s", e.log)
		}
	})
}

func TestAMountedConfigMapIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, map[string]string{
			"rules/..one/watch.yaml": editedRules,
			"rules/..two/watch.yaml": "rules: [{id: rocket, match: rocket}]\n",
		})
		point := func(to string) {
			t.Helper()
			link := filepath.Join(e.dir, "rules/..data")
			if err := os.Symlink(to, link+"_tmp"); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(link+"_tmp", link); err != nil {
				t.Fatal(err)
			}
		}
		point("..one")
		if err := os.Remove(filepath.Join(e.dir, "rules/watch.yaml")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("..data/watch.yaml", filepath.Join(e.dir, "rules/watch.yaml")); err != nil {
			t.Fatal(err)
		}
		e.settle()
		point("..two")
		e.settle()
		if e.rule("launch") || !e.rule("rocket") {
			t.Errorf("rules %v in force; the log: %s", e.inForce.Load().Engine.Rules(), e.log)
		}
	})
}

func TestHangupIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		ask := func(want string) {
			t.Helper()
			synctest.Wait()
			e.log.Reset()
			e.hangup <- syscall.SIGHUP
			synctest.Wait()
			if !strings.Contains(e.log.String(), want) {
				t.Errorf("no %q in the log: %s", want, e.log)
			}
		}
		ask("nothing has changed")
		e.write("rules/watch.yaml", "rules: [{id: rocket, match: rocket}]\n")
		ask("edit applied")
		e.write("rules/watch.yaml", "rules: [{id: rocket, match: rocket AND}]\n")
		ask("edit not applied")
		ask("edit not applied")
		e.write("rules/watch.yaml", "rules: [{id: rocket, match: rocket}]\n")
		ask("edit applied")
	})
}

func TestEditsThatNeverRestAreInForceWithinTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		for n := range 20 {
			e.write("rules/watch.yaml", fmt.Sprintf("rules:\n  - {id: launch, match: satellite}\n  - {id: new-%d, match: rocket}\n", n))
			time.Sleep(400 * time.Millisecond)
			if n < 5 {
				continue
			}
			late := true
			for before := n; before >= n-5; before-- {
				late = late && !e.rule(fmt.Sprintf("new-%d", before))
			}
			if late {
				t.Fatalf("edit %d is not in force after two seconds", n-5)
			}
		}
	})
}

func TestAnEditThatTheStoreDoesNotTakeIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, nil)
		e.settle()
		e.shelf.full.Store(true)
		e.save("config.yaml", strings.Replace(editedConfig, "slack:", "  - {name: Third, url: \"https://192.0.2.3/rss\"}\nslack:", 1))
		if notes := e.notes(); !strings.Contains(notes, "disk full") || len(e.inForce.Load().Feeds) != 2 {
			t.Errorf("people heard %q", notes)
		}
		e.shelf.full.Store(false)
		if notes := e.notes(); !strings.Contains(notes, "feed Third: new") || len(e.inForce.Load().Feeds) != 3 {
			t.Errorf("people heard %q", notes)
		}
	})
}

func TestAnEditIsNotRefusedForWhatFailedBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const failing = "    examples: {alert: [Balloon seen], ignore: [Satellite television]}\n"
		e := edit(t, map[string]string{"rules/watch.yaml": editedRules + failing})
		e.save("rules/watch.yaml", "# by topic\n"+editedRules+failing+"  - id: rocket\n    match: rocket\n")
		if !e.rule("rocket") {
			t.Fatalf("an edit of something else is not in force: %s", e.log)
		}
		if n := strings.Count(e.log.String(), "warning: this example must"); n != 2 {
			t.Errorf("%d warnings of 2 are logged: %s", n, e.log)
		}
		e.notes()
		e.save("rules/watch.yaml", editedRules+"    examples: {alert: [Balloon seen, Airship seen], ignore: [Satellite television]}\n")
		if notes := e.notes(); !e.rule("rocket") || !strings.Contains(notes, "1 fault.") || !strings.Contains(notes, "Airship") {
			t.Errorf("of an edit with one example more that fails people heard %q", notes)
		}
		e.save("rules/watch.yaml", "rules:\n  - id: launch\n    match: balloon\n"+failing)
		if notes := e.notes(); !strings.Contains(notes, "is mended and in force") {
			t.Fatalf("of an edit that mends both people heard %q", notes)
		}
		e.save("rules/watch.yaml", editedRules+failing)
		if notes := e.notes(); !strings.Contains(notes, "2 faults.") {
			t.Errorf("of examples that fail again people heard %q", notes)
		}
	})
}

func TestAnEditThatEndsARuleInThePastIsWarnedOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := edit(t, map[string]string{"config.yaml": "timezone: Pacific/Kiritimati\n" + editedConfig}) // it is 14:00 there
		for _, until := range []string{"2000-01-01", "1999-12-31", "1999-12-31 # typed wrong"} {
			e.save("rules/watch.yaml", editedRules+"    until: "+until+"\n")
		}
		if n := strings.Count(e.log.String(), "launch ended with 1999-12-31"); n != 1 || strings.Contains(e.log.String(), "ended with 2000") {
			t.Errorf("it is warned %d times: %s", n, e.log)
		}
	})
}

func TestRulesThatMayNotBeReadAnyMoreStayInForce(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	for name, path := range map[string]string{"the folder": "rules", "a file": "rules/watch.yaml"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := edit(t, nil)
				path, before := filepath.Join(e.dir, path), e.inForce.Load()
				if err := os.Chmod(path, 0); err != nil {
					t.Fatal(err)
				}
				if notes := e.notes(); e.inForce.Load() != before || !strings.Contains(notes, "permission denied") {
					t.Errorf("people heard %q", notes)
				}
				if err := os.Chmod(path, 0o700); err != nil {
					t.Fatal(err)
				}
				if notes := e.notes(); !strings.Contains(notes, "is taken back") {
					t.Errorf("of the end people heard %q", notes)
				}
			})
		})
	}
}

// A shelf is a store that may be without room for more feeds.
type shelf struct {
	monitor.FeedBook
	full atomic.Bool
}

func (s *shelf) Enroll(ctx context.Context, worker string, feeds []monitor.Feed) ([]monitor.FeedState, error) {
	if s.full.Load() {
		return nil, errors.New("disk full")
	}
	return s.FeedBook.Enroll(ctx, worker, feeds)
}
