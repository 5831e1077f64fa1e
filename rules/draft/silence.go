package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"newswatch/rules"
)

// A Silencer is a term that stands in articles on which a rule should have been
// silent, and seldom in those that it is for.
type Silencer struct {
	Term         string // an entry of the rule's none
	Wrong, Right int    // how many of either a rule would find it in
}

// How good a silencer has to be.
const (
	mostSilencers = 5    // more would be a rule of their own
	leastWrong    = 2    // articles; what stands in one is chance
	shareOfWrong  = 0.1  // of the articles that it should silence, at least
	shareOfRight  = 0.05 // of those that it should not, at most
)

// Silencers finds what would keep a rule silent on the wrong articles: of the
// phrases in them those that together silence most, the strongest first, each
// counted only for what those before it leave. The rule's own terms are none of
// them. Both kinds of articles are counted as rules find terms: with their
// endings, without Korean particles.
func Silencers(r *rules.Engine, rule string, wrong, right []*rules.Article, options Options) ([]Silencer, error) {
	var documents []Document
	for _, a := range wrong {
		documents = append(documents, Document{Title: a.Title, Body: a.Body})
	}
	survey, err := Read(documents, options)
	if err != nil {
		return nil, nil // no phrase, no silencer
	}
	own := hitsOf(r, rule, slices.Concat(wrong, right))
	var terms []string
	for _, p := range survey.phrases {
		for _, term := range p.terms() {
			if term = entry(term); !slices.Contains(terms, term) && !isOwn(term, own) {
				terms = append(terms, term)
			}
		}
	}
	silenced, err := finding(terms, wrong)
	if err != nil {
		return nil, err
	}
	lost, err := finding(terms, right)
	if err != nil {
		return nil, err
	}
	least := max(leastWrong, int(shareOfWrong*float64(len(wrong))+0.5))
	most := int(shareOfRight * float64(len(right)))
	terms = slices.DeleteFunc(terms, func(t string) bool { return len(silenced[t]) < least || len(lost[t]) > most })
	var found []Silencer
	left := make(map[int]bool)
	for i := range wrong {
		left[i] = true
	}
	for len(found) < mostSilencers && len(terms) > 0 {
		gain := func(t string) (n int) {
			for _, i := range silenced[t] {
				if left[i] {
					n++
				}
			}
			return n
		}
		best := slices.MaxFunc(terms, func(a, b string) int { // of equals the phrase rather than a word of it, then the strongest
			return cmp.Or(cmp.Compare(gain(a), gain(b)), cmp.Compare(len(lost[b]), len(lost[a])),
				cmp.Compare(strings.Count(a, " "), strings.Count(b, " ")))
		})
		if gain(best) < leastWrong {
			break
		}
		for _, i := range silenced[best] {
			delete(left, i)
		}
		found = append(found, Silencer{Term: best, Wrong: len(silenced[best]), Right: len(lost[best])})
	}
	return found, nil
}

// hitsOf is what the rule finds in articles, in lower case.
func hitsOf(engine *rules.Engine, rule string, articles []*rules.Article) map[string]bool {
	hits := make(map[string]bool)
	for _, a := range articles {
		x, _ := engine.Explain(rule, a)
		for _, hit := range x.Hits {
			hits[strings.ToLower(hit.Text)] = true
		}
	}
	return hits
}

// isOwn says whether the rule finds the term by itself.
func isOwn(term string, own map[string]bool) bool {
	bare := strings.ToLower(strings.Trim(term, "=*“”"))
	for hit := range own {
		if strings.HasPrefix(hit, bare) || strings.Contains(hit, " "+bare) {
			return true
		}
	}
	return false
}

// finding lists for each term the articles that it is found in, by number.
func finding(terms []string, articles []*rules.Article) (map[string][]int, error) {
	var file strings.Builder
	file.WriteString("rules:\n")
	byID := make(map[string]string)
	for i, term := range terms {
		if q, _ := rules.ParseQuery(term); q == nil {
			continue
		}
		id := fmt.Sprintf("t%d", i)
		byID[id] = term
		fmt.Fprintf(&file, "  - id: %s\n    match: >-\n      %s\n", id, term)
	}
	found := make(map[string][]int)
	if len(byID) == 0 {
		return found, nil
	}
	engine, faults := rules.Load([]rules.Source{{Name: "terms", Data: []byte(file.String())}})
	if engine == nil {
		return nil, fmt.Errorf("prepare the count: %s", faults[0].String())
	}
	for i, a := range articles {
		for _, m := range engine.Match(a) {
			found[byID[m.Rule.ID]] = append(found[byID[m.Rule.ID]], i)
		}
	}
	return found, nil
}

// NoneYAML is silencers as a rule's none, to be pasted; "" when there are none.
func NoneYAML(silencers []Silencer, wrong, right int) string {
	if len(silencers) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("none:\n")
	for _, s := range silencers {
		fmt.Fprintf(&b, "  - %s  # in %d of %d not relevant, %d of %d relevant\n", s.Term, s.Wrong, wrong, s.Right, right)
	}
	return b.String()
}
