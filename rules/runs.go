package rules

// A merger puts in order what comes in runs that are in order already, as the
// places of several terms do: two runs that stand beside each other become one,
// until there is only one. Of k runs it takes log k passes.
//
//	a 1 4 7  b 2 3 9  c 5      1 2 3 4 7 9  5      1 2 3 4 5 7 9
//
// Things that are equal stay in order. The zero merger is ready for use; it is
// kept for the room it has.
type merger[T any] struct{ room []T }

func (m *merger[T]) sort(items []T, compare func(a, b *T) int) {
	for runs := 2; runs > 1; {
		runs = 0
		for rest := items; len(rest) > 0; runs++ {
			first := runLength(rest, compare)
			both := first + runLength(rest[first:], compare)
			if both > first {
				m.merge(rest[:both], first, compare)
			}
			rest = rest[both:]
		}
	}
}

// runLength is how many items stand in order, from the first on.
func runLength[T any](items []T, compare func(a, b *T) int) int {
	n := min(len(items), 1)
	for n < len(items) && compare(&items[n-1], &items[n]) <= 0 {
		n++
	}
	return n
}

// merge makes one run of two, the first n items and the others.
func (m *merger[T]) merge(items []T, n int, compare func(a, b *T) int) {
	m.room = append(m.room[:0], items[:n]...)
	left, right := m.room, items[n:]
	for len(left) > 0 && len(right) > 0 {
		if compare(&right[0], &left[0]) < 0 {
			items[0], right = right[0], right[1:]
		} else {
			items[0], left = left[0], left[1:]
		}
		items = items[1:]
	}
	copy(items, left)
}
