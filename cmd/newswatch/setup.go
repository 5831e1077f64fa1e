package main

import (
	"net/url"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/feed"
	"newswatch/monitor/slack"
	"newswatch/monitor/story"
	"newswatch/rules"
)

// setup is what the configuration and the rules come to. Of the setup in force it
// takes over what has not changed, and so its connections.
func (b *bot) setup(cfg *config.Config, engine *rules.Engine) *monitor.Setup {
	s := &monitor.Setup{
		Feeds: cfg.Feeds, Zone: cfg.Zone, Retention: cfg.Retention,
		Engine: engine, Route: b.route(cfg), Digest: cfg.Digest, Quiet: cfg.Quiet, Window: cfg.StoryWindow,
		Grouper: func() monitor.Grouper {
			return story.NewIndex(story.Options{Window: cfg.StoryWindow, Recall: cfg.Retention})
		},
		FoldAbove: config.DefaultFoldAbove,
	}
	was, before := b.cfg, b.inForce.Load()
	if before == nil {
		was, before = &config.Config{}, &monitor.Setup{}
	}
	if s.Reader = before.Reader; s.Reader == nil || !sameNetwork(was, cfg) {
		s.Reader = feed.NewReader(feed.Options{
			AllowPrivate: cfg.AllowPrivate, Proxy: cfg.Proxy, UserAgent: cfg.UserAgent, Now: b.now,
		})
	}
	if s.Pages = before.Pages; s.Pages == nil || !sameNetwork(was, cfg) {
		s.Pages = feed.NewReader(feed.Options{Proxy: cfg.Proxy, UserAgent: cfg.UserAgent, Now: b.now})
	}
	if s.FeedPages = before.FeedPages; s.FeedPages == nil || !sameNetwork(was, cfg) {
		s.FeedPages = feed.NewReader(feed.Options{
			AllowPrivate: cfg.AllowPrivate, Proxy: cfg.Proxy, UserAgent: cfg.UserAgent, Now: b.now,
		})
	}
	if s.Beat = before.Beat; was.Heartbeat != cfg.Heartbeat {
		s.Beat = heartbeat(cfg.Heartbeat)
	}
	if b.terminal {
		if s.Notifier = before.Notifier; s.Notifier == nil || was.Zone.String() != cfg.Zone.String() {
			s.Notifier = slack.NewTerminal(b.out, drawOptions(b.out, cfg.Zone))
		}
		return s
	}
	if s.Notifier = before.Notifier; s.Notifier == nil || !sameSender(was.Slack, cfg.Slack) {
		s.Notifier = newSender(cfg.Slack, b.now)
	}
	s.FoldAbove, s.Hold, s.Operators = cfg.Slack.FoldAbove, cfg.Slack.Unconfirmed == config.Hold, cfg.Slack.Operators
	s.Ops = &monitor.Ops{Channel: cfg.Slack.OpsChannel, Notices: b.store, Now: b.now}
	return s
}

func sameNetwork(a, b *config.Config) bool {
	return slices.Equal(a.AllowPrivate, b.AllowPrivate) && a.UserAgent == b.UserAgent && whole(a.Proxy) == whole(b.Proxy)
}

func sameSender(a, b *config.Slack) bool {
	return a.Token == b.Token && a.APIURL == b.APIURL && a.AppToken.Empty() == b.AppToken.Empty()
}

func whole(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.String()
}

// keepWhatStays takes out of a configuration what only a start can change: the
// store, and whether alerts go to Slack at all.
func (b *bot) keepWhatStays(cfg *config.Config) {
	cfg.StorePath = b.cfg.StorePath
	if b.terminal || cfg.Slack == nil {
		cfg.Slack = b.cfg.Slack
	}
}

// letGo ends the connections of what a setup has and the next has not. What is
// under way goes on.
func letGo(before, next *monitor.Setup) {
	for _, part := range []struct{ had, has any }{{before.Reader, next.Reader}, {before.Pages, next.Pages}, {before.FeedPages, next.FeedPages}, {before.Notifier, next.Notifier}} {
		if closer, ok := part.had.(interface{ Close() }); ok && part.had != part.has {
			closer.Close()
		}
	}
}

func newSender(s *config.Slack, now func() time.Time) *slack.Sender {
	return slack.New(slack.Options{Token: s.Token, APIURL: s.APIURL, Now: now, Buttons: !s.AppToken.Empty()})
}

// route says where a rule's alerts go.
func (b *bot) route(cfg *config.Config) func(*rules.Rule) []string {
	return func(r *rules.Rule) []string {
		switch {
		case b.terminal:
			return []string{monitor.TerminalChannel}
		case len(r.Channels) > 0:
			return r.Channels
		default:
			return []string{cfg.Slack.Channel}
		}
	}
}
