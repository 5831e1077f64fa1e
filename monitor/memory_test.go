package monitor_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// returning are two reports of one event, which does not come up for days between them.
func returning() (first, second monitor.Article) {
	first = item("1", "Chollima satellite rocket wreckage to be launched into museum", time.Minute)
	second = item("2", "Wreckage of Chollima satellite rocket launched into museum", time.Minute)
	second.Body = first.Body
	return first, second
}

func TestStoryThatReturnsAlertsAnewAndNamesItsEarlierAlert(t *testing.T) {
	for name, restarts := range map[string]bool{"in one run": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				feeds := []monitor.Feed{feedNamed(t, "Agency", "@hourly"), feedNamed(t, "Herald", "@hourly")}
				d := newDesk(t, feeds...)
				first, _ := returning()
				d.pages.set("Agency", first)
				d.once(t)
				time.Sleep(9 * monitor.Day)
				if restarts {
					d.store.Close()
					d.start(t, d.path, feeds)
				}
				_, second := returning()
				d.pages.set("Herald", second)
				d.once(t)
				equal(t, d.board.lines(), []string{"alert news: " + first.Title, "alert news: " + second.Title})
				if len(d.board.shown) != 2 {
					return
				}
				alert, again := d.board.shown[0], d.board.shown[1]
				if e := again.Content.Earlier; e == nil || e.Title != first.Title || e.TS != alert.ts || e.Told.Sub(alert.at).Abs() > time.Minute {
					t.Errorf("it takes up %+v, want the alert %s of %s", e, alert.ts, alert.at)
				}
				if alert.Content.Earlier != nil {
					t.Errorf("the first takes up %+v", alert.Content.Earlier)
				}
				second.FeedKey = feeds[1].Key()
				if key := monitor.MessageKey(monitor.KindAlert, "#news", "launch", second.Seed()); again.Key != key {
					t.Errorf("its key is %s, want %s", again.Key, key)
				}
			})
		})
	}
}

var errCommit = errors.New("disk full")

// failing is an Archive whose first transaction with a message does not come
// through its commit.
type failing struct {
	*store.Store
	failed *bool
}

func (f failing) Record(ctx context.Context, do func(monitor.Ledger) error) error {
	return f.Store.Record(ctx, func(l monitor.Ledger) error {
		posts := posting{Ledger: l}
		if err := do(&posts); err != nil || !posts.posted || *f.failed {
			return err
		}
		*f.failed = true
		return errCommit
	})
}

// posting is a Ledger that notes whether a message was posted.
type posting struct {
	monitor.Ledger
	posted bool
}

func (l *posting) Post(m monitor.Message, story, article int64) error {
	l.posted = true
	return l.Ledger.Post(m, story, article)
}

func TestCommitThatFailsLeavesNoStoryBehindInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"), feedNamed(t, "Herald", "@hourly"))
		d.Poller.Archive = failing{d.store, new(bool)}
		first, second := returning()
		d.pages.set("Agency", first)
		if round := d.once(t); round.Failed != 1 {
			t.Errorf("got %+v", round)
		}
		d.pages.set("Herald", second)
		if round := d.once(t); round.Failed != 0 {
			t.Errorf("got %+v", round)
		}
		if lines := d.board.lines(); len(lines) != 2 || !strings.HasPrefix(lines[0], "alert") || !strings.HasPrefix(lines[1], "reply") {
			t.Errorf("told %q", lines)
		}
	})
}
