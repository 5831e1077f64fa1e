package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/rules"
)

// TestFullDisk lets the disk of a running worker fill up and gain space again:
// it is not ready, nothing moves on without its message, the log stays short,
// and it goes on without a restart.
func TestFullDisk(t *testing.T) {
	disks := map[string]func(t *testing.T) (folder string, fill, free func(t *testing.T, s *Store)){
		"pages that SQLite may not add": limitedPages,
		"a small file system":           smallFileSystem,
	}
	for name, disk := range disks {
		t.Run(name, func(t *testing.T) {
			folder, fill, free := disk(t)
			synctest.Test(t, func(t *testing.T) { runFull(t, filepath.Join(folder, "newswatch.db"), fill, free) })
		})
	}
}

// limitedPages needs no privileges.
func limitedPages(t *testing.T) (string, func(*testing.T, *Store), func(*testing.T, *Store)) {
	limit := func(t *testing.T, s *Store, pages int) {
		t.Helper()
		if _, err := s.write.Exec(fmt.Sprintf(`pragma max_page_count = %d`, pages)); err != nil {
			t.Fatal(err)
		}
	}
	return t.TempDir(), func(t *testing.T, s *Store) { limit(t, s, 1) }, // 1: as many as there are
		func(t *testing.T, s *Store) { limit(t, s, 1<<30) }
}

// smallFileSystem is a tmpfs, filled by a file and then enlarged.
func smallFileSystem(t *testing.T) (string, func(*testing.T, *Store), func(*testing.T, *Store)) {
	folder := t.TempDir()
	mount := func(t *testing.T, options string) error {
		output, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%w: %s", err, output)
		}
		return nil
	}
	if err := mount(t, "size=1m"); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", folder).Run(); err != nil {
			t.Errorf("unmount %s: %v", folder, err)
		}
	})
	fill := func(t *testing.T, _ *Store) {
		t.Helper()
		ballast, err := os.Create(filepath.Join(folder, "ballast"))
		if err != nil {
			t.Fatal(err)
		}
		defer ballast.Close()
		for err == nil {
			_, err = ballast.Write(make([]byte, 512))
		}
	}
	free := func(t *testing.T, _ *Store) {
		t.Helper()
		if err := mount(t, "remount,size=32m"); err != nil {
			t.Fatal(err)
		}
	}
	return folder, fill, free
}

// A logbook counts log records.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// take returns the records since the last time.
func (l *logbook) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.SplitAfter(l.text.String(), "\n")
	l.text.Reset()
	return lines[:len(lines)-1]
}

func runFull(t *testing.T, path string, fill, free func(*testing.T, *Store)) {
	engine, ruleFaults := rules.Load([]rules.Source{{Name: "rules.yaml", Data: []byte(cycleRules)}})
	if engine == nil {
		t.Fatal(ruleFaults)
	}
	s := openAt(t, path)
	log := &logbook{}
	paper, wall := &growing{}, &wall{}
	worker := cycleWorker(s, engine, &newspaper{start: time.Now()}, wall)
	worker.Log = slog.New(slog.NewTextHandler(log, nil))
	worker.InForce.Load().Reader = paper
	feed := worker.InForce.Load().Feeds[0]
	worker.InForce.Load().Feeds = nil
	const feeds = 50
	for i := range feeds {
		feed.Name, feed.URL = fmt.Sprint("Paper ", i), fmt.Sprintf("https://paper%d.example/rss", i)
		worker.InForce.Load().Feeds = append(worker.InForce.Load().Feeds, feed)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- worker.Run(ctx) }()

	time.Sleep(time.Minute)
	if err := s.Ready(ctx); err != nil {
		t.Fatalf("not ready at first: %v", err)
	}
	fill(t, s)
	paper.grow()
	time.Sleep(25 * time.Second) // each feed is due every 20 s
	if err := s.Ready(ctx); err == nil {
		t.Error("ready although the disk is full")
	}
	asked := paper.asked()
	log.take()
	ready := 0
	for range 10 * 60 {
		time.Sleep(time.Second)
		if s.Ready(ctx) == nil {
			ready++
		}
	}
	if ready > 0 {
		t.Errorf("ready for %d s of the next ten minutes", ready)
	}
	if n := len(log.take()); n > 2*60 { // two a tick of 10 s; not one a feed
		t.Errorf("%d log records in ten minutes", n)
	}
	if n := paper.asked() - asked; n > feeds*30 {
		t.Errorf("feeds were asked %d times in ten minutes: more often than they are due", n)
	}
	consistent(t, s, wall)

	free(t, s)
	time.Sleep(30 * time.Second)
	if err := s.Ready(ctx); err != nil {
		t.Errorf("not ready 30 s after there was space again: %v", err)
	}
	time.Sleep(5 * time.Minute)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	consistent(t, s, wall)
	for i := range feeds {
		if n := wall.count(fmt.Sprintf("paper%d/1", i)); n != 1 {
			t.Errorf("the article of feed %d stands %d times in the channel", i, n)
		}
	}
}

// consistent holds when each article that is kept has its message, and each
// feed that has moved on its article.
func consistent(t *testing.T, s *Store, wall *wall) {
	t.Helper()
	var alone, ahead int
	err := s.read.QueryRow(`select
		(select count(*) from articles a where not exists (select 1 from messages m where m.article_id = a.id)
			or not exists (select 1 from seen s where s.article_id = a.id) or not exists (select 1 from matches x where x.article_id = a.id)),
		(select count(*) from feeds f where f.body_hash = '1' and not exists (select 1 from articles a where a.feed_key = f.key))`).Scan(&alone, &ahead)
	if err != nil || alone > 0 || ahead > 0 {
		t.Errorf("%d articles without a message, %d feeds that moved on without their article, %v", alone, ahead, err)
	}
}

// growing are feeds that are empty until they all have an article, and a long
// one.
type growing struct {
	mu      sync.Mutex
	grown   bool
	fetches int
}

func (g *growing) grow() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.grown = true
}

func (g *growing) asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.fetches
}

func (g *growing) Fetch(_ context.Context, _ monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fetches++
	hash := "0"
	if g.grown {
		hash = "1"
	}
	return monitor.Page{NotModified: hash == known.BodyHash, Validators: monitor.Validators{BodyHash: hash}}, nil
}

func (g *growing) Parse(feed monitor.Feed, page monitor.Page, _ monitor.Imprint) (doc monitor.Document, err error) {
	if page.Validators.BodyHash != "1" {
		return doc, nil
	}
	host := strings.TrimSuffix(strings.TrimPrefix(feed.URL, "https://"), ".example/rss")
	doc.Articles = []monitor.Article{{
		FeedKey: feed.Key(), Feed: feed.Name, GUID: host, URL: "https://example.com/" + host + "/1", Title: host + " bulletin",
		Body: strings.Repeat("It was said in "+host+". ", 500), Published: time.Now(),
	}}
	return doc, nil
}

func (g *growing) Text(context.Context, monitor.Feed, string) (string, error) {
	return "", errors.New("there are no pages")
}

func TestPingReportsAFailedWriteForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openAt(t, filepath.Join(t.TempDir(), "newswatch.db"))
		if _, err := s.write.Exec(`pragma max_page_count = 1`); err != nil {
			t.Fatal(err)
		}
		full := s.Tell(t.Context(), monitor.Message{Channel: "#news", Key: "k", Content: monitor.Content{Note: strings.Repeat("x", 1<<20)}})
		if full == nil {
			t.Fatal("a megabyte was taken by a full disk")
		}
		if err := s.Ping(t.Context()); !errors.Is(err, full) {
			t.Errorf("got %v, want %v", err, full)
		}
		time.Sleep(troubleLasts)
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("a small write goes through, and yet: %v", err)
		}
	})
}
