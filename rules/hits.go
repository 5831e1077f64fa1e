package rules

import "iter"

// hits turns spots, in order, into ranges of the title and the body, overlapping
// ones into one.
func (s *scan) hits(spots []spot) []Hit {
	n := 0
	for range ranges(spots) {
		n++
	}
	if n == 0 {
		return nil
	}
	hits := make([]Hit, 0, n)
	for text, at := range ranges(spots) {
		hits = append(hits, Hit{s.field(text), at.Start, at.End, text.source[at.Start:at.End]})
	}
	return hits
}

// ranges are the bytes of spots, in order, overlapping ones as one.
func ranges(spots []spot) iter.Seq2[*text, Span] {
	return func(yield func(*text, Span) bool) {
		for len(spots) > 0 {
			text, at := spots[0].text, spots[0].bytes()
			for spots = spots[1:]; len(spots) > 0 && spots[0].text == text; spots = spots[1:] {
				next := spots[0].bytes()
				if next.Start >= at.End {
					break
				}
				at.End = max(at.End, next.End)
			}
			if !yield(text, at) {
				return
			}
		}
	}
}

func (s *scan) field(t *text) Field {
	if t == s.title {
		return Title
	}
	return Body
}
