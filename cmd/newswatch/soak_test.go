package main

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/rules"
)

var (
	soakDays  = flag.Int("days", 1, "how many virtual days TestWeeksLeaveNothingBehind lasts; growth shows from the third on")
	soakFeeds = flag.Int("feeds", 20, "how many feeds it has")
)

// Growth that TestWeeksLeaveNothingBehind allows after settledDay, by when
// articles, stories and messages go as fast as they come.
const (
	settledDay = 2
	mostGrowth = 1.05
	heapNoise  = 2 << 20 // bytes
)

// TestWeeksLeaveNothingBehind runs a worker on its store for weeks of virtual
// time: what comes goes again, from memory as well, and no goroutine stays.
func TestWeeksLeaveNothingBehind(t *testing.T) {
	dir := installation(t, map[string]string{"config.yaml": soakConfig(*soakFeeds)})
	cfg, faults := config.Load(filepath.Join(dir, "config.yaml"))
	if faults.Broken() {
		t.Fatal(faults)
	}
	engine, ruleFaults := rules.Load([]rules.Source{{Name: "all.yaml", Data: []byte("rules: [{id: launch, match: launched}]\n")}})
	if len(ruleFaults) > 0 {
		t.Fatal(ruleFaults)
	}
	synctest.Test(t, func(t *testing.T) {
		notifier := &soakNotifier{}
		ctx, cancel := context.WithCancel(t.Context())
		b, err := wire(ctx, cfg, wiring{rules: engine, log: slog.New(slog.DiscardHandler), now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		b.inForce.Load().Reader = soakReader{b.inForce.Load().Reader, time.Now()}
		b.inForce.Load().Notifier = notifier
		done := make(chan error, 1)
		go func() { done <- b.worker.Run(ctx) }()
		var heap, goroutines []uint64
		for day := range *soakDays {
			time.Sleep(monitor.Day)
			synctest.Wait()
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			heap, goroutines = append(heap, memory.HeapAlloc), append(goroutines, uint64(runtime.NumGoroutine()))
			t.Logf("day %d: heap %.1f MiB, %d goroutines, %d messages", day+1, float64(memory.HeapAlloc)/(1<<20), goroutines[day], notifier.posts)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := b.close(); err != nil {
			t.Error(err)
		}
		if notifier.posts == 0 {
			t.Error("nothing was told")
		}
		last := len(heap) - 1
		if last < settledDay {
			return
		}
		if grown := float64(heap[last]); grown > float64(heap[settledDay-1])*mostGrowth+heapNoise {
			t.Errorf("the heap grew from %d to %d bytes", heap[settledDay-1], heap[last])
		}
		if goroutines[last] > goroutines[settledDay-1] {
			t.Errorf("goroutines grew from %d to %d", goroutines[settledDay-1], goroutines[last])
		}
	})
}

func soakConfig(feeds int) string {
	var b strings.Builder
	b.WriteString(`
retention: 1d
stories: {window: 12h}
defaults: {schedule: "@every 30m"}
slack: {token: xoxb-soak, channel: "#news"}
http: {listen: ""}
feeds:
`)
	for n := range feeds {
		fmt.Fprintf(&b, "  - {name: Feed %d, url: \"https://feed%d.example.com/\"}\n", n, n)
	}
	return b.String()
}

// A soakReader makes up what feeds hold: a new item every six hours, one in
// ten of which fires the rule.
type soakReader struct {
	monitor.Reader
	start time.Time
}

const (
	soakItemEvery = 6 * time.Hour
	soakItems     = 20 // in a feed at once
)

func (r soakReader) Fetch(_ context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	newest := int(time.Since(r.start)/soakItemEvery) + soakItems
	hash := fmt.Sprint(newest)
	if known.BodyHash == hash {
		return monitor.Page{NotModified: true, Validators: known}, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<rss version="2.0"><channel><title>%s</title>`, feed.Name)
	for i := newest; i > newest-soakItems; i-- {
		title := fmt.Sprintf("%s notes matter %d of its day", feed.Name, i)
		if i%10 == 0 {
			title = fmt.Sprintf("%s sees rocket %d launched", feed.Name, i)
		}
		fmt.Fprintf(&b, `<item><title>%s</title><guid isPermaLink="false">%d</guid><link>%s%d</link><description>%s</description><pubDate>%s</pubDate></item>`,
			title, i, feed.Address(), i, strings.Repeat("Words that fill a body. ", 20),
			r.start.Add(time.Duration(i-soakItems)*soakItemEvery).Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	return monitor.Page{Body: []byte(b.String()), ContentType: "application/rss+xml", URL: feed.Address(), Validators: monitor.Validators{BodyHash: hash}}, nil
}

// A soakNotifier takes every message, and keeps none: its ts comes of the key.
type soakNotifier struct{ posts int }

func (n *soakNotifier) Post(_ context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	n.posts++
	return receiptOf(out.Key), nil
}

func (n *soakNotifier) Look(_ context.Context, _, _ string, _ time.Time, keys []string) (map[string][]monitor.Receipt, error) {
	found := make(map[string][]monitor.Receipt)
	for _, key := range keys {
		found[key] = []monitor.Receipt{receiptOf(key)}
	}
	return found, nil
}

func (n *soakNotifier) Delete(context.Context, monitor.Receipt) error { return nil }

func receiptOf(key string) monitor.Receipt {
	sum := fnv.New32()
	sum.Write([]byte(key))
	return monitor.Receipt{Channel: "C0NEWS", TS: fmt.Sprintf("%010d.000000", sum.Sum32())}
}
