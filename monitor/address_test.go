package monitor_test

import (
	"testing"

	"newswatch/monitor"
)

func TestCanonicalURL(t *testing.T) {
	for name, test := range map[string]struct{ raw, want string }{
		"host in lower case":             {"https://News.Example.ORG/A/b", "https://news.example.org/A/b"},
		"http is https":                  {"http://example.org/a", "https://example.org/a"},
		"no default port":                {"http://example.org:80/a", "https://example.org/a"},
		"other port kept":                {"http://example.org:8080/a", "https://example.org:8080/a"},
		"no fragment":                    {"https://example.org/a#top", "https://example.org/a"},
		"no user":                        {"https://me:secret@example.org/a", "https://example.org/a"},
		"empty path is the root":         {"https://example.org", "https://example.org/"},
		"no utm":                         {"https://example.org/a?utm_source=rss&UTM_medium=x", "https://example.org/a"},
		"no at_medium":                   {"https://example.org/a?at_medium=RSS&at_campaign=rss", "https://example.org/a"},
		"no click ids":                   {"https://example.org/a?fbclid=1&gclid=2&id=3", "https://example.org/a?id=3"},
		"query that is the id kept":      {"https://example.org/view.php?article_id=10&cate=2", "https://example.org/view.php?article_id=10&cate=2"},
		"bare query kept":                {"https://example.org/333483.html?fl", "https://example.org/333483.html?fl"},
		"order kept":                     {"https://example.org/?b=1&a=2", "https://example.org/?b=1&a=2"},
		"source that says rss gone":      {"https://example.org/a?source=rss&ref=RSS", "https://example.org/a"},
		"source that names a thing kept": {"https://example.org/a?source=42", "https://example.org/a?source=42"},
		"relay's own parameter gone":     {"https://news.google.com/rss/articles/CBM?oc=5", "https://news.google.com/rss/articles/CBM"},
		"the same elsewhere kept":        {"https://example.org/a?oc=5", "https://example.org/a?oc=5"},
		"trailing dot of the host gone":  {"https://example.org./a", "https://example.org/a"},
		"path escapes kept":              {"https://example.org/%EB%B6%81/a%2Fb", "https://example.org/%EB%B6%81/a%2Fb"},
		"unescaped path escaped":         {"https://example.org/북", "https://example.org/%EB%B6%81"},
		"address of six":                 {"http://[2001:DB8::1]:80/a", "https://[2001:db8::1]/a"},
		"no address":                     {"not an address", ""},
		"another scheme":                 {"ftp://example.org/a", ""},
		"script":                         {"javascript:alert(1)", ""},
		"nothing":                        {"", ""},
		"scheme alone":                   {"https://", ""},
		"relative":                       {"/a/b", ""},
		"white space around":             {" https://example.org/a\n", "https://example.org/a"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := monitor.CanonicalURL(test.raw); got != test.want {
				t.Errorf("CanonicalURL(%q) = %q, want %q", test.raw, got, test.want)
			}
		})
	}
}

func FuzzCanonicalURL(f *testing.F) {
	f.Add("https://Example.org:443/a?utm_source=x&id=1#f")
	f.Add("http://[::1%25eth0]/")
	f.Add("https://example.org/%zz?&&=%")
	f.Fuzz(func(t *testing.T, raw string) {
		once := monitor.CanonicalURL(raw)
		if once == "" {
			return
		}
		if twice := monitor.CanonicalURL(once); twice != once {
			t.Errorf("CanonicalURL(%q) = %q, whose canonical URL is %q", raw, once, twice)
		}
	})
}

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
