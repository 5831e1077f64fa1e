package feed

import (
	"bytes"
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// atomFormat reads Atom 0.3 and 1.0.
type atomFormat struct{}

func (atomFormat) describe(p *parser, root element, document []byte) error {
	feed, err := new(atom.Parser).Parse(bytes.NewReader(document))
	if err != nil {
		return err
	}
	language := feed.Language
	if language == "" {
		language = attribute(root.tag, "xml:lang")
	}
	p.describe(feed.Title, language, "", "", p.page.URL, attribute(root.tag, "xml:base"),
		rel(feed.Links, "self"), rel(feed.Links, "alternate"))
	p.author = plainLine(names(feed.Authors))
	return nil
}

func (atomFormat) items(_ *parser, document []byte) ([]item, error) {
	feed, err := new(atom.Parser).Parse(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	items := make([]item, 0, len(feed.Entries))
	for _, entry := range feed.Entries {
		items = append(items, atomItem(entry))
	}
	return items, nil
}

func atomItem(entry *atom.Entry) item {
	it := item{
		guid:    entry.ID,
		title:   entry.Title,
		summary: entry.Summary,
		author:  names(entry.Authors),
		links:   []string{extension(entry.Extensions, "feedburner", "origLink"), rel(entry.Links, "alternate")},
		dates:   []string{entry.Published, extension(entry.Extensions, "dc", "date"), entry.Updated},
	}
	if entry.Content != nil {
		it.content = entry.Content.Value
		it.links = append(it.links, entry.Content.Src)
	}
	if isAddress(entry.ID) {
		it.links = append(it.links, entry.ID)
	}
	if entry.Source != nil {
		it.outlet = entry.Source.Title
	}
	for _, category := range entry.Categories {
		it.tags = append(it.tags, first([]string{category.Label, category.Term}))
	}
	return it
}

// rel is the first link of that relation, a page rather than anything else.
func rel(links []*atom.Link, relation string) string {
	found := ""
	for _, link := range links {
		if link.Rel != relation {
			continue
		}
		if found == "" || link.Type == "text/html" {
			found = link.Href
		}
		if link.Type == "text/html" {
			break
		}
	}
	return found
}

func names(people []*atom.Person) string {
	var names []string
	for _, person := range people {
		if name := first([]string{person.Name, person.Email}); name != "" {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
