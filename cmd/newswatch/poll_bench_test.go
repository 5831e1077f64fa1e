package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"newswatch/monitor"
	"newswatch/monitor/config"
)

// Of the feeds that BenchmarkPoll polls, and of a second series that it merely
// gets.
const (
	pollFeeds  = 1000
	pollItems  = 40
	pollAtOnce = 32
)

// BenchmarkPoll is what a poll of each of 1,000 feeds costs this process, in
// processor time, over what net/http and gofeed alone cost in the same run:
//
//	unchanged  a conditional GET, answered 304            at most 1.3
//	changed    GET and gofeed's parse of 40 items, one new  at most 0.3
//	first      the same, all of them new                  at most 1.8
//
// The feeds are served by another process.
func BenchmarkPoll(b *testing.B) {
	for _, round := range []struct {
		name     string
		changing int
		first    bool
	}{{"unchanged", 0, false}, {"changed", 100, false}, {"first", 100, true}} {
		b.Run(round.name, func(b *testing.B) {
			site := startSite(b)
			p := newPolling(b, site)
			bare := &bareReader{addresses: site.addresses("bare"), parse: round.changing > 0}
			if !round.first {
				p.round(b)
			}
			bare.round(b)
			site.changing(b, round.changing)
			var ours, theirs time.Duration
			polls := 0
			for b.Loop() {
				if round.first {
					p = newPolling(b, site)
				}
				ours += cpuOf(func() { p.round(b) })
				theirs += cpuOf(func() { bare.round(b) })
				polls += pollFeeds
			}
			b.ReportMetric(float64(ours)/float64(theirs), "x-bare")
			b.ReportMetric(float64(ours.Microseconds())/float64(polls), "µs-cpu/poll")
			b.ReportMetric(float64(theirs.Microseconds())/float64(polls), "µs-cpu/bare")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// cpuOf is the processor time that this process takes for do, with the garbage
// that comes of it.
func cpuOf(do func()) time.Duration {
	runtime.GC()
	before := cpuTime()
	do()
	runtime.GC()
	return cpuTime() - before
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// A polling is a poller with its feeds and what it knows of them.
type polling struct {
	*bot
	feeds  []monitor.Feed
	states []monitor.FeedState
}

func newPolling(b *testing.B, site *siteProcess) *polling {
	b.Helper()
	path := filepath.Join(b.TempDir(), "newswatch.db")
	var text strings.Builder
	fmt.Fprintf(&text, "store: %q\nnetwork: {allow_private: [127.0.0.0/8]}\nhttp: {listen: \"\"}\nfeeds:\n", path)
	for n, address := range site.addresses("polled") {
		fmt.Fprintf(&text, "  - {name: Wire %d, url: %q}\n", n, address)
	}
	cfg, faults := config.Parse(defaultConfig, []byte(text.String()), os.LookupEnv)
	if faults.Broken() {
		b.Fatal(faults)
	}
	engine, err := shippedRules()
	if err != nil {
		b.Fatal(err)
	}
	w, err := wire(b.Context(), cfg, wiring{rules: engine, terminal: true, out: io.Discard, log: slog.New(slog.DiscardHandler), now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { w.close() })
	p := &polling{bot: w, feeds: cfg.Feeds}
	if p.states, err = w.store.Enroll(b.Context(), "w1", cfg.Feeds); err != nil {
		b.Fatal(err)
	}
	return p
}

// round polls each feed once and writes the times, as the worker does.
func (p *polling) round(b *testing.B) {
	quiet := make([]bool, len(p.feeds))
	each(len(p.feeds), func(n int) {
		result, err := p.worker.Poller.Poll(b.Context(), p.feeds[n], p.states[n])
		if err != nil {
			b.Error(err)
		}
		p.states[n], quiet[n] = result.State, result.Quiet
	})
	var touched []monitor.FeedState
	for n, state := range p.states {
		if quiet[n] {
			touched = append(touched, state)
		}
	}
	if err := p.store.Touch(b.Context(), touched); err != nil {
		b.Fatal(err)
	}
}

// A bareReader gets pages as simply as can be, and parses them if asked to.
type bareReader struct {
	addresses []string
	parse     bool
	client    http.Client
	etags     [pollFeeds]string
}

func (r *bareReader) round(b *testing.B) {
	each(len(r.addresses), func(n int) {
		if err := r.get(b.Context(), n); err != nil {
			b.Error(err)
		}
	})
}

func (r *bareReader) get(ctx context.Context, n int) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.addresses[n], nil)
	if err != nil {
		return err
	}
	if r.etags[n] != "" {
		request.Header.Set("If-None-Match", r.etags[n])
	}
	response, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	r.etags[n] = response.Header.Get("ETag")
	if !r.parse {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	page, err := gofeed.NewParser().Parse(response.Body)
	if err == nil && len(page.Items) != pollItems {
		err = fmt.Errorf("%d items", len(page.Items))
	}
	return err
}

// each does something for 0 to n-1, several at once.
func each(n int, do func(int)) {
	var all sync.WaitGroup
	next := make(chan int)
	for range pollAtOnce {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// siteVariable makes the test's own program a benchSite.
const siteVariable = "NEWSWATCH_TEST_SITE"

// serveSite serves feeds until standard input ends. Each line of it is how many
// of a hundred requests find a new item.
func serveSite() {
	site := &benchSite{items: pollItems}
	if err := site.open(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, series := range []string{"polled", "bare"} {
		for n := range pollFeeds {
			fmt.Println(site.address(series, n))
		}
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var percent uint32
		fmt.Sscan(lines.Text(), &percent)
		site.changing.Store(percent)
		fmt.Println("ok")
	}
}

// A siteProcess is a benchSite in a process of its own.
type siteProcess struct {
	in  io.Writer
	out *bufio.Scanner
	all []string
}

func startSite(b *testing.B) *siteProcess {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env, cmd.Stderr = append(os.Environ(), siteVariable+"=1"), os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	s := &siteProcess{in: in, out: bufio.NewScanner(out)}
	for len(s.all) < 2*pollFeeds && s.out.Scan() {
		s.all = append(s.all, s.out.Text())
	}
	return s
}

func (s *siteProcess) changing(b *testing.B, percent int) {
	fmt.Fprintln(s.in, percent)
	if !s.out.Scan() {
		b.Fatal("the site is gone")
	}
}

// addresses are those of a series.
func (s *siteProcess) addresses(series string) (found []string) {
	for _, address := range s.all {
		if strings.Contains(address, "/"+series+"/") {
			found = append(found, address)
		}
	}
	return found
}
