package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An Engine matches articles against a set of rules. It is immutable and safe
// for concurrent use; a changed set of rules is a new engine. The zero Engine has
// no rules.
type Engine struct {
	rules       []*Rule          // in order of id
	fingerprint string           // of the files they were read from
	program     *program         // compiled from those that are enabled; nil without rules
	lists       map[string]*list // the named lists, for queries from outside
}

func newEngine(rules []*Rule) *Engine {
	sorted := slices.Clone(rules)
	slices.SortFunc(sorted, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return &Engine{rules: sorted, program: compile(sorted, nil)}
}

// Rules returns all rules, switched off ones too, in order of id.
func (e *Engine) Rules() []*Rule { return slices.Clone(e.rules) }

// Fingerprint tells rules read from other files, or from other versions of
// them, apart. Where the files lie does not count.
func (e *Engine) Fingerprint() string { return e.fingerprint }

func fingerprint(inOrder []Source) string {
	hash := sha256.New()
	for _, s := range inOrder {
		fmt.Fprintf(hash, "%d\n%s", len(s.Data), s.Data)
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// Rule returns the rule of that id, or nil when there is none.
func (e *Engine) Rule(id string) *Rule {
	i, ok := slices.BinarySearchFunc(e.rules, id, func(r *Rule, id string) int { return strings.Compare(r.ID, id) })
	if !ok {
		return nil
	}
	return e.rules[i]
}

// Meant returns the id of the rule that a misspelt id surely means, or "".
func (e *Engine) Meant(id string) string {
	ids := make([]string, 0, len(e.rules))
	for _, r := range e.rules {
		ids = append(ids, r.ID)
	}
	return nearest(id, ids)
}

// Lists returns the names of the named lists, in order.
func (e *Engine) Lists() []string { return slices.Sorted(maps.Keys(e.lists)) }

// Match returns the enabled rules that fire on a, in order of id. A rule fires
// when every query of all holds, one of any at least, if there are any, and none
// of none. Whether a rule has ended is for the caller to ask.
func (e *Engine) Match(a *Article) []Match {
	if e.program == nil {
		return nil
	}
	var matches []Match
	e.program.run(a, func(s *sweep, r *compiled) { matches = append(matches, s.match(r)) })
	return matches
}
