package story

import "slices"

// What is taken off a likeness by signs that two reports are of different
// events, each a factor.
const (
	otherStage   = 0.3  // one title speaks of what is to come, or of what came after
	otherPhase   = 0.6  // a launch and a protest, an agreement and a visit
	otherPlaces  = 0.5  // both titles name places, and no place is in both
	otherKinds   = 0.4  // both titles name a kind of arms or vessel, and not the same one
	otherFigures = 0.7  // both titles give a large figure, and not the same one
	oneMore      = 0.7  // one title says "again" or "another", the other does not
	oneOutlet    = 0.65 // an outlet seldom reports one event twice, except as a copy
)

// unlikeness is the product of the factors that hold.
func unlikeness(a, b *report) float64 {
	factor := phaseFactor(a.phases, b.phases)
	if disjoint(a, b, places) {
		factor *= otherPlaces
	}
	if disjoint(a, b, kinds) {
		factor *= otherKinds
	}
	if a.again != b.again {
		factor *= oneMore
	}
	if disjoint(a, b, figures) {
		factor *= otherFigures
	}
	if sameOutlet(a, b) {
		factor *= oneOutlet
	}
	return factor
}

func sameOutlet(a, b *report) bool { return a.outlet != 0 && a.outlet == b.outlet }

func phaseFactor(a, b phase) float64 {
	switch {
	case a == 0 || b == 0 || a&b != 0:
		return 1
	case succeeds(a, b) || succeeds(b, a):
		return otherStage
	default:
		return otherPhase
	}
}

// succeeds holds when b is a later stage of the same affair.
func succeeds(a, b phase) bool {
	const happened = launched | failed
	return a&planned != 0 && b&happened != 0 || a&imposed != 0 && b&lifted != 0 || a&happened != 0 && b&recovered != 0 || a&accused != 0 && b&judged != 0
}

// disjoint holds when both have facts about something and none is in both.
func disjoint(a, b *report, about topic) bool {
	as, bs := a.on(about), b.on(about)
	for _, f := range as {
		if slices.Contains(bs, f) {
			return false
		}
	}
	return len(as) > 0 && len(bs) > 0
}

// contradicts reports whether two reports cannot be of one event: their titles
// name different dates, or they count the same thing differently.
func contradicts(a, b *report) bool {
	return otherDays(a, b) || miscounts(a.on(counts), b.on(counts))
}

// otherDays holds when both name dates and none of the one fits one of the other.
func otherDays(a, b *report) bool {
	as, bs := len(a.on(days))+len(a.on(bareDays)), len(b.on(days))+len(b.on(bareDays))
	for _, d := range a.facts[:as] {
		for _, e := range b.facts[:bs] {
			sameDay := d.number%100 == e.number%100 || d.number%100 == 0 || e.number%100 == 0
			if sameDay && (d.number/100 == e.number/100 || d.about == bareDays || e.about == bareDays) {
				return false
			}
		}
	}
	return as > 0 && bs > 0
}

// miscounts holds when both count some thing and never with the same number.
func miscounts(a, b []fact) bool {
	for _, c := range a {
		counted, agrees := false, false
		for _, d := range b {
			if d.what == c.what {
				counted = true
				agrees = agrees || slices.Contains(a, d)
			}
		}
		if counted && !agrees {
			return true
		}
	}
	return false
}
