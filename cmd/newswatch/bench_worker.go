package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"newswatch"
	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
	"newswatch/monitor/store"
)

// A benchWorker is newswatch run, as an operator would start it.
type benchWorker struct {
	cmd     *exec.Cmd
	started time.Time
	listen  string        // where it tells that it is ready
	log     *bytes.Buffer // what it had to say; read after its end
	ended   chan error
}

// startBenchWorker starts the worker of that number.
func startBenchWorker(b *bench, n int) (*benchWorker, error) {
	listen, err := freeLoopback()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(b.folder, fmt.Sprintf("config-%d.yaml", n))
	if err := os.WriteFile(file, []byte(b.config(listen)), 0o600); err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	w := &benchWorker{listen: listen, log: &bytes.Buffer{}, ended: make(chan error, 1)}
	w.cmd = exec.Command(program, "run", "--config", file)
	w.cmd.Env = append(os.Environ(), "SLACK_BOT_TOKEN="+slacktest.DefaultToken)
	if b.server != nil && b.server.password != "" {
		w.cmd.Env = append(w.cmd.Env, "PGPASSWORD="+b.server.password)
	}
	w.cmd.Stderr = w.log
	w.started = time.Now()
	if err := w.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	go func() { w.ended <- w.cmd.Wait() }()
	return w, nil
}

// freeLoopback is one of loopback that nobody listens at.
func freeLoopback() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// writeRules writes the rules that ship, and one more.
func (b *bench) writeRules() error {
	folder := filepath.Join(b.folder, "watch")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	shipped, err := fs.Sub(newswatch.Files, "rules/watch")
	if err != nil {
		return err
	}
	if err := os.CopyFS(folder, shipped); err != nil {
		return err
	}
	rule := fmt.Sprintf("rules: [{id: bench, match: %s, group_by: article}]\n", bulletin)
	return os.WriteFile(filepath.Join(folder, "bench.yaml"), []byte(rule), 0o600)
}

// config is what a worker is told.
func (b *bench) config(listen string) string {
	var text strings.Builder
	address := b.storeAddress()
	if b.server != nil {
		address = b.server.open
	}
	schedule := "@every " + b.every.String()
	if b.together {
		schedule = fmt.Sprintf("*/%d * * * *", int(b.every.Minutes()))
	}
	fmt.Fprintf(&text, "store: %q\nrules: watch\ndefaults: {schedule: %q}\nhttp: {listen: %q}\n", address, schedule, listen)
	fmt.Fprintf(&text, "network: {allow_private: [127.0.0.0/8]}\n")
	fmt.Fprintf(&text, "slack: {token: \"${SLACK_BOT_TOKEN}\", api_url: %q, channel: %q}\nfeeds:\n", b.slack.URL, demoChannel)
	for n := range b.feeds {
		fmt.Fprintf(&text, "  - {name: Wire %d, url: %q}\n", n, b.site.address("wire", n))
	}
	return text.String()
}

// ready waits until the worker says that it is, and returns after how many
// seconds.
func (w *benchWorker) ready(ctx context.Context) (float64, error) {
	for {
		response, err := http.Get("http://" + w.listen + "/readyz")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return time.Since(w.started).Seconds(), nil
			}
		}
		if err := w.wait(ctx, 5*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// wait lets time pass in which the worker does not end.
func (w *benchWorker) wait(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case err := <-w.ended:
		w.ended <- err
		return fmt.Errorf("the worker ended: %v\n%s", err, w.log)
	}
}

// stop ends the worker as an operator would.
func (w *benchWorker) stop() error {
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	if err := <-w.ended; err != nil {
		return fmt.Errorf("stop the worker: %w\n%s", err, w.log)
	}
	return nil
}

// A use is what workers have used: processor time since their start, memory in
// bytes.
type use struct {
	cpu            time.Duration
	resident, most int64
}

func (w *benchWorker) use() (u use, err error) {
	p, err := readProcess(w.cmd.Process.Pid)
	if err != nil {
		return u, err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.cmd.Process.Pid))
	if err != nil {
		return u, err
	}
	return use{p.cpu, kilobytes(status, "VmRSS:"), kilobytes(status, "VmHWM:")}, nil
}

// A process is what /proc tells of one.
type process struct {
	parent int
	cpu    time.Duration // of itself
	ended  time.Duration // of its children that have ended
}

// clockTick is the unit in which Linux tells of processor time.
const clockTick = 10 * time.Millisecond

func readProcess(pid int) (p process, err error) {
	file := fmt.Sprintf("/proc/%d/stat", pid)
	stat, err := os.ReadFile(file)
	if err != nil {
		return p, err
	}
	var state string
	var skipped [9]string
	var user, kernel, endedUser, endedKernel int64
	fields := []any{&state, &p.parent}
	for i := range skipped {
		fields = append(fields, &skipped[i])
	}
	fields = append(fields, &user, &kernel, &endedUser, &endedKernel)
	if _, err := fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), fields...); err != nil { // behind the name, which may hold anything
		return p, fmt.Errorf("read %s: %w", file, err)
	}
	p.cpu, p.ended = time.Duration(user+kernel)*clockTick, time.Duration(endedUser+endedKernel)*clockTick
	return p, nil
}

// kilobytes is a line of /proc/PID/status, in bytes.
func kilobytes(status []byte, name string) (bytes int64) {
	_, after, _ := strings.Cut(string(status), name)
	fmt.Sscan(after, &bytes)
	return bytes << 10
}

// makeStories writes a store in which there are that many stories of today.
func makeStories(ctx context.Context, address string, stories int) error {
	if stories == 0 {
		return nil
	}
	kept, err := store.Open(ctx, address)
	if err != nil {
		return storeFailure(err)
	}
	feed := monitor.Feed{Name: "Past", URL: "https://past.example/"}
	if _, err := kept.Enroll(ctx, "bench", []monitor.Feed{feed}); err != nil {
		return errors.Join(err, kept.Close())
	}
	past := &benchSite{corpus: madeUpWords(1 << 20)}
	for from := 0; from < stories && err == nil; from += 1000 {
		err = kept.Record(ctx, func(l monitor.Ledger) error { return past.tell(l, feed, from, min(from+1000, stories)) })
	}
	return errors.Join(err, kept.Close())
}

// tell writes a story for each of some numbers.
func (s *benchSite) tell(l monitor.Ledger, feed monitor.Feed, from, to int) error {
	now := time.Now()
	var finds []*monitor.Find
	for n := from; n < to; n++ {
		finds = append(finds, &monitor.Find{Article: monitor.Article{
			FeedKey: feed.Key(), Feed: feed.Name, GUID: strconv.Itoa(n), FirstSeen: now, Published: now,
			Title: s.words(n*7919, 50), Body: s.words(n*104729, 400),
		}})
	}
	finds, err := l.Keep(feed.Key(), now, finds, nil)
	if err != nil {
		return err
	}
	for _, find := range finds {
		id, err := l.OpenStory(monitor.Story{Title: find.Article.Title, Seed: find.Article.Seed(), First: now, Last: now})
		if err != nil {
			return err
		}
		if _, err := l.AddReport(monitor.Report{StoryID: id, Article: find.Article, Relation: monitor.Opens, At: now}); err != nil {
			return err
		}
	}
	return nil
}
