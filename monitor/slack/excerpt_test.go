package slack

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// starred shows spans with their hits between stars.
func starred(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.bold {
			b.WriteString("*" + s.text + "*")
		} else {
			b.WriteString(s.text)
		}
	}
	return b.String()
}

func TestExcerptCutsAroundTheHits(t *testing.T) {
	filler := "and so the report went on for many more words "
	long := "In the first place " + strings.Repeat(filler, 4) + "a spy satellite was seen " + strings.Repeat(filler, 4) + "over the rocket site at last."
	korean := strings.Repeat("가나다라마바사 ", 20) + "위성을 발사했다 " + strings.Repeat("가나다라마바사 ", 20)
	unspaced := strings.Repeat("发射场", 60) + "卫星" + strings.Repeat("发射场", 60)
	for _, test := range []struct {
		name, sentence string
		hits           []string
		limit          int
		want           string
	}{
		{"short: whole", "A spy satellite flew.", []string{"spy satellite"}, 60, "A *spy satellite* flew."},
		{"no hits: the beginning", long, nil, 30, "In the first place and so the…"},
		{"one hit", long, []string{"spy satellite"}, 70, "… on for many more words a *spy satellite* was seen and so the report…"},
		{"two hits far apart", long, []string{"spy satellite", "rocket"}, 120, "… on for many more words a *spy satellite* was seen and so the report … for many more words over the *rocket* site at last."},
		{"only the first fits", long, []string{"spy satellite", "rocket"}, 50, "… many more words a *spy satellite* was seen and so…"},
		{"Korean", korean, []string{"위성"}, 40, "… 가나다라마바사 가나다라마바사 *위성*을 발사했다 가나다라마바사…"},
		{"without spaces", unspaced, []string{"卫星"}, 40, "… 射场发射场发射场发射场发射场发射场*卫星*发射场发射场发射场发射场发射场发射…"},
		{"empty", "", nil, 40, ""},
		{"hit at the edges of space", "a  b  c", []string{"b  "}, 40, "a *b* c"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := starred(excerpt(test.sentence, marks(test.sentence, test.hits...), test.limit))
			if got != test.want {
				t.Errorf("\n got %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestExcerptSurvivesMarksOutOfOrder(t *testing.T) {
	for _, bad := range [][][2]int{{{-5, 3}}, {{3, 1}}, {{0, 999}}, {{4, 6}, {0, 2}}, {{1, 2}, {1, 2}}, {{5, 5}}} {
		if got := flat(excerpt("위성 launch", bad, 50)); got != "위성 launch" {
			t.Errorf("%v: %q", bad, got)
		}
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("In the first place a spy satellite was seen over the rocket site", 20, 33, 40, 46, 30)
	f.Add("위성을 발사했다 위성을 발사했다", 0, 6, 10, 16, 9)
	f.Fuzz(func(t *testing.T, sentence string, a, b, c, d, limit int) {
		limit = 20 + limit&511
		spans := excerpt(sentence, [][2]int{{a, b}, {c, d}}, limit)
		got := flat(spans)
		if units(got) > limit {
			t.Errorf("%d units, limit %d: %q", units(got), limit, got)
		}
		if !utf8.ValidString(got) {
			t.Errorf("no UTF-8: %q", got)
		}
		if whole := clean(sentence); units(whole) <= limit && got != whole {
			t.Errorf("%q became %q though it fits", whole, got)
		}
		for _, s := range spans {
			if s.text == "" {
				t.Errorf("an empty span, which Slack refuses: %v", spans)
			}
		}
	})
}
