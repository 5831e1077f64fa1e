package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// An outcome is what became of a sample, as the store and Slack have it.
type outcome struct {
	Title  string   `json:"title"`
	Rules  []string `json:"rules"`
	Story  string   `json:"story"`
	Posted string   `json:"posted"`
	Why    string   `json:"why"`

	sample sample
	keys   []string // of the messages that tell of it
	reason string   // why it is muted
}

// outcome looks the sample up; kept is false until a poll has recorded it as it
// is published now.
func (d *demo) outcome(ctx context.Context, s sample) (o outcome, kept bool, err error) {
	i := slices.Index(d.outlets, s.outlet)
	sightings, err := d.bot.store.Sight(ctx, d.bot.cfg.Feeds[i].Key(), []monitor.Article{{GUID: s.id}})
	if err != nil {
		return o, false, fmt.Errorf("look up the item: %w", err)
	}
	article := sightings[0].Known
	if article == nil || article.Title != s.title {
		return o, false, nil
	}
	err = d.bot.store.Record(ctx, func(l monitor.Ledger) error {
		o = outcome{Title: article.Title, sample: s}
		return o.read(l, article)
	})
	if err != nil {
		return o, false, fmt.Errorf("read what became of it: %w", err)
	}
	o.Why = reasonFor(d.bot.inForce.Load().Engine, article, o.Rules)
	return o, true, nil
}

func (o *outcome) read(l monitor.Ledger, a *monitor.Article) error {
	matched, err := l.Alerted(a.ID)
	if err != nil {
		return err
	}
	o.Rules = append([]string{}, slices.Sorted(slices.Values(matched))...)
	report, reported, err := l.ReportOf(a.ID)
	if err != nil {
		return err
	}
	if reported {
		o.Story = "s" + strconv.FormatInt(report.StoryID, 10)
	}
	messages, err := l.Told(a.ID)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.State == monitor.Muted {
			o.Posted, o.reason = string(m.State), m.Reason
			continue
		}
		o.keys = append(o.keys, m.Key)
		if m.Kind == monitor.KindAlert || o.Posted == "" {
			o.Posted = string(m.Kind)
		}
	}
	return nil
}

// differences tells what is not as the samples say it should be, and which
// messages Slack does not have once.
func differences(outcomes []outcome, shown []slacktest.Posted) []string {
	var list []string
	times := map[string]int{}
	for _, p := range shown {
		times[p.Key()]++
	}
	for _, o := range outcomes {
		s := o.sample
		if o.Posted != s.posted || (s.rule != "") != (len(o.Rules) > 0) || s.rule != "" && !slices.Contains(o.Rules, s.rule) {
			list = append(list, fmt.Sprintf("%q: expected %s, got %s (%s)",
				o.Title, told(s.posted, s.rule), told(o.Posted, o.Rules...), o.Why))
		}
		for _, key := range o.keys {
			if n := times[key]; n != 1 {
				list = append(list, fmt.Sprintf("%q: Slack has its message %d times", o.Title, n))
			}
		}
	}
	return list
}

func told(posted string, ids ...string) string {
	if posted == "" {
		return "nothing"
	}
	return posted + " by " + strings.Join(ids, ", ")
}
