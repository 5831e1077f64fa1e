package monitor_test

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

var (
	dayFeeds = flag.Int("day-feeds", 20, "how many feeds TestADayInTheLife has; a whole day has 500")
	dayHours = flag.Int("day-hours", 7, "how many virtual hours it lasts; a whole day has 24")
)

// misbehaviours are what a feed of the day may do, one after another.
var misbehaviours = []string{
	"well", "well", "well", "well", "no validators", "slow", "falters", "missing", "gone", "moved", "a page",
	"truncated", "frozen", "re-dated", "re-listed", "gapped", "loud", "throttled", "hangs", "new GUIDs",
}

// A day is a Reader of feeds that behave as feeds do. Its pages are parsed for
// real.
type day struct {
	*feed.Reader
	start time.Time

	mu    sync.Mutex
	shown map[string]bool // GUIDs of bulletins that a poll could have read whole
	polls map[string]int  // by feed
}

// behaviour is how the feed of that name ("Feed 17 slow") behaves.
func behaviour(name string) string { return strings.SplitN(name, " ", 3)[2] }

// edition is how many items the feed has published: one every hour, spread.
func (d *day) edition(name string) int {
	every := time.Hour
	switch behaviour(name) {
	case "gapped":
		every = 4 * time.Minute // more than it holds, from one poll to the next
	case "loud":
		every = 20 * time.Second
	case "frozen":
		return 10
	}
	hash := fnv.New32a()
	hash.Write([]byte(name))
	offset := time.Duration(hash.Sum32()) % every
	return 10 + int((time.Since(d.start)+offset)/every)
}

func (d *day) Fetch(ctx context.Context, f monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	how := behaviour(f.Name)
	d.mu.Lock()
	d.polls[f.Name]++
	n := d.polls[f.Name]
	d.mu.Unlock()
	status := func(code, hint string) (monitor.Page, error) {
		return monitor.Page{}, &monitor.FeedError{Reason: "status", Detail: code, Hint: hint, Gone: code == "410 Gone"}
	}
	var moved string
	switch {
	case how == "slow":
		time.Sleep(15 * time.Second)
	case how == "falters" && n%3 == 0:
		return status("500 Internal Server Error", "")
	case how == "missing":
		return status("404 Not Found", "look for its address on the site")
	case how == "gone":
		return status("410 Gone", "remove it")
	case how == "throttled" && n%5 == 0:
		return monitor.Page{}, &monitor.FeedError{Reason: "throttled", Detail: "429 Too Many Requests", RetryAfter: 20 * time.Minute}
	case how == "hangs" && n%2 == 0:
		time.Sleep(20 * time.Second)
		return monitor.Page{}, &monitor.FeedError{Reason: "timeout", Detail: "no whole answer within 20s"}
	case how == "moved" && !strings.HasPrefix(f.URL, "https://moved"):
		moved = strings.Replace(f.URL, "https://", "https://moved.", 1)
	}
	body := d.body(f.Name, how)
	hash := fnv.New64a()
	hash.Write([]byte(body))
	page := monitor.Page{Body: []byte(body), URL: f.URL, Moved: moved, Validators: monitor.Validators{BodyHash: fmt.Sprint(hash.Sum64())}}
	if page.Validators.BodyHash == known.BodyHash {
		page.Body, page.NotModified = nil, true
	}
	return page, ctx.Err()
}

// body is the feed as it stands now. One item in four is a bulletin, which
// alerts.
func (d *day) body(name, how string) string {
	if how == "a page" {
		return "<!doctype html><title>Example</title><p>We are moving to a new site."
	}
	newest := d.edition(name)
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>` + name + `</title>`)
	if how == "no validators" || how == "frozen" { // another body at each poll
		fmt.Fprintf(&b, "<lastBuildDate>%s</lastBuildDate>", time.Now().Format(time.RFC1123Z))
	}
	for i := newest; i > newest-10; i-- {
		if how == "re-listed" && i%3 == 0 && time.Now().Hour()%2 == 0 {
			continue // it comes back
		}
		published := d.start.Add(time.Duration(i-10) * time.Minute)
		if how == "re-dated" || how == "frozen" && i == 0 {
			published = time.Now()
		}
		guid := fmt.Sprint(name, " ", i)
		title := fmt.Sprintf("%s tells of matter %d", name, i)
		if i%4 == 0 && how != "loud" || i%100 == 0 {
			title = fmt.Sprintf("Bulletin %d of %s", i, name)
			d.show(how, guid)
		}
		if how == "new GUIDs" {
			guid += fmt.Sprint(" at ", time.Now().Unix())
		}
		fmt.Fprintf(&b, `<item><title>%s</title><guid isPermaLink="false">%s</guid><link>https://example.com/%s/%d</link><description>%s</description><pubDate>%s</pubDate></item>`,
			title, guid, strings.ReplaceAll(name, " ", "-"), i, title+", it was said.", published.Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>")
	body := b.String()
	if how == "truncated" {
		return body[:len(body)-100] // in its oldest item
	}
	return body
}

// show notes that a bulletin was there to be read.
func (d *day) show(how, guid string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown[guid] = true
}

// heapNoise is what may come and go between two looks at the heap, in bytes.
const heapNoise = 4 << 20

// readership is a Notifier that takes every message and counts what it tells.
type readership struct {
	mu    sync.Mutex
	ts    map[string]string // by key
	told  map[string]int    // by title
	notes []string
}

func (r *readership) Post(_ context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if out.TS != "" {
		return monitor.Receipt{Channel: "C1", TS: out.TS}, nil
	}
	if out.Content.Note != "" {
		r.notes = append(r.notes, out.Content.Note)
	} else {
		r.told[out.Content.Title]++
	}
	r.ts[out.Key] = fmt.Sprint(len(r.ts) + 1)
	return monitor.Receipt{Channel: "C1", TS: r.ts[out.Key]}, nil
}

func (r *readership) Look(_ context.Context, _, _ string, _ time.Time, keys []string) (map[string][]monitor.Receipt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := make(map[string][]monitor.Receipt)
	for _, key := range keys {
		if ts, ok := r.ts[key]; ok {
			found[key] = []monitor.Receipt{{Channel: "C1", TS: ts}}
		}
	}
	return found, nil
}

func (r *readership) Delete(context.Context, monitor.Receipt) error { return nil }

// TestADayInTheLife lets feeds misbehave in every way for a day: each bulletin
// that a poll could read is told once, the operator hears of what is wrong in a
// few notes, and nothing piles up.
func TestADayInTheLife(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		var feeds []monitor.Feed
		for n := range *dayFeeds {
			how, schedule := misbehaviours[n%len(misbehaviours)], "*/5 * * * *"
			if how == "gapped" {
				schedule = "@hourly"
			}
			f := feedNamed(t, fmt.Sprintf("Feed %d %s", n, how), schedule)
			f.URL = fmt.Sprintf("https://feed%d.example/rss", n)
			feeds = append(feeds, f)
		}
		b := newPolls(t, feeds...)
		b.OnPoll = nil
		readers := &readership{ts: make(map[string]string), told: make(map[string]int)}
		b.InForce.Load().Notifier = readers
		reader := feed.NewReader(feed.Options{})
		defer reader.Close()
		today := &day{Reader: reader, start: time.Now(), shown: make(map[string]bool), polls: make(map[string]int)}
		b.InForce.Load().Reader = today
		b.InForce.Load().FoldAbove = 1 << 20 // each by itself, to be counted
		b.watch(t)
		var heap [2]uint64
		for half := range heap {
			time.Sleep(time.Duration(*dayHours) * time.Hour / 2)
			synctest.Wait()
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			heap[half] = memory.HeapAlloc
		}
		b.stop()

		told := readers.told
		for guid := range today.shown {
			name, number, _ := cutLast(guid, " ")
			title := fmt.Sprintf("Bulletin %s of %s", number, name)
			switch n := told[title]; {
			case n == 1:
			case n == 0 && behaviour(name) == "truncated": // its last item may be the one cut off
			default:
				t.Errorf("%q was told %d times", title, n)
			}
			delete(told, title)
		}
		for title, n := range told {
			t.Errorf("%q was told %d times, and stood in no feed", title, n)
		}
		if n := len(readers.notes); n > 10 {
			t.Errorf("the operator was told %d times", n)
		}
		if heap[1] > 2*heap[0]+heapNoise {
			t.Errorf("the heap grew from %d to %d bytes in the second half", heap[0], heap[1])
		}
		all := strings.Join(readers.notes, "\n")
		for _, want := range []string{"404 Not Found; look for", "410 Gone; remove it", "an HTML page, not a feed", "articles came and went between two polls", "new items a day"} {
			if !strings.Contains(all, want) {
				t.Errorf("the operator was not told: %s", want)
			}
		}
		t.Logf("%d bulletins, %d polls, heap %.1f and %.1f MiB; told:\n%s", len(today.shown), sumOf(today.polls), float64(heap[0])/(1<<20), float64(heap[1])/(1<<20), all)
	})
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

func sumOf(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}
