package draft

import (
	"cmp"
	"slices"
	"strings"
)

// shortWords is the length of a document that tells of one event, as an agency's
// report does. A longer one is taken to report on several topics.
const shortWords = 400

func (s *Survey) isShort() bool {
	return !slices.ContainsFunc(s.documents, func(d document) bool { return len(d.tokens) > shortWords })
}

// events makes one topic of each event that short documents tell of. Documents tell
// of the same when what the title of one names stands in the other.
func (s *Survey) events(most int) []*topic {
	var events []*topic
	of := make([]int, len(s.documents)) // the first document of each one's event
	for i := range of {
		of[i] = i
	}
	for _, p := range s.phrases {
		if !p.leads() && p.kind != name || len(p.documents) < 2 {
			continue
		}
		for i := range s.documents {
			if !s.documents[i].titles(p) {
				continue
			}
			for j := range p.documents {
				was, is := max(of[i], of[j]), min(of[i], of[j])
				for k := range of {
					if of[k] == was {
						of[k] = is
					}
				}
			}
		}
	}
	for i := range of {
		if of[i] != i || len(events) == most {
			continue
		}
		in := map[int]bool{}
		for j := range of {
			in[j] = of[j] == i
		}
		if t := s.event(in); t != nil {
			events = append(events, t)
		}
	}
	return events
}

// titles says whether the document's title has the phrase.
func (d *document) titles(p *phrase) bool {
	return slices.ContainsFunc(p.sentences, func(n int) bool { return n >= d.from && n < d.titleEnd })
}

// event gathers what the documents tell: its subject, names that rules ask for as
// for countries, and the phrases; nil where there are none.
func (s *Survey) event(in map[int]bool) *topic {
	t := &topic{in: in}
	for _, p := range s.phrases {
		switch {
		case !p.isIn(in), p.isInstitution(), p.doubled():
		case s.isSubject(p, in):
			t.subject = append(t.subject, p)
		case p.kind == name && !p.leads():
		case p.kind == words && len(p.keys) > 1 && !p.leads():
		case p.kind == words && len(p.keys) == 1 && p.times+p.titles < 2:
		default:
			t.members = append(t.members, p)
		}
	}
	if !s.subjectStands(t) || len(t.members) == 0 {
		t.members = append(t.subject, t.members...)
		t.subject = nil
	}
	if len(t.members) == 0 {
		return nil
	}
	best := slices.IndexFunc(t.members, func(p *phrase) bool { return p.titles > 0 && len(p.keys) > 1 })
	best = max(best, 0)
	t.main = t.members[best]
	if t.main.kind == acronym && t.main.long != nil {
		t.main, best = t.main.long, slices.Index(t.members, t.main.long)
	}
	if best >= 0 {
		t.members = slices.Delete(t.members, best, best+1)
	}
	slices.SortStableFunc(t.members, func(a, b *phrase) int { return cmp.Compare(b.weight(), a.weight()) })
	return t
}

// weight puts what stands once, and in no title, last.
func (p *phrase) weight() int {
	if p.times > 1 || p.titles > 0 {
		return 1
	}
	return 0
}

func (p *phrase) isIn(documents map[int]bool) bool {
	for d := range p.documents {
		if documents[d] {
			return true
		}
	}
	return false
}

// isSubject says whether a name is what the reports are about: a place, a ship, a
// company that a title names, or that shares a word with one.
func (s *Survey) isSubject(p *phrase, in map[int]bool) bool {
	if p.kind != name || slices.ContainsFunc(p.parts, func(q part) bool { return q != rare && q != stop }) || p.times < 2 {
		return false
	}
	for i, d := range s.documents {
		if !in[i] {
			continue
		}
		for _, t := range d.tokens[:d.titled] {
			if slices.Contains(p.keys, t.key) {
				return true
			}
		}
	}
	return false
}

// subjectStands says whether each document has one of the subject's names.
func (s *Survey) subjectStands(t *topic) bool {
	for i := range s.documents {
		if t.in[i] && !slices.ContainsFunc(t.subject, func(p *phrase) bool { return p.documents[i] }) {
			return false
		}
	}
	return len(t.subject) > 0
}

// mostNames is how many names of a subject are asked for: more are a list of persons.
const mostNames = 4

// subjectClause asks for one of the subject's names.
func (m *maker) subjectClause(t *topic) Clause {
	c := Clause{Archive: -1}
	var names []string
	in := map[int]bool{}
	for _, p := range t.subject[:min(len(t.subject), mostNames)] {
		names = append(names, p.text)
		c.Times += p.times
		for d := range p.documents {
			in[d] = true
		}
	}
	c.Documents = len(in)
	switch list := m.listFinding(names, nil); {
	case list != "" && m.known.UseLists:
		c.Query = "$" + list
		return c
	case list != "":
		c.Note = "your rules have $" + list
	}
	if len(names) == 1 {
		c.Query = entry(names[0])
		c.Archive = m.census.having(c.Query)
		return c
	}
	for i := range names {
		names[i] = operand(names[i])
	}
	c.Query = strings.Join(names, " OR ")
	return c
}

// eventActors are the countries that a rule on an event asks for: the one named most,
// a title counting for three, and a second named about as often, and in a title if
// the first is; none beside a subject that is named as often.
func (s *Survey) eventActors(t *topic) []*actor {
	times, titled := map[*actor]int{}, map[*actor]bool{}
	named := map[*actor]map[int]bool{}
	s.eachActor(func(d int, a *actor, sentence int) {
		if !t.in[d] {
			return
		}
		if times[a]++; sentence < s.documents[d].titleEnd {
			times[a] += 2
			titled[a] = true
		}
		if named[a] == nil {
			named[a] = map[int]bool{}
		}
		named[a][d] = true
	})
	documents := 0
	for _, is := range t.in {
		if is {
			documents++
		}
	}
	var actors []*actor
	for a := range times {
		if len(named[a]) == documents && (times[a] > 1 || documents > 1) {
			actors = append(actors, a)
		}
	}
	slices.SortFunc(actors, func(a, b *actor) int {
		return cmp.Or(cmp.Compare(times[b], times[a]), strings.Compare(a.name, b.name))
	})
	if len(t.subject) > 0 && len(actors) > 0 && t.subject[0].times+2*t.subject[0].titles >= times[actors[0]] {
		return nil
	}
	const enough = 0.6
	if len(actors) > 1 && (float64(times[actors[1]]) < enough*float64(times[actors[0]]) || titled[actors[0]] && !titled[actors[1]]) {
		return actors[:1]
	}
	return actors[:min(len(actors), 2)]
}
