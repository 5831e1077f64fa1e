package monitor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A Feed is a source of articles as the configuration describes it.
type Feed struct {
	Name     string // unique; what people call it
	URL      string // may hold a password or a token: show Address, never this
	Written  string // the URL as config.yaml has it, its secrets unreplaced; "": URL, which has none
	Schedule Schedule
	Lang     string            // BCP 47; "": what the feed itself says
	Tags     []string          // given to each of its articles
	FullText bool              // fetch the article's page too, and match its text
	Headers  map[string]Secret // sent to this feed's origin only
	FirstRun time.Duration     // how old an article of the first poll may be and still alert; 0: none alerts
}

// Key identifies the feed in the store. It is derived from the address, so a
// feed keeps its past when it is renamed and starts anew when it moves, and
// the store never holds an address with a secret in it. A secret in the
// address may be changed: only its place counts.
func (f Feed) Key() string {
	if f.Written != "" {
		return keyOf(f.Written)
	}
	return keyOf(f.URL)
}

// FormerKey is the key that the feed had when the secrets in its address
// counted; "": it has none, and had no other key.
func (f Feed) FormerKey() string {
	if f.Written == "" {
		return ""
	}
	return keyOf(f.URL)
}

func keyOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:12])
}

// at is the feed at the address that it has moved to; "": at its own. One with
// a secret stays where it is.
func (f Feed) at(address string) Feed {
	if address != "" && !f.hasSecret() {
		f.Written, f.URL = f.URL, address
	}
	return f
}

// hasSecret says whether the feed is asked for with something that is nobody
// else's to know.
func (f Feed) hasSecret() bool {
	u, err := url.Parse(f.URL)
	return f.Written != "" || len(f.Headers) > 0 || err != nil || u.User != nil
}

// Address is the feed's URL as it may be shown: without user, password, the
// values of its query, and what the configuration writes as ${NAME}.
func (f Feed) Address() string {
	if f.Written != "" {
		return ShownURL(reference.ReplaceAllString(f.Written, mask))
	}
	return ShownURL(f.URL)
}

// reference is a secret's place in an address.
var reference = regexp.MustCompile(`\$\{[^}]*\}`)

// ShownURL is rawURL with whatever may be secret in it masked: user, password
// and the values of the query.
func ShownURL(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "(unreadable address)"
	}
	if u.User != nil {
		u.User = url.User(mask)
	}
	if u.RawQuery != "" {
		u.RawQuery = mask
	}
	u.Fragment = ""
	return strings.Replace(u.String(), url.PathEscape(mask)+"@", mask+"@", 1)
}

// Validators are what a conditional request sends back, and the hash that
// tells an unchanged body. They are kept only after a body that was read
// whole: the zero value asks for everything.
type Validators struct {
	ETag         string
	LastModified string
	BodyHash     string
}

// A Page is the answer to a feed's request.
type Page struct {
	NotModified bool   // 304, or the same bytes as last time: there is nothing to parse
	Body        []byte // decompressed, as received
	ContentType string
	URL         string // where the redirects ended
	Validators  Validators
	Moved       string        // where permanent redirects led, before any other; "": there were none
	MaxAge      time.Duration // how long the origin says the page stays fresh; 0: not said
}

// A Document is a feed as parsed: its articles in the feed's order.
type Document struct {
	Title    string
	Lang     string
	TTL      time.Duration // 0: not said
	Skip     uint32        // bit n: the feed does not change in hour n, UTC
	Articles []Article
	Known    []time.Time // of the articles that the last imprint has, and Articles therefore has not, when they were published
	Salvaged string      // why part of the body could not be read; "": read whole
	Skipped  []string    // items that could not become an article, and why
	Imprint  Imprint     // of the page, for the next one
}

// A Reader gets feeds, and the pages of their articles. It is safe for
// concurrent use.
type Reader interface {
	// Fetch asks for the feed's page. A failure is a *FeedError.
	Fetch(ctx context.Context, feed Feed, known Validators) (Page, error)
	// Parse turns a page into articles, all but those that last, the imprint of
	// an earlier page, has with every byte. A failure is a *FeedError.
	Parse(feed Feed, page Page, last Imprint) (Document, error)
	// Text fetches an article's own page and returns its text. A failure is a
	// *FeedError.
	Text(ctx context.Context, feed Feed, articleURL string) (string, error)
}

// A FeedError says why a feed could not be read, in words for the operator.
type FeedError struct {
	Reason     string        // short and stable, a metric's label: "timeout", "status", "blocked", "too-large", "not-a-feed", …
	Detail     string        // one line, free of secrets: "404 Not Found", "an HTML page, not a feed"
	Hint       string        // what to do about it; may be ""
	Gone       bool          // the publisher ended the feed, and says so
	RetryAfter time.Duration // how long the server asks to be left alone; 0: not said
	Err        error         // cause; may be nil
}

func (e *FeedError) Error() string { return e.Detail }

func (e *FeedError) Unwrap() error { return e.Err }

// ErrLeaseLost reports that another worker polls the feed, or delivers to the
// channel, by now: what this one learned was not written.
var ErrLeaseLost = errors.New("lease lost to another worker")
