package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"newswatch/rules"
)

func (a *app) explainCommand() *cobra.Command {
	var opts explainOptions
	cmd := &cobra.Command{
		Use:   "explain --rule ID [SOURCE]",
		Short: "Tell why a rule fires on articles or does not, clause by clause",
		Long: `Tell why a rule fires on articles or does not: the verdict and the clause that
decided, the text with what was found marked, and the clauses.

SOURCE holds articles as JSON, one object after another, or the text of one
article, its title on the first line; - or none is standard input. Of a rule
that is silent the marks, and hits with --json, are what it found all the same.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.all = opts.all || a.verbose
			return a.explain(cmd.Context(), opts, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.rule, "rule", "", "the rule's id")
	flags.StringVar(&opts.article, "id", "", "only the article with this id")
	flags.BoolVar(&opts.all, "all", false, "the whole text, and every clause and term")
	return cmd
}

type explainOptions struct {
	rule    string
	article string // the id of the only one asked for; "": all
	all     bool
}

// An explainOutput is a line for machines.
type explainOutput struct {
	ID json.RawMessage `json:"id"`
	reasonOutput
}

// A reasonOutput is why a rule fires or does not, for machines.
type reasonOutput struct {
	Rule  string     `json:"rule"`
	Fired bool       `json:"fired"`
	Why   string     `json:"why"`
	Hits  []matchHit `json:"hits"`
}

func (a *app) explain(ctx context.Context, opts explainOptions, args []string) error {
	if opts.rule == "" {
		return &failure{code: exitUsage, err: errors.New("no rule is named"), hint: "--rule ID names it; newswatch rules lists them"}
	}
	engine, err := a.rulesAlone()
	if err != nil {
		return err
	}
	if engine.Rule(opts.rule) == nil {
		return noSuchRule(engine, opts.rule)
	}
	name, source, err := a.source(ctx, args)
	if err != nil {
		return err
	}
	defer source.Close()
	encoder := jsonLines(a.out)
	page := newPage(a.out, opts.all)
	asked := 0
	err = eachArticle(name, source, func(in input) error {
		if opts.article != "" && opts.article != idText(in.ID) {
			return nil
		}
		asked++
		read := in.article()
		article := read.ForRules()
		x, _ := engine.Explain(opts.rule, article)
		if a.json {
			return encoder.Encode(explainOutput{in.ID, reasonLine(x)})
		}
		return page.explain(article, x)
	})
	if err == nil && opts.article != "" && asked == 0 {
		err = fmt.Errorf("%s has no article with the id %s", name, opts.article)
	}
	return err
}

func reasonLine(x rules.Explanation) reasonOutput {
	out := reasonOutput{Rule: x.Clause, Fired: x.Fired, Why: x.Decided(), Hits: []matchHit{}}
	for _, h := range x.Hits {
		out.Hits = append(out.Hits, matchHit{x.Clause, h.Field, h.Start, h.End, h.Text})
	}
	return out
}

func noSuchRule(engine *rules.Engine, id string) error {
	hint := "newswatch rules lists the rules"
	if meant := engine.Meant(id); meant != "" {
		hint = "did you mean " + meant + "? Otherwise " + hint
	}
	return &failure{code: exitUsage, err: fmt.Errorf("there is no rule %q", id), hint: hint}
}

// idText is an id as one types it: without the quotes of JSON.
func idText(id json.RawMessage) string {
	var text string
	if json.Unmarshal(id, &text) == nil {
		return text
	}
	return string(id)
}

// maxPlainArticle bounds an article given as text, in bytes: a feed's may have
// no more.
const maxPlainArticle = 10 << 20

// eachArticle reads articles as JSON objects, or one as text.
func eachArticle(name string, source io.Reader, each func(input) error) error {
	reader := bufio.NewReader(source)
	if !beginsJSON(reader) {
		text, err := io.ReadAll(io.LimitReader(reader, maxPlainArticle))
		if err != nil {
			return fmt.Errorf("read %s: %w", name, reason(err))
		}
		if text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff"))); len(text) == 0 {
			return nil
		}
		if text[0] == '[' && json.Valid(text) {
			return &failure{code: exitFailed, err: fmt.Errorf("%s is a JSON array, not one object after another", name),
				hint: "jq -c .[] makes lines of it"}
		}
		title, body, _ := strings.Cut(strings.ToValidUTF8(string(text), "\ufffd"), "\n")
		return each(input{Title: strings.TrimSpace(title), Body: strings.TrimSpace(body)})
	}
	decoder := json.NewDecoder(reader)
	for n := 1; ; n++ {
		var in input
		if err := decoder.Decode(&in); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read article %d of %s: %w", n, name, mistake(err))
		}
		if err := each(in); err != nil {
			return err
		}
	}
}

// beginsJSON says whether the first character that is no blank is a brace.
func beginsJSON(r *bufio.Reader) bool {
	for {
		c, _, err := r.ReadRune()
		if err != nil {
			return false
		}
		if !strings.ContainsRune(" \t\r\n\ufeff", c) {
			return r.UnreadRune() == nil && c == '{'
		}
	}
}
