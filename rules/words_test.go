package rules

import (
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"North Korea's spy-satellite", "North|Korea|spy|satellite"},
		{"the allies’ plan; JAMES'S; it's", "the|allies|plan|JAMES|it"},
		{"U.S. and U.N.'s", "U|S|and|U|N"},
		{"O'Sullivan don't rock 'n' s", "O|Sullivan|don|t|rock|n|s"},
		{"54th F35 F-35 KN-23", "54th|F35|F|35|KN|23"},
		{"제54차 SCM은", "제|+54|+차|SCM|+은"},
		{"北위성ICBM発射", "北|+위성|+ICBM|+発|+射"},
		{"Рyongyang 5й", "Р|+yongyang|5й"},
		{"キム・ジョン らー", "キ|+ム|ジ|+ョ|+ン|ら|+ー"},
		{"a_b c@d #e", "a|b|c|d|e"},
		{"Korea'store", "Korea|store"},
		{"Korea's은", "Korea|은"},
		{"👩‍👩‍👧 !?", ""},
	} {
		var got []string
		for _, w := range newText(0, c.text).words {
			s := c.text[w.at.start:w.at.end]
			if w.joined {
				s = "+" + s
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, s, c.want)
		}
	}
}

func TestSplitCutsWordsThatAreNoWords(t *testing.T) {
	words := newText(0, strings.Repeat("가", 1000)).words
	if len(words) < 10 || words[0].fold.len() > maxHangulBytes+3 {
		t.Errorf("%d words, the first of %d bytes", len(words), words[0].fold.len())
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range hardTexts {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, wild bool) {
		got, want := text{source: s}, text{source: s}
		fast, plain := splitter{text: &got, wild: wild}, splitter{text: &want, wild: wild}
		fast.split()
		letters(s, plain.add)
		plain.shut()
		for i, w := range want.words {
			if i < len(got.words) && got.isExactly(i, w.exact.of(want.exacts)) {
				got.words[i].exact = w.exact
			}
		}
		if !slices.Equal(got.words, want.words) || string(got.folds) != string(want.folds) {
			t.Fatalf("%q:\n got %v %s\nwant %v %s", s, got.words, got.folds, want.words, want.folds)
		}
		last := int32(0)
		for i, w := range got.words {
			checkSpan(t, s, Span{int(w.at.start), int(w.at.end)})
			if w.at.start >= w.at.end || w.at.start < last || w.fold.len() == 0 {
				t.Fatalf("%q: word %+v after byte %d", s, w, last)
			}
			if i > 0 && w.before != got.words[i-1].before+got.words[i-1].weight() {
				t.Fatalf("%q: %d before word %d", s, w.before, i)
			}
			last = w.at.start
		}
	})
}

// newText analyses a title, order 0, or a body.
func newText(order int, source string) *text {
	t := &text{order: order, prose: order == 1}
	t.read(source)
	return t
}
