package main

import (
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
	nearest, ok := engine.Nearest(a.ForRules())
	if !ok {
		return "no rule's terms are in it"
	}
	return nearest.Clause + ": " + nearest.Why
}
