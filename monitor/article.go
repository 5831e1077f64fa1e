package monitor

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"newswatch/rules"
)

// An Article is one item of a feed, as plain text.
type Article struct {
	ID        int64  // the store's; 0: not kept yet
	FeedKey   string // the feed that brought it first
	Feed      string // that feed's name
	GUID      string // as the feed gives it; "": none
	URL       string // absolute http(s), as the reader follows it; "": none
	Title     string
	Body      string
	Author    string
	Outlet    string // who published it
	Relay     bool   // brought by an aggregator: URL is the aggregator's, Outlet the publisher
	Lang      string // BCP 47; "": unknown
	Tags      []string
	Published time.Time // zero: undated
	FirstSeen time.Time
	Baseline  bool // stood in the feed's first poll and was too old to alert
}

// Identity tells this article from every other of its feed: the GUID, else
// the canonical URL, else a hash of title and body. It starts with the kind
// of identity, so that a GUID that is a URL differs from that URL.
func (a *Article) Identity() string {
	if a.GUID != "" {
		return "guid:" + a.GUID
	}
	if canonical := CanonicalURL(a.URL); canonical != "" {
		return "url:" + canonical
	}
	return "text:" + a.TextHash()
}

// TextHash is a hash of title and body: another hash, and the article was
// edited.
func (a *Article) TextHash() string {
	sum := sha256.Sum256([]byte(a.Title + "\x00" + a.Body))
	return hex.EncodeToString(sum[:12])
}

// Seed is the article's identity over all feeds, from which message keys are
// derived.
func (a *Article) Seed() string { return a.FeedKey + " " + a.Identity() }

// OutletName is who published the article, or else the feed that brought it.
func (a *Article) OutletName() string {
	if a.Outlet != "" {
		return a.Outlet
	}
	return a.Feed
}

// Dated is when the article was published, or first seen when its feed does
// not say.
func (a *Article) Dated() time.Time {
	if a.Published.IsZero() {
		return a.FirstSeen
	}
	return a.Published
}

// ForRules is the article as rules look at it.
func (a *Article) ForRules() *rules.Article {
	sources := make([]string, 0, 2)
	for _, name := range []string{a.Feed, a.Outlet} {
		if name != "" {
			sources = append(sources, name)
		}
	}
	return &rules.Article{
		Title: a.Title, Body: a.Body, URL: a.URL, Author: a.Author,
		Lang: a.Lang, Sources: sources, Tags: a.Tags,
	}
}
