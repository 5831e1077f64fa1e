package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"newswatch/rules"
)

// A Clause is one query of a rule with what speaks for it.
type Clause struct {
	Query     string `json:"query"`
	Times     int    `json:"times"`     // in the documents; of words apart: sentences
	Documents int    `json:"documents"` // in how many of them
	Archive   int    `json:"archive"`   // in how many articles of the archive; -1: not counted
	Note      string `json:"note,omitempty"`
	apart     bool
}

// A Rule is one drafted rule.
type Rule struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Why       string   `json:"why"`
	All       []Clause `json:"all"`
	Any       []Clause `json:"any"`
	Wider     []Clause `json:"wider"`    // finds more, and more that does not belong: left out
	Documents []int    `json:"fires_on"` // numbers of the documents, from 1
	Alert     []string `json:"alert"`    // titles on which it fires
	topic     *topic
	actors    []*actor
}

// longestAny bounds the terms under any: beyond it a reader skips.
const longestAny = 6

// rule makes a rule of a topic.
func (m *maker) rule(t *topic) *Rule {
	r := &Rule{topic: t, All: []Clause{}, Wider: []Clause{}, Alert: []string{}}
	if t.in != nil {
		r.actors = m.survey.eventActors(t)
	} else {
		r.actors = m.survey.actorsOf(t)
	}
	if len(t.subject) > 0 {
		r.All = append(r.All, m.subjectClause(t))
	}
	for _, a := range r.actors {
		r.All = append(r.All, m.listOf(a).clause())
	}
	m.anyOf(r)
	r.Name = title(t.main.text)
	if t.main.short != "" {
		r.Name += " (" + t.main.short + ")"
	}
	var names []string
	for _, p := range t.subject[:min(len(t.subject), 2)] {
		names = append(names, p.text)
	}
	for _, a := range r.actors {
		names = append(names, a.called())
	}
	if r.Why = "Reports that speak of " + t.main.plainText(); len(names) > 0 {
		r.Why += " and name " + strings.Join(names, " and ")
	}
	return r
}

// plainText is the phrase within a sentence.
func (p *phrase) plainText() string {
	if p.kind == name && strings.Contains(p.text, " ") {
		return "the " + p.text
	}
	return p.text
}

func title(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// anyOf adds the topic's phrases, each unless another finds it already.
func (m *maker) anyOf(r *Rule) {
	type taken struct {
		*rules.Search
		text string
	}
	var entries []taken
	add := func(p *phrase, c Clause) {
		q, _ := m.engine.ParseQuery(c.Query)
		if q == nil {
			return
		}
		text := p.text
		if c.Archive = m.census.having(c.Query); !c.apart {
			c.Documents, text = len(p.documents), strings.Trim(c.Query, "“”=*")
		}
		search, at := rules.NewSearch(q), len(entries)
		if len(entries) > 0 && !c.apart && finds(search, entries[0].text) {
			return // wider than what the rule is about
		}
		for i := len(entries) - 1; i >= 0; i-- { // those that it finds give way to it
			if finds(search, entries[i].text) {
				entries, r.Any, at = slices.Delete(entries, i, i+1), slices.Delete(r.Any, i, i+1), i
			}
		}
		if len(r.Any) < longestAny {
			entries, r.Any = slices.Insert(entries, at, taken{search, text}), slices.Insert(r.Any, at, c)
		}
	}
	phrases := append([]*phrase{r.topic.main}, r.topic.members...)
	partOfAny := func(p *phrase) bool {
		return slices.ContainsFunc(phrases, func(q *phrase) bool { return q != p && q.weight() > 0 && slices.Contains(q.keys, p.key) })
	}
	for i, p := range phrases {
		if i > 0 && (p.isInstitution() || p.doubled() || slices.ContainsFunc(entries, func(t taken) bool { return finds(t.Search, p.text) })) {
			continue
		}
		if i > 0 && p.kind == words && len(p.keys) == 1 && (r.topic.in == nil || len(r.All) == 0 || partOfAny(p)) {
			if len(r.Wider) < 2 {
				query := entry(p.terms()[0])
				r.Wider = append(r.Wider, Clause{Query: query, Times: p.times, Documents: len(p.documents), Archive: m.census.having(query)})
			}
			continue
		}
		if query, sentences := m.survey.apart(p); query != "" {
			add(p, Clause{Query: query, Times: len(sentences), Documents: m.survey.documentsOf(sentences), apart: true, Note: "“" + p.text + "” and the two words apart"})
			continue
		}
		for _, term := range p.terms() {
			c := Clause{Query: entry(term), Times: p.timesOf(term)}
			if c.Times == 0 && p.times == 1 {
				continue
			}
			if c.Times == 0 {
				c.Note = "the other form"
			}
			if p.long != nil {
				c.Note = "stands for " + p.long.text
			}
			add(p, c)
		}
	}
}

// documentsOf is in how many documents sentences stand.
func (s *Survey) documentsOf(sentences []int) int {
	n := 0
	for i, d := range s.documents {
		end := s.sentences
		if i+1 < len(s.documents) {
			end = s.documents[i+1].from
		}
		if slices.ContainsFunc(sentences, func(at int) bool { return at >= d.from && at < end }) {
			n++
		}
	}
	return n
}

// timesOf is how often the phrase stands as the term has it.
func (p *phrase) timesOf(term string) int {
	if p.kind != words || len(p.terms()) == 1 {
		return p.times
	}
	n := 0
	for text, times := range p.surfaces {
		if strings.EqualFold(text, term) {
			n += times
		}
	}
	return n
}

// actorsOf are the actors that a rule on the topic asks for: the one that stands
// nearest to its phrases and most often, and a second one that stands about as near.
// Each is named in every document of the topic.
func (s *Survey) actorsOf(t *topic) []*actor {
	near, times := s.actorsNear(t), s.actorTimes()
	var actors []*actor
	for a := range near {
		if s.everyDocument(t, a) && (a.name != peninsula || len(near) == 1) {
			actors = append(actors, a)
		}
	}
	slices.SortFunc(actors, func(a, b *actor) int {
		return cmp.Or(cmp.Compare(near[b], near[a]), cmp.Compare(times[b], times[a]), strings.Compare(a.name, b.name))
	})
	const enough = 0.6 // of what speaks for the first
	if len(actors) > 1 && near[actors[1]] < enough*near[actors[0]] {
		return actors[:1]
	}
	return actors[:min(len(actors), 2)]
}

// actorsNear weighs the actors in the sentences of the topic's phrases: one beside a
// phrase counts 1, one far away in the sentence little.
func (s *Survey) actorsNear(t *topic) map[*actor]float64 {
	const half = 6 // words away an actor counts half
	keys, in := map[string]bool{}, map[int]bool{}
	for _, p := range append([]*phrase{t.main}, t.members...) {
		if p == t.main || len(p.keys) > 1 || p.kind != words {
			keys[p.keys[len(p.keys)-1]] = true
			for _, n := range p.sentences {
				in[n] = true
			}
		}
	}
	near := map[*actor]float64{}
	for _, d := range s.documents {
		for from := 0; from < len(d.tokens); {
			to := from + 1
			for to < len(d.tokens) && d.tokens[to].sentence == d.tokens[from].sentence {
				to++
			}
			if in[d.tokens[from].sentence] {
				for a, away := range distances(d.tokens[from:to], keys) {
					near[a] += half / (half + float64(away))
				}
			}
			from = to
		}
	}
	return near
}

// distances are how far each actor of a sentence stands from the nearest of keys, in
// words.
func distances(sentence []token, keys map[string]bool) map[*actor]int {
	away := map[*actor]int{}
	look := func(i int, last *int) {
		t := sentence[i]
		if keys[t.key] && t.actor == nil {
			*last = i
		}
		if t.actor == nil || *last < 0 {
			return
		}
		distance := max(i-*last, *last-i)
		if n, ok := away[t.actor]; !ok || distance < n {
			away[t.actor] = distance
		}
	}
	last := -1
	for i := range sentence {
		look(i, &last)
	}
	last = -1
	for i := len(sentence) - 1; i >= 0; i-- {
		look(i, &last)
	}
	return away
}

// actorTimes counts how often actors are named.
func (s *Survey) actorTimes() map[*actor]int {
	times := map[*actor]int{}
	s.eachActor(func(_ int, a *actor, _ int) { times[a]++ })
	return times
}

// eachActor visits the actors of each sentence, each once a sentence.
func (s *Survey) eachActor(visit func(document int, a *actor, sentence int)) {
	for i, d := range s.documents {
		last := map[*actor]int{}
		for _, t := range d.tokens {
			if t.actor == nil {
				continue
			}
			if n, ok := last[t.actor]; !ok || n != t.sentence {
				last[t.actor] = t.sentence
				visit(i, t.actor, t.sentence)
			}
		}
	}
}

// everyDocument says whether the actor is named in each document of the topic.
func (s *Survey) everyDocument(t *topic, a *actor) bool {
	named := map[int]bool{}
	s.eachActor(func(d int, of *actor, _ int) {
		if of == a {
			named[d] = true
		}
	})
	for d := range t.main.documents {
		if !named[d] {
			return false
		}
	}
	return true
}

// slug is an id made of a phrase; "" where it has no Latin letters.
func slug(text string) string {
	const longest = 60
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	id := strings.Join(words, "-")
	return strings.TrimRight(id[:min(len(id), longest)], "-")
}

// name gives the rule an id that no other has.
func (m *maker) name(r *Rule, number int) {
	base := slug(singular(r.topic.main.text))
	if base == "" || !isASCII(r.topic.main.text) {
		base = fmt.Sprintf("topic-%d", number)
	}
	if isReserved(base) || base[0] >= '0' && base[0] <= '9' {
		base = "on-" + base
	}
	r.ID = base
	for n := 2; m.ids[r.ID]; n++ {
		r.ID = fmt.Sprintf("%s-%d", base, n)
	}
	m.ids[r.ID] = true
}
