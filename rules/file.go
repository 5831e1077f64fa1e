package rules

import (
	"fmt"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// read takes in one file: lists under terms, rules under rules.
func (l *loader) read(d *document) {
	l.documents = append(l.documents, d)
	root := d.root()
	l.unread = l.unread || root == nil && anyError(d.faults)
	if root == nil || isNull(root) {
		return
	}
	if root.Kind == yaml.SequenceNode {
		d.at(root, "the list has no name", "write rules: on a line above it")
		return
	}
	for _, p := range d.table(root, "a rule file", fileKeys()) {
		switch p.key.Value {
		case "terms":
			for _, named := range d.table(p.value, "terms", nil) {
				l.list(d, named)
			}
		case "rules":
			for _, n := range d.list(p.value, "rules") {
				l.rule(d, n)
			}
		}
	}
}

func fileKeys() []string { return []string{"terms", "rules"} }

func ruleKeys() []string {
	return []string{"id", "name", "why", "severity", "channel", "mention", "group_by", "quiet", "max_per_hour",
		"enabled", "until", "all", "any", "none", "match", "examples"}
}

// rule reads one rule of the list.
func (l *loader) rule(d *document, n *yaml.Node) {
	pairs := d.table(n, "a rule", ruleKeys())
	if pairs == nil {
		return
	}
	r := &draft{doc: d, node: n, rule: &Rule{Severity: Normal, GroupBy: ByStory, Enabled: true, File: d.name, Line: n.Line}}
	for _, p := range pairs {
		l.setting(r, p.key.Value, p.value)
	}
	if r.rule.Name == "" {
		r.rule.Name = r.rule.ID
	}
	l.drafts = append(l.drafts, r)
}

func (l *loader) setting(r *draft, key string, n *yaml.Node) {
	d, rule := r.doc, r.rule
	switch key {
	case "id":
		l.id(r, n)
	case "name":
		rule.Name = d.phrase(n, key)
	case "why":
		rule.Why = d.phrase(n, key)
	case "severity":
		rule.Severity = Severity(d.oneOf(n, key, string(High), string(Normal), string(Low)))
	case "group_by":
		rule.GroupBy = d.oneOf(n, key, ByStory, ByArticle, ByNone)
	case "channel":
		rule.Channels = d.channels(n)
	case "mention":
		rule.Mention = d.checked(n, key, mentionFault)
	case "quiet":
		rule.Quiet = d.hours(n, key)
	case "max_per_hour":
		rule.MaxPerHour = d.perHour(n)
	case "enabled":
		rule.Enabled = d.boolean(n, key)
	case "until":
		rule.Until = d.date(n, key)
		rule.last = d.placeOf(n)
	case "all":
		r.all = append(r.all, r.entries(n, key)...)
	case "any":
		r.any = r.entries(n, key)
	case "none":
		r.none = r.entries(n, key)
	case "match":
		rule.match, r.all = true, r.entry(r.all, n, "after match:")
	case "examples":
		rule.examples = d.examples(n)
	}
}

// id takes the rule's name, which no other rule of any file may have.
func (l *loader) id(r *draft, n *yaml.Node) {
	id := r.doc.checked(n, "id", idFault)
	if id == "" {
		return
	}
	r.rule.ID = id
	if first, taken := l.ids[id]; taken {
		r.doc.at(n, fmt.Sprintf("the id %s is taken by the rule at %s:%d", id, first.rule.File, first.rule.Line),
			"give one of the two another id")
		return
	}
	l.ids[id] = r
}

// entries reads a list of queries.
func (r *draft) entries(n *yaml.Node, key string) []*entry {
	items := r.doc.list(n, key)
	r.faulty = r.faulty || len(items) == 0
	var entries []*entry
	for _, item := range items {
		entries = r.entry(entries, item, "in the list "+key)
	}
	return entries
}

// entry reads one query and adds it to entries, unless it is faulty.
func (r *draft) entry(entries []*entry, n *yaml.Node, where string) []*entry {
	e := r.doc.entry(n, where)
	if e == nil {
		r.faulty = true
		return entries
	}
	return append(entries, e)
}

// entry reads one query. It returns nil for one that is faulty.
func (d *document) entry(n *yaml.Node, where string) *entry {
	if !d.isText(n, where) {
		return nil
	}
	q, problems := parse(n.Value)
	if d.cut(n, len(problems) > 0) || d.swallowed(n) {
		return nil
	}
	e := &entry{doc: d, node: n, query: q}
	for _, p := range problems {
		p.Hint += unquotedHint(n)
		e.fault(p)
	}
	if len(problems) > 0 {
		return nil
	}
	return e
}

// A pair is a key of a table with its value.
type pair struct{ key, value *yaml.Node }

// table returns the pairs of n with a known key, each once; known nil takes
// any. It returns nil if n is no table.
func (d *document) table(n *yaml.Node, what string, known []string) []pair {
	if isMended(n) || !d.plainNode(n) {
		return nil
	}
	if isNull(n) {
		d.null(n, "here")
		return nil
	}
	if n.Kind != yaml.MappingNode {
		hint := "write keys with values below it"
		if known != nil {
			hint = "the keys are " + strings.Join(known, ", ")
		}
		d.at(n, what+" is a table of keys and values, and this is not", hint)
		return nil
	}
	pairs, seen := []pair{}, map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch first := seen[key.Value]; {
		case isMended(key) || !d.plainNode(key):
		case key.Kind != yaml.ScalarNode:
			d.at(key, "this is not a key", "a key is a word with a colon after it")
		case first != nil:
			d.at(key, fmt.Sprintf("the key %s stands twice; first on line %d", shorten(key.Value), first.Line), "take one of the two away, or make one of both")
		case known != nil && !slices.Contains(known, key.Value):
			d.at(key, fmt.Sprintf("%s has no key %s", what, shorten(key.Value)), keyHint(key.Value, known))
		default:
			seen[key.Value] = key
			pairs = append(pairs, pair{key, value})
		}
	}
	return pairs
}
