package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"newswatch/monitor"
	"newswatch/monitor/feed"
	"newswatch/rules"
)

// test tells what would fire on a page, or on a text whose first line is its
// title.
func (d *desk) test(ctx context.Context, c monitor.Command) (monitor.Answer, error) {
	if c.Arg == "" {
		return monitor.Answer{Head: "test takes an address or a text", Lines: []monitor.Line{
			{Text: "/newswatch test https://example.org/article", Code: true}, {Text: "/newswatch test North Korea fires a missile", Code: true},
		}}, nil
	}
	article, refusal := d.given(ctx, c)
	if refusal != "" {
		return monitor.Answer{Head: refusal}, nil
	}
	return d.verdicts(article), nil
}

// given is the article that a command's argument names or is; refusal says why
// it cannot be had.
func (d *desk) given(ctx context.Context, c monitor.Command) (a *rules.Article, refusal string) {
	address := c.Address()
	if address == "" {
		title, body, _ := strings.Cut(c.Arg, "\n")
		return &rules.Article{Title: strings.TrimSpace(title), Body: strings.TrimSpace(body)}, ""
	}
	page, err := d.pages(address).Fetch(ctx, monitor.Feed{Name: "page", URL: address}, monitor.Validators{})
	var title, text string
	if err == nil {
		title, text, err = feed.ReadPage(page)
	}
	if err != nil {
		var fault *monitor.FeedError
		if !errors.As(err, &fault) {
			return nil, "The page could not be read"
		}
		return nil, "The page could not be read: " + fault.Detail
	}
	return &rules.Article{Title: title, Body: text, URL: address}, ""
}

// pages reads a page that somebody names. One at a private address may be read
// where a feed is: on the very server that the configuration names for it.
func (d *desk) pages(address string) monitor.Reader {
	setup := d.inForce.Load()
	u, err := url.Parse(address)
	if err == nil && slices.ContainsFunc(setup.Feeds, func(f monitor.Feed) bool {
		of, err := url.Parse(f.URL)
		return err == nil && of.Scheme == u.Scheme && of.Host == u.Host
	}) {
		return setup.FeedPages
	}
	return setup.Pages
}

// mostVerdicts is how many rules that fire are told of with their reasons.
const mostVerdicts = 5

// verdicts tells which rules fire on an article and why, or which came nearest.
func (d *desk) verdicts(article *rules.Article) monitor.Answer {
	setup := d.inForce.Load()
	matches := rules.InForce(setup.Engine.Match(article), d.now())
	title := shorten(article.Title, 120)
	if title == "" {
		title = "the text"
	}
	if len(matches) == 0 {
		a := monitor.Answer{Head: "No rule fires on “" + title + "”"}
		a.Lines = d.nearest(article)
		return a
	}
	a := monitor.Answer{Head: count(len(matches), "rule fires", "rules fire") + " on “" + title + "”"}
	for _, m := range matches[:min(mostVerdicts, len(matches))] {
		x, _ := setup.Engine.Explain(m.Rule.ID, article)
		head := monitor.Verdicts(x)
		a.Lines = append(a.Lines, monitor.Line{Text: head, Marks: [][2]int{{0, len("fires " + m.Rule.ID)}}})
		a.Lines = append(a.Lines, monitor.Reasons(x, article)...)
		a.Lines = append(a.Lines, monitor.Line{Text: fmt.Sprintf("to %s, %s severity", strings.Join(setup.Route(m.Rule), ", "), m.Rule.Severity)})
	}
	if more := len(matches) - mostVerdicts; more > 0 {
		a.More = more
	}
	return a
}

// nearest tells which rule came nearest to firing, and the clause that it
// lacks.
func (d *desk) nearest(article *rules.Article) []monitor.Line {
	x, ok := d.inForce.Load().Engine.Nearest(article)
	if !ok {
		return []monitor.Line{{Text: "no rule's terms are in it"}}
	}
	lead := "nearest " + x.Clause
	return append([]monitor.Line{{Text: lead + ": " + x.Why, Marks: [][2]int{{len("nearest "), len(lead)}}}}, monitor.Reasons(x, article)...)
}
