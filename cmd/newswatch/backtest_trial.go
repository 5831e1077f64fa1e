package main

import (
	"cmp"
	"slices"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/story"
	"newswatch/rules"
)

// A trial is what one set of rules would have posted.
type trial struct {
	engine *rules.Engine
	alerts []*trialAlert // in order of arrival
	posted map[posting]monitor.Kind

	index            *story.Index
	open             map[thread]*trialAlert
	stories, reports int64
}

// A trialAlert is one alert with the replies in its thread.
type trialAlert struct {
	rule    *rules.Rule
	match   rules.Match
	article *past
	reports []*past  // the first and the replies
	outlets []string // of all of them, each once
}

// A thread is where a rule tells of a story.
type thread struct {
	rule  string
	story int64
}

// A posting is a rule that tells of an article.
type posting struct {
	rule    string
	article *past
}

func newTrial(engine *rules.Engine, window time.Duration) *trial {
	return &trial{engine: engine, index: story.NewIndex(story.Options{Window: window}),
		posted: map[posting]monitor.Kind{}, open: map[thread]*trialAlert{}}
}

// take posts what the matches of an article have to say, as the bot does.
// Articles come in order of arrival.
func (t *trial) take(p *past, matches []rules.Match) {
	matches = slices.DeleteFunc(slices.Clone(matches), func(m rules.Match) bool { return m.Rule.Ended(p.at) })
	if len(matches) == 0 {
		return
	}
	told, relation := t.place(p)
	for _, m := range matches {
		where := thread{m.Rule.ID, told}
		alert := t.open[where]
		kind := monitor.KindReply
		if alert == nil || !relation.Joins(m.Rule) {
			alert, kind = &trialAlert{rule: m.Rule, match: m, article: p}, monitor.KindAlert
			t.alerts = append(t.alerts, alert)
			t.open[where] = alert
		}
		t.posted[posting{m.Rule.ID, p}] = kind
		alert.reports = append(alert.reports, p)
		if outlet := p.OutletName(); outlet != "" && !slices.Contains(alert.outlets, outlet) {
			alert.outlets = append(alert.outlets, outlet)
		}
	}
}

// place finds the story of an article, or opens one.
func (t *trial) place(p *past) (int64, monitor.Relation) {
	article := p.Article
	article.FirstSeen = p.at
	where, relation, ok := t.index.Place(&article, p.at)
	if !ok {
		t.stories++
		where, relation = t.stories, monitor.Opens
	}
	t.reports++
	t.index.Remember(monitor.Report{ID: t.reports, StoryID: where, Article: article, Relation: relation, At: p.at})
	return where, relation
}

// A tally is how often a rule would have told of something.
type tally struct {
	rule            string
	alerts, replies int
	perDay          []int // alerts, by day of the period
	most, mostOn    int   // alerts on the day that has the most, and which that is

	before         int // alerts of the rules as they were
	added, removed int // articles
}

// tallies are those of the rules told of, the most frequent first.
func (b *backtest) tallies() []*tally {
	byRule := map[string]*tally{}
	of := func(id string) *tally {
		if byRule[id] == nil {
			byRule[id] = &tally{rule: id, perDay: make([]int, b.period.days())}
		}
		return byRule[id]
	}
	for _, r := range b.now.engine.Rules() {
		if b.tells(r.ID) && r.Enabled {
			of(r.ID)
		}
	}
	for at, kind := range b.now.posted {
		switch {
		case !b.tells(at.rule):
		case kind == monitor.KindReply:
			of(at.rule).replies++
		default:
			t, day := of(at.rule), b.period.number(at.article.at)
			t.alerts++
			t.perDay[day]++
		}
	}
	if b.before != nil {
		for _, alert := range b.before.alerts {
			if b.tells(alert.rule.ID) {
				of(alert.rule.ID).before++
			}
		}
		for _, c := range b.changes() {
			if c.added {
				of(c.rule).added++
			} else {
				of(c.rule).removed++
			}
		}
	}
	all := make([]*tally, 0, len(byRule))
	for _, t := range byRule {
		t.most = slices.Max(t.perDay)
		t.mostOn = slices.Index(t.perDay, t.most)
		all = append(all, t)
	}
	slices.SortFunc(all, func(x, y *tally) int {
		return cmp.Or(cmp.Compare(y.alerts, x.alerts), cmp.Compare(x.rule, y.rule))
	})
	return all
}

// told are the alerts told of, the newest first.
func (b *backtest) told() []*trialAlert {
	var all []*trialAlert
	for _, alert := range slices.Backward(b.now.alerts) {
		if b.tells(alert.rule.ID) {
			all = append(all, alert)
		}
	}
	return all
}

// matched counts the articles told of.
func (b *backtest) matched() (n int) {
	for _, c := range b.contributions() {
		n += c.articles
	}
	return n
}

// A contribution is what an outlet has brought.
type contribution struct {
	outlet   string // "": none is named
	articles int
	first    int // alerts that it was first with
}

// contributions are those of the outlets, the largest first.
func (b *backtest) contributions() []*contribution {
	byOutlet := map[string]*contribution{}
	articles := map[*past]bool{}
	for at, kind := range b.now.posted {
		if !b.tells(at.rule) {
			continue
		}
		outlet := at.article.OutletName()
		c := byOutlet[outlet]
		if c == nil {
			c = &contribution{outlet: outlet}
			byOutlet[outlet] = c
		}
		if !articles[at.article] {
			articles[at.article] = true
			c.articles++
		}
		if kind == monitor.KindAlert {
			c.first++
		}
	}
	all := make([]*contribution, 0, len(byOutlet))
	for _, c := range byOutlet {
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y *contribution) int {
		return cmp.Or(cmp.Compare(y.articles, x.articles), cmp.Compare(y.first, x.first), cmp.Compare(x.outlet, y.outlet))
	})
	return all
}

// A change is a rule that tells of an article now and did not before, or the
// other way round.
type change struct {
	rule    string
	article *past
	kind    monitor.Kind // what it is posted as, or was
	match   rules.Match
	added   bool
}

// changes are those of the rules told of, the newest first.
func (b *backtest) changes() []change {
	var all []change
	for i := range slices.Backward(b.verdicts) {
		v := &b.verdicts[i]
		add := func(matches []rules.Match, in, notIn *trial, added bool) {
			for _, m := range matches {
				at := posting{m.Rule.ID, &v.past}
				_, other := notIn.posted[at]
				if kind, ok := in.posted[at]; ok && !other && b.tells(at.rule) {
					all = append(all, change{at.rule, at.article, kind, m, added})
				}
			}
		}
		add(v.now, b.now, b.before, true)
		add(v.before, b.before, b.now, false)
	}
	return all
}

// why tells what decided about a rule and an article: the clause, or why the
// rule was not asked.
func (t *trial) why(id string, p *past) string {
	rule := t.engine.Rule(id)
	switch {
	case rule == nil:
		return "there is no such rule"
	case !rule.Enabled:
		return "the rule is switched off"
	case rule.Ended(p.at):
		return "the rule has ended"
	}
	x, _ := t.engine.Explain(id, p.ForRules())
	return x.Decided()
}
