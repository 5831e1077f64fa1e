package story

import "math"

// Before anything is remembered the index behaves as if it had seen
// priorReports reports in which an ordinary term stood once, and one of a
// class that is common by its nature in the given share of them. Without this
// a term's rarity in the first hours of a window would be chance, and "ban"
// would say as much as a ship's name.
const (
	priorReports  = 500
	placeShare    = 0.10
	commonShare   = 0.05 // other concepts, common words, years, and first, second, third
	ordinaryShare = 0.015
	numberShare   = 0.01
	pairShare     = 0.006 // two characters of an unspaced script, several to a word
	minRarity     = 0.05  // log; a term in every report still counts a little
)

// rarity is the frequency a term is taken to have beforehand.
type rarity float32

const (
	placeRarity rarity = placeShare * priorReports
	pairRarity  rarity = pairShare * priorReports
)

func (r rarity) common(reports int) float32 {
	return float32(math.Log(float64(reports) + float64(r)))
}

// rarityOfKind is that of a concept, by the kind its line in concepts begins with.
func rarityOfKind(kind string) rarity {
	switch kind {
	case "place", "town":
		return placeRarity
	case "event":
		return ordinaryShare * priorReports
	case "name":
		return 1
	default:
		return commonShare * priorReports
	}
}

func (g *gazetteer) rarity(t token) rarity {
	switch {
	case t.concept != nil:
		return t.concept.rarity
	case t.kind == ordinal && t.number <= 3, t.kind == number && t.number >= 1900 && t.number < 2100:
		return commonShare * priorReports
	}
	share, listed := g.shares[t.key]
	switch {
	case listed:
		return rarity(share * priorReports)
	case t.kind == number:
		return numberShare * priorReports
	case t.kind == gram && len([]rune(t.key)) == 2:
		return pairRarity
	}
	return 1
}

// rarityOf is the inverse document frequency of a term the index has.
func (x *Index) rarityOf(n uint32) float32 {
	if rarity := x.total - x.common[n]; rarity > minRarity { // max takes its time over NaN
		return rarity
	}
	return minRarity
}

// rarityUnseen is that of a term it has not.
func (x *Index) rarityUnseen(r rarity) float64 {
	return float64(max(x.total-r.common(0), minRarity))
}
