package story

import (
	"encoding/binary"
	"slices"
	"unicode"
)

const (
	copiedShare = 0.6 // of the shorter text's shingles
	copiedLeast = 6   // shingles: ten words in a row
	copiedUnits = 20  // of a script of which every character is a unit: more than a title
	shingleSize = 2   // bytes
)

// copied holds when the shorter text stands in the longer one. "India reports
// highest daily jump" is no copy of what the US reports.
func copied(q, r *report) bool {
	a, b := q.shingles, r.shingles
	least := min(len(a), len(b)) / shingleSize
	if least < copiedLeast || q.script != latin && least < copiedUnits || disjoint(q, r, places) || disjoint(q, r, figures) {
		return false
	}
	shared := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch x, y := binary.BigEndian.Uint16(a[i:]), binary.BigEndian.Uint16(b[j:]); {
		case x < y:
			i += shingleSize
		case x > y:
			j += shingleSize
		default:
			shared, i, j = shared+1, i+shingleSize, j+shingleSize
		}
	}
	return float64(shared) >= copiedShare*float64(least)
}

// shingles are the hashes of every five words in a row, after Broder, "On the
// resemblance and containment of documents" (1997), over the first words of a
// text, which agencies' customers leave as they are when they cut the rest.
//
// Sixteen bits of each are kept: of two texts of different words one in twenty has
// one in common, and the share that makes a copy is ten times that.
func shingles(text string) []byte {
	const size, span = 5, 60 // five words in a row are seldom chance; sixty are a lead
	var units [span]uint64
	n := 0
	inWord := false
	for _, r := range text {
		switch letter := unicode.IsLetter(r) || unicode.IsDigit(r); {
		case !letter:
			inWord = false
			continue
		case !inWord || unspaced(r):
			if n == span {
				n++
				break
			}
			units[n] = fnvOffset
			n++
		}
		if n > span {
			break
		}
		inWord = !unspaced(r)
		units[n-1] = (units[n-1] ^ uint64(unicode.ToLower(r))) * fnvPrime
	}
	n = min(n, span)
	found := make([]uint16, 0, max(0, n-size+1))
	for i := 0; i+size <= n; i++ {
		h := uint64(fnvOffset)
		for _, u := range units[i : i+size] {
			h = (h ^ u) * fnvPrime
		}
		found = append(found, uint16(h>>48^h>>24))
	}
	slices.Sort(found)
	packed := make([]byte, 0, shingleSize*len(found))
	for _, s := range slices.Compact(found) {
		packed = binary.BigEndian.AppendUint16(packed, s)
	}
	return packed
}
