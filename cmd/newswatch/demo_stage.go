package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"newswatch"
	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/slack/slacktest"
	"newswatch/rules"
)

const demoChannel = "#news-alerts"

// A demo is everything on the stage.
type demo struct {
	folder  string // with the store; removed at the end
	stand   *newsstand
	outlets []*outlet
	samples []sample
	muted   sample // comes when its rule is muted
	slack   *slacktest.Server
	bot     *bot
	screen  *screen
	stirred chan struct{} // a poll or a request to Slack has ended
}

// stage builds a demo; strike takes it down.
func (a *app) stage(ctx context.Context) (d *demo, err error) {
	d = &demo{stirred: make(chan struct{}, 1)}
	d.outlets, d.samples, d.muted = demoSamples()
	defer func() {
		if err != nil {
			err = errors.Join(err, d.strike())
		}
	}()
	if d.folder, err = os.MkdirTemp("", "newswatch-demo-"); err != nil {
		return d, &failure{code: exitStore, err: fmt.Errorf("make a folder for the demo's store: %w", err), hint: "TMPDIR names another place for it"}
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
	if d.bot, err = wire(ctx, cfg, wiring{rules: engine, log: a.loggerFrom(slog.LevelError), now: time.Now}); err != nil {
		return d, err
	}
	d.bot.inForce.Load().Ops = nil // the channel is for the samples alone, at nine o'clock too
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
	fmt.Fprintf(&text, "slack: {token: \"${SLACK_BOT_TOKEN}\", app_token: \"${SLACK_APP_TOKEN}\", api_url: %q, channel: %q}\nfeeds:\n", d.slack.URL, demoChannel)
	for _, o := range d.outlets {
		fmt.Fprintf(&text, "  - {name: %q, url: %q, lang: %q}\n", o.name, d.stand.url+o.path, o.lang)
	}
	cfg, faults := config.Parse(filepath.Join(d.folder, defaultConfig), []byte(text.String()), func(name string) (string, bool) {
		token, ok := map[string]string{"SLACK_BOT_TOKEN": slacktest.DefaultToken, "SLACK_APP_TOKEN": slacktest.DefaultAppToken}[name]
		return token, ok
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
