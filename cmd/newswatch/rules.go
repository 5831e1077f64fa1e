package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/store"
	"newswatch/rules"
)

func (a *app) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List the rules in force and how often they alert",
		Long: `List the rules in force: where their alerts go, how often they alerted in the last 7
and 30 days, as far as the store still knows, and where each stands.

--json prints a line for each: id, name, severity, channels, state ("on", "off" or
"ended"), file, line, and, where there is a store, alerts_7d, alerts_30d and last_fired.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listRules(cmd.Context(), time.Now()) },
	}
}

func (a *app) listRules(ctx context.Context, now time.Time) error {
	cfg, err := a.configurationIfAny()
	if err != nil {
		return err
	}
	engine, err := a.engine(cfg)
	if err != nil {
		return err
	}
	records, err := a.ruleRecords(ctx, cfg, now)
	if err != nil {
		return err
	}
	if a.json {
		return a.printRules(engine.Rules(), cfg, records, now)
	}
	t := table{color: colored(a.out)}
	t.row("RULE", "SEVERITY", "CHANNEL", "STATE", "7 DAYS", "30 DAYS", "LAST FIRED", "WHERE")
	for _, r := range engine.Rules() {
		week, month, last := "-", "-", "-"
		if records != nil {
			record := recordOf(records, r)
			week, month, last = strconv.Itoa(record.Alerts[0]), strconv.Itoa(record.Alerts[1]), ago(record.Last, now)
		}
		t.row(r.ID, string(r.Severity), shorten(strings.Join(routesOf(r, cfg), ", "), 40), stateOf(r, now),
			week, month, last, fmt.Sprintf("%s:%d", r.File, r.Line))
	}
	return t.print(a.out)
}

// ruleRecords is how often the rules alerted in 7 and in 30 days; nil when
// there is no store.
func (a *app) ruleRecords(ctx context.Context, cfg *config.Config, now time.Time) (map[string]store.Record, error) {
	if cfg == nil {
		return nil, nil
	}
	kept, err := store.OpenReader(ctx, cfg.StorePath)
	if errors.Is(err, store.ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, storeFailure(err)
	}
	defer kept.Close()
	records, err := kept.Records(ctx, now.Add(-7*monitor.Day), now.Add(-30*monitor.Day))
	if err != nil {
		return nil, storeFailure(err)
	}
	return records, nil
}

func recordOf(records map[string]store.Record, r *rules.Rule) store.Record {
	if record, ok := records[r.ID]; ok {
		return record
	}
	return store.Record{Alerts: []int{0, 0}}
}

// routesOf is where a rule's alerts go.
func routesOf(r *rules.Rule, cfg *config.Config) []string {
	switch {
	case len(r.Channels) > 0:
		return r.Channels
	case cfg != nil && cfg.Slack != nil:
		return []string{cfg.Slack.Channel}
	default:
		return []string{monitor.TerminalChannel}
	}
}

func stateOf(r *rules.Rule, now time.Time) string {
	switch {
	case !r.Enabled:
		return "off"
	case r.Ended(now):
		return "ended"
	default:
		return "on"
	}
}

func (a *app) printRules(all []*rules.Rule, cfg *config.Config, records map[string]store.Record, now time.Time) error {
	type line struct {
		ID       string         `json:"id"`
		Name     string         `json:"name"`
		Severity rules.Severity `json:"severity"`
		Channels []string       `json:"channels"`
		State    string         `json:"state"`
		File     string         `json:"file"`
		Line     int            `json:"line"`
		Week     *int           `json:"alerts_7d,omitempty"`
		Month    *int           `json:"alerts_30d,omitempty"`
		Last     time.Time      `json:"last_fired,omitzero"`
	}
	encoder := jsonLines(a.out)
	for _, r := range all {
		l := line{ID: r.ID, Name: r.Name, Severity: r.Severity, Channels: routesOf(r, cfg), State: stateOf(r, now), File: r.File, Line: r.Line}
		if records != nil {
			record := recordOf(records, r)
			l.Week, l.Month, l.Last = &record.Alerts[0], &record.Alerts[1], record.Last
		}
		if err := encoder.Encode(l); err != nil {
			return err
		}
	}
	return nil
}
