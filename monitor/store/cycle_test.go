package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store/pgtest"
	"newswatch/rules"
)

var everyStatement = flag.Bool("every-statement", false, "let TestEveryStatementMayFail fail every statement before and after it is done, not only the first of each method, or file, and its commit")

// TestEveryStatementMayFail runs a worker from its first start through polls,
// stories, alerts, folds, refusals and updates, once for each statement that it
// sends, and lets that one fail: before it is done, and after. The work goes
// on; in the end every article is seen, has its row in the outbox and its alert,
// and stands in the channel once.
func TestEveryStatementMayFail(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	for name, engine := range faultyEngines {
		t.Run(name, engine.failEach)
	}
}

// A faultyEngine is an engine whose statements are made to fail.
type faultyEngine struct {
	slow   bool                                              // one statement a file is made to fail, rather than one a method
	others []string                                          // files with statements of another engine only, or that pass them on
	place  func(t *testing.T) string                         // where there is no store yet
	open   func(*testing.T, *faults, string) (*Store, error) // the store at a place
}

var faultyEngines = map[string]faultyEngine{
	"sqlite": {
		others: []string{"postgres.go", "origin.go", "dialect.go", "statements.go"},
		place:  func(t *testing.T) string { return filepath.Join(t.TempDir(), "newswatch.db") },
		open: func(t *testing.T, f *faults, path string) (*Store, error) {
			return openFile(t.Context(), path, func(c driver.Connector) driver.Connector { return &faultyConnector{c, f} })
		},
	},
	"postgres": {
		slow:   true,
		others: []string{"sqlite.go", "check.go", "dialect.go", "statements.go"},
		place:  func(t *testing.T) string { return pgtest.Schema(t) },
		open: func(t *testing.T, f *faults, address string) (*Store, error) {
			s, err := openPostgres(t.Context(), address, func(c driver.Connector) driver.Connector { return &faultyConnector{c, f} })
			if err == nil {
				s.engine = timeless{s.engine}
			}
			return s, err
		},
	},
}

func (e faultyEngine) failEach(t *testing.T) {
	run := func(t *testing.T, f fault) (sent map[string]int) {
		place := e.place(t)
		synctest.Test(t, func(t *testing.T) {
			injected := &faults{fault: f, seen: make(map[string]int)}
			runCycle(t, injected, func(f *faults) (*Store, error) { return e.open(t, f, place) })
			sent = injected.seen
		})
		return sent
	}
	sent := run(t, fault{})
	if t.Failed() {
		return
	}
	for _, place := range statements(t, e.others) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(sent)), func(site string) bool { return strings.HasPrefix(site, place+" ") }) {
			t.Errorf("no statement is sent from %s: let the cycle reach it, or if it is a command's, name the file in ofCommands", place)
		}
	}
	runs := 0
	tried := make(map[string]bool) // methods, or files
	for _, site := range slices.Sorted(maps.Keys(sent)) {
		_, method, _ := strings.Cut(site, " for ")
		if e.slow {
			method, _, _ = strings.Cut(site, ":")
		}
		telling := before // where an error that is passed over shows
		if strings.Contains(site, " commit ") {
			method, telling = method+" commit", after // where work done twice shows
		}
		for number := range sent[site] {
			for _, moment := range []moment{before, after} {
				if !*everyStatement && (number > 0 || moment != telling || tried[method]) {
					continue
				}
				tried[method] = true
				f := fault{site, number, moment, false}
				t.Run(fmt.Sprintf("%s, number %d, fails %s it is done", site, number, moment), func(t *testing.T) { run(t, f) })
				runs++
			}
		}
	}
	t.Logf("%d statements from %d places, %d made to fail", sum(sent), len(sent), runs)
}

func sum(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// ofCommands are the files with statements that only commands send: no worker's
// work depends on them.
var ofCommands = []string{"archive.go", "status.go", "alerts.go", "summary.go", "backup.go", "lookup.go", "move.go"}

// statements are the places in the package that send a statement of a worker,
// but for those in some files.
func statements(t *testing.T, but []string) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	positions := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || slices.Contains(ofCommands, name) || slices.Contains(but, name) {
			continue
		}
		file, err := parser.ParseFile(positions, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			called, ok := call.Fun.(*ast.SelectorExpr)
			if ok && slices.Contains([]string{"ExecContext", "QueryContext", "QueryRowContext", "BeginTx", "Commit"}, called.Sel.Name) {
				places = append(places, fmt.Sprintf("%s:%d", name, positions.Position(called.Sel.Pos()).Line))
			}
			return true
		})
	}
	if len(places) < 50 {
		t.Fatalf("found only %d statements", len(places))
	}
	return places
}

// The articles of the cycle: guid and title. All of them match.
// The third bulletin is followed by another of the same title.
var (
	firstLook = []string{
		"b1 First bulletin", "b2 Second bulletin", "b3 Third bulletin", "b4 Fourth bulletin", "b5 Fifth bulletin",
		"s1 Launch announced", "d1 Doubtful news", "r1 Refused news", "n1 First notice", "n2 Second notice",
	}
	later = []string{"s1 Launch announced, and corrected", "s2 Launch once more", "r2 Refused news once more", "b6 Third bulletin", "n3 Third notice"}
)

const cycleRules = `
rules:
  - {id: bulletin, match: bulletin, group_by: article, max_per_hour: 100}
  - {id: launch, match: launch}
  - {id: doubtful, match: doubtful, group_by: article}
  - {id: refused, match: refused}
  - {id: notice, match: notice, group_by: article, severity: low}
`

// runCycle lives in a synctest bubble. open opens the store with faults in it.
func runCycle(t *testing.T, injected *faults, open func(*faults) (*Store, error)) {
	t.Helper()
	engine, ruleFaults := rules.Load([]rules.Source{{Name: "rules.yaml", Data: []byte(cycleRules)}})
	if engine == nil {
		t.Fatal(ruleFaults)
	}
	paper, wall := &newspaper{start: time.Now()}, &wall{}
	supervise := func(work func(context.Context, *Store) error) {
		for range 3 { // a fault ends it once; then it is started again
			s, err := open(injected)
			if err == nil {
				err = errors.Join(work(t.Context(), s), s.Close())
			}
			if err == nil {
				return
			}
			if !errors.Is(err, errInjected) {
				t.Fatal(err)
			}
		}
		t.Fatal("does not work any more")
	}
	run := func(ctx context.Context, s *Store) error {
		ctx, stop := context.WithTimeout(ctx, 150*time.Second)
		defer stop()
		w := cycleWorker(s, engine, paper, wall)
		w.Shared = true // or the statements for several workers are not sent
		reheld := make(chan error)
		go func() {
			time.Sleep(10 * time.Second)
			other := *w.InForce.Load()
			other.Digest = every(50 * time.Second) // what waits for the digest waits longer
			_, err := other.Rehold(ctx, s, paper.now())
			reheld <- err
		}()
		return errors.Join(w.Run(ctx), <-reheld)
	}
	supervise(run)
	supervise(func(ctx context.Context, s *Store) error { return click(ctx, s, engine, wall) })
	time.Sleep(25 * time.Hour) // the machine is off
	supervise(run)
	supervise(func(ctx context.Context, s *Store) error {
		w := cycleWorker(s, engine, paper, wall)
		w.InForce.Load().Feeds[0].Written = "https://paper.example/${NAME}"
		_, onceErr := w.Once(ctx)
		_, feedsErr := s.Feeds(ctx)
		_, noticesErr := s.Lasting(ctx, "edit ")
		return errors.Join(onceErr, feedsErr, noticesErr, s.EndAll(ctx, "edit "), s.Leave(ctx, w.Name, []string{"a feed that was taken out"}))
	})
	s, err := open(&faults{seen: make(map[string]int)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, article := range slices.Concat(firstLook, later[1:]) {
		guid, _, _ := strings.Cut(article, " ")
		if err := s.told(guid); err != nil {
			t.Errorf("%s: %v", guid, err)
		}
		want := 1
		if guid == "r1" {
			want = 0
		}
		if n := wall.count(guid); n != want {
			t.Errorf("%s stands %d times in the channel, want %d", guid, n, want)
		}
	}
	if d := wall.deeds("s1"); len(d.Relevant) != 1 || d.Acknowledged.User == "" || len(d.Mutes) != 1 {
		t.Errorf("of clicks the channel shows %+v", d)
	}
	if n := wall.count("s1 corrected"); n != 1 {
		t.Errorf("the correction is shown %d times", n)
	}
}

// told says whether an article is seen, has its one message, which has come to
// its end, and its story the rule's alert.
func (s *Store) told(guid string) error {
	var seen, matched, messages, ended, alerts int
	err := s.read.QueryRow(`select count(distinct s.identity), count(distinct x.rule), count(distinct m.id),
			count(distinct m.id) filter (where m.state in ('sent', 'folded', 'dead', 'muted')), count(distinct al.message_id)
		from articles a left join seen s on s.article_id = a.id left join matches x on x.article_id = a.id
			left join messages m on m.article_id = a.id left join reports r on r.article_id = a.id
			left join alerts al on al.story_id = r.story_id and al.rule = m.rule and al.channel = m.channel
		where a.guid = ?`, guid).Scan(&seen, &matched, &messages, &ended, &alerts)
	if err == nil && (seen != 1 || matched != 1 || messages != 1 || ended != 1 || alerts != 1) {
		err = fmt.Errorf("seen %d times, matched %d, %d messages, %d ended, %d alerts", seen, matched, messages, ended, alerts)
	}
	return err
}

// click is what somebody does with the alert of a story.
func click(ctx context.Context, s *Store, engine *rules.Engine, wall *wall) error {
	inForce := &atomic.Pointer[monitor.Setup]{}
	inForce.Store(&monitor.Setup{Engine: engine, Zone: time.UTC})
	clerk := &monitor.Clerk{Book: s, InForce: inForce, Now: time.Now, Changed: func() {}}
	r := monitor.Request{User: "U0DESK", Channel: "C1"}
	r.TS, r.Key = wall.find("s1")
	for i, c := range []monitor.Request{
		{Act: monitor.ActAcknowledge}, {Act: monitor.ActWhy}, {Act: monitor.ActRelevant}, {Act: monitor.ActMute, Value: monitor.MuteOutlet},
		{Act: monitor.ActMute, Value: monitor.MuteStory}, {Act: monitor.ActUnmute},
	} {
		if c.Act == monitor.ActUnmute {
			on, _, _, err := s.Clicked(ctx, monitor.Receipt{Channel: r.Channel, TS: r.TS}, r.Key)
			if err != nil {
				return err
			}
			deeds, err := s.deeds(ctx, on.ID)
			if err != nil {
				return err
			}
			for _, m := range deeds.Mutes {
				if m.Outlet != "" {
					c.Value = fmt.Sprint(m.ID)
				}
			}
		}
		r.ID, r.Act, r.Value = fmt.Sprint(i), c.Act, c.Value
		if _, err := clerk.Take(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func cycleWorker(s *Store, engine *rules.Engine, paper *newspaper, wall *wall) *monitor.Worker {
	log := slog.New(slog.DiscardHandler)
	inForce := &atomic.Pointer[monitor.Setup]{}
	inForce.Store(&monitor.Setup{
		Feeds: []monitor.Feed{{Name: "Paper", URL: "https://paper.example/rss", Schedule: every(20 * time.Second), FirstRun: monitor.Day}},
		Zone:  time.UTC, Retention: 30 * monitor.Day, Beat: func(context.Context) error { return nil },
		Reader: paper, Engine: engine, Route: func(*rules.Rule) []string { return []string{"#news"} },
		Window: 72 * time.Hour, Grouper: func() monitor.Grouper { return &byFirstWord{} },
		Notifier: wall, FoldAbove: 3, Digest: every(40 * time.Second), Ops: &monitor.Ops{Channel: "#ops", Notices: s, Now: paper.now},
	})
	return &monitor.Worker{
		Name: "w1", InForce: inForce, Book: s, Now: paper.now, Log: log,
		Poller: &monitor.Poller{InForce: inForce, Archive: s, Now: paper.now},
		Deliverer: &monitor.Deliverer{
			Outbox: s, InForce: inForce, Worker: "w1", Now: paper.now, Log: log,
			Fits:       func(items []monitor.Content) int { return len(items) },
			FitsDigest: func(d *monitor.Digest) bool { return storiesIn(d.Groups) < 2 },
		},
	}
}

func every(d time.Duration) monitor.Schedule {
	s, err := monitor.ParseSchedule("@every "+d.String(), time.UTC)
	if err != nil {
		panic(err)
	}
	return s
}

func storiesIn(groups []monitor.Group) (n int) {
	for _, group := range groups {
		n += len(group.Stories)
	}
	return n
}

// A newspaper is a feed that gains articles, and corrects one, after a minute.
type newspaper struct{ start time.Time }

// now is a clock that is set back in the second minute.
func (p *newspaper) now() time.Time {
	now := time.Now()
	if now.Sub(p.start) > 80*time.Second {
		now = now.Add(-30 * time.Second)
	}
	return now.Round(0)
}

func (p *newspaper) edition() []string {
	switch {
	case time.Since(p.start) < time.Minute:
		return firstLook
	case time.Since(p.start) < monitor.Day:
		return slices.Concat(later, firstLook[:5], firstLook[6:])
	default:
		return later
	}
}

func (p *newspaper) Fetch(_ context.Context, _ monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	hash := fmt.Sprint(len(p.edition()))
	return monitor.Page{NotModified: hash == known.BodyHash, Validators: monitor.Validators{BodyHash: hash}}, nil
}

func (p *newspaper) Parse(feed monitor.Feed, _ monitor.Page, _ monitor.Imprint) (doc monitor.Document, err error) {
	for _, article := range p.edition() {
		guid, title, _ := strings.Cut(article, " ")
		doc.Articles = append(doc.Articles, monitor.Article{
			FeedKey: feed.Key(), Feed: feed.Name, GUID: guid, URL: "https://paper.example/" + guid, Title: title,
			Body: "It was said.", Published: p.start.Add(-time.Minute),
		})
	}
	return doc, nil
}

func (p *newspaper) Text(context.Context, monitor.Feed, string) (string, error) {
	return "", errors.New("there are no pages")
}

// byFirstWord takes articles for the same story whose titles begin alike.
type byFirstWord struct{ reports []monitor.Report }

func (g *byFirstWord) Remember(r monitor.Report) { g.reports = append(g.reports, r) }

func (g *byFirstWord) Undo(n int) { g.reports = g.reports[:len(g.reports)-n] }

func (g *byFirstWord) Recall(*monitor.Article, time.Time) (int64, bool) { return 0, false }

func (g *byFirstWord) Place(a *monitor.Article, _ time.Time) (int64, monitor.Relation, bool) {
	for _, r := range slices.Backward(g.reports) {
		if firstWord(r.Article.Title) == firstWord(a.Title) {
			return r.StoryID, monitor.Tells, true
		}
	}
	return 0, "", false
}

func firstWord(title string) string {
	word, _, _ := strings.Cut(title, " ")
	return word
}

// A wall is a channel of Slack: it refuses one message for good, and takes
// another without saying so.
type wall struct {
	mu       sync.Mutex
	posts    []monitor.Outgoing // index + 1 is the ts
	doubtful int
}

func (w *wall) Post(_ context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	receipt := monitor.Receipt{Channel: "C1", TS: out.TS}
	if out.TS != "" {
		for i := range w.posts {
			if fmt.Sprint(i+1) == out.TS {
				w.posts[i].Content = out.Content
			}
		}
		return receipt, nil
	}
	if strings.HasSuffix(out.Content.URL, "/r1") {
		return receipt, &monitor.MessageRefused{Reason: "invalid_blocks"}
	}
	w.posts = append(w.posts, out)
	receipt.TS = fmt.Sprint(len(w.posts))
	if strings.HasSuffix(out.Content.URL, "/d1") && w.doubtful == 0 {
		w.doubtful++
		return monitor.Receipt{}, errors.New("connection dropped")
	}
	return receipt, nil
}

// find is where the alert of an article stands, and its key.
func (w *wall) find(guid string) (ts, key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, p := range w.posts {
		if strings.HasSuffix(p.Content.URL, "/"+guid) {
			return fmt.Sprint(i + 1), p.Key
		}
	}
	return "", ""
}

// deeds is what the alert of an article shows that was done with it.
func (w *wall) deeds(guid string) (d monitor.Deeds) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.posts {
		if strings.HasSuffix(p.Content.URL, "/"+guid) {
			d = p.Content.Deeds
		}
	}
	return d
}

func (w *wall) Look(_ context.Context, channel, thread string, _ time.Time, keys []string) (map[string][]monitor.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := make(map[string][]monitor.Receipt)
	for i, p := range w.posts {
		if p.Thread == thread && slices.Contains(keys, p.Key) {
			found[p.Key] = append(found[p.Key], monitor.Receipt{Channel: channel, TS: fmt.Sprint(i + 1)})
		}
	}
	return found, nil
}

func (w *wall) Delete(context.Context, monitor.Receipt) error {
	return errors.New("nothing stands here twice")
}

// count is how often an article stands on the wall, alone, in a fold or in a digest; with
// "corrected", how often as corrected.
func (w *wall) count(guid string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	guid, corrected := strings.CutSuffix(guid, " corrected")
	for _, p := range w.posts {
		told := append(p.Content.Items, p.Content)
		if p.Content.Digest != nil {
			for _, group := range p.Content.Digest.Groups {
				told = append(told, group.Stories...)
			}
		}
		for _, content := range told {
			if strings.HasSuffix(content.URL, "/"+guid) && (!corrected || strings.HasSuffix(content.Title, "corrected")) {
				n++
			}
		}
	}
	return n
}
