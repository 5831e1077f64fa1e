package monitor_test

import (
	"testing"

	"newswatch/monitor"
)

func TestAlike(t *testing.T) {
	for name, test := range map[string]struct {
		a, b monitor.Article
		want bool
	}{
		"the same": {
			monitor.Article{Title: "Rocket lifts off"}, monitor.Article{Title: "Rocket lifts off"}, true,
		},
		"other case and punctuation": {
			monitor.Article{Title: "Rocket Lifts Off!"}, monitor.Article{Title: "ROCKET LIFTS OFF"}, true,
		},
		"corrected": {
			monitor.Article{Title: "Ministers meet in Seoul on Mnday"}, monitor.Article{Title: "Ministers meet in Seoul on Monday"}, true,
		},
		"retitled in part": {
			monitor.Article{Title: "North launches satellite, Seoul says"}, monitor.Article{Title: "Seoul says North's satellite launch failed"}, true,
		},
		"lengthened": {
			monitor.Article{Title: "Launch window announced"},
			monitor.Article{Title: "URGENT: Launch window announced to coast guard of a neighbouring country, officials in the capital say"}, true,
		},
		"retitled wholly, the same body": {
			monitor.Article{Title: "Joint statement issued", Body: "The two ministers agreed to hold the next round of talks in the autumn and signed a paper."},
			monitor.Article{Title: "Talks resume this year", Body: "The two ministers agreed to hold the next round of talks in the autumn and signed a short paper."}, true,
		},
		"Korean, spaced otherwise": {
			monitor.Article{Title: "북한 정찰위성 발사 예고"}, monitor.Article{Title: "북한, 정찰위성발사 예고"}, true,
		},
		"Korean, another particle": {
			monitor.Article{Title: "한미 국방장관 회담을 서울서 개최"}, monitor.Article{Title: "한미 국방장관 회담, 서울에서 개최"}, true,
		},
		"Korean, another story": {
			monitor.Article{Title: "북한 정찰위성 발사 예고"}, monitor.Article{Title: "코스피 사흘째 상승 마감"}, false,
		},
		"Chinese, without spaces": {
			monitor.Article{Title: "朝鲜宣布将发射卫星"}, monitor.Article{Title: "朝鲜宣布近日将发射卫星"}, true,
		},
		"a section page with its next story": {
			monitor.Article{Title: "Top story: budget passes parliament", Body: "The chamber voted late on Tuesday after a long debate about pensions."},
			monitor.Article{Title: "Rocket lifts off from island", Body: "A two-stage rocket left its pad shortly after noon and reached orbit, engineers reported."}, false,
		},
		"no titles and no bodies": {monitor.Article{}, monitor.Article{}, true},
		"one title missing":       {monitor.Article{Title: "Rocket lifts off"}, monitor.Article{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := monitor.Alike(&test.a, &test.b); got != test.want {
				t.Errorf("Alike = %v, want %v", got, test.want)
			}
			if got := monitor.Alike(&test.b, &test.a); got != test.want {
				t.Errorf("Alike the other way round = %v, want %v", got, test.want)
			}
		})
	}
}
