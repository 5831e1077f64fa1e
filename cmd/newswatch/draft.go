package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/store"
	"newswatch/monitor/story"
	"newswatch/rules"
	"newswatch/rules/draft"
)

type draftOptions struct {
	archiveOptions
	topics int
}

func (a *app) draftCommand() *cobra.Command {
	var opts draftOptions
	opts.since = lookback(30 * monitor.Day)
	cmd := &cobra.Command{
		Use:   "draft SOURCE...",
		Short: "Draft watch rules from documents: files, URLs, or - for standard input",
		Long: `Draft watch rules from documents, for an analyst to keep, change or delete. The rules are
printed as a rule file that passes newswatch check and fires on each document. Comments tell
the evidence for each term, and what to check.

SOURCE is a text whose title is its first line (or stands behind "Title:"), an article's HTML
page, or articles as JSON Lines, as newswatch feed --json prints them. - is standard input.

Each topic becomes a rule of its own, the strongest first. Terms are compared with the kept
articles where there are any, or with those of --file; otherwise with a list of everyday
words. With --rules DIR the draft is made for that folder: its lists stand in the draft by
$name. Else the draft stands alone, and tells of the lists that it could use.

English is read well, Korean by its particles. Of Japanese and Chinese only what stands in
quotation marks, in katakana or in Latin letters is taken.

--json prints JSON Lines, each with a "type":
  list   name, terms
  rule   id, name, why, all, any and wider (query, times, documents, archive, note),
         fires_on: numbers of the documents, alert: titles on which it fires`,
		Example: `  newswatch draft report.txt https://example.org/article.html > rules/watch/new-topic.yaml`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if opts.topics < 1 {
				return &failure{code: exitUsage, err: errors.New("--topics must be 1 or more")}
			}
			if opts.file != "" && !cmd.Flags().Changed("since") {
				opts.since = 0
			}
			return a.draft(cmd.Context(), args, opts)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&opts.topics, "topics", draft.DefaultTopics, "how many rules at most")
	flags.Var(&opts.since, "since", "how far back to look at the kept articles, like 30d")
	flags.StringVar(&opts.file, "file", "", "articles as JSON Lines to compare with in place of the kept ones")
	return cmd
}

func (a *app) draft(ctx context.Context, sources []string, opts draftOptions) error {
	cfg, err := a.configurationIfAny()
	if err != nil {
		return err
	}
	documents, err := a.documents(ctx, cfg, sources)
	if err != nil {
		return err
	}
	known := draft.Known{Topics: opts.topics, UseLists: a.rulesDir != ""}
	if known.Rules, err = a.rulesKnown(cfg); err != nil {
		return err
	}
	survey, err := draft.Read(documents, draft.Options{Ordinary: story.OrdinaryWords()})
	if err != nil {
		return draftFailure(err)
	}
	if known.Census, err = a.census(ctx, cfg, survey, opts.archiveOptions); err != nil {
		return err
	}
	made, err := survey.Draft(known)
	if err != nil {
		return draftFailure(err)
	}
	if a.json {
		return a.printDraft(made)
	}
	_, err = a.out.Write(made.YAML())
	return err
}

// rulesKnown are the rule files in force; none without a configuration and --rules.
func (a *app) rulesKnown(cfg *config.Config) ([]rules.Source, error) {
	if cfg == nil && a.rulesDir == "" {
		return nil, nil
	}
	dir, err := a.rulesPath(cfg)
	if err != nil {
		return nil, err
	}
	_, sources, err := a.engineIn(dir)
	return sources, err
}

// census counts the survey's phrases in the archive; nil where there is none.
func (a *app) census(ctx context.Context, cfg *config.Config, survey *draft.Survey, opts archiveOptions) (*draft.Census, error) {
	if opts.file == "" && cfg == nil {
		return nil, nil
	}
	from, err := a.archive(ctx, cfg, opts, time.Now())
	if errors.Is(err, store.ErrMissing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer from.close()
	census, err := survey.Census()
	if err != nil {
		return nil, err
	}
	count := func(p *past) (struct{}, bool) {
		census.Count(p.ForRules())
		return struct{}{}, false
	}
	err = sift(ctx, from.articles, newMeter(a.err, from.total), count, func(struct{}) bool { return true })
	return census, err
}

// draftFailure tells what to do where nothing could be drafted.
func draftFailure(err error) error {
	var silent *draft.SilentError
	if errors.Is(err, draft.ErrNothing) || errors.As(err, &silent) {
		return &failure{code: exitFailed, err: err,
			hint: "give a longer text; of Japanese and Chinese only words in quotation marks, katakana or Latin letters are seen"}
	}
	return fmt.Errorf("draft: %w", err)
}

func (a *app) printDraft(d *draft.Draft) error {
	encoder := jsonLines(a.out)
	for _, list := range d.Lists {
		line := struct {
			Type string `json:"type"`
			*draft.List
		}{"list", list}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	for _, rule := range d.Rules {
		line := struct {
			Type string `json:"type"`
			*draft.Rule
		}{"rule", rule}
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
