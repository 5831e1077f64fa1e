package feed_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

// ordinaryFeed is a page of 40 items of about 1.2 KB each.
func ordinaryFeed() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Example News</title><link>https://news.example.org/</link><language>en</language>`)
	paragraph := "<p>The committee met for the third time this month &amp; agreed on a schedule for the coming year.</p>"
	for i := range 40 {
		fmt.Fprintf(&b, `<item><title>Committee meets for the %dth time</title><link>https://news.example.org/articles/%d?utm_source=rss</link><guid isPermaLink="false">article-%d</guid><pubDate>Sun, 27 Sep 2026 19:%02d:00 +0900</pubDate><dc:creator>A. Reporter</dc:creator><category>Politics</category><description><![CDATA[%s]]></description></item>`,
			i, i, i, i, strings.Repeat(paragraph, 8))
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

// BenchmarkParse compares with BenchmarkGofeed in the same run: the ratio is
// what reading a page costs over parsing it alone.
func BenchmarkParse(b *testing.B) {
	body := ordinaryFeed()
	reader := feed.NewReader(feed.Options{})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := reader.Parse(monitor.Feed{}, monitor.Page{Body: body}, monitor.Imprint{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseOneNew reads the page after the one before, which had 39 of its
// 40 items.
func BenchmarkParseOneNew(b *testing.B) {
	body := ordinaryFeed()
	reader := feed.NewReader(feed.Options{})
	before, err := reader.Parse(monitor.Feed{}, monitor.Page{Body: bytes.Replace(body, []byte("article-7<"), []byte("article-77<"), 1)}, monitor.Imprint{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		doc, err := reader.Parse(monitor.Feed{}, monitor.Page{Body: body}, before.Imprint)
		if err != nil || len(doc.Articles) != 1 {
			b.Fatal(len(doc.Articles), err)
		}
	}
}

func BenchmarkGofeed(b *testing.B) {
	body := ordinaryFeed()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gofeed.NewParser().Parse(bytes.NewReader(body)); err != nil {
			b.Fatal(err)
		}
	}
}
