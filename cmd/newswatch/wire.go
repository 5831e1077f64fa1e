package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/feed"
	"newswatch/monitor/slack"
	"newswatch/monitor/store"
	"newswatch/monitor/story"
	"newswatch/rules"
)

// A bot is a worker with everything it works with.
type bot struct {
	cfg      *config.Config
	store    *store.Store
	reader   *feed.Reader
	worker   *monitor.Worker
	metrics  *metrics
	log      *slog.Logger
	terminal bool
}

// wiring is what a bot is made of beside its configuration.
type wiring struct {
	rules    func() *rules.Engine // those in force
	terminal bool                 // draw alerts rather than post them
	out      io.Writer            // where they are drawn
	log      *slog.Logger
	now      func() time.Time
}

// wire builds a bot: the store is opened and locked, nothing is started.
func wire(ctx context.Context, cfg *config.Config, w wiring) (*bot, error) {
	kept, err := store.Open(ctx, cfg.StorePath)
	if err != nil {
		return nil, storeFailure(err)
	}
	if taken, err := kept.Restored(ctx); err != nil {
		return nil, errors.Join(storeFailure(err), kept.Close())
	} else if !taken.IsZero() {
		w.log.Info("the store is a backup: what may have been sent since is looked for before it is sent", "taken", taken)
	}
	b := &bot{cfg: cfg, store: kept, metrics: newMetrics(kept), log: w.log, terminal: w.terminal}
	b.reader = feed.NewReader(feed.Options{
		AllowPrivate: cfg.AllowPrivate, Proxy: cfg.Proxy, UserAgent: cfg.UserAgent, Now: w.now,
	})
	deliverer := b.deliverer(w)
	b.worker = &monitor.Worker{
		Name: workerName(), Feeds: cfg.Feeds, Book: kept, Retention: cfg.Retention, Deliverer: deliverer,
		Poller: &monitor.Poller{
			Reader: b.reader, Archive: kept, Now: w.now, Window: cfg.StoryWindow, Route: b.route(), Digest: cfg.Digest, Zone: cfg.Zone,
			Engine: w.rules,
			Grouper: func() monitor.Grouper {
				return story.NewIndex(story.Options{Window: cfg.StoryWindow, Recall: cfg.Retention})
			},
		},
		Now: w.now, Log: w.log, OnPoll: b.metrics.polled, OnTick: b.metrics.tick,
	}
	if !cfg.Heartbeat.Empty() {
		b.worker.Beat = heartbeat(cfg.Heartbeat)
	}
	return b, nil
}

func (b *bot) deliverer(w wiring) *monitor.Deliverer {
	d := &monitor.Deliverer{
		Outbox: b.store, Worker: workerName(), Terminal: w.terminal, Now: w.now, Log: w.log,
		Observe: b.metrics.sent, FoldAbove: config.DefaultFoldAbove, Fits: slack.FoldSize,
	}
	if w.terminal {
		d.Notifier = slack.NewTerminal(w.out, drawOptions(w.out, b.cfg.Zone))
		return d
	}
	s := b.cfg.Slack
	d.Notifier = newSender(s)
	d.FoldAbove, d.Hold = s.FoldAbove, s.Unconfirmed == config.Hold
	d.Ops = &monitor.Ops{Channel: s.OpsChannel, Notices: b.store, Now: w.now}
	return d
}

func newSender(s *config.Slack) *slack.Sender {
	return slack.New(slack.Options{Token: s.Token, APIURL: s.APIURL})
}

// route says where a rule's alerts go.
func (b *bot) route() func(*rules.Rule) []string {
	return func(r *rules.Rule) []string {
		switch {
		case b.terminal:
			return []string{monitor.TerminalChannel}
		case len(r.Channels) > 0:
			return r.Channels
		default:
			return []string{b.cfg.Slack.Channel}
		}
	}
}

// workerName tells this process from others in leases.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	return fmt.Sprintf("%s-%d", host, os.Getpid())
}

func (b *bot) close() error {
	b.reader.Close()
	return b.store.Close()
}

// storeFailure gives a store's error its exit code.
func storeFailure(err error) error {
	var damaged *store.Damaged
	switch {
	case errors.As(err, &damaged):
		return &failure{code: exitStore, err: err, hint: "put a backup in its place: " + store.RestoreCommand(damaged.Path, "BACKUP")}
	case errors.Is(err, store.ErrLocked):
		return &failure{code: exitLocked, err: err, hint: "stop the other one, or give this one a store of its own"}
	case errors.Is(err, store.ErrNewer):
		return &failure{code: exitNewer, err: err, hint: "run the newer newswatch, or restore a backup made before it"}
	case errors.Is(err, store.ErrMissing):
		return &failure{code: exitStore, err: err, hint: "newswatch run makes it"}
	default:
		return &failure{code: exitStore, err: err, hint: "check the file, its folder and the disk"}
	}
}
