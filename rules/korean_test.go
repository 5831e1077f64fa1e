package rules

import (
	"strings"
	"testing"
)

// The ends of common compounds must not pass for tails: each line is a noun and
// what is built on it.
func TestTailsAreNotTheEndsOfCompounds(t *testing.T) {
	tails := koreanTails()
	for _, line := range []string{
		"위성 락 방송 국 체 사진 통신 항법 망 정당 도시 요격",
		"발사 체 대 장 관 기지 대기 시험 일정 지 자",
		"북한 군 산 인권 제재 학 식 발 내 산하",
		"미국 산 채 계 채권 사회 내",
		"한미 일 동맹 연합사 훈련 군",
		"미사일 방어 기지 사령부 부대 전",
		"정찰 위성 기 병 총국 대대",
		"억제 력 책 제 전략",
		"협의 회 체 그룹 회의 차",
		"합의 문 점",
		"핵 실험 무기 우산 협의그룹 잠수함 단추",
		"국 가 민 회 내",
	} {
		words := strings.Fields(line)
		for _, end := range words[1:] {
			if tails.isTail([]byte(end), finalOf([]byte(words[0]))) {
				t.Errorf("%s finds %s%s", words[0], words[0], end)
			}
		}
	}
}

func TestFinalOf(t *testing.T) {
	for s, want := range map[string]finals{"누리호": onVowel, "서울": onRieul, "위성": onOther, "SCM": onAny, "": onAny, "北": onAny} {
		if got := finalOf([]byte(s)); got != want {
			t.Errorf("%q ends %b, want %b", s, got, want)
		}
	}
}

func TestTailsAreHangul(t *testing.T) {
	tails := koreanTails()
	for tail, after := range tails.verbs {
		if tail == "" || after == 0 || len(tail) > maxTailBytes || strings.ContainsFunc(tail, func(r rune) bool { return r < '가' || r > '힣' }) {
			t.Errorf("%q after %b", tail, after)
		}
	}
	if n := len(tails.verbs); n < 1000 || n > 5000 {
		t.Errorf("%d forms of verbs", n)
	}
}
