package monitor

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"newswatch/rules"
)

// why tells why an alert's rule fired: by its article as it is kept now, and the
// rule as it is in force.
func (c *Clerk) why(ctx context.Context, r Request) (Answer, error) {
	on, article, ok, err := c.Book.Clicked(ctx, Receipt{r.Channel, r.TS}, r.Key)
	switch {
	case err != nil:
		return Answer{}, fmt.Errorf("tell why: %w", err)
	case !ok || on.Kind != KindAlert:
		return Answer{Head: refusedGone}, nil
	case article.ID == 0:
		return Answer{Head: "The text of this article is no longer kept."}, nil
	}
	x, ok := c.InForce.Load().Engine.Explain(on.Rule, article.ForRules())
	if !ok {
		return Answer{Head: refusedRule}, nil
	}
	a := Answer{Head: Verdicts(x), Lines: Reasons(x, article.ForRules())}
	if !x.Fired {
		a.Lines = append(a.Lines, Line{Text: "It fired when the alert was made: the rule or the article was edited since."})
	}
	return a, nil
}

// Verdicts is whether a rule fires and the clause that decided, in a line.
func Verdicts(x rules.Explanation) string {
	verdict := "silent"
	if x.Fired {
		verdict = "fires"
	}
	return verdict + " " + x.Clause + ": " + x.Decided()
}

// mostReasons is how many clauses are told of: the ones that decided, and of the
// others as many as can be read at a glance.
const mostReasons = 6

// Reasons is what a rule found in an article, with the text around it, and the
// clauses that decided.
func Reasons(x rules.Explanation, a *rules.Article) []Line {
	var lines []Line
	for _, text := range []struct {
		field rules.Field
		text  string
	}{{rules.Title, a.Title}, {rules.Body, a.Body}} {
		if l, ok := marked(text.text, text.field, x); ok {
			lines = append(lines, l)
		}
	}
	for _, part := range x.Of {
		if len(lines) == mostReasons {
			break
		}
		if part.Decisive {
			lines = append(lines, Line{Text: clauseLine(part)})
		}
	}
	return lines
}

// clauseLine is a clause and why it holds or does not, yes where it lets the
// rule fire.
func clauseLine(x rules.Explanation) string {
	lead := "yes "
	if x.Fired == (x.Under == "none") {
		lead = "no "
	}
	const most = 240
	clause := []rune(x.Clause)
	if len(clause) > most {
		clause = append(clause[:most], '…')
	}
	line := lead + x.Under + ": " + string(clause)
	if x.Why != "" {
		line += " — " + x.Why
	}
	return line
}

// marked is a text in which something was found, with marks. Whoever draws it
// shows what stands around them.
func marked(text string, field rules.Field, x rules.Explanation) (Line, bool) {
	var marks [][2]int
	for _, hit := range slices.Concat(x.Hits, x.Against) {
		if hit.Field == field {
			marks = append(marks, [2]int{hit.Start, hit.End})
		}
	}
	slices.SortFunc(marks, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	apart := marks[:0]
	for _, m := range marks {
		if len(apart) == 0 || m[0] >= apart[len(apart)-1][1] {
			apart = append(apart, m)
		}
	}
	return Line{Text: text, Marks: apart}, len(apart) > 0
}
