package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor/store"
)

func (a *app) storiesCommand() *cobra.Command {
	since := lookback(72 * time.Hour)
	cmd := &cobra.Command{
		Use:   "stories",
		Short: "List recent stories: who reported them, from when to when",
		Long: `List the stories that had a report within the last 72 hours, or the time of --since, the
latest first. A story is one event; its title is that of its first report.

--json prints a line for each: story, title, rules, outlets, first, last, reports, and of
these copies (the same text in another outlet) and follow_ups.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			now := time.Now()
			stories, err := a.recentStories(cmd.Context(), now.Add(-time.Duration(since)))
			switch {
			case err != nil:
				return err
			case a.json:
				return a.printStories(stories)
			case len(stories) == 0:
				_, err := fmt.Fprintln(a.out, "no stories")
				return err
			}
			return a.tableStories(stories, now)
		},
	}
	cmd.Flags().Var(&since, "since", "those that had a report within this time: 7d")
	return cmd
}

// recentStories are those of the store; none when there is no store yet.
func (a *app) recentStories(ctx context.Context, since time.Time) ([]store.Summary, error) {
	_, kept, err := a.reading(ctx)
	if err != nil || kept == nil {
		return nil, err
	}
	defer kept.Close()
	stories, err := kept.Stories(ctx, since)
	if err != nil {
		return nil, storeFailure(err)
	}
	return stories, nil
}

func (a *app) tableStories(stories []store.Summary, now time.Time) error {
	t := table{color: colored(a.out)}
	t.row("FIRST", "LATEST", "REPORTS", "OUTLETS", "RULES", "TITLE")
	for _, s := range stories {
		t.row(ago(s.First, now), ago(s.Last, now), strconv.Itoa(s.Reports), shorten(outletsOf(s), 40),
			shorten(orDash(strings.Join(s.Rules, ", ")), 40), shorten(s.Title, 80))
	}
	return t.print(a.out)
}

// outletsOf names a story's first outlets; of the others their number tells
// enough.
func outletsOf(s store.Summary) string {
	const named = 3
	outlets := strings.Join(s.Outlets[:min(named, len(s.Outlets))], ", ")
	if more := len(s.Outlets) - named; more > 0 {
		outlets += fmt.Sprintf(", +%d", more)
	}
	return outlets
}

func (a *app) printStories(stories []store.Summary) error {
	type line struct {
		Story     int64     `json:"story"`
		Title     string    `json:"title"`
		Rules     []string  `json:"rules"`
		Outlets   []string  `json:"outlets"`
		First     time.Time `json:"first"`
		Last      time.Time `json:"last"`
		Reports   int       `json:"reports"`
		Copies    int       `json:"copies"`
		FollowUps int       `json:"follow_ups"`
	}
	encoder := jsonLines(a.out)
	for _, s := range stories {
		rules := s.Rules
		if rules == nil {
			rules = []string{}
		}
		err := encoder.Encode(line{s.ID, s.Title, rules, s.Outlets, s.First, s.Last, s.Reports, s.Copies, s.Adds})
		if err != nil {
			return fmt.Errorf("print stories: %w", err)
		}
	}
	return nil
}
