package rules

import (
	"slices"
	"sort"
	"unicode/utf8"
)

// A text is one field of an article, analysed once. It is not for concurrent use.
type text struct {
	order     int // of the article's texts
	source    string
	words     []word
	weights   []int          // of all words before each, and of all
	starting  map[rune][]int // words whose folded spelling begins with a letter
	sentences []Span         // bytes of source

	here, next []place // room for pattern.from
}

func newText(order int, source string, sentences []Span) *text {
	t := &text{order: order, source: source, words: split(source, false), starting: map[rune][]int{}, sentences: sentences}
	t.weights = make([]int, len(t.words)+1)
	for i := range t.words {
		w := &t.words[i]
		t.weights[i+1] = t.weights[i] + w.weight()
		first, _ := utf8.DecodeRuneInString(w.fold)
		t.starting[first] = append(t.starting[first], i)
	}
	return t
}

// A spot is where a term was found: words of a text, end exclusive.
type spot struct {
	text       *text
	start, end int
	term       *Term
}

func (s spot) bytes() Span {
	return Span{s.text.words[s.start].at.Start, s.text.words[s.end-1].at.End}
}

// find returns every place where p's words begin, one spot each, in order.
func (t *text) find(term *Term) []spot {
	var found []spot
	look := func(i int) {
		if end, ok := term.pattern.from(t, i); ok {
			found = append(found, spot{t, i, end, term})
		}
	}
	if first := term.pattern.first; first != 0 {
		for _, i := range t.starting[first] {
			look(i)
		}
		return found
	}
	for i := range t.words {
		look(i)
	}
	return found
}

// between is what lies between the end of one spot and the start of a later
// one, in half words.
func between(a, b spot) int { return a.text.weights[b.start] - a.text.weights[a.end] }

// sentenceAt is the number of the sentence that a byte lies in.
func (t *text) sentenceAt(at int) int {
	return sort.Search(len(t.sentences), func(i int) bool { return t.sentences[i].End > at })
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
	n, _ := slices.BinarySearch(t.weights, 2*leadWords)
	return min(n, len(t.words))
}
