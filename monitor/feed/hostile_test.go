package feed_test

import (
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

// measure reports what work costs in processor time, and how far the heap
// grows above where it was.
func measure(b *testing.B, work func()) {
	var used time.Duration
	var most uint64
	for b.Loop() {
		debug.FreeOSMemory()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		var peak atomic.Uint64
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak.Store(max(peak.Load(), now.HeapInuse))
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		}()
		began := processorTime(b)
		work()
		used += processorTime(b) - began
		close(stop)
		<-stopped
		if grown := peak.Load() - min(peak.Load(), before.HeapInuse); grown > most {
			most = grown
		}
	}
	b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(most)/(1<<20), "heap-MiB")
}

func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// hostileFeeds are 10 MiB each that were written to be dear, named after what
// a reader would stumble over. Each is made when it is asked for, or the heap
// would hide what reading one of them takes.
func hostileFeeds() map[string]func() []byte {
	const size = 10 << 20
	fill := func(head, unit, tail string) func() []byte {
		return func() []byte {
			return []byte(head + strings.Repeat(unit, (size-len(head)-len(tail))/len(unit)) + tail)
		}
	}
	const open, end = `<rss version="2.0"><channel><title>T</title>`, `</channel></rss>`
	inItem := func(unit string) func() []byte {
		return fill(open+"<item><title>T</title><description>", unit, "</description></item>"+end)
	}
	perItem := func(item string) func() []byte { return fill(open, item, end) }
	long := func(unit string, n int) string { return strings.Repeat(unit, n/len(unit)) }
	var laughs strings.Builder
	laughs.WriteString(`<!DOCTYPE rss [<!ENTITY a0 "ha">`)
	for i := range 20 {
		fmt.Fprintf(&laughs, `<!ENTITY a%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&a%d;", i), 10))
	}
	laughs.WriteString(`<!ENTITY % p SYSTEM "file:///etc/passwd"> %p; ]>`)
	numbered := func(format string) func() []byte {
		return func() []byte {
			var b strings.Builder
			b.WriteString(open)
			for i := 0; b.Len() < size-len(end)-len(format)-30; i++ {
				fmt.Fprintf(&b, format, i, i, i)
			}
			return []byte(b.String() + end)
		}
	}
	wide := func(mark string, padding string) func() []byte { // UTF-16 or UTF-32
		return func() []byte {
			b := make([]byte, 0, size)
			b = append(b, mark...)
			for _, c := range perItem("<item><title>a</title></item>")()[:size/(1+len(padding))-1] {
				b = append(append(b, c), padding...)
			}
			return b
		}
	}
	return map[string]func() []byte{
		"laughs":                        fill(laughs.String()+open+"<item><title>&a20;</title><description>", "&a20;", "</description></item>"+end),
		"elements without end":          fill("<rss><channel>", "<a>", ""),
		"elements without end, in item": fill("<rss><channel><item>", "<a>", ""),
		"nested deep":                   fill("<rss><channel><item>"+long("<a>", 3<<20), "</a>", ""),
		"nested to the limit":           perItem("<item>" + strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200) + "</item>"),
		"empty items":                   fill(open, "<item/>", end),
		"items without end":             fill(open, "<item>", ""),
		"300,000 items":                 numbered("<item><title>%d</title><guid>%d-%d</guid></item>"),
		"items of one letter":           numbered("<item><title>%d</title><x>%d%d</x></item>"),
		"broken items":                  numbered("<item><title>%d</title><b>%d%d</item>"),
		"broken items of 1 KB":          numbered("<item><title>%d</title><description>%d%d" + long("text <b> & ", 1000) + "</item>"),
		"broken items in a large root":  fill("<rss "+long(`a="b" `, 8000)+"><channel "+long(`a="b" `, 8000)+">", "<item><title>T</title><b></item>", end),
		"broken items in a larger one":  fill("<rss><channel "+long(`a="b" `, 200_000)+">", "<item><title>T</title><b></item>", end),
		"broken items of 100 KB":        perItem("<item><title>T</title><description>" + long("<a>t & ", 100<<10) + "</description></item>"),
		"broken items, tags":            perItem("<item>" + long("<title>", 1000) + "</item>"),
		"broken items, text tags":       perItem("<item><b>" + long("<title>x</title>", 4000) + "</item>"),
		"broken items, unending tags":   perItem("<item><c>" + long("<title><b>", 10000) + "</item>"),
		"200,000 attributes":            fill(open+"<item ", `a="b" `, "></item>"+end),
		"attributes to the limit":       perItem("<item " + long(`abcdef="b" `, 250*11) + "><title>T</title></item>"),
		"one attribute":                 fill(open+`<item a="`, "x", `"><title>T</title></item>`+end),
		"root's attributes":             fill("<rss ", `a="b" `, ">"),
		"namespaces":                    fill(open+"<item ", `xmlns:a="b" `, "></item>"+end),
		"namespaces of every item":      perItem("<item" + long(` xmlns:abc="b"`, 200*14) + "><title>T</title></item>"),
		"prefixes unbound":              perItem("<item><a:b><c:d>x</c:d></a:b></item>"),
		"extensions":                    perItem(`<item xmlns:x="urn:x">` + long("<x:y>z</x:y>", 20000) + "</item>"),
		"extensions within extensions":  perItem(`<item xmlns:x="urn:x">` + strings.Repeat("<x:y>", 250) + strings.Repeat("</x:y>", 250) + "</item>"),
		"categories":                    perItem("<item><title>T</title>" + long("<category>abc</category>", 400<<10) + "</item>"),
		"ampersands":                    inItem("&"),
		"ampersands, escaped":           inItem("&amp;"),
		"ampersands, escaped over":      inItem("&amp;amp;"),
		"ampersands, no entity":         inItem("&a"),
		"numeric references":            inItem("&#1;&#x110000;"),
		"less-thans":                    inItem("<"),
		"less-thans, escaped":           inItem("&lt;"),
		"tags, escaped":                 inItem("&lt;b&gt;"),
		"tags, escaped twice":           inItem("&amp;lt;p&amp;gt;"),
		"tags, escaped, each item":      perItem("<item><title>T</title><description>" + long("&lt;p&gt;a", 100<<10) + "</description></item>"),
		"names in brackets":             inItem("&lt;abc&gt;"),
		"hidden elements":               inItem("&lt;svg&gt;"),
		"quotes unclosed":               inItem(`&lt;a b="`),
		"comments unclosed":             inItem("<!--"),
		"comments":                      inItem("<!-- -->"),
		"CDATA unclosed":                inItem("<![CDATA["),
		"CDATA":                         inItem("<![CDATA[x]]>"),
		"CDATA, ends only":              inItem("]]>"),
		"instructions":                  fill("<?xml version='1.0'?>", "<?a?>", open+end),
		"instructions unclosed":         fill(open, "<?a", end),
		"DOCTYPE unclosed":              fill("<!DOCTYPE rss [", "<!ENTITY a 'b'>", ""),
		"DOCTYPE, brackets":             fill("<!DOCTYPE rss [", "]", ""),
		"DOCTYPEs":                      fill("", "<!DOCTYPE rss>", open+end),
		"mojibake":                      inItem("â€œ"),
		"mojibake, near":                inItem("Ã"),
		"line breaks":                   inItem("\n"),
		"paragraphs":                    inItem("a\n\n"),
		"zero-width":                    inItem("\u200b\u202e"),
		"NUL":                           fill("<rss>", "\x00", "</rss>"),
		"NUL in items":                  perItem("<item><title>a\x00b</title></item>"),
		"a title":                       fill(open+"<item><title>", "word ", "</title></item>"+end),
		"a link":                        fill(open+"<item><title>T</title><link>http://a/", "%41 ", "</link></item>"+end),
		"a guid":                        fill(open+"<item><title>T</title><guid>", "x", "</guid></item>"+end),
		"a date":                        fill(open+"<item><title>T</title><pubDate>", "1 ", "</pubDate></item>"+end),
		"dates":                         numbered("<item><title>%d</title><pubDate>Mon 1 Jan 20%d 1:1:%d " + long("Mon ", 60) + "</pubDate></item>"),
		"links":                         numbered("<item><title>%d</title><guid>%d%d</guid>" + long("<link>javascript:x</link>", 20000) + "</item>"),
		"relative links":                numbered("<item><title>%d</title><link>../" + long("../", 2000) + "%d%d</link></item>"),
		"head":                          fill(open, "<category>x</category>", end),
		"head, languages":               fill(open, "<language>x</language>", end),
		"Atom entries":                  fill(`<feed xmlns="http://www.w3.org/2005/Atom">`, "<entry><id>a</id></entry>", "</feed>"),
		"Atom, XHTML":                   fill(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml"><div>`, "<p>a</p>", "</div></content></entry></feed>"),
		"Atom, XHTML of every entry":    fill(`<feed xmlns="http://www.w3.org/2005/Atom">`, `<entry><content type="xhtml"><div>`+long("<p>a</p>", 80_000)+`</div></content></entry>`, "</feed>"),
		"Atom, bases":                   fill(`<feed xmlns="http://www.w3.org/2005/Atom">`, `<entry xml:base="http://a/b"><link href="c"/><content type="html" xml:base="d">&lt;a href="e"&gt;</content></entry>`, "</feed>"),
		"JSON, nested":                  fill(`{"version":"https://jsonfeed.org/version/1","items":[`, `[`, ""),
		"JSON, nested objects":          fill(`{"version":"https://jsonfeed.org/version/1","items":[`, `{"a":`, ""),
		"JSON, nested before items":     fill(`{"a":`, `[`, ""),
		"JSON, items":                   fill(`{"version":"https://jsonfeed.org/version/1","items":[{"id":"x"}`, `,{"id":"y","title":"t"}`, "]}"),
		"JSON, members":                 fill(`{"version":"https://jsonfeed.org/version/1"`, `,"a":1`, `,"items":[]}`),
		"JSON, escapes":                 fill(`{"version":"https://jsonfeed.org/version/1","items":[{"content_text":"`, `\u003c`, `"}]}`),
		"JSON, tags":                    fill(`{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"t","tags":[""`, `,"a"`, `]}]}`),
		"HTML page":                     fill("<!doctype html><html>", "<a href=b>", "</html>"),
		"HTML page of feeds":            fill("<!doctype html><html>", `<link type=application/rss+xml href=a>`, "</html>"),
		"UTF-16":                        wide("\xff\xfe", "\x00"),
		"UTF-32":                        wide("\xff\xfe\x00\x00", "\x00\x00\x00"),
		"UTF-7":                         fill(`<?xml version="1.0" encoding="UTF-7"?>`+open, "+ADw-item+AD4-", end),
		"EUC-KR":                        fill(`<?xml version="1.0" encoding="EUC-KR"?>`+open, "<item><title>\xb0\xa1\xb0\xa2\xb0\xa3</title></item>", end),
		"ISO-2022-JP":                   fill(`<?xml version="1.0" encoding="ISO-2022-JP"?>`+open, "\x1b$B0!\x1b(B", end),
		"GB18030, four bytes":           fill(`<?xml version="1.0" encoding="GB18030"?>`+open+"<item><title>", "\x81\x30\x81\x30", "</title></item>"+end),
		"no encoding at all":            fill(open+"<item><title>", "\xff\xfe\x80", "</title></item>"+end),
		"lost bytes":                    fill(open+"<item><title>", "가나다라마바사\xff", "</title></item>"+end),
	}
}

// BenchmarkHostileFeed is what reading the worst of 10 MiB costs: 2 s of
// processor time and 128 MiB are the most that any may.
func BenchmarkHostileFeed(b *testing.B) {
	feeds := hostileFeeds()
	for _, name := range slices.Sorted(maps.Keys(feeds)) {
		b.Run(name, func(b *testing.B) {
			body := feeds[name]()
			reader := feed.NewReader(feed.Options{Now: today})
			defer reader.Close()
			measure(b, func() {
				reader.Parse(example, monitor.Page{Body: body, URL: "https://feeds.example.org/rss"}, monitor.Imprint{})
			})
		})
	}
}

func TestLimitsAreTold(t *testing.T) {
	const open, end = `<rss version="2.0"><channel><title>T</title>`, `</channel></rss>`
	many := strings.Repeat
	for name, test := range map[string]struct {
		body, want string
		articles   int
	}{
		"a root of 9 KB":         {"<rss " + many(`a="b" `, 1500) + "><channel></channel></rss>", "refused as a feed: its root element's tag is larger than 8192 bytes", 0},
		"65 namespaces":          {"<rss" + many(` xmlns:a="b"`, 65) + "><channel></channel></rss>", "refused as a feed: more than 64 namespaces", 0},
		"a head nested deep":     {"<rss><channel>" + many("<a>", 300), "refused as a feed: elements nest deeper than 256", 0},
		"a channel tag of 9 KB":  {"<rss><channel " + many(`a="b" `, 1500) + "><item><title>1</title></item>" + end, "", 1},
		"10,001 items":           {open + numberedItems(10_001) + end, "only the first 10000 of 10001 items were read", 10_000},
		"an item nested deep":    {open + "<item>" + many("<a>", 300) + "</item><item><title>2</title></item>" + end, "item 1: its elements nest deeper than 256", 1},
		"an item of 20,001 tags": {open + "<item>" + many("<a/>", 20_001) + "</item><item><title>2</title></item>" + end, "item 1: it has more than 20000 elements", 1},
		"250,001 tags":           {open + many("<item>"+many("<a/>", 30_000)+"</item>", 9) + "<item><title>10</title></item>" + end, "item 10: the items have more than 250000 elements", 0},
		"an item of 5 MB":        {open + "<item><title>" + many("x", 5<<20) + "</title></item><item><title>2</title></item>" + end, "item 1: it is larger than 4194304 bytes", 1},
		"257 attributes":         {open + "<item><a " + many(`b="c" `, 257) + "/></item><item><title>2</title></item>" + end, "item 1: an element has more than 256 attributes", 1},
		"broken all over":        {open + many("<item>< <title>1</title>"+many(" ", 2<<20)+"</item>", 5) + end, "item 5: too much of the feed is broken", 0},
		"JSON of 1,001 members":  {`{"version":"https://jsonfeed.org/version/1"` + many(`,"a":1`, 1000) + `,"items":[{"title":"1"}]}`, "the feed is cut off before its first item ends", 0},
	} {
		t.Run(name, func(t *testing.T) {
			reader := feed.NewReader(feed.Options{Now: today})
			doc, err := reader.Parse(example, monitor.Page{Body: []byte(test.body)}, monitor.Imprint{})
			if told := fmt.Sprint(err, " ", doc.Salvaged, " ", doc.Skipped); !strings.Contains(told, test.want) {
				t.Errorf("told %.500q, want %q", told, test.want)
			}
			if len(doc.Articles) != test.articles {
				t.Errorf("%d articles, want %d", len(doc.Articles), test.articles)
			}
		})
	}
}

func numberedItems(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<item><title>%d</title></item>", i)
	}
	return b.String()
}

// BenchmarkHostilePage is BenchmarkHostileFeed for an article's own page.
func BenchmarkHostilePage(b *testing.B) {
	const size, open = 10 << 20, "<!doctype html><html><head><title>T</title></head><body>"
	pages := map[string]string{
		"open elements":  "<div>",
		"paragraphs":     "<p>a",
		"words":          "word ",
		"articles":       "<article><p>a",
		"links":          "<a href=b>c</a> ",
		"ampersands":     "&amp;amp;",
		"less-thans":     "<",
		"comments":       "<!-- a -->",
		"comments open":  "<!--",
		"scripts":        "<script>a</script>",
		"scripts open":   "<script>",
		"titles":         "<h1>a</h1>",
		"names":          "<title>a",
		"attributes":     `<a b="c" `,
		"metas":          `<meta property="og:title" content="a">`,
		"hidden":         "<svg><svg>",
		"breaks":         "<br>",
		"lost bytes":     "가\xff",
		"mojibake":       "â€œ",
		"Hangul, twice":  "ë\u008b¤ë¦¬",
		"tables":         "<table><tr><td>a",
		"escaped markup": "&lt;p&gt;",
	}
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		b.Run(name, func(b *testing.B) {
			body := []byte(open + strings.Repeat(pages[name], (size-len(open))/len(pages[name])))
			measure(b, func() { feed.ReadPage(monitor.Page{Body: body, URL: "https://example.org/"}) })
		})
	}
}
