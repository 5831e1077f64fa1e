package draft

import (
	"strings"

	"newswatch/rules"
)

// koreanStops are words that end a phrase, as the word stands or without particles.
const koreanStops = `것 수 등 및 더 또 또한 그 이 저 때 때문 중 후 전 뒤 위해 위한 대한 대해 관한 관해 통해 통한 따라 따른 따르면 의해 의한 함께
이날 지난 오는 이번 올해 지난해 내년 작년 최근 현재 당시 앞서 이후 이전 그러나 하지만 그리고 한편 다만 특히 이어 이에 여기 우리 모든 여러 다른 같은 새로운
있다 있는 있고 있으며 있어 있을 있도록 있다고 없다 없는 없이 아니다 아닌 된다 되는 된 될 되고 돼 됐다 했다 한다 하는 한 할 하고 하며 해 않다 않는 않고 않을
밝혔다 말했다 전했다 강조했다 덧붙였다 설명했다 주장했다 보도했다 알려졌다 나섰다 나왔다 이라고 라고 라며 이라며 대로 만큼 정도 가운데 사이 동안 관련
오전 오후 오늘 어제 내일 기자 특파원 뉴스 사진 연합뉴스 무단 전재 재배포 금지 저작권 월 일 년 시 분 명 개 번 차 차례 만 억 원 달러 약 제
첫 두 세 네 다섯 여섯 일곱 한때 이미 아직 다시 계속 매우 가장 많은 큰 높은 낮은 정부 당국 당국자 관계자 대통령 장관 총리 의원 대표 위원장 국방부 외교부 장관은 회의`

// koreanEvents are what events are in English.
const koreanEvents = `발사 시험 훈련 연습 회담 회의 방문 공격 타격 폭발 화재 사고 시위 선거 투표 재판 제재 수출 수입 계약 건조 개발 배치 협상 합의 발표 논의 협력 검토 추진 강화 확대 지원 참가`

// koreanCommon are in reports of every kind.
const koreanCommon = `계획 필요 전망 지적 목적 지역 우려 상황 문제 관계 국가 세계 사회 경제 정치 군사적 국제 국제사회 가능성 입장 방안 결과 내용 이유 과정 규모 수준 기간 시간
사람 시민 국민 전문가 공식화 초반 중반 후반 이상 이하 미만 대응 조치 주장 의견 기대 요구 요청 지시 결정 사실 사업 분야 기업 시장 정책 제도 사용 보유 도입 진행 공급 생산 증가 감소 변화 영향 역할 책임 위협 위험 안보 안전 평화 협정 체제 능력 기술`

// A koreanReader reads words of Korean as nouns. What a word's noun is, the words
// around decide: 한반도 is no 한반 + 도 where 한반도의 and 한반도를 stand as well.
type koreanReader struct {
	readings map[string][]rules.KoreanNoun
	votes    map[string]int // how many words of the documents may be a noun of that
	parts    map[string]part
}

func newKoreanReader() *koreanReader {
	k := &koreanReader{map[string][]rules.KoreanNoun{}, map[string]int{}, map[string]part{}}
	for _, w := range strings.Fields(koreanEvents) {
		k.parts[w] = event
	}
	for _, w := range strings.Fields(koreanCommon) {
		k.parts[w] = common
	}
	for _, w := range strings.Fields(koreanStops) {
		k.parts[w] = stop
	}
	return k
}

// count lets the word vote, once however often it stands.
func (k *koreanReader) count(word string) {
	if _, ok := k.readings[word]; ok {
		return
	}
	nouns := rules.KoreanNouns(word)
	k.readings[word] = nouns
	k.votes[word]++
	for _, n := range nouns {
		k.votes[n.Noun]++
	}
}

// read fills in key, part and what follows the noun.
func (k *koreanReader) read(t *token) {
	t.key = t.text
	best := k.votes[t.text]
	for _, n := range k.readings[t.text] {
		votes := k.votes[n.Noun]
		if votes > best || votes == best && !isDoubtful(t.text, n) {
			best, t.key, t.verb, t.tailed = votes, n.Noun, n.Verb, !n.Verb
		}
	}
	t.part = rare
	if p, ok := k.parts[t.key]; ok {
		t.part = p
	}
	if p, ok := k.parts[t.text]; ok && p == stop {
		t.part = stop
	}
	if syllables := len(t.key) / 3; syllables < 2 || strings.HasPrefix(t.text, "것") {
		t.part = stop
	}
	if t.key == t.text && isPredicate(t.text) {
		t.part = stop
	}
}

// isDoubtful says whether the end of a word may be its noun's own: 함 of 잠수함, 도 of
// 한반도, 의 of 안보회의. Other words must bear out that it is not. In doubt a longer
// particle is one: 서울에서는 is 서울.
func isDoubtful(word string, n rules.KoreanNoun) bool {
	tail := word[len(n.Noun):]
	if n.Verb {
		return len(tail) <= 3 || strings.HasPrefix(tail, "함") || strings.HasPrefix(tail, "임") || strings.HasPrefix(tail, "인") || strings.HasPrefix(tail, "일")
	}
	switch tail {
	case "도", "나", "서", "만":
		return true
	}
	return hasAnySuffix(word, "회의", "합의", "협의", "논의", "결의", "주의", "동의", "강의", "심의", "정의")
}

// isPredicate says whether a word that is no noun with a verb's ending looks like a
// verb or what hangs on one: 밝힌, 이뤄졌다, 나서며.
func isPredicate(word string) bool {
	return hasAnySuffix(word, "다", "며", "면서", "지만", "는데", "도록", "려는", "려고", "졌던", "하는", "되는", "히는", "에서", "으로", "에는", "에게", "까지", "부터", "라는", "라고", "다고", "다는")
}
