package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/rules"
)

// missed tells why an article did not alert, or where it did: as far as it came
// from its feed to Slack.
func (d *desk) missed(ctx context.Context, c monitor.Command) (monitor.Answer, error) {
	address := c.Address()
	if address == "" {
		return monitor.Answer{Head: "missed takes an article's address", Lines: []monitor.Line{{Text: "/newswatch missed https://example.org/article", Code: true}}}, nil
	}
	kept, err := d.store.At(ctx, address)
	if err != nil {
		return monitor.Answer{}, err
	}
	if len(kept) == 0 {
		return d.unseen(ctx, address)
	}
	return d.seen(ctx, &kept[0])
}

// seen tells what became of an article that a feed brought.
func (d *desk) seen(ctx context.Context, article *monitor.Article) (monitor.Answer, error) {
	messages, err := d.store.Track(ctx, store.Selection{Article: article.ID})
	if err != nil {
		return monitor.Answer{}, err
	}
	came := monitor.Line{Text: fmt.Sprintf("%s brought it: “%s”", article.Feed, shorten(article.Title, 120)), Time: article.FirstSeen}
	if len(messages) > 0 {
		a := monitor.Answer{Head: "It matched, and is not shown", Lines: []monitor.Line{came}}
		for _, m := range messages {
			line, shown := d.whereabouts(ctx, m)
			a.Lines = append(a.Lines, line)
			if shown {
				a.Head = "It was not missed"
			}
		}
		return a, nil
	}
	a := monitor.Answer{Head: "No rule fired on it", Lines: []monitor.Line{came}}
	if article.Baseline {
		a.Head = "It was there before newswatch"
		a.Lines = append(a.Lines, monitor.Line{Text: "It stood in the feed at the first look and was older than first_run lets alert."})
	}
	return d.whatFires(a, article.ForRules(), article.Title != "" && article.Body == ""), nil
}

// whatFires adds which rules would fire by now, or which came nearest.
func (d *desk) whatFires(a monitor.Answer, article *rules.Article, titleOnly bool) monitor.Answer {
	if titleOnly {
		a.Lines = append(a.Lines, monitor.Line{Text: "By its title alone; its text is not kept, or the feed has none:"})
	}
	matches := rules.InForce(d.inForce.Load().Engine.Match(article), d.now())
	if len(matches) == 0 {
		a.Lines = append(a.Lines, d.nearest(article)...)
		return a
	}
	for _, m := range matches {
		x, _ := d.inForce.Load().Engine.Explain(m.Rule.ID, article)
		a.Lines = append(a.Lines, monitor.Line{Text: "it would fire now: " + strings.TrimPrefix(monitor.Verdicts(x), "fires ")})
	}
	return a
}

// whereabouts says where a message stands, and whether people see it.
func (d *desk) whereabouts(ctx context.Context, m store.Tracked) (monitor.Line, bool) {
	line := monitor.Line{Text: fmt.Sprintf("rule %s to %s: %s", m.Rule, m.Channel, m.State), Time: m.Created}
	shown := m
	if m.State == monitor.Folded {
		folds, err := d.store.Track(ctx, store.Selection{IDs: []int64{m.FoldedInto}})
		if err == nil && len(folds) == 1 {
			shown = folds[0]
			line.Text += fmt.Sprintf(", with others in a %s that is %s", shown.Kind, shown.State)
		}
	} else if why := whyOf(m, d.now()); why != "" {
		line.Text += ", " + shorten(why, 160)
	}
	if m.Kind == monitor.KindReply {
		line.Text += ", in its story's thread"
	}
	if shown.State != monitor.Sent {
		return line, false
	}
	if linker, ok := d.inForce.Load().Notifier.(interface {
		Permalink(ctx context.Context, channel, ts string) string
	}); ok {
		line.URL = linker.Permalink(ctx, shown.Channel, shown.TS)
	}
	return line, true
}

// unseen tells why an article is not known: whether its outlet is watched, how
// that feed is, and what would fire on the page.
func (d *desk) unseen(ctx context.Context, address string) (monitor.Answer, error) {
	states, err := d.states(ctx)
	if err != nil {
		return monitor.Answer{}, err
	}
	a := monitor.Answer{Head: "No feed brought it"}
	host, now := hostOf(address), d.now()
	for _, feed := range d.inForce.Load().Feeds {
		if outletOf(host) != "" && outletOf(hostOf(feed.URL)) == outletOf(host) {
			a.Lines = append(a.Lines, feedLine(feed, states[feed.Key()], now)...)
		}
	}
	if len(a.Lines) == 0 {
		a.Lines = []monitor.Line{{Text: "No feed of " + shorten(host, 80) + " is watched."}}
	}
	article, refusal := d.given(ctx, monitor.Command{Arg: address})
	if refusal != "" {
		a.Lines = append(a.Lines, monitor.Line{Text: refusal})
		return a, nil
	}
	a.Lines = append(a.Lines, monitor.Line{Text: "The page is “" + shorten(article.Title, 120) + "”:"})
	return d.whatFires(a, article, false), nil
}

// feedLine says whether a feed could have brought an article by now.
func feedLine(feed monitor.Feed, state monitor.FeedState, now time.Time) []monitor.Line {
	name := [][2]int{{0, len(feed.Name)}}
	switch diagnosis := state.Diagnose(now); {
	case state.LastPoll.IsZero():
		return []monitor.Line{{Text: feed.Name + " was not polled yet.", Marks: name}}
	case state.LastOK.IsZero():
		return []monitor.Line{{Text: feed.Name + " could not be read yet: " + advice(diagnosis), Marks: name}}
	case diagnosis.Ill():
		return []monitor.Line{{Text: feed.Name + ": " + advice(diagnosis) + "; last read", Marks: name, Time: state.LastOK}}
	case state.Gaps > 0:
		return []monitor.Line{{Text: fmt.Sprintf("%s did not have it; articles came and went between two polls %d times; last read", feed.Name, state.Gaps), Marks: name, Time: state.LastOK}}
	default:
		return []monitor.Line{{Text: feed.Name + " did not have it when it was last read,", Marks: name, Time: state.LastOK}}
	}
}

// outletOf is the domain that a host belongs to: that of an outlet, however many
// hosts it has.
func outletOf(host string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}

// hostOf is an address's host; "" when it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
