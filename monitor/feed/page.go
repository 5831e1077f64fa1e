package feed

import (
	"bytes"
	"fmt"
	"strings"

	"newswatch/monitor"
)

// A pageKind is what a body turned out to be.
type pageKind int

const (
	emptyPage pageKind = iota
	xmlFeed
	jsonFeed
	htmlPage
	otherXML
	plainPage
)

// sniff tells what a body is from its first bytes, and where it begins.
func sniff(body []byte) (kind pageKind, start int) {
	trimmed := bytes.TrimLeft(body, "\ufeff \t\r\n\x00")
	start = len(body) - len(trimmed)
	switch {
	case len(trimmed) == 0:
		return emptyPage, 0
	case trimmed[0] == '{' || trimmed[0] == '[':
		return jsonFeed, start
	}
	s := scanner{text: trimmed}
	root, ok := s.next()
	if ok && itemNames[localName(root.name)] != "" {
		return xmlFeed, start
	}
	if ok && isHTML(trimmed, root) {
		return htmlPage, start
	}
	// A server's warning may stand before the feed.
	head := trimmed[:min(len(trimmed), 4<<10)]
	for _, opening := range []string{"<?xml", "<rss", "<rdf:rdf", "<feed"} {
		if at := indexFold(head, opening); at > 0 {
			s := scanner{text: trimmed[at:]}
			if root, ok := s.next(); ok && itemNames[localName(root.name)] != "" {
				return xmlFeed, start + at
			}
		}
	}
	switch {
	case ok && trimmed[0] == '<':
		return otherXML, start
	case ok && htmlNames[localName(root.name)]:
		return htmlPage, start
	}
	return plainPage, start
}

// htmlNames are elements that a page rather than a feed begins with.
var htmlNames = map[string]bool{
	"html": true, "head": true, "body": true, "title": true, "meta": true, "script": true, "div": true,
	"p": true, "h1": true, "br": true, "b": true, "center": true, "style": true,
}

func isHTML(text []byte, root markup) bool {
	name := localName(root.name)
	return name == "html" || name == "head" || indexFold(text[:min(len(text), 200)], "<!doctype html") == 0
}

// notAFeed says what a page is instead of a feed, and where to look for one.
func notAFeed(kind pageKind, body []byte, pageURL string) *monitor.FeedError {
	fault := &monitor.FeedError{Reason: reasonNotAFeed}
	switch kind {
	case emptyPage:
		fault.Reason, fault.Detail = reasonEmpty, "an empty answer, not a feed"
	case htmlPage:
		fault.Reason, fault.Detail = reasonHTML, "an HTML page, not a feed"
		if links := feedLinks(body, pageURL); len(links) > 0 {
			const enough = 3
			fault.Hint = "the page names these: " + strings.Join(links[:min(len(links), enough)], " ")
		}
	case otherXML:
		s := scanner{text: body}
		root, _ := s.next()
		name := localName(root.name)
		switch name {
		case "opml":
			fault.Detail, fault.Hint = "an OPML list of feeds, not a feed", "newswatch import reads it"
		case "urlset", "sitemapindex":
			fault.Detail = "a sitemap, not a feed"
		default:
			fault.Detail = fmt.Sprintf("XML whose root is <%s>, not a feed", oneLine(string(root.name)))
			if htmlNames[name] {
				fault.Reason, fault.Detail = reasonHTML, "an HTML page, not a feed"
			}
		}
	default:
		fault.Detail = fmt.Sprintf("no XML and no JSON, not a feed: %q", excerpt(body))
	}
	return fault
}

func excerpt(body []byte) string {
	const longest = 60
	runes := []rune(oneLine(string(body[:min(len(body), 4*longest)])))
	if len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return string(runes)
}
