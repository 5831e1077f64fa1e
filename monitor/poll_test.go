package monitor_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

func TestFirstPollAlertsOnlyWhatIsRecent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		undated := item("3", "Undated satellite launch", 0)
		undated.Published = time.Time{}
		d.pages.set("Agency",
			item("1", "Fresh satellite launch", time.Hour),
			item("2", "Stale satellite launch of last week", 170*time.Hour),
			undated,
			item("4", "Tomorrow's satellite launch in another zone", -9*time.Hour),
			item("5", "Satellite launch of next week", -170*time.Hour),
		)
		round := d.once(t)
		if round.New != 5 {
			t.Errorf("kept %d articles, want all 5", round.New)
		}
		got := strings.Join(d.board.lines(), "\n")
		for _, want := range []string{"Fresh", "Tomorrow"} {
			if !strings.Contains(got, want) {
				t.Errorf("no alert for %s in\n%s", want, got)
			}
		}
		for _, not := range []string{"Stale", "Undated", "next week"} {
			if strings.Contains(got, not) {
				t.Errorf("alert for %s in\n%s", not, got)
			}
		}
	})
}

func TestLaterPollsAlertWhatIsNewWhateverItsDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		first := item("1", "Weather", time.Hour)
		d.pages.set("Agency", first)
		d.once(t)
		old := item("2", "Satellite launch, dated wrongly", 9999*time.Hour)
		d.pages.set("Agency", old, first)
		d.once(t)
		equal(t, d.board.lines(), []string{"alert news: Satellite launch, dated wrongly"})
	})
}

func TestSeenArticlesDoNotAlertAgain(t *testing.T) {
	seen := item("1", "Satellite launch", time.Hour)
	changes := map[string]func(a *monitor.Article){
		"re-dated":                   func(a *monitor.Article) { a.Published = a.Published.Add(30 * time.Minute) },
		"moved with tracking":        func(a *monitor.Article) { a.URL += "?utm_source=x" },
		"new GUID, same address":     func(a *monitor.Article) { a.GUID = "other" },
		"listed again after a break": func(*monitor.Article) {},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
				a := seen
				a.Published = time.Now().Add(-time.Hour)
				d.pages.set("Agency", a)
				d.once(t)
				d.pages.set("Agency", item("9", "Weather", 0))
				d.once(t)
				change(&a)
				d.pages.set("Agency", a, item("9", "Weather", 0))
				d.once(t)
				equal(t, d.board.lines(), []string{"alert news: Satellite launch"})
			})
		})
	}
}

func TestEditThatBeginsToMatchAlerts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		a := item("1", "Breaking news", time.Hour)
		d.pages.set("Agency", a)
		d.once(t)
		a.Body = "A satellite launch was reported."
		d.pages.set("Agency", a)
		d.once(t)
		equal(t, d.board.lines(), []string{"alert news: Breaking news"})
	})
}

func TestEditOfABaselineArticleThatMatchedAllAlongDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		a := item("1", "Satellite launch", 100*time.Hour)
		d.pages.set("Agency", a)
		d.once(t)
		a.Body += " (corrected)"
		d.pages.set("Agency", a)
		d.once(t)
		equal(t, d.board.lines(), nil)
	})
}

func TestRetitleIsShownOnTheAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		a := item("1", "Satelite launch", time.Hour)
		a.Body = "A satellite launch was reported."
		d.pages.set("Agency", a)
		d.once(t)
		a.Title = "Satellite launch"
		d.pages.set("Agency", a)
		d.once(t)
		equal(t, d.board.lines(), []string{"alert news: Satellite launch"})
		if was := d.board.shown[0].Content.Was; was != "Satelite launch" {
			t.Errorf("the former title is shown as %q", was)
		}
	})
}

func TestSecondOutletRepliesInTheThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"), feedNamed(t, "Herald", "@hourly"))
		a := item("a", "North Korea notifies Japan of satellite launch plan", 2*time.Hour)
		b := item("b", "North Korea notifies Japan of plan for satellite launch", time.Hour)
		a.Outlet, b.Outlet = "Agency", "Herald"
		d.pages.set("Agency", a)
		d.once(t)
		d.pages.set("Herald", b)
		d.once(t)
		equal(t, d.board.lines(), []string{
			"alert news: North Korea notifies Japan of satellite launch plan",
			"reply news: North Korea notifies Japan of plan for satellite launch",
		})
		alert, reply := d.board.shown[0], d.board.shown[1]
		if reply.Thread != alert.ts {
			t.Errorf("the reply is in thread %q, the alert is %q", reply.Thread, alert.ts)
		}
		if alert.Content.Reports != 1 || !slices.Equal(alert.Content.Also, []string{"Herald"}) {
			t.Errorf("the alert counts %d reports by %v", alert.Content.Reports, alert.Content.Also)
		}
	})
}

func TestSameArticleInTwoFeedsIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"), feedNamed(t, "World", "@hourly"))
		a := item("a", "Satellite launch", time.Hour)
		b := a
		b.GUID = "another"
		d.pages.set("Agency", a)
		d.pages.set("World", b)
		d.once(t)
		if lines := d.board.lines(); len(lines) != 1 {
			t.Errorf("told %d times: %v", len(lines), lines)
		}
	})
}

func TestFeedThatFailsHarmsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"), feedNamed(t, "Herald", "@hourly"))
		d.pages.errs = map[string]error{"Agency": &monitor.FeedError{Reason: "status", Detail: "404 Not Found"}}
		d.pages.set("Herald", item("b", "Satellite launch", time.Hour))
		round := d.once(t)
		if round.Failed != 1 {
			t.Errorf("%d feeds failed, want 1", round.Failed)
		}
		equal(t, d.board.lines(), []string{"alert news: Satellite launch"})
		states, err := d.store.Feeds(t.Context())
		if err != nil || states[0].Fault != "404 Not Found" || states[0].Failures != 1 {
			t.Errorf("got %+v, %v", states[0], err)
		}
	})
}

func TestOnceEndsWhenTheStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		d.pages.set("Agency", item("1", "Satellite launch", time.Hour))
		d.Poller.Archive = fullDisk{d.store}
		round := d.once(t)
		if round.Failed != 1 || round.New != 0 {
			t.Errorf("got %+v", round)
		}
		d.Poller.Archive = d.store
		d.once(t)
		equal(t, d.board.lines(), []string{"alert news: Satellite launch"})
	})
}

func TestGapIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		d.pages.set("Agency", item("1", "One", 3*time.Hour), item("2", "Two", 2*time.Hour))
		d.once(t)
		d.pages.set("Agency", item("8", "Eight", time.Hour), item("9", "Nine", time.Minute))
		d.once(t)
		states, err := d.store.Feeds(t.Context())
		if err != nil || states[0].Gaps != 1 || states[0].Diagnose(time.Now()).Health != monitor.Gapped {
			t.Errorf("got %+v, %v", states[0], err)
		}
	})
}

func TestRunPollsOnScheduleUntilStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@every 90s"))
		d.pages.set("Agency", item("1", "Weather", 0))
		var polls []time.Time
		d.OnPoll = func(monitor.Feed, monitor.Result, time.Duration, error) { polls = append(polls, time.Now()) }
		ctx, cancel := context.WithCancel(t.Context())
		stopped := make(chan error)
		go func() { stopped <- d.Run(ctx) }()
		time.Sleep(10 * time.Minute)
		cancel()
		if err := <-stopped; err != nil {
			t.Fatal(err)
		}
		if len(polls) != 7 && len(polls) != 6 {
			t.Errorf("%d polls in 10 minutes at @every 90s", len(polls))
		}
		for i := 1; i < len(polls); i++ {
			if gap := polls[i].Sub(polls[i-1]); gap < 90*time.Second || gap > 100*time.Second {
				t.Errorf("%v between two polls", gap)
			}
		}
		states, err := d.store.Feeds(t.Context())
		if err != nil || !states[0].LastPoll.Equal(polls[len(polls)-1].UTC().Truncate(time.Millisecond)) {
			t.Errorf("the last poll's time was not written at stop: %v, %v", states[0].LastPoll, err)
		}
	})
}

// slowPages take their time to be read.
type slowPages struct {
	monitor.Reader
	took time.Duration
}

func (s slowPages) Fetch(ctx context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	time.Sleep(s.took)
	return s.Reader.Fetch(ctx, feed, known)
}

func TestAFeedOfAShortIntervalDoesNotKeepOthersOfItsHostFromTheirTurn(t *testing.T) {
	hasty := func(t *testing.T) *desk {
		feeds := []monitor.Feed{feedNamed(t, "Hasty", "@every 1s"), feedNamed(t, "Other", "@every 1s"), feedNamed(t, "Last", "@every 1s")}
		for i := range feeds {
			feeds[i].URL = "https://host.example/" + feeds[i].Name
		}
		d := newDesk(t, feeds...)
		d.pages.set("Hasty", item("1", "Weather", 0))
		d.pages.set("Other", item("2", "Sports", 0))
		d.pages.set("Last", item("3", "Satellite launch", time.Hour))
		d.InForce.Load().Reader = slowPages{d.InForce.Load().Reader, 3 * time.Second}
		return d
	}
	t.Run("once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := hasty(t)
			if round := d.once(t); round.Failed != 0 || round.New < 3 {
				t.Errorf("got %+v", round)
			}
			equal(t, d.board.lines(), []string{"alert news: Satellite launch"})
		})
	})
	t.Run("run", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := hasty(t)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if err := d.Run(ctx); err != nil {
				t.Error(err)
			}
			equal(t, d.board.lines(), []string{"alert news: Satellite launch"})
		})
	})
}
