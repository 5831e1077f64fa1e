package monitor_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/monitor/story"
)

// fragile is a Grouper that panics on what one article says.
type fragile struct {
	monitor.Grouper
	place, remember bool // where
}

func (f fragile) Place(a *monitor.Article, at time.Time) (int64, monitor.Relation, bool) {
	if f.place && strings.Contains(a.Title, "poison") {
		panic("index out of range")
	}
	return f.Grouper.Place(a, at)
}

func (f fragile) Remember(r monitor.Report) {
	if f.remember && strings.Contains(r.Article.Title, "poison") {
		panic("index out of range")
	}
	f.Grouper.Remember(r)
}

func TestAnArticleThatTheGrouperFailsOnAlertsAndHoldsUpNoOther(t *testing.T) {
	for name, f := range map[string]fragile{"placing": {place: true}, "remembering": {remember: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
				d.InForce.Load().Grouper = func() monitor.Grouper { return fragile{story.NewIndex(story.Options{}), f.place, f.remember} }
				var broken []string
				d.OnPoll = func(_ monitor.Feed, r monitor.Result, _ time.Duration, _ error) { broken = append(broken, r.Broken...) }
				d.pages.set("Agency", item("1", "Bulletin one", 3*time.Hour), item("2", "Bulletin poison", 2*time.Hour), item("3", "Bulletin three", time.Hour))
				if round := d.once(t); round.Failed > 0 {
					t.Errorf("got %+v", round)
				}
				want := []string{"alert news: Bulletin one", "alert news: Bulletin poison", "alert news: Bulletin three"}
				equal(t, d.board.lines(), want)
				equal(t, broken, []string{`grouping failed on "guid:2": index out of range`})
			})
		})
	}
}

func TestArticlesThatTheRulesFailOnAreKeptAndToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		d.InForce.Load().Engine = nil // which no article survives
		var broken []string
		d.OnPoll = func(_ monitor.Feed, r monitor.Result, _ time.Duration, _ error) { broken = append(broken, r.Broken...) }
		d.pages.set("Agency", item("1", "Bulletin one", 2*time.Hour), item("2", "Bulletin two", time.Hour))
		for range 2 { // they are not tried again
			if round := d.once(t); round.Failed > 0 {
				t.Errorf("got %+v", round)
			}
		}
		if len(broken) != 2 || !strings.HasPrefix(broken[0], `matching failed on "guid:1": `) {
			t.Errorf("told of %q", broken)
		}
	})
}

// breaking is an Archive whose first message breaks its transaction.
type breaking struct {
	*store.Store
	broke *bool
}

func (b breaking) Record(ctx context.Context, do func(monitor.Ledger) error) error {
	return b.Store.Record(ctx, func(l monitor.Ledger) error { return do(breakingLedger{l, b.broke}) })
}

type breakingLedger struct {
	monitor.Ledger
	broke *bool
}

func (l breakingLedger) Post(m monitor.Message, story, article int64) error {
	if !*l.broke {
		*l.broke = true
		panic("a nil map")
	}
	return l.Ledger.Post(m, story, article)
}

func TestAPanicInATransactionLeavesNoStoryBehindInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"), feedNamed(t, "Herald", "@hourly"))
		d.Poller.Archive = breaking{d.store, new(bool)}
		d.pages.set("Agency", item("1", "North Korea notifies Japan of satellite launch plan", time.Hour))
		if round := d.once(t); round.Failed != 1 {
			t.Errorf("got %+v", round)
		}
		d.pages.set("Herald", item("2", "North Korea notifies Japan of plan for satellite launch", time.Hour))
		if round := d.once(t); round.Failed != 0 {
			t.Errorf("got %+v", round)
		}
		if lines := d.board.lines(); len(lines) != 2 || !strings.HasPrefix(lines[0], "alert") || !strings.HasPrefix(lines[1], "reply") {
			t.Errorf("told %q", lines)
		}
	})
}
