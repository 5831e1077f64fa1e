package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/config"
)

// stopWithin is how long a stop may take before the process ends itself; what
// is then under way is found again at the next start.
const stopWithin = 9500 * time.Millisecond

// stopping is what the log says once a stop was asked for.
const stopping = "stopping"

func (a *app) runCommand() *cobra.Command {
	var once, terminal bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Poll the feeds and alert, until told to stop",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.work(cmd.Context(), once, terminal)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "poll every feed once, send what comes of it, and end")
	cmd.Flags().BoolVar(&terminal, "terminal", false, "draw alerts here instead of posting them to Slack")
	return cmd
}

func (a *app) work(ctx context.Context, once, terminal bool) error {
	heap, leave := context.WithCancel(ctx)
	var tending sync.WaitGroup
	tending.Go(func() { tendHeap(heap) })
	defer tending.Wait()
	defer leave()
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP) // else it would end the program
	defer signal.Stop(hangup)
	cfg, err := a.configuration()
	if err != nil {
		return err
	}
	for _, warning := range a.warnings {
		fmt.Fprintln(a.err, warning)
	}
	if terminal, err = a.destination(cfg, terminal); err != nil {
		return err
	}
	rulesDir, err := a.rulesPath(cfg)
	if err != nil {
		return err
	}
	engine, sources, err := a.engineIn(rulesDir)
	if err != nil {
		return err
	}
	for _, fault := range engine.CheckExamples() { // told, but no reason not to watch
		fault.Warning = true
		fmt.Fprintln(a.err, fault)
	}
	b, err := wire(ctx, cfg, wiring{rules: engine, terminal: terminal, out: a.out, log: a.logger(), now: time.Now})
	if err != nil {
		return err
	}
	if err := b.store.EndAll(ctx, "edit "); err != nil { // what is in force is what the files say
		return errors.Join(storeFailure(err), b.close())
	}
	if a.wired != nil {
		a.wired(b)
	}
	context.AfterFunc(ctx, func() {
		b.log.Info(stopping, "limit", stopWithin.String())
		time.AfterFunc(stopWithin, func() {
			b.log.Error("stopping takes too long; ending now", "limit", stopWithin)
			os.Exit(exitFailed)
		})
	})
	if once {
		err = b.once(ctx)
	} else {
		err = b.run(ctx, a.reloader(b, sources, hangup))
	}
	return errors.Join(err, b.close())
}

// destination says whether alerts are drawn here: because that was asked, or
// because the configuration has no Slack.
func (a *app) destination(cfg *config.Config, terminal bool) (bool, error) {
	if terminal || cfg.Slack == nil {
		return true, nil
	}
	if len(cfg.Slack.Missing) > 0 {
		fmt.Fprintln(a.err, cfg.Slack.Missing)
		return false, &failure{code: exitSlack, err: errors.New("the Slack token is missing"), told: true}
	}
	return false, nil
}

// run works until ctx is done, with rules and configuration as they are edited.
func (b *bot) run(ctx context.Context, edits *reloader) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b.metrics.watch(b.worker.Deliverer)
	var server *server
	if b.cfg.Listen != "" {
		var err error
		if server, err = b.listen(b.cfg.Listen); err != nil {
			return err
		}
	}
	edits.door.broken = cancel
	edits.door.open(ctx, server)
	edits.ear.open(ctx, b.cfg)
	var following sync.WaitGroup
	following.Go(func() { edits.watch(ctx) })
	following.Go(func() { edits.teller.run(ctx) })
	b.log.Info("watching", "feeds", len(b.cfg.Feeds), "rules", len(b.rules.Rules()), "zone", b.cfg.Zone.String(),
		"alerts", b.alertsGo(), "listen", b.cfg.Listen)
	err := b.worker.Run(ctx)
	cancel()
	following.Wait()
	edits.ear.hearing.Wait()
	err = errors.Join(err, edits.door.wait())
	b.log.Info("stopped")
	if err != nil {
		return &failure{code: exitStore, err: err}
	}
	return nil
}

func (b *bot) alertsGo() string {
	if b.terminal {
		return "here"
	}
	return b.cfg.Slack.Channel
}

// once polls everything once.
func (b *bot) once(ctx context.Context) error {
	round, err := b.worker.Once(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return &failure{code: exitFailed, err: errors.New("stopped before all was done; the next run goes on from here")}
		}
		return &failure{code: exitStore, err: err}
	}
	b.log.Info("done", "feeds", round.Feeds, "unread", round.Failed, "new", round.New, "matched", round.Matched, "undelivered", round.Left, "given_up", round.GivenUp)
	switch {
	case round.Left > 0:
		return &failure{code: exitFailed, err: fmt.Errorf("%s not delivered yet", count(round.Left, "message is", "messages are")),
			hint: "they are kept; newswatch alerts says why they wait"}
	case round.GivenUp > 0: // nobody saw them, and no later run will send them
		return &failure{code: exitFailed, err: fmt.Errorf("%s refused by Slack for good", count(round.GivenUp, "message was", "messages were")),
			hint: "newswatch alerts --state dead says why; newswatch alerts retry ID sends one again"}
	case round.Failed > 0:
		return &failure{code: exitFailed, err: fmt.Errorf("%d of %d feeds could not be read", round.Failed, round.Feeds),
			hint: "newswatch feeds lists them with the reason"}
	}
	return nil
}
