package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/feed"
)

func (a *app) feedCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "feed SOURCE",
		Short: "Show what newswatch sees in a feed: a URL, a file, or - for standard input; or list a site's feeds",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.configurationIfAny()
			if err != nil {
				return err
			}
			return a.showFeed(cmd.Context(), cfg, args[0])
		},
	}
}

// largestFile is how much of a feed file is read; a fetch is bounded the same.
const largestFile = 10 << 20

// showFeed reads one feed, by the same path as a poll.
func (a *app) showFeed(ctx context.Context, cfg *config.Config, source string) error {
	options := feed.Options{Now: time.Now}
	one := monitor.Feed{Name: source, URL: source}
	if cfg != nil {
		options.AllowPrivate, options.Proxy, options.UserAgent = cfg.AllowPrivate, cfg.Proxy, cfg.UserAgent
		for _, configured := range cfg.Feeds {
			if configured.URL == source || configured.Name == source {
				one = configured
			}
		}
	}
	reader := feed.NewReader(options)
	defer reader.Close()
	page, err := a.page(ctx, reader, &one)
	if err != nil {
		return feedFailure(err)
	}
	doc, err := reader.Parse(one, page, monitor.Imprint{})
	if feed.IsPage(err) && page.URL != "" {
		if found := reader.Discover(ctx, page); len(found) > 0 {
			return a.listSiteFeeds(page, found)
		}
	}
	if err != nil {
		return feedFailure(err)
	}
	if doc.Salvaged != "" {
		fmt.Fprintln(a.err, "warning:", plainLine(doc.Salvaged))
	}
	for _, skipped := range doc.Skipped {
		fmt.Fprintln(a.err, "warning: item skipped:", plainLine(skipped))
	}
	if a.json {
		return a.printArticles(doc.Articles)
	}
	return a.listArticles(doc)
}

// page fetches a URL, or reads a file as if it had been fetched.
func (a *app) page(ctx context.Context, reader *feed.Reader, one *monitor.Feed) (monitor.Page, error) {
	if isAddress(one.URL) {
		return reader.Fetch(ctx, *one, monitor.Validators{})
	}
	name, source, err := a.source(ctx, []string{one.URL})
	if err != nil {
		return monitor.Page{}, err
	}
	defer source.Close()
	body, err := io.ReadAll(io.LimitReader(source, largestFile+1))
	if err != nil {
		return monitor.Page{}, fmt.Errorf("read %s: %w", name, reason(err))
	}
	if len(body) > largestFile {
		return monitor.Page{}, fmt.Errorf("%s is larger than 10 MiB", name)
	}
	one.Name, one.URL = name, ""
	return monitor.Page{Body: body}, nil
}

func isAddress(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

// listSiteFeeds prints the feeds that were found on a site.
func (a *app) listSiteFeeds(page monitor.Page, found []feed.SiteFeed) error {
	if a.json {
		return a.printSiteFeeds(found)
	}
	fmt.Fprintf(a.out, "%s is a page, not a feed. Its site has %s:\n\n",
		plainLine(monitor.ShownURL(page.URL)), count(len(found), "feed", "feeds"))
	t := table{color: colored(a.out)}
	t.row("FEED", "NAME", "ITEMS", "NEWEST")
	for _, f := range found {
		newest := "undated"
		if at := newestOf(f.Document); !at.IsZero() {
			newest = at.Format("2006-01-02 15:04")
		}
		t.row(plainLine(f.URL), shorten(f.Document.Title, 50), strconv.Itoa(len(f.Document.Articles)), newest)
	}
	return t.print(a.out)
}

// printSiteFeeds writes lines that no one mistakes for articles: they have
// neither id nor title.
func (a *app) printSiteFeeds(found []feed.SiteFeed) error {
	type line struct {
		Feed   string    `json:"feed"`
		Name   string    `json:"name"`
		Lang   string    `json:"lang"`
		Items  int       `json:"items"`
		Newest time.Time `json:"newest,omitzero"`
	}
	encoder := jsonLines(a.out)
	for _, f := range found {
		doc := f.Document
		if err := encoder.Encode(line{f.URL, doc.Title, doc.Lang, len(doc.Articles), newestOf(doc)}); err != nil {
			return fmt.Errorf("print feeds: %w", err)
		}
	}
	return nil
}

func newestOf(doc monitor.Document) time.Time {
	var newest time.Time
	for _, article := range doc.Articles {
		if article.Published.After(newest) {
			newest = article.Published.UTC()
		}
	}
	return newest
}

func feedFailure(err error) error {
	f := &failure{code: exitFailed, err: err}
	var feedErr *monitor.FeedError
	switch {
	case errors.As(err, &feedErr):
		f.hint = feedErr.Hint
	case errors.Is(err, fs.ErrNotExist):
		f.hint = "the address of a feed or a site begins with https://"
	}
	return f
}

// An articleLine is an article as JSON Lines have it, on output and, with
// other keys ignored, on input.
type articleLine struct {
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	URL       string     `json:"url"`
	Published *time.Time `json:"published"`
	Author    string     `json:"author"`
	Outlet    string     `json:"outlet"`
	Lang      string     `json:"lang"`
	Tags      []string   `json:"tags"`
	Body      string     `json:"body"`
}

func (a *app) printArticles(articles []monitor.Article) error {
	encoder := jsonLines(a.out)
	for _, article := range articles {
		_, id, _ := strings.Cut(article.Identity(), ":")
		line := articleLine{
			ID: id, Title: article.Title, URL: article.URL, Author: article.Author,
			Outlet: article.Outlet, Lang: article.Lang, Tags: article.Tags, Body: article.Body,
		}
		if line.Tags == nil {
			line.Tags = []string{}
		}
		if !article.Published.IsZero() {
			published := article.Published.UTC()
			line.Published = &published
		}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) listArticles(doc monitor.Document) error {
	fmt.Fprintf(a.out, "%s: %s\n", plainLine(doc.Title), count(len(doc.Articles), "article", "articles"))
	if len(doc.Articles) == 0 {
		return nil
	}
	fmt.Fprintln(a.out)
	t := table{color: colored(a.out)}
	t.row("PUBLISHED", "TITLE", "BODY")
	for _, article := range doc.Articles {
		published := "undated"
		if !article.Published.IsZero() {
			published = article.Published.UTC().Format("2006-01-02 15:04")
		}
		t.row(published, shorten(article.Title, 80), fmt.Sprintf("%d characters", len([]rune(article.Body))))
	}
	return t.print(a.out)
}
