package rules

import (
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
		for _, w := range split(c.text, false) {
			s := c.text[w.at.Start:w.at.End]
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
	words := split(strings.Repeat("가", 1000), false)
	if len(words) < 10 || len(words[0].fold) > maxHangulBytes+3 {
		t.Errorf("%d words, the first of %d bytes", len(words), len(words[0].fold))
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range hardTexts {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, wild bool) {
		last := 0
		for _, w := range split(s, wild) {
			checkSpan(t, s, w.at)
			if w.at.Start >= w.at.End || w.at.Start < last || w.fold == "" && w.exact == "" {
				t.Fatalf("%q: word %+v after byte %d", s, w, last)
			}
			last = w.at.Start
		}
	})
}
