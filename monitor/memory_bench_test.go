package monitor_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/monitor/story"
)

// What a start with a full window costs before the first poll that matches. The
// figure to hold is ten seconds.
func BenchmarkRecollect(b *testing.B) {
	const reports = 60_000
	path := filepath.Join(b.TempDir(), "newswatch.db")
	kept, err := store.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer kept.Close()
	feed := monitor.Feed{Name: "Wire", URL: "https://wire.example/rss"}
	if _, err := kept.Enroll(b.Context(), "w1", []monitor.Feed{feed}); err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	for from := 0; from < reports; from += 1000 {
		err := kept.Record(b.Context(), func(l monitor.Ledger) error {
			var finds []*monitor.Find
			for i := from; i < from+1000; i++ {
				a := item(fmt.Sprint(i), fmt.Sprintf("Minister %d of Ruritania opens bridge %d over river %d near Strelsau", i%700, i%900, i%1100), time.Minute)
				a.FeedKey, a.Feed, a.FirstSeen = feed.Key(), feed.Name, now
				a.Body += fmt.Sprintf(" The bridge was built in %d days by %d workers of company %d, and it crosses the river where the ferry used to, residents of quarter %d said.", i%365, i%5000, i%300, i%80)
				finds = append(finds, &monitor.Find{Article: a})
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
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		p := &monitor.Poller{InForce: &atomic.Pointer[monitor.Setup]{}, Archive: kept, Now: time.Now}
		p.InForce.Store(&monitor.Setup{Grouper: func() monitor.Grouper { return story.NewIndex(story.Options{}) }, Window: 72 * time.Hour})
		if err := p.Recollect(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
