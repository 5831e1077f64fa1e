package main

import (
	"cmp"
	"slices"
	"strings"

	"newswatch/monitor"
	"newswatch/rules"
)

// reasonFor says in one line why the rules fired on an article, or why none
// did: what the one that came nearest found, and what it missed.
func reasonFor(engine *rules.Engine, a *monitor.Article, fired []string) string {
	if a.Baseline {
		return "stood in the feed before the first look, older than a day"
	}
	var reasons []string
	for _, id := range fired {
		x, _ := engine.Explain(id, a.ForRules())
		reasons = append(reasons, id+": "+x.Decided())
	}
	if len(fired) > 0 {
		return strings.Join(reasons, "; ")
	}
	var best near
	for _, r := range engine.Rules() {
		x, _ := engine.Explain(r.ID, a.ForRules())
		for _, n := range clausesOf(x) {
			if n.compare(best) > 0 {
				best = n
			}
		}
	}
	return best.String()
}

// A near is a clause that kept a rule silent, with what it found all the same.
type near struct {
	rule  string
	found []string
	fired bool   // the rule would have fired but for this clause
	line  string // what decided
}

// clausesOf lists what might have made the rule fire, or what kept it from it.
func clausesOf(x rules.Explanation) []near {
	var list []near
	for _, part := range x.Of {
		line := strings.TrimPrefix(part.Decided(), part.Under+": ")
		n := near{rule: x.Clause, found: found(part), line: line}
		n.fired = part.Under == "none" && part.Fired && part.Decided() == x.Decided()
		if n.fired || part.Under != "none" && !part.Fired {
			list = append(list, n)
		}
	}
	return list
}

// found lists the different things that the clause's terms found, in the
// article's order, without those that it is not to find.
func found(x rules.Explanation) []string {
	hits := wanted(x)
	slices.SortFunc(hits, func(a, b rules.Hit) int {
		return cmp.Or(strings.Compare(string(b.Field), string(a.Field)), cmp.Compare(a.Start, b.Start)) // title before body
	})
	var texts []string
	for _, h := range hits {
		if !slices.ContainsFunc(texts, func(text string) bool { return strings.EqualFold(text, h.Text) }) {
			texts = append(texts, h.Text)
		}
	}
	return texts
}

// wanted lists the hits in a clause and its parts.
func wanted(x rules.Explanation) []rules.Hit {
	if strings.HasPrefix(x.Clause, "NOT ") {
		return nil
	}
	hits := slices.Clone(x.Hits)
	for _, part := range x.Of {
		hits = append(hits, wanted(part)...)
	}
	return hits
}

// compare ranks what would have fired but for one thing first, then what found
// most.
func (n near) compare(other near) int {
	return cmp.Or(
		cmp.Compare(rank(n.fired), rank(other.fired)),
		cmp.Compare(len(n.found), len(other.found)),
		cmp.Compare(rank(n.unwanted()), rank(other.unwanted())),
	)
}

// unwanted says that all was there, and with it what must not be.
func (n near) unwanted() bool { return n.fired || strings.HasPrefix(n.line, "NOT ") }

func rank(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// String is a line such as
//
//	scm: found "SCM", "Seoul", but not $defence-minister
func (n near) String() string {
	quiet := "kept quiet by " + strings.Replace(strings.TrimPrefix(n.line, "NOT "), " found ", ": ", 1)
	if n.fired {
		return n.rule + ": " + quiet
	}
	if len(n.found) == 0 {
		return "no rule's terms are in it"
	}
	has := n.rule + `: found "` + strings.Join(n.found, `", "`) + `"`
	if n.unwanted() {
		return has + "; " + quiet
	}
	if missing, ok := strings.CutSuffix(n.line, " not found"); ok {
		if inner, bracketed := strings.CutPrefix(missing, "("); bracketed {
			missing = strings.TrimSuffix(inner, ")")
		}
		return has + ", but not " + missing
	}
	if operator, why, ok := strings.Cut(n.line, ": "); ok {
		return has + "; " + why + " (" + operator + ")"
	}
	return has + "; " + n.line
}
