package main

import (
	"bytes"
	"context"
	"errors"
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
	"newswatch/rules"
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
				var out, faults bytes.Buffer
				a := &app{in: strings.NewReader(""), out: &out, err: &faults}
				if code := a.execute(context.Background(), run.args); code != 0 {
					b.Fatalf("exit %d: %s", code, faults.String())
				}
				if want := fmt.Sprintf(`"articles":%d,"matched":%d,`, n, matching); !strings.Contains(out.String(), want) {
					b.Fatalf("%s does not tell %s", strings.SplitN(out.String(), "\n", 2)[0], want)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

// TestPrunedArticlesAreToldOf keeps 60 articles over 28 days and drops the text
// of the oldest.
func TestPrunedArticlesAreToldOf(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFiles(t, map[string]string{
		"config.yaml":       "feeds: [{name: Harbour Wire, url: 'https://harbour.example/rss'}]\nrules: edit\n",
		"edit/harbour.yaml": "rules: [{id: harbour, all: [harbour OR ferry]}]\n",
	})
	keepSynthetic(t, "newswatch.db", 60)
	kept, err := store.Open(t.Context(), "newswatch.db")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	dropped, err := kept.Forget(t.Context(), "w1", now, now.Add(-20*monitor.Day))
	if err := errors.Join(err, kept.Close()); err != nil || dropped == 0 || dropped == 60 {
		t.Fatalf("dropped %d, %v", dropped, err)
	}
	for _, tt := range []struct{ command, want string }{
		{"backtest", fmt.Sprintf(": %d articles, ", 60-dropped)},
		{"backtest", fmt.Sprintf("\n%d articles more, whose text is no longer kept, could not be tried\n", dropped)},
		{"search --since 30d --limit 0 lang:en", fmt.Sprintf("\n%d articles\n", 60-dropped)},
		{"search --since 30d --limit 0 lang:en", fmt.Sprintf("\n%d articles more, whose text is no longer kept, could not be searched\n", dropped)},
	} {
		if out := runLine(strings.Fields(tt.command)); !strings.Contains(out, tt.want) {
			t.Errorf("newswatch %s does not tell %q:\n%.400s", tt.command, tt.want, out)
		}
	}
}

// TestFirstPollIsNoFlood: what was old when its feed was first polled counts on
// the day it was published.
func TestFirstPollIsNoFlood(t *testing.T) {
	seen := time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC)
	published := seen.AddDate(0, 0, -3)
	for name, tt := range map[string]struct {
		article monitor.Article
		want    time.Time
	}{
		"old at the first poll: when published": {monitor.Article{Baseline: true, Published: published, FirstSeen: seen}, published},
		"undated at the first poll: when seen":  {monitor.Article{Baseline: true, FirstSeen: seen}, seen},
		"of the future: when seen":              {monitor.Article{Baseline: true, Published: seen.AddDate(1, 0, 0), FirstSeen: seen}, seen},
		"found later: when seen":                {monitor.Article{Published: published, FirstSeen: seen}, seen},
	} {
		if got := arrival(tt.article); !got.Equal(tt.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPeriod(t *testing.T) {
	now := time.Date(2026, 11, 10, 1, 0, 0, 0, time.UTC)
	seoul := time.FixedZone("KST", 9*60*60)
	for name, tt := range map[string]struct {
		zone     *time.Location
		at       []time.Time
		untilNow bool
		first    string
		days     int
	}{
		"of a file: from the first article to the last": {time.UTC, []time.Time{now.AddDate(0, 0, -2), {}, now.AddDate(0, 0, -4)}, false, "2026-11-06", 3},
		"of the store: until now":                       {time.UTC, []time.Time{now.AddDate(0, 0, -4)}, true, "2026-11-06", 5},
		"one that comes while it is read lies within":   {time.UTC, []time.Time{now, now.AddDate(0, 0, 1)}, true, "2026-11-10", 2},
		"by the dates of the zone":                      {seoul, []time.Time{now.Add(-3 * time.Hour), now.Add(-10 * time.Hour)}, false, "2026-11-10", 1},
		"without any date: today":                       {time.UTC, []time.Time{{}}, false, "2026-11-10", 1},
		"of nothing: today":                             {time.UTC, nil, true, "2026-11-10", 1},
	} {
		p := period{zone: tt.zone}
		for _, at := range tt.at {
			p.include(at)
		}
		p.close(tt.untilNow, now)
		if p.day(0) != tt.first || p.days() != tt.days || p.articles != len(tt.at) {
			t.Errorf("%s: %d days from %s, %d articles", name, p.days(), p.day(0), p.articles)
		}
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
	atOnce := min(n/20, 1000) // as a poll's are
	for from := 0; from < n; from += atOnce {
		var finds []*monitor.Find
		at := first.Add(28 * monitor.Day / time.Duration(n) * time.Duration(from))
		for i := from; i < min(from+atOnce, n); i++ {
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

func TestChartFitsTheTerminal(t *testing.T) {
	engine, faults := rules.Load([]rules.Source{{Name: "storm.yaml", Data: []byte("rules: [{id: storm, match: storm}]")}})
	if engine == nil {
		t.Fatal(faults)
	}
	b := &backtest{now: newTrial(engine, 0), period: period{zone: time.UTC}}
	b.period.include(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC))
	b.period.include(time.Date(2026, 10, 29, 0, 0, 0, 0, time.UTC)) // 90 days
	for room, want := range map[int]struct {
		heading string
		bars    int
	}{
		0:   {"PER 3 DAYS", 30},
		120: {"PER 3 DAYS", 30},
		60:  {"PER 6 DAYS", 15},
		20:  {"PER 9 DAYS", 10},
	} {
		t.Run(fmt.Sprintf("%d columns", room), func(t *testing.T) {
			var out bytes.Buffer
			if err := b.chart(&page{out: &out, room: room}, b.tallies()); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), want.heading+"\n") || strings.Count(out.String(), "·") != want.bars {
				t.Errorf("want %s and %d bars:\n%s", want.heading, want.bars, out.String())
			}
		})
	}
}
