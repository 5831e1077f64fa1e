package feed

import (
	"fmt"
	"slices"
	"strings"

	"newswatch/monitor"
)

// An item is what a format's translator found in one of its items, as HTML
// unless it says otherwise.
type item struct {
	number  int
	raw     []byte // as it stands in the page
	guid    string
	links   []string // in order of preference
	title   string
	summary string
	content string
	text    string // content that is plain text already
	author  string
	outlet  string
	lang    string
	dates   []string // in order of preference
	tags    []string
}

// isBlank says whether nothing was found that could become an article.
func (it item) isBlank() bool {
	return it.title == "" && it.summary == "" && it.content == "" && it.text == ""
}

// add makes an item an article and keeps it unless it is empty or its like
// was there before.
func (p *parser) add(it item) {
	article := monitor.Article{
		FeedKey: p.key, Feed: p.feed.Name,
		GUID:   guid(it.guid),
		Title:  plainLine(it.title),
		Body:   body(it),
		Author: plainLine(it.author),
		Outlet: plainLine(it.outlet),
		Tags:   tags(p.feed.Tags, it.tags),
	}
	for _, candidate := range it.links {
		if article.URL = link(candidate, p.bases...); article.URL != "" {
			break
		}
	}
	p.credit(&article)
	if article.Title == "" {
		article.Title = headline(article.Body)
	}
	if article.Title == "" {
		p.skip(it.number, "it has neither title nor text")
		return
	}
	if sameText(article.Body, article.Title) {
		article.Body = ""
	}
	article.Lang = lang(p.feed.Lang, it.lang, p.doc.Lang)
	if article.Lang == "" {
		article.Lang = script(cutBytes(article.Title+" "+article.Body, 2_000))
	}
	calendar := p.calendar
	if p.doc.Lang == "" {
		calendar = newCalendar(article.Lang, p.now)
	}
	for _, date := range it.dates {
		if published, ok := calendar.parse(date); ok {
			article.Published = published.UTC()
			break
		}
	}
	if p.isFirst(p.printOf(it.raw, &article)) {
		p.doc.Articles = append(p.doc.Articles, article)
	}
}

// skip notes an item that could not become an article.
func (p *parser) skip(number int, why string) {
	p.doc.Skipped = append(p.doc.Skipped, fmt.Sprintf("item %d: %s", number, why))
}

// maxGUIDBytes: a longer GUID is kept as its hash.
const maxGUIDBytes = 1 << 10

func guid(raw string) string {
	guid := strings.TrimSpace(printable(raw))
	if len(guid) > maxGUIDBytes {
		return "sha256:" + hash([]byte(guid))
	}
	return guid
}

// maxTags of an article, maxTagBytes of each.
const (
	maxTags     = 32
	maxTagBytes = 100
)

// tags are the feed's own and the item's categories, each once.
func tags(feed, categories []string) []string {
	kept := slices.Clone(feed)
	for _, category := range categories {
		tag := plainLine(category)
		if tag == "" || len(tag) > maxTagBytes || slices.ContainsFunc(kept, func(t string) bool { return strings.EqualFold(t, tag) }) {
			continue
		}
		if len(kept) >= maxTags {
			break
		}
		kept = append(kept, tag)
	}
	return kept
}

// body is the item's text: its summary and its content, or the longer of them
// where the other is only its beginning.
func body(it item) string {
	summary, content := withoutFooter(plainText(it.summary)), withoutFooter(plainText(it.content))
	if it.text != "" {
		content = mend(cutBytes(lines(printable(it.text)), maxBodyBytes))
	}
	switch {
	case holds(content, summary):
		return content
	case holds(summary, content):
		return summary
	}
	return cutBytes(summary+"\n\n"+content, maxBodyBytes)
}

// holds says whether the part, which may end in an ellipsis, stands in whole.
func holds(whole, part string) bool {
	part = strings.TrimRight(part, ".…[] \n")
	return part == "" || whole != "" && strings.Contains(squeeze(whole), squeeze(part))
}

// withoutFooter drops the last paragraph where it is not the article's: "The
// post TITLE appeared first on SITE." of WordPress, which names every subject
// of its site, and the words of a link to the rest.
func withoutFooter(text string) string {
	body, last := "", text
	if at := strings.LastIndex(text, "\n\n"); at >= 0 {
		body, last = text[:at], text[at+2:]
	}
	if at := strings.LastIndex(last, "The post "); at >= 0 && strings.Contains(last[at:], " appeared first on ") {
		return strings.TrimSpace(body + "\n\n" + last[:at])
	}
	if len(last) <= longestMoreLink && moreLinks[strings.ToLower(strings.Trim(last, " .…>»→[]"))] {
		return body
	}
	return text
}

const longestMoreLink = 64 // with its arrows and dots

var moreLinks = map[string]bool{
	"continue reading": true, "read more": true, "read the full story": true, "read full article": true,
	"더보기": true, "자세히 보기": true, "続きを読む": true, "全文を読む": true, "阅读全文": true,
}

// squeeze is text without white space.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }

func sameText(a, b string) bool {
	return len(a) < 2*len(b)+16 && strings.EqualFold(squeeze(a), squeeze(b))
}

// headline is the beginning of a text, for an article without a title.
func headline(text string) string {
	const longest = 120
	text, _, _ = strings.Cut(text, "\n")
	runes := []rune(cutBytes(text, 4*longest+4))
	if len(runes) <= longest {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:longest])) + "…"
}
