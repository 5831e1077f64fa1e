package draft

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A topic is what one rule is made of: a phrase and those that speak of the same.
type topic struct {
	main    *phrase
	members []*phrase // the strongest first, without main
	score   float64

	in      map[int]bool // of an event: its documents; nil: the topic is a phrase's
	subject []*phrase    // of an event: names that stand for it
}

// weakest is the least share of the first topic's score that one more must have to
// be worth a rule.
const weakest = 0.08

// topics gathers phrases, the strongest topic first, at most so many.
func (s *Survey) topics(most int) []*topic {
	var topics []*topic
	used := map[*phrase]bool{}
	for _, p := range s.leading() {
		if len(topics) == most || len(topics) > 0 && p.score < weakest*topics[0].score {
			break
		}
		if !used[p] && p.leads() {
			topics = append(topics, s.topic(p, used))
		}
	}
	return topics
}

// leading are the phrases in the order in which they become topics: a single word says
// less than its score, a short one least (denuclearization, anchor).
func (s *Survey) leading() []*phrase {
	const long = 12 // letters
	strength := func(p *phrase) float64 {
		if p.kind == words && len(p.keys) == 1 && p.titles == 0 && !slices.ContainsFunc(s.phrases, func(q *phrase) bool { return len(q.keys) > 1 && p.isKin(q) }) {
			return p.score * float64(min(utf8.RuneCountInString(p.key), long)) / long
		}
		return p.score
	}
	type strong struct {
		*phrase
		strength float64
	}
	var phrases []strong
	for _, p := range s.phrases {
		phrases = append(phrases, strong{p, strength(p)})
	}
	slices.SortStableFunc(phrases, func(a, b strong) int { return cmp.Compare(b.strength, a.strength) })
	leading := make([]*phrase, len(phrases))
	for i, p := range phrases {
		leading[i] = p.phrase
	}
	return leading
}

// topic gathers what belongs to p.
func (s *Survey) topic(p *phrase, used map[*phrase]bool) *topic {
	t := &topic{main: p, score: p.score}
	used[p] = true
	for _, q := range s.phrases {
		if !used[q] && p.isKin(q) {
			used[q] = true
			t.members = append(t.members, q)
		}
	}
	for _, q := range s.phrases { // names that stand beside the members
		if !used[q] && q.kind == name && slices.ContainsFunc(t.members, func(p *phrase) bool { return len(p.keys) > 1 && p.isKin(q) }) {
			used[q] = true
			t.members = append(t.members, q)
		}
	}
	t.choose()
	return t
}

// choose puts the phrase that tells the topic best first: one of several words
// rather than its noun alone, the long form rather than the acronym.
func (t *topic) choose() {
	best := t.main
	if best.kind == acronym && best.long != nil {
		best = best.long
	} else if best.kind == words && len(best.keys) == 1 {
		const enough = 0.2 // of the single word's score
		for _, q := range t.members {
			if q.kind == words && len(q.keys) > 1 && !q.doubled() && (q.times > 1 || q.titles > 0 || q.score >= enough*t.main.score) {
				best = q
				break
			}
		}
	}
	if i := slices.Index(t.members, best); i >= 0 {
		t.members = slices.Delete(t.members, i, i+1)
		t.members = append(t.members, t.main)
		t.main = best
	}
	slices.SortStableFunc(t.members, func(a, b *phrase) int { return cmp.Compare(b.score, a.score) })
}

// doubled says whether a word stands twice in a row: a slip of the text.
func (p *phrase) doubled() bool {
	for i := 1; i < len(p.keys); i++ {
		if p.keys[i] == p.keys[i-1] {
			return true
		}
	}
	return false
}

// leads says whether a rule can be about the phrase: not about an institution, nor
// about what is mentioned in passing and says little.
func (p *phrase) leads() bool {
	if p.doubled() {
		return false
	}
	isAny := func(parts ...part) bool {
		return slices.ContainsFunc(p.parts, func(q part) bool { return slices.Contains(parts, q) })
	}
	switch {
	case p.isInstitution():
		return false
	case p.kind == name:
		return p.times > 1 || p.short != "" || isAny(ordinary, event, common, quality)
	case p.kind == words && len(p.keys) == 1:
		const often = 3
		return p.times >= often || p.titles > 0 && p.times > 1
	}
	return p.times > 1 || p.titles > 0 || isAny(rare, ordinary)
}

// isInstitution says whether a name, or what an acronym stands for, is that of a body
// which speaks in many reports.
func (p *phrase) isInstitution() bool {
	if p.kind == acronym && p.long != nil {
		p = p.long
	}
	if p.kind != name {
		return false
	}
	const bodies = ` service assembly council ministry department agency university institute association committee party office panel board police army navy wire
 bureau commission court parliament congress senate administration organization organisation company corporation corp inc group bank nation
 times news post journal authority union secretariat center centre `
	words := strings.Fields(strings.ToLower(p.text))
	return strings.Contains(bodies, " "+words[len(words)-1]+" ") || strings.Contains(bodies, " "+words[0]+" ") && len(words) > 2
}

// isKin says whether q speaks of the same as p: they share a word that is rare, or
// two that are not, or one and both are of events, or are short and long of the same, or q is a name that stands
// beside p's noun.
func (p *phrase) isKin(q *phrase) bool {
	if p.long == q || q.long == p {
		return true
	}
	if p.kind == acronym || q.kind == acronym {
		return false
	}
	if q.kind == name && p.kind != name {
		head := p.keys[len(p.keys)-1]
		return q.beside[head] && p.parts[len(p.parts)-1] != common
	}
	if p.kind == name && q.kind == words {
		head := len(q.keys) - 1
		return p.beside[q.keys[head]] && q.parts[head] != common && len(q.keys) > 1
	}
	if p.kind == name || q.kind == name {
		return false
	}
	shared := 0
	for i, k := range p.keys {
		if !slices.ContainsFunc(q.keys, func(other string) bool { return family(other) == family(k) }) {
			continue
		}
		switch p.parts[i] {
		case rare:
			shared += 2
		case ordinary, event:
			shared++
		}
	}
	if shared == 1 && p.parts[len(p.parts)-1] == event && q.parts[len(q.parts)-1] == event {
		return true // combined exercises, combined live-fire drills
	}
	return shared >= 2
}
