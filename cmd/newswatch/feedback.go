package main

import (
	"context"
	"fmt"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/monitor/story"
	"newswatch/rules"
	"newswatch/rules/draft"
)

// feedback is what the store knows of how well the rules do. The zero value
// knows nothing.
type feedback struct {
	records    map[string]store.Record // alerts in 7 and in 30 days; nil: there is no store
	muted      map[string]int          // in 7 days
	precisions map[string]monitor.Precision
	judged     []monitor.Judged
}

func feedbackOf(ctx context.Context, kept *store.Store, now time.Time) (f feedback, err error) {
	if f.records, err = kept.Records(ctx, now.Add(-7*monitor.Day), now.Add(-30*monitor.Day)); err != nil {
		return f, err
	}
	if f.muted, err = kept.Muted(ctx, now.Add(-7*monitor.Day)); err != nil {
		return f, err
	}
	f.judged, err = kept.Judged(ctx)
	f.precisions = monitor.Precisions(f.judged)
	return f, err
}

// record is how often the rule alerted; zeros when it never did.
func (f *feedback) record(rule string) store.Record {
	if record, ok := f.records[rule]; ok {
		return record
	}
	return store.Record{Alerts: []int{0, 0}}
}

// fewJudged is from how many alerts that were not relevant on something is
// suggested: fewer have too much in common by chance.
const fewJudged = 3

// A remedy is what to exclude from a rule so that it is silent on what was not
// relevant.
type remedy struct {
	rule         string
	wrong, right int // judged alerts
	silencers    []draft.Silencer
}

// remedy is what would make the rule more precise; it has no silencers where too
// little was judged, or nothing sets it apart.
func (f *feedback) remedy(engine *rules.Engine, rule string) (remedy, error) {
	m := remedy{rule: rule}
	var wrong, right []*rules.Article
	for _, j := range f.judged {
		switch a := j.Article.ForRules(); {
		case j.Rule != rule:
		case j.Relevant > j.Irrelevant:
			right = append(right, a)
		case j.Relevant < j.Irrelevant:
			// What the rule is silent on by now needs no remedy.
			if x, ok := engine.Explain(rule, a); ok && x.Fired {
				wrong = append(wrong, a)
			}
		}
	}
	m.wrong, m.right = len(wrong), len(right)
	if m.wrong < fewJudged {
		return m, nil
	}
	var err error
	m.silencers, err = draft.Silencers(engine, rule, wrong, right, draft.Options{Ordinary: story.OrdinaryWords()})
	return m, err
}

// strongest is what to exclude first; "": nothing helps. It is a monitor.Remedy.
func strongest(engine *rules.Engine, rule string, judged []monitor.Judged) (string, error) {
	m, err := (&feedback{judged: judged}).remedy(engine, rule)
	if err != nil || len(m.silencers) == 0 {
		return "", err
	}
	return m.silencers[0].Term, nil
}

// yaml is the remedy as it is pasted into the rule; "" when there is none.
func (m remedy) yaml() string { return draft.NoneYAML(m.silencers, m.wrong, m.right) }

// precisionText is a precision as people read it.
func precisionText(p monitor.Precision) string {
	if p.Judged == 0 {
		return "-"
	}
	return fmt.Sprintf("%d %% of %d", p.Percent(), p.Judged)
}
