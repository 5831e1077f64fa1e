package monitor_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/rules"
)

var (
	reloadTimes = flag.Int("reloads", 200, "how many setups TestReloads puts into force")
	reloadFeeds = flag.Int("reloadfeeds", 100, "how many feeds it polls every second")
)

// Of TestReloads. A fifth of the feeds is never touched.
const (
	reloadEvery = 100 * time.Millisecond
	reloadWords = 30
	stablePart  = 5
)

// A generation is one setup of TestReloads. It is the Reader of its polls, and
// so knows what was read under it.
type generation struct {
	n     int
	rules map[string]string // the word that each rule asks for
	world *world
}

// rulesText is a rule file whose rules' names tell the generation.
func (g *generation) rulesText() string {
	var b strings.Builder
	b.WriteString("rules:\n")
	for id, word := range g.rules {
		fmt.Fprintf(&b, "  - {id: %s, name: %s of %d, match: %s, group_by: none}\n", id, id, g.n, word)
	}
	return b.String()
}

// expected are the alerts that an article must cause, by name of the rule.
func (g *generation) expected(title string) []string {
	var names []string
	for id, word := range g.rules {
		if slices.Contains(strings.Fields(title), word) {
			names = append(names, fmt.Sprintf("%s of %d", id, g.n))
		}
	}
	slices.Sort(names)
	return names
}

// A world is what feeds hold, and what was seen of them.
type world struct {
	mu     sync.Mutex
	docs   map[string][]monitor.Article // by feed key
	polls  map[string][]time.Time
	readBy map[string][]*generation // by title
}

func (g *generation) Fetch(_ context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	time.Sleep(20 * time.Millisecond) // so that setups change in the middle of polls
	w := g.world
	w.mu.Lock()
	defer w.mu.Unlock()
	w.polls[feed.Key()] = append(w.polls[feed.Key()], time.Now())
	hash := fmt.Sprint(len(w.docs[feed.Key()]))
	return monitor.Page{NotModified: hash == known.BodyHash, Validators: monitor.Validators{BodyHash: hash}}, nil
}

func (g *generation) Parse(feed monitor.Feed, _ monitor.Page, _ monitor.Imprint) (doc monitor.Document, err error) {
	w := g.world
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.docs[feed.Key()] {
		a.FeedKey, a.Feed = feed.Key(), feed.Name
		doc.Articles = append(doc.Articles, a)
		w.readBy[a.Title] = append(w.readBy[a.Title], g)
	}
	return doc, nil
}

func (g *generation) Text(context.Context, monitor.Feed, string) (string, error) { return "", nil }

// publish puts an article with some words on top of a feed.
func (w *world) publish(key string, n int, random *rand.Rand) {
	w.mu.Lock()
	defer w.mu.Unlock()
	title := fmt.Sprintf("Item %d", n)
	for range 3 {
		title += fmt.Sprintf(" w%d", random.IntN(reloadWords))
	}
	w.docs[key] = append([]monitor.Article{item(fmt.Sprint(n), title, 0)}, w.docs[key]...)
}

// TestReloads puts many setups into force (-reloads) while many feeds are
// polled every second: rules, feeds, schedules and grouping change at random. No
// article is matched by half a setup, lost or told twice, no poll of a feed that
// stays is missed, and nothing is left behind.
func TestReloads(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	files := openFiles(t)
	synctest.Test(t, testReloads)
	if now := openFiles(t); now > files { // the store is closed by now
		t.Errorf("%d files are open, at the start it were %d", now, files)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	return len(list)
}

func testReloads(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 2026))
	w := &world{docs: make(map[string][]monitor.Article), polls: make(map[string][]time.Time), readBy: make(map[string][]*generation)}
	var all []monitor.Feed
	for n := range *reloadFeeds {
		all = append(all, feedNamed(t, fmt.Sprintf("Feed%d", n), "@every 1s"))
	}
	stable := all[:len(all)/stablePart]
	d := newDesk(t, all...)
	first := d.InForce.Load()
	first.FoldAbove = 1 << 20 // each by itself, to be counted
	first.Route = func(r *rules.Rule) []string { return []string{"#" + r.ID} }
	setup := next(t, first, &generation{world: w, rules: map[string]string{"r0": "w0"}}, all)
	d.InForce.Store(setup)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	time.Sleep(2 * time.Second) // first polls are over
	begun := time.Now()

	articles := 0
	watched := slices.Clone(all[len(stable):])
	for n := 1; n <= *reloadTimes; n++ {
		time.Sleep(reloadEvery)
		for range 2 {
			w.publish(all[random.IntN(len(all))].Key(), articles, random)
			articles++
		}
		g := &generation{n: n, world: w, rules: make(map[string]string)}
		for len(g.rules) < 10 {
			g.rules[fmt.Sprintf("r%d", random.IntN(reloadWords))] = fmt.Sprintf("w%d", random.IntN(reloadWords))
		}
		i := random.IntN(len(watched))
		switch random.IntN(4) {
		case 0:
			if len(watched) > len(all)/4 {
				watched = slices.Delete(watched, i, i+1)
			}
		case 1:
			if f := all[len(stable)+random.IntN(len(all)-len(stable))]; !slices.ContainsFunc(watched, func(g monitor.Feed) bool { return g.Key() == f.Key() }) {
				watched = append(watched, f)
			}
		case 2:
			watched[i].Name = fmt.Sprintf("Renamed %d", n)
		case 3:
			watched[i].Schedule = feedNamed(t, "x", fmt.Sprintf("@every %ds", 1+random.IntN(3))).Schedule
		}
		setup = next(t, setup, g, slices.Concat(stable, watched))
		if n%100 == 0 {
			setup.Window += time.Hour
		}
		if err := d.Adopt(ctx, setup); err != nil {
			t.Fatal(err)
		}
		if d.InForce.Load() != setup {
			t.Fatal("what was adopted is not in force")
		}
	}
	ended := time.Now()
	for len(watched) < len(all)-len(stable) { // what was published in feeds that left counts again
		setup = next(t, setup, setup.Reader.(*generation), all)
		watched = all[len(stable):]
		if err := d.Adopt(ctx, setup); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(2 * time.Minute)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	checkAlerts(t, d.board, w, articles)
	for _, feed := range stable {
		checkPolls(t, feed, w.polls[feed.Key()], begun, ended)
	}
	t.Logf("%d reloads, %d feeds, %d articles, %d alerts", *reloadTimes, len(all), articles, len(d.board.shown))
}

// next is the setup before with another generation and other feeds.
func next(t *testing.T, before *monitor.Setup, g *generation, feeds []monitor.Feed) *monitor.Setup {
	t.Helper()
	s := *before
	s.Reader, s.Engine, s.Feeds = g, engineOf(t, g.rulesText()), feeds
	return &s
}

// checkAlerts holds each article against the generations that read it: it must
// be told of by all the rules of one of them, once each, and by no other.
func checkAlerts(t *testing.T, b *board, w *world, articles int) {
	t.Helper()
	told := make(map[string][]string)
	for _, s := range b.shown {
		if s.Kind == monitor.KindAlert {
			told[s.Content.Title] = append(told[s.Content.Title], s.Content.Rule)
		}
	}
	if len(w.readBy) != articles {
		t.Errorf("%d of %d articles were read", len(w.readBy), articles)
	}
	for title, by := range w.readBy {
		got := told[title]
		slices.Sort(got)
		if !slices.ContainsFunc(by, func(g *generation) bool { return slices.Equal(got, g.expected(title)) }) {
			t.Errorf("%s: told by %q; the first to read it was generation %d, with %q", title, got, by[0].n, by[0].expected(title))
		}
	}
}

// checkPolls sees that a feed was polled every second, and no more often.
func checkPolls(t *testing.T, feed monitor.Feed, at []time.Time, begun, ended time.Time) {
	t.Helper()
	var last time.Time
	for _, now := range at {
		if between := now.Sub(last); last.After(begun) && now.Before(ended) && (between < 900*time.Millisecond || between > 1200*time.Millisecond) {
			t.Errorf("%s was polled after %v", feed.Name, between)
			return
		}
		last = now
	}
	if seconds := int(ended.Sub(begun) / time.Second); len(at) < seconds {
		t.Errorf("%s was polled %d times in %d s", feed.Name, len(at), seconds)
	}
}
