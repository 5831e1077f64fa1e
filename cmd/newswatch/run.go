package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/config"
	"newswatch/rules"
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
	inForce, err := a.rulesInForce(cfg)
	if err != nil {
		return err
	}
	for _, fault := range inForce.current().CheckExamples() { // told, but no reason not to watch
		fault.Warning = true
		fmt.Fprintln(a.err, fault)
	}
	b, err := wire(ctx, cfg, wiring{rules: inForce.current(), terminal: terminal, out: a.out, log: a.logger(), now: time.Now})
	if err != nil {
		return err
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
		err = b.run(ctx, inForce)
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

// run works until ctx is done, with the rules as they are edited.
func (b *bot) run(ctx context.Context, inForce *rulesInForce) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	served := make(chan error, 1)
	var serving sync.WaitGroup
	if b.cfg.Listen != "" {
		b.metrics.watch(b.worker.Deliverer)
		server, err := b.listen()
		if err != nil {
			return err
		}
		serving.Go(func() {
			served <- server.serve(ctx)
			cancel()
		})
	}
	inForce.faulty = func(fault error) {
		err := b.inForce.Load().Ops.Event(ctx, "rules "+fault.Error(), "An edit of the rules is not in force, those before it stay: "+fault.Error())
		if err != nil {
			b.log.Error("ops channel not told of the rules", "error", err)
		}
	}
	inForce.apply = func(engine *rules.Engine) error {
		next := *b.inForce.Load()
		next.Engine = engine
		return b.worker.Adopt(ctx, &next)
	}
	serving.Go(func() { inForce.watch(ctx) })
	b.log.Info("watching", "feeds", len(b.cfg.Feeds), "rules", len(inForce.current().Rules()), "zone", b.cfg.Zone.String(),
		"alerts", b.alertsGo(), "listen", b.cfg.Listen)
	err := b.worker.Run(ctx)
	cancel()
	serving.Wait()
	select {
	case serveErr := <-served:
		err = errors.Join(err, serveErr)
	default:
	}
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
	b.log.Info("done", "feeds", round.Feeds, "unread", round.Failed, "new", round.New, "matched", round.Matched, "undelivered", round.Left)
	switch {
	case round.Left > 0:
		return &failure{code: exitFailed, err: fmt.Errorf("%s not delivered yet", count(round.Left, "message is", "messages are")),
			hint: "they are kept; newswatch alerts says why they wait"}
	case round.Failed > 0:
		return &failure{code: exitFailed, err: fmt.Errorf("%d of %d feeds could not be read", round.Failed, round.Feeds),
			hint: "newswatch feeds lists them with the reason"}
	}
	return nil
}
