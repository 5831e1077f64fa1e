package feed

import (
	"errors"
	"strings"
	"testing"

	"newswatch/monitor"
)

func TestReadPage(t *testing.T) {
	long := strings.Repeat("The harbour was closed for a week after the storm. ", 6)
	for name, c := range map[string]struct{ page, title, text string }{
		"an article without what stands around it": {
			`<!doctype html><html><head><title>Harbour closed | Harbour Wire</title><style>p{}</style></head><body>
			<nav><a href="/">Home</a> <a href="/world">World</a></nav>
			<article><h1>Harbour closed</h1><p>` + long + `</p><p>Ferries <b>wait</b> &amp; see.</p>
			<aside>Subscribe now</aside></article><p><a href="/other">Other news that is all link</a></p><footer>Imprint</footer></body></html>`,
			"Harbour closed", strings.TrimSpace(long) + "\n\nFerries wait & see."},
		"the largest of several articles": {
			`<html><body><main><article><p>Teaser.</p></article><article><h1>Long one</h1><p>` + long + `</p></article></main></body></html>`,
			"Long one", strings.TrimSpace(long)},
		"the title that the page gives to be shared": {
			`<html><head><meta property="og:title" content="Storm &amp; harbour"><title>x - y</title></head><body><p>` + long + `</p></body></html>`,
			"Storm & harbour", strings.TrimSpace(long)},
		"a page whose navigation is never closed": {
			`<html><body><nav>Home<p>` + long + `</p></body></html>`, "", "Home\n\n" + strings.TrimSpace(long)},
		"plain text as it is": {"First line\n\nSecond paragraph.", "", "First line\n\nSecond paragraph."},
	} {
		t.Run(name, func(t *testing.T) {
			title, text, err := ReadPage(monitor.Page{Body: []byte(c.page)})
			if err != nil || title != c.title || text != c.text {
				t.Errorf("got %q, %q, %v\nwant %q, %q", title, text, err, c.title, c.text)
			}
		})
	}
}

func TestReadPageRefuses(t *testing.T) {
	for page, want := range map[string]string{
		"":                "there is nothing in it",
		" \n":             "there is nothing in it",
		"%PDF-1.7 x":      "a PDF file, not a text",
		"PK\x03\x04docx":  "a ZIP or Office file, not a text",
		"\x7fELF\x00\x00": "a binary file, not a text",
		"<rss version='2.0'><channel></channel></rss>": "a feed, not an article",
		"<opml version='2.0'></opml>":                  "XML, not an article",
	} {
		t.Run(want, func(t *testing.T) {
			_, _, err := ReadPage(monitor.Page{Body: []byte(page)})
			var fault *monitor.FeedError
			if !errors.As(err, &fault) || fault.Detail != want {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

// FuzzReadPage holds pages to be texts of bounded size in UTF-8, whatever they are.
func FuzzReadPage(f *testing.F) {
	f.Add([]byte("<html><nav><article><p>a<a>b</article></nav>c"))
	f.Add([]byte("plain"))
	f.Fuzz(func(t *testing.T, body []byte) {
		title, text, err := ReadPage(monitor.Page{Body: body})
		if err != nil {
			return
		}
		if strings.ToValidUTF8(title+text, "") != title+text {
			t.Errorf("not UTF-8: %q %q", title, text)
		}
		if strings.ContainsAny(title, "\n") {
			t.Errorf("a title of several lines: %q", title)
		}
	})
}
