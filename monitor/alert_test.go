package monitor_test

import (
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

// Two outlets and a relay tell of one event: the second prints the agency's
// text, the third writes its own, and the relay shows the agency's article.
func TestGroupByDecidesWhatAlerts(t *testing.T) {
	const copyText = "The wreckage of the space launch vehicle Chollima was raised from the Yellow Sea on Friday by divers of the navy, the joint chiefs of staff in Seoul said."
	reports := map[string]func() monitor.Article{
		"Agency": func() monitor.Article {
			a := item("1", "Divers raise wreckage of Chollima from Yellow Sea", time.Hour)
			a.Body = copyText
			return a
		},
		"Daily": func() monitor.Article {
			a := item("2", "Navy raises Chollima wreckage from Yellow Sea", time.Hour)
			a.Body = "SEOUL (Agency) -- " + copyText
			return a
		},
		"Post": func() monitor.Article {
			a := item("3", "Wreckage of the Chollima raised from Yellow Sea by navy divers", time.Hour)
			a.Body = "It took the divers a week to bring up what is left of the Chollima from the Yellow Sea."
			return a
		},
	}
	reports["Relay"] = reports["Agency"]
	for groupBy, want := range map[string][]string{
		"story": {
			"alert news: Divers raise wreckage of Chollima from Yellow Sea",
			"reply news: Navy raises Chollima wreckage from Yellow Sea",
			"reply news: Wreckage of the Chollima raised from Yellow Sea by navy divers",
		},
		"article": {
			"alert news: Divers raise wreckage of Chollima from Yellow Sea",
			"reply news: Navy raises Chollima wreckage from Yellow Sea",
			"alert news: Wreckage of the Chollima raised from Yellow Sea by navy divers",
		},
		"none": {
			"alert news: Divers raise wreckage of Chollima from Yellow Sea",
			"alert news: Navy raises Chollima wreckage from Yellow Sea",
			"alert news: Wreckage of the Chollima raised from Yellow Sea by navy divers",
			"alert news: Divers raise wreckage of Chollima from Yellow Sea",
		},
	} {
		t.Run(groupBy, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var feeds []monitor.Feed
				for _, outlet := range []string{"Agency", "Daily", "Post", "Relay"} {
					feeds = append(feeds, feedNamed(t, outlet, "@hourly"))
				}
				d := newDesk(t, feeds...)
				engine := engineOf(t, "rules:\n  - {id: wreckage, match: wreckage, group_by: "+groupBy+"}\n")
				d.InForce.Load().Engine = engine
				for _, feed := range feeds {
					d.pages.set(feed.Name, reports[feed.Name]())
					d.once(t)
					d.once(t) // and nothing alerts twice
				}
				equal(t, d.board.lines(), want)
			})
		})
	}
}

func TestARulesLastDayEndsByTheClockOfTheZone(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 12, 31, 22, 0, 0, 0, newYork))) // the next day in UTC
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		setup := d.InForce.Load()
		setup.Zone, setup.Engine = newYork, engineOf(t, "rules:\n  - {id: launch, match: launch*, group_by: none, until: 2026-12-31}\n")
		d.pages.set("Agency", item("1", "Launch at ten", time.Minute))
		d.once(t)
		time.Sleep(3 * time.Hour)
		d.pages.set("Agency", item("2", "Launched after midnight", time.Minute))
		d.once(t)
		equal(t, d.board.lines(), []string{"alert news: Launch at ten"})
	})
}
