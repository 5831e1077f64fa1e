package feed_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

// asWhole holds a page that is read after another to the page read alone: what
// is told of the feed is the same, and what is left out stood in the other page
// with every letter.
func asWhole(t *testing.T, reader *feed.Reader, before, after []byte) (left int) {
	t.Helper()
	page := func(body []byte) monitor.Page {
		return monitor.Page{Body: body, URL: "https://feeds.example.org/rss"}
	}
	first, err := reader.Parse(example, page(before), monitor.Imprint{})
	if err != nil {
		first = monitor.Document{}
	}
	whole, wholeErr := reader.Parse(example, page(after), monitor.Imprint{})
	got, err := reader.Parse(example, page(after), first.Imprint)
	if fmt.Sprint(err) != fmt.Sprint(wholeErr) {
		t.Fatalf("error %v, whole %v", err, wholeErr)
	}
	stood := make(map[string]monitor.Article)
	for _, article := range first.Articles {
		stood[article.Identity()] = article
	}
	articles, known := got.Articles, got.Known
	for _, want := range whole.Articles {
		if len(articles) > 0 && cmp.Equal(articles[0], want) {
			articles = articles[1:]
			continue
		}
		if was := stood[want.Identity()]; !cmp.Equal(was, want) {
			t.Errorf("left out, and not what stood there before:\n%s", cmp.Diff(was, want))
		}
		if len(known) == 0 || known[0].UnixMilli() != want.Published.UnixMilli() {
			t.Fatalf("known %v of %v", known, want)
		}
		known, left = known[1:], left+1
	}
	if len(articles)+len(known) > 0 {
		t.Errorf("more than the whole has: %v, %v", articles, known)
	}
	rest := cmpopts.IgnoreFields(monitor.Document{}, "Articles", "Known")
	if diff := cmp.Diff(whole, got, rest); diff != "" {
		t.Errorf("document (-whole +got):\n%s", diff)
	}
	return left
}

// Every feed of testdata is read after each poll of a day on which its items
// come, go, change places, and lose or gain bytes.
func TestKnownItemsChangeNothing(t *testing.T) {
	files, err := filepath.Glob("testdata/parse/*.feed")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	reader := feed.NewReader(feed.Options{Now: today})
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".feed"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(uint64(len(body)), 10))
			asWhole(t, reader, body, body)
			for range 12 {
				before := edited(random, body)
				asWhole(t, reader, before, edited(random, before))
				asWhole(t, reader, body, before)
				asWhole(t, reader, before, body)
			}
		})
	}
}

// edited is a page after one to three edits, each of which may be any.
func edited(random *rand.Rand, page []byte) []byte {
	page = bytes.Clone(page)
	for range 1 + random.IntN(3) {
		page = editedOnce(random, page)
	}
	return page
}

func editedOnce(random *rand.Rand, page []byte) []byte {
	if len(page) == 0 {
		return page
	}
	items := itemsOf(page)
	at := random.IntN(len(page))
	if len(items) > 0 {
		item, other := items[random.IntN(len(items))], items[random.IntN(len(items))]
		raw := bytes.Clone(page[item[0]:item[1]])
		switch random.IntN(9) {
		case 0: // gone
			return replaced(page, item, nil)
		case 1: // twice
			return replaced(page, item, append(raw, raw...))
		case 2: // elsewhere
			return replaced(page, other, append(raw, page[other[0]:other[1]]...))
		case 3: // in another's place
			return replaced(page, other, raw)
		case 4: // another item
			return replaced(page, item, append(bytes.ReplaceAll(raw, []byte("1"), []byte("7")), raw...))
		case 5: // a letter of an item
			at = item[0] + random.IntN(len(raw))
		case 6: // its markup
			return replaced(page, item, bytes.Replace(raw, []byte("</"), []byte([]string{"<", "</b></", "<![CDATA[", "<?xml?></", "<b></"}[random.IntN(5)]), 1))
		}
	}
	switch random.IntN(6) {
	case 0: // cut off
		return page[:at]
	case 1: // a letter of the head
		return replaced(page, [2]int{at % (len(page)/8 + 1), at%(len(page)/8+1) + 1}, []byte("e"))
	case 2: // built again
		return bytes.Replace(page, []byte("<channel>"), []byte("<channel><lastBuildDate>now</lastBuildDate>"), 1)
	case 3: // renamed
		return bytes.Replace(page, []byte("<title>"), []byte("<title>New "), 1)
	default:
		return replaced(page, [2]int{at, at + 1}, []byte([]string{"x", "<", ">", "&", "\"", " ", "", "\x01", "é"}[random.IntN(9)]))
	}
}

func replaced(page []byte, span [2]int, with []byte) []byte {
	return append(append(bytes.Clone(page[:span[0]]), with...), page[min(span[1], len(page)):]...)
}

// itemsOf is where the items of a page stand, as far as they are easy to find.
func itemsOf(page []byte) (spans [][2]int) {
	for _, name := range []string{"item", "entry", "a:entry"} {
		for from := 0; ; {
			start := bytes.Index(page[from:], []byte("<"+name))
			if start < 0 {
				break
			}
			start += from
			end := bytes.Index(page[start:], []byte("</"+name+">"))
			if end < 0 {
				break
			}
			from = start + end + len(name) + 3
			spans = append(spans, [2]int{start, from})
		}
	}
	return spans
}

func TestOnlyWhatIsNewIsParsed(t *testing.T) {
	reader := feed.NewReader(feed.Options{Now: today})
	item := func(n int) string {
		return fmt.Sprintf("<item><title>Title %d</title><guid>%d</guid><description><![CDATA[<p>Text]]></description></item>", n, n)
	}
	rss := func(head, items string) []byte {
		return []byte(`<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title>` + head + items + `</channel></rss>`)
	}
	entry := func(n int) string {
		return fmt.Sprintf(`<entry><title>Title %d</title><id>urn:%d</id><link href="/%d"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Text<br/></div></content></entry>`, n, n, n)
	}
	atom := func(head, entries string) []byte {
		return []byte(`<feed xmlns="http://www.w3.org/2005/Atom" ` + head + `<title>Example</title>` + entries + `</feed>`)
	}
	json := func(head, items string) []byte {
		return []byte(`{"version": "https://jsonfeed.org/version/1.1", "title": "Example", ` + head + `"items": [` + items + `]}`)
	}
	object := func(n int) string { return fmt.Sprintf(`{"id": "%d", "content_text": "Text %d"}`, n, n) }
	for name, test := range map[string]struct {
		before, after []byte
		left          int // out, of the three items
	}{
		"an RSS item more":              {rss("", item(1)+item(2)), rss("", item(3)+item(1)+item(2)), 2},
		"all known":                     {rss("", item(1)+item(2)+item(3)), rss("<lastBuildDate>now</lastBuildDate>", item(3)+item(2)+item(1)), 3},
		"an item changed by a byte":     {rss("", item(1)+item(2)+item(3)), rss("", item(1)+strings.Replace(item(2), "Text", "text", 1)+item(3)), 2},
		"the GUID of a known one":       {rss("", item(1)+item(2)), rss("", strings.Replace(item(1), "Title", "New", 1)+item(1)+item(2)), 1},
		"an Atom entry more":            {atom(">", entry(1)+entry(2)), atom(">", entry(3)+entry(1)+entry(2)), 2},
		"a JSON item more":              {json("", object(1)+","+object(2)), json("", object(3)+","+object(1)+", "+object(2)), 2},
		"another title of the feed":     {rss("", item(1)+item(2)), bytes.Replace(rss("", item(3)+item(1)+item(2)), []byte("Example"), []byte("Wire"), 1), 0},
		"another language of the feed":  {rss("", item(1)+item(2)), rss("<language>ko</language>", item(3)+item(1)+item(2)), 0},
		"another base":                  {atom(">", entry(1)+entry(2)), atom(`xml:base="https://example.com/">`, entry(3)+entry(1)+entry(2)), 0},
		"another language of all JSON":  {json("", object(1)), json(`"language": "ko", `, object(1)+","+object(2)), 0},
		"a name space more":             {rss("", item(1)+item(2)), bytes.Replace(rss("", item(1)+item(2)+item(3)), []byte("<rss"), []byte(`<rss xmlns:dc="dc"`), 1), 0},
		"a stray end tag":               {rss("", item(1)+item(2)), rss("", item(1)+item(2)+strings.Replace(item(3), "<guid>", "</b><guid>", 1)), 0},
		"an end tag missing":            {rss("", item(1)+item(2)), rss("", item(1)+item(2)+strings.Replace(item(3), "</item>", "", 1)), 0},
		"a processing instruction":      {rss("", item(1)+item(2)), rss("", item(1)+item(2)+strings.Replace(item(3), "<guid>", `<?xml encoding="euc-kr"?><guid>`, 1)), 0},
		"a value without quotes":        {rss("", item(1)+item(2)), rss("", item(1)+item(2)+strings.Replace(item(3), "<guid>", `<guid isPermaLink=false>`, 1)), 0},
		"cut off":                       {rss("", item(1)+item(2)), rss("", item(1)+item(2)+item(3))[:300], 2},
		"nothing known":                 {rss("", ""), rss("", item(1)+item(2)+item(3)), 0},
		"odd before, and no more":       {rss("", item(1)+item(2)+"<item>"), rss("", item(1)+item(2)+item(3)), 0},
		"one that was odd, and no more": {rss("", item(1)+strings.Replace(item(2), "<guid>", "</b><guid>", 1)), rss("", item(1)+item(2)+item(3)), 0},
	} {
		t.Run(name, func(t *testing.T) {
			if left := asWhole(t, reader, test.before, test.after); left != test.left {
				t.Errorf("%d items were known, want %d", left, test.left)
			}
		})
	}
}

// A feed that its configuration makes another has nothing known.
func TestNothingIsKnownOfAFeedConfiguredAnew(t *testing.T) {
	reader := feed.NewReader(feed.Options{Now: today})
	page := monitor.Page{Body: ordinaryFeed(), URL: "https://feeds.example.org/rss"}
	before, err := reader.Parse(example, page, monitor.Imprint{})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*monitor.Feed){
		"lang": func(f *monitor.Feed) { f.Lang = "ko" },
		"tags": func(f *monitor.Feed) { f.Tags = []string{"agency"} },
		"name": func(f *monitor.Feed) { f.Name = "Other" },
		"url":  func(f *monitor.Feed) { f.URL = "https://feeds.example.org/other" },
	} {
		changed := example
		change(&changed)
		doc, err := reader.Parse(changed, page, before.Imprint)
		if err != nil || len(doc.Known) > 0 || len(doc.Articles) != len(before.Articles) {
			t.Errorf("%s: %d known, %d articles, error %v", name, len(doc.Known), len(doc.Articles), err)
		}
	}
	if doc, err := feed.NewReader(feed.Options{}).Parse(example, page, before.Imprint); err != nil || len(doc.Known) > 0 {
		t.Errorf("another process knows %d, error %v", len(doc.Known), err)
	}
}

// A page read after any other page is what it is alone.
func FuzzKnown(f *testing.F) {
	files, err := filepath.Glob("testdata/parse/*.feed")
	if err != nil {
		f.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 10))
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, edited(random, body), uint64(len(body)))
	}
	reader := feed.NewReader(feed.Options{Now: today})
	f.Fuzz(func(t *testing.T, before, after []byte, seed uint64) {
		asWhole(t, reader, before, after)
		random := rand.New(rand.NewPCG(seed, 10))
		asWhole(t, reader, after, edited(random, after))
	})
}
