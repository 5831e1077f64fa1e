package rules

import (
	"cmp"
	"math"
	"slices"
	"unicode/utf8"
)

// An index finds the terms whose key a text shows, in one pass over its words.
// Each word is hashed from its first letter on. Its whole hash is looked up, and
// that of each beginning as long as some key that begins with the same letters:
//
//	launches    launches, and laun if laun* is a term
//
// Inside words, and through Han and kana, where a key may begin at any letter, it
// is the same from every letter on. Two keys with one hash are told apart no
// more than two terms with one key: whoever is told of a term looks for it.
type index struct {
	terms []indexed
	loose []int32 // terms without a key

	slots  []slot   // by hash, the next free one if taken
	lists  []int32  // terms of one key after another, each list with its length before it
	marks  []uint64 // a bit for the hash of each key: most words have none
	starts lengths
	inside lengths

	insideWords, insideHangul bool // there are keys that lie in such words
}

// An indexed term is a term with its key's unit, and a guess how often a text has
// the term.
type indexed struct {
	*Term
	unit   int32
	common float64
}

// A slot has a list of terms; 0: it is free.
type slot struct{ tag, list uint32 }

// lengths tells, by its first letters, how long the keys are that begin so: bit n
// is set when one has n bytes.
type lengths [4096]uint32

// opening returns the place in lengths of keys that begin like b: two letters of
// ASCII, one of Cyrillic or Han.
func opening(b []byte) uint32 {
	switch c := uint32(b[0]); {
	case len(b) == 1:
		return c
	case c < 0xE0:
		return (c*61 + uint32(b[1])) & 4095
	default:
		return (c*61 + uint32(b[1])*67 + uint32(b[2])) & 4095
	}
}

func (l *lengths) add(b []byte) {
	bit := uint32(1) << len(b)
	l[opening(b)] |= bit
	if len(b) == 1 { // whatever follows
		for second := range 256 {
			l[opening([]byte{b[0], byte(second)})] |= bit
		}
	}
}

// The hash is FNV-1a, letter by letter, and mixed at last.
const (
	hashBasis = 14695981039346656037
	hashPrime = 1099511628211
)

func step64(h uint64, c byte) uint64 { return (h ^ uint64(c)) * hashPrime }

func finish(h uint64, kind keyKind) uint64 {
	h = (h ^ uint64(kind+1)) * 0xBF58476D1CE4E5B9
	return h ^ h>>31
}

func (k *key) hash() uint64 {
	h := uint64(hashBasis)
	for _, c := range k.text {
		h = step64(h, c)
	}
	return finish(h, k.kind)
}

// newIndex takes the key of each term that fewest terms have and that is rare by
// itself.
func newIndex(terms []*Term) *index {
	ix := &index{terms: make([]indexed, len(terms))}
	all := make([][]key, len(terms))
	shared := map[uint64]int{}
	for i, t := range terms {
		all[i] = t.pattern.keys()
		for _, k := range all[i] {
			shared[k.hash()]++
		}
	}
	type entry struct {
		hash uint64
		term int32
	}
	entries := make([]entry, 0, len(terms))
	for i, t := range terms {
		ix.terms[i] = indexed{Term: t, common: 1}
		if len(all[i]) == 0 {
			ix.loose = append(ix.loose, int32(i))
			continue
		}
		weight := func(k key) float64 { return k.commonness() * float64(shared[k.hash()]) }
		best := slices.MinFunc(all[i], func(a, b key) int { return cmp.Compare(weight(a), weight(b)) })
		ix.terms[i].unit = int32(best.unit)
		ix.terms[i].common = best.commonness() * math.Pow(0.3, float64(len(t.pattern.units)-1))
		ix.note(best, t.pattern.units[best.unit].script)
		entries = append(entries, entry{best.hash(), int32(i)})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.hash, b.hash) })
	ix.size(len(entries))
	for len(entries) > 0 {
		n := 1
		for n < len(entries) && entries[n].hash == entries[0].hash {
			n++
		}
		list := uint32(len(ix.lists))
		ix.lists = append(ix.lists, int32(n))
		for _, e := range entries[:n] {
			ix.lists = append(ix.lists, e.term)
		}
		ix.put(entries[0].hash, list)
		entries = entries[n:]
	}
	return ix
}

// note takes the length of a key that is no whole word.
func (ix *index) note(k key, s script) {
	switch k.kind {
	case wordStart:
		ix.starts.add(k.text)
	case inWord:
		ix.inside.add(k.text)
		ix.insideHangul = ix.insideHangul || s == hangul
		ix.insideWords = ix.insideWords || s != hangul && !s.single()
	}
}

// size makes room for n keys: slots half free, and 16 bits to mark each.
func (ix *index) size(n int) {
	slots := 64
	for slots < 2*n {
		slots *= 2
	}
	ix.slots = make([]slot, slots)
	ix.marks = make([]uint64, slots/8)
	ix.lists = append(make([]int32, 0, 2*n+1), 0) // list 0 is none
}

func (ix *index) put(hash uint64, list uint32) {
	i := hash >> 32 & uint64(len(ix.slots)-1)
	for ix.slots[i].list != 0 {
		i = (i + 1) & uint64(len(ix.slots)-1)
	}
	ix.slots[i] = slot{uint32(hash), list}
	ix.marks[hash>>6&uint64(len(ix.marks)-1)] |= 1 << (hash & 63)
}

// get returns the terms whose key has that hash.
func (ix *index) get(hash uint64) []int32 {
	if ix.marks[hash>>6&uint64(len(ix.marks)-1)]>>(hash&63)&1 == 0 {
		return nil
	}
	for i := hash >> 32; ; i++ {
		s := ix.slots[i&uint64(len(ix.slots)-1)]
		if s.list == 0 {
			return nil
		}
		if s.tag == uint32(hash) {
			n := ix.lists[s.list]
			return ix.lists[s.list+1 : s.list+1+uint32(n)]
		}
	}
}

// scan calls met for each key that t shows, with the terms that have it and the
// word it lies in, the same one several times if need be.
func (ix *index) scan(t *text, met func(terms []int32, word int)) {
	for i := range t.words {
		w := &t.words[i]
		if w.script.single() {
			ix.from(t.folds[w.fold.start:], i, met) // on into the next words
			continue
		}
		b := w.fold.of(t.folds)
		ix.word(b, i, met)
		if ix.insideWords && w.script != hangul || ix.insideHangul && w.script == hangul {
			for j := range b {
				if utf8.RuneStart(b[j]) {
					ix.from(b[j:], i, met)
				}
			}
		}
	}
}

// word looks up a word and its beginnings.
func (ix *index) word(b []byte, i int, met func([]int32, int)) {
	h, n := uint64(hashBasis), 0
	for long := ix.starts[opening(b)] >> 1; long != 0 && n < len(b); long >>= 1 {
		h = step64(h, b[n])
		n++
		if long&1 != 0 {
			if terms := ix.get(finish(h, wordStart)); terms != nil {
				met(terms, i)
			}
		}
	}
	for _, c := range b[n:] {
		h = step64(h, c)
	}
	if terms := ix.get(finish(h, wholeWord)); terms != nil {
		met(terms, i)
	}
}

// from looks up the keys inside words that begin where b does.
func (ix *index) from(b []byte, i int, met func([]int32, int)) {
	h, n := uint64(hashBasis), 0
	for long := ix.inside[opening(b)] >> 1; long != 0 && n < len(b); long >>= 1 {
		h = step64(h, b[n])
		n++
		if long&1 != 0 {
			if terms := ix.get(finish(h, inWord)); terms != nil {
				met(terms, i)
			}
		}
	}
}
