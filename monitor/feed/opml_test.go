package feed_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

// sameFeeds compares what an OPML list holds of feeds.
func sameFeeds(want, got []monitor.Feed) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b monitor.Schedule) bool { return true }))
}

func TestReadOPML(t *testing.T) {
	list := func(outlines string) string {
		return `<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body>` + outlines + `</body></opml>`
	}
	news := monitor.Feed{Name: "News", URL: "https://example.org/rss"}
	for name, test := range map[string]struct {
		document string
		want     []monitor.Feed
		notes    []string
	}{
		"a feed": {list(`<outline type="rss" text="News" xmlUrl="https://example.org/rss" htmlUrl="https://example.org/"/>`), []monitor.Feed{news}, nil},
		"folders within folders are tags": {list(`<outline text="World"><outline title="Asia &amp; Pacific"><outline text="News" xmlUrl="https://example.org/rss"></outline></outline></outline><outline text="B" xmlUrl="https://b.example/"/>`),
			[]monitor.Feed{{Name: "News", URL: news.URL, Tags: []string{"World", "Asia & Pacific"}}, {Name: "B", URL: "https://b.example/"}}, nil},
		"categories are tags": {list(`<outline text="News" xmlUrl="https://example.org/rss" category="/World/Asia,press" language="ko_KR"/>`),
			[]monitor.Feed{{Name: "News", URL: news.URL, Lang: "ko-KR", Tags: []string{"World", "Asia", "press"}}}, nil},
		"in two folders": {list(`<outline text="A"><outline text="News" xmlUrl="https://example.org/rss"/></outline><outline text="B"><outline text="News" xmlUrl="http://EXAMPLE.org/rss?utm_source=x"/></outline>`),
			[]monitor.Feed{{Name: "News", URL: news.URL, Tags: []string{"A", "B"}}}, []string{`"News" is listed more than once: it is one feed, with the tags of all`}},
		"names in lower case, addresses with entities": {list(`<OUTLINE TEXT='News' xmlurl='https://example.org/rss?a=1&amp;b=2'/>`), []monitor.Feed{{Name: "News", URL: "https://example.org/rss?a=1&b=2"}}, nil},
		"no name":                      {list(`<outline xmlUrl="https://example.org/rss"/>`), []monitor.Feed{{Name: "example.org", URL: news.URL}}, nil},
		"the feed scheme":              {list(`<outline text="News" xmlUrl="feed:https://example.org/rss"/><outline text="B" xmlUrl="feed://b.example/"/>`), []monitor.Feed{news, {Name: "B", URL: "http://b.example/"}}, nil},
		"other schemes":                {list(`<outline text="F" xmlUrl="file:///etc/passwd"/><outline text="G" xmlUrl="nonsense"/>`), nil, []string{`"F" has no http or https address`, `"G" has no http or https address`}},
		"another list":                 {list(`<outline type="include" text="Theirs" url="https://example.org/their.opml"/>`), nil, []string{`"Theirs" is another list, which is not fetched`}},
		"raw ampersands, cut off":      {`<opml><body><outline text="News" xmlUrl="https://example.org/rss?a=1&b=2"/><outline text="B" xml`, []monitor.Feed{{Name: "News", URL: "https://example.org/rss?a=1&b=2"}}, nil},
		"entities of its own":          {`<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + list(`<outline text="&x;" xmlUrl="https://example.org/rss"/>`), []monitor.Feed{{Name: "&x;", URL: news.URL}}, nil},
		"no feeds":                     {list(""), nil, nil},
		"end tags too many":            {list(`</outline></outline><outline text="News" xmlUrl="https://example.org/rss"/>`), []monitor.Feed{news}, nil},
		"a name that forges lines":     {list("<outline text=\"Ne\u202ews&#10;&#27;[31m\" xmlUrl=\"https://example.org/rss\"/>"), []monitor.Feed{{Name: "News [31m", URL: news.URL}}, nil},
		"a name as long as an article": {list(`<outline text="` + strings.Repeat("n", 500) + `" xmlUrl="https://example.org/rss"/>`), []monitor.Feed{{Name: strings.Repeat("n", 80), URL: news.URL}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, notes, err := feed.ReadOPML([]byte(test.document))
			if err != nil {
				t.Fatal(err)
			}
			if diff := sameFeeds(test.want, got); diff != "" {
				t.Errorf("feeds (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.notes, notes, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
	for name, document := range map[string]string{
		"nothing":              "",
		"a feed, not a list":   rss,
		"a page":               "<html><outline xmlUrl='https://example.org/'/></html>",
		"folders without end":  "<opml><body>" + strings.Repeat(`<outline text="a">`, 1000),
		"outlines without end": "<opml><body>" + strings.Repeat(`<outline text="a"/>`, 100_000),
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			if got, _, err := feed.ReadOPML([]byte(document)); err == nil {
				t.Errorf("read %d feeds", len(got))
			}
		})
	}
}

func TestOPMLRoundTrip(t *testing.T) {
	feeds := []monitor.Feed{
		{Name: "News", URL: "https://example.org/rss?a=1&b=\"2\"", Lang: "en-GB", Tags: []string{"agency", "korea"}},
		{Name: "Plain", URL: "https://plain.example/"},
		{Name: "연합뉴스 <북한>", URL: "https://yna.example/북한.xml", Lang: "ko", Tags: []string{"agency"}},
		{Name: "Odd", URL: "https://odd.example/", Tags: []string{"a,b", "c/d", "e & f"}},
	}
	var first, second bytes.Buffer
	if err := feed.WriteOPML(&first, feeds); err != nil {
		t.Fatal(err)
	}
	got, notes, err := feed.ReadOPML(first.Bytes())
	if err != nil || len(notes) > 0 {
		t.Fatalf("notes %q, error %v of\n%s", notes, err, first.Bytes())
	}
	byName := cmpopts.SortSlices(func(a, b monitor.Feed) bool { return a.Name < b.Name })
	feeds[2].URL = "https://yna.example/%EB%B6%81%ED%95%9C.xml"
	feeds[0].URL = "https://example.org/rss?a=1&b=\"2\""
	if diff := cmp.Diff(feeds, got, byName, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b monitor.Schedule) bool { return true })); diff != "" {
		t.Errorf("feeds (-written +read):\n%s\n%s", diff, first.Bytes())
	}
	if err := feed.WriteOPML(&second, got); err != nil || first.String() != strings.ReplaceAll(second.String(), "%EB%B6%81%ED%95%9C", "북한") {
		t.Errorf("written again:\n%s", second.String())
	}
}

func FuzzReadOPML(f *testing.F) {
	f.Add([]byte(`<opml><body><outline text="A"><outline text="B" xmlUrl="https://me:pw@example.org/?a=1&amp;b" category="/c/d,e"/></outline>`))
	f.Add([]byte("<opml><outline type=include text='x'/><outline xmlurl='feed://h/'/>"))
	f.Fuzz(func(t *testing.T, document []byte) {
		feeds, notes, err := feed.ReadOPML(document)
		if err != nil {
			return
		}
		for _, one := range feeds {
			if one.Name == "" || !utf8.ValidString(one.Name+one.URL) || strings.ContainsAny(one.Name+one.URL, "\n\r\x1b") {
				t.Errorf("feed %+v", one)
			}
		}
		if strings.Contains(fmt.Sprint(notes), "\n") {
			t.Errorf("notes %q", notes)
		}
		var list bytes.Buffer
		if err := feed.WriteOPML(&list, feeds); err != nil {
			t.Fatal(err)
		}
		again, _, err := feed.ReadOPML(list.Bytes())
		if err != nil || len(again) != len(feeds) {
			t.Errorf("%d feeds, %d when written and read, error %v:\n%s", len(feeds), len(again), err, list.Bytes())
		}
	})
}
