package story

import (
	"testing"

	"newswatch/monitor"
)

// A pair is two reports, and whether they tell of one event.
type pair struct {
	name       string
	same       bool
	a, b       string // titles
	aMore, bMo string // bodies
}

// checkPairs wants the same answer whichever report comes first.
func checkPairs(t *testing.T, pairs []pair) {
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			a, b := article("A", p.a, p.aMore), article("B", p.b, p.bMo)
			for _, order := range [][]monitor.Article{{a, b}, {b, a}} {
				got := place(NewIndex(Options{}), order...)
				if (got[0] == got[1]) != p.same {
					t.Errorf("together: %v, want %v\n%s\n%s", got[0] == got[1], p.same, order[0].Title, order[1].Title)
				}
			}
		})
	}
}

func TestPlacePairs(t *testing.T) {
	const together, apart = true, false
	checkPairs(t, []pair{
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
	})
}
