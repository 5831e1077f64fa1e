package slack

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCleanShowsAllAndHidesNothing(t *testing.T) {
	for given, want := range map[string]string{
		"  two\t words\n": "two words", "spy\u00adsat\u200bellite": "spysatellite", "\u202eabc\u202c": "abc", "a\x00b\x1b[31mc": "ab[31mc",
		"a\u2028b": "a b", "a\u3000b\u00a0c": "a b c", "\xffa": "\ufffda", "\u3164": "", "": "", "제54차 SCM": "제54차 SCM", "e\u0301": "e\u0301", "\u2800": "",
		"①½ﬁ": "①½ﬁ",
	} {
		if got := clean(given); got != want {
			t.Errorf("clean(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestCutEndsBetweenWordsAndWholeCharacters(t *testing.T) {
	for _, test := range []struct {
		s     string
		limit int
		want  string
	}{
		{"short", 5, "short"}, {"longer", 5, "long…"}, {"two words here", 10, "two words…"}, {"위성발사성공", 4, "위성발…"},
		{"e\u0301e\u0301e\u0301", 4, "e\u0301…"}, {"👍🏽👍🏽👍🏽", 6, "👍🏽…"}, {"", 3, ""}, {"ab", 1, "…"},
	} {
		if got := cut(test.s, test.limit); got != test.want {
			t.Errorf("cut(%q, %d) = %q, want %q", test.s, test.limit, got, test.want)
		}
	}
}

func TestEscapeNeverCutsAnEntity(t *testing.T) {
	for limit := 1; limit < 40; limit++ {
		got := escape("a&b<c>d&e<f>g", limit)
		bare := strings.NewReplacer("&amp;", "", "&lt;", "", "&gt;", "").Replace(got)
		if strings.ContainsAny(bare, "&<>;") || units(got) > limit {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
}

func TestLinkIsWebOnlyAndEndsNowhereEarly(t *testing.T) {
	for given, want := range map[string]string{
		"https://example.org/a?b=1&c=2#d":      "https://example.org/a?b=1&c=2#d",
		" http://Example.org ":                 "http://example.org",
		"https://example.org/a|b>c<d e\"f":     "https://example.org/a%7Cb%3Ec%3Cd%20e%22f",
		"https://example.org/기사":               "https://example.org/%EA%B8%B0%EC%82%AC",
		"https://예시.example/":                  "https://xn--vv4b11d.example/",
		"https://user:pass@example.org/":       "https://example.org/",
		"https://example.org:8080/x":           "https://example.org:8080/x",
		"https://[2001:db8::1]/x":              "https://[2001:db8::1]/x",
		"https://example.org/100%25":           "https://example.org/100%25",
		"javascript:alert(1)":                  "",
		"//example.org/x":                      "",
		"https://exa\u202emple.org/":           "",
		"https://example.org\\@evil.example/":  "",
		"https://e.org/" + longPath:            "",
		"https://news.example/?q=a%20b&u=<x>*": "https://news.example/?q=a%20b&u=%3Cx%3E%2A",
	} {
		if got := link(given); got != want {
			t.Errorf("link(%.60q) = %q, want %q", given, got, want)
		}
	}
}

var longPath = strings.Repeat("a", 2000)

func FuzzEscape(f *testing.F) {
	for _, payload := range payloads {
		f.Add(payload, 50)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 1 + limit&1023
		got := escape(clean(s), limit)
		if strings.ContainsAny(got, "<>\n") || !utf8.ValidString(got) || units(got) > limit {
			t.Errorf("escape(%q, %d) = %q", s, limit, got)
		}
		if whole := unescape(escape(clean(s), 1<<30)); whole != clean(s) {
			t.Errorf("%q became %q", clean(s), whole)
		}
	})
}
