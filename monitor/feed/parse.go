package feed

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
)

// Parse turns a page into articles, in the feed's order; of two with the same
// identity the first stays. What kind of feed the page is, is seen from its
// content alone, so a page that is nothing but a body will do. Parse fails
// with a *monitor.FeedError only when there is no feed in the page.
func (r *Reader) Parse(feed monitor.Feed, page monitor.Page) (doc monitor.Document, err error) {
	defer func() {
		if fault := recover(); fault != nil { // whatever a library makes of hostile input
			doc = monitor.Document{}
			err = &monitor.FeedError{Reason: reasonNotAFeed, Detail: oneLine(fmt.Sprint("the parser failed: ", fault))}
		}
	}()
	body := toUTF8(page.Body, page.ContentType)
	kind, start := sniff(body)
	p := &parser{feed: feed, key: feed.Key(), page: page, now: r.options.Now()}
	switch kind {
	case xmlFeed:
		err = p.parseXML(body[start:])
	case jsonFeed:
		err = p.parseJSON(body[start:])
	default:
		err = notAFeed(kind, body, page.URL)
	}
	if err != nil {
		return monitor.Document{}, err
	}
	p.doc.Skipped = few(p.doc.Skipped)
	return p.doc, nil
}

// few keeps a log readable: the first of the notes and how many there were.
func few(notes []string) []string {
	const enough = 20
	if len(notes) <= enough {
		return notes
	}
	return append(notes[:enough:enough], fmt.Sprintf("and %d more", len(notes)-enough))
}

// A parser is one page on its way to a document.
type parser struct {
	feed monitor.Feed
	key  string
	page monitor.Page
	now  time.Time

	doc      monitor.Document
	calendar calendar
	bases    []string // addresses that links are relative to
	outlet   string   // of articles that name none
	author   string
	seen     map[string]bool // identities
}

// describe takes what the feed says of itself, before its articles.
func (p *parser) describe(title, language, outlet, ttl string, bases ...string) {
	p.doc.Title = plainLine(title)
	p.doc.Lang = lang(p.feed.Lang, language)
	p.calendar = newCalendar(p.doc.Lang, p.now)
	p.outlet = plainLine(outlet)
	if p.outlet == "" {
		p.outlet = outletName(p.doc.Title)
	}
	if minutes, err := strconv.Atoi(strings.TrimSpace(ttl)); err == nil && minutes > 0 {
		p.doc.TTL = min(time.Duration(min(minutes, 1<<20))*time.Minute, longestWait)
	}
	p.bases = append(bases, p.page.URL, p.feed.URL)
	p.seen = make(map[string]bool)
}

// An item is what a format's translator found in one of its items, as HTML
// unless it says otherwise.
type item struct {
	number  int
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
	if identity := article.Identity(); !p.seen[identity] {
		p.seen[identity] = true
		p.doc.Articles = append(p.doc.Articles, article)
	}
}

// credit says who published the article. Google News puts the outlet behind
// the title and, with the title once more, into the description.
func (p *parser) credit(article *monitor.Article) {
	if article.Relay = isRelay(article.URL); article.Relay {
		title, outlet := article.Title, article.Outlet
		if at := strings.LastIndex(title, " - "); at > 0 && outlet == "" {
			outlet = title[at+3:]
		}
		if title = strings.TrimSpace(strings.TrimSuffix(title, " - "+outlet)); title != "" {
			article.Title = title
		}
		article.Outlet = strings.TrimRight(outlet, " |-")
		if sameText(article.Body, title+outlet) {
			article.Body = ""
		}
	}
	if article.Outlet == "" {
		article.Outlet = p.outlet
	}
	if article.Author == "" && article.Outlet == p.outlet {
		article.Author = p.author
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
	return strings.Contains(squeeze(whole), squeeze(strings.TrimRight(part, ".…[] \n")))
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
	if moreLinks[strings.ToLower(strings.Trim(last, " .…>»→[]"))] {
		return body
	}
	return text
}

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

// outletName is a feed's title without what only says that it is a feed:
// "World news | The Guardian" → "The Guardian".
func outletName(title string) string {
	parts := []string{title}
	for _, separator := range []string{" | ", " - ", " – ", " — ", " :: ", " » ", ": "} {
		if strings.Contains(title, separator) {
			parts = strings.Split(title, separator)
			break
		}
	}
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" && !isSection(part) {
			return trimSection(part)
		}
	}
	return trimSection(title)
}

// isSection says whether every word of a title's part is of the kind that
// names sections of any outlet.
func isSection(part string) bool {
	for _, word := range strings.Fields(strings.ToLower(part)) {
		if !slices.Contains(sectionWords, strings.Trim(word, "()[],")) {
			return false
		}
	}
	return true
}

var sectionWords = strings.Fields("rss feed feeds headlines headline news world top latest stories articles all home " +
	"politics national international business main the newest breaking front page index full 전체 전체기사 최신 뉴스 정치 국제 사회 경제 북한")

// trimSection takes the feed's own words off the end of a name, but "news".
func trimSection(name string) string {
	for {
		at := strings.LastIndexByte(name, ' ')
		if at < 0 {
			return name
		}
		switch last := strings.ToLower(name[at+1:]); last {
		case "rss", "feed", "feeds", "headlines", "latest", "articles":
			name = strings.TrimRight(name[:at], " -|:")
		default:
			return name
		}
	}
}

// sniff tells what a body is from its first bytes, and where it begins.
func sniff(body []byte) (kind pageKind, start int) {
	trimmed := bytes.TrimLeft(body, "\ufeff \t\r\n\x00")
	start = len(body) - len(trimmed)
	switch {
	case len(trimmed) == 0:
		return emptyPage, 0
	case trimmed[0] == '{' || trimmed[0] == '[':
		return jsonFeed, start
	}
	s := scanner{text: trimmed}
	root, ok := s.next()
	if ok && itemNames[localName(root.name)] != "" {
		return xmlFeed, start
	}
	if ok && isHTML(trimmed, root) {
		return htmlPage, start
	}
	// A server's warning may stand before the feed.
	head := trimmed[:min(len(trimmed), 4<<10)]
	for _, opening := range []string{"<?xml", "<rss", "<rdf:rdf", "<feed"} {
		if at := indexFold(head, opening); at > 0 {
			s := scanner{text: trimmed[at:]}
			if root, ok := s.next(); ok && itemNames[localName(root.name)] != "" {
				return xmlFeed, start + at
			}
		}
	}
	switch {
	case ok && trimmed[0] == '<':
		return otherXML, start
	case ok && htmlNames[localName(root.name)]:
		return htmlPage, start
	}
	return plainPage, start
}
