package rules

import (
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// Load reads rule files and makes an engine of them. It returns the faults of all
// files, in order of file, line and column. The engine is nil if one of them is
// an error, and if there are no rules; warnings alone do not prevent it. Examples
// are not run here, but by CheckExamples. The sources are not kept.
func Load(sources []Source) (*Engine, []Fault) {
	l := &loader{lists: map[string]*listDraft{}, ids: map[string]*draft{}}
	inOrder := slices.Clone(sources)
	slices.SortStableFunc(inOrder, func(a, b Source) int { return strings.Compare(a.Name, b.Name) })
	for _, s := range inOrder {
		l.read(newDocument(s))
	}
	l.resolve()
	l.judge()
	l.lint()
	faults := l.faults()
	if len(l.drafts) == 0 && !anyError(faults) {
		faults = append(faults, Fault{Message: "there are no rules", Hint: "a rule file begins with rules: and has below it a list of rules, each with id: and match:"})
	}
	if anyError(faults) {
		return nil, faults
	}
	rules := make([]*Rule, len(l.drafts))
	for i, r := range l.drafts {
		rules[i] = r.finished()
	}
	e := newEngine(rules)
	e.fingerprint = fingerprint(inOrder)
	e.lists = map[string]*list{}
	for name, named := range l.lists {
		e.lists[name] = &named.list
	}
	return e, faults
}

// A loader gathers what all files say; then names are resolved over them all.
type loader struct {
	documents []*document
	lists     map[string]*listDraft
	names     []string // of lists, in the order read
	ids       map[string]*draft
	drafts    []*draft
	unread    bool // a file could not be read; it may have what others miss
}

// A draft is a rule as read, before names are resolved.
type draft struct {
	rule           *Rule
	doc            *document
	node           *yaml.Node // the rule's table
	all, any, none []*entry
	faulty         bool // a clause could not be read: the rule as a whole is not judged
}

// An entry is one query of a list.
type entry struct {
	doc    *document
	node   *yaml.Node
	query  Query
	extent extent
}

func queries(entries []*entry) []Query {
	of := make([]Query, len(entries))
	for i, e := range entries {
		of[i] = e.query
	}
	return of
}

func (r *draft) finished() *Rule {
	r.rule.all, r.rule.any, r.rule.none = queries(r.all), queries(r.any), queries(r.none)
	return r.rule
}

// clauses returns the entries of all, any and none.
func (r *draft) clauses() []*entry { return slices.Concat(r.all, r.any, r.none) }

func (l *loader) faults() []Fault {
	var all []Fault
	for _, d := range l.documents {
		all = append(all, d.faults...)
	}
	return sortFaults(all)
}

// fault tells a problem of the entry's query at its place in the file.
func (e *entry) fault(p *problem) {
	at := e.doc.origin(e.node).place(p.At)
	e.doc.fault(at.Start, at.End, p.Message, p.Hint)
}

func (e *entry) warn(at Span, message, hint string) {
	place := e.doc.origin(e.node).place(at)
	e.doc.warn(place.Start, place.End, message, hint)
}
