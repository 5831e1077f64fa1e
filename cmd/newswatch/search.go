package main

import (
	"container/heap"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/rules"
)

type searchOptions struct {
	archiveOptions
	csv   bool
	limit int // 0: none
}

// searchLimit is how many articles people are shown unless they ask for more.
const searchLimit = 50

func (a *app) searchCommand() *cobra.Command {
	var opts searchOptions
	opts.since, opts.newestFirst = lookback(7*monitor.Day), true
	cmd := &cobra.Command{
		Use:   "search QUERY",
		Short: "Search the kept articles in the rules' own language",
		Long: `Search the kept articles in the rules' own language, newest first. $names are the
lists of the rule files. Of --file all articles are searched unless --since is
given, in the file's order.

--json prints a line for each article: id, title, url, outlet, lang, at, hits (field,
start, end, text) and text, what stands around the first hit. --csv prints at, outlet,
lang, title, text, url and id; a cell that a spreadsheet would take for a formula has
an apostrophe before it. Neither has a limit unless --limit is given.`,
		Example: `  newswatch search 'satellite* NEAR/8 launch* AND $north-korea' --since 30d`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if opts.csv && a.json {
				return &failure{code: exitUsage, err: errors.New("--csv and --json exclude each other")}
			}
			if opts.limit < 0 {
				return &failure{code: exitUsage, err: errors.New("--limit must be 0 or more"), hint: "0 shows all"}
			}
			if opts.file != "" && !cmd.Flags().Changed("since") {
				opts.since = 0
			}
			if (opts.csv || a.json) && !cmd.Flags().Changed("limit") {
				opts.limit = 0
			}
			return a.search(cmd.Context(), strings.Join(args, " "), opts)
		},
	}
	flags := cmd.Flags()
	flags.Var(&opts.since, "since", "how far back, like 30d or 12h")
	flags.StringVar(&opts.file, "file", "", "articles as JSON Lines in place of the kept ones; - is standard input")
	flags.BoolVar(&opts.csv, "csv", false, "print comma-separated values")
	flags.IntVar(&opts.limit, "limit", searchLimit, "how many articles at most; 0: all")
	return cmd
}

// A catch is an article that a query found.
type catch struct {
	past
	hits []rules.Hit
}

func (a *app) search(ctx context.Context, query string, opts searchOptions) error {
	cfg, err := a.configurationIfAny()
	if err != nil {
		return err
	}
	engine, err := a.namedLists(cfg)
	if err != nil {
		return err
	}
	wanted, faults := engine.ParseQuery(query)
	for _, f := range faults {
		fmt.Fprintln(a.err, f.String())
	}
	if wanted == nil {
		return &failure{code: exitUsage, err: errors.New("the query is at fault"), told: true}
	}
	from, err := a.archive(ctx, cfg, opts.archiveOptions, time.Now())
	if err != nil {
		return err
	}
	defer from.close()
	print, end := a.catches(cfg, opts)
	search := rules.NewSearch(wanted)
	judge := func(p *past) (catch, bool) {
		hits, ok := search.Find(p.ForRules())
		return catch{*p, hits}, ok
	}
	shown, more := 0, false
	var printErr error
	take := func(c catch) bool {
		if more = opts.limit > 0 && shown == opts.limit; more {
			return false
		}
		shown++
		printErr = print(c)
		return printErr == nil
	}
	var later waiting
	err = sift(ctx, from.articles, newMeter(a.err, from.total), judge, func(c catch) bool { return later.add(c, take) })
	if err == nil && printErr == nil {
		later.end(take)
	}
	if err := errors.Join(err, printErr); err != nil {
		return err
	}
	return end(shown, more, from.pruned)
}

// The store gives articles by when they were first seen, the newest first. Those
// of a feed's first poll count as of when they were published, and so wait here
// until what is read was seen no later. Its zero value holds none.
type waiting []catch

// add takes a catch, and gives on in order what need not wait; false: no more is
// wanted.
func (w *waiting) add(c catch, take func(catch) bool) bool {
	heap.Push(w, c)
	for len(*w) > 0 && !(*w)[0].at.Before(c.FirstSeen) {
		if !take(heap.Pop(w).(catch)) {
			return false
		}
	}
	return true
}

// end gives on what still waits.
func (w *waiting) end(take func(catch) bool) {
	for len(*w) > 0 && take(heap.Pop(w).(catch)) {
	}
}

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, j int) bool { return w[i].at.After(w[j].at) }
func (w waiting) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *waiting) Push(c any)        { *w = append(*w, c.(catch)) }

func (w *waiting) Pop() any {
	last := len(*w) - 1
	c := (*w)[last]
	*w = (*w)[:last]
	return c
}

// namedLists is the engine whose lists a query may name: that of the rules, or
// one without any where there are no rules.
func (a *app) namedLists(cfg *config.Config) (*rules.Engine, error) {
	if a.rulesDir != "" || cfg != nil {
		return a.engine(cfg)
	}
	return &rules.Engine{}, nil
}

// catches is how what was found is printed, and what ends it.
func (a *app) catches(cfg *config.Config, opts searchOptions) (print func(catch) error, end func(shown int, more bool, pruned int) error) {
	nothing := func(int, bool, int) error { return nil }
	switch {
	case a.json:
		encoder := jsonLines(a.out)
		return func(c catch) error { return encoder.Encode(c.line()) }, nothing
	case opts.csv:
		writer := csv.NewWriter(a.out) // its lines end with LF, not RFC 4180's CRLF: spreadsheets take either, cut and awk only this
		headed := writer.Write([]string{"at", "outlet", "lang", "title", "text", "url", "id"})
		return func(c catch) error { return errors.Join(headed, writer.Write(c.cells())) },
			func(int, bool, int) error { writer.Flush(); return errors.Join(headed, writer.Error()) }
	}
	p, zone := newPage(a.out, false), time.UTC
	if cfg != nil {
		zone = cfg.Zone
	}
	return func(c catch) error { return p.catch(c, zone) },
		func(shown int, more bool, pruned int) error { return p.caught(shown, more, pruned) }
}

// catch shows an article with its hits.
func (p *page) catch(c catch, zone *time.Location) error {
	var head paragraph
	if !c.at.IsZero() {
		head.add(plain, c.at.In(zone).Format("2006-01-02 15:04"))
	}
	if outlet := c.OutletName(); outlet != "" {
		head.add(dim, "  "+outlet)
	}
	p.block("", head)
	p.block("  ", p.marked(c.Title, 0, strong, rules.Title, c.hits))
	if from, to := c.around(); from < to {
		var text paragraph
		if from > 0 {
			text.add(dim, "… ")
		}
		text = append(text, p.marked(c.Body[from:to], from, plain, rules.Body, c.hits)...)
		if to < len(c.Body) {
			text.add(dim, " …")
		}
		p.block("  ", text)
	}
	if c.URL != "" {
		p.b.WriteString("  " + plainLine(c.URL) + "\n") // whole, so that it can be followed
	}
	p.b.WriteByte('\n')
	return p.flush()
}

// caught ends the list.
func (p *page) caught(shown int, more bool, pruned int) error {
	switch {
	case shown == 0:
		p.say(plain, "nothing found")
	case more:
		p.say(plain, fmt.Sprintf("%s shown, there are more; --limit 0 shows all", count(shown, "article", "articles")))
	default:
		p.say(plain, count(shown, "article", "articles"))
	}
	if pruned > 0 {
		p.say(dim, count(pruned, "article", "articles")+" more, whose text is no longer kept, could not be searched")
	}
	return p.flush()
}

// around is the part of the body to show: what stands around its first hit, or
// its beginning where the title has none either.
func (c *catch) around() (from, to int) {
	const before, after, beginning = 100, 200, 160 // bytes
	for _, h := range c.hits {
		if h.Field == rules.Body {
			from = wordStart(c.Body, h.Start-before)
			return min(from+leadingSpace(c.Body[from:]), h.Start), wordEnd(c.Body, h.End+after)
		}
	}
	if len(c.hits) > 0 {
		return 0, 0
	}
	return 0, wordEnd(c.Body, min(beginning, len(c.Body)))
}

func leadingSpace(s string) int { return len(s) - len(strings.TrimLeft(s, " \n")) }

func (c *catch) line() any {
	from, to := c.around()
	return struct {
		ID     json.RawMessage `json:"id"`
		Title  string          `json:"title"`
		URL    string          `json:"url"`
		Outlet string          `json:"outlet"`
		Lang   string          `json:"lang"`
		At     time.Time       `json:"at,omitzero"`
		Hits   []hitLine       `json:"hits"`
		Text   string          `json:"text"`
	}{c.id, c.Title, c.URL, c.OutletName(), c.Lang, c.at.UTC(), hitLines(c.hits), c.Body[from:to]}
}

func (c *catch) cells() []string {
	from, to := c.around()
	at := ""
	if !c.at.IsZero() {
		at = c.at.UTC().Format(time.RFC3339)
	}
	cells := []string{at, c.OutletName(), c.Lang, c.Title, c.Body[from:to], c.URL, idText(c.id)}
	for i := range cells {
		cells[i] = noFormula(cells[i])
	}
	return cells
}

// noFormula puts an apostrophe before what a spreadsheet would take for a
// formula (OWASP, "CSV Injection"), whatever blanks or invisible characters
// stand before it.
func noFormula(cell string) string {
	if text := strings.TrimSpace(plainCell(cell)); text != "" && strings.ContainsRune("=+-@＝＋－＠|%", []rune(text)[0]) {
		return "'" + plainCell(cell)
	}
	return plainCell(cell)
}

// plainCell is one line without what cannot be seen.
func plainCell(cell string) string {
	var visible paragraph
	visible.add(plain, strings.ReplaceAll(cell, "\n", " "))
	return visible.paint(false)
}
