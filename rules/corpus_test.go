package rules

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A corpus makes articles and rules for benchmarks. Its words are made of
// syllables; they are as long, and their frequencies as uneven, as those of news.
type corpus struct {
	*rand.Rand
	words, nouns []string // of English, and of Korean; the common first
}

func newCorpus() *corpus {
	c := &corpus{Rand: rand.New(rand.NewPCG(1, 2))}
	c.words = c.coin(60_000, c.syllables(), 1, 3)
	c.nouns = c.coin(30_000, strings.Fields("가 간 강 개 거 건 결 경 계 고 공 과 관 교 구 국 군 권 기 남 내 노 단 당 대 도 동 력 로 리 립 만 명 무 문 물 미 민 반 발 방 법 변 보 복 본 부 북 비 사 산 상 생 서 석 선 설 성 세 소 속 수 시 신 실 안 양 여 연 영 외 용 우 원 위 유 의 인 일 자 장 재 전 정 제 조 주 중 지 진 차 책 청 체 초 총 추 출 치 통 특 판 평 품 하 한 합 해 행 현 협 호 화 회"), 2, 4)
	return c
}

// syllables are those that English could have.
func (c *corpus) syllables() []string {
	var all []string
	for _, begin := range strings.Fields("b bl br c ch cl cr d dr f fl fr g gr h j k l m n p pl pr r s sh sp st str t th tr v w") {
		for _, vowel := range strings.Fields("a e i o u ea ai ou io") {
			for _, end := range strings.Fields("- n r l s t m d ng nt ck p") {
				all = append(all, begin+vowel+strings.Trim(end, "-"))
			}
		}
	}
	return all
}

// coin makes n words of least to most of the syllables.
func (c *corpus) coin(n int, syllables []string, least, most int) []string {
	known := map[string]bool{}
	for len(known) < n {
		var b strings.Builder
		for range least + c.IntN(most-least+1) {
			b.WriteString(syllables[c.IntN(len(syllables))])
		}
		known[b.String()] = true
	}
	words := slices.Sorted(maps.Keys(known))
	rank := map[string]int{} // the longer the rarer, on the whole
	for _, w := range words {
		rank[w] = len(w) + c.IntN(8)
	}
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(rank[a], rank[b]) })
	return words
}

// spoken returns one of words as texts have them: after Zipf.
func spoken(words []string, zipf *rand.Zipf) string { return words[zipf.Uint64()%uint64(len(words))] }

// english makes n articles of about 2 KB.
func (c *corpus) english(n int) []*Article {
	small := strings.Fields("the the the the of of of and and to to to a a in in in for is on that by this with was were said said as at from has have it its be are not he his but they which will would been their who more after also one two new last year U.S. percent")
	endings := []string{"", "", "", "", "s", "ed", "ing", "'s", "-wide", ","}
	zipf := rand.NewZipf(c.Rand, 1.15, 8, 1<<16)
	sentence := func() string {
		var words []string
		for range 14 + c.IntN(12) {
			w := small[c.IntN(len(small))]
			if c.IntN(100) < 52 {
				w = spoken(c.words, zipf) + endings[c.IntN(len(endings))]
			}
			if c.IntN(9) == 0 {
				w = strings.ToUpper(w[:1]) + w[1:]
			}
			words = append(words, w)
		}
		return strings.ToUpper(words[0][:1]) + strings.Join(words, " ")[1:] + ". "
	}
	return c.articles(n, sentence, "en")
}

// korean makes n articles of about 2 KB.
func (c *corpus) korean(n int) []*Article {
	tails := strings.Fields("은 는 이 가 을 를 의 에 에서 으로 로 과 와 도 만 했다 하고 했다고 하는 한 된 됐다 이라고 까지 부터")
	small := strings.Fields("이날 그 등 및 위해 대한 있는 있다 밝혔다 말했다 것으로 지난 오는 21일 따르면 전했다 관련 이번 통해 함께")
	zipf := rand.NewZipf(c.Rand, 1.15, 8, 1<<15)
	sentence := func() string {
		var words []string
		for range 8 + c.IntN(8) {
			w := small[c.IntN(len(small))]
			if c.IntN(100) < 75 {
				w = spoken(c.nouns, zipf)
				if c.IntN(4) == 0 {
					w += spoken(c.nouns, zipf)
				}
				if c.IntN(3) > 0 {
					w += tails[c.IntN(len(tails))]
				}
			}
			words = append(words, w)
		}
		return strings.Join(words, " ") + ". "
	}
	return c.articles(n, sentence, "ko")
}

func (c *corpus) articles(n int, sentence func() string, lang string) []*Article {
	articles := make([]*Article, n)
	for i := range articles {
		var body strings.Builder
		for body.Len() < 2000 {
			body.WriteString(sentence())
		}
		articles[i] = &Article{Title: strings.TrimSuffix(sentence(), ". "), Body: body.String(), Lang: lang,
			URL: "https://www.example.org/news/1", Sources: []string{"Example News"}}
	}
	return articles
}

// term makes one as analysts write them: most are words and phrases that few
// texts have, some are common.
func (c *corpus) term(words []string) string {
	pick := func() string {
		for {
			w := words[c.IntN(len(words))]
			if c.IntN(4) == 0 {
				w = words[200+c.IntN(2000)]
			}
			if len(w) > 4 {
				return w
			}
		}
	}
	switch c.IntN(10) {
	case 0, 1:
		return pick() + "*"
	case 2, 3, 4, 5:
		return "“" + pick() + " " + pick() + "”"
	case 6:
		return "“" + pick() + " " + pick() + "*”"
	case 7:
		word := pick()
		return "=" + strings.ToUpper(word[:min(len(word), 3)]) // of Korean one syllable
	}
	return pick()
}

func (c *corpus) group(words []string, n int) string {
	of := make([]string, n)
	for i := range of {
		of[i] = c.term(words)
	}
	return "(" + strings.Join(of, " OR ") + ")"
}

// rules makes files of n rules of the usual kinds, one in five of them Korean.
func (c *corpus) rules(n int) []Source {
	var b strings.Builder
	b.WriteString("terms:\n")
	for i := range regions {
		fmt.Fprintf(&b, "  region-%d: [%s", i, c.words[i])
		for range 6 {
			fmt.Fprintf(&b, ", %s*, %s", c.words[c.IntN(len(c.words))], c.nouns[c.IntN(len(c.nouns))])
		}
		b.WriteString("]\n")
	}
	var files []Source
	for i := range n {
		if i%500 == 0 {
			b.WriteString("rules:\n")
		}
		fmt.Fprintf(&b, "  - id: rule-%d\n", i)
		b.WriteString(c.clauses())
		if i%500 == 499 || i == n-1 {
			files = append(files, Source{fmt.Sprintf("%d.yaml", i), []byte(b.String())})
			b.Reset()
		}
	}
	return files
}

const regions = 20

func (c *corpus) clauses() string {
	words := c.words
	if c.IntN(5) == 0 {
		words = c.nouns
	}
	group := func(n int) string { return c.group(words, n) }
	switch c.IntN(6) {
	case 0:
		return fmt.Sprintf("    match: %s AND %s AND NOT %s\n", group(2), group(3), group(1))
	case 1:
		return fmt.Sprintf("    match: lead:%s AND %s NEAR/s %s\n", group(2), group(2), group(2))
	case 2:
		return fmt.Sprintf("    match: ATLEAST/2 %s AND lang:en AND NOT source:example.com\n", group(4))
	case 3:
		phrases := make([]string, 5)
		for i := range phrases {
			phrases[i] = words[c.IntN(len(words))] + " " + words[c.IntN(len(words))]
		}
		return "    any: [" + strings.Join(phrases, ", ") + "]\n"
	}
	return fmt.Sprintf("    all:\n      - $region-%d\n      - %s NEAR/12 %s\n    none:\n      - title:%s\n", c.IntN(regions), group(3), group(3), group(2))
}

func (c *corpus) engine(tb testing.TB, n int) *Engine { return engineOf(tb, c.rules(n)) }

func engineOf(tb testing.TB, files []Source) *Engine {
	tb.Helper()
	e, faults := Load(files)
	if e == nil {
		tb.Fatal(faults[0])
	}
	return e
}
