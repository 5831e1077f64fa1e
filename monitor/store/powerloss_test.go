package store

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"newswatch/monitor"
)

var (
	powerLossStates = flag.Int("powerloss-states", 150, "how many states after a power loss TestPowerLoss rebuilds")
	powerLossSeed   = flag.Uint64("powerloss-seed", 1, "chooses what the disk kept of unsynced writes")
)

// TestPowerLoss traces the system calls of a store at work and rebuilds what a
// disk may hold when the power fails at any of them: what was synced, and of
// the rest nothing, some of it, in another order, or torn at 512 bytes. Each
// state must open, be sound, and have all that was acknowledged before.
//
// The last variant is the proof that the test can fail: with synchronous
// NORMAL rows are lost.
func TestPowerLoss(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	for _, tt := range []struct {
		name, synchronous string
		losesRows         bool
	}{
		{"FULL loses nothing that was acknowledged", "FULL", false},
		{"NORMAL loses rows", "NORMAL", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			calls := traceWorkload(t, tt.synchronous)
			states, lost := rebuild(t, calls, tt.losesRows)
			t.Logf("%d system calls, %d states, %d with acknowledged rows lost", len(calls), states, lost)
			if (lost > 0) != tt.losesRows {
				t.Errorf("acknowledged rows were lost in %d of %d states", lost, states)
			}
		})
	}
}

// workloadEnv names the folder in which the traced process works.
const (
	workloadEnv    = "NEWSWATCH_POWERLOSS_FOLDER"
	synchronousEnv = "NEWSWATCH_POWERLOSS_SYNCHRONOUS"
)

// traceWorkload runs TestPowerLossWorkload in a process of its own, under
// strace, and returns its system calls.
func traceWorkload(t *testing.T, synchronous string) []systemCall {
	t.Helper()
	folder, log := t.TempDir(), filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", "-f", "-qq", "-xx", "-y", "-s", "1048576", "-e", "signal=none", "-o", log,
		"-e", "trace=?open,openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,renameat2",
		os.Args[0], "-test.run=^TestPowerLossWorkload$")
	cmd.Env = append(os.Environ(), workloadEnv+"="+folder, synchronousEnv+"="+synchronous)
	if output, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(output), "ptrace") {
			t.Skipf("strace may not trace here: %s", output)
		}
		t.Fatalf("%v\n%s", err, output)
	}
	calls, err := readTrace(log, folder)
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

// TestPowerLossWorkload is the process that TestPowerLoss traces: a store from
// its creation on, through polls, deliveries and checkpoints. Each line it
// writes names what was committed.
func TestPowerLossWorkload(t *testing.T) {
	folder := os.Getenv(workloadEnv)
	if folder == "" {
		t.Skip("TestPowerLoss runs it")
	}
	acknowledge := func(what, key string) { fmt.Fprintf(os.Stdout, "ack %s %s\n", what, key) }
	s := openAt(t, filepath.Join(folder, "newswatch.db"))
	for _, pragma := range []string{
		"pragma synchronous = " + os.Getenv(synchronousEnv),
		"pragma wal_autocheckpoint = 25", // pages: many checkpoints in a short trace
	} {
		if _, err := s.write.Exec(pragma); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Enroll(t.Context(), "w1", []monitor.Feed{agency}); err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		key := fmt.Sprint("k", i)
		a := article(agency, key, "https://agency.example/"+key, "Bulletin "+key)
		a.Body = strings.Repeat("text of "+key+" ", 50*(i%5))
		err := s.Record(t.Context(), func(l monitor.Ledger) error {
			kept, err := l.Keep(agency.Key(), noon, []*monitor.Find{{Article: a}}, nil)
			if err != nil {
				return err
			}
			story, err := l.OpenStory(monitor.Story{Title: a.Title, Seed: key, First: noon, Last: noon})
			if err != nil {
				return err
			}
			return l.Post(monitor.Message{
				Channel: "#news", Kind: monitor.KindAlert, Key: key, Rule: "r", State: monitor.Pending, Rev: 1, Created: noon,
				Content: monitor.Content{Title: a.Title},
			}, story, kept[0].Article.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		acknowledge("seen", key)
		d, ok, err := s.Next(t.Context(), "#news", noon)
		if err != nil || !ok || d.Key != key {
			t.Fatalf("next is %q, %v", d.Key, err)
		}
		d.State, d.TS, d.SentRev = monitor.Sent, fmt.Sprint("1.", i), 1
		settle(t, s, d.Message)
		acknowledge("sent", key)
	}
}

// rebuild makes states of the trace and looks into each. It returns in how
// many of them something acknowledged was lost.
func rebuild(t *testing.T, calls []systemCall, losses bool) (states, lost int) {
	t.Helper()
	disk := newDisk()
	var acknowledged []string
	for i, call := range calls {
		if call.acknowledges() {
			acknowledged = append(acknowledged, call.lines()...)
		} else {
			disk.take(call)
		}
		for ; states < *powerLossStates*(i+1)/len(calls); states++ {
			random := rand.New(rand.NewPCG(*powerLossSeed, uint64(states)))
			survival := survivals[states%len(survivals)]
			missing, err := lookInto(t, disk.after(survival, random), acknowledged)
			if err != nil {
				t.Fatalf("call %d (%s), %s, seed %d: %v", i, call.name, survival.name, *powerLossSeed, err)
			}
			if len(missing) == 0 {
				continue
			}
			lost++
			if !losses {
				t.Errorf("call %d (%s), %s, seed %d: lost %d rows, first %q", i, call.name, survival.name, *powerLossSeed, len(missing), missing[0])
			}
		}
	}
	return states, lost
}

// lookInto opens a store as the power loss left it and lists what it misses of
// what was acknowledged. Open itself refuses a file that is not sound.
func lookInto(t *testing.T, files map[string][]byte, acknowledged []string) (missing []string, err error) {
	t.Helper()
	folder, err := os.MkdirTemp("", "powerloss")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	for name, data := range files {
		write(t, filepath.Join(folder, name), data)
	}
	s, err := Open(t.Context(), filepath.Join(folder, "newswatch.db"))
	if err != nil {
		return nil, err
	}
	defer s.Close()
	there, err := acknowledgeable(t.Context(), s)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(acknowledged), func(line string) bool { return there[line] }), nil
}

// acknowledgeable is what the workload could have acknowledged of what the
// store has.
func acknowledgeable(ctx context.Context, s *Store) (map[string]bool, error) {
	rows, err := s.read.QueryContext(ctx, `select 'ack seen ' || m.key from seen s join articles a on a.id = s.article_id
			join messages m on m.article_id = a.id join alerts al on al.message_id = m.id
		union all select 'ack sent ' || key from messages where state = 'sent' and ts <> ''`)
	if err != nil {
		return nil, err
	}
	lines, err := collect(rows, func(row scanner) (line string, err error) { return line, row.Scan(&line) })
	return maps.Collect(func(yield func(string, bool) bool) {
		for _, line := range lines {
			if !yield(line, true) {
				return
			}
		}
	}), err
}
