package monitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

// A press is a Reader of a feed that the test edits, parsed for real.
type press struct {
	*feed.Reader
	body   *string
	forget bool // parse each page whole
	known  int  // items that were not parsed
}

func (p *press) Fetch(context.Context, monitor.Feed, monitor.Validators) (monitor.Page, error) {
	return monitor.Page{Body: []byte(*p.body)}, nil
}

func (p *press) Parse(feed monitor.Feed, page monitor.Page, last monitor.Imprint) (monitor.Document, error) {
	if p.forget {
		last = monitor.Imprint{}
	}
	doc, err := p.Reader.Parse(feed, page, last)
	p.known += len(doc.Known)
	return doc, err
}

// A stumbling archive loses what is recorded when it is told to.
type stumbling struct {
	monitor.Archive
	lose *bool
}

func (s stumbling) Record(ctx context.Context, do func(monitor.Ledger) error) error {
	return s.Archive.Record(ctx, func(l monitor.Ledger) error {
		if err := do(l); err != nil || !*s.lose {
			return err
		}
		return errDropped
	})
}

// An edition is the feed as its publisher edits it.
type edition struct {
	*rand.Rand
	items []string
	last  int
	lang  string
	end   string
}

func (e *edition) body() string {
	return fmt.Sprintf(`<rss version="2.0"><channel><title>Wire</title><language>%s</language><lastBuildDate>%s</lastBuildDate>%s%s`,
		e.lang, time.Now(), strings.Join(e.items, ""), e.end)
}

// edit changes the feed once, in any of the ways that feeds change in.
func (e *edition) edit() {
	e.end = "</channel></rss>"
	at, other := e.IntN(len(e.items)), e.IntN(len(e.items))
	switch e.IntN(12) {
	default: // a new item, and mostly the oldest goes
		e.last++
		title := fmt.Sprintf("Matter %d", e.last)
		if e.last%3 == 0 {
			title = fmt.Sprintf("Satellite launch %d", e.last)
		}
		ahead := time.Duration(e.IntN(50)) * time.Hour
		e.items = append([]string{fmt.Sprintf("<item><title>%s</title><guid>g%d</guid><link>https://example.com/%d</link><pubDate>%s</pubDate></item>",
			title, e.last, e.last, time.Now().Add(ahead-30*time.Hour).Format(time.RFC1123Z))}, e.items...)
		if len(e.items) > 10 {
			e.items = e.items[:10]
		}
	case 0:
		e.items[at], e.items[other] = e.items[other], e.items[at]
	case 1: // edited, and perhaps back again
		if was := "Corrected: "; strings.Contains(e.items[at], was) {
			e.items[at] = strings.Replace(e.items[at], was, "", 1)
		} else {
			e.items[at] = strings.Replace(e.items[at], "<title>", "<title>"+was, 1)
		}
	case 2: // the GUID of another
		e.items = append(e.items, strings.Replace(e.items[at], "<title>", "<title>Again: ", 1))
	case 3:
		e.items = append(e.items[:at:at], e.items[at+1:]...)
		if len(e.items) == 0 {
			e.items = []string{"<item><title>The last</title></item>"}
		}
	case 4:
		e.lang = []string{"en", "ko"}[e.IntN(2)]
	case 5:
		e.end = "<item><title>Cut o"
	case 6:
		e.items[at] = strings.Replace(e.items[at], "</title>", "</b></title>", 1)
	}
}

// TestKnownItemsAreToldAsIfParsed polls an edited feed twice, once without ever
// knowing an item, and finds the same each time.
func TestKnownItemsAreToldAsIfParsed(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of polls")
	}
	known := 0
	for seed := range uint64(3) {
		synctest.Test(t, func(t *testing.T) {
			e := &edition{Rand: rand.New(rand.NewPCG(seed, 10)), items: []string{"<item><title>The first</title></item>"}}
			var body string
			var lose bool
			wire := feedNamed(t, "Wire", "@every 5m")
			desks := [2]*desk{newDesk(t, wire), newDesk(t, wire)}
			presses := [2]*press{}
			var states [2]monitor.FeedState
			for i, d := range desks {
				presses[i] = &press{Reader: feed.NewReader(feed.Options{Now: time.Now}), body: &body, forget: i == 1}
				d.InForce.Load().Reader, d.Poller.Archive = presses[i], stumbling{d.store, &lose}
				enrolled, err := d.store.Enroll(t.Context(), "w1", []monitor.Feed{wire})
				if err != nil {
					t.Fatal(err)
				}
				states[i] = enrolled[0]
			}
			for range 100 {
				for range 1 + e.IntN(2) {
					e.edit()
				}
				body, lose = e.body(), e.IntN(10) == 0
				var results [2]monitor.Result
				for i, d := range desks {
					result, err := d.Poller.Poll(t.Context(), wire, states[i])
					if (err != nil) != lose {
						t.Fatalf("error %v", err)
					}
					if results[i] = result; err == nil {
						states[i] = result.State
					}
				}
				if diff := cmp.Diff(results[1], results[0]); diff != "" {
					t.Fatalf("result (-parsed whole +known):\n%s", diff)
				}
				time.Sleep(5 * time.Minute)
				if e.IntN(20) == 0 {
					time.Sleep(13 * time.Hour)
				}
			}
			known += presses[0].known
		})
	}
	if known < 500 {
		t.Errorf("%d items were known in all", known)
	}
}

func TestNothingIsKnownOnceAnotherWorkerHasParsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := feedNamed(t, "Wire", "@every 5m")
		d := newDesk(t, wire)
		body := `<rss version="2.0"><channel><title>Wire</title><item><title>One</title></item></channel></rss>`
		reader := &press{Reader: feed.NewReader(feed.Options{Now: time.Now}), body: &body}
		d.InForce.Load().Reader = reader
		states, err := d.store.Enroll(t.Context(), "w1", []monitor.Feed{wire})
		if err != nil {
			t.Fatal(err)
		}
		poll := func(state monitor.FeedState) (monitor.FeedState, int) {
			t.Helper()
			before := reader.known
			result, err := d.Poller.Poll(t.Context(), wire, state)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Minute)
			return result.State, reader.known - before
		}
		first, n := poll(states[0])
		if n != 0 {
			t.Errorf("%d known in the first poll", n)
		}
		second, n := poll(first)
		if n != 1 {
			t.Errorf("%d known of one", n)
		}
		second.Parsed = second.Parsed.Add(time.Minute) // the other's
		third, n := poll(second)
		if n != 0 {
			t.Errorf("%d known of what another worker has parsed", n)
		}
		fourth, n := poll(third)
		if n != 1 {
			t.Errorf("%d known of one, afterwards", n)
		}
		time.Sleep(monitor.Day)
		if _, n = poll(fourth); n != 0 {
			t.Errorf("%d known after a day, want all parsed, for the store to note that they are there", n)
		}
	})
}
