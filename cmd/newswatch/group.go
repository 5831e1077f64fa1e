package main

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/story"
)

func (a *app) groupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "group [FILE]",
		Short: "Group articles into stories: JSON Lines in, JSON Lines out",
		Long: `Group articles into stories, in the order in which they come. Input is that of newswatch
match; an article without published counts as of the time of the one before it.

A line is printed for each, in order: id and story, the same for reports of one event.
A line that is no article is answered with an error, and the exit code is then 1.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.configurationIfAny()
			if err != nil {
				return err
			}
			return a.filter(cmd.Context(), args, filter{article: grouping(cfg), fault: func(id json.RawMessage, why string) any {
				return groupOutput{ID: id, Error: why}
			}})
		},
	}
}

type groupOutput struct {
	ID    json.RawMessage `json:"id"`
	Story string          `json:"story"`
	Error string          `json:"error,omitempty"` // of a line that is no article
}

// grouping puts each article, in order, into a story. An undated one is taken
// to have arrived with the one before it.
func grouping(cfg *config.Config) func(monitor.Article, json.RawMessage) any {
	var window time.Duration // 0: the index's own default
	if cfg != nil {
		window = cfg.StoryWindow
	}
	index := story.NewIndex(story.Options{Window: window})
	var stories, reports int64
	var at time.Time
	return func(article monitor.Article, id json.RawMessage) any {
		if !article.Published.IsZero() {
			at = article.Published
		}
		article.FirstSeen = at
		where, relation, ok := index.Place(&article, at)
		if !ok {
			stories++
			where, relation = stories, monitor.Opens
		}
		reports++
		index.Remember(monitor.Report{ID: reports, StoryID: where, Article: article, Relation: relation, At: at})
		return groupOutput{ID: id, Story: "s" + strconv.FormatInt(where, 10)}
	}
}
