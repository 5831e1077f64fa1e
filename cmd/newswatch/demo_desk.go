package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// demoAnalyst is who clicks and types, as Slack names people.
const demoAnalyst = "U0ANA"

// sitDown has the analyst judge an alert and mute its rule, publishes the sample
// that the rule fires on, and has the analyst ask what is muted. It returns what
// came of the sample.
func (d *demo) sitDown(ctx context.Context, alert outcome) (o outcome, err error) {
	if err := d.slack.Until(ctx, func() bool { return d.slack.Sockets() > 0 }); err != nil {
		return o, fmt.Errorf("connect the buttons: %w", err)
	}
	click := func(act, value string) { d.slack.ClickOn(demoAnalyst, d.shown(alert), act, value) }
	edits := d.shown(alert).Edits()
	shows := func(more, answers int) func() bool {
		return func() bool {
			return d.shown(alert).Edits() == edits+more && len(d.slack.Ephemerals(demoAnalyst)) == answers
		}
	}
	d.screen.desk(alert)
	if err := d.act(ctx, "clicks [Not relevant]", func() { click(monitor.ActNotRelevant, "") }, shows(1, 0)); err != nil {
		return o, err
	}
	if err := d.act(ctx, "chooses [Mute this rule for 1 h]", func() { click(monitor.ActMute, monitor.MuteHour) }, shows(2, 1)); err != nil {
		return o, err
	}
	d.stand.publish(d.muted, time.Now())
	if o, err = d.await(ctx, d.muted, false); err != nil {
		return o, fmt.Errorf("%q of %s: %w", d.muted.title, d.muted.outlet.name, err)
	}
	return o, d.act(ctx, "types /newswatch mutes", func() { d.slack.Command(demoAnalyst, demoChannel, "mutes") }, shows(2, 2))
}

// act has the analyst do something, and shows what comes of it once all is there.
func (d *demo) act(ctx context.Context, does string, do func(), there func() bool) error {
	d.screen.event(demoAnalyst, does)
	do()
	if err := d.slack.Until(ctx, there); err != nil {
		return fmt.Errorf("%s %s: %w", demoAnalyst, does, err)
	}
	d.screen.show(d.slack)
	return nil
}

// shown is what Slack shows of an outcome now; the zero Posted: nothing.
func (d *demo) shown(o outcome) slacktest.Posted {
	for _, p := range d.slack.Messages(demoChannel) {
		if slices.Contains(o.keys, p.Key()) {
			return p
		}
	}
	return slacktest.Posted{}
}
