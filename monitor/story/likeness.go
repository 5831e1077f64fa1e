package story

import (
	"math"
	"slices"
)

// Two reports belong together from this likeness on. Between 0.30 and 0.35
// both sets of real reports that it was chosen on keep a precision of 0.95 and
// more; below, topics run together.
const threshold = 0.32

// Before anything is remembered the index behaves as if it had seen
// priorReports reports in which an ordinary term stood once, and one of a
// class that is common by its nature in the given share of them. Without this
// a term's rarity in the first hours of a window would be chance.
const (
	priorReports = 500
	placeShare   = 0.10
	commonShare  = 0.05 // other concepts, common words, and first, second, third
	numberShare  = 0.01
	minRarity    = 0.05 // log; a term in every report still counts a little
)

// rarity is the frequency a term is taken to have beforehand.
type rarity float32

func (r rarity) common(reports int) float64 { return math.Log(float64(reports) + float64(r)) }

func (g *gazetteer) rarity(t token) rarity {
	switch {
	case t.concept != nil && t.concept.place:
		return placeShare * priorReports
	case t.kind == number:
		return numberShare * priorReports
	case t.concept != nil, g.common[t.key], t.kind == ordinal && t.number <= 3:
		return commonShare * priorReports
	}
	return 1
}

// What is taken off a likeness by signs that two reports are of different
// events, each a factor.
const (
	notYet      = 0.4 // one title speaks of a launch to come, the other of one that was
	otherPhase  = 0.6 // a launch and a protest, an agreement and a visit
	sameOutlet  = 0.7 // an outlet seldom reports one event twice, except as a copy
	otherScript = 0.8 // concepts say less than words
)

const (
	titleShare   = 0.5 // of titles in the likeness, where they are more alike than the texts
	nearest      = 4   // reports of a story that an article is held against
	nearestShare = 0.3 // of their mean in the story's score; the rest is the nearest one's
	enoughShared = 10  // summed rarity that must be shared for a full score: about two rare terms, 6.2 each in an empty window
	copiedShare  = 0.6 // of the shorter text's shingles
	copiedLeast  = 6   // shingles: ten words in a row
)

// A candidate is a story with what speaks for it.
type candidate struct {
	story  int64
	score  float64
	copied bool
}

// stories scores the stories of the candidates. A story that more of them
// speak against than for is out.
func (x *Index) stories(q *query, at []int) []candidate {
	type tally struct {
		scores []float64
		vetoes int
		copied bool
	}
	tallies := map[int64]*tally{}
	var order []int64
	for _, i := range at {
		r := &x.reports[i]
		if apart := q.at.Sub(r.at); apart > x.window || apart < -x.window {
			continue
		}
		t := tallies[r.story]
		if t == nil {
			t = &tally{}
			tallies[r.story] = t
			order = append(order, r.story)
		}
		if contradicts(&q.report, r) {
			t.vetoes++
			continue
		}
		t.scores = append(t.scores, x.likeness(q, r))
		t.copied = t.copied || copied(q.shingles, r.shingles)
	}
	var found []candidate
	for _, story := range order {
		t := tallies[story]
		slices.SortFunc(t.scores, func(a, b float64) int { return int(math.Copysign(1, b-a)) })
		for len(t.scores) > 0 && t.vetoes > 0 && t.scores[len(t.scores)-1] < threshold {
			t.scores = t.scores[:len(t.scores)-1]
		}
		if len(t.scores) == 0 || t.vetoes > len(t.scores) {
			continue
		}
		sum := 0.0
		for _, s := range t.scores[:min(len(t.scores), nearest)] {
			sum += s
		}
		mean := sum / float64(min(x.sizes[story], nearest))
		c := candidate{story: story, copied: t.copied, score: (1-nearestShare)*t.scores[0] + nearestShare*mean}
		if c.copied {
			c.score++ // before every other
		}
		found = append(found, c)
	}
	return found
}

// likeness is between 0 and 1.
func (x *Index) likeness(q *query, r *report) float64 {
	var score float64
	if q.language == r.language {
		text, title, shared := x.cosines(q, r)
		score = max(text, titleShare*title+(1-titleShare)*text) * min(1, shared/enoughShared)
	} else {
		score = x.acrossLanguages(q, r)
	}
	score *= phaseFactor(q.phases, r.phases)
	if q.outlet != 0 && q.outlet == r.outlet {
		score *= sameOutlet
	}
	return score
}

func phaseFactor(a, b phase) float64 {
	const happened = launched | failed
	switch {
	case a == 0 || b == 0 || a&b != 0:
		return 1
	case a&planned != 0 && b&happened != 0, b&planned != 0 && a&happened != 0:
		return notYet
	default:
		return otherPhase
	}
}

// cosines are those of the whole texts and of the titles; shared is the summed
// rarity of the terms that both have.
func (x *Index) cosines(q *query, r *report) (text, title, shared float64) {
	var dot, rr, titleDot, titleR float64
	i := 0
	for _, b := range r.terms {
		idf := x.rarityOf(b.number)
		weight := idf * float64(b.weight)
		rr += weight * weight
		if b.title {
			titleR += idf * idf
		}
		for i < len(q.terms) && q.terms[i].number < b.number {
			i++
		}
		if i == len(q.terms) || q.terms[i].number != b.number {
			continue
		}
		a := q.terms[i]
		dot += weight * idf * float64(a.weight)
		shared += idf
		if a.title && b.title {
			titleDot += idf * idf
		}
	}
	return ratio(dot, q.length, rr), ratio(titleDot, q.titleLength, titleR), shared
}

// acrossLanguages compares what is written alike in every language: concepts,
// dates and ordinals, and the words in Latin letters that both have.
func (x *Index) acrossLanguages(q *query, r *report) float64 {
	var dot, rr, shared float64
	qq := q.freeLength
	i := 0
	for _, b := range r.terms {
		for i < len(q.terms) && q.terms[i].number < b.number {
			i++
		}
		both := i < len(q.terms) && q.terms[i].number == b.number
		if !both && !b.free {
			continue
		}
		idf := x.rarityOf(b.number)
		rr += idf * idf
		if both {
			dot += idf * idf
			shared += idf
			if !q.terms[i].free {
				qq += idf * idf
			}
		}
	}
	return otherScript * ratio(dot, qq, rr) * min(1, shared/enoughShared)
}

func ratio(dot, a, b float64) float64 {
	if dot == 0 {
		return 0
	}
	return dot / math.Sqrt(a*b)
}

// contradicts reports whether two reports cannot be of one event: their titles
// name different dates, or they count the same thing differently.
func contradicts(a, b *report) bool {
	return apart(a.dates, b.dates) || miscounts(a.counted, b.counted)
}

// apart holds when both name dates and none of the one fits one of the other.
func apart(a, b []day) bool {
	for _, d := range a {
		for _, e := range b {
			if d.month == e.month && (d.day == e.day || d.day == 0 || e.day == 0) {
				return false
			}
		}
	}
	return len(a) > 0 && len(b) > 0
}

// miscounts holds when both count some thing and never with the same number.
func miscounts(a, b []counted) bool {
	for _, c := range a {
		counts, agrees := false, false
		for _, d := range b {
			if d.what == c.what {
				counts = true
				agrees = agrees || slices.Contains(a, d)
			}
		}
		if counts && !agrees {
			return true
		}
	}
	return false
}

// copied holds when the shorter text stands in the longer one.
func copied(a, b []uint32) bool {
	least := min(len(a), len(b))
	if least < copiedLeast {
		return false
	}
	shared := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	return float64(shared) >= copiedShare*float64(least)
}
