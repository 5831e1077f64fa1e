package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// TestAHundredReloadsAMinuteLeaveNothingBehind saves rules, configuration and
// token over and over, one in five at fault, while feeds bring news.
func TestAHundredReloadsAMinuteLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		often := strings.ReplaceAll(editedConfig, "@every 60s", "@every 1s")
		e := edit(t, map[string]string{"config.yaml": often})
		e.settle()
		runtime.GC()
		goroutines, files := runtime.NumGoroutine(), openFiles(t)
		begun, polls := time.Now(), e.press.polled("Wire")
		var want []string
		for n := range 100 {
			if n%10 == 0 {
				title := fmt.Sprintf("Satellite number %d seen by observers of place %d", n, n*n)
				e.press.print("Wire", append(slices.Clone(e.press.docs["Wire"]), headline(title))...)
				want = append(want, title)
			}
			switch n % 5 {
			case 0:
				e.write("rules/watch.yaml", fmt.Sprintf("rules:\n  - {id: launch, match: satellite, group_by: none}\n  - {id: new-%d, match: rocket}\n", n))
			case 1:
				e.write("config.yaml", strings.Replace(often, "slack:", fmt.Sprintf("  - {name: Feed %d, url: \"https://192.0.2.9/%d\"}\nslack:", n, n), 1))
			case 2:
				e.write("config.yaml", often+fmt.Sprintf("retention: %dd\n", 1+n))
			case 3:
				e.write("rules/watch.yaml", "rules: [{id: launch, match: satellite AND}]\n")
			case 4:
				e.write("rules/more.yaml", fmt.Sprintf("rules: [{id: more-%d, match: comet}]\n", n))
			}
			time.Sleep(600 * time.Millisecond)
		}
		e.write("config.yaml", often)
		e.save("rules/watch.yaml", "rules:\n  - {id: launch, match: satellite, group_by: none}\n")
		if !e.rule("launch") || !e.rule("more-99") || len(e.inForce.Load().Feeds) != 2 {
			t.Errorf("in force are %d feeds; the log: %s", len(e.inForce.Load().Feeds), e.log)
		}
		seconds := int(time.Since(begun) / time.Second)
		if n := e.press.polled("Wire") - polls; n < seconds || n > seconds+1 {
			t.Errorf("polled %d times in %d s", n, seconds)
		}
		e.notes()
		e.pins.mu.Lock()
		got := slices.Clone(e.pins.alerts)
		e.pins.mu.Unlock()
		slices.Sort(got)
		for i, title := range want {
			want[i] = "launch: " + title
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("told\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		time.Sleep(2 * time.Minute) // until what is idle is let go
		synctest.Wait()
		if n := runtime.NumGoroutine(); n > goroutines {
			t.Errorf("%d goroutines, at the start %d", n, goroutines)
		}
		if n := openFiles(t); n > files+storeFiles {
			t.Errorf("%d files open, at the start %d", n, files)
		}
	})
}

// storeFiles is how many more the store may have open when it is read by several.
const storeFiles = 20

func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	return len(list)
}

func TestHealthMovesWithItsAddress(t *testing.T) {
	s := startWorker(t)
	config := filepath.Join(s.dir, "config.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	save := func(text string) {
		t.Helper()
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	before := s.address
	s.address = freeAddress(t)
	save(strings.Replace(string(text), before, s.address, 1))
	s.until(t, "/readyz", "ok\n")
	s.until(t, "/metrics", "newswatch_config_last_reload_successful 1\n")
	for deadline := time.Now().Add(10 * time.Second); get(t, before, "/healthz") != ""; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the address before still answers")
		}
	}
	save("feeds: []\n")
	s.until(t, "/metrics", "newswatch_config_last_reload_successful 0\n")
	s.until(t, "/readyz", "ok\n")
}
