package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"newswatch/rules"
)

// newestShown is how many alerts or differences are listed without --all.
const newestShown = 20

// show tells people of the backtest.
func (b *backtest) show(p *page) error {
	if b.period.articles == 0 {
		p.say(plain, "no articles to try the rules on")
		b.showPruned(p)
		return p.flush()
	}
	p.say(strong, fmt.Sprintf("%s, %s to %s (%s): %s, %d matched", count(b.period.days(), "day", "days"),
		b.period.day(0), b.period.day(b.period.days()-1), b.zone, count(b.period.articles, "article", "articles"), b.matched()))
	b.showPruned(p)
	p.b.WriteByte('\n')
	if err := p.flush(); err != nil {
		return err
	}
	tallies := b.tallies()
	if err := b.chart(p, tallies); err != nil {
		return err
	}
	if b.before != nil {
		b.showChanges(p, b.changes())
	} else {
		b.showAlerts(p, b.told())
	}
	if all := b.contributions(); len(all) > 0 {
		p.b.WriteByte('\n')
		p.block("outlets  ", outlets(all))
	}
	return p.flush()
}

func (b *backtest) showPruned(p *page) {
	if b.pruned > 0 {
		p.say(dim, count(b.pruned, "article", "articles")+" more, whose text is no longer kept, could not be tried")
	}
}

// chart shows how often each rule alerts, and on which days.
func (b *backtest) chart(p *page, tallies []*tally) error {
	t := table{color: p.color}
	heading := []string{"RULE", "ALERTS", "REPLIES", "A WEEK", "MOST A DAY"}
	if b.before != nil {
		heading = []string{"RULE", "ALERTS", "BEFORE", "ADDED", "REMOVED", "A WEEK", "MOST A DAY"}
	}
	t.row(heading...)
	row := func(of *tally, most string) {
		cells := []string{of.rule, strconv.Itoa(of.alerts)}
		if b.before != nil {
			cells = append(cells, strconv.Itoa(of.before), signed("+", of.added), signed("-", of.removed))
		} else {
			cells = append(cells, strconv.Itoa(of.replies))
		}
		t.row(append(cells, strconv.FormatFloat(b.period.weekly(of.alerts), 'f', 1, 64), most)...)
	}
	for _, of := range tallies {
		most := "-"
		if of.most > 0 {
			most = fmt.Sprintf("%d on %s", of.most, b.period.day(of.mostOn))
		}
		row(of, most)
	}
	if len(tallies) > 1 {
		sum := total(tallies)
		sum.rule = "all"
		row(&sum, "")
	}
	b.bars(p, &t, tallies)
	return t.print(p.out)
}

// bars adds the column of bars. All rules have one scale.
func (b *backtest) bars(p *page, t *table, tallies []*tally) {
	bars := mostBars
	if p.room > 0 {
		bars = min(bars, max(p.room-t.width(), fewestBars))
	}
	perBar := (b.period.days() + bars - 1) / bars
	highest := 8 // few alerts draw low bars
	for _, of := range tallies {
		highest = max(highest, slices.Max(sums(of.perDay, perBar)))
	}
	t.rows[0] = append(t.rows[0], "PER "+strings.TrimPrefix(strings.ToUpper(count(perBar, "day", "days")), "1 "))
	for i, of := range tallies {
		t.rows[i+1] = append(t.rows[i+1], p.bars(sums(of.perDay, perBar), highest))
	}
}

// signed is a number with its sign; 0 has none.
func signed(sign string, n int) string {
	if n == 0 {
		return "0"
	}
	return sign + strconv.Itoa(n)
}

// A narrow terminal has fewer bars of more days each.
const (
	mostBars   = 31
	fewestBars = 11 // as wide as their heading
)

// sums adds up every n days.
func sums(perDay []int, n int) []int {
	var all []int
	for days := range slices.Chunk(perDay, n) {
		sum := 0
		for _, alerts := range days {
			sum += alerts
		}
		all = append(all, sum)
	}
	return all
}

// bars draws numbers as a chart of one line.
func (p *page) bars(numbers []int, highest int) string {
	const levels = "▁▂▃▄▅▆▇█"
	var chart paragraph
	for _, n := range numbers {
		if n == 0 {
			chart.add(dim, "·")
			continue
		}
		chart.add(found, string([]rune(levels)[(n*8+highest-1)/highest-1]))
	}
	return chart.paint(p.color)
}

// showAlerts lists the newest alerts with the sentence that fired each.
func (b *backtest) showAlerts(p *page, alerts []*trialAlert) {
	for _, alert := range newest(p, "alert", "alerts", alerts) {
		b.head(p, "", alert.rule.ID, alert.article, others(alert))
		p.hits(alert.article, alert.match)
	}
}

// newest heads a list and gives what is to be shown of it.
func newest[T any](p *page, one, many string, list []T) []T {
	if len(list) == 0 {
		return nil
	}
	p.b.WriteByte('\n')
	if p.all || len(list) <= newestShown {
		p.say(strong, count(len(list), one, many)+", newest first")
		return list
	}
	p.say(strong, fmt.Sprintf("the newest %d of %d %s; --all lists them all", newestShown, len(list), many))
	return list[:newestShown]
}

// head is the line above an item: when, by which rule, from whom.
func (b *backtest) head(p *page, sign, rule string, of *past, more string) {
	var line paragraph
	line.add(plain, sign+of.at.In(b.zone).Format("2006-01-02 15:04")+"  ")
	line.add(strong, rule)
	if source := strings.TrimSuffix(of.OutletName()+", "+more, ", "); source != "" {
		line.add(dim, "  "+strings.TrimPrefix(source, ", "))
	}
	p.b.WriteByte('\n')
	p.block("", line)
}

// others names the outlets of the replies, and counts these.
func others(alert *trialAlert) string {
	if len(alert.reports) == 1 {
		return ""
	}
	names := alert.outlets
	if len(names) > 0 && names[0] == alert.article.OutletName() {
		names = names[1:]
	}
	text := count(len(alert.reports)-1, "reply", "replies")
	if len(names) > 0 {
		text += ": " + strings.Join(names[:min(len(names), 4)], ", ")
	}
	return text
}

// showChanges lists what the edit adds and removes, with what decided.
func (b *backtest) showChanges(p *page, changes []change) {
	if len(changes) == 0 {
		p.b.WriteByte('\n')
		p.say(plain, "the edit changes nothing here")
	}
	for _, c := range newest(p, "difference", "differences", changes) {
		sign := "- "
		if c.added {
			sign = "+ "
		}
		b.head(p, sign, c.rule, c.article, string(c.kind))
		p.hits(c.article, c.match)
		for _, side := range []struct {
			name string
			of   *trial
		}{{"before", b.before}, {"now", b.now}} {
			var why paragraph
			why.add(plain, side.of.why(c.rule, c.article))
			p.block(fmt.Sprintf("  %-8s", side.name), why)
		}
	}
}

// outlets lists who has brought how much.
func outlets(all []*contribution) (line paragraph) {
	const most = 12
	for i, c := range all[:min(len(all), most)] {
		if i > 0 {
			line.add(plain, " · ")
		}
		line.add(plain, fmt.Sprintf("%s %d", cmp.Or(c.outlet, "no outlet named"), c.articles))
		if c.first > 0 {
			line.add(dim, fmt.Sprintf(" (first with %d)", c.first))
		}
	}
	if more := len(all) - most; more > 0 {
		line.add(plain, fmt.Sprintf(" · and %d more", more))
	}
	return line
}

// hits shows an article's title, and the sentence that fired, with its hits.
func (p *page) hits(of *past, m rules.Match) {
	p.block("  ", p.marked(of.Title, 0, strong, rules.Title, m.Hits))
	if s := m.Sentence; s.Field == rules.Body {
		p.block("  ", p.marked(s.Text, s.Start, plain, rules.Body, m.Hits))
	}
}

// marked is a part of a field that begins at a byte, with the hits in it.
func (p *page) marked(text string, start int, usual style, field rules.Field, hits []rules.Hit) (line paragraph) {
	at := 0
	for _, h := range hits {
		from, to := h.Start-start, h.End-start
		if h.Field != field || from < at || to > len(text) {
			continue
		}
		line.add(usual, text[at:from])
		p.mark(&line, found, text[from:to])
		at = to
	}
	line.add(usual, text[at:])
	return line
}

func (p *page) say(s style, text string) {
	var line paragraph
	line.add(s, text)
	p.block("", line)
}

// flush writes what was shown so far.
func (p *page) flush() error {
	_, err := io.WriteString(p.out, p.b.String())
	p.b.Reset()
	return err
}
