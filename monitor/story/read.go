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
	signs
	terms    []feature
	shingles []byte // two bytes each, ascending
}

// A feature is a term of an article before the index has a number for it.
type feature struct {
	hash   uint64
	rarity rarity
	weight uint8 // tenths
	after  uint8 // a mark of the term before it, where it first stands; 0: none
	at     uint8 // place in the title, from 1; 0: not in it
	marks  mark
}

// A mark is what a term is besides its weight.
type mark uint8

const (
	free    mark = 1 << iota // of any language: concepts, dates, ordinals, numbers, names in Latin letters
	proper                   // the name of somebody or something
	country                  // or a town: a place of the gazetteer
)

func (g *gazetteer) read(a *monitor.Article, at time.Time) reading {
	when := a.Published
	if when.IsZero() {
		when = at
	}
	month := int(when.Month())
	head, source := withoutSource(withoutDateline(withoutOutlet(a.Title, a.Outlet)))
	title := g.scan(first(head, maxTitle), month)
	text := first(withoutDateline(withoutLinks(a.Body)), maxBody)
	body := g.scan(source+"\n"+text, month)

	r := reading{signs: signs{at: at.UnixMilli(), script: writing(a), outlet: hash(strings.ToLower(a.Outlet))}}
	if a.Outlet == "" {
		r.outlet = 0
	}
	r.addTerms(g, withoutDisplay(title), body)
	r.addSigns(title, body)
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
		if t.kind == gram && r.script == latin {
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
		f := feature{hash: h, rarity: g.rarity(t), weight: weight, after: after}
		if inTitle {
			f.at = uint8(len(r.terms) + 1)
		}
		if t.kind != word && t.kind != gram {
			f.marks |= free
		}
		if t.names(f.rarity) {
			f.marks |= proper
		}
		if f.rarity >= placeRarity {
			f.marks |= country
		}
		r.terms = append(r.terms, f)
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

// writing is the script of the title, or of the body under a title without
// letters enough. Languages in Latin letters count as one: a feed's tag says too
// often what its text is not, and between English and German only names are
// shared anyway.
func writing(a *monitor.Article) script {
	for _, text := range []string{a.Title, a.Body[:min(len(a.Body), 300)]} {
		var spaced, han int
		for _, r := range text {
			switch scriptOf(r) {
			case unicode.Hangul:
				return korean
			case unicode.Hiragana, unicode.Katakana:
				return japanese
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
			return chinese
		case spaced > 12:
			return latin
		}
	}
	return latin
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

// withoutDisplay takes the capitals from a title that begins every word with
// one, where they say nothing; there only a word that is no ordinary one names.
func withoutDisplay(title []token) []token {
	if len(title) > 0 {
		title[0].display = true
	}
	for i, t := range title {
		if i > 0 && (t.kind == word || t.kind == named) && !t.capital {
			return title
		}
	}
	for i := range title {
		title[i].display = true
	}
	return title
}
