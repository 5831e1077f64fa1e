package draft

import (
	"fmt"
	"slices"
	"strings"

	"newswatch/rules"
)

// Known is what is known where the draft will be used. The zero value is nothing.
type Known struct {
	Census   *Census        // shown the archive; nil: there is none
	Rules    []rules.Source // the rules in force
	UseLists bool           // the draft goes beside them: their lists stand in it by $name
	Topics   int            // how many rules at most; 0: DefaultTopics
}

// DefaultTopics is how many rules a draft has at most: what fits on two screens.
const DefaultTopics = 8

// A Draft is the rules made of some documents. It passes the engine's check, beside
// the rules it was made for, and fires on each document.
type Draft struct {
	Lists []*List // its own
	Rules []*Rule

	documents []Document
	inForce   [][]string // ids of the rules in force that fire on each document
	archive   int        // articles counted
	also      []*phrase  // in no rule
	names     []string   // of persons and bodies
	unspaced  bool       // some text could not be split into words
	lists     bool
}

// A maker makes the rules of a draft.
type maker struct {
	survey    *Survey
	known     Known
	census    *Census
	engine    *rules.Engine            // of the rules in force
	searches  map[string]*rules.Search // for its lists, by name
	countries []*actor                 // that the documents name
	lists     map[*actor]*List
	ids       map[string]bool
}

// Draft makes rules of what was found.
func (s *Survey) Draft(known Known) (*Draft, error) {
	m := &maker{survey: s, known: known, census: known.Census, engine: &rules.Engine{}, lists: map[*actor]*List{}, ids: map[string]bool{}}
	if engine, _ := rules.Load(known.Rules); engine != nil {
		m.engine = engine
	}
	m.searches = listsInForce(m.engine)
	for _, r := range m.engine.Rules() {
		m.ids[r.ID] = true
	}
	for a := range s.actorTimes() {
		m.countries = append(m.countries, a)
	}
	m.survey = s.weighed(known.Census)
	topics := known.Topics
	if topics == 0 {
		topics = DefaultTopics
	}
	d := &Draft{documents: make([]Document, len(s.documents)), archive: known.Census.Total(), lists: known.UseLists}
	found := m.survey.topics
	if s.isShort() {
		found = m.survey.events
	}
	for _, t := range found(topics) {
		if r := m.rule(t); len(r.Any) > 0 {
			m.name(r, len(d.Rules)+1)
			d.Rules = append(d.Rules, r)
		}
	}
	if err := m.complete(d); err != nil {
		return nil, err
	}
	m.remark(d)
	return d, nil
}

// weighed is the survey with its phrases in the order that the archive suggests.
func (s *Survey) weighed(c *Census) *Survey {
	if c.Total() < fewest {
		return s
	}
	w := *s
	w.phrases = nil
	for _, p := range s.phrases {
		weighed := *p
		weighed.score *= c.rarity(p)
		w.phrases = append(w.phrases, &weighed)
	}
	slices.SortStableFunc(w.phrases, byScore)
	return &w
}

// complete tries the rules on the documents, and mends them until one fires on each:
// a rule on the document's subject asks for no actor then, or one more rule is made.
func (m *maker) complete(d *Draft) error {
	for range 3 {
		if err := m.try(d); err != nil {
			return err
		}
		silent := d.silent(len(m.survey.documents))
		if len(silent) == 0 {
			return nil
		}
		for _, i := range silent {
			if !d.loosen(i) {
				m.oneMore(d, i)
			}
		}
	}
	if err := m.try(d); err != nil {
		return err
	}
	if silent := d.silent(len(m.survey.documents)); len(silent) > 0 {
		return &SilentError{m.survey.documents[silent[0]].Document}
	}
	return nil
}

// A SilentError tells of a document of which no rule could be made.
type SilentError struct{ Document Document }

func (e *SilentError) Error() string { return "no key phrase was found in " + e.Document.Name }

// try loads the draft as the engine will, notes where each rule fires, and drops
// those that fire nowhere.
func (m *maker) try(d *Draft) error {
	d.Lists = nil
	for _, a := range d.actors() {
		if l := m.lists[a]; l.Terms != nil {
			d.Lists = append(d.Lists, l)
		}
	}
	source := rules.Source{Name: "draft", Data: d.bare()}
	sources := append(slices.Clone(m.known.Rules), source)
	if !m.known.UseLists {
		sources = sources[len(sources)-1:]
	}
	if len(d.Rules) == 0 {
		return nil
	}
	engine, faults := rules.Load(sources)
	if engine == nil {
		i := slices.IndexFunc(faults, func(f rules.Fault) bool { return !f.Warning })
		return fmt.Errorf("the draft is at fault: %s", faults[i].String())
	}
	for _, r := range d.Rules {
		r.Documents, r.Alert = nil, []string{}
	}
	fires := func(r *Rule, a *rules.Article) bool {
		return slices.ContainsFunc(engine.Match(a), func(m rules.Match) bool { return m.Rule.ID == r.ID })
	}
	for i, doc := range m.survey.documents {
		whole, headline := &rules.Article{Title: doc.Title, Body: doc.Body}, &rules.Article{Title: doc.Title}
		for _, r := range d.Rules {
			if fires(r, whole) {
				r.Documents = append(r.Documents, i+1)
			}
			if doc.Title != "" && fires(r, headline) && !slices.Contains(r.Alert, doc.Title) {
				r.Alert = append(r.Alert, doc.Title)
			}
		}
	}
	d.Rules = slices.DeleteFunc(d.Rules, func(r *Rule) bool { return len(r.Documents) == 0 && len(r.All) == 0 })
	for _, r := range d.Rules {
		if len(r.Documents) == 0 {
			r.All, r.actors = []Clause{}, nil
			return m.try(d)
		}
	}
	return nil
}

// actors are those that the rules ask for, as they first do.
func (d *Draft) actors() []*actor {
	var actors []*actor
	for _, r := range d.Rules {
		for _, a := range r.actors {
			if !slices.Contains(actors, a) {
				actors = append(actors, a)
			}
		}
	}
	return actors
}

// silent are the documents on which no rule fires.
func (d *Draft) silent(documents int) []int {
	var silent []int
	for i := range documents {
		if !slices.ContainsFunc(d.Rules, func(r *Rule) bool { return slices.Contains(r.Documents, i+1) }) {
			silent = append(silent, i)
		}
	}
	return silent
}

// loosen takes the actors from a rule that would fire on the document without them.
func (d *Draft) loosen(document int) bool {
	for _, r := range d.Rules {
		if len(r.All) > 0 && r.topic.main.documents[document] {
			r.All, r.actors = []Clause{}, nil
			return true
		}
	}
	return false
}

// oneMore makes a rule of the strongest phrase of a document.
func (m *maker) oneMore(d *Draft, document int) {
	for _, p := range m.survey.phrases {
		if !p.documents[document] || slices.ContainsFunc(d.Rules, func(r *Rule) bool { return r.topic.main == p }) {
			continue
		}
		if r := m.rule(&topic{main: p, score: p.score}); len(r.Any) > 0 {
			r.All, r.actors = []Clause{}, nil
			m.name(r, len(d.Rules)+1)
			d.Rules = append(d.Rules, r)
			return
		}
	}
}

// mostAlso is how many phrases are told of that became no rule.
const mostAlso = 8

// remark gathers what the draft's head and foot tell.
func (m *maker) remark(d *Draft) {
	inRules := map[*phrase]bool{}
	for _, r := range d.Rules {
		inRules[r.topic.main] = true
		for _, p := range append(slices.Clone(r.topic.subject), r.topic.members...) {
			inRules[p] = r.topic.in == nil || slices.Contains(r.topic.subject, p) || r.has(p)
		}
	}
	for _, p := range m.survey.phrases {
		switch {
		case inRules[p], p.kind == words && len(p.keys) == 1, p.long != nil, p.doubled():
		case p.isInstitution(), p.kind == name && p.times == 1 && !p.leads():
			d.names = append(d.names, p.text)
		case len(d.also) < mostAlso && !d.tells(p):
			d.also = append(d.also, p)
		}
	}
	d.names = append(slices.Clone(m.survey.people), d.names...)
	for i, doc := range m.survey.documents {
		d.documents[i] = doc.Document
		var ids []string
		for _, match := range m.engine.Match(&rules.Article{Title: doc.Title, Body: doc.Body}) {
			ids = append(ids, match.Rule.ID)
		}
		d.inForce = append(d.inForce, ids)
		for _, t := range doc.tokens {
			d.unspaced = d.unspaced || t.script == unspaced
		}
	}
}

// has says whether one of the rule's queries is the phrase.
func (r *Rule) has(p *phrase) bool {
	return slices.ContainsFunc(slices.Concat(r.Any, r.Wider), func(c Clause) bool {
		if c.apart {
			return strings.Contains(c.Note, "“"+p.text+"”")
		}
		return slices.ContainsFunc(p.terms(), func(term string) bool { return entry(term) == c.Query })
	})
}

// tells says whether a phrase is part of one told already, or the other way round.
func (d *Draft) tells(p *phrase) bool {
	return slices.ContainsFunc(d.also, func(q *phrase) bool {
		return strings.Contains(" "+q.key+" ", " "+p.key+" ") || strings.Contains(" "+p.key+" ", " "+q.key+" ")
	})
}
