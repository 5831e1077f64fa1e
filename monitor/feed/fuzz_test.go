package feed

import (
	"bytes"
	"compress/gzip"
	"net/netip"
	"strings"
	"testing"
)

func FuzzReadBody(f *testing.F) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write([]byte("<rss/>"))
	w.Close()
	f.Add([]byte("<rss/>"), "identity")
	f.Add(zipped.Bytes(), "gzip")
	f.Add(append(zipped.Bytes(), zipped.Bytes()...), "gzip, GZIP")
	f.Add([]byte("\x1f\x8b"), "br")
	f.Fuzz(func(t *testing.T, body []byte, contentEncoding string) {
		const most = 1 << 10
		read, err := new(scratch).readBody(bytes.NewReader(body), contentEncoding, most)
		if err == nil && len(read) > most {
			t.Errorf("%d bytes were read of at most %d", len(read), most)
		}
		if err == nil && bytes.HasPrefix(read, gzipMagic) {
			t.Errorf("readBody(%q, %q) is still compressed", body, contentEncoding)
		}
	})
}

func FuzzCut(f *testing.F) {
	for _, document := range []string{
		"<rss><channel><title>T</title><item><title>1</title></item><item>2</channel></rss>",
		"<feed xmlns='a'><entry><![CDATA[</entry>]]></entry><!-- <entry> --></feed>",
		"<a:feed><a:entry></a:entry></a:feed>", "<?xml?><!DOCTYPE rss [<!ENTITY a '<item>'>]><rdf:RDF><item rdf:about='x'/></rdf:RDF>",
		"<rss><item><a b='>' c=\"<\"></item></rss", "<rss><item>",
	} {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		outline, err := cut(document)
		if err != nil {
			return
		}
		if outline.found < len(outline.items)+len(outline.skipped) {
			t.Errorf("%d items found, %d kept and %d skipped", outline.found, len(outline.items), len(outline.skipped))
		}
		rest, number := document, 0
		for _, item := range outline.items {
			if item.number <= number {
				t.Errorf("item %d comes after item %d", item.number, number)
			}
			number = item.number
			inner := item.raw
			if !bytes.Contains(rest, inner) { // its end tag was missing and put there
				inner = inner[:bytes.LastIndex(inner, []byte("</"))]
			}
			at := bytes.Index(rest, inner)
			if at < 0 || !bytes.HasPrefix(item.raw, item.tag) {
				t.Fatalf("item %q is not in what is left, %q", item.raw, rest)
			}
			rest = rest[at+len(inner):]
		}
	})
}

func FuzzFeedLinks(f *testing.F) {
	f.Add([]byte(`<base href="/a/"><link type="application/rss+xml" href="b"><a href="c.rss"><meta http-equiv=refresh content="0; url='d'">`), "https://example.org/")
	f.Fuzz(func(t *testing.T, body []byte, pageURL string) {
		seen := make(map[string]bool)
		for _, link := range feedLinks(body, pageURL) {
			if !isAddress(link) || link == pageURL || seen[link] {
				t.Errorf("feedLinks(%q, %q) names %q", body, pageURL, link)
			}
			seen[link] = true
		}
	})
}

// No way to write a host may turn one that is refused into one that is not.
func FuzzHost(f *testing.F) {
	for _, host := range append(oddHosts, "example.org", "xn--bcher-kva.example", "a_b.example") {
		f.Add(host)
	}
	g := newGuard(nil)
	g.resolver = offline()
	f.Fuzz(func(t *testing.T, host string) {
		_, err := g.judge(t.Context(), host)
		for _, same := range []string{strings.ToUpper(host), plainHost(host)} {
			if addr, parseErr := netip.ParseAddr(same); parseErr == nil && g.check(addr) != nil && err == nil {
				t.Errorf("%q was let through, %q is refused", host, same)
			}
		}
	})
}
