package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/monitor/story"
	"newswatch/rules"
)

// pages is a Reader whose feeds the test writes.
type pages struct {
	mu   sync.Mutex
	docs map[string]monitor.Document // by feed name; none: 304
	errs map[string]error
	hung map[string]bool // feeds that do not answer
	slow time.Duration   // what any other takes to answer

	asked map[string]int // requests to a host that wait for their answer
	most  int            // of those there were, to one host, at once

	texts map[string]string // of articles' own pages, by address
	read  []string          // addresses of pages that were asked for
}

// fail makes a feed fail; nil: it is well again.
func (p *pages) fail(feed string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.errs == nil {
		p.errs = make(map[string]error)
	}
	p.errs[feed] = err
}

// hang makes a feed's answers wait until it is told otherwise.
func (p *pages) hang(feed string, hung bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hung == nil {
		p.hung = make(map[string]bool)
	}
	p.hung[feed] = hung
}

func (p *pages) hangs(feed string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hung[feed]
}

func (p *pages) set(feed string, articles ...monitor.Article) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.docs == nil {
		p.docs = make(map[string]monitor.Document)
	}
	p.docs[feed] = monitor.Document{Articles: articles}
}

// ask counts a request to the feed's host until it is over.
func (p *pages) ask(feed monitor.Feed) (over func()) {
	host, _, _ := strings.Cut(strings.TrimPrefix(feed.URL, "https://"), "/")
	count := func(n int) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.asked == nil {
			p.asked = make(map[string]int)
		}
		p.asked[host] += n
		p.most = max(p.most, p.asked[host])
	}
	count(1)
	return func() { count(-1) }
}

func (p *pages) Fetch(ctx context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	defer p.ask(feed)()
	for p.hangs(feed.Name) && ctx.Err() == nil {
		time.Sleep(time.Second)
	}
	time.Sleep(p.slow)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.errs[feed.Name]; err != nil {
		return monitor.Page{}, err
	}
	hash := fmt.Sprint(p.docs[feed.Name])
	return monitor.Page{NotModified: hash == known.BodyHash, Validators: monitor.Validators{BodyHash: hash}}, nil
}

func (p *pages) Parse(feed monitor.Feed, _ monitor.Page, _ monitor.Imprint) (monitor.Document, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := p.docs[feed.Name]
	doc.Articles = slices.Clone(doc.Articles)
	for i := range doc.Articles {
		doc.Articles[i].FeedKey, doc.Articles[i].Feed = feed.Key(), feed.Name
	}
	return doc, nil
}

// Text is a page whose text the test writes; none: 404.
func (p *pages) Text(_ context.Context, _ monitor.Feed, address string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read = append(p.read, address)
	if text, ok := p.texts[address]; ok {
		return text, nil
	}
	return "", &monitor.FeedError{Reason: "status", Detail: "404 Not Found"}
}

// board is a Notifier that shows messages to the test. An attempt is answered
// by the next scripted answer; with none left it succeeds.
type board struct {
	mu       sync.Mutex
	shown    []shown
	script   []answer
	attempts []time.Time
	hidden   time.Duration // how long history lags
	noRead   bool
	refusal  error                // of every attempt; nil: none
	ahead    func() time.Duration // how far the worker's clock is ahead of the board's; nil: not at all
}

// refuse makes the board refuse every attempt; nil: none.
func (b *board) refuse(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refusal = err
}

// say scripts the next answers.
func (b *board) say(answers ...answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.script = append(b.script, answers...)
}

type shown struct {
	monitor.Outgoing
	at  time.Time
	ts  string
	rev int
}

// An answer is what Slack does with a request: takes it or not, and says so
// or something else.
type answer struct {
	take bool
	err  error
}

func (b *board) Post(_ context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.attempts = append(b.attempts, time.Now())
	if b.refusal != nil {
		return monitor.Receipt{}, b.refusal
	}
	next := answer{take: true}
	if len(b.script) > 0 {
		next, b.script = b.script[0], b.script[1:]
	}
	receipt := monitor.Receipt{Channel: "C" + strings.TrimLeft(out.Channel, "#C"), TS: out.TS}
	if next.take {
		receipt.TS = b.put(out)
	}
	if next.err != nil {
		return monitor.Receipt{}, next.err
	}
	return receipt, nil
}

func (b *board) put(out monitor.Outgoing) string {
	for i := range b.shown {
		if out.TS != "" && b.shown[i].ts == out.TS {
			b.shown[i].Content, b.shown[i].rev = out.Content, out.Rev
			return out.TS
		}
	}
	ts := fmt.Sprintf("%d.%d", time.Now().Unix(), len(b.shown))
	b.shown = append(b.shown, shown{out, time.Now(), ts, out.Rev})
	return ts
}

func (b *board) Look(_ context.Context, channel, thread string, since time.Time, keys []string) (map[string][]monitor.Receipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.noRead {
		return nil, monitor.ErrNoHistory
	}
	if b.ahead != nil {
		since = since.Add(-max(0, b.ahead()))
	}
	found := make(map[string][]monitor.Receipt)
	for _, s := range b.shown {
		if s.Thread == thread && slices.Contains(keys, s.Key) && !s.at.Before(since) && time.Since(s.at) >= b.hidden {
			found[s.Key] = append(found[s.Key], monitor.Receipt{Channel: channel, TS: s.ts})
		}
	}
	return found, nil
}

func (b *board) Delete(_ context.Context, at monitor.Receipt) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shown = slices.DeleteFunc(b.shown, func(s shown) bool { return s.ts == at.TS })
	return nil
}

// lines is what the board shows, a line a message: its kind, channel and title.
func (b *board) lines() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var lines []string
	for _, s := range b.shown {
		text := s.Content.Title
		if len(s.Content.Items) > 0 {
			text = fmt.Sprintf("%d alerts", len(s.Content.Items))
		}
		if d := s.Content.Digest; d != nil {
			text = fmt.Sprintf("part %d of %d, %d alerts, %d folded", d.Part, d.Parts, d.Alerts, d.Folded)
		}
		if s.Content.Note != "" && len(s.Content.Items) == 0 {
			text = s.Content.Note
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", s.Kind, strings.TrimLeft(s.Channel, "#C"), text))
	}
	return lines
}

// storiesOf counts the stories that a part of a digest names.
func storiesOf(d *monitor.Digest) (n int) {
	for _, group := range slices.Concat(d.Groups, d.Account) {
		n += len(group.Stories)
	}
	return n
}

const watchRules = `
rules:
  - id: launch
    match: satellite AND launch*
  - id: bulletin
    match: bulletin
    group_by: article
  - id: notice
    match: notice
    group_by: article
    severity: low
  - id: drill
    match: drill
    group_by: article
    quiet: 22:00-07:00
  - id: flood
    match: flood
    group_by: article
    max_per_hour: 3
  - id: attack
    match: attack
    severity: high
`

// engineOf compiles rule text.
func engineOf(t *testing.T, text string) *rules.Engine {
	t.Helper()
	engine, faults := rules.Load([]rules.Source{{Name: "rules.yaml", Data: []byte(text)}})
	if engine == nil {
		t.Fatal(faults)
	}
	return engine
}

// A desk is a whole worker on a store of its own, with feeds and Slack in the
// test's hand. It lives in a synctest bubble.
type desk struct {
	*monitor.Worker
	pages *pages
	board *board
	store *store.Store
	path  string
}

func newDesk(t *testing.T, feeds ...monitor.Feed) *desk {
	t.Helper()
	d := &desk{pages: &pages{}, board: &board{}}
	d.start(t, filepath.Join(t.TempDir(), "newswatch.db"), feeds)
	return d
}

// start opens the store and makes a worker on it, as a new process would.
func (d *desk) start(t *testing.T, path string, feeds []monitor.Feed) {
	t.Helper()
	kept, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kept.Close() })
	engine := engineOf(t, watchRules)
	d.store, d.path = kept, path
	inForce := &atomic.Pointer[monitor.Setup]{}
	inForce.Store(&monitor.Setup{
		Feeds: feeds, Zone: time.UTC, Retention: 30 * monitor.Day,
		Reader: d.pages, Engine: engine, Route: func(*rules.Rule) []string { return []string{"#news"} },
		Window: 72 * time.Hour, Grouper: func() monitor.Grouper { return story.NewIndex(story.Options{}) },
		Notifier: d.board, FoldAbove: 20, Ops: &monitor.Ops{Channel: "#ops", Notices: kept, Now: time.Now},
	})
	d.Worker = &monitor.Worker{
		Name: "w1", InForce: inForce, Book: kept, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Poller: &monitor.Poller{InForce: inForce, Archive: kept, Now: time.Now},
		Deliverer: &monitor.Deliverer{
			Outbox: kept, InForce: inForce, Worker: "w1", Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Fits:       func(items []monitor.Content) int { return min(len(items), 30) },
			FitsDigest: func(d *monitor.Digest) bool { return storiesOf(d) <= 30 },
		},
	}
}

// once polls every feed and delivers.
func (d *desk) once(t *testing.T) monitor.Round {
	t.Helper()
	round, err := d.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return round
}

func feedNamed(t *testing.T, name, schedule string) monitor.Feed {
	t.Helper()
	s, err := monitor.ParseSchedule(schedule, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return monitor.Feed{Name: name, URL: "https://" + strings.ToLower(name) + ".example/rss", Schedule: s, FirstRun: 24 * time.Hour}
}

// item is an article published the given time ago.
func item(guid, title string, age time.Duration) monitor.Article {
	return monitor.Article{
		GUID: guid, URL: "https://example.com/" + guid, Title: title, Body: title + ", officials said.", Published: time.Now().Add(-age),
	}
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

var errDropped = errors.New("connection dropped")

// list is what a feed shows.
func (p *pages) list(feed string) []monitor.Article {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.docs[feed].Articles
}
