package rules

import (
	"slices"
	"strings"
)

// An Engine matches articles against a set of rules. It is immutable and safe
// for concurrent use; a changed set of rules is a new engine.
type Engine struct {
	rules []*Rule // in order of id
}

func newEngine(rules []*Rule) *Engine {
	sorted := slices.Clone(rules)
	slices.SortFunc(sorted, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return &Engine{rules: sorted}
}

// Rules returns all rules, switched off ones too, in order of id.
func (e *Engine) Rules() []*Rule { return slices.Clone(e.rules) }

// Rule returns the rule of that id, or nil when there is none.
func (e *Engine) Rule(id string) *Rule {
	i, ok := slices.BinarySearchFunc(e.rules, id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return nil
	}
	return e.rules[i]
}

// Match returns the enabled rules that fire on a, in order of id.
func (e *Engine) Match(a *Article) []Match { return nil }

// Explain tells clause by clause why the rule of that id fires on a or does
// not; ok is false when there is no such rule.
func (e *Engine) Explain(id string, a *Article) (x Explanation, ok bool) { return Explanation{}, false }

// Find looks for one query in a. A query may hold without a hit: NOT x, lang:ko.
func (e *Engine) Find(q Query, a *Article) (hits []Hit, ok bool) { return nil, false }
