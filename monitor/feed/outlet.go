package feed

import (
	"slices"
	"strings"

	"newswatch/monitor"
)

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
