package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/store"
)

func (a *app) feedsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "feeds",
		Short: "List the feeds and how they are",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, states, err := a.feedStates(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				return a.printFeeds(cfg, states)
			}
			return a.tableFeeds(cfg, states)
		},
	}
}

// feedStates is what the store knows of the configured feeds, by key; nothing
// yet when there is no store.
func (a *app) feedStates(ctx context.Context) (*config.Config, map[string]monitor.FeedState, error) {
	cfg, kept, err := a.reading(ctx)
	if err != nil || kept == nil {
		return cfg, nil, err
	}
	defer kept.Close()
	list, err := kept.Feeds(ctx)
	if err != nil {
		return nil, nil, storeFailure(err)
	}
	states := make(map[string]monitor.FeedState)
	for _, state := range list {
		states[state.Key] = state
	}
	return cfg, states, nil
}

// reading opens the configured store to look into it; nil when there is none
// yet.
func (a *app) reading(ctx context.Context) (*config.Config, *store.Store, error) {
	cfg, err := a.configuration()
	if err != nil {
		return nil, nil, err
	}
	kept, err := store.OpenReader(ctx, cfg.StorePath)
	if errors.Is(err, store.ErrMissing) {
		return cfg, nil, nil
	}
	if err != nil {
		return nil, nil, storeFailure(err)
	}
	return cfg, kept, nil
}

func (a *app) tableFeeds(cfg *config.Config, states map[string]monitor.FeedState) error {
	now := time.Now()
	t := table{color: colored(a.out)}
	t.row("FEED", "STATE", "READ", "NEW", "A DAY", "GAPS", "SCHEDULE", "WHY, AND WHAT TO DO")
	for _, feed := range cfg.Feeds {
		state := states[feed.Key()]
		d := state.Diagnose(now)
		t.row(shorten(feed.Name, 32), string(d.Health), ago(state.LastOK, now), ago(state.LastNew, now),
			perDay(state.ItemsADay(now)), strconv.Itoa(state.Gaps), feed.Schedule.String(), shorten(advice(d), 160))
		switch {
		case d.Lost():
			t.tint("31")
		case d.Ill():
			t.tint("33")
		}
	}
	return t.print(a.out)
}

// perDay is a rate as a table shows it: "-" where there is none yet.
func perDay(rate float64) string {
	switch {
	case rate == 0:
		return "-"
	case rate < 10:
		return strconv.FormatFloat(rate, 'f', 1, 64)
	default:
		return strconv.FormatFloat(rate, 'f', 0, 64)
	}
}

// advice is what a diagnosis says, on a line.
func advice(d monitor.Diagnosis) string {
	if d.Do == "" {
		return d.Why
	}
	return d.Why + "; " + d.Do
}

func (a *app) printFeeds(cfg *config.Config, states map[string]monitor.FeedState) error {
	type line struct {
		Name     string    `json:"name"`
		URL      string    `json:"url"`
		State    string    `json:"state"`
		Schedule string    `json:"schedule"`
		LastPoll time.Time `json:"last_poll,omitzero"`
		LastOK   time.Time `json:"last_success,omitzero"`
		LastNew  time.Time `json:"last_new,omitzero"`
		NextPoll time.Time `json:"next_poll,omitzero"`
		Items    int       `json:"items"`
		PerDay   float64   `json:"items_per_day"`
		Gaps     int       `json:"gaps"`
		Failures int       `json:"failures"`
		Error    string    `json:"error"`
		Hint     string    `json:"hint"`
		MovedTo  string    `json:"moved_to,omitempty"`
	}
	encoder := jsonLines(a.out)
	now := time.Now()
	for _, feed := range cfg.Feeds {
		s := states[feed.Key()]
		d := s.Diagnose(now)
		fault := d.Why
		if !d.Ill() {
			fault = ""
		}
		err := encoder.Encode(line{feed.Name, feed.Address(), string(d.Health), feed.Schedule.String(),
			s.LastPoll, s.LastOK, s.LastNew, s.NextPoll, s.Items, math.Round(s.ItemsADay(now)*10) / 10, s.Gaps, s.Failures,
			fault, d.Do, s.Address})
		if err != nil {
			return fmt.Errorf("print feeds: %w", err)
		}
	}
	return nil
}
