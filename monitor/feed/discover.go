package feed

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"newswatch/monitor"
)

// Limits of looking for a site's feeds.
const (
	maxCandidates = 10          // addresses that are asked
	maxDiscovery  = time.Minute // all of them together
)

// A SiteFeed is a feed that was found on a site.
type SiteFeed struct {
	URL      string
	Document monitor.Document
}

// Discover returns the feeds of a site, most prominent first, given one of
// its pages: those that the page names and, where it names none, those at the
// addresses that are usual. Each was fetched, through the same guard as any
// feed, and read. It returns what it has found when ctx or a minute ends.
func (r *Reader) Discover(ctx context.Context, page monitor.Page) []SiteFeed {
	ctx, cancel := context.WithTimeoutCause(ctx, maxDiscovery, errTimeout)
	defer cancel()
	candidates := feedLinks(toUTF8(page.Body, page.ContentType), page.URL)
	if found := r.feedsAt(ctx, candidates); len(found) > 0 {
		return found
	}
	usual := slices.DeleteFunc(usualAddresses(page.URL), func(address string) bool { return slices.Contains(candidates, address) })
	return r.feedsAt(ctx, usual)
}

// feedsAt are the feeds among the addresses. Two addresses with the same
// articles are one feed.
func (r *Reader) feedsAt(ctx context.Context, addresses []string) []SiteFeed {
	var found []SiteFeed
	for _, address := range addresses[:min(len(addresses), maxCandidates)] {
		candidate := monitor.Feed{Name: address, URL: address}
		page, err := r.Fetch(ctx, candidate, monitor.Validators{})
		if err != nil {
			continue
		}
		doc, err := r.Parse(candidate, page, monitor.Imprint{})
		if err != nil || slices.ContainsFunc(found, func(f SiteFeed) bool { return sameArticles(f.Document, doc) }) {
			continue
		}
		found = append(found, SiteFeed{address, doc})
	}
	return found
}

func sameArticles(a, b monitor.Document) bool {
	return a.Title == b.Title && len(a.Articles) > 0 &&
		slices.EqualFunc(a.Articles, b.Articles, func(a, b monitor.Article) bool { return a.Identity() == b.Identity() })
}

// usualAddresses are where feeds are when nothing says so: below the page, as
// WordPress has them for each section, and at the root of its site.
func usualAddresses(pageURL string) []string {
	u, err := url.Parse(pageURL)
	if err != nil || !fetchable(u) {
		return nil
	}
	root := &url.URL{Scheme: u.Scheme, Host: u.Host}
	addresses := []string{root.JoinPath(u.Path, "feed/").String()}
	for _, usual := range []string{"/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml"} {
		if address := root.JoinPath(usual).String(); address != addresses[0] {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// feedLinks are the addresses that a page names as feeds, in their order:
// first those in its head and the page that it forwards to, then links that
// look like a feed's, each once. Feeds of comments come last.
func feedLinks(body []byte, pageURL string) []string {
	const most = 512 << 10 // heads are at the beginning, and a list of feeds is a small page
	base := pageURL
	var named, linked []string
	tokens := html.NewTokenizer(bytes.NewReader(body[:min(len(body), most)]))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		token := tokens.Token()
		href := attr(token, "href")
		switch {
		case token.Data == "base":
			base = cmp.Or(link(href, pageURL), base)
		case token.Data == "link" && isFeedType(attr(token, "type")):
			named = append(named, link(href, base, pageURL))
		case token.Data == "meta" && strings.EqualFold(attr(token, "http-equiv"), "refresh"):
			_, href, _ = strings.Cut(attr(token, "content"), "=")
			named = append(named, link(strings.Trim(href, `'" `), base, pageURL))
		case token.Data == "a":
			if address := link(href, base, pageURL); looksLikeFeed(address) {
				linked = append(linked, address)
			}
		}
	}
	return prominent(append(named, linked...), pageURL)
}

// prominent are the links, each once, without the page's own.
func prominent(links []string, pageURL string) []string {
	seen := map[string]bool{"": true, pageURL: true}
	var first, last []string
	for _, link := range links {
		link, _, _ = strings.Cut(link, "#")
		switch {
		case seen[link]:
		case strings.Contains(link, "/comments/"):
			last = append(last, link)
		default:
			first = append(first, link)
		}
		seen[link] = true
	}
	return append(first, last...)
}

// looksLikeFeed judges an address by its last step.
func looksLikeFeed(address string) bool {
	u, err := url.Parse(strings.ToLower(address))
	if err != nil {
		return false
	}
	last := path.Base(u.Path)
	switch path.Ext(last) {
	case ".rss", ".rdf", ".atom":
		return true
	case ".xml":
		return !strings.Contains(last, "sitemap")
	}
	return last == "rss" || last == "feed" || last == "atom"
}

func isFeedType(mediaType string) bool {
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json":
		return true
	}
	return false
}

func attr(token html.Token, name string) string {
	for _, attr := range token.Attr {
		if attr.Key == name {
			return attr.Val
		}
	}
	return ""
}

// IsPage says whether a fault is that the address answers with a page for
// people rather than a feed; Discover may find the feeds of its site.
func IsPage(err error) bool {
	var fault *monitor.FeedError
	return errors.As(err, &fault) && fault.Reason == reasonHTML
}
