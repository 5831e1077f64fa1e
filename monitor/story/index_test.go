package story

import (
	"fmt"
	"testing"
	"time"

	"newswatch/monitor"
)

var noon = time.Date(2023, 11, 21, 12, 0, 0, 0, time.UTC)

func article(outlet, title, body string) monitor.Article {
	return monitor.Article{Outlet: outlet, Title: title, Body: body}
}

// place puts articles an hour apart into an index and returns their stories.
func place(x *Index, articles ...monitor.Article) []int64 {
	var stories []int64
	for i, a := range articles {
		a.FirstSeen = noon.Add(time.Duration(i) * time.Hour)
		story, rel, ok := x.Place(&a, a.FirstSeen)
		if !ok {
			story, rel = int64(i+1), monitor.Opens
		}
		x.Remember(monitor.Report{StoryID: story, Article: a, Relation: rel})
		stories = append(stories, story)
	}
	return stories
}

func TestPlacePairs(t *testing.T) {
	const together, apart = true, false
	tests := []struct {
		name       string
		same       bool
		a, b       string // titles
		aMore, bMo string // bodies
	}{
		// The same event.
		{"wire copy under another headline", together,
			"North reports satellite in orbit", "Pyongyang claims spy craft success",
			"SEOUL, Nov. 21 (Wire) -- North Korea said its rocket placed a reconnaissance satellite into orbit late Tuesday, and promised to send up several more within months.",
			"North Korea said its rocket placed a reconnaissance satellite into orbit late Tuesday, and promised to send up several more within months. Tokyo protested."},
		{"outlet's suffix", together, "North Korea tells Japan of satellite launch plan - The Example Post", "North Korea tells Japan of satellite launch plan | Sample News", "", ""},
		{"own report of a notice", together, "N. Korea notifies Japan of satellite launch plan", "North Korea tells Japan it will launch satellite",
			"The coast guard in Tokyo received the notice for November 22 to December 1.", "The notice sent to the Japanese coast guard names the days from Nov. 22 to Dec. 1."},
		{"own report of a launch", together, "North Korea launches spy satellite from Sohae", "North Korea fires rocket carrying reconnaissance satellite",
			"The Malligyong-1 left the Sohae station on a Chollima-1 rocket.", "The Chollima-1 rocket with the Malligyong-1 satellite was launched from Sohae."},
		{"a failure, two outlets", together, "North Korea's satellite launch fails, rocket falls into Yellow Sea", "North Korean rocket crashes into Yellow Sea after failed satellite launch", "", ""},
		{"the 55th meeting, two outlets", together, "55th Security Consultative Meeting opens in Seoul", "Shin, Austin hold 55th SCM in Seoul",
			"Defence Minister Shin Won-sik and Lloyd Austin discuss extended deterrence.", "Shin Won-sik and Secretary of Defense Lloyd Austin reviewed extended deterrence at the annual talks."},
		{"a submarine's visit", together, "U.S. nuclear submarine USS Missouri arrives in Busan", "USS Missouri, a nuclear-powered sub, visits South Korea's Busan", "", ""},
		{"missiles before a trip", together, "North Korea fires ballistic missiles ahead of Trump's Asia trip", "North Korea launches ballistic missiles before Trump's trip to Asia", "", ""},
		{"initials and names", together, "NCG to meet in Washington on Friday", "Nuclear Consultative Group meets Friday in Washington", "South Korea and the United States hold the fifth session.", "The fifth session of South Korea and the United States."},
		{"possessives and curly quotes", together, "N.Korea’s ‘satellite’ launch draws Japan’s protest at Beijing embassy", "Japan's embassy in Beijing protests North Korea's 'satellite' launch", "", ""},
		{"Korean, own reports", together, "북한, 군사정찰위성 만리경 1호 발사 성공 주장", "北 \"정찰위성 만리경 1호 발사 성공\" 발표", "", ""},
		{"Korean, spaced otherwise", together, "한미 국방장관 제55차 안보협의회의 개최", "제55차 한미안보협의회의 서울서 열려…한미 국방장관 참석", "", ""},
		{"Korean, a notice", together, "북한, 일본에 위성 발사 계획 통보…22일부터 내달 1일 사이", "북한, 22일부터 위성 발사하겠다고 일본 해상보안청에 통보", "", ""},
		{"Japanese, a notice", together, "北朝鮮、衛星打ち上げを通報 22日から来月1日まで", "北朝鮮が人工衛星の打ち上げを予告 海上保安庁に通報", "海上保安庁によると期間は11月22日から12月1日。", "通報によると打ち上げは11月22日から12月1日の間。"},
		{"Chinese, two scripts' names", together, "朝鲜通报日本将发射卫星 时间为11月22日至12月1日", "朝鲜计划11月22日至12月1日发射卫星 已通报日本海上保安厅", "", ""},
		{"English and Japanese notice", together, "North Korea notifies Japan of satellite launch plan", "北朝鮮が衛星打ち上げ計画を通報",
			"Japan's coast guard says the days are November 22 to December 1.", "日本の海上保安庁によると期間は11月22日から12月1日まで。"},
		{"English and Korean SCM", together, "South Korea, U.S. hold 55th SCM in Seoul", "한미, 서울서 제55차 SCM 개최", "The defense ministers met for the 55th Security Consultative Meeting on Nov. 13.", "한미 국방장관은 11월 13일 제55차 한미안보협의회의를 열었다."},

		// Alike, and different.
		{"54th and 55th SCM", apart, "54th ROK-U.S. Security Consultative Meeting joint communique", "55th ROK-U.S. Security Consultative Meeting joint communique", "", ""},
		{"54th and 55th SCM in Korean", apart, "제54차 한미안보협의회의 공동성명 전문", "제55차 한미안보협의회의 공동성명 전문", "", ""},
		{"54th and 55th in Japanese", apart, "第54回米韓安保協議会議を開催", "第55回米韓安保協議会議を開催", "", ""},
		{"54th and 55th in Chinese", apart, "第54次韩美安保会议在首尔举行", "第55次韩美安保会议在首尔举行", "", ""},
		{"54th and 55th across languages", apart, "54th SCM held in Washington", "제55차 SCM 개최", "", ""},
		{"launch of May and of August", apart, "North Korea's failed satellite launch of May 31", "North Korea's failed satellite launch of August 24", "", ""},
		{"month alone", apart, "What went wrong in North Korea's satellite launch in May", "What went wrong in North Korea's satellite launch in August", "", ""},
		{"second and third launch", apart, "North Korea's second satellite launch fails", "North Korea's third satellite launch fails", "", ""},
		{"second and third launch in Korean", apart, "북한 정찰위성 2차 발사 실패", "북한 정찰위성 3차 발사 실패", "", ""},
		{"notice and launch", apart, "North Korea notifies Japan of plan to launch satellite", "North Korea launches satellite", "", ""},
		{"notice and launch with leads", apart, "North Korea tells Japan it plans satellite launch", "North Korea launches rocket over Okinawa",
			"Tokyo's coast guard was told of a window that begins on Wednesday.", "Residents of Okinawa were told to shelter after the rocket left Sohae."},
		{"notice and launch in Japanese", apart, "北朝鮮が衛星打ち上げを通報", "北朝鮮が衛星を打ち上げ 沖縄に警報", "", ""},
		{"launch and protest", apart, "North Korea launches spy satellite", "UN Security Council condemns North Korea over satellite", "", ""},
		{"NCG of two dates", apart, "Nuclear Consultative Group meets in Washington on Dec. 11", "Nuclear Consultative Group meets in Washington on Jan. 10", "", ""},
		{"NCG of two dates in Korean", apart, "한미 핵협의그룹 12월 11일 회의", "한미 핵협의그룹 1월 10일 회의", "", ""},
		{"fourth and fifth NCG", apart, "韓美核諮商小組第4次會議", "韓美核諮商小組第5次會議", "", ""},
		{"the same by two countries", apart, "Iran successfully launches new satellite into orbit", "China launches meteorological satellite", "", ""},
		{"visits to two places", apart, "Foreign reporters visit satellite launching station at Sohae", "Foreign reporters tour control centre in Pyongyang", "", ""},
		{"ships of one class", apart, "Submarine USS Missouri arrives in Busan", "Carrier USS Carl Vinson arrives in Busan", "The Virginia-class boat moored on Sunday to let its crew rest.", "The strike group joins a trilateral drill off Jeju."},
		{"SCM and its protest", apart, "South Korea and U.S. hold Security Consultative Meeting", "Civic groups denounce Security Consultative Meeting outside ministry", "", ""},
		{"missile test and satellite", apart, "North Korea fires ballistic missile toward sea", "North Korea puts satellite into orbit", "", ""},
		{"drill cut and the missiles after it", apart, "Trump orders Pentagon to scale back joint exercises with South Korea", "North Korea fires missiles toward sea in show of force", "", ""},
		{"engine test and launch", apart, "North Korea tests rocket engine for satellite launcher", "North Korea launches satellite from Sohae", "", ""},
		{"readouts of two calls", apart, "Readout of call of October 7 between defence ministers", "Readout of call of November 9 between defence ministers", "", ""},
		{"actors of one name's shape", apart, "Kim Yo Jong denies removing loudspeakers at border", "Kim Jong Un inspects strategic rocket force", "", ""},
		{"Korean, launch and sanctions", apart, "북한 정찰위성 발사", "정부, 북한인 10명 독자 제재", "", ""},
		{"one word shared", apart, "Satellite city planned in Cambodia", "Satellite television firm sends gift", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := place(NewIndex(Options{}), article("A", test.a, test.aMore), article("B", test.b, test.bMo))
			if (got[0] == got[1]) != test.same {
				t.Errorf("together: %v, want %v\n%s\n%s", got[0] == got[1], test.same, test.a, test.b)
			}
			got = place(NewIndex(Options{}), article("B", test.b, test.bMo), article("A", test.a, test.aMore))
			if (got[0] == got[1]) != test.same {
				t.Errorf("in the other order together: %v, want %v", got[0] == got[1], test.same)
			}
		})
	}
}

func TestPlaceTellsCopiesFromReports(t *testing.T) {
	const copyText = "North Korea said its rocket placed a reconnaissance satellite into orbit late Tuesday, and promised to send up several more within months."
	x := NewIndex(Options{})
	place(x, article("A", "North reports satellite in orbit", copyText))
	for _, test := range []struct {
		name string
		a    monitor.Article
		want monitor.Relation
	}{
		{"copy under another headline", article("B", "Pyongyang claims success", "PARIS, Nov. 21 (Wire) -- "+copyText), monitor.Copy},
		{"own report", article("C", "North Korea says reconnaissance satellite placed in orbit", "State media promised several more satellites after the rocket's flight on Tuesday."), monitor.Tells},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, rel, ok := x.Place(&test.a, noon.Add(time.Hour))
			if !ok || rel != test.want {
				t.Errorf("got %q, %v; want %q", rel, ok, test.want)
			}
		})
	}
}

func TestPlaceForgetsAfterTheWindow(t *testing.T) {
	a := article("A", "North Korea notifies Japan of satellite launch plan", "")
	a.FirstSeen = noon
	for _, test := range []struct {
		name  string
		after time.Duration
		want  bool
	}{
		{"within", 72 * time.Hour, true},
		{"beyond", 72*time.Hour + time.Second, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := NewIndex(Options{Window: 72 * time.Hour})
			x.Remember(monitor.Report{StoryID: 7, Article: a})
			if _, _, ok := x.Place(&a, noon.Add(test.after)); ok != test.want {
				t.Errorf("found %v, want %v", ok, test.want)
			}
		})
	}
	t.Run("nothing is kept of what is forgotten", func(t *testing.T) {
		x := NewIndex(Options{Window: time.Hour})
		x.Remember(monitor.Report{StoryID: 7, Article: a})
		b := article("B", "Cambodia builds a dam", "")
		b.FirstSeen = noon.Add(2 * time.Hour)
		x.Remember(monitor.Report{StoryID: 8, Article: b})
		if len(x.reports) != 1 || len(x.sizes) != 1 || len(x.numbers) != len(x.reports[0].terms) {
			t.Errorf("kept %d reports, %d stories, %d terms for %d", len(x.reports), len(x.sizes), len(x.numbers), len(x.reports[0].terms))
		}
	})
	t.Run("the oldest are forgotten beyond the limit", func(t *testing.T) {
		x := NewIndex(Options{})
		x.limit = 10
		for i := range 50 {
			place(x, article("A", fmt.Sprintf("Report number %d", i), ""))
		}
		if len(x.reports) != 10 {
			t.Errorf("kept %d reports, want 10", len(x.reports))
		}
	})
}

func TestPlaceDependsOnWhatWasToldAlone(t *testing.T) {
	var articles []monitor.Article
	for i := range 300 {
		articles = append(articles, invented(i))
	}
	want := place(NewIndex(Options{}), articles...)
	t.Run("again", func(t *testing.T) {
		if got := place(NewIndex(Options{}), articles...); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Error("a second run answers otherwise")
		}
	})
	t.Run("rebuilt", func(t *testing.T) {
		x := NewIndex(Options{})
		for i, a := range articles[:200] {
			a.FirstSeen = noon.Add(time.Duration(i) * time.Hour)
			x.Remember(monitor.Report{StoryID: want[i], Article: a})
		}
		for i, a := range articles[200:] {
			at := noon.Add(time.Duration(200+i) * time.Hour)
			story, _, ok := x.Place(&a, at)
			if !ok {
				story = int64(201 + i)
			}
			if story != want[200+i] {
				t.Fatalf("article %d: story %d after a restart, %d before", 200+i, story, want[200+i])
			}
			a.FirstSeen = at
			x.Remember(monitor.Report{StoryID: story, Article: a})
		}
	})
	t.Run("asking changes nothing", func(t *testing.T) {
		x := NewIndex(Options{})
		for i := range articles {
			articles[i].FirstSeen = noon.Add(time.Duration(i) * time.Hour)
			x.Place(&articles[(i*7)%len(articles)], noon.Add(time.Duration(1000+i)*time.Hour))
			if story, _, ok := x.Place(&articles[i], articles[i].FirstSeen); ok && story != want[i] || !ok && want[i] != int64(i+1) {
				t.Fatalf("article %d: story %d, want %d", i, story, want[i])
			}
			x.Remember(monitor.Report{StoryID: want[i], Article: articles[i]})
		}
	})
}

// invented is a report made of invented words whose frequencies fall like
// those of a language (Zipf); every fifth tells the event of one before it.
func invented(i int) monitor.Article {
	event := i - i%5
	state := uint64(event)*0x9e3779b97f4a7c15 + 1
	next := func(n uint64) uint64 {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		return state % n
	}
	words := func(n int) string {
		text := ""
		for range n {
			rank := next(1 << (4 + next(14)))
			text += "w" + string(rune('a'+rank%26)) + fmt.Sprint(rank) + "x "
		}
		return text
	}
	title, body := words(9), words(60)
	state += uint64(i)
	return article(fmt.Sprint("Outlet ", i%40), title+words(3), body+words(20))
}

// The figure to hold is 200 µs an article with 100,000 in the window.
func BenchmarkPlaceAndRemember(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n, "-in-window"), func(b *testing.B) {
			x := NewIndex(Options{Window: time.Duration(n) * time.Second})
			arrived := func(i int) monitor.Article {
				a := invented(i)
				a.FirstSeen = noon.Add(time.Duration(i) * time.Second)
				return a
			}
			for i := range n {
				x.Remember(monitor.Report{StoryID: int64(i - i%5), Article: arrived(i)})
			}
			articles := make([]monitor.Article, b.N)
			for i := range articles {
				articles[i] = arrived(n + i)
			}
			b.ResetTimer()
			for i := range articles {
				a := &articles[i]
				story, rel, ok := x.Place(a, a.FirstSeen)
				if !ok {
					story = int64(n + i)
				}
				x.Remember(monitor.Report{StoryID: story, Article: *a, Relation: rel})
			}
		})
	}
}
