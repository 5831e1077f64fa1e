package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"newswatch/rules"
)

func (a *app) explainCommand() *cobra.Command {
	var id string
	cmd := &cobra.Command{
		Use:   "explain --rule ID [FILE]",
		Short: "Tell why a rule fires on articles or does not, clause by clause",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			engine, err := a.rulesAlone()
			if err != nil {
				return err
			}
			if engine.Rule(id) == nil {
				var ids []string
				for _, r := range engine.Rules() {
					ids = append(ids, r.ID)
				}
				return &failure{code: exitUsage, err: fmt.Errorf("there is no rule %q", id), hint: "the rules are " + strings.Join(ids, ", ")}
			}
			return a.explain(engine, id, args)
		},
	}
	cmd.Flags().StringVar(&id, "rule", "", "the rule's id")
	if err := cmd.MarkFlagRequired("rule"); err != nil {
		panic(err) // the flag is defined above
	}
	return cmd
}

// explain reads articles as JSON Lines and tells of each why the rule fires.
func (a *app) explain(engine *rules.Engine, id string, args []string) error {
	name, source, err := a.source(args)
	if err != nil {
		return err
	}
	defer source.Close()
	decoder := json.NewDecoder(source)
	for n := 1; ; n++ {
		var in input
		if err := decoder.Decode(&in); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read article %d of %s: %w", n, name, err)
		}
		article := in.article()
		why, _ := engine.Explain(id, article.ForRules())
		if a.json {
			err = json.NewEncoder(a.out).Encode(map[string]any{"id": in.ID, "rule": id, "fired": why.Fired, "why": why.Decided()})
		} else {
			err = a.printExplanation(article.Title, why)
		}
		if err != nil {
			return err
		}
	}
}

func (a *app) printExplanation(title string, x rules.Explanation) error {
	fmt.Fprintf(a.out, "%s\n%s %s: %s\n", plainLine(title), verdict(x.Fired), x.Clause, x.Decided())
	for _, part := range x.Of {
		a.printClause(part, 1)
	}
	_, err := fmt.Fprintln(a.out)
	return err
}

func (a *app) printClause(x rules.Explanation, depth int) {
	mark := "no "
	if x.Fired {
		mark = "yes"
	}
	under := ""
	if x.Under != "" {
		under = x.Under + ": "
	}
	fmt.Fprintf(a.out, "%s%s %s%s — %s\n", strings.Repeat("  ", depth), mark, under, shorten(x.Clause, 80), plainLine(x.Why))
	for _, part := range x.Of {
		a.printClause(part, depth+1)
	}
}

func verdict(fired bool) string {
	if fired {
		return "fires"
	}
	return "silent"
}
