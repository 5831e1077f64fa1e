package story

import (
	"strings"
	"testing"

	"newswatch/monitor"
)

func keys(tokens []token) string {
	var all []string
	for _, t := range tokens {
		if t.kind != stop {
			all = append(all, strings.TrimPrefix(t.key, "@"))
		}
	}
	return strings.Join(all, " ")
}

func TestScan(t *testing.T) {
	g := newGazetteer()
	for _, test := range []struct{ name, text, want string }{
		{"inflections are one stem", "alerted alerts alerting", "alert alert alert"},
		{"abbreviations with dots", "U.S., U.N. and D.P.R.K.", "united-states united-nations north-korea"},
		{"US in capitals is the country", "US tells us", "united-states plan/notify us"},
		{"initial before a name", "N.Korea and S. Korea's", "north-korea south-korea"},
		{"longest concept wins", "Republic of Korea, Democratic People's Republic of Korea", "south-korea north-korea"},
		{"hyphens separate", "spy-satellite", "reconnaissance satellite"},
		{"ordinals in four languages", "54th 제54차 第54回 54次", "o54 o54 o54 o54"},
		{"ordinals as words", "third launch", "o3 launch/launch"},
		{"dates", "Nov. 22, 22 November, November 22nd, 11月22日, 11월 22일, 11/22", "#11-22 #11-22 #11-22 #11-22 #11-22 #11-22"},
		{"a bare day is of the month of writing", "22日 22일", "#11-22 #11-22"},
		{"may the verb is no month", "It may launch, they May Launch", "launch/launch launch/launch"},
		{"May the month", "launch of May, May 31, May's failure", "launch/launch #5 #5-31 #5 failure/failure"},
		{"numbers", "1,000 and 2.5", "n1000 n2.5"},
		{"a number that is part of a name", "Covid-19, Malligyong-1 and 1", "covid covid-19 malligyong malligyong-1 n1"},
		{"pairs of Hangul", "누리호", "누리 리호"},
		{"a concept within a run", "군사정찰위성을", "military reconnaissance satellite"},
		{"allies written as one", "한미 米韓 韩美", "united-states south-korea united-states south-korea united-states south-korea"},
		{"a single character that stands alone", "北 발사, 北海道", "north-korea launch/launch hokkaido"},
		{"the peninsula is not the North", "朝鲜半岛 한반도", ""},
		{"full width", "ＳＣＭ ５５回", "consultative-meeting o55"},
		{"katakana is one term", "オースティン氏", "オースティン"},
		{"which one of a kind", "レーダー7号機 3호기 10号", "レーダー n7 n3 n10"},
		{"a day of next month and of last", "내달 1일 来月1日 先月30日", "내달 #12-1 来月 #12-1 先月 #10-30"},
		{"missiles are fired as they are launched", "fires missiles", "launch/launch missile"},
		{"guns are not", "opens fire", "open launch/fire"},
		{"one country's visit in a word", "訪朝 방미", "visit/visit north-korea visit/visit united-states"},
		{"decomposed Hangul", "\u1107\u116e\u11a8\u1112\u1161\u11ab", "north-korea"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := keys(g.scan(test.text, 11)); got != test.want {
				t.Errorf("%q\n got %s\nwant %s", test.text, got, test.want)
			}
		})
	}
}

func TestWithoutOutletAndDateline(t *testing.T) {
	for _, test := range []struct{ name, title, outlet, want string }{
		{"outlet known", "Big launch - The Post", "The Post", "Big launch"},
		{"outlet guessed", "North Korea launches a satellite | Some News", "", "North Korea launches a satellite"},
		{"a dash within a short title stays", "Launch - failed", "", "Launch - failed"},
		{"cut title", "North Korea launches ...", "", "North Korea launches"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := withoutOutlet(test.title, test.outlet); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	for _, test := range []struct{ name, text, want string }{
		{"agency in brackets", "SEOUL, Nov. 21 (Wire) -- North Korea", "North Korea"},
		{"city in capitals", "SEOUL — North Korea", "North Korea"},
		{"Japanese", "【ソウル通信】北朝鮮", "北朝鮮"},
		{"a sentence with a dash stays", "North Korea - again - launched", "North Korea - again - launched"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := withoutDateline(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestWithoutSource(t *testing.T) {
	for _, test := range []struct{ name, title, head, source string }{
		{"who says it", "North fires missile toward sea, South Korea says", "North fires missile toward sea", " South Korea says"},
		{"after a colon", "North fires missile toward sea: JCS", "North fires missile toward sea", " JCS"},
		{"a clause stays", "North fires missile, Japan warns ships", "North fires missile, Japan warns ships", ""},
		{"a short title stays", "Kim: no talks", "Kim: no talks", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if head, source := withoutSource(test.title); head != test.head || source != test.source {
				t.Errorf("got %q, %q; want %q, %q", head, source, test.head, test.source)
			}
		})
	}
}

// No text may stop the index, and an article must be a copy of itself or too
// short to be one.
func FuzzPlace(f *testing.F) {
	f.Add("N.Korea's 54th 'launch' - The Post", "SEOUL, Nov. 22 (Wire) -- 제54차 第5回会合 11/22 1,000.5")
	f.Add("May's 1/2/3 U.S.A. US", "北 ソウル 12月 ３１日 일 차")
	f.Fuzz(func(t *testing.T, title, body string) {
		x := NewIndex(Options{})
		a := monitor.Article{Title: title, Body: body, FirstSeen: noon}
		for range 2 {
			if story, rel, ok := x.Place(&a, noon); ok && (story != 7 || rel == monitor.Opens) {
				t.Fatalf("story %d, %q", story, rel)
			}
			x.Remember(monitor.Report{StoryID: 7, Article: a})
		}
		if len(x.reports) != 2 || len(x.report(0).terms) > maxTerms {
			t.Fatalf("%d reports", len(x.reports))
		}
	})
}
