package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"newswatch/monitor"
)

// acceptFeed asks for a feed first; some servers answer a plain */* with a page.
const acceptFeed = "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, " +
	"application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"

// maxValidatorBytes: a longer ETag or Last-Modified is not kept.
const maxValidatorBytes = 1 << 10

// Fetch asks for the feed's page, with the validators that are known, and
// follows redirects. The time limit covers everything but the wait for the
// host's turn. Every failure is a *monitor.FeedError.
func (r *Reader) Fetch(ctx context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	page, err := r.fetch(ctx, feed, known)
	if err != nil {
		return monitor.Page{}, r.fault(feed, err)
	}
	return page, nil
}

func (r *Reader) fetch(ctx context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	target, err := url.Parse(strings.TrimSpace(feed.URL))
	if err != nil || !fetchable(target) {
		return monitor.Page{}, errAddress
	}
	visit := r.visit(feed, target)
	visit.known, visit.accept = known, acceptFeed
	return visit.follow(ctx, target)
}

// visit begins a fetch for the feed, which itself is at home.
func (r *Reader) visit(feed monitor.Feed, home *url.URL) *visit {
	return &visit{Reader: r, feed: feed, user: home.User, atHome: true, permanent: true, left: r.options.Timeout}
}

// follow requests the target and what it redirects to.
func (v *visit) follow(ctx context.Context, target *url.URL) (monitor.Page, error) {
	target.User, target.Fragment = nil, ""
	seen := make(map[string]bool)
	for range 1 + maxRedirects {
		if seen[target.String()] {
			return monitor.Page{}, &redirectError{"the redirects lead back to " + monitor.ShownURL(target.String())}
		}
		seen[target.String()] = true
		page, next, err := v.request(ctx, target)
		if err != nil || next == nil {
			return page, err
		}
		if target.Scheme == "https" && next.Scheme == "http" {
			return monitor.Page{}, &redirectError{"redirected from https to plain http"}
		}
		// Once away from the feed's origin its secrets stay home, even if a
		// later redirect leads back: the way there was another's choice.
		v.atHome = v.atHome && origin(next) == origin(target)
		target = next
	}
	return monitor.Page{}, &redirectError{fmt.Sprintf("more than %d redirects", maxRedirects)}
}

func fetchable(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && utf8.ValidString(u.Hostname())
}

// origin is what configured headers and credentials are bound to.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// A visit is one fetch under way: what its requests share.
type visit struct {
	*Reader
	feed      monitor.Feed
	known     monitor.Validators
	accept    string
	user      *url.Userinfo // the feed's
	atHome    bool          // no redirect has left the feed's origin
	permanent bool          // every redirect so far was
	moved     string        // where those led before any other
	left      time.Duration // of the time limit
}

// request makes one request and returns the page, or where it redirects to.
func (v *visit) request(ctx context.Context, target *url.URL) (monitor.Page, *url.URL, error) {
	release, err := v.turns.take(ctx, strings.ToLower(target.Host))
	if err != nil {
		return monitor.Page{}, nil, err
	}
	defer release()
	began := time.Now()
	defer func() { v.left -= time.Since(began) }()
	ctx, cancel := context.WithTimeoutCause(ctx, v.left, errTimeout)
	defer cancel()

	page, next, err := v.exchange(ctx, target)
	if err != nil && ctx.Err() != nil { // the transport's own words for it vary
		err = context.Cause(ctx)
	}
	return page, next, err
}

func (v *visit) exchange(ctx context.Context, target *url.URL) (monitor.Page, *url.URL, error) {
	if v.options.Proxy != nil {
		if err := v.guard.checkProxied(ctx, target.Hostname()); err != nil {
			return monitor.Page{}, nil, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return monitor.Page{}, nil, errAddress
	}
	v.setHeaders(request)
	// RoundTrip, not a Client: redirects, cookies and Referer are ours to decide.
	response, err := v.transport.RoundTrip(request)
	if err != nil {
		return monitor.Page{}, nil, err
	}
	defer response.Body.Close()

	switch response.StatusCode {
	case http.StatusOK:
		page, err := v.read(response, target)
		return page, nil, err
	case http.StatusNotModified:
		if v.known == (monitor.Validators{}) {
			return monitor.Page{}, nil, &statusError{code: response.StatusCode}
		}
		return v.unmodified(response, target), nil, nil
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		next, err := target.Parse(response.Header.Get("Location"))
		if err != nil || response.Header.Get("Location") == "" || !fetchable(next) {
			return monitor.Page{}, nil, &redirectError{fmt.Sprintf("%d to nowhere that can be fetched", response.StatusCode)}
		}
		next.User, next.Fragment = nil, ""
		if v.permanent = v.permanent && isPermanent(response.StatusCode); v.permanent {
			v.moved = next.String()
		}
		return monitor.Page{}, next, nil
	default:
		return monitor.Page{}, nil, &statusError{
			code:       response.StatusCode,
			retryAfter: retryAfter(response.Header, v.options.Now()),
		}
	}
}

func isPermanent(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}

func (v *visit) setHeaders(request *http.Request) {
	header := request.Header
	header.Set("User-Agent", v.options.UserAgent)
	header.Set("Accept", v.accept)
	if v.atHome {
		for name, value := range v.feed.Headers {
			header.Set(name, value.Reveal())
		}
		if v.user != nil && header.Get("Authorization") == "" {
			password, _ := v.user.Password()
			request.SetBasicAuth(v.user.Username(), password)
		}
	}
	header.Set("Accept-Encoding", "gzip")
	if v.known.ETag != "" {
		header.Set("If-None-Match", v.known.ETag)
	}
	if v.known.LastModified != "" {
		header.Set("If-Modified-Since", v.known.LastModified)
	}
}

func (v *visit) read(response *http.Response, target *url.URL) (monitor.Page, error) {
	body, err := v.scratch.readBody(response.Body, response.Header.Get("Content-Encoding"), v.options.MaxBytes)
	if err != nil {
		return monitor.Page{}, err
	}
	page := v.page(response, target)
	page.Validators.BodyHash = hash(body)
	page.NotModified = page.Validators.BodyHash == v.known.BodyHash
	if !page.NotModified {
		page.Body = body
	}
	return page, nil
}

// unmodified is the page of a 304. Validators it does not repeat still hold.
func (v *visit) unmodified(response *http.Response, target *url.URL) monitor.Page {
	page := v.page(response, target)
	page.NotModified = true
	page.Validators.BodyHash = v.known.BodyHash
	if page.Validators.ETag == "" && page.Validators.LastModified == "" {
		page.Validators = v.known
	}
	return page
}

func (v *visit) page(response *http.Response, target *url.URL) monitor.Page {
	return monitor.Page{
		ContentType: response.Header.Get("Content-Type"),
		URL:         target.String(),
		Validators: monitor.Validators{
			ETag:         validator(response.Header, "ETag"),
			LastModified: validator(response.Header, "Last-Modified"),
		},
		Moved:  v.moved,
		MaxAge: maxAge(response.Header),
	}
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

func validator(header http.Header, name string) string {
	value := header.Get(name)
	if len(value) > maxValidatorBytes {
		return ""
	}
	return value
}

// longestWait bounds what a server may ask for: a feed is asked again within
// a day whatever it says.
const longestWait = 24 * time.Hour

// maxAge is how long the page stays fresh by Cache-Control, less the time it
// has spent in caches on the way; by Expires where that says nothing.
func maxAge(header http.Header) time.Duration {
	for _, directive := range strings.Split(strings.ToLower(header.Get("Cache-Control")), ",") {
		directive = strings.TrimSpace(directive)
		if directive == "no-cache" || directive == "no-store" {
			return 0
		}
		if value, ok := strings.CutPrefix(directive, "max-age="); ok {
			return max(0, seconds(strings.Trim(value, `"`))-seconds(header.Get("Age")))
		}
	}
	// Against the server's own clock: ours may go otherwise.
	date, dateErr := http.ParseTime(header.Get("Date"))
	expires, err := http.ParseTime(header.Get("Expires"))
	if dateErr != nil || err != nil {
		return 0
	}
	return min(max(0, expires.Sub(date)), longestWait)
}

// retryAfter reads seconds or a date; 0 when it says neither, or the past.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, at.Sub(now)), longestWait)
	}
	return seconds(value)
}

// seconds reads a count of seconds, at most longestWait; 0 when it is none.
func seconds(value string) time.Duration {
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
	if errors.Is(err, strconv.ErrRange) || n > uint64(longestWait/time.Second) {
		return longestWait
	}
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}
