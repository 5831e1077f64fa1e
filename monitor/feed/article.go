package feed

import (
	"context"
	"net/url"

	"newswatch/monitor"
)

// acceptPage asks for a page as a browser does.
const acceptPage = "text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.1"

// Text fetches an article's own page, by the same guarded way and in the same
// turns of its host as feeds, and returns its text. The feed's headers and
// password go along only where the page is of the feed's own origin. Every
// failure is a *monitor.FeedError.
func (r *Reader) Text(ctx context.Context, feed monitor.Feed, articleURL string) (string, error) {
	page, err := r.article(ctx, feed, articleURL)
	if err != nil {
		return "", r.fault(feed, err)
	}
	body := toUTF8(page.Body, page.ContentType)
	kind, start := sniff(body)
	if kind != htmlPage {
		_, text, err := ReadPage(page)
		return text, err
	}
	// What else stands on a page tells of other articles: better none than that.
	_, text := readable(body[start:])
	if len(text) < enough {
		return "", &monitor.FeedError{Reason: reasonEmpty, Detail: "a page without an article's text"}
	}
	return text, nil
}

func (r *Reader) article(ctx context.Context, feed monitor.Feed, articleURL string) (monitor.Page, error) {
	home, homeErr := url.Parse(feed.URL)
	target, err := url.Parse(articleURL)
	if homeErr != nil || err != nil || !fetchable(target) {
		return monitor.Page{}, errAddress
	}
	visit := r.visit(feed, home)
	visit.accept = acceptPage
	visit.atHome = origin(home) == origin(target)
	return visit.follow(ctx, target)
}
