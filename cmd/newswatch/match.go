package main

import (
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/rules"
)

func (a *app) matchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "match [FILE]",
		Short: "Match articles against the rules: JSON Lines in, JSON Lines out",
		Long: `Match articles against the rules. FILE holds an article a line, as a JSON object with
id, title and, where known, body, url, outlet, author, lang, tags and published (RFC
3339); other keys are ignored. - or none is standard input.

A line is printed for each, in order: id, the ids of the rules that fire, and hits
(rule, field, start and end in bytes, text). A line that is no article is answered too,
with an error, and told on standard error; the exit code is then 1.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			engine, err := a.rulesAlone()
			if err != nil {
				return err
			}
			now := time.Now().UTC()
			return a.filter(cmd.Context(), args, filter{
				article: func(article monitor.Article, id json.RawMessage) any {
					return matchLine(id, rules.InForce(engine.Match(article.ForRules()), now))
				},
				fault: func(id json.RawMessage, why string) any {
					return matchOutput{ID: id, Rules: []string{}, Hits: []matchHit{}, Error: why}
				},
			})
		},
	}
}

type matchOutput struct {
	ID    json.RawMessage `json:"id"`
	Rules []string        `json:"rules"`
	Hits  []matchHit      `json:"hits"`
	Error string          `json:"error,omitempty"` // of a line that is no article
}

type matchHit struct {
	Rule  string      `json:"rule"`
	Field rules.Field `json:"field"`
	Start int         `json:"start"`
	End   int         `json:"end"`
	Text  string      `json:"text"`
}

func matchLine(id json.RawMessage, matches []rules.Match) matchOutput {
	out := matchOutput{ID: id, Rules: []string{}, Hits: []matchHit{}}
	for _, m := range matches {
		out.Rules = append(out.Rules, m.Rule.ID)
		for _, h := range m.Hits {
			out.Hits = append(out.Hits, matchHit{m.Rule.ID, h.Field, h.Start, h.End, h.Text})
		}
	}
	return out
}
