package rules

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSentences(t *testing.T) {
	for _, c := range []string{ // | ends a sentence
		"One.| Two!| Three?| Four",
		"The U.S. and N. Korea met.| They left.",
		"Gen. Kim met Sen. Lee on Nov. 21 at 9:51 a.m. local time.| It rained.",
		"It rose 3.5 percent, said yna.co.kr.| Then it fell.",
		"He said \"We will.\"| She left.",
		"He said (in May.)| She left.",
		"It was in May.| The 54th meeting was No. 2 there.| He said No.| She left.",
		"Wait...| Really?!| Yes.",
		"Gen. and gen.| Not a title: sen.| Next",
		"Ph.D. and B.Sc. holders.| End",
		"First line\nSecond line.| Third\n\n",
		"북한이 위성을 쐈다.| 합참은 확인했다.",
		"북한이 위성을 쐈다.| 합참은 확인했다.",
		"한.미 훈련은 3.1운동과 4.27 판문점 선언.| 끝",
		"\"쐈다.\"라고 말했다.| 끝",
		"발사했다.|합참은 밝혔다.",
		"北朝鮮が発射した。|政府は抗議した。|終わり",
		"「発射した。」|政府は言った！|なぜ？|終わり",
		"KN-23A.| Next",
		"  spaced  .|   out  ",
	} {
		text := strings.ReplaceAll(c, "|", "")
		var got []string
		for _, s := range appendSentences(nil, text) {
			got = append(got, text[s.Start:s.End])
		}
		var want []string
		for _, s := range strings.FieldsFunc(c, func(r rune) bool { return r == '|' || r == '\n' }) {
			want = append(want, strings.TrimSpace(s))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestSentencesOfOneLongLineAreFoundOnce(t *testing.T) {
	if n := len(appendSentences(nil, strings.Repeat("a.", 100_000))); n != 1 {
		t.Errorf("%d sentences", n)
	}
	if n := len(appendSentences(nil, strings.Repeat("One. ", 100_000))); n != 100_000 {
		t.Errorf("%d sentences", n)
	}
}

func FuzzSentences(f *testing.F) {
	for _, s := range append(hardTexts, "One. Two", "a.\n\nb", "Gen. Kim。「終」 x", "U.S.", "..", "a.b.c.d. e") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, at := range appendSentences(nil, s) {
			checkSpan(t, s, at)
			if at.Start < last || at.Start == at.End || strings.TrimSpace(s[last:at.Start]) != "" {
				t.Fatalf("%q: sentence %v after byte %d", s, at, last)
			}
			last = at.End
		}
		if utf8.ValidString(s) && strings.TrimSpace(s[last:]) != "" {
			t.Fatalf("%q: %q is in no sentence", s, s[last:])
		}
	})
}
