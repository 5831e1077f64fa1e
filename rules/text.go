package rules

import (
	"bytes"
	"slices"
	"sort"
)

// A text is one field of an article, analysed once. It can be read anew, into the
// room it has. It is not for concurrent use.
type text struct {
	order  int  // of the article's texts
	prose  bool // it has sentences; else it is one
	source string
	words  []word

	folds, exacts []byte // spellings of the words

	sentences []Span // bytes of source; see cut
	uncut     bool   // sentences are not looked for yet

	alike  [512]int32 // the first word, and one, of those that begin with the same letters
	next   []int32    // the next such word of each; -1 behind the last
	listed bool       // the two are made

	here, there []joint // room for pattern.from

	tailed int                        // the word, and one, that tails are of
	tails  [2 * maxHangulBytes]uint64 // see particlesAt
}

// read analyses another source.
func (t *text) read(source string) {
	t.clear()
	t.source = source
	const perWord, most = 5, 1 << 13 // a guess that saves growing; of a long text its beginning tells better
	t.words, t.folds = slices.Grow(t.words, min(len(source)/perWord, most)+1), slices.Grow(t.folds, len(source))
	sp := splitter{text: t}
	sp.split()
}

// clear forgets the source.
func (t *text) clear() {
	t.source, t.uncut, t.listed, t.tailed = "", true, false, 0
	t.words, t.folds, t.exacts, t.sentences = t.words[:0], t.folds[:0], t.exacts[:0], t.sentences[:0]
}

// fold is the spelling of word i without case and accents.
func (t *text) fold(i int) []byte { return t.words[i].fold.of(t.folds) }

// isExactly says whether that is how word i is spelled.
func (t *text) isExactly(i int, spelling []byte) bool {
	w := &t.words[i]
	if w.exact.len() == 0 {
		return t.source[w.at.start:w.at.end] == string(spelling)
	}
	return bytes.Equal(w.exact.of(t.exacts), spelling)
}

// weight is what all words weigh.
func (t *text) weight() int32 {
	if len(t.words) == 0 {
		return 0
	}
	last := &t.words[len(t.words)-1]
	return last.before + last.weight()
}

// before is what the first n words weigh.
func (t *text) before(n int32) int32 {
	if int(n) == len(t.words) {
		return t.weight()
	}
	return t.words[n].before
}

// A spot is where a term was found: words of a text, end exclusive.
type spot struct {
	text       *text
	term       *Term
	start, end int32
	ask        int32 // which of the things that the clauses ask for it answers
}

func (s spot) bytes() Span {
	return Span{int(s.text.words[s.start].at.start), int(s.text.words[s.end-1].at.end)}
}

func (s spot) source() string { return s.text.source[s.bytes().Start:s.bytes().End] }

// find returns every place where p's words begin, one spot each, in order.
func (t *text) find(term *Term) []spot {
	var found []spot
	for i := range t.words {
		if !term.pattern.mayBegin(t.fold(i)) {
			continue
		}
		if end, ok := term.pattern.from(t, i); ok {
			found = append(found, spot{text: t, start: int32(i), end: int32(end), term: term})
		}
	}
	return found
}

// first returns the first word that begins alike; next leads on from each. Both
// are -1 where there is none.
func (t *text) first(like int16) int32 {
	if !t.listed {
		t.list()
	}
	return t.alike[like] - 1
}

func (t *text) list() {
	clear(t.alike[:])
	t.next = slices.Grow(t.next[:0], len(t.words))[:len(t.words)]
	for i := len(t.words) - 1; i >= 0; i-- {
		first := &t.alike[likeness(t.fold(i))]
		t.next[i], *first = *first-1, int32(i+1)
	}
	t.listed = true
}

// likeness is the same for words with the same first three bytes.
func likeness(b []byte) int16 {
	var n uint16
	for _, c := range b[:min(len(b), likeBytes)] {
		n = n*29 + uint16(c)
	}
	return int16(n & 511)
}

// likeBytes is how many letters of a word's beginning must be known to find it.
const likeBytes = 3

// between is what lies between the end of one spot and the start of a later
// one, in half words.
func between(a, b spot) int { return int(a.text.before(b.start) - a.text.before(a.end)) }

// cut finds the sentences, when they are first asked for.
func (t *text) cut() []Span {
	switch {
	case !t.uncut:
	case t.prose:
		t.sentences = appendSentences(t.sentences, t.source)
	default:
		t.sentences = append(t.sentences, Span{0, len(t.source)})
	}
	t.uncut = false
	return t.sentences
}

// sentenceAt is the number of the sentence that a byte lies in.
func (t *text) sentenceAt(at int) int {
	of := t.cut()
	return sort.Search(len(of), func(i int) bool { return of[i].End > at })
}

// sentence is the number of the sentence that s begins in.
func (s spot) sentence() int { return s.text.sentenceAt(s.bytes().Start) }

// straddles says whether s begins in one sentence and ends in another.
func (s spot) straddles() bool { return s.text.sentenceAt(s.bytes().End-1) != s.sentence() }

// leadWords is how many words of the body belong to the lead.
const leadWords = 60

// lead is the number of words that the lead has; a word that is only half
// inside belongs to it.
func (t *text) lead() int {
	n, _ := slices.BinarySearchFunc(t.words, 2*leadWords, func(w word, most int) int { return int(w.before) - most })
	return n
}
