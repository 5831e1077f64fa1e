package draft

import (
	"fmt"
	"slices"

	"newswatch/rules"
)

// A List is an actor's names, as rules name it by $name.
type List struct {
	Name  string
	Terms []string // none: the list is one of those in force
	known string   // the list in force that has these names too; "": none
	times int
	in    int // documents
}

func (l *List) clause() Clause {
	return Clause{Query: "$" + l.Name, Times: l.times, Documents: l.in, Archive: -1}
}

// listOf is the list of an actor: one in force, where the draft may use it, or one
// of the draft's own, under a name that none in force has.
func (m *maker) listOf(a *actor) *List {
	if l, ok := m.lists[a]; ok {
		return l
	}
	l := &List{known: m.listInForce(a)}
	for _, d := range m.survey.documents {
		n := len(d.named(a))
		l.times += n
		l.in += min(n, 1)
	}
	if m.lists[a] = l; l.known != "" && m.known.UseLists {
		l.Name = l.known
		return l
	}
	l.Name, l.Terms = slug(a.name), a.termsIn(m.survey.scripts)
	for n := 0; m.searches[l.Name] != nil; n++ {
		l.Name = slug(a.name) + "-drafted"
		if n > 0 {
			l.Name += fmt.Sprintf("-%d", n+1)
		}
	}
	return l
}

// named is how a document names an actor, each time.
func (d *document) named(a *actor) []string {
	var names []string
	for i := 0; i < len(d.tokens); {
		j := i
		for j < len(d.tokens) && d.tokens[j].actor == a && (j == i || !d.tokens[j].begins) {
			j++
		}
		if j > i {
			names = append(names, d.text[d.tokens[i].start:d.tokens[j-1].end])
		}
		i = max(j, i+1)
	}
	return names
}

// listInForce is the list in force that finds all names of the actor that the
// documents use, and no other actor.
func (m *maker) listInForce(a *actor) string { return m.listFinding(m.namesOf(a), a) }

// namesOf are the name of an actor and those that the documents use.
func (m *maker) namesOf(a *actor) []string {
	names := []string{a.name}
	for _, d := range m.survey.documents {
		names = append(names, d.named(a)...)
	}
	return names
}

// listFinding is the list in force that finds all names and no country but a: the
// one that is called like a, else the first; "" where there is none.
func (m *maker) listFinding(names []string, a *actor) string {
	lists := m.engine.Lists()
	if a != nil {
		lists = slices.Insert(lists, 0, slug(a.name))
	}
	for _, list := range lists {
		search := m.searches[list]
		if search == nil || slices.ContainsFunc(names, func(name string) bool { return !finds(search, name) }) {
			continue
		}
		findsOther := func(other *actor) bool {
			return other != a && other.name != peninsula &&
				slices.ContainsFunc(m.namesOf(other), func(name string) bool { return finds(search, name) })
		}
		if !slices.ContainsFunc(m.countries, findsOther) {
			return list
		}
	}
	return ""
}

// listsInForce prepares to look for each of the engine's lists.
func listsInForce(e *rules.Engine) map[string]*rules.Search {
	searches := map[string]*rules.Search{}
	for _, name := range e.Lists() {
		if q, _ := e.ParseQuery("$" + name); q != nil {
			searches[name] = rules.NewSearch(q)
		}
	}
	return searches
}

func finds(s *rules.Search, text string) bool {
	_, ok := s.Find(&rules.Article{Title: text})
	return ok
}
