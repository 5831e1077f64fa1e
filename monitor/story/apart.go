package story

import "slices"

// What is taken off a likeness by signs that two reports are of different
// events, each a factor.
const (
	notYet       = 0.4  // one title speaks of a launch to come, the other of one that was
	otherPhase   = 0.6  // a launch and a protest, an agreement and a visit
	otherPlaces  = 0.5  // both titles name places, and no place is in both
	otherFigures = 0.7  // both titles give a large figure, and not the same one
	oneOutlet    = 0.65 // an outlet seldom reports one event twice, except as a copy
)

// unlikeness is the product of the factors that hold.
func unlikeness(a, b *report) float64 {
	factor := phaseFactor(a.phases, b.phases)
	if disjoint(a.places, b.places) {
		factor *= otherPlaces
	}
	if disjoint(a.figures, b.figures) {
		factor *= otherFigures
	}
	if sameOutlet(a, b) {
		factor *= oneOutlet
	}
	return factor
}

func sameOutlet(a, b *report) bool { return a.outlet != 0 && a.outlet == b.outlet }

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

// disjoint holds when both have some and none is in both.
func disjoint(a, b []uint64) bool {
	for _, h := range a {
		if slices.Contains(b, h) {
			return false
		}
	}
	return len(a) > 0 && len(b) > 0
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
