package rules

import (
	"bytes"
	"cmp"
	"slices"
	"unicode/utf8"
)

// An index finds the terms whose key a text shows, in one pass over its words.
// The hash of each word is looked up, and that of each beginning as long as some
// key that begins with the same letters:
//
//	launches    launches, and launc if launc* is a term
//
// Inside words, and through Han and kana, where a key may begin at any letter, it
// is the same from every letter on. Different keys with one hash are told apart
// no more than different terms with one key: who is told of a term looks for it.
//
// Not all terms are found so: see need.go. The others are looked for one by one,
// when a rule asks.
type index struct {
	terms   []*Term // those found first, those with one key beside one another
	hints   []hint  // of each term
	letters []byte  // of the hints
	indexed int32   // the terms from here on are not found

	slots  []slot   // by hash, the next free one if taken; as many as a power of two
	marks  []uint64 // a bit for the hash of each key: most words have none
	starts lengths  // of keys that words begin with
	inside lengths  // of keys that lie in words
	runs   lengths  // of keys of Han and kana

	insideWords, insideHangul bool // there are keys that lie in such words
}

// A slot has terms of one key; with none it is free.
type slot struct {
	hash     uint64
	first, n int32
}

// A hint is the key of a term, and what else must be there, so that most terms are
// refused without a look at them.
type hint struct {
	letters uint32  // of the key: where they begin
	n       uint16  // and how many bytes they are; 0: the term has no key
	unit    int16   // in whose word they lie
	kind    keyKind // and where there
	whole   bool    // they are the whole term
	side    int8    // 1: the next unit is a word as well, -1: the one before
	beside  uint32  // of the hash of that
	like    int16   // the likeness of words that may have the key; -1: it may be any
}

// newIndex takes for each term the key that fewest terms have and that is rare by
// itself. Those of the terms that are wanted can be found.
func newIndex(terms []*Term, wanted func(term int) bool) *index {
	type entry struct {
		hash uint64
		key  key
		term *Term
	}
	keys, shared := make([][]key, len(terms)), map[uint64]int{}
	for i, t := range terms {
		keys[i] = t.pattern.keys()
		for _, k := range keys[i] {
			shared[k.hash()]++
		}
	}
	weight := func(k key) float64 { return k.commonness() * float64(shared[k.hash()]) }
	var found, others []entry
	for i, t := range terms {
		if len(keys[i]) == 0 {
			others = append(others, entry{term: t})
			continue
		}
		best := slices.MinFunc(keys[i], func(a, b key) int { return cmp.Compare(weight(a), weight(b)) })
		e := entry{best.hash(), best, t}
		if wanted(i) {
			found = append(found, e)
		} else {
			others = append(others, e)
		}
	}
	slices.SortStableFunc(found, func(a, b entry) int { return cmp.Compare(a.hash, b.hash) })

	ix := &index{indexed: int32(len(found))}
	ix.size(len(found))
	for i, e := range append(found, others...) {
		ix.terms = append(ix.terms, e.term)
		ix.hint(&e.term.pattern, &e.key)
		if i >= len(found) {
			continue
		}
		ix.note(&e.key, e.term.pattern.units[e.key.unit].script)
		if i == 0 || e.hash != found[i-1].hash {
			n := 1
			for i+n < len(found) && found[i+n].hash == e.hash {
				n++
			}
			ix.put(e.hash, slot{first: int32(i), n: int32(n)})
		}
	}
	return ix
}

// size makes room for n keys: slots half free, 16 bits to mark each.
func (ix *index) size(n int) {
	slots := 64
	for slots < 2*n {
		slots *= 2
	}
	const most = 1 << 14 // lengths, which should stay in the nearest cache
	ix.slots, ix.marks = make([]slot, slots), make([]uint64, slots/8)
	for _, of := range []*lengths{&ix.starts, &ix.inside, &ix.runs} {
		of.long = make([]uint32, min(slots, most))
	}
}

func (ix *index) hint(p *pattern, k *key) {
	h := hint{letters: uint32(len(ix.letters)), unit: int16(k.unit), kind: k.kind, like: -1}
	if k.kind == wholeWord && len(k.text) > 0 || k.kind != inWord && len(k.text) >= likeBytes {
		h.like = likeness(k.text)
	}
	letters := k.text
	if len(letters) > 0 && len(p.units) == 1 && !p.exact && !p.korean && k.kind <= wordStart && !p.units[0].any {
		h.whole, letters = true, p.units[0].text
	}
	for _, side := range []int{1, -1} {
		if i := k.unit + side; h.side == 0 && i >= 0 && i < len(p.units) && p.units[i].isWord() {
			h.side, h.beside = int8(side), uint32(wordHash(folded(p.units[i].text)))
		}
	}
	h.n = uint16(len(letters))
	ix.letters, ix.hints = append(ix.letters, letters...), append(ix.hints, h)
}

// lies says whether a key that is a word, or begins one, is or begins b.
func (h *hint) lies(letters, b []byte) bool {
	return h.kind == wordStart && bytes.HasPrefix(b, letters) || bytes.Equal(b, letters)
}

// lettersOf returns the letters of a hint.
func (ix *index) lettersOf(h *hint) []byte { return ix.letters[h.letters:][:h.n] }

// isWord says whether u finds one word of letters and digits only.
func (u *unit) isWord() bool {
	return !u.any && !u.openStart && !u.openEnd && u.script != hangul && !u.script.single()
}

// note takes the length of a key that is no whole word, and the script it is in.
func (ix *index) note(k *key, s script) {
	switch k.kind {
	case wordStart:
		ix.starts.add(k.text)
	case inRun:
		ix.runs.add(k.text)
	case inWord:
		ix.inside.add(k.text)
		ix.insideHangul = ix.insideHangul || s == hangul
		ix.insideWords = ix.insideWords || s != hangul
	}
}

func (ix *index) put(hash uint64, s slot) {
	i := hash >> 32
	for ix.slots[i&uint64(len(ix.slots)-1)].n != 0 {
		i++
	}
	s.hash = hash
	ix.slots[i&uint64(len(ix.slots)-1)] = s
	ix.marks[hash>>6&uint64(len(ix.marks)-1)] |= 1 << (hash & 63)
}

// get returns the terms whose key has that hash: the first, and how many.
func (ix *index) get(hash uint64) (first, n int32) {
	if ix.marks[hash>>6&uint64(len(ix.marks)-1)]>>(hash&63)&1 == 0 {
		return 0, 0
	}
	for i := hash >> 32; ; i++ {
		s := &ix.slots[i&uint64(len(ix.slots)-1)]
		if s.n == 0 || s.hash == hash {
			return s.first, s.n
		}
	}
}

// scan calls met for each key that t shows, with the terms that have it and the
// word it lies in, the same one several times if need be. Hashes are those of
// the words.
func (ix *index) scan(t *text, hashes []uint64, met func(first, n int32, word int)) {
	for i := range t.words {
		w := &t.words[i]
		if w.script.single() {
			ix.beginnings(&ix.runs, inRun, t.folds[w.fold.start:], i, met) // on into the next words
			continue
		}
		if first, n := ix.get(hashes[i]); n > 0 {
			met(first, n, i)
		}
		b := t.fold(i)
		ix.beginnings(&ix.starts, wordStart, b, i, met)
		if ix.insideWords && w.script != hangul || ix.insideHangul && w.script == hangul {
			for j := range b {
				if utf8.RuneStart(b[j]) {
					ix.beginnings(&ix.inside, inWord, b[j:], i, met)
				}
			}
		}
	}
}

// beginnings looks up the keys of one kind that b, in word i, begins with.
func (ix *index) beginnings(of *lengths, kind keyKind, b []byte, i int, met func(first, n int32, word int)) {
	h, end := rolling(0), 0
	for long := of.at(b) >> 1; long != 0 && end < len(b); long >>= 1 {
		h = h.with(b[end])
		end++
		if long&1 != 0 {
			if first, n := ix.get(h.sum(kind)); n > 0 {
				met(first, n, i)
			}
		}
	}
}
