package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/slack/slacktest"
)

const (
	demoLimit = 50 * time.Second // more than twice what it takes
	// settledFor is how long the outbox must have nothing to do to count as
	// settled: longer than any pace or Retry-After here, shorter than the wait
	// for work that is not part of showing a message.
	settledFor = 15 * time.Second
)

func (a *app) demoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Watch it work: sample feeds and a stand-in for Slack, on this machine only",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context()) },
	}
}

// demo runs the real worker against outlets and a Slack of its own and shows
// what comes of it. It is a test as well: anything but what should come of the
// samples is an error.
func (a *app) demo(ctx context.Context) (err error) {
	// A closed terminal or pipe ends the demo like an interrupt: nothing is left behind.
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGPIPE)
	defer stop()
	ctx, cancel := context.WithTimeoutCause(ctx, demoLimit, fmt.Errorf("not done within %s", demoLimit))
	defer cancel()
	d, err := a.stage(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.strike()) }()

	outcomes, err := d.play(ctx)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &failure{code: exitFailed, err: errors.New("the demo was stopped before its end; nothing is left behind")}
	case err != nil:
		return &failure{code: exitFailed, err: fmt.Errorf("demo: %w", err)}
	}
	if a.json {
		encoder := jsonLines(a.out)
		for _, o := range outcomes {
			if o.sample == d.muted { // it shows the desk
				continue
			}
			if err := encoder.Encode(o); err != nil {
				return err
			}
		}
	}
	faults := append(differences(outcomes, d.slack.Messages(demoChannel)), d.slack.Violations()...)
	d.screen.end(outcomes, len(faults) == 0)
	if len(faults) > 0 {
		return &failure{code: exitFailed, err: fmt.Errorf("the demo did not go as it should:\n  %s", strings.Join(faults, "\n  "))}
	}
	return nil
}

// play starts the worker, publishes one sample after the other, each when the
// one before has had its effect, has a person act on an alert, and stops the
// worker.
func (d *demo) play(ctx context.Context) ([]outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var work sync.WaitGroup
	desk := &ear{bot: d.bot}
	defer work.Wait()
	defer desk.hearing.Wait()
	defer cancel(nil)

	baseline := 0
	for ; d.samples[baseline].age > 0; baseline++ {
		d.stand.publish(d.samples[baseline], time.Now())
	}
	d.screen.begin(d.samples[:baseline])
	work.Go(func() { cancel(d.bot.worker.Run(ctx)) })
	desk.open(ctx, d.bot.cfg)

	var outcomes []outcome
	at := map[string]int{} // of an item's outcome, by its id
	for i, s := range d.samples {
		if i >= baseline {
			if s.busy {
				d.slack.Fail("chat.postMessage", slacktest.RateLimited("1"))
			}
			d.stand.publish(s, time.Now())
		}
		place, edit := at[s.id]
		o, err := d.await(ctx, s, edit)
		if err != nil {
			return nil, fmt.Errorf("%q of %s: %w", s.title, s.outlet.name, err)
		}
		if edit {
			outcomes[place] = o
		} else {
			at[s.id] = len(outcomes)
			outcomes = append(outcomes, o)
		}
	}
	i := slices.IndexFunc(outcomes, func(o outcome) bool { return slices.Contains(o.Rules, d.muted.rule) && d.shown(o).TS != "" })
	if i < 0 { // what differs from the samples tells of it
		return outcomes, nil
	}
	muted, err := d.sitDown(ctx, outcomes[i])
	return append(outcomes, muted), err
}

// await shows what comes of a sample, until Slack has all that there is to say.
func (d *demo) await(ctx context.Context, s sample, edit bool) (outcome, error) {
	for shown := false; ; {
		o, kept, err := d.outcome(ctx, s)
		if err != nil {
			return o, err
		}
		if kept && !shown {
			d.screen.item(o, edit)
			shown = true
		}
		if kept {
			settled, err := d.settled(ctx)
			d.screen.show(d.slack) // what settled it too
			if settled || err != nil {
				return o, err
			}
		}
		select {
		case <-d.stirred:
		case <-ctx.Done():
			return o, context.Cause(ctx)
		}
	}
}

// settled says whether Slack has all that there is to say for now.
func (d *demo) settled(ctx context.Context) (bool, error) {
	due, err := d.bot.store.Due(ctx)
	for _, at := range due {
		if time.Until(at) < settledFor {
			return false, err
		}
	}
	return true, err
}
