package monitor

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limits on the article pages that a poll fetches: what is beyond them is
// matched by the text that the feed has, now rather than late.
const (
	maxPages = 20
	pagesFor = time.Minute
)

var (
	errPagesLate = errors.New("the pages of this poll took too long")
	errPagesMany = fmt.Errorf("more than %d in a poll", maxPages)
)

// readPages gives those finds that may alert the text of their own pages,
// where the feed asks for that. One whose page cannot be had keeps the text
// that the feed has.
func (p *poll) readPages(ctx context.Context, feed Feed, finds []*Find, result *Result) {
	if !feed.FullText {
		return
	}
	ctx, cancel := context.WithTimeoutCause(ctx, pagesFor, errPagesLate)
	defer cancel()
	pages := 0
	for _, find := range finds {
		a := &find.Article
		if !find.Eligible || a.URL == "" || a.Relay { // a relay's page is no article
			continue
		}
		text, err := "", errPagesMany
		if pages++; pages <= maxPages {
			result.guard(a, "reading the page", func() { text, err = p.Reader.Text(ctx, feed, a.URL) })
		}
		if err != nil {
			result.Skipped = append(result.Skipped, fmt.Sprintf("page of %q: %v", a.Title, err))
		}
		if len(text) > len(a.Body) { // else the feed has more than a teaser
			find.Shown, a.Body = a.TextHash(), text
		}
	}
}
