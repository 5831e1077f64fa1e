package rules

import "strings"

// A nounVerb is a verb that makes a verb of the noun before it, with the stems
// that its endings follow. Empty stems do not exist.
type nounVerb struct {
	stem    string   // before consonants: 하고
	eu      string   // before endings that want a vowel: 하며, 받으며
	now     string   // plain present: 한다, 받는다
	adnoun  string   // 한 받은
	future  string   // 할 받을
	noun    string   // 함 받음
	polite  string   // 합니다, 받습니다
	joining []string // 해서, 받아서
	past    []string // 했다, 받았다
}

var nounVerbs = []nounVerb{
	{"하", "하", "한", "한", "할", "함", "합", []string{"해", "하여"}, []string{"했", "하였", "했었", "하겠"}},
	{"하시", "하시", "하신", "하신", "하실", "하심", "하십", []string{"하셔"}, []string{"하셨", "하시겠"}},
	{"되", "되", "된", "된", "될", "됨", "됩", []string{"돼", "되어"}, []string{"됐", "되었", "됐었", "되겠"}},
	{"시키", "시키", "시킨", "시킨", "시킬", "시킴", "시킵", []string{"시켜"}, []string{"시켰", "시키겠"}},
	{"받", "받으", "받는", "받은", "받을", "받음", "받습", []string{"받아"}, []string{"받았", "받았었", "받겠"}},
}

// Endings, by the stem they follow.
var (
	afterStem = strings.Fields(`고 고서 고는 고도 고자 고있다 고있는 고있다고
		지 지만 지는 지도 지를 지가 지만은 게 게끔 게도 는 는데 는데도 는지 는지를 는지는 는지도 는가 느냐 느냐는 느냐고 느라
		던 던데 던가 도록 든 든지 거나 거든 자 자고 자는 자며 자면 자마자 네 네요 다 다가 다시피 더니 더라도 더라면 되
		기 기가 기는 기도 기로 기로는 기를 기에 기에는 기에도 기엔 기만 기까지 기까지는 기보다 기보다는 기란 기의 기부터`)
	afterEu   = strings.Fields(`며 면 면서 면서도 면서까지 므로 나 니 니까 려 려고 려는 려면 려던 려다 려다가 러 라 라고 라는 라며 리라 리라고 세요 십시오 시오`)
	afterNow  = strings.Fields(`다 다고 다고는 다고도 다는 다며 다면 다면서 다던 다는데 다네 다니 다지만`)
	afterNoun = strings.Fields(`데 데다 데다가 데도 지 지를 가 바 만큼 채 것 것은 것을 것이 것으로`)
	afterNext = strings.Fields(`까 까봐 지 지를 지는 지도 지라도 수록 텐데 만큼 뿐 것 것은 것을 것이 것으로 게`)
	afterHab  = strings.Fields(`니다 니다만 니까 니다라고 시다`)
	afterJoin = strings.Fields(`서 서는 서도 선 도 야 야만 야지 야한다 야할 요 라 온 올 오고 오던 오며 오면서 왔다 왔다고 왔다는 왔다며 왔던 왔고 왔으며 왔으나 왔는데 왔지만 왔음 왔습니다 줬다 준 줄`)
	afterPast = strings.Fields(`다 다가 다고 다고는 다고도 다는 다는데 다며 다면 다면서 다던 다네 다니 던 던데 고 고요 지 지만 지요 죠 는데 는데도 는지 는지를 는지는 는지도 는가 느냐 느냐는 나 냐 네 네요 군 구나 거나 거든 더니 더라도
		으나 으며 으면 으면서 으면서도 으니 으니까 으므로 으리라 을 을까 을지 을지도 을지라도 을수록 을텐데 을것 음 음은 음을 음이 음에 음에도 음도 음으로 음의
		기 기에 기는 기도 기로 기를 기가 습니다 습니다만 습니까 어 어도 어야 어요 었다 었고 었던 었는데 었지만 었다고 었다는`)
)

// conjugate adds the forms of v.
func (t *tailTable) conjugate(v nounVerb) {
	t.add(v.stem, onAny, afterStem)
	t.add(v.eu, onAny, afterEu)
	t.add(v.now, onAny, afterNow)
	t.add(v.adnoun, onAny, afterNoun, bare)
	t.add(v.future, onAny, afterNext, bare)
	t.add(v.polite, onAny, afterHab)
	for _, stem := range v.joining {
		t.add(stem, onAny, afterJoin, bare)
	}
	for _, stem := range v.past {
		t.add(stem, onAny, afterPast)
	}
	t.noun(v.noun)
}

// bare is the ending that is none.
var bare = []string{""}

func (t *tailTable) add(stem string, after finals, endings ...[]string) {
	for _, list := range endings {
		for _, ending := range list {
			t.verbs[stem+ending] |= after
		}
	}
}

// noun adds a form that is a noun again.
func (t *tailTable) noun(form string) {
	t.verbs[form] |= onAny
	t.nouns = append(t.nouns, []byte(form))
}

// copula adds the forms of 이다, behind a noun and behind a particle (부터다).
// After a vowel 이 may go: 누리호다, 누리호였다. Where what is left would be the end
// of common nouns (고 자 지 면) it must stay.
func (t *tailTable) copula() {
	const short = "다 라고 라고는 라고도 라는 라며 라면 라면서 라서 라던 란 여서 예요"
	t.add("이", onAny, strings.Fields(`다 고 고도 며 면 면서 면서도 므로 지 지만 지는 자 니 니까 던 든 든지 거나 기 기도 기에 기는 기를
		라 라고 라고는 라고도 라는 라며 라면 라면서 라서 라던 란 란다 네 냐 냐고 냐는 어서 어야 에요 죠 지요`))
	t.add("", onAny, strings.Fields("인 인데 인데도 인데다 인지 인지를 인지는 인지도 인가 인가요 인만큼 일까 일지도 일지라도 일수록 일텐데 입니다 입니다만 입니까"))
	t.add("", onConsonant, strings.Fields("일 일지")) // 한미 + 일 is three countries
	t.add("", onVowel, strings.Fields(short))
	t.add("이었", onAny, afterPast)
	t.add("이겠", onAny, afterPast)
	t.add("였", onVowel, afterPast)
	t.noun("임")
	for _, p := range innerParticles {
		t.add(p.text, p.after, strings.Fields("이다 이라고 이라는 이었다 이지만 인 임 입니다"))
		if finalOf([]byte(p.text)) == onVowel {
			t.add(p.text, p.after, strings.Fields("다 라고 라는 였다"))
		}
	}
}
