package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/slack"
	"newswatch/monitor/store"
	"newswatch/rules"
)

// A bot is a worker with everything it works with.
type bot struct {
	wiring
	cfg     *config.Config
	inForce atomic.Pointer[monitor.Setup]
	store   *store.Store
	worker  *monitor.Worker
	metrics *metrics

	storeIll atomic.Bool // whether /readyz has logged that the store takes no writes
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
	w.now = kept.Clock(w.now)
	b := &bot{wiring: w, store: kept}
	b.metrics = newMetrics(kept, &b.inForce)
	b.inForce.Store(b.setup(cfg, w.rules))
	b.cfg = cfg
	name := workerName()
	deliverer := &monitor.Deliverer{
		Outbox: kept, InForce: &b.inForce, Worker: name, Terminal: w.terminal, Now: w.now, Log: w.log,
		Observe: b.metrics.sent, Fits: slack.FoldSize, FitsDigest: slack.DigestFits, Remedy: strongest,
	}
	b.worker = &monitor.Worker{
		Name: name, Shared: kept.Shared(), InForce: &b.inForce, Book: kept, Deliverer: deliverer,
		Poller: &monitor.Poller{InForce: &b.inForce, Archive: kept, Now: w.now},
		Now:    w.now, Log: w.log, OnPoll: b.metrics.polled, OnTick: b.metrics.tick,
	}
	return b, nil
}

// workerName tells this process from others in leases, from one before it in the
// same container too.
func workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), strings.ToLower(rand.Text()[:6]))
}

func (b *bot) close() error {
	letGo(b.inForce.Load(), &monitor.Setup{})
	return b.store.Close()
}

// storeFailure gives a store's error its exit code.
func storeFailure(err error) error {
	var damaged *store.Damaged
	var address *store.AddressError
	remedy, ofServer := store.Remedy(err)
	switch {
	case errors.As(err, &address):
		return &failure{code: exitUsage, err: err, hint: address.Hint}
	case ofServer:
		return &failure{code: exitStore, err: err, hint: remedy}
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
