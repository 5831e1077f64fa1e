package feed

import (
	"bytes"
	"strings"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
)

// rssFormat reads RSS 0.9x, 1.0 (RDF) and 2.0.
type rssFormat struct{}

func (rssFormat) describe(p *parser, root element, document []byte) error {
	channel, err := new(rss.Parser).Parse(bytes.NewReader(document))
	if err != nil {
		return err
	}
	dc := channel.DublinCoreExt
	if dc == nil {
		dc = &ext.DublinCoreExtension{}
	}
	language := channel.Language
	if lang(language) == "" {
		language = first(append(dc.Language, attribute(root.tag, "xml:lang")))
	}
	p.describe(channel.Title, language, first(dc.Publisher), channel.TTL, channel.Link)
	p.doc.Skip = skipHours(channel.SkipHours)
	return nil
}

func (rssFormat) items(_ *parser, document []byte) ([]item, error) {
	channel, err := new(rss.Parser).Parse(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	items := make([]item, 0, len(channel.Items))
	for _, source := range channel.Items {
		items = append(items, rssItem(source))
	}
	return items, nil
}

func rssItem(source *rss.Item) item {
	dc := source.DublinCoreExt
	if dc == nil {
		dc = &ext.DublinCoreExtension{}
	}
	it := item{
		title:   source.Title,
		summary: source.Description,
		content: source.Content,
		author:  rssAuthor(source, dc),
		lang:    first(dc.Language),
		links:   []string{extension(source.Extensions, "feedburner", "origLink"), source.Link},
		tags:    dc.Subject,
	}
	if it.title == "" {
		it.title = first(append(dc.Title, extension(source.Extensions, "media", "title")))
	}
	if it.summary == "" {
		it.summary = first(append(dc.Description, extension(source.Extensions, "media", "description")))
	}
	it.links = append(it.links, source.Links...)
	for _, atomLink := range source.Extensions["atom"]["link"] {
		if rel := atomLink.Attrs["rel"]; rel == "" || rel == "alternate" {
			it.links = append(it.links, atomLink.Attrs["href"])
		}
	}
	if source.GUID != nil {
		it.guid = source.GUID.Value
		// By RSS 2.0 a GUID is an address unless it denies it. One that is not
		// looks like no address, so nothing is lost by asking only that.
		if source.GUID.IsPermalink != "false" && isAddress(it.guid) {
			it.links = append(it.links, it.guid)
		}
	}
	for _, category := range source.Categories {
		it.tags = append(it.tags, category.Value)
	}
	it.outlet = first(dc.Publisher)
	if source.Source != nil && source.Source.Title != "" {
		it.outlet = source.Source.Title
	} else if name := extension(source.Extensions, "news", "Source"); name != "" { // Bing
		it.outlet = name
	}
	it.dates = append([]string{source.PubDate}, dc.Date...)
	for _, name := range [][2]string{{"dcterms", "issued"}, {"dcterms", "created"}, {"atom", "published"},
		{"dcterms", "modified"}, {"atom", "updated"}, {"a10", "updated"}} {
		it.dates = append(it.dates, extension(source.Extensions, name[0], name[1]))
	}
	for _, name := range []string{"date", "published", "updated", "pubdate", "lastBuildDate"} {
		it.dates = append(it.dates, source.Custom[name])
	}
	return it
}

// rssAuthor prefers a name to RSS's own "mail@example.org (Name)".
func rssAuthor(source *rss.Item, dc *ext.DublinCoreExtension) string {
	author := strings.TrimSpace(source.Author)
	if open := strings.IndexByte(author, '('); open > 0 && strings.HasSuffix(author, ")") && strings.Contains(author[:open], "@") {
		author = author[open+1 : len(author)-1]
	}
	if author == "" || strings.Contains(author, "@") {
		if creators := strings.Join(dc.Creator, ", "); creators != "" {
			return creators
		}
		if source.ITunesExt != nil && source.ITunesExt.Author != "" {
			return source.ITunesExt.Author
		}
	}
	return author
}

func extension(extensions ext.Extensions, prefix, name string) string {
	for _, extension := range extensions[prefix][name] {
		return extension.Value
	}
	return ""
}

// first is the first of the values that is not blank.
func first(values []string) string {
	for _, value := range values {
		if value = strings.TrimSpace(value); value != "" {
			return value
		}
	}
	return ""
}
