package rules

import (
	"fmt"
	"strings"
	"testing"
)

// Articles of about 2 KB in the manner of news agencies, each a little different.
func benchArticles(sentences ...string) []*Article {
	articles := make([]*Article, 64)
	for i := range articles {
		var body strings.Builder
		for n := i; body.Len() < 2000; n += 1 + i%5 {
			fmt.Fprintf(&body, "%s ", sentences[n%len(sentences)])
		}
		articles[i] = &Article{Title: sentences[i%len(sentences)], Body: body.String(), Lang: "en", URL: "https://www.example.org/news/1"}
	}
	return articles
}

func englishArticles() []*Article {
	return benchArticles(
		"The finance minister said on Tuesday that the budget would be presented to parliament next month.",
		"Shares of the carmaker fell 3.5 percent after it cut its forecast for the year.",
		"“We will see what the talks bring,” the U.S. envoy told reporters in Geneva on Nov. 21.",
		"North Korea's foreign ministry did not comment on the report, which was first published in Seoul.",
		"Heavy rain closed roads across the region, and schools were to stay shut until Friday.",
		"The team's captain scored twice in the second half to send the club to the final.",
		"Researchers used images from a satellite to measure how fast the glacier has been melting.",
		"Officials of the two countries met to discuss trade, energy and the safety of shipping lanes.")
}

func koreanArticles() []*Article {
	return benchArticles(
		"기획재정부 장관은 다음 달 국회에 내년도 예산안을 제출할 것이라고 21일 밝혔다.",
		"북한 외무성은 이날 보도에 대해 아무런 논평을 내놓지 않았다고 통신이 전했다.",
		"중부지방에 많은 비가 내려 도로 곳곳이 통제됐고 학교는 금요일까지 휴교하기로 했다.",
		"주장은 후반전에 두 골을 넣으며 팀을 결승으로 이끌었다.",
		"연구진은 위성 사진을 이용해 빙하가 얼마나 빨리 녹고 있는지를 측정했다.",
		"한미 양국은 무역과 에너지, 해상 수송로의 안전을 논의하기 위해 회의를 열었다.")
}

// benchRules are n rules of the usual kind: a shared list, a NEAR and an exception.
func benchRules(b *testing.B, n int) *Engine {
	var file strings.Builder
	file.WriteString("terms:\n  north-korea: [North Korea*, N. Korea*, DPRK, Pyongyang, Kim Jong Un, 북한, 北朝鮮, 朝鲜]\nrules:\n")
	topics := []string{"satellite", "missile", "summit", "drill", "sanction", "artillery", "submarine", "treaty", "reactor", "border"}
	korean := []string{"위성", "미사일", "정상회담", "훈련", "제재", "포탄", "잠수함", "조약", "원자로", "국경"}
	for i := range n {
		topic, other := topics[i%len(topics)], korean[(i/len(topics))%len(korean)]
		fmt.Fprintf(&file, `
  - id: rule-%d
    all:
      - $north-korea
      - (%s* OR “%s plan %d” OR %s OR 衛星) NEAR/12 (launch* OR test* OR announce* OR %s* OR 発射)
    none: ["title:(“%s image*” OR Starlink)"]
`, i, topic, topic, i, korean[i%len(korean)], other, topic)
	}
	e, faults := Load([]Source{{Name: "bench.yaml", Data: []byte(file.String())}})
	if e == nil {
		b.Fatal(faults)
	}
	return e
}

func BenchmarkMatch(b *testing.B) {
	for _, c := range []struct {
		name     string
		articles []*Article
	}{{"English", englishArticles()}, {"Korean", koreanArticles()}} {
		for _, n := range []int{30, 1000} {
			b.Run(fmt.Sprintf("%s/%d rules", c.name, n), func(b *testing.B) {
				e := benchRules(b, n)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					e.Match(c.articles[i%len(c.articles)])
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
			})
		}
	}
}

func BenchmarkAnalyse(b *testing.B) {
	for name, articles := range map[string][]*Article{"English": englishArticles(), "Korean": koreanArticles()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				newScan(articles[i%len(articles)])
			}
		})
	}
}
