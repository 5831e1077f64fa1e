package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// BenchmarkBacktest tries one edited rule on kept articles of 1.2 KB.
// ARTICLES=1000000 asks for as many; making them takes minutes.
func BenchmarkBacktest(b *testing.B) {
	n := 20_000
	if asked, err := strconv.Atoi(os.Getenv("ARTICLES")); err == nil {
		n = asked
	}
	b.Chdir(b.TempDir())
	writeFiles(b, map[string]string{
		"config.yaml":       "feeds: [{name: Harbour Wire, url: 'https://harbour.example/rss'}]\nrules: edit\n",
		"before/deter.yaml": "rules: [{id: deterrence, all: ['extended deterrence', 'Korea*']}]\n",
		"edit/deter.yaml":   "rules: [{id: deterrence, all: ['deter*', 'Korea*']}]\n",
	})
	matching := keepSynthetic(b, "newswatch.db", n)
	for _, run := range []struct {
		name string
		args []string
	}{
		{"edit", []string{"backtest", "--json"}},
		{"against", []string{"backtest", "--json", "--against", "before"}},
	} {
		b.Run(run.name, func(b *testing.B) {
			for b.Loop() {
				var out, errors bytes.Buffer
				a := &app{in: strings.NewReader(""), out: &out, err: &errors}
				if code := a.execute(context.Background(), run.args); code != 0 {
					b.Fatalf("exit %d: %s", code, errors.String())
				}
				if want := fmt.Sprintf(`"articles":%d,"matched":%d,`, n, matching); !strings.Contains(out.String(), want) {
					b.Fatalf("%s does not tell %s", strings.SplitN(out.String(), "\n", 2)[0], want)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

// keepSynthetic fills a store with n articles of the last 29 days, one in a
// thousand of them on deterrence, and counts these.
func keepSynthetic(tb testing.TB, path string, n int) (matching int) {
	tb.Helper()
	kept, err := store.Open(tb.Context(), path)
	if err != nil {
		tb.Fatal(err)
	}
	defer kept.Close()
	feed := monitor.Feed{Name: "Harbour Wire", URL: "https://harbour.example/rss"}
	random := rand.New(rand.NewPCG(1, 2))
	first := time.Now().Add(-29 * monitor.Day)
	const atOnce = 1000
	for from := 0; from < n; from += atOnce {
		var finds []*monitor.Find
		at := first
		for i := from; i < min(from+atOnce, n); i++ {
			at = first.Add(28 * monitor.Day / time.Duration(n) * time.Duration(i))
			title, body := prose(random, 9), prose(random, 190)
			if i%1000 == 500 {
				matching++
				body += ". South Korea speaks of " + []string{"extended deterrence", "deterring " + prose(random, 2)}[matching%2]
			}
			finds = append(finds, &monitor.Find{Article: monitor.Article{
				FeedKey: feed.Key(), Feed: feed.Name, Outlet: feed.Name, GUID: strconv.Itoa(i), Lang: "en",
				URL: "https://harbour.example/" + strconv.Itoa(i), Title: title, Body: body, Published: at, FirstSeen: at}})
		}
		err := kept.Record(tb.Context(), func(l monitor.Ledger) error {
			_, err := l.Keep(feed.Key(), at, finds, nil)
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return matching
}

// prose is so many words, most of them from a small vocabulary as in any text,
// a few rare.
func prose(random *rand.Rand, words int) string {
	const common = "the of a and in to harbour council on for minister said budget that talks with trade its from ferry was new as at by week port Korea weather after ship two"
	vocabulary := strings.Fields(common)
	var b strings.Builder
	for i := range words {
		switch {
		case i == 0:
		case random.IntN(18) == 0:
			b.WriteString(". ")
		default:
			b.WriteByte(' ')
		}
		if random.IntN(4) == 0 {
			b.WriteString(strings.ToLower(strconv.FormatUint(random.Uint64N(1<<30)+1<<24, 36)))
			continue
		}
		b.WriteString(vocabulary[random.IntN(len(vocabulary))])
	}
	return b.String()
}

func writeFiles(tb testing.TB, files map[string]string) {
	tb.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
}
