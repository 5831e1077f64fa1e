package rules

import (
	"cmp"
	"slices"
	"sort"
)

// pairs returns the spots of a and of b that have a partner in the other: close
// enough, sharing no word with it, in the same text. a and b are in order.
// Looking up the nearest partner on each side is enough, so that time is
// n log n in the spots.
func (n *Near) pairs(a, b []spot) []spot {
	if n.Sentence {
		a, b = slices.DeleteFunc(slices.Clone(a), spot.straddles), slices.DeleteFunc(slices.Clone(b), spot.straddles)
	}
	inA, inB := newNeighbours(a), newNeighbours(b)
	var found []spot
	for _, x := range a {
		if y, ok := inB.after(x); ok && n.close(x, y) {
			found = append(found, x)
		} else if y, ok := inB.before(x); ok && !n.inOrder() && n.close(y, x) {
			found = append(found, x)
		}
	}
	for _, y := range b {
		if x, ok := inA.before(y); ok && n.close(x, y) {
			found = append(found, y)
		} else if x, ok := inA.after(y); ok && !n.inOrder() && n.close(y, x) {
			found = append(found, y)
		}
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

// neighbours finds the nearest of some spots.
type neighbours struct{ byStart, byEnd []spot }

func newNeighbours(spots []spot) neighbours {
	byEnd := slices.Clone(spots)
	slices.SortFunc(byEnd, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.text.order, b.text.order), cmp.Compare(a.end, b.end))
	})
	return neighbours{spots, byEnd}
}

// after returns the first spot of x's text that begins where x ends or later.
func (n neighbours) after(x spot) (spot, bool) {
	i := sort.Search(len(n.byStart), func(i int) bool {
		y := n.byStart[i]
		return y.text.order > x.text.order || y.text == x.text && y.start >= x.end
	})
	if i == len(n.byStart) || n.byStart[i].text != x.text {
		return spot{}, false
	}
	return n.byStart[i], true
}

// before returns the last spot of x's text that ends where x begins or earlier.
func (n neighbours) before(x spot) (spot, bool) {
	i := sort.Search(len(n.byEnd), func(i int) bool {
		y := n.byEnd[i]
		return y.text.order > x.text.order || y.text == x.text && y.end > x.start
	})
	if i == 0 || n.byEnd[i-1].text != x.text {
		return spot{}, false
	}
	return n.byEnd[i-1], true
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

// countApart is the greatest number of spots of which no two share a word.
func countApart(spots []spot) int {
	byEnd := slices.Clone(spots)
	slices.SortStableFunc(byEnd, func(a, b spot) int { return cmp.Compare(a.end, b.end) })
	ends, n := map[*text]int{}, 0
	for _, s := range byEnd {
		if s.start >= ends[s.text] {
			ends[s.text] = s.end
			n++
		}
	}
	return n
}
