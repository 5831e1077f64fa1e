package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/rules"
)

type backtestOptions struct {
	archiveOptions
	against   string // folder of rules to compare with; "": none
	rule      string // the only one told of; "": all
	maxPerDay int    // more alerts of a rule are a failure; below 0: any number is good
	all       bool   // the whole list
}

func (a *app) backtestCommand() *cobra.Command {
	var opts backtestOptions
	opts.since = lookback(30 * monitor.Day)
	cmd := &cobra.Command{
		Use:   "backtest",
		Short: "Tell what the rules would have alerted on the kept articles",
		Long: `Tell what the rules would have alerted on the articles that were kept, or on those
of --file: alerts a day, the stories with the sentence that fired, and the outlets.
Reports are grouped into stories as a running newswatch would: the first is the
alert, later ones are replies.

--against DIR compares: --rules (or what config.yaml names) is the edit, DIR the
rules as they were. Told is, item by item, what the edit adds and what it removes,
with the clause that decided before and now.

A day counts in the configured time zone. An article counts when it was first
seen; one of --file when it was published, and all of them unless --since is given.

--json prints JSON Lines, each with a "type":
  summary   rules, against, from, to, days, articles, matched, pruned, alerts,
            replies, per_week; alerts_before with --against
  rule      rule, alerts, replies, per_week, most, most_on, per_day: one number
            for each day from "from"; with --against alerts_before, added, removed
  alert     rule, id, title, url, outlet, at, field and sentence, hits, outlets,
            reports: the first and those in its thread; newest first
  outlet    outlet, articles, alerts: those that it was first with
  added, removed   (--against) rule, id, title, url, outlet, at, field and sentence,
            posted: "alert" or "reply", before and now: what decided; newest first

Exit code 1 when a rule alerts more often than --max-per-day on any day.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.file != "" && !cmd.Flags().Changed("since") {
				opts.since = 0
			}
			if !cmd.Flags().Changed("max-per-day") {
				opts.maxPerDay = -1
			}
			return a.backtest(cmd.Context(), opts)
		},
	}
	flags := cmd.Flags()
	flags.Var(&opts.since, "since", "how far back, like 30d or 12h")
	flags.StringVar(&opts.file, "file", "", "articles as JSON Lines in place of the kept ones; - is standard input")
	flags.StringVar(&opts.against, "against", "", "the folder of the rules as they were, to tell what the edit changes")
	flags.StringVar(&opts.rule, "rule", "", "tell of the rule with this id only")
	flags.IntVar(&opts.maxPerDay, "max-per-day", 0, "fail when a rule alerts more often a day")
	flags.BoolVar(&opts.all, "all", false, "list every alert or difference, not only the newest")
	return cmd
}

// A verdict is what the rules say of an article, those now and those before.
type verdict struct {
	past
	now, before []rules.Match
}

// A backtest is what came of trying rules on an archive.
type backtest struct {
	backtestOptions
	dir    string // of the rules
	zone   *time.Location
	period period
	pruned int

	now, before *trial // before is nil without --against
	verdicts    []verdict
}

func (a *app) backtest(ctx context.Context, opts backtestOptions) error {
	cfg, err := a.configurationIfAny()
	if err != nil {
		return err
	}
	dir, err := a.rulesPath(cfg)
	if err != nil {
		return err
	}
	b := &backtest{backtestOptions: opts, dir: dir, zone: time.UTC}
	var window time.Duration // 0: the index's own default
	if cfg != nil {
		b.zone, window = cfg.Zone, cfg.StoryWindow
	}
	engine, _, err := a.engineIn(dir)
	if err != nil {
		return err
	}
	b.now = newTrial(engine, window)
	if opts.against != "" {
		engine, _, err := a.engineIn(opts.against)
		if err != nil {
			return err
		}
		b.before = newTrial(engine, window)
	}
	if err := b.checkRule(); err != nil {
		return err
	}
	now := time.Now()
	past, err := a.archive(ctx, cfg, opts.archiveOptions, now)
	if err != nil {
		return err
	}
	defer past.close()
	b.pruned, b.period.zone = past.pruned, b.zone
	if err := b.run(ctx, past, newMeter(a.err, past.total)); err != nil {
		return err
	}
	b.period.close(opts.file == "", now)
	b.replay()
	if a.json {
		err = b.printLines(a.out)
	} else {
		err = b.show(newPage(a.out, opts.all))
	}
	if err != nil {
		return err
	}
	return b.tooMany()
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// checkRule makes sure that there is the one rule to tell of.
func (b *backtest) checkRule() error {
	if b.rule == "" || b.now.engine.Rule(b.rule) != nil || b.before != nil && b.before.engine.Rule(b.rule) != nil {
		return nil
	}
	return noSuchRule(b.now.engine, b.rule)
}

// run matches the archive. Only articles that some rule matched are kept.
func (b *backtest) run(ctx context.Context, from *archive, meter *meter) error {
	seen := func(yield func(past, error) bool) {
		for p, err := range from.articles {
			if err == nil {
				p.at = p.at.In(b.zone) // where a rule's last day ends
				b.period.include(p.at)
			}
			if !yield(p, err) {
				return
			}
		}
	}
	before := &rules.Engine{}
	if b.before != nil {
		before = b.before.engine
	}
	both := rules.Compare(b.now.engine, before)
	judge := func(p *past) (v verdict, any bool) {
		v.now, v.before = both.Match(p.ForRules())
		v.now, v.before = rules.InForce(v.now, p.at), rules.InForce(v.before, p.at)
		any = len(v.now)+len(v.before) > 0
		if any {
			v.past = *p
		}
		return v, any
	}
	return sift(ctx, seen, meter, judge, func(v verdict) bool {
		b.verdicts = append(b.verdicts, v)
		return true
	})
}

// replay groups what matched into stories, in order of arrival.
func (b *backtest) replay() {
	for i := range b.verdicts {
		if v := &b.verdicts[i]; v.at.IsZero() {
			v.at = b.period.from // nothing dated stood before it
		}
	}
	slices.SortStableFunc(b.verdicts, func(x, y verdict) int { return x.at.Compare(y.at) })
	for i := range b.verdicts {
		v := &b.verdicts[i]
		b.now.take(&v.past, v.now)
		if b.before != nil {
			b.before.take(&v.past, v.before)
		}
	}
}

// tooMany is the failure that --max-per-day asks for.
func (b *backtest) tooMany() error {
	if b.maxPerDay < 0 {
		return nil
	}
	var found []string
	for _, t := range b.tallies() {
		if t.most > b.maxPerDay {
			found = append(found, fmt.Sprintf("%s alerts %s on %s", t.rule, times(t.most), b.period.day(t.mostOn)))
		}
	}
	if found == nil {
		return nil
	}
	return &failure{code: exitFailed, err: fmt.Errorf("more than %d alerts of a rule a day: %s", b.maxPerDay, strings.Join(found, "; ")),
		hint: "make the rule narrower, or allow more with --max-per-day"}
}

// tells says whether a rule is one to tell of.
func (b *backtest) tells(id string) bool { return b.rule == "" || id == b.rule }

// A period is the days that an archive covers. Its zero value covers none.
type period struct {
	from, to time.Time // first and last article; zero: none is dated
	zone     *time.Location
	articles int
}

func (p *period) include(at time.Time) {
	p.articles++
	if at.IsZero() {
		return
	}
	if p.from.IsZero() || at.Before(p.from) {
		p.from = at
	}
	if at.After(p.to) {
		p.to = at
	}
}

// close ends the period: of the store it lasts until now, and what has no date at
// all is of today.
func (p *period) close(untilNow bool, now time.Time) {
	if p.from.IsZero() {
		p.from, p.to = now, now
	}
	if untilNow && now.After(p.to) {
		p.to = now
	}
}

// days counts the calendar days from the first to the last, both included.
func (p *period) days() int { return p.number(p.to) + 1 }

// number is how many days after the period's first t lies.
func (p *period) number(t time.Time) int {
	return int(p.midnight(t).Sub(p.midnight(p.from)) / (24 * time.Hour))
}

// midnight is the start of t's date, as if in UTC, where every day has 24 hours.
func (p *period) midnight(t time.Time) time.Time {
	year, month, day := t.In(p.zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// day names a day by its number.
func (p *period) day(n int) string { return p.midnight(p.from).AddDate(0, 0, n).Format(time.DateOnly) }

// weekly is what n in the whole period is a week, to a tenth.
func (p *period) weekly(n int) float64 { return math.Round(float64(n)*70/float64(p.days())) / 10 }
