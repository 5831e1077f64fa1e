package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/config"
	"newswatch/monitor/slack"
	"newswatch/rules"
)

func (a *app) slackCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "slack",
		Short: "Set up and check the connection to Slack",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var post bool
	check := &cobra.Command{
		Use:   "check",
		Short: "Check token, scopes and channels",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.checkSlack(cmd.Context(), post) },
	}
	check.Flags().BoolVar(&post, "post", false, "post a message, read it back, delete it, and say which markers survive")
	manifest := &cobra.Command{
		Use:   "manifest",
		Short: "Print the Slack app's manifest, to paste into Slack",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(a.out, slack.Manifest)
			return err
		},
	}
	group.AddCommand(check, manifest)
	return group
}

func (a *app) checkSlack(ctx context.Context, post bool) error {
	cfg, err := a.configuration()
	if err != nil {
		return err
	}
	if cfg.Slack == nil {
		return &failure{code: exitSlack, err: errors.New("the configuration has no slack section"),
			hint: "newswatch slack manifest prints the app to create; README tells the steps"}
	}
	if _, err := a.destination(cfg, false); err != nil {
		return err
	}
	engine, err := a.engine(cfg)
	if err != nil {
		return err
	}
	report, err := newSender(cfg.Slack, time.Now).Check(ctx, channelsOf(cfg, engine), post)
	if err == nil && !cfg.Slack.AppToken.Empty() {
		err = newSocket(cfg.Slack, slack.SocketOptions{}).Check(ctx, report)
	}
	if err != nil {
		return &failure{code: exitSlack, err: err}
	}
	if a.json {
		err = json.NewEncoder(a.out).Encode(report)
	} else {
		_, err = fmt.Fprint(a.out, report)
	}
	if err == nil && !report.OK() {
		return &failure{code: exitSlack, err: errors.New("faults found"), told: true}
	}
	return err
}

// channelsOf lists the channels that messages may go to, each once.
func channelsOf(cfg *config.Config, engine *rules.Engine) []string {
	seen := map[string]bool{"": true}
	var channels []string
	add := func(names ...string) {
		for _, name := range names {
			if !seen[name] {
				seen[name] = true
				channels = append(channels, name)
			}
		}
	}
	add(cfg.Slack.Channel, cfg.Slack.OpsChannel)
	for _, r := range engine.Rules() {
		add(r.Channels...)
	}
	return channels
}
