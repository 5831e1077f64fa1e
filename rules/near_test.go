package rules

import (
	"slices"
	"strings"
	"testing"
)

// FuzzNear compares NEAR, ONEAR, NEAR/s and ATLEAST with their definitions, word
// for word. Each byte of the text is a word, a hit of one side or of both, or the
// end of a sentence.
func FuzzNear(f *testing.F) {
	f.Add("a.b", 3, false, false)
	f.Add("aaxbxxxb.axb", 2, true, false)
	f.Add("cc cab.c", 0, false, true)
	f.Add("aa.bb", 100, true, true)
	f.Fuzz(func(t *testing.T, s string, within int, ordered, sentence bool) {
		if len(s) > 200 {
			return
		}
		var source strings.Builder
		for _, c := range s {
			source.WriteString(map[rune]string{'a': "aa ", 'b': "bb ", 'c': "cc ", '.': "end. "}[c&0x7F] + "x ")
		}
		body := newText(1, source.String())
		find := func(texts ...string) (spots []spot) {
			for _, text := range texts {
				p, _ := newPattern(text, false)
				spots = append(spots, body.find(&Term{Text: text, pattern: p})...)
			}
			return sorted(spots)
		}
		n := &Near{Within: within & 0x7, Ordered: ordered, Sentence: sentence}
		as, bs := find("aa", "cc", "aa x cc"), find("bb", "cc", "end x")
		got := n.pairs(nil, as, bs)
		var want []spot
		for _, a := range as {
			if slices.ContainsFunc(bs, func(b spot) bool { return n.defined(a, b) }) {
				want = append(want, a)
			}
		}
		for _, b := range bs {
			if slices.ContainsFunc(as, func(a spot) bool { return n.defined(a, b) }) {
				want = append(want, b)
			}
		}
		if !slices.Equal(got, sorted(want)) {
			t.Errorf("%s: %+v\n got %v\nwant %v", source.String(), n, got, want)
		}
		if got, want := countApart(as), mostApart(as); got != want {
			t.Errorf("%s: %d apart, want %d", source.String(), got, want)
		}
	})
}

// defined is NEAR as the page defines it.
func (n *Near) defined(a, b spot) bool {
	first, second := a, b
	if b.start < a.start {
		first, second = b, a
	}
	switch {
	case first.end > second.start:
		return false
	case n.Sentence:
		whole := first.text.cut()[first.sentence()]
		return whole.Start <= first.bytes().Start && second.bytes().End <= whole.End
	case n.Ordered && first != a:
		return false
	}
	words := 0
	for range first.text.words[first.end:second.start] {
		words++
	}
	return words <= n.Within
}

// mostApart tries, from left to right, to take a spot or to leave it.
func mostApart(spots []spot) int {
	best := make([]int, len(spots)+1)
	for i := len(spots) - 1; i >= 0; i-- {
		next := i + 1
		for next < len(spots) && spots[next].start < spots[i].end {
			next++
		}
		best[i] = max(best[i+1], 1+best[next])
	}
	return best[0]
}
