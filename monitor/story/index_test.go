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
		// Alike by words that all news is made of, and different.
		{"one subject, two countries", apart, "Ministers weigh social media ban for children", "Government looks at ban on foreign social media app", "", ""},
		{"two fires", apart, "Woman arrested after two children die in Oakdale house fire", "Father arrested after two children die in hot car in Perryville", "", ""},
		{"two who tested positive", apart, "Westport mayor tests positive for Covid-19", "Finance minister of Ruritania tests positive for Covid-19", "", ""},
		{"two laws on one subject", apart, "Senator bills aim to combat child sexual abuse", "Police hold 294 over child sexual abuse material", "", ""},
		{"a daily count and another country's", apart, "Ruritania's new Covid-19 cases hit nearly 100,000", "Health department of Freedonia reports 18,937 more Covid-19 cases", "", ""},
		{"the same count on two days", apart, "US reports more than 67,000 new cases", "US reports more than 77,000 new coronavirus cases", "", ""},
		{"the same record in two countries", apart, "US reports highest daily jump in new cases so far", "India reports highest daily jump in new cases so far", "", ""},
		{"hospital beds of two cities", apart, "Springfield may run out of hospital beds in a week", "Mayor: city is not running out of hospital beds", "", ""},
		{"contact tracing twice", apart, "Airlines agree on contact tracing of passengers", "Ministry to test contact tracing app", "", ""},
		{"a wall and a court", apart, "Trump cannot divert funds for border wall, court says", "Trump says neighbour would repay funds for border wall", "President Donald Trump spoke on Friday.", "A ruling came on Friday against President Donald Trump."},
		{"one city, two subjects", apart, "What is Hong Kong's future as a financial hub?", "App to leave Hong Kong after security law takes effect", "", ""},
		{"drills of two years", apart, "Army holds large-scale drills amid growing North Korean threats", "U.S.-South Korea exercises stay small as North's threat grows", "", ""},
		{"bands of two kinds", apart, "Band with a strange name brings families together", "US allies band together against China", "", ""},
		{"a minister's name alone", apart, "Defence Minister Shin Won-sik visits front-line unit", "Shin Won-sik to attend Singapore forum", "", ""},
		{"a footnote under every report", apart, "A book angers the president", "Brands turn away from a racing league",
			"A version of this article first appeared in the \"Daily Sources\" newsletter. You can sign up for free right here.", "A version of this article first appeared in the \"Daily Sources\" newsletter. You can sign up for free right here."},
		{"a list of links in place of a text", apart, "'Be careful,' said a doctor to his wife", "Analysis: the virus is reduced to ashes, says the mayor", "• Analysis: the virus is reduced to ashes, says the mayor", ""},
		{"a long text and a short one", apart, "Fighting cuts off insulin supply in the highlands", "Golden arches go to war",
			"People with diabetes in the highlands are dying because war has stopped the supply of medicine, doctors say. The government says measures to fight the surge of need are under way, a new chief will lead the fund, and a summit will test its diplomacy. Nurses told of years without pay, and of a market where a month of supply costs a year of wages.", ""},
		{"a long text and a title in another script", apart, "Fighting cuts off insulin supply in the highlands", "北, 전쟁 위협",
			"War has stopped the supply of medicine in the highlands, doctors in South Korea, China and Japan say. North Korea is no party to it.", "북한이 전쟁을 위협했다."},
		{"a text with its translation", apart, "Motels become haven for teens at night", "미·일, 차세대 반도체 개발 합의",
			"More teenagers use motels to play computer games. 컴퓨터 게임을 하는 장소로 모텔을 사용하는 10대들이 점점 증가하며 우려가 커지고 있다.", "양국 정부가 양자 컴퓨터 등에 사용하는 반도체를 개발하는 데 합의했다."},
		{"countries alone across scripts", apart, "Trade chief calls for flexible role of China, Japan and U.S.", "한미 사령관 \"중국·일본과 협의\"", "", ""},
		{"a date alone across scripts", apart, "Funnies of July 26", "7월 26일 그림판", "", ""},
		{"two robberies", apart, "금촌 편의점 강도 구속", "평택 금은방 강도 구속", "", ""},

		// The same, from different words.
		{"a place's name and its event", together, "Shooting breaks out at army camp in Freeport", "Unrest hits Freeport as army revolt spreads",
			"Gunfire broke out on Saturday at a camp in Freeport where soldiers demand bonuses.", "Soldiers who demand bonuses spread their revolt on Saturday after gunfire at a camp in Freeport."},
		{"a contract", together, "Ruritania signs deal to buy howitzers and tanks", "Ruritania confirms plan to buy K2 tanks and K9 howitzers",
			"Ruritania signed on Wednesday for K2 tanks and K9 self-propelled howitzers.", "The minister confirmed the order of K2 tanks and K9 self-propelled howitzers on Wednesday."},
		{"the language is told wrongly", together, "Storm Fiona ravages the east coast of Nova Scotia", "Storm Fiona tears at Nova Scotia's coast", "", ""},
		{"a town and its country", together, "Submarine USS Missouri arrives in Busan", "Nuclear submarine Missouri calls at port in South Korea", "", ""},
		{"one headline in two outlets", together, "North Korea launches satellite", "North Korea launches satellite", "", ""},
		{"a headline shortened", together, "Great Reef island, once won in a poker game, is up for sale", "Island won in a poker game on sale", "", ""},
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

// On a cold start with broad rules an hour's feeds arrive in one minute: long
// texts and bare titles, languages told, untold and told wrongly.
func TestPlaceKeepsUnrelatedReportsApart(t *testing.T) {
	long := "The government said the war had reached a critical point, and people across the country fear for the year ahead. " +
		"A summit on the economy will test the president's diplomacy, leaders of China, Japan and South Korea said, as prices surge and markets fall. " +
		"New measures, a new chief at the central bank and a deal on trade are expected this week, officials told reporters on Monday."
	other := "Crowds met police in the capital on Sunday, and the president told leaders of the party that the country would not bow to pressure. " +
		"Women led the march. Reporters saw shots fired near the university, where people called for new elections and an end to high prices."
	articles := []monitor.Article{
		{Outlet: "Gazette", Lang: "en-GB", Title: "Fighting cuts off insulin supply in the highlands", Body: long},
		{Outlet: "Gazette", Lang: "en-GB", Title: "Protests spread as president vows to crack down", Body: other},
		{Outlet: "Times", Title: "Golden arches go to war"},
		{Outlet: "Times", Title: "Export bank led by new chief from own ranks"},
		{Outlet: "Times", Title: "President's diplomacy put to test at summit"},
		{Outlet: "Times", Title: "Government measures to fight virus surge"},
		{Outlet: "Times", Title: "China falls, US rises as export destination"},
		{Outlet: "Times", Title: "Women outnumber men in stock investment", Body: "An increasing number of women invest. 여성 투자자의 수가 증가하고 있다고 정부가 밝혔다."},
		{Outlet: "Times", Title: "Motels become haven for teens", Body: "Teenagers play games at night. 10대들이 밤에 게임을 하기 위해 모텔을 사용하고 있다고 밝혔다."},
		{Outlet: "Nippon", Lang: "en-US", Title: "From Japanese horror to American intrigue"},
		{Outlet: "Nippon", Lang: "en-US", Title: "Changing roles in a romantic Japanese drama"},
		{Outlet: "신문", Lang: "ko", Title: "팔순 맞은 일왕 \"기억에 남는 것은 전쟁\"", Body: "일본과 미국의 전쟁을 기억한다고 밝혔다."},
		{Outlet: "신문", Lang: "en", Title: "여자골프 \"한국, 미국 이어 일본 도전\""},
		{Outlet: "신문", Lang: "ko", Title: "7월 26일 그림판"},
		{Outlet: "Funnies", Lang: "en", Title: "Cat and Dog - JULY 26"},
		{Outlet: "日報", Lang: "ja", Title: "大統領、経済政策を発表 中国と日本も注目"},
		{Outlet: "时报", Lang: "zh", Title: "美国总统谈中国与日本经济"},
		{Outlet: "Wire", Lang: "en", Title: "Army drills held amid growing threats", Body: "The government said people near the border must expect noise through the week."},
		{Outlet: "Wire", Lang: "de", Title: "Krieg: Präsident kündigt neue Maßnahmen an"},
	}
	for _, step := range []int{1, 5, 7, 11, len(articles) - 1} {
		t.Run(fmt.Sprint("every ", step), func(t *testing.T) {
			var order []monitor.Article
			for i := range articles {
				order = append(order, articles[i*step%len(articles)])
			}
			x := NewIndex(Options{})
			for i, a := range order {
				a.FirstSeen = noon
				if story, rel, ok := x.Place(&a, noon); ok {
					t.Errorf("%q is %s as %q", a.Title, rel, order[story].Title)
				}
				x.Remember(monitor.Report{StoryID: int64(i), Article: a})
			}
		})
	}
}

// A story of many reports has every common word of its subject among them, and
// must not draw in what has these words alone.
func TestPlaceGrownStoryDrawsNothingIn(t *testing.T) {
	x := NewIndex(Options{})
	tellings := []string{"launches", "fires", "sends up"}
	for i := range 30 {
		a := article(fmt.Sprint("Outlet ", i), fmt.Sprintf("North Korea %s Chollima rocket with satellite over Okinawa", tellings[i%3]),
			fmt.Sprintf("Residents of Okinawa were told to shelter, report %d says, as leaders in Tokyo, Seoul and Washington condemned the launch on Tuesday.", i))
		a.FirstSeen = noon
		x.Remember(monitor.Report{StoryID: 1, Article: a})
	}
	for _, title := range []string{
		"Leaders in Seoul condemn attack on ministry",
		"Residents of Okinawa protest new base",
		"North Korea opens beach resort",
		"Satellite television firm told to pay fine",
		"Washington, Tokyo and Seoul leaders meet on trade",
	} {
		t.Run(title, func(t *testing.T) {
			a := article("Another", title, "")
			if _, _, ok := x.Place(&a, noon.Add(time.Minute)); ok {
				t.Error("joins the launch")
			}
		})
	}
	t.Run("a later report joins", func(t *testing.T) {
		a := article("Another", "North Korea's Chollima rocket flies over Okinawa", "")
		if _, _, ok := x.Place(&a, noon.Add(time.Minute)); !ok {
			t.Error("a story of its own")
		}
	})
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
	a := article("A", "North Korea notifies Japan of satellite launch plan", "Tokyo's coast guard named the waters west of Jindo and east of Luzon.")
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
	t.Run("what is left is as if nothing else had been", func(t *testing.T) {
		x, fresh := NewIndex(Options{Window: 50 * time.Hour}), NewIndex(Options{Window: 50 * time.Hour})
		for i := range 200 {
			a := invented(i)
			a.FirstSeen = noon.Add(time.Duration(i) * time.Hour)
			r := monitor.Report{StoryID: int64(i - i%5), Article: a}
			x.Remember(r)
			if a.FirstSeen.After(noon.Add(148 * time.Hour)) {
				fresh.Remember(r)
			}
		}
		for _, want := range fresh.terms {
			if got := x.terms[x.numbers[want.hash]]; got.stories != want.stories || got.common != want.common {
				t.Fatalf("a term in %d stories, want %d", got.stories, want.stories)
			}
		}
		if len(x.numbers) != len(fresh.numbers) || x.total != fresh.total {
			t.Errorf("%d terms, want %d", len(x.numbers), len(fresh.numbers))
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
