package story

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"newswatch/monitor"
)

// How much of an article is read. The event of a wire report stands in its
// title and first paragraphs (the inverted pyramid); what follows is
// background that other events share.
const (
	maxTitle = 300 // runes
	maxBody  = 500 // runes, about the summary a feed carries
	maxTerms = 48  // bounds memory and time an article; title first
)

// The weight of a term by where it stands: the title is 1, the body's first
// leadTerms terms (about one paragraph) lead, the rest half of that; each
// repetition adds repeat, up to full.
const (
	titleWeight = 10
	leadWeight  = 6
	restWeight  = 3
	repeat      = 3
	fullWeight  = 13
	leadTerms   = 40
)

// A reading is what the index knows of an article.
type reading struct {
	at       time.Time
	script   string // "ko", "ja", "zh"; "": spaced letters, whatever the language
	outlet   uint64 // hash; 0: unknown
	terms    []feature
	dates    []day // the title's
	phases   phase // the title's
	counted  []counted
	figures  []uint64 // the title's
	places   []uint64 // the title's, without towns
	shingles []uint32 // ascending
}

// A feature is a term of an article before the index has a number for it.
type feature struct {
	hash   uint64
	rarity rarity
	weight uint8 // tenths
	after  uint8 // a mark of the term before it, where it first stands; 0: none
	title  bool
	free   bool // of any language: concepts, dates, ordinals, numbers, names in Latin letters
}

// A day is a date as a text names it; day 0 is the whole month.
type day struct{ month, day uint8 }

// counted is an ordinal and a term beside it: the 54th of what.
type counted struct {
	number uint16
	what   uint64
}

// phase is a set of the stages of an event that a title speaks of.
type phase uint8

const (
	planned phase = 1 << iota
	launched
	failed
	protested
	agreed
	suspended
	visited
)

func phaseNamed(act string) phase {
	stage, _, _ := strings.Cut(act, "/")
	return map[string]phase{
		"plan": planned, "launch": launched, "failure": failed, "protest": protested,
		"agree": agreed, "suspend": suspended, "visit": visited,
	}[stage]
}

func (g *gazetteer) read(a *monitor.Article, at time.Time) reading {
	when := a.Published
	if when.IsZero() {
		when = at
	}
	month := int(when.Month())
	title := g.scan(first(withoutDateline(withoutOutlet(a.Title, a.Outlet)), maxTitle), month)
	text := first(withoutDateline(withoutLinks(a.Body)), maxBody)
	body := g.scan(text, month)

	r := reading{at: at, script: writing(a), outlet: hash(strings.ToLower(a.Outlet))}
	if a.Outlet == "" {
		r.outlet = 0
	}
	r.addTerms(g, title, body)
	r.addPhases(title)
	r.addCounted(title)
	r.addCounted(body)
	for _, t := range title {
		switch {
		case t.kind == date:
			r.dates = append(r.dates, day{t.month, t.day})
		case t.figure():
			r.figures = append(r.figures, hash(t.key))
		case t.concept != nil && t.concept.place && !t.concept.town:
			r.places = append(r.places, hash(t.key))
		}
	}
	r.shingles = shingles(a.Title + "\n" + text)
	return r
}

func (r *reading) addTerms(g *gazetteer, title, body []token) {
	r.terms = make([]feature, 0, maxTerms)
	var before uint8
	add := func(t token, weight uint8, inTitle bool) {
		if t.kind == stop {
			before = 0
			return
		}
		if t.kind == gram && r.script == "" {
			return // of a translation under an English text
		}
		h := hash(t.key)
		after := before
		before = uint8(h) | 1
		if i := slices.IndexFunc(r.terms, func(f feature) bool { return f.hash == h }); i >= 0 {
			if f := &r.terms[i]; !inTitle {
				f.weight = min(fullWeight, max(f.weight, weight)+repeat)
			}
			return
		}
		if len(r.terms) == maxTerms {
			return
		}
		r.terms = append(r.terms, feature{hash: h, rarity: g.rarity(t), weight: weight, after: after, title: inTitle,
			free: t.kind != word && t.kind != gram})
	}
	for _, t := range title {
		add(t, titleWeight, true)
	}
	before = 0
	for i, t := range body {
		if i < leadTerms {
			add(t, leadWeight, false)
		} else {
			add(t, restWeight, false)
		}
	}
}

// addPhases notes the stages that the title's acts belong to. A launch that is
// still to come, by a word beside it or by a plan or notice in the same title,
// is planned.
func (r *reading) addPhases(title []token) {
	for i, t := range title {
		if i > 0 && t.kind == stop && background(t.key) {
			break
		}
		if t.concept == nil || t.concept.phase == 0 {
			continue
		}
		r.phases |= t.concept.phase
		if t.concept.phase == launched && tocome(title, i) {
			r.phases |= planned
		}
	}
	if r.phases&planned != 0 {
		r.phases &^= launched
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
		case "to", "will", "may", "could", "might", "would", "将", "將", "拟", "擬", "欲":
			return true
		}
	}
	if i+1 < len(title) {
		switch title[i+1].key {
		case "へ", "할", "예정":
			return true
		}
	}
	return false
}

// addCounted notes what each ordinal counts: the terms that follow it within
// four, and the one before it, which is where Chinese and Japanese put it
// (核協議グループ第5回会合). Places count nothing.
func (r *reading) addCounted(tokens []token) {
	for i, t := range tokens {
		if t.kind != ordinal {
			continue
		}
		for j := max(0, i-2); j < min(len(tokens), i+5) && len(r.counted) < 24; j++ {
			what := tokens[j]
			if j > i && what.kind == ordinal {
				break
			}
			if what.kind != word && what.kind != gram && what.kind != named ||
				what.concept != nil && what.concept.place || j < i && what.kind != named {
				continue
			}
			r.counted = append(r.counted, counted{uint16(t.number), hash(what.key)})
		}
	}
}

// writing is the script of the title, or of the body under a title without
// letters enough. Languages in Latin letters count as one: a feed's tag says too
// often what its text is not, and between English and German only names are
// shared anyway.
func writing(a *monitor.Article) string {
	for _, text := range []string{a.Title, a.Body[:min(len(a.Body), 300)]} {
		var spaced, han int
		for _, r := range text {
			switch script(r) {
			case unicode.Hangul:
				return "ko"
			case unicode.Hiragana, unicode.Katakana:
				return "ja"
			case unicode.Han:
				han++
			default:
				if unicode.IsLetter(r) {
					spaced++
				}
			}
		}
		switch {
		case han > 1:
			return "zh"
		case spaced > 12:
			return ""
		}
	}
	return ""
}

// The parameters of the 64-bit FNV-1a hash.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func hash(s string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}
