package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	jsonfeed "github.com/mmcdole/gofeed/json"

	"newswatch/monitor"
)

// parseJSON reads a JSON Feed, 1.0 or 1.1. Its items are decoded one by one:
// a broken one costs itself, a body that is cut off costs its last.
func (p *parser) parseJSON(body []byte) error {
	head, items, found, readErr := cutJSON(body)
	var feed jsonfeed.Feed
	encoded, err := json.Marshal(head)
	if err == nil {
		err = json.Unmarshal(encoded, &feed)
	}
	isFeed := strings.Contains(feed.Version, "jsonfeed.org") || items != nil && (feed.Title != "" || feed.HomePageURL != "")
	if !isFeed {
		return &monitor.FeedError{Reason: reasonNotAFeed, Detail: "JSON, but not a JSON Feed", Err: err}
	}
	p.describe(feed.Title, feed.Language, "", "", feed.HomePageURL, feed.FeedURL)
	p.author = plainLine(jsonNames(feed.Authors, feed.Author))
	p.frame([]byte("json"))
	for i, raw := range items {
		if print, ok := p.known(raw); ok {
			p.addKnown(print)
			continue
		}
		if len(raw) > maxItemBytes {
			p.skip(i+1, tooLargeItem)
			continue
		}
		var source jsonfeed.Item
		if err := json.Unmarshal(raw, &source); err != nil {
			p.skip(i+1, "it cannot be parsed: "+oneLine(err.Error()))
			continue
		}
		it := jsonItem(&source)
		it.number, it.raw = i+1, raw
		p.add(it)
	}
	switch {
	case found > len(items):
		p.doc.Salvaged = fmt.Sprintf("only the first %d of %d items were read", len(items), found)
	case readErr != nil:
		p.doc.Salvaged = cutOff(found)
	}
	return nil
}

// maxMembers of a feed are read; the format has 15.
const maxMembers = 1_000

// cutJSON reads a feed's members but its items, and the items apart. Its
// error says that not all of the body could be read.
func cutJSON(body []byte) (head map[string]json.RawMessage, items []json.RawMessage, found int, err error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	head = make(map[string]json.RawMessage)
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return head, nil, 0, errors.New("no object")
	}
	for members := 0; decoder.More(); members++ {
		if members == maxMembers {
			return head, items, found, errors.New("too many members")
		}
		name, err := decoder.Token()
		if err != nil {
			return head, items, found, err
		}
		key, _ := name.(string)
		if key != "items" {
			var value json.RawMessage
			if err := decoder.Decode(&value); err != nil {
				return head, items, found, err
			}
			if headMembers[key] {
				head[key] = value
			}
			continue
		}
		if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
			return head, items, found, errors.New("items is no array")
		}
		items = make([]json.RawMessage, 0)
		for decoder.More() {
			var item json.RawMessage
			if err := decoder.Decode(&item); err != nil {
				return head, items, found, err
			}
			if found++; len(items) < maxItems {
				items = append(items, item)
			}
		}
		if _, err := decoder.Token(); err != nil {
			return head, items, found, err
		}
	}
	_, err = decoder.Token()
	return head, items, found, err
}

// headMembers are the members of a feed that are read.
var headMembers = map[string]bool{
	"version": true, "title": true, "home_page_url": true, "feed_url": true,
	"language": true, "author": true, "authors": true,
}

func jsonItem(source *jsonfeed.Item) item {
	it := item{
		guid:    source.ID,
		title:   source.Title,
		summary: source.Summary,
		content: source.ContentHTML,
		text:    source.ContentText,
		author:  jsonNames(source.Authors, source.Author),
		lang:    source.Language,
		links:   []string{source.URL, source.ExternalURL},
		dates:   []string{source.DatePublished, source.DateModified},
		tags:    source.Tags,
	}
	if isAddress(source.ID) {
		it.links = append(it.links, source.ID)
	}
	return it
}

func jsonNames(authors []*jsonfeed.Author, author *jsonfeed.Author) string {
	var names []string
	for _, author := range append(authors, author) {
		if author != nil && author.Name != "" {
			names = append(names, author.Name)
		}
	}
	return strings.Join(names, ", ")
}
