package story

import (
	"slices"
	"strings"
)

// signs are what is kept of a report beside its terms: what may tell it from a
// report in nearly the same words.
type signs struct {
	at     int64  // arrival, milliseconds since 1970
	outlet uint64 // hash; 0: unknown
	facts  []fact // by what they are about
	phases phase  // the title's
	script script
	again  bool // the title speaks of one more of a kind
	opens  bool // it is its story's first; here for the room there is
}

// A fact is one thing that a report says in so many words.
type fact struct {
	about  topic
	number uint16
	what   uint32 // hash
}

// A topic is what a fact is about. All but counts are the title's alone.
type topic uint8

const (
	days     topic = iota // number is month*100 + day; day 0 is the whole month
	bareDays              // the same of a day without its month, which is a guess
	counts                // an ordinal and a term beside it: the 54th of what
	figures               // numbers so exact that two reports would give the same
	places                // without towns
	kinds                 // of arms and vessels
)

// maxFacts bounds memory.
const maxFacts = 24

func (s *signs) add(about topic, number uint16, what string) {
	if len(s.facts) < maxFacts {
		s.facts = append(s.facts, fact{about, number, uint32(hash(what))})
	}
}

// on are the facts about one topic.
func (s *signs) on(about topic) []fact {
	from := 0
	for from < len(s.facts) && s.facts[from].about < about {
		from++
	}
	to := from
	for to < len(s.facts) && s.facts[to].about == about {
		to++
	}
	return s.facts[from:to]
}

func (s *signs) addSigns(title, body []token) {
	s.addPhases(title)
	for _, t := range title {
		switch {
		case t.kind == date && t.bare:
			s.add(bareDays, uint16(t.month)*100+uint16(t.day), "")
		case t.kind == date:
			s.add(days, uint16(t.month)*100+uint16(t.day), "")
		case t.figure():
			s.add(figures, 0, t.key)
		case t.concept != nil && t.concept.place && !t.concept.town:
			s.add(places, 0, t.key)
		case t.concept != nil && t.concept.kind:
			s.add(kinds, 0, t.key)
		case repeats(t.key):
			s.again = true
		}
	}
	s.addNumbered(title)
	s.addCounted(title)
	s.addCounted(body)
	slices.SortStableFunc(s.facts, func(a, b fact) int { return int(a.about) - int(b.about) })
}

// addPhases notes the stages that the title's acts belong to. A launch that is
// still to come, by a word beside it or by a plan or notice in the same title,
// is planned.
func (s *signs) addPhases(title []token) {
	for i, t := range title {
		if i > 0 && t.kind == stop && background(t.key) {
			break
		}
		if t.concept == nil || t.concept.phase == 0 {
			continue
		}
		s.phases |= t.concept.phase
		if t.concept.phase == launched && tocome(title, i) {
			s.phases |= planned
		}
	}
	if s.phases&judged != 0 {
		s.phases &^= accused
	}
	if n := len(title); n > 0 && title[n-1].key == "へ" {
		s.phases |= planned
	}
	if s.phases&planned != 0 {
		s.phases &^= launched
	}
}

// background reports whether a word begins the clause of a headline that says
// what was before: "fires missiles day after Trump cuts drills".
func background(w string) bool {
	switch w {
	case "after", "before", "amid", "as", "while", "despite":
		return true
	}
	return false
}

func tocome(title []token, i int) bool {
	for _, t := range title[max(0, i-2):i] {
		switch t.key {
		case "order", "to", "will", "may", "could", "might", "would", "将", "將", "拟", "擬", "欲":
			return true
		}
	}
	if i+1 < len(title) {
		switch title[i+1].key {
		case "へ", "할", "예정", "window", "dat":
			return true
		}
	}
	return false
}

// addCounted notes what each ordinal counts: the terms that follow it within
// four, and the one before it, which is where Chinese and Japanese put it
// (核協議グループ第5回会合). Places count nothing.
func (s *signs) addCounted(tokens []token) {
	for i, t := range tokens {
		if t.kind != ordinal {
			continue
		}
		for j := max(0, i-2); j < min(len(tokens), i+5) && len(s.facts) < maxFacts; j++ {
			what := tokens[j]
			if j > i && what.kind == ordinal {
				break
			}
			if what.kind != word && what.kind != gram && what.kind != named ||
				what.concept != nil && what.concept.place || j < i && what.kind != named {
				continue
			}
			s.add(counts, uint16(t.number), what.key)
		}
	}
}

// addNumbered notes the title's names that end in a number: Hwasong-18,
// Resolution 2270, レーダー7号機.
func (s *signs) addNumbered(title []token) {
	for i, t := range title {
		switch name, _, hangs := strings.Cut(t.key, "-"); {
		case t.kind == number && hangs && len(name) > 3:
			s.add(counts, uint16(t.number), name)
		case i > 0 && (t.serial || t.kind == number && t.number > 0 && numbers(title[i-1].key)):
			s.add(counts, uint16(t.number), title[i-1].key)
		}
	}
}

// numbers reports whether a number after a word says which one it is.
func numbers(w string) bool {
	switch w {
	case "@resolution", "flight", "no", "number", "articl", "phas", "round", "stag":
		return true
	}
	return false
}

// repeats reports whether a word says that something of the kind was before.
func repeats(w string) bool {
	switch w {
	case "again", "another", "또", "또다", "다시", "再び", "再次", "再度":
		return true
	}
	return false
}
