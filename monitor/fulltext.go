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

var errPagesLate = errors.New("the pages of this poll took too long")

// readPages gives those finds that may alert the text of their own pages,
// where the feed asks for that, and returns why it could not be had. Those keep
// the text that the feed has.
func (p *Poller) readPages(ctx context.Context, feed Feed, finds []*Find) (skipped []string) {
	if !feed.FullText {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, pagesFor, errPagesLate)
	defer cancel()
	pages := 0
	for _, find := range finds {
		a := &find.Article
		if !find.Eligible || a.URL == "" || a.Relay { // a relay's page is no article
			continue
		}
		var text string
		err := errPagesLate
		if pages++; pages > maxPages {
			err = fmt.Errorf("more than %d new articles in a poll", maxPages)
		} else if ctx.Err() == nil {
			text, err = p.Reader.Text(ctx, feed, a.URL)
		}
		if err != nil {
			skipped = append(skipped, fmt.Sprintf("page of %q: %v", a.Title, err))
		}
		find.show(text)
	}
	return skipped
}

// show gives the article the fullest text there is of it: its page's, the
// feed's, or that of the page as it was before the feed changed.
func (f *Find) show(page string) {
	shown := f.Article.TextHash()
	if f.Was != nil && f.Was.FeedKey == f.Article.FeedKey && page == "" {
		page = f.Was.Body
	}
	if len(page) > len(f.Article.Body) {
		f.Article.Body, f.Shown = page, shown
	}
}
