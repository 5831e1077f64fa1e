package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor/store/pgtest"
)

// BenchmarkSlowFeeds counts, an operation each, the polls of 2,400 feeds that
// take five seconds to answer, by one worker and by four on the same PostgreSQL.
// A worker asks 256 of them at once. All is on one machine.
func BenchmarkSlowFeeds(b *testing.B) {
	for _, workers := range []int{1, 4} {
		b.Run(fmt.Sprint("workers=", workers), func(b *testing.B) { slowFeeds(b, workers) })
	}
}

func slowFeeds(b *testing.B, workers int) {
	const feeds, slow = 2400, 5 * time.Second
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		b.Fatal(err)
	}
	var polls atomic.Int64
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(slow):
		case <-r.Context().Done():
			return
		}
		polls.Add(1)
		if w.Header().Set("ETag", `"1"`); r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, feedOf("slow"+r.Host, [2]string{"Nothing of the day", "Body."}))
	})}
	go server.Serve(listener)
	b.Cleanup(func() { server.Close() })
	var config strings.Builder
	fmt.Fprintf(&config, "store: %q\nrules: rules\ndefaults: {schedule: \"@every 1s\"}\nnetwork: {allow_private: [127.0.0.0/8]}\nhttp: {listen: \"\"}\nfeeds:\n", pgtest.Schema(b))
	for i := range feeds {
		fmt.Fprintf(&config, "  - {name: Slow %d, url: \"http://127.1.%d.%d:%d/\"}\n", i, i/200, i%200+1, listener.Addr().(*net.TCPAddr).Port)
	}
	dir := b.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "rules"), 0o755); err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string]string{"config.yaml": config.String(), "rules/all.yaml": "rules: [{id: all, match: bulletin}]\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for range workers {
		worker := program(dir, "run", "--terminal")
		if err := worker.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { worker.Process.Signal(syscall.SIGTERM); worker.Wait() })
	}
	for polls.Load() < int64(workers*256) { // all are at work
		time.Sleep(10 * time.Millisecond)
	}
	begun := polls.Load()
	for n := int64(0); b.Loop(); n++ {
		for polls.Load() < begun+n {
			time.Sleep(time.Millisecond)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "polls/s")
}
