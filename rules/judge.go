package rules

import (
	"slices"

	yaml "go.yaml.in/yaml/v4"
)

// judge faults rules that are not whole, once their names are resolved.
func (l *loader) judge() {
	for _, r := range l.drafts {
		if !r.has("id") {
			r.doc.at(r.node, "this rule has no id", "add id: and a short name of your own, as in id: satellite-launch")
		}
		if match := r.value("match"); match != nil && r.value("all") != nil {
			r.doc.at(match, "match: stands in place of all:, and this rule has both", "write this query as one more under all:, where every one must hold")
		}
		switch {
		case r.faulty || r.has("all", "any", "match") && len(r.clauses()) == 0: // told already
		case len(r.clauses()) == 0:
			r.doc.at(r.node, "this rule looks for nothing", "add match: and a query, or a list of queries under all: or any:")
		case !r.isPositive():
			r.doc.at(r.node, "this rule only excludes: it would alert on every other article", "add what it looks for under all:, any: or match:")
		}
	}
}

// has says whether the rule has one of keys, or a key that was meant to be it.
func (r *draft) has(keys ...string) bool {
	for i := 0; i+1 < len(r.node.Content); i += 2 {
		key := r.node.Content[i].Value
		if slices.Contains(keys, key) || slices.Contains(keys, nearest(key, ruleKeys())) {
			return true
		}
	}
	return false
}

// value is what stands after a key, nil if the rule does not have it.
func (r *draft) value(key string) *yaml.Node {
	for i := 0; i+1 < len(r.node.Content); i += 2 {
		if r.node.Content[i].Value == key {
			return r.node.Content[i+1]
		}
	}
	return nil
}

// isPositive says whether something must be found for the rule to fire.
func (r *draft) isPositive() bool {
	some, every := false, len(r.any) > 0
	for _, e := range r.all {
		some = some || e.extent.whenTrue
	}
	for _, e := range r.any {
		every = every && e.extent.whenTrue
	}
	return some || every
}
