package monitor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"time"
)

// A Feed is a source of articles as the configuration describes it.
type Feed struct {
	Name     string // unique; what people call it
	URL      string // may hold a password or a token: show Address, never this
	Schedule Schedule
	Lang     string            // BCP 47; "": what the feed itself says
	Tags     []string          // given to each of its articles
	FullText bool              // fetch the article's page too, and match its text
	Headers  map[string]Secret // sent to this feed's origin only
	FirstRun time.Duration     // how old an article of the first poll may be and still alert; 0: none alerts
}

// Key identifies the feed in the store. It is derived from the address, so a
// feed keeps its past when it is renamed and starts anew when it moves, and
// the store never holds an address with a secret in it.
func (f Feed) Key() string {
	sum := sha256.Sum256([]byte(f.URL))
	return hex.EncodeToString(sum[:12])
}

// Address is the feed's URL as it may be shown: without user, password and
// the values of its query.
func (f Feed) Address() string { return ShownURL(f.URL) }

// ShownURL is rawURL with whatever may be secret in it masked: user, password
// and the values of the query.
func ShownURL(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "(unreadable address)"
	}
	if u.User != nil {
		u.User = url.User("***")
	}
	if u.RawQuery != "" {
		u.RawQuery = "***"
	}
	u.Fragment = ""
	return u.String()
}

// Validators are what a conditional request sends back, and the hash that
// tells an unchanged body. They are kept only after a body that was read
// whole: the zero value asks for everything.
type Validators struct {
	ETag         string
	LastModified string
	BodyHash     string
}

// A FeedState is what the store knows of a feed.
type FeedState struct {
	Key   string
	Name  string
	Lease string // the worker that polls it; a write under another lease is refused

	Validators Validators
	Spec       string    // the schedule that NextPoll was computed with
	NextPoll   time.Time // zero: never polled
	LastPoll   time.Time
	LastOK     time.Time // last poll that could be read, changed or not
	LastNew    time.Time // last poll that brought a new article
	Newest     time.Time // newest publication date of the last poll that had any
	Parsed     time.Time // last poll whose body was parsed
	Items      int       // items in the last body that was parsed
	Gaps       int       // polls before which articles were lost unseen
	Failures   int       // failed polls in a row
	Fault      string    // why the last poll failed, or what is wrong with what it read; "": well
}

// FirstPoll says whether the feed was never read before.
func (s FeedState) FirstPoll() bool { return s.LastOK.IsZero() }

// Bounds on how much later than its schedule a feed is polled.
const (
	maxJitter    = 30 * time.Second // spreads feeds that share a schedule
	maxFreshness = 30 * time.Minute // for Cache-Control and ttl, which are often left at a careless default
	maxAsked     = 24 * time.Hour   // for Retry-After
)

// next is when the feed is due after now: at its schedule's next time, later
// if the origin asked for that, and a little later still so that feeds with
// one schedule do not all go at once.
func (f Feed) next(now time.Time, asked time.Duration) time.Time {
	next := f.Schedule.Next(now)
	if polite := now.Add(asked); polite.After(next) {
		next = polite
	}
	return next.Add(f.share(min(f.Schedule.Interval(now)/10, maxJitter)))
}

// share is the feed's own part of a span, always the same.
func (f Feed) share(span time.Duration) time.Duration {
	hash := fnv.New32a()
	hash.Write([]byte(f.URL))
	return time.Duration(float64(span) * float64(hash.Sum32()) / (1 << 32))
}

// askedDelay is how long a failed feed asks to be left alone.
func askedDelay(err error) time.Duration {
	var feedErr *FeedError
	if errors.As(err, &feedErr) {
		return min(feedErr.RetryAfter, maxAsked)
	}
	return 0
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// A Page is the answer to a feed's request.
type Page struct {
	NotModified bool   // 304, or the same bytes as last time: there is nothing to parse
	Body        []byte // decompressed, as received
	ContentType string
	URL         string // where the redirects ended
	Validators  Validators
	MaxAge      time.Duration // how long the origin says the page stays fresh; 0: not said
}

// A Document is a feed as parsed: its articles in the feed's order.
type Document struct {
	Title    string
	Lang     string
	TTL      time.Duration // 0: not said
	Articles []Article
	Salvaged string   // why part of the body could not be read; "": read whole
	Skipped  []string // items that could not become an article, and why
}

// A Reader gets feeds. Both steps are safe for concurrent use.
type Reader interface {
	// Fetch asks for the feed's page. A failure is a *FeedError.
	Fetch(ctx context.Context, feed Feed, known Validators) (Page, error)
	// Parse turns a page into articles. A failure is a *FeedError.
	Parse(feed Feed, page Page) (Document, error)
}

// A FeedError says why a feed could not be read, in words for the operator.
type FeedError struct {
	Reason     string        // short and stable, a metric's label: "timeout", "status", "blocked", "too-large", "not-a-feed", …
	Detail     string        // one line, free of secrets: "404 Not Found", "an HTML page, not a feed"
	Hint       string        // what to do about it; may be ""
	RetryAfter time.Duration // how long the server asks to be left alone; 0: not said
	Err        error         // cause; may be nil
}

func (e *FeedError) Error() string { return e.Detail }

func (e *FeedError) Unwrap() error { return e.Err }

// ErrLeaseLost reports that another worker polls the feed, or delivers to the
// channel, by now: what this one learned was not written.
var ErrLeaseLost = errors.New("lease lost to another worker")

// feedFault is a poll's error as the feed's row keeps it.
func feedFault(err error) string {
	var feedErr *FeedError
	if errors.As(err, &feedErr) {
		return feedErr.Detail
	}
	return fmt.Sprint(err)
}
