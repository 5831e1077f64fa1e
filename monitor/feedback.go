package monitor

import (
	"cmp"
	"slices"
	"time"

	"newswatch/rules"
)

// A Judged is an article of which people said whether its alert was relevant.
type Judged struct {
	Rule       string // id
	Relevant   int    // how many said that it was
	Irrelevant int    // and that it was not
	Latest     time.Time
	Article    Article
}

// A Precision is how many of a rule's alerts were relevant, of those judged.
// One of which as many said that it was as that it was not counts for neither.
type Precision struct{ Relevant, Judged int }

// Percent is the share of relevant alerts; 0 where none is judged.
func (p Precision) Percent() int {
	if p.Judged == 0 {
		return 0
	}
	return (100*p.Relevant + p.Judged/2) / p.Judged
}

// Precisions is the precision of each rule that has judged alerts.
func Precisions(judged []Judged) map[string]Precision {
	of := make(map[string]Precision)
	for _, j := range judged {
		p := of[j.Rule]
		switch {
		case j.Relevant > j.Irrelevant:
			p.Relevant++
			p.Judged++
		case j.Relevant < j.Irrelevant:
			p.Judged++
		}
		of[j.Rule] = p
	}
	return of
}

// A Remedy finds what to exclude from a rule by what people judged of all rules:
// an entry of its none, the one that helps most; "": nothing does.
type Remedy func(engine *rules.Engine, rule string, judged []Judged) (string, error)

// An Appraisal is what a digest says of how well a rule does.
type Appraisal struct {
	Rule     string `json:"rule"`               // its name
	Relevant int    `json:"relevant,omitempty"` // see Precision
	Judged   int    `json:"judged,omitempty"`
	Muted    int    `json:"muted,omitempty"` // articles kept back since the last digest
	None     string `json:"none,omitempty"`  // what to exclude; "": nothing that is known
}

// appraisals is how well those rules of a channel do that it is told of in this
// digest, and those of which something was judged or kept back since the last,
// the most judged first.
func (d *Deliverer) appraisals(channel string, h Harvest) ([]Appraisal, error) {
	setup := d.InForce.Load()
	lately := make(map[string]bool)
	for _, m := range slices.Concat(h.Alerts, h.Folded) {
		lately[m.Rule] = true
	}
	for _, j := range h.Judged {
		lately[j.Rule] = lately[j.Rule] || j.Latest.After(h.Last)
	}
	precisions := Precisions(h.Judged)
	var list []Appraisal
	for _, r := range setup.Engine.Rules() {
		p, muted := precisions[r.ID], h.Muted[r.ID]
		if muted == 0 && (p.Judged == 0 || !lately[r.ID] || !slices.Contains(setup.Route(r), channel)) {
			continue
		}
		a := Appraisal{Rule: r.Name, Relevant: p.Relevant, Judged: p.Judged, Muted: muted}
		if d.Remedy != nil {
			var err error
			if a.None, err = d.Remedy(setup.Engine, r.ID, h.Judged); err != nil {
				return nil, err
			}
		}
		list = append(list, a)
	}
	slices.SortStableFunc(list, func(a, b Appraisal) int {
		return cmp.Or(cmp.Compare(b.Judged, a.Judged), cmp.Compare(b.Muted, a.Muted))
	})
	return list, nil
}
