package story

import (
	"math"
	"slices"
)

// Two reports belong together from this likeness on. Between 0.29 and 0.33
// the sets of real reports that it was chosen on keep a precision of 0.96 and
// more; below, topics run together.
const threshold = 0.31

// A story returns from this likeness on. Of real reports so much alike that come
// apart, one pair in thirty is of two events; at the threshold it is one in ten.
const returns = 0.45

const (
	titleShare   = 0.5 // of titles in the likeness, where they are more alike than the texts
	sameTitle    = 0.95
	nearest      = 4   // reports of a story that an article is held against
	nearestShare = 0.3 // of their mean in the story's score; the rest is the nearest one's
)

// What two reports share is evidence by its rarity and by where it stands: in
// both titles in full, else less. The second word of a phrase that both have
// says little more than the first: Shin Won-sik is one man, "social media" one
// thing. Countries are in every report and are none.
const (
	oneTitle       = 0.7
	noTitle        = 0.5
	samePhrase     = 0.6
	enoughEvidence = 9   // for a full score: two names, or three ordinary words, that are no phrase
	ampleEvidence  = 18  // many ordinary words are as good as a rare one
	thinEvidence   = 0.6 // a factor, where all that a title shares is one phrase, or ordinary words, not many of them
)

// Across languages less is there to compare, so that more is asked for.
const (
	otherScript   = 0.85 // concepts say less than words
	enoughForeign = 12   // evidence
	leastForeign  = 3    // terms that are no places, at least one of them in both titles
	untranslated  = 0.1  // of a title's other words in its length
)

// A candidate is a story with what speaks for it.
type candidate struct {
	story  int64
	score  float64
	copied bool
	later  bool // it tells what came after the story's reports
}

// A report that comes this long after the first is a follow-up, whatever it says.
const followsAfter = 24 * 60 * 60 * 1000 // milliseconds

// stories scores the stories of the candidates. A story that more of them
// speak against than for is out.
func (x *Index) stories(q *query, at []int) []candidate {
	type tally struct {
		scores []float64
		vetoes int
		copied bool
		first  int64 // arrival of its earliest report among the candidates
		phases phase // of all of them
		again  bool
	}
	tallies := map[int64]*tally{}
	var order []int64
	for _, i := range at {
		if apart := q.at - x.reports[i].at; apart > x.window || apart < x.nearest {
			continue
		}
		r := x.report(i)
		t := tallies[r.story]
		if t == nil {
			t = &tally{first: r.at}
			tallies[r.story] = t
			order = append(order, r.story)
		}
		if contradicts(&q.report, r) {
			t.vetoes++
			continue
		}
		score, isCopy := x.likeness(q, r)
		t.scores = append(t.scores, score)
		t.copied = t.copied || isCopy
		t.first, t.phases, t.again = min(t.first, r.at), t.phases|r.phases, t.again || r.again
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
		c.later = q.at-t.first > followsAfter || q.again && !t.again || q.phases != 0 && t.phases != 0 && q.phases&t.phases == 0
		if c.copied {
			c.score++ // before every other
		}
		found = append(found, c)
	}
	return found
}

// likeness is between 0 and 1. A copy's terms must be evidence, and no name in its
// title may stand in the place of another.
func (x *Index) likeness(q *query, r *report) (score float64, isCopy bool) {
	if q.script != r.script {
		return x.acrossScripts(q, r) * unlikeness(&q.report, r), false
	}
	c := x.compare(q, r)
	names := c.otherNamesFactor(q.script)
	isCopy = c.evidence >= enoughEvidence && names > substituted && copied(&q.report, r)
	return c.likeness(sameOutlet(&q.report, r)) * names * unlikeness(&q.report, r), isCopy
}

// A comparison is what two texts of one script share.
type comparison struct {
	text, title float64 // cosines: of the whole texts, of the titles
	evidence    float64
	phrases     int  // shared in either's title
	rare        bool // one of these has a word that is not ordinary

	onlyQ, onlyR             difference
	sharedTitle, sharedNames int // terms in both titles, and names among them
}

// likeness asks for evidence, except where two outlets have the same headline.
// One outlet may have a column of that name.
func (c comparison) likeness(oneOutlet bool) float64 {
	score := max(c.text, titleShare*c.title+(1-titleShare)*c.text)
	if c.title >= sameTitle && !oneOutlet {
		return score
	}
	if c.phrases < 2 || !c.rare && c.evidence < ampleEvidence {
		score *= thinEvidence
	}
	return score * min(1, c.evidence/enoughEvidence)
}

func (x *Index) compare(q *query, r *report) comparison {
	var c comparison
	var dot, qq, rr, titleDot, titleQ, titleR float64
	for _, f := range q.unknown {
		idf := x.rarityUnseen(f.rarity)
		qq += square(idf * float64(f.weight))
		if f.at > 0 {
			titleQ += square(idf)
			c.onlyQ.add(f.at, f.marks)
		}
	}
	x.merge(q.report.terms, r.terms, func(idf float64, a, b *weighted) {
		if a != nil {
			qq += square(idf * float64(a.weight))
			if a.at > 0 {
				titleQ += square(idf)
			}
		}
		if b != nil {
			rr += square(idf * float64(b.weight))
			if b.at > 0 {
				titleR += square(idf)
			}
		}
		if a != nil && a.at > 0 && (b == nil || b.at == 0) {
			c.onlyQ.add(a.at, unless(b, a.marks))
		}
		if b != nil && b.at > 0 && (a == nil || a.at == 0) {
			c.onlyR.add(b.at, unless(a, b.marks))
		}
		if a == nil || b == nil {
			return
		}
		dot += square(idf) * float64(a.weight) * float64(b.weight)
		if a.at > 0 && b.at > 0 {
			titleDot += square(idf)
			c.sharedTitle++
			if a.marks&proper != 0 {
				c.sharedNames++
			}
		}
		known := x.terms[a.number].rarity
		if known < placeRarity {
			c.evidence += idf * standing(a, b)
		}
		if a.at > 0 || b.at > 0 {
			c.rare = c.rare || known <= pairRarity
			if !goesOn(a, b) {
				c.phrases++
			}
		}
	})
	c.text, c.title = ratio(dot, qq, rr), ratio(titleDot, titleQ, titleR)
	return c
}

// standing is what a term counts for as evidence by its place in two reports.
func standing(a, b *weighted) float64 {
	factor := noTitle
	switch {
	case a.at > 0 && b.at > 0:
		factor = 1
	case a.at > 0 || b.at > 0:
		factor = oneTitle
	}
	if goesOn(a, b) {
		factor *= samePhrase
	}
	return factor
}

// goesOn holds when a term goes on a phrase that both reports have.
func goesOn(a, b *weighted) bool { return a.after != 0 && a.after == b.after }

// acrossScripts compares what is written alike in every language: concepts,
// dates, ordinals and numbers, and the words in Latin letters that both have.
func (x *Index) acrossScripts(q *query, r *report) float64 {
	var dot, qq, rr, evidence float64
	var terms, titles int
	length := func(idf float64, w *weighted, both bool) float64 {
		switch {
		case w == nil:
			return 0
		case w.marks&free != 0 || both:
			return square(idf)
		case w.at > 0:
			return untranslated * square(idf)
		}
		return 0
	}
	for _, f := range q.unknown {
		qq += length(x.rarityUnseen(f.rarity), &weighted{at: f.at, marks: f.marks}, false)
	}
	x.merge(q.report.terms, r.terms, func(idf float64, a, b *weighted) {
		both := a != nil && b != nil
		qq += length(idf, a, both)
		rr += length(idf, b, both)
		if !both {
			return
		}
		dot += square(idf)
		if x.terms[a.number].rarity >= placeRarity {
			return
		}
		evidence += idf
		terms++
		if a.at > 0 && b.at > 0 {
			titles++
		}
	})
	if terms < leastForeign || titles == 0 {
		return 0
	}
	return otherScript * ratio(dot, qq, rr) * min(1, evidence/enoughForeign)
}

// merge calls visit for each term of either, with both where both have it.
func (x *Index) merge(a, b []weighted, visit func(idf float64, a, b *weighted)) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].number < b[0].number:
			visit(float64(x.rarityOf(a[0].number)), &a[0], nil)
			a = a[1:]
		case len(a) == 0 || b[0].number < a[0].number:
			visit(float64(x.rarityOf(b[0].number)), nil, &b[0])
			b = b[1:]
		default:
			visit(float64(x.rarityOf(a[0].number)), &a[0], &b[0])
			a, b = a[1:], b[1:]
		}
	}
}

func square(v float64) float64 { return v * v }

func ratio(dot, a, b float64) float64 {
	if dot == 0 {
		return 0
	}
	return dot / math.Sqrt(a*b)
}
