package rules

import (
	"cmp"
	"slices"
)

// pairs appends the spots of a and of b that have a partner in the other: close
// enough, sharing no word with it, in the same text. All are in order. The nearest
// partner on each side is enough, so that time is linear in the spots.
func (n *Near) pairs(found, a, b []spot) []spot {
	if n.Sentence {
		a, b = slices.DeleteFunc(slices.Clone(a), spot.straddles), slices.DeleteFunc(slices.Clone(b), spot.straddles)
	}
	inA, inB := newNeighbours(a), newNeighbours(b)
	paired := func(x spot, others *neighbours, mayFollow, mayPrecede bool) bool {
		if y, ok := others.after(x); ok && mayPrecede && n.close(x, y) {
			return true
		}
		y, ok := others.before(x)
		return ok && mayFollow && n.close(y, x)
	}
	found = slices.Grow(found, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && inText(&a[0], &b[0]) <= 0 {
			if paired(a[0], inB, !n.inOrder(), true) {
				found = append(found, a[0])
			}
			a = a[1:]
			continue
		}
		if paired(b[0], inA, true, !n.inOrder()) {
			found = append(found, b[0])
		}
		b = b[1:]
	}
	return found
}

func (n *Near) inOrder() bool { return n.Ordered && !n.Sentence }

// close says whether the two, the first before the second, are close enough.
func (n *Near) close(first, second spot) bool {
	if n.Sentence {
		return first.sentence() == second.sentence()
	}
	return between(first, second) <= 2*n.Within
}

// neighbours finds the nearest of some spots. Spots that are asked about one after
// the other lie near each other too: it walks from one answer to the next.
type neighbours struct {
	byStart, byEnd []spot
	next, last     int // the answers' places
}

func newNeighbours(spots []spot) *neighbours {
	byEnd := spots
	if runLength(spots, inTextByEnd) < len(spots) {
		byEnd = slices.Clone(spots)
		new(merger[spot]).sort(byEnd, inTextByEnd)
	}
	return &neighbours{byStart: spots, byEnd: byEnd}
}

// after returns the first spot of x's text that begins where x ends or later.
func (n *neighbours) after(x spot) (spot, bool) {
	isAfter := func(y *spot) bool {
		return y.text.order > x.text.order || y.text == x.text && y.start >= x.end
	}
	for n.next < len(n.byStart) && !isAfter(&n.byStart[n.next]) {
		n.next++
	}
	for n.next > 0 && isAfter(&n.byStart[n.next-1]) {
		n.next--
	}
	if n.next == len(n.byStart) || n.byStart[n.next].text != x.text {
		return spot{}, false
	}
	return n.byStart[n.next], true
}

// before returns the last spot of x's text that ends where x begins or earlier.
func (n *neighbours) before(x spot) (spot, bool) {
	isBefore := func(y *spot) bool {
		return y.text.order < x.text.order || y.text == x.text && y.end <= x.start
	}
	for n.last < len(n.byEnd) && isBefore(&n.byEnd[n.last]) {
		n.last++
	}
	for n.last > 0 && !isBefore(&n.byEnd[n.last-1]) {
		n.last--
	}
	if n.last == 0 || n.byEnd[n.last-1].text != x.text {
		return spot{}, false
	}
	return n.byEnd[n.last-1], true
}

// nearest returns the closest two spots that could be a pair, the first before
// the second; ok is false when there are no such two.
func (n *Near) nearest(a, b []spot) (first, second spot, ok bool) {
	inA, inB := newNeighbours(a), newNeighbours(b)
	note := func(x, y spot) {
		if !ok || between(x, y) < between(first, second) {
			first, second, ok = x, y, true
		}
	}
	for _, x := range a {
		if y, found := inB.after(x); found {
			note(x, y)
		}
	}
	if !n.inOrder() {
		for _, y := range b {
			if x, found := inA.after(y); found {
				note(y, x)
			}
		}
	}
	return first, second, ok
}

// countApart is the greatest number of spots of which no two share a word: the one
// that ends first, the next that ends first of those behind it, and so on.
func countApart(spots []spot) int {
	byEnd := slices.Clone(spots)
	new(merger[spot]).sort(byEnd, inTextByEnd)
	n, last := 0, spot{}
	for _, s := range byEnd {
		if s.text != last.text || s.start >= last.end {
			n, last = n+1, s
		}
	}
	return n
}

func inTextByEnd(a, b *spot) int {
	return cmp.Or(cmp.Compare(a.text.order, b.text.order), cmp.Compare(a.end, b.end))
}
