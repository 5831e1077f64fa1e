package monitor_test

import (
	"testing"

	"newswatch/monitor"
)

func TestCanonicalURL(t *testing.T) {
	for name, test := range map[string]struct{ raw, want string }{
		"host in lower case":             {"https://News.Example.ORG/A/b", "https://news.example.org/A/b"},
		"http is https":                  {"http://example.org/a", "https://example.org/a"},
		"no default port":                {"http://example.org:80/a", "https://example.org/a"},
		"other port kept":                {"http://example.org:8080/a", "https://example.org:8080/a"},
		"no fragment":                    {"https://example.org/a#top", "https://example.org/a"},
		"no user":                        {"https://me:secret@example.org/a", "https://example.org/a"},
		"empty path is the root":         {"https://example.org", "https://example.org/"},
		"no utm":                         {"https://example.org/a?utm_source=rss&UTM_medium=x", "https://example.org/a"},
		"no at_medium":                   {"https://example.org/a?at_medium=RSS&at_campaign=rss", "https://example.org/a"},
		"no click ids":                   {"https://example.org/a?fbclid=1&gclid=2&id=3", "https://example.org/a?id=3"},
		"query that is the id kept":      {"https://example.org/view.php?article_id=10&cate=2", "https://example.org/view.php?article_id=10&cate=2"},
		"bare query kept":                {"https://example.org/333483.html?fl", "https://example.org/333483.html?fl"},
		"order kept":                     {"https://example.org/?b=1&a=2", "https://example.org/?b=1&a=2"},
		"source that says rss gone":      {"https://example.org/a?source=rss&ref=RSS", "https://example.org/a"},
		"source that names a thing kept": {"https://example.org/a?source=42", "https://example.org/a?source=42"},
		"relay's own parameter gone":     {"https://news.google.com/rss/articles/CBM?oc=5", "https://news.google.com/rss/articles/CBM"},
		"the same elsewhere kept":        {"https://example.org/a?oc=5", "https://example.org/a?oc=5"},
		"trailing dot of the host gone":  {"https://example.org./a", "https://example.org/a"},
		"path escapes kept":              {"https://example.org/%EB%B6%81/a%2Fb", "https://example.org/%EB%B6%81/a%2Fb"},
		"unescaped path escaped":         {"https://example.org/북", "https://example.org/%EB%B6%81"},
		"address of six":                 {"http://[2001:DB8::1]:80/a", "https://[2001:db8::1]/a"},
		"no address":                     {"not an address", ""},
		"another scheme":                 {"ftp://example.org/a", ""},
		"script":                         {"javascript:alert(1)", ""},
		"nothing":                        {"", ""},
		"scheme alone":                   {"https://", ""},
		"relative":                       {"/a/b", ""},
		"white space around":             {" https://example.org/a\n", "https://example.org/a"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := monitor.CanonicalURL(test.raw); got != test.want {
				t.Errorf("CanonicalURL(%q) = %q, want %q", test.raw, got, test.want)
			}
		})
	}
}

func FuzzCanonicalURL(f *testing.F) {
	f.Add("https://Example.org:443/a?utm_source=x&id=1#f")
	f.Add("http://[::1%25eth0]/")
	f.Add("https://example.org/%zz?&&=%")
	f.Add("http://example.org/?a &utm_medium=x#f")
	f.Fuzz(func(t *testing.T, raw string) {
		once := monitor.CanonicalURL(raw)
		if once == "" {
			return
		}
		if twice := monitor.CanonicalURL(once); twice != once {
			t.Errorf("CanonicalURL(%q) = %q, whose canonical URL is %q", raw, once, twice)
		}
	})
}

func TestShownAddressHidesSecrets(t *testing.T) {
	for _, c := range []struct{ name, written, url, want string }{
		{name: "user and password", url: "https://ann:pass@feeds.example/kr.xml", want: "https://***@feeds.example/kr.xml"},
		{name: "query", url: "https://feeds.example/rss?key=s3cret&n=1#top", want: "https://feeds.example/rss?***"},
		{name: "path", written: "https://feeds.example/${KEY}/rss", url: "https://feeds.example/s3cret/rss", want: "https://feeds.example/***/rss"},
		{name: "host", written: "https://${TENANT}.example/rss", url: "https://s3cret.example/rss", want: "https://***.example/rss"},
		{name: "password from outside", written: "https://ann:${PASS}@feeds.example/", url: "https://ann:s3cret@feeds.example/", want: "https://***@feeds.example/"},
		{name: "whole address", written: "${FEED}", url: "https://s3cret.example/rss", want: "***"},
		{name: "unreadable", url: "https://ann:pass@[", want: "(unreadable address)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (monitor.Feed{URL: c.url, Written: c.written}).Address(); got != c.want {
				t.Errorf("shown as %s, want %s", got, c.want)
			}
		})
	}
}
