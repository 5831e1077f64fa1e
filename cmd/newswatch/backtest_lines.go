package main

import (
	"encoding/json"
	"io"
	"time"

	"newswatch/monitor"
	"newswatch/rules"
)

// The lines of backtest --json, as its help describes them.
type (
	summaryLine struct {
		Type         string    `json:"type"`
		Rules        string    `json:"rules"`
		Against      string    `json:"against,omitempty"`
		From         time.Time `json:"from,omitzero"`
		To           time.Time `json:"to,omitzero"`
		Days         int       `json:"days"`
		Articles     int       `json:"articles"`
		Matched      int       `json:"matched"`
		Pruned       int       `json:"pruned"`
		Alerts       int       `json:"alerts"`
		Replies      int       `json:"replies"`
		PerWeek      float64   `json:"per_week"`
		AlertsBefore *int      `json:"alerts_before,omitempty"`
	}
	ruleLine struct {
		Type         string  `json:"type"`
		Rule         string  `json:"rule"`
		Alerts       int     `json:"alerts"`
		Replies      int     `json:"replies"`
		PerWeek      float64 `json:"per_week"`
		Most         int     `json:"most"`
		MostOn       string  `json:"most_on,omitempty"`
		PerDay       []int   `json:"per_day"`
		AlertsBefore *int    `json:"alerts_before,omitempty"`
		Added        *int    `json:"added,omitempty"`
		Removed      *int    `json:"removed,omitempty"`
	}
	itemLine struct {
		Type   string          `json:"type"`
		Rule   string          `json:"rule,omitempty"`
		ID     json.RawMessage `json:"id"`
		Title  string          `json:"title"`
		URL    string          `json:"url"`
		Outlet string          `json:"outlet"`
		At     time.Time       `json:"at,omitzero"`
	}
	alertLine struct {
		itemLine
		Field    rules.Field `json:"field"`
		Sentence string      `json:"sentence"`
		Hits     []hitLine   `json:"hits"`
		Outlets  []string    `json:"outlets"`
		Reports  int         `json:"reports"`
	}
	hitLine struct {
		Field rules.Field `json:"field"`
		Start int         `json:"start"`
		End   int         `json:"end"`
		Text  string      `json:"text"`
	}
	outletLine struct {
		Type     string `json:"type"`
		Outlet   string `json:"outlet"`
		Articles int    `json:"articles"`
		Alerts   int    `json:"alerts"`
	}
	changeLine struct {
		itemLine
		Field    rules.Field  `json:"field"`
		Sentence string       `json:"sentence"`
		Posted   monitor.Kind `json:"posted"`
		Before   string       `json:"before"`
		Now      string       `json:"now"`
	}
)

// printLines writes the backtest for machines.
func (b *backtest) printLines(out io.Writer) error {
	encoder := jsonLines(out)
	tallies := b.tallies()
	var lines []any
	sum := total(tallies)
	summary := summaryLine{Type: "summary", Rules: b.dir, Against: b.against, From: b.period.from.UTC(), To: b.period.to.UTC(),
		Days: b.period.days(), Articles: b.period.articles, Matched: b.matched(), Pruned: b.pruned,
		Alerts: sum.alerts, Replies: sum.replies, PerWeek: b.period.weekly(sum.alerts)}
	if b.before != nil {
		summary.AlertsBefore = &sum.before
	}
	lines = append(lines, summary)
	for _, t := range tallies {
		line := ruleLine{Type: "rule", Rule: t.rule, Alerts: t.alerts, Replies: t.replies, PerWeek: b.period.weekly(t.alerts),
			Most: t.most, PerDay: t.perDay}
		if t.most > 0 {
			line.MostOn = b.period.day(t.mostOn)
		}
		if b.before != nil {
			line.AlertsBefore, line.Added, line.Removed = &t.before, &t.added, &t.removed
		}
		lines = append(lines, line)
	}
	for _, alert := range b.told() {
		s := alert.match.Sentence
		lines = append(lines, alertLine{itemLineOf("alert", alert.rule.ID, alert.article), s.Field, s.Text,
			hitLines(alert.match.Hits), orEmpty(alert.outlets), len(alert.reports)})
	}
	for _, c := range b.contributions() {
		lines = append(lines, outletLine{"outlet", c.outlet, c.articles, c.first})
	}
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	if b.before == nil {
		return nil
	}
	for _, c := range b.changes() {
		kind := "removed"
		if c.added {
			kind = "added"
		}
		err := encoder.Encode(changeLine{itemLineOf(kind, c.rule, c.article), c.match.Sentence.Field, c.match.Sentence.Text,
			c.kind, b.before.why(c.rule, c.article), b.now.why(c.rule, c.article)})
		if err != nil {
			return err
		}
	}
	return nil
}

func itemLineOf(kind, rule string, p *past) itemLine {
	return itemLine{kind, rule, p.id, p.Title, p.URL, p.OutletName(), p.at.UTC()}
}

func hitLines(hits []rules.Hit) []hitLine {
	lines := make([]hitLine, 0, len(hits))
	for _, h := range hits {
		lines = append(lines, hitLine(h))
	}
	return lines
}

// orEmpty makes of no list an empty one, which JSON tells from null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// total adds tallies up, but for their days.
func total(tallies []*tally) (sum tally) {
	for _, t := range tallies {
		sum.alerts += t.alerts
		sum.replies += t.replies
		sum.before += t.before
		sum.added += t.added
		sum.removed += t.removed
	}
	return sum
}
