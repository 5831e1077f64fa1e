package rules

import (
	"fmt"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// Bounds on what a query may stand for when its names are filled in. Without them
// twenty lists that name each other twice are a million terms.
const (
	maxTerms     = 100_000
	maxNameDepth = 20
)

// A list is a named list, with its own names filled in.
type list struct {
	of []Query
	extent
}

// A listDraft is a list as read.
type listDraft struct {
	list
	name    string
	key     *yaml.Node
	doc     *document
	entries []*entry
	state   listState
}

type listState uint8

const (
	unseen listState = iota
	open             // its names are being resolved
	resolved
)

// list reads one named list.
func (l *loader) list(d *document, p pair) {
	name := p.key.Value
	named := &listDraft{name: name, key: p.key, doc: d}
	for _, item := range d.list(p.value, name) {
		if e := d.entry(item, "in the list "+shorten(name)); e != nil {
			named.entries = append(named.entries, e)
		}
	}
	if !isListName(name) {
		hint := "a list's name is lower-case letters a-z, digits and hyphens: north-korea"
		bare, ok := strings.CutPrefix(name, "$")
		if ok && isListName(bare) {
			hint = fmt.Sprintf("write %s: here; the $ stands only where the list is used", bare)
			name, named.name = bare, bare
		}
		d.at(p.key, fmt.Sprintf("%s cannot be the name of a list", shorten(p.key.Value)), hint)
	}
	if first, taken := l.lists[name]; taken {
		d.at(p.key, fmt.Sprintf("the list %s is already defined at %s:%d", name, first.doc.name, first.key.Line),
			"give one of the two another name, or put the words of both into one")
		return
	}
	l.lists[name] = named
	l.names = append(l.names, name)
}

// resolve fills in the names of all lists and rules.
func (l *loader) resolve() {
	for _, name := range l.names {
		l.resolveList(l.lists[name], nil)
	}
	for _, r := range l.drafts {
		for _, e := range r.clauses() {
			e.resolve(l.lookup(nil))
		}
	}
}

// lookup returns a function that finds lists, resolved, for the queries of a list
// that path led to.
func (l *loader) lookup(path []string) finder {
	return func(name string) (*list, *problem) {
		named, ok := l.lists[name]
		if !ok && l.unread {
			return &list{extent: ofTerm()}, nil
		}
		if !ok {
			return nil, unknownList(name, l.names)
		}
		if len(path) > maxNameDepth {
			return nil, &problem{Message: fmt.Sprintf("more than %d lists stand inside one another", maxNameDepth), Hint: "put the words of some into one list"}
		}
		l.resolveList(named, path)
		if named.state == open {
			circle := append(path[slices.Index(path, name):], name)
			return nil, &problem{Message: "these lists go round in a circle: $" + strings.Join(circle, " -> $"),
				Hint: "take one of these names out of the list it stands in"}
		}
		return &named.list, nil
	}
}

// A finder returns the list of that name with its names filled in. Its problem
// has no place yet.
type finder func(name string) (*list, *problem)

func unknownList(name string, names []string) *problem {
	p := &problem{Message: fmt.Sprintf("there is no list $%s", shorten(name)), Hint: "define it under terms:, in any rule file"}
	if meant := nearest(name, names); meant != "" {
		p.Hint = fmt.Sprintf("did you mean $%s? Otherwise define %s under terms:", meant, shorten(name))
	} else if len(names) > 0 && len(names) <= 12 {
		p.Hint += "; the lists are $" + strings.Join(slices.Sorted(slices.Values(names)), ", $")
	}
	return p
}

// resolveList fills in the names in a list; path is the lists that led to it.
func (l *loader) resolveList(named *listDraft, path []string) {
	if named.state != unseen {
		return
	}
	named.state = open
	find := l.lookup(append(slices.Clone(path), named.name))
	named.extent = ofOr()
	for _, e := range named.entries {
		e.resolve(find)
		named.of = append(named.of, e.query)
		named.or(e.extent)
	}
	named.deep++
	if named.terms > maxTerms {
		named.doc.at(named.key, fmt.Sprintf("the list %s stands for more than %d terms, with those it names", named.name, maxTerms), "split it")
		named.terms = 0
	}
	if named.deep > maxNameDepth {
		named.doc.at(named.key, fmt.Sprintf("more than %d lists stand inside one another here", maxNameDepth), "put the words of some into one list")
		named.deep = 0
	}
	named.state = resolved
}

// resolve fills in the names in the entry's query and faults those that cannot be.
func (e *entry) resolve(find finder) {
	if e.doc.full() {
		return
	}
	r := resolver{find: find}
	e.extent = r.query(e.query, "", "")
	for _, p := range r.problems {
		e.fault(p)
	}
}

// A resolver fills in the names of one query.
type resolver struct {
	find     finder
	problems []*problem
}

func (r *resolver) fault(q Query, message, hint string) {
	r.problems = append(r.problems, &problem{q.span(), message, hint})
}

// query resolves a part that stands in an operator, NEAR or ATLEAST, and in a
// field, if these are not empty.
func (r *resolver) query(q Query, operator string, field Field) extent {
	x := ofTerm()
	switch q := q.(type) {
	case *Named:
		x = r.named(q, operator, field)
	case *And:
		x = ofAnd()
		for _, part := range q.Of {
			x.and(r.query(part, operator, field))
		}
		x.obstacle = "AND"
	case *Or:
		x = ofOr()
		for _, part := range q.Of {
			x.or(r.query(part, operator, field))
		}
	case *Not:
		x = r.query(q.X, operator, field)
		x.whenTrue, x.whenFalse = x.whenFalse, x.whenTrue
		x.obstacle = "NOT"
	case *Near:
		x.and(r.query(q.A, "NEAR", field))
		x.and(r.query(q.B, "NEAR", field))
		x.obstacle = "NEAR"
	case *AtLeast:
		x.and(r.query(q.X, "ATLEAST", field))
		x.obstacle = "ATLEAST"
	case *In:
		x = r.query(q.X, operator, q.Field)
		x.field = string(q.Field) + ":"
		x.obstacle = x.field
	}
	if x.terms > maxTerms {
		r.fault(q, fmt.Sprintf("this stands for more than %d terms, with the lists it names", maxTerms), "split it")
		x.terms = 0
	}
	return x
}

func (r *resolver) named(q *Named, operator string, field Field) extent {
	named, p := r.find(q.Name)
	if p != nil {
		r.fault(q, p.Message, p.Hint)
		return ofTerm()
	}
	const hint = "take a list whose entries are words and phrases"
	if operator != "" && named.obstacle != "" {
		r.fault(q, fmt.Sprintf("%s takes terms, and the list $%s holds %s", operator, q.Name, named.obstacle), hint)
	} else if field != "" && named.field != "" {
		r.fault(q, fmt.Sprintf("%s: cannot narrow the list $%s, which holds %s", field, q.Name, named.field), hint)
	}
	q.List = named.of
	return named.extent
}
