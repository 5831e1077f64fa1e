package monitor_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

// A schedule of polls that a test's feed got, while it runs.
type polls struct {
	*beating

	mu sync.Mutex
	of map[string][]time.Time // by feed
}

// at are the times at which the feed was polled.
func (p *polls) at(feed string) []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.of[feed])
}

func newPolls(t *testing.T, feeds ...monitor.Feed) *polls {
	t.Helper()
	p := &polls{beating: newBeating(t, feeds...), of: make(map[string][]time.Time)}
	p.OnPoll = func(f monitor.Feed, _ monitor.Result, _ time.Duration, _ error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.of[f.Name] = append(p.of[f.Name], time.Now())
	}
	return p
}

// watch runs the worker until stop is called, without a watchdog.
func (p *polls) watch(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	p.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// gaps are the minutes between a feed's polls, jitter left out.
func (p *polls) gaps(feed string) (minutes []int) {
	at := p.at(feed)
	for i := 1; i < len(at); i++ {
		minutes = append(minutes, int(at[i].Sub(at[i-1]).Round(time.Minute).Minutes()))
	}
	return minutes
}

var notFound = &monitor.FeedError{Reason: "status", Detail: "404 Not Found", Hint: "look for its address on the site"}

func TestAFeedThatFailsIsAskedLessOftenUpToACeiling(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	for name, tt := range map[string]struct {
		interval, lasting time.Duration
		want              []int
	}{
		"of half an hour":                   {5 * time.Minute, 2 * time.Hour, []int{5, 5, 5, 10, 20, 30, 30}},
		"of six short intervals":            {time.Minute, 30 * time.Minute, []int{1, 1, 1, 2, 4, 6, 6}},
		"that a long interval has above it": {time.Hour, 5 * time.Hour, []int{60, 60, 60, 60}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPolls(t, feedNamed(t, "Daily", "@every "+tt.interval.String()))
				p.pages.fail("Daily", notFound)
				p.watch(t)
				time.Sleep(tt.lasting)
				if got := p.gaps("Daily"); len(got) < len(tt.want) || !slices.Equal(got[:len(tt.want)], tt.want) {
					t.Errorf("polled with %v minutes between, want %v", got, tt.want)
				}
				p.pages.fail("Daily", nil)
				time.Sleep(max(tt.interval, 31*time.Minute))
				read := len(p.gaps("Daily"))
				time.Sleep(4 * tt.interval)
				got := p.gaps("Daily")[read:]
				for _, gap := range got {
					if gap != tt.want[0] {
						t.Errorf("%v minutes between polls of a feed that is well again", got)
					}
				}
				if len(got) < 3 {
					t.Errorf("polled %d times", len(got))
				}
				p.stop()
			})
		})
	}
}

func TestOnceAsksAFeedThatIsBackedOffFrom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPolls(t, feedNamed(t, "Daily", "@every 5m"))
		p.pages.fail("Daily", &monitor.FeedError{Detail: "410 Gone", Gone: true})
		p.watch(t)
		time.Sleep(5 * time.Hour)
		p.stop()
		p.pages.fail("Daily", nil)
		p.pages.set("Daily", item("1", "Satellite launch", time.Hour))
		p.renew(t)
		if round := p.once(t); round.New != 1 {
			t.Errorf("got %+v", round)
		}
	})
}

func TestWhenTheNetworkIsBackEveryFeedIsAskedAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		var feeds []monitor.Feed
		names := []string{"Agency", "Daily", "Herald", "Post", "Times"}
		for _, name := range names {
			feeds = append(feeds, feedNamed(t, name, "@every 5m"))
		}
		p := newPolls(t, feeds...)
		for _, name := range names {
			p.pages.fail(name, &monitor.FeedError{Reason: "dns", Detail: "no such host"})
		}
		p.pages.fail("Times", &monitor.FeedError{Reason: "throttled", Detail: "429 Too Many Requests", RetryAfter: 10 * time.Hour})
		p.watch(t)
		time.Sleep(7 * time.Hour)
		before := make(map[string]int)
		for _, name := range names {
			before[name] = len(p.at(name))
			p.pages.fail(name, nil)
		}
		for len(p.at("Agency")) == before["Agency"] && len(p.at("Daily")) == before["Daily"] &&
			len(p.at("Herald")) == before["Herald"] && len(p.at("Post")) == before["Post"] {
			time.Sleep(time.Second)
		}
		time.Sleep(31 * time.Second)
		for _, name := range names[:4] {
			if len(p.at(name)) == before[name] {
				t.Errorf("%s was not asked half a minute after the first feed was read", name)
			}
		}
		if len(p.at("Times")) != 1 {
			t.Errorf("the feed that asked for ten hours was asked %d times in seven", len(p.at("Times")))
		}
		p.stop()
	})
}

func TestGoneFeedIsAskedDailyAndToldOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPolls(t, feedNamed(t, "Daily", "@every 30m"), feedNamed(t, "Agency", "@every 5h"))
		p.pages.fail("Daily", &monitor.FeedError{Reason: "status", Detail: "410 Gone", Hint: "remove it", Gone: true})
		p.pages.set("Agency", item("9", "Weather", time.Hour))
		p.watch(t)
		time.Sleep(2*monitor.Day + 2*time.Hour)
		if n := len(p.at("Daily")); n != 3+2 {
			t.Errorf("asked %d times in two days", n)
		}
		p.pages.fail("Daily", nil)
		p.pages.set("Daily", item("1", "Satellite launch", time.Hour))
		time.Sleep(25 * time.Hour)
		p.stop()
		var told []string
		for _, note := range p.ops() {
			if note != "" && note[0] != '2' { // the day's
				told = append(told, note)
			}
		}
		equal(t, told, []string{"Cannot be read, and asked on:\nDaily: 410 Gone; remove it", "Read again: Daily."})
	})
}

// aged is a Reader whose pages say how long they want to be kept, and where
// they have moved.
type aged struct {
	monitor.Reader
	page  monitor.Page
	doc   monitor.Document
	asked []string // addresses
}

func (a *aged) Fetch(ctx context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	a.asked = append(a.asked, feed.URL)
	page, err := a.Reader.Fetch(ctx, feed, known)
	page.MaxAge, page.Moved = a.page.MaxAge, a.page.Moved
	return page, err
}

func (a *aged) Parse(feed monitor.Feed, page monitor.Page, last monitor.Imprint) (monitor.Document, error) {
	doc, err := a.Reader.Parse(feed, page, last)
	doc.TTL, doc.Skip = a.doc.TTL, a.doc.Skip
	return doc, err
}

func TestFeedsAreAskedNoSoonerThanTheyWant(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	night := uint32(0b111111) // 0:00 to 6:00 UTC
	for name, tt := range map[string]struct {
		page monitor.Page
		doc  monitor.Document
		want []int
	}{
		"nothing is said":          {want: []int{5, 5, 5}},
		"max-age":                  {page: monitor.Page{MaxAge: 15 * time.Minute}, want: []int{15, 15, 15}},
		"a max-age of a year":      {page: monitor.Page{MaxAge: 365 * monitor.Day}, want: []int{30, 30, 30}},
		"ttl, of an unchanged one": {doc: monitor.Document{TTL: 20 * time.Minute}, want: []int{20, 20, 20}},
		"skipHours":                {doc: monitor.Document{Skip: night}, want: []int{30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30}},
		"all hours skipped":        {doc: monitor.Document{Skip: 1<<24 - 1}, want: []int{5, 5, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // at midnight, UTC
				p := newPolls(t, feedNamed(t, "Daily", "@every 5m"))
				p.pages.set("Daily", item("1", "Weather", time.Hour))
				p.InForce.Load().Reader = &aged{Reader: p.pages, page: tt.page, doc: tt.doc}
				p.watch(t)
				time.Sleep(8 * time.Hour)
				got := p.gaps("Daily")
				if !slices.Equal(got[:len(tt.want)], tt.want) {
					t.Errorf("polled with %v minutes between, want %v", got, tt.want)
				}
				if last := got[len(got)-1]; name == "skipHours" && last != 5 {
					t.Errorf("%d minutes between polls after the night", last)
				}
				p.stop()
			})
		})
	}
}

func TestRetryAfterIsKeptOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPolls(t, feedNamed(t, "Daily", "@every 5m"))
		p.pages.fail("Daily", &monitor.FeedError{Reason: "throttled", Detail: "429 Too Many Requests", RetryAfter: 2 * time.Hour})
		p.watch(t)
		time.Sleep(time.Minute)
		p.stop()
		asked := p.at("Daily")[0]
		p.renew(t)
		p.OnPoll = func(monitor.Feed, monitor.Result, time.Duration, error) {
			if wait := time.Since(asked); wait < 2*time.Hour {
				t.Errorf("asked again after %v", wait)
			}
		}
		p.watch(t)
		time.Sleep(3 * time.Hour)
		p.stop()
	})
}

func TestPermanentRedirect(t *testing.T) {
	const to = "https://new.example/rss"
	run := func(t *testing.T, feed monitor.Feed, to string, times int, every time.Duration) (*polls, *aged) {
		t.Helper()
		p := newPolls(t, feed)
		p.pages.set("Daily", item("1", "Weather", time.Hour))
		reader := &aged{Reader: p.pages, page: monitor.Page{Moved: to}}
		p.InForce.Load().Reader = reader
		for range times {
			p.once(t)
			time.Sleep(every)
		}
		return p, reader
	}
	state := func(t *testing.T, p *polls) monitor.FeedState {
		t.Helper()
		states, err := p.store.Feeds(t.Context())
		if err != nil || len(states) != 1 {
			t.Fatal(states, err)
		}
		return states[0]
	}
	hourly := func(t *testing.T) monitor.Feed { return feedNamed(t, "Daily", "@hourly") }
	t.Run("of three polls in an hour is not adopted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, _ := run(t, hourly(t), to, 12, 5*time.Minute)
			if s := state(t, p); s.Address != "" || s.Redirect.To != to || s.Redirect.Times < 3 {
				t.Errorf("got %q, %+v", s.Address, s.Redirect)
			}
		})
	})
	t.Run("over a day is adopted and told, the feed keeps its past", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, reader := run(t, hourly(t), to, 26, time.Hour)
			s := state(t, p)
			if s.Address != to || s.Key != p.InForce.Load().Feeds[0].Key() {
				t.Errorf("got %q under %s", s.Address, s.Key)
			}
			if asked := reader.asked[len(reader.asked)-1]; asked != to {
				t.Errorf("asked %s", asked)
			}
			if d := s.Diagnose(time.Now()); d.Health != monitor.Moved || d.Do != "set url to "+to || d.Ill() {
				t.Errorf("diagnosed as %+v", d)
			}
			p.renew(t)
			p.InForce.Load().Reader = reader
			reader.page.Moved = "" // the new address does not redirect
			p.pages.set("Daily", item("1", "Weather", time.Hour), item("2", "Satellite launch", time.Hour))
			p.once(t)
			equal(t, slices.DeleteFunc(p.board.lines(), func(s string) bool { return s[:3] == "ops" }), []string{"alert news: Satellite launch"})
		})
	})
	t.Run("that leads elsewhere each time is never adopted", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, reader := run(t, hourly(t), to, 1, time.Hour)
			for n := range 80 {
				reader.page.Moved = fmt.Sprint(to, n/2)
				p.once(t)
				time.Sleep(time.Hour)
			}
			if s := state(t, p); s.Address != "" || s.Redirect.Times != 2 {
				t.Errorf("got %q, %+v", s.Address, s.Redirect)
			}
		})
	})
	t.Run("that ends is forgotten", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, reader := run(t, hourly(t), to, 20, time.Hour)
			reader.page.Moved = ""
			p.once(t)
			if s := state(t, p); s.Redirect != (monitor.Redirect{}) {
				t.Errorf("got %+v", s.Redirect)
			}
		})
	})
	t.Run("to an address that fails is given up", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p, reader := run(t, hourly(t), to, 26, time.Hour)
			reader.page.Moved = ""
			p.pages.fail("Daily", notFound)
			for range 4 {
				p.once(t)
			}
			if asked := reader.asked[len(reader.asked)-1]; asked != p.InForce.Load().Feeds[0].URL {
				t.Errorf("asked %s", asked)
			}
		})
	})
	for name, feed := range map[string]func(f *monitor.Feed){
		"of a feed with headers":    func(f *monitor.Feed) { f.Headers = map[string]monitor.Secret{"X-Key": monitor.NewSecret("canary")} },
		"of a feed with a password": func(f *monitor.Feed) { f.URL = "https://me:canary@daily.example/rss" },
		"of a feed with a variable": func(f *monitor.Feed) { f.Written = "https://daily.example/${NAME}" },
	} {
		t.Run(name+" is told, not adopted", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := hourly(t)
				feed(&f)
				p, reader := run(t, f, to+"?key=canary", 26, time.Hour)
				s := state(t, p)
				if d := s.Diagnose(time.Now()); s.Address != "" || d.Do != "set url to "+to+"?***" {
					t.Errorf("got %q, %+v", s.Address, d)
				}
				if asked := reader.asked[len(reader.asked)-1]; asked != f.URL {
					t.Errorf("asked %s", asked)
				}
			})
		})
	}
}
