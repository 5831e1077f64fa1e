package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/rules"
)

// How far back an edit of the rules is tried when it comes into force, and for
// how long at most: it is a help, and no reason to be late.
const (
	triedBack = 7 * monitor.Day
	triedFor  = 20 * time.Second
)

var errTriedLong = errors.New("there are too many articles to try an edit on in time")

// A figure is how many alerts an edit makes and saves.
type figure struct{ more, less int }

func (f figure) String() string {
	switch {
	case f == figure{}:
		return "±0 alerts"
	case f.less == 0:
		return "+" + count(f.more, "alert", "alerts")
	case f.more == 0:
		return "−" + count(f.less, "alert", "alerts")
	}
	return fmt.Sprintf("+%d −%d alerts", f.more, f.less)
}

// figures tries an edit of the rules on what was kept lately, as backtest does.
// It is nil when there is nothing to try it on.
func (b *bot) figures(ctx context.Context, before, now *rules.Engine) (map[string]figure, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, triedFor, errTriedLong)
	defer cancel()
	from, err := pastOf(ctx, b.store, archiveOptions{since: lookback(triedBack)}, b.now())
	if err != nil || from.total == 0 {
		return nil, err
	}
	setup := b.inForce.Load()
	trial := &backtest{zone: setup.Zone, now: newTrial(now, setup.Window), before: newTrial(before, setup.Window)}
	if err := trial.run(ctx, from, nil); err != nil {
		return nil, err
	}
	trial.period.close(true, b.now())
	trial.replay()
	figures := make(map[string]figure)
	for id, n := range trial.now.unlike(trial.before) {
		figures[id] = figure{more: n}
	}
	for id, n := range trial.before.unlike(trial.now) {
		figures[id] = figure{more: figures[id].more, less: n}
	}
	return figures, nil
}

// unlike counts, by rule, the alerts with no report that the other trial tells of.
func (t *trial) unlike(other *trial) map[string]int {
	n := make(map[string]int)
	for _, alert := range t.alerts {
		known := false
		for _, report := range alert.reports {
			_, told := other.posted[posting{alert.rule.ID, report}]
			known = known || told
		}
		if !known {
			n[alert.rule.ID]++
		}
	}
	return n
}
