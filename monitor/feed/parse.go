package feed

import (
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
)

// Parse turns a page into articles, in the feed's order; of two with the same
// identity the first stays. What kind of feed the page is, is seen from its
// content alone, so a page that is nothing but a body will do. Parse fails
// with a *monitor.FeedError only when there is no feed in the page.
//
// Items that the last imprint knows are not parsed again, unless anything in
// the page is odd. That changes nothing but the time it takes: what is left out
// of Articles is what the page of the imprint had.
func (r *Reader) Parse(feed monitor.Feed, page monitor.Page, last monitor.Imprint) (doc monitor.Document, err error) {
	defer func() {
		if fault := recover(); fault != nil { // whatever a library makes of hostile input
			doc = monitor.Document{}
			err = &monitor.FeedError{Reason: reasonNotAFeed, Detail: oneLine(fmt.Sprint("the parser failed: ", fault))}
		}
	}()
	body := toUTF8(page.Body, page.ContentType)
	kind, start := sniff(body)
	p := &parser{feed: feed, key: feed.Key(), page: page, now: r.options.Now(), seed: r.seed, last: last}
	switch kind {
	case xmlFeed:
		err = p.parseXML(body[start:])
	case jsonFeed:
		err = p.parseJSON(body[start:])
	default:
		err = notAFeed(kind, body, page.URL)
	}
	if err != nil {
		return monitor.Document{}, err
	}
	p.doc.Skipped, p.doc.Imprint = few(p.doc.Skipped), p.whole()
	return p.doc, nil
}

// few keeps a log readable: the first of the notes and how many there were.
func few(notes []string) []string {
	const enough = 20
	if len(notes) <= enough {
		return notes
	}
	return append(notes[:enough:enough], fmt.Sprintf("and %d more", len(notes)-enough))
}

// A parser is one page on its way to a document.
type parser struct {
	feed monitor.Feed
	key  string
	page monitor.Page
	now  time.Time

	doc      monitor.Document
	calendar calendar
	bases    []string // addresses that links are relative to
	outlet   string   // of articles that name none
	author   string
	seen     map[uint64]bool // hashes of identities
	singly   int             // bytes that were parsed item by item

	seed    maphash.Seed
	last    monitor.Imprint // of an earlier page
	imprint monitor.Imprint // of this page, so far
	odd     bool            // the page is not what a machine would write
}

// describe takes what the feed says of itself, before its articles.
func (p *parser) describe(title, language, outlet, ttl string, bases ...string) {
	p.doc.Title = plainLine(title)
	p.doc.Lang = lang(p.feed.Lang, language)
	p.calendar = newCalendar(p.doc.Lang, p.now)
	p.outlet = plainLine(outlet)
	if p.outlet == "" {
		p.outlet = outletName(p.doc.Title)
	}
	if minutes, err := strconv.Atoi(strings.TrimSpace(ttl)); err == nil && minutes > 0 {
		p.doc.TTL = min(time.Duration(min(minutes, 1<<20))*time.Minute, longestWait)
	}
	p.bases = append(bases, p.page.URL, p.feed.URL)
	p.seen = make(map[uint64]bool, len(p.last.Items))
}

// skipHours reads the hours of the day, in UTC, in which the feed does not
// change by its own word, as bits. Some count from 1 to 24.
func skipHours(hours []string) (bits uint32) {
	for _, text := range hours {
		if hour, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && hour >= 0 && hour <= 24 {
			bits |= 1 << (hour % 24)
		}
	}
	return bits
}
