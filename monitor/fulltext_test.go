package monitor_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

func fullText(t *testing.T) *desk {
	t.Helper()
	feed := feedNamed(t, "Agency", "@hourly")
	feed.FullText = true
	d := newDesk(t, feed)
	d.pages.texts = make(map[string]string)
	return d
}

func TestFullTextIsMatchedAndThePageAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := fullText(t)
		a := item("1", "North of the border", time.Hour)
		d.pages.texts[a.URL] = "North of the border a satellite stood ready for launch, officials said on Monday."
		d.pages.set("Agency", a)
		for range 3 {
			d.once(t)
			d.pages.set("Agency", a, item("0", "Old weather", 100*time.Hour)) // parsed anew, the article as before
		}
		equal(t, d.board.lines(), []string{"alert news: North of the border"})
		equal(t, d.pages.read, []string{a.URL, "https://example.com/0"})
	})
}

func TestFullTextThatCannotBeHadLeavesTheFeedsText(t *testing.T) {
	for name, page := range map[string]string{"a failure": "", "a shorter page": "Satellite."} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := fullText(t)
				a := item("1", "Satellite launch", time.Hour)
				if page != "" {
					d.pages.texts[a.URL] = page
				}
				d.pages.set("Agency", a)
				d.once(t)
				equal(t, d.board.lines(), []string{"alert news: Satellite launch"})
			})
		})
	}
}

func TestFullTextIsNotAskedForOfWhatCannotAlert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := fullText(t)
		relayed := item("2", "Relayed", time.Hour)
		relayed.Relay = true
		unlinked := item("3", "Unlinked", time.Hour)
		unlinked.URL = ""
		d.pages.set("Agency", item("1", "Of last week", 7*monitor.Day), relayed, unlinked)
		d.once(t)
		equal(t, d.pages.read, nil)
	})
}

func TestFullTextOfManyArticlesIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := fullText(t)
		var many []monitor.Article
		for n := range 30 {
			a := item(fmt.Sprint(n), fmt.Sprintf("Item %d", n), time.Hour)
			d.pages.texts[a.URL] = strings.Repeat("Words without end. ", 20) + "A satellite launch."
			many = append(many, a)
		}
		d.pages.set("Agency", many...)
		var skipped []string
		d.OnPoll = func(_ monitor.Feed, r monitor.Result, _ time.Duration, _ error) { skipped = r.Skipped }
		if round := d.once(t); round.New != 30 || round.Matched != 20 {
			t.Errorf("got %+v", round)
		}
		if len(d.pages.read) != 20 || len(skipped) != 10 || !strings.HasSuffix(skipped[0], ": more than 20 in a poll") {
			t.Errorf("%d pages read, skipped %q", len(d.pages.read), skipped)
		}
	})
}
