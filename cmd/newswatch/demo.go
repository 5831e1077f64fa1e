package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"newswatch"
	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/slack/slacktest"
	"newswatch/rules"
)

const (
	demoChannel = "#news-alerts"
	demoLimit   = 50 * time.Second // about twice what it takes
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
		encoder := json.NewEncoder(a.out)
		encoder.SetEscapeHTML(false)
		for _, o := range outcomes {
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

// A demo is everything on the stage.
type demo struct {
	folder  string // with the store; removed at the end
	stand   *newsstand
	outlets []*outlet
	samples []sample
	slack   *slacktest.Server
	bot     *bot
	screen  *screen
	stirred chan struct{} // a poll or a request to Slack has ended
}

// stage builds a demo; strike takes it down.
func (a *app) stage(ctx context.Context) (d *demo, err error) {
	d = &demo{stirred: make(chan struct{}, 1)}
	d.outlets, d.samples = demoSamples()
	defer func() {
		if err != nil {
			err = errors.Join(err, d.strike())
		}
	}()
	if d.folder, err = os.MkdirTemp("", "newswatch-demo-"); err != nil {
		return d, fmt.Errorf("make a folder for the store: %w", err)
	}
	if d.stand, err = openNewsstand(d.outlets); err != nil {
		return d, err
	}
	if d.slack, err = slacktest.New(slacktest.Options{}); err != nil {
		return d, err
	}
	cfg, err := d.configuration()
	if err != nil {
		return d, err
	}
	engine, err := shippedRules()
	if err != nil {
		return d, err
	}
	if d.bot, err = wire(ctx, cfg, wiring{rules: func() *rules.Engine { return engine }, log: a.loggerFrom(slog.LevelError), now: time.Now}); err != nil {
		return d, err
	}
	d.bot.worker.OnPoll = func(monitor.Feed, monitor.Result, time.Duration, error) { d.stir() }
	d.bot.worker.Deliverer.Observe = func(string) { d.stir() }
	out := a.out
	if a.json {
		out = io.Discard
	}
	d.screen = newScreen(out, engine, d.outlets)
	return d, nil
}

func (d *demo) stir() {
	select {
	case d.stirred <- struct{}{}:
	default:
	}
}

func (d *demo) strike() (err error) {
	if d.bot != nil {
		err = d.bot.close()
	}
	if d.slack != nil {
		err = errors.Join(err, d.slack.Close())
	}
	if d.stand != nil {
		err = errors.Join(err, d.stand.close())
	}
	return errors.Join(err, os.RemoveAll(d.folder))
}

// configuration is what an operator would write, for the outlets and the Slack
// of the demo.
func (d *demo) configuration() (*config.Config, error) {
	var text strings.Builder
	fmt.Fprintf(&text, "store: %q\ndefaults: {schedule: \"@every 1s\"}\nhttp: {listen: \"\"}\n", filepath.Join(d.folder, "newswatch.db"))
	fmt.Fprintf(&text, "network: {allow_private: [127.0.0.1/32]}\n")
	fmt.Fprintf(&text, "slack: {token: \"${SLACK_BOT_TOKEN}\", api_url: %q, channel: %q}\nfeeds:\n", d.slack.URL, demoChannel)
	for _, o := range d.outlets {
		fmt.Fprintf(&text, "  - {name: %q, url: %q, lang: %q}\n", o.name, d.stand.url+o.path, o.lang)
	}
	cfg, faults := config.Parse(filepath.Join(d.folder, defaultConfig), []byte(text.String()), func(string) (string, bool) {
		return slacktest.DefaultToken, true
	})
	if faults.Broken() {
		return nil, fmt.Errorf("configuration of the demo: %v", faults)
	}
	return cfg, nil
}

// shippedRules are the rules that are part of the program.
func shippedRules() (*rules.Engine, error) {
	names, err := fs.Glob(newswatch.Files, "rules/watch/*.yaml")
	if err != nil {
		return nil, err
	}
	var sources []rules.Source
	for _, name := range names {
		data, err := newswatch.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sources = append(sources, rules.Source{Name: name, Data: data})
	}
	engine, faults := rules.Load(sources)
	if engine == nil {
		return nil, fmt.Errorf("rules of this newswatch: %v", faults)
	}
	return engine, nil
}

// play starts the worker, publishes one sample after the other, each when the
// one before has had its effect, and stops the worker.
func (d *demo) play(ctx context.Context) ([]outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer cancel(nil)

	baseline := 0
	for ; d.samples[baseline].age > 0; baseline++ {
		d.stand.publish(d.samples[baseline], time.Now())
	}
	d.screen.begin(d.samples[:baseline])
	work.Go(func() { cancel(d.bot.worker.Run(ctx)) })

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
	return outcomes, nil
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
			d.screen.show(d.slack)
			settled, err := d.settled(ctx)
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
