package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

// An edited is newswatch at work on files that the test edits, with feeds and
// Slack in the test's hand. It lives in a synctest bubble.
type edited struct {
	*bot
	t      *testing.T
	edits  *reloader
	dir    string
	log    *bytes.Buffer
	hangup chan os.Signal
	press  *press
	pins   *pins
	shelf  *shelf
	taken  string // a port that another has
	stop   func()
}

const editedConfig = `
rules: rules
feeds:
  - {name: Wire, url: "https://192.0.2.1/rss", schedule: "@every 60s"}
  - {name: Post, url: "https://192.0.2.2/rss", schedule: "@every 60s"}
slack: {token_file: token, channel: "#news", ops_channel: "#ops", api_url: "http://127.0.0.1:1/"}
http: {listen: ""}
`

const editedRules = "rules:\n  - id: launch\n    match: satellite\n"

// edit starts newswatch on these files, those above where they name no others.
func edit(t *testing.T, files map[string]string) *edited {
	t.Helper()
	all := map[string]string{"config.yaml": editedConfig, "rules/watch.yaml": editedRules, "token": "xoxb-one"}
	for name, text := range files {
		all[name] = text
	}
	e := &edited{t: t, dir: installation(t, all), log: &bytes.Buffer{}, hangup: make(chan os.Signal, 1), press: &press{}, pins: &pins{}}
	if err := os.Chmod(filepath.Join(e.dir, "token"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(e.dir)
	a := &app{configFile: "config.yaml", err: e.log}
	cfg, err := a.configuration()
	if err != nil {
		t.Fatal(err, e.log)
	}
	engine, sources, err := a.engineIn(cfg.RulesDir)
	if err != nil {
		t.Fatal(err, e.log)
	}
	log := slog.New(slog.NewJSONHandler(e.log, &slog.HandlerOptions{ReplaceAttr: tame}))
	if e.bot, err = wire(t.Context(), cfg, wiring{rules: engine, log: log, now: time.Now}); err != nil {
		t.Fatal(err)
	}
	e.shelf = &shelf{FeedBook: e.worker.Book}
	e.worker.Book = e.shelf
	setup := e.inForce.Load()
	setup.Reader, setup.Notifier = e.press, e.pins
	e.edits = a.reloader(e.bot, sources, e.hangup)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.run(ctx, e.edits) }()
	e.stop = sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-done, e.close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(e.stop)
	return e
}

// write saves a file as an editor does, by renaming.
func (e *edited) write(name, text string) {
	e.t.Helper()
	path := filepath.Join(e.dir, name)
	if err := errors.Join(os.WriteFile(path+"~", []byte(text), 0o600), os.Rename(path+"~", path)); err != nil {
		e.t.Fatal(err)
	}
}

// save writes a file and waits as long as an edit may take to be in force.
func (e *edited) save(name, text string) {
	e.t.Helper()
	e.write(name, text)
	e.settle()
}

func (e *edited) settle() {
	time.Sleep(2 * time.Second)
	synctest.Wait()
}

// notes waits until people have heard, and returns what the ops channel shows
// since it was asked last.
func (e *edited) notes() string {
	time.Sleep(2 * tellEvery)
	synctest.Wait()
	return e.heard()
}

// heard is what the ops channel shows since it was asked last.
func (e *edited) heard() string {
	e.pins.mu.Lock()
	defer e.pins.mu.Unlock()
	var notes []string
	for _, out := range e.pins.notes {
		text := out.Content.Note
		if out.Content.Code != "" {
			text += "\n" + out.Content.Code
		}
		notes = append(notes, text)
	}
	e.pins.notes = nil
	return strings.Join(notes, "\n---\n")
}

// rule is whether there is such a rule in force.
func (e *edited) rule(id string) bool { return e.inForce.Load().Engine.Rule(id) != nil }

// A press is a Reader whose feeds the test writes, by name.
type press struct {
	mu    sync.Mutex
	docs  map[string][]monitor.Article
	polls map[string]int
}

func (p *press) print(feed string, articles ...monitor.Article) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.docs == nil {
		p.docs = make(map[string][]monitor.Article)
	}
	p.docs[feed] = articles
}

func (p *press) Fetch(_ context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.polls == nil {
		p.polls = make(map[string]int)
	}
	p.polls[feed.Name]++
	hash := fmt.Sprint(p.docs[feed.Name])
	return monitor.Page{NotModified: hash == known.BodyHash, Validators: monitor.Validators{BodyHash: hash}}, nil
}

func (p *press) Parse(feed monitor.Feed, _ monitor.Page, _ monitor.Imprint) (doc monitor.Document, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.docs[feed.Name] {
		a.FeedKey, a.Feed = feed.Key(), feed.Name
		doc.Articles = append(doc.Articles, a)
	}
	return doc, nil
}

func (p *press) Text(context.Context, monitor.Feed, string) (string, error) { return "", nil }

func (p *press) polled(feed string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.polls[feed]
}

// headline is an article of now.
func headline(title string) monitor.Article {
	return monitor.Article{GUID: title, URL: "https://example.com/" + strings.ReplaceAll(title, " ", "-"), Title: title, Published: time.Now()}
}

// pins is a Notifier that keeps what it is given.
type pins struct {
	soakNotifier
	mu     sync.Mutex
	notes  []monitor.Outgoing
	alerts []string // "rule: title"
}

func (p *pins) Post(ctx context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case out.Kind == monitor.KindOps:
		p.notes = append(p.notes, out)
	case out.TS == "":
		p.alerts = append(p.alerts, out.Content.Rule+": "+out.Content.Title)
	}
	return p.soakNotifier.Post(ctx, out)
}
