package rules

import (
	"maps"
	"slices"
)

// ParseQuery parses one query outside any rule file, without named lists. Its
// faults have Line and Column in src and no File.
func ParseQuery(src string) (Query, []Fault) { return (&Engine{}).ParseQuery(src) }

// ParseQuery parses one query outside any rule file; $names are the lists of the
// engine's rule files.
func (e *Engine) ParseQuery(src string) (Query, []Fault) {
	q, problems := parse(src)
	if len(problems) == 0 {
		r := resolver{find: e.list}
		r.query(q, "", "")
		problems = r.problems
	}
	if len(problems) == 0 {
		return q, nil
	}
	d := &document{src: src}
	d.index()
	for _, p := range problems {
		d.fault(p.At.Start, p.At.End, p.Message, p.Hint)
	}
	return nil, sortFaults(d.faults)
}

func (e *Engine) list(name string) (*list, *problem) {
	if named, ok := e.lists[name]; ok {
		return named, nil
	}
	return nil, unknownList(name, slices.Collect(maps.Keys(e.lists)))
}
