package feed

import (
	"bytes"

	"github.com/mmcdole/gofeed"

	"newswatch/monitor"
)

// Parse turns a page into articles.
func (r *Reader) Parse(feed monitor.Feed, page monitor.Page) (monitor.Document, error) {
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(page.Body))
	if err != nil {
		return monitor.Document{}, &monitor.FeedError{Reason: reasonNotAFeed, Detail: "not a feed", Err: err}
	}
	doc := monitor.Document{Title: parsed.Title, Lang: parsed.Language}
	for _, item := range parsed.Items {
		article := monitor.Article{
			FeedKey: feed.Key(), Feed: feed.Name, GUID: item.GUID, URL: item.Link,
			Title: item.Title, Body: item.Description, Lang: parsed.Language, Tags: feed.Tags,
		}
		if item.PublishedParsed != nil {
			article.Published = *item.PublishedParsed
		}
		doc.Articles = append(doc.Articles, article)
	}
	return doc, nil
}
