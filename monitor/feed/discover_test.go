package feed

import (
	"slices"
	"testing"
)

func TestFeedLinks(t *testing.T) {
	for name, test := range map[string]struct {
		page string
		want []string
	}{
		"named in the head": {`<link rel="alternate" type="application/rss+xml" href="/rss"><link type="Application/Atom+XML " href="atom.xml">`,
			[]string{"https://example.org/rss", "https://example.org/news/atom.xml"}},
		"relative to its base": {`<base href="//feeds.example.org/"><link type="application/rss+xml" href="all">`, []string{"https://feeds.example.org/all"}},
		"forwards":             {`<meta http-equiv="Refresh" content="0; URL='/feed/index.xml'">`, []string{"https://example.org/feed/index.xml"}},
		"comments come last": {`<link type="application/rss+xml" href="/comments/feed/"><a href="/feed/">Feed</a>`,
			[]string{"https://example.org/feed/", "https://example.org/comments/feed/"}},
		"links that look like feeds": {`<a href="/RSS/nk.xml">1</a><a href="world.rdf">2</a><a href="/feed">3</a><a href="/feed-me">4</a><a href="/sitemap.xml">5</a><a href="/a.html">6</a>`,
			[]string{"https://example.org/RSS/nk.xml", "https://example.org/news/world.rdf", "https://example.org/feed"}},
		"each once, not itself": {`<a href="/rss.xml">1</a><a href="/rss.xml#top">2</a><link type="application/rss+xml" href="/news/">`,
			[]string{"https://example.org/rss.xml"}},
		"no addresses": {`<link type="application/rss+xml" href="javascript:alert(1)"><link type="application/rss+xml"><a href="file:///feed">`, nil},
		"other types":  {`<link rel="alternate" type="application/json+oembed" href="/x"><link rel="stylesheet" href="/feed.css">`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := feedLinks([]byte(test.page), "https://example.org/news/"); !slices.Equal(got, test.want) {
				t.Errorf("feedLinks = %q, want %q", got, test.want)
			}
		})
	}
}

func TestUsualAddresses(t *testing.T) {
	for page, want := range map[string][]string{
		"https://example.org/":                 {"https://example.org/feed/", "https://example.org/rss"},
		"https://example.org/world/asia?x=1#y": {"https://example.org/world/asia/feed/", "https://example.org/feed/"},
		"":                                     nil,
	} {
		got := usualAddresses(page)
		if len(got) > maxCandidates || !slices.Equal(got[:min(len(got), 2)], want) {
			t.Errorf("usualAddresses(%q) = %q, want it to begin with %q", page, got, want)
		}
	}
}
