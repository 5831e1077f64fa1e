package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
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
	wiring
	cfg     *config.Config
	inForce atomic.Pointer[monitor.Setup]
	store   *store.Store
	reader  *feed.Reader
	worker  *monitor.Worker
	metrics *metrics
}

// wiring is what a bot is made of beside its configuration.
type wiring struct {
	rules    *rules.Engine
	terminal bool      // draw alerts rather than post them
	out      io.Writer // where they are drawn
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
	b := &bot{wiring: w, cfg: cfg, store: kept, metrics: newMetrics(kept)}
	b.inForce.Store(b.setup(cfg, w.rules, nil))
	deliverer := &monitor.Deliverer{
		Outbox: kept, InForce: &b.inForce, Worker: workerName(), Terminal: w.terminal, Now: w.now, Log: w.log,
		Observe: b.metrics.sent, Fits: slack.FoldSize, FitsDigest: slack.DigestFits,
	}
	b.worker = &monitor.Worker{
		Name: workerName(), InForce: &b.inForce, Book: kept, Deliverer: deliverer,
		Poller: &monitor.Poller{InForce: &b.inForce, Archive: kept, Now: w.now},
		Now:    w.now, Log: w.log, OnPoll: b.metrics.polled, OnTick: b.metrics.tick,
	}
	return b, nil
}

// setup is what the configuration and the rules come to. It takes over from the
// setup before what has not changed.
func (b *bot) setup(cfg *config.Config, engine *rules.Engine, before *monitor.Setup) *monitor.Setup {
	s := &monitor.Setup{
		Feeds: cfg.Feeds, Zone: cfg.Zone, Retention: cfg.Retention,
		Engine: engine, Route: b.route(cfg), Digest: cfg.Digest, Quiet: cfg.Quiet, Window: cfg.StoryWindow,
		Grouper: func() monitor.Grouper {
			return story.NewIndex(story.Options{Window: cfg.StoryWindow, Recall: cfg.Retention})
		},
		FoldAbove: config.DefaultFoldAbove,
	}
	b.reader = feed.NewReader(feed.Options{
		AllowPrivate: cfg.AllowPrivate, Proxy: cfg.Proxy, UserAgent: cfg.UserAgent, Now: b.now,
	})
	s.Reader = b.reader
	if !cfg.Heartbeat.Empty() {
		s.Beat = heartbeat(cfg.Heartbeat)
	}
	if b.terminal {
		s.Notifier = slack.NewTerminal(b.out, drawOptions(b.out, cfg.Zone))
		return s
	}
	s.Notifier = newSender(cfg.Slack)
	s.FoldAbove, s.Hold = cfg.Slack.FoldAbove, cfg.Slack.Unconfirmed == config.Hold
	s.Ops = &monitor.Ops{Channel: cfg.Slack.OpsChannel, Notices: b.store, Now: b.now}
	return s
}

func newSender(s *config.Slack) *slack.Sender {
	return slack.New(slack.Options{Token: s.Token, APIURL: s.APIURL})
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
	var unreachable *store.Unreachable
	switch {
	case errors.As(err, &unreachable) && unreachable.Refused():
		return &failure{code: exitStore, err: err, hint: "create the database, and let the user in store in config.yaml connect to it and create tables"}
	case errors.As(err, &unreachable):
		return &failure{code: exitStore, err: err, hint: "check store in config.yaml, and that PostgreSQL runs and can be reached from here"}
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
