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
		Short: "List the rules in force, how often they alert, and how well",
		Long: `List the rules in force: where their alerts go, how often they alerted in the last 7
and 30 days, as far as the store still knows, how much a mute kept back in 7, how many of the
alerts that people judged in Slack were relevant, and where each stands. Below, for rules with
alerts that were not, what to exclude: the terms that stand in most of those and in hardly any
of the others, as they go into the rule.

--json prints a line for each: id, name, severity, channels, state ("on", "off" or
"ended"), file, line, and, where there is a store, alerts_7d, alerts_30d, muted_7d, last_fired,
judged, relevant, and none: the terms to exclude.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listRules(cmd.Context(), time.Now()) },
	}
}

func (a *app) listRules(ctx context.Context, now time.Time) error {
	cfg, err := a.configurationIfAny()
	if err != nil {
		return err
	}
	if now = now.UTC(); cfg != nil {
		now = now.In(cfg.Zone)
	}
	engine, err := a.engine(cfg)
	if err != nil {
		return err
	}
	known, err := a.feedback(ctx, cfg, now)
	if err != nil {
		return err
	}
	if a.json {
		return a.printRules(engine, cfg, known, now)
	}
	t := table{color: colored(a.out)}
	t.row("RULE", "SEVERITY", "CHANNEL", "STATE", "7 DAYS", "30 DAYS", "MUTED", "PRECISION", "LAST FIRED", "WHERE")
	for _, r := range engine.Rules() {
		week, month, muted, last := "-", "-", "-", "-"
		if known.records != nil {
			record := known.record(r.ID)
			week, month, last = strconv.Itoa(record.Alerts[0]), strconv.Itoa(record.Alerts[1]), ago(record.Last, now)
			muted = strconv.Itoa(known.muted[r.ID])
		}
		t.row(r.ID, string(r.Severity), shorten(strings.Join(routesOf(r, cfg), ", "), 40), stateOf(r, now),
			week, month, muted, precisionText(known.precisions[r.ID]), last, fmt.Sprintf("%s:%d", r.File, r.Line))
	}
	if err := t.print(a.out); err != nil {
		return err
	}
	return a.printRemedies(engine, known)
}

// printRemedies shows what to exclude from rules.
func (a *app) printRemedies(engine *rules.Engine, known feedback) error {
	for _, r := range engine.Rules() {
		m, err := known.remedy(engine, r.ID)
		if err != nil {
			return err
		}
		if len(m.silencers) == 0 {
			continue
		}
		fmt.Fprintf(a.out, "\n%s: %s not relevant. To exclude most like them, put into the rule:\n", r.ID, count(m.wrong, "alert was", "alerts were"))
		if _, err := fmt.Fprint(a.out, m.yaml()); err != nil {
			return err
		}
	}
	return nil
}

// feedback is what the store knows of the rules; nothing when there is none.
func (a *app) feedback(ctx context.Context, cfg *config.Config, now time.Time) (feedback, error) {
	if cfg == nil {
		return feedback{}, nil
	}
	kept, err := store.OpenReader(ctx, cfg.StorePath)
	if errors.Is(err, store.ErrMissing) {
		return feedback{}, nil
	}
	if err != nil {
		return feedback{}, storeFailure(err)
	}
	defer kept.Close()
	known, err := feedbackOf(ctx, kept, now)
	if err != nil {
		return feedback{}, storeFailure(err)
	}
	return known, nil
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

func (a *app) printRules(engine *rules.Engine, cfg *config.Config, known feedback, now time.Time) error {
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
		Muted    *int           `json:"muted_7d,omitempty"`
		Last     time.Time      `json:"last_fired,omitzero"`
		Judged   *int           `json:"judged,omitempty"`
		Relevant *int           `json:"relevant,omitempty"`
		None     []string       `json:"none,omitempty"`
	}
	encoder := jsonLines(a.out)
	for _, r := range engine.Rules() {
		l := line{ID: r.ID, Name: r.Name, Severity: r.Severity, Channels: routesOf(r, cfg), State: stateOf(r, now), File: r.File, Line: r.Line}
		if known.records != nil {
			record, muted, precision := known.record(r.ID), known.muted[r.ID], known.precisions[r.ID]
			l.Week, l.Month, l.Last = &record.Alerts[0], &record.Alerts[1], record.Last
			l.Muted, l.Judged, l.Relevant = &muted, &precision.Judged, &precision.Relevant
			m, err := known.remedy(engine, r.ID)
			if err != nil {
				return err
			}
			for _, s := range m.silencers {
				l.None = append(l.None, s.Term)
			}
		}
		if err := encoder.Encode(l); err != nil {
			return err
		}
	}
	return nil
}
