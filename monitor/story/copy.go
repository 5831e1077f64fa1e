package story

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	copiedShare = 0.6 // of the shorter text's shingles
	copiedLeast = 6   // shingles: ten words in a row
)

// copied holds when the shorter text stands in the longer one. "India reports
// highest daily jump" is no copy of what the US reports.
func copied(q, r *report) bool {
	a, b := q.shingles, r.shingles
	least := min(len(a), len(b))
	if least < copiedLeast || disjoint(q.places, r.places) || disjoint(q.figures, r.figures) {
		return false
	}
	shared := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	return float64(shared) >= copiedShare*float64(least)
}

// shingles are the hashes of every five words in a row, after Broder, "On the
// resemblance and containment of documents" (1997), over the first words of a
// text, which agencies' customers leave as they are when they cut the rest.
func shingles(text string) []uint32 {
	const size, span = 5, 60 // five words in a row are seldom chance; sixty are a lead
	var units [span]uint64
	n := 0
	for i := 0; i < len(text) && n < span; {
		r, width := utf8.DecodeRuneInString(text[i:])
		switch {
		case unspaced(r):
			units[n] = hash(text[i : i+width])
			n++
			i += width
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			start := i
			for i < len(text) {
				r, width := utf8.DecodeRuneInString(text[i:])
				if unspaced(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					break
				}
				i += width
			}
			units[n] = hash(strings.ToLower(text[start:i]))
			n++
		default:
			i += width
		}
	}
	found := make([]uint32, 0, max(0, n-size+1))
	for i := 0; i+size <= n; i++ {
		h := uint64(fnvOffset)
		for _, u := range units[i : i+size] {
			h = (h ^ u) * fnvPrime
		}
		found = append(found, uint32(h>>32)^uint32(h))
	}
	slices.Sort(found)
	return slices.Compact(found)
}
