package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/rules"
)

// A gathering is of records that wait for a pen that it holds.
type gathering struct {
	*Store
	t   *testing.T
	all sync.WaitGroup

	mu           sync.Mutex
	errs         map[string]error // by article; what a panic said is one too
	transactions []*sql.Tx        // with a record in them, in order
}

// gathered runs a test of records in a group.
func gathered(t *testing.T, test func(t *testing.T, g *gathering)) {
	synctest.Test(t, func(t *testing.T) {
		g := &gathering{Store: openAt(t, filepath.Join(t.TempDir(), "newswatch.db")), t: t, errs: make(map[string]error)}
		g.group.pen <- struct{}{}
		test(t, g)
	})
}

// record keeps an article with what else is to be done in its transaction, and
// returns when it waits.
func (g *gathering) record(ctx context.Context, guid string, and func(run int) error) {
	g.all.Go(func() {
		var err error
		defer func() {
			if fault := recover(); fault != nil {
				err = fmt.Errorf("panic: %v", fault)
			}
			g.mu.Lock()
			defer g.mu.Unlock()
			g.errs[guid] = err
		}()
		find := &monitor.Find{Article: article(agency, guid, "", "Report "+guid)}
		run := 0
		err = g.Record(ctx, func(l monitor.Ledger) error {
			run++
			g.transactions = append(g.transactions, l.(*ledger).tx)
			if _, err := l.Keep(agency.Key(), noon, []*monitor.Find{find}, nil); err != nil || and == nil {
				return err
			}
			return and(run)
		})
	})
	synctest.Wait()
}

// write lets them all be written.
func (g *gathering) write() {
	<-g.group.pen
	g.all.Wait()
}

// kept says whether the articles are.
func (g *gathering) kept(want bool, guids ...string) {
	g.t.Helper()
	for _, guid := range guids {
		if seen := sightOne(g.t, g.Store, agency, article(agency, guid, "", "Report "+guid)); seen.Here != want {
			g.t.Errorf("article %s is kept: %v", guid, seen.Here)
		}
		if err := g.errs[guid]; (err == nil) != want {
			g.t.Errorf("record of %s: %v", guid, err)
		}
	}
}

func TestRecordsThatWaitAreWrittenInOneTransaction(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering) {
		for _, guid := range []string{"1", "2", "3"} {
			g.record(t.Context(), guid, nil)
		}
		g.write()
		g.kept(true, "1", "2", "3")
		if n := len(slices.Compact(g.transactions)); n != 1 {
			t.Errorf("%d transactions", n)
		}
	})
}

func TestMoreRecordsThanAGroupTakesAreAllWritten(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering) {
		var guids []string
		for n := range 2*maxGroup + 3 {
			guids = append(guids, fmt.Sprint(n))
			g.record(t.Context(), guids[n], nil)
		}
		g.write()
		g.kept(true, guids...)
		if n := len(slices.Compact(g.transactions)); n != 3 {
			t.Errorf("%d transactions", n)
		}
	})
}

func TestARecordThatFailsIsAloneInThat(t *testing.T) {
	for name, fails := range map[string]func(run int) error{
		"with an error": func(int) error { return errors.New("lease lost") },
		"with a panic":  func(int) error { panic("index out of range") },
	} {
		t.Run(name, func(t *testing.T) {
			gathered(t, func(t *testing.T, g *gathering) {
				g.record(t.Context(), "1", nil)
				g.record(t.Context(), "bad", fails)
				g.record(t.Context(), "2", nil)
				g.write()
				g.kept(true, "1", "2")
				g.kept(false, "bad")
			})
		})
	}
}

func TestARecordThatFailsBesideOthersIsTriedAlone(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering) {
		g.record(t.Context(), "1", nil)
		g.record(t.Context(), "2", func(run int) error {
			if run == 1 {
				return errors.New("too much at once")
			}
			return nil
		})
		g.write()
		g.kept(true, "1", "2")
	})
}

func TestARecordWhoseCallerLeavesIsNotWritten(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering) {
		ctx, leave := context.WithCancelCause(t.Context())
		g.record(t.Context(), "1", nil)
		g.record(ctx, "gone", nil)
		leave(errors.New("stopping"))
		synctest.Wait()
		g.write()
		g.kept(true, "1")
		g.kept(false, "gone")
		if err := g.errs["gone"]; err == nil || err.Error() != "stopping" {
			t.Errorf("its caller is told %v", err)
		}
	})
}

// A press has one bulletin in each feed, on the same event.
type press struct{}

func (press) Fetch(context.Context, monitor.Feed, monitor.Validators) (monitor.Page, error) {
	return monitor.Page{}, nil
}

func (press) Parse(feed monitor.Feed, _ monitor.Page, _ monitor.Imprint) (monitor.Document, error) {
	a := monitor.Article{FeedKey: feed.Key(), Feed: feed.Name, GUID: feed.Name, URL: feed.URL + "/1", Title: "Launch seen by " + feed.Name, Published: noon}
	return monitor.Document{Articles: []monitor.Article{a}}, nil
}

func (press) Text(context.Context, monitor.Feed, string) (string, error) { return "", nil }

// What a group that fails told the grouper is taken back with it: the story that
// one poll opened, and another joined, never was.
func TestPollsOfOneEventTellItOnceThoughTheirGroupFails(t *testing.T) {
	for name, fails := range map[string]func(run int) error{
		"a group that is written": nil,
		"a group that fails":      func(int) error { return errors.New("lease lost") },
	} {
		t.Run(name, func(t *testing.T) { gathered(t, func(t *testing.T, g *gathering) { g.pollOneEvent(fails) }) })
	}
}

// pollOneEvent polls five feeds that report one event, in a group with another
// record at its end, and looks what came of it.
func (g *gathering) pollOneEvent(fails func(run int) error) {
	engine, faults := rules.Load([]rules.Source{{Name: "rules.yaml", Data: []byte(cycleRules)}})
	if engine == nil {
		g.t.Fatal(faults)
	}
	w := cycleWorker(g.Store, engine, &newspaper{}, nil)
	setup := w.InForce.Load()
	setup.Reader = press{}
	w.Poller.Now = func() time.Time { return noon }
	const outlets = 5
	for n := range outlets {
		feed := monitor.Feed{Name: fmt.Sprintf("Outlet %d", n), URL: fmt.Sprintf("https://outlet%d.example", n), Schedule: every(time.Minute), FirstRun: monitor.Day}
		states, err := g.Enroll(g.t.Context(), "", []monitor.Feed{feed})
		if err != nil {
			g.t.Fatal(err)
		}
		g.all.Go(func() {
			if _, err := w.Poller.Poll(g.t.Context(), feed, states[0]); err != nil {
				g.t.Error(err)
			}
		})
		synctest.Wait()
	}
	g.record(g.t.Context(), "last", fails)
	g.write()
	var stories, reports, alerts, messages int
	err := g.read.QueryRow(`select (select count(*) from stories), (select count(*) from reports),
		(select count(*) from alerts), (select count(*) from messages)`).Scan(&stories, &reports, &alerts, &messages)
	if err != nil {
		g.t.Fatal(err)
	}
	if stories != 1 || reports != outlets || alerts != 1 || messages != outlets {
		g.t.Errorf("%d stories with %d reports, %d alerts in %d messages", stories, reports, alerts, messages)
	}
}
