package monitor

// A Judged is an article of which people said whether its alert was relevant.
type Judged struct {
	Rule       string // id
	Relevant   int    // how many said that it was
	Irrelevant int    // and that it was not
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
