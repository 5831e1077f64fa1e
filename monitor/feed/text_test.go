package feed

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlainText(t *testing.T) {
	for name, test := range map[string]struct{ html, want string }{
		"text stays":                     {"Seoul, Monday", "Seoul, Monday"},
		"entities are decoded":           {"Seoul &amp; Tokyo&nbsp;say &#8216;no&#x2019;", "Seoul & Tokyo say ‘no’"},
		"entities twice over":            {"R&amp;amp;D &amp;#8212; 3", "R&D — 3"},
		"markup twice over":              {"&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "One\n\nTwo"},
		"less-than stays":                {"3 &lt; 5 and a<b is not", "3 < 5 and a"},
		"paragraphs":                     {"<p>One</p>\n<p>Two</p>", "One\n\nTwo"},
		"a forced break":                 {"One<br/>Two", "One\nTwo"},
		"two forced breaks":              {"One<br><br>Two", "One\n\nTwo"},
		"words of two blocks apart":      {"<b>One</b>Two<div>Three</div>Four", "OneTwo\n\nThree\n\nFour"},
		"cells apart":                    {"<td>One</td><td>Two</td>", "One Two"},
		"script and style gone":          {"a<script>if (1<2) x()</script>b<style>p{}</style>c", "abc"},
		"nested hidden elements":         {"a<svg><svg>x</svg>y</svg>b", "ab"},
		"comments gone":                  {"a<!-- no -->b", "ab"},
		"pictures gone":                  {`<img src="x" alt="no">Text<img width=1 height=1>`, "Text"},
		"a name in brackets":             {"<Parasite> wins", "<Parasite> wins"},
		"a name in brackets, in Korean":  {"<기생충> 수상", "<기생충> 수상"},
		"unknown element with attribute": {`<x-card id="1">Text</x-card>`, "Text"},
		"unclosed tag at the end":        {"Text <a href=", "Text"},
		"no-break and wide spaces":       {"a\u00a0\u3000b", "a b"},
		"control characters":             {"a\x00b\u202ec\ufeff", "abc"},
		"broken UTF-8":                   {"a\xffb", "a\ufffdb"},
		"read as windows-1252":           {"itâ€™s", "it’s"},
		"read as windows-1250":           {"â€śno,â€ť he said", "“no,” he said"},
		"read with a byte lost":          {"â€œcomfort womenâ€ near", "“comfort women” near"},
		"Korean read as windows-1252":    {"ë¶\u0081í•œ &amp; <b>ë¯¸êµ\u00ad</b>", "북한 & 미국"},
		"Japanese read as Latin-1":       {"\u00e5\u008c\u0097\u00e6\u009c\u009d\u00e9\u00ae\u00ae", "北朝鮮"},
		"an override, read wrongly":      {"aâ€®bâ€¨c", "abc"},
		"a quotation's end":              {"le café”… et l’été’— fin", "le café”… et l’été’— fin"},
		"letters that only look so":      {"SÃO PAULO, voilâ”", "SÃO PAULO, voilâ”"},
		"nothing":                        {" <p> </p>&nbsp;", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := plainText(test.html); got != test.want {
				t.Errorf("plainText(%q) = %q, want %q", test.html, got, test.want)
			}
		})
	}
}

func TestTextIsCutAtACharacter(t *testing.T) {
	long := strings.Repeat("북한 ", maxBodyBytes)
	for name, html := range map[string]string{"text": long, "markup": "<p>" + long + "</p>"} {
		got := plainText(html)
		if len(got) > maxBodyBytes || len(got) < maxBodyBytes-8 || !utf8.ValidString(got) {
			t.Errorf("%s of %d bytes became %d bytes, valid %v", name, len(html), len(got), utf8.ValidString(got))
		}
	}
	if got := plainLine(long); utf8.RuneCountInString(got) > maxTitleRunes || utf8.RuneCountInString(got) < maxTitleRunes-1 {
		t.Errorf("line of %d characters", utf8.RuneCountInString(got))
	}
}

func TestFootersAreDropped(t *testing.T) {
	for text, want := range map[string]string{
		"Text.\n\nThe post A appeared first on B.": "Text.",
		"Text. The post A appeared first on B.":    "Text.",
		"Text.\n\nContinue reading...":             "Text.",
		"Text.\n\nRead more »":                     "Text.",
		"The post office is closed.":               "The post office is closed.",
		"Read more":                                "",
	} {
		if got := withoutFooter(text); got != want {
			t.Errorf("withoutFooter(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestOutletNames(t *testing.T) {
	for title, want := range map[string]string{
		"BBC News":                          "BBC News",
		"World news | The Guardian":         "The Guardian",
		"philstar.com - RSS Headlines":      "philstar.com",
		"Reuters: World News":               "Reuters",
		"Japan Times latest articles":       "Japan Times",
		"MBC뉴스 :: 뉴스(전체)":                   "MBC뉴스",
		"New Zealand Herald - Top Stories":  "New Zealand Herald",
		"World News Articles | Mail Online": "Mail Online",
		"Latest News":                       "Latest News",
		"":                                  "",
	} {
		if got := outletName(title); got != want {
			t.Errorf("outletName(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestLanguages(t *testing.T) {
	for tag, want := range map[string]string{
		"en": "en", "EN-us": "en-US", "ko_KR": "ko-KR", "kr": "ko", "zh-cn": "zh-CN", "ja": "ja", "US": "", "xx-nonsense-": "",
		"": "", "und": "", "english": "en", strings.Repeat("a", 99): "",
	} {
		if got := lang(tag); got != want {
			t.Errorf("lang(%q) = %q, want %q", tag, got, want)
		}
	}
	if got := lang("US", "ko"); got != "ko" {
		t.Errorf("first readable tag is %q, want ko", got)
	}
}

func FuzzPlainText(f *testing.F) {
	f.Add("<p>One &amp;amp; <b>two</b><br>&lt;i&gt;three&lt;/i&gt;</p>")
	f.Add("<script><svg></script><Parasite> â€™ \xff\x00")
	f.Fuzz(func(t *testing.T, html string) {
		text := plainText(html)
		if !utf8.ValidString(text) || len(text) > maxBodyBytes {
			t.Errorf("plainText(%q) has %d bytes, valid %v", html, len(text), utf8.ValidString(text))
		}
		if text != strings.TrimSpace(text) || strings.ContainsAny(text, "\r\t\x00\x1b") || strings.Contains(text, "  ") || strings.Contains(text, "\n\n\n") {
			t.Errorf("plainText(%q) = %q", html, text)
		}
	})
}

func FuzzToUTF8(f *testing.F) {
	f.Add([]byte("\xff\xfe<\x00a\x00"), "text/xml; charset=utf-8")
	f.Add([]byte(`<?xml version="1.0" encoding="euc-kr"?><a>`+"\xb0\xa1</a>"), "")
	f.Add([]byte("caf\xe9"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		if !utf8.Valid(toUTF8(body, contentType)) {
			t.Errorf("toUTF8(%q, %q) is no UTF-8", body, contentType)
		}
	})
}

func FuzzLink(f *testing.F) {
	f.Add("https://example.org/a?b=<c>", "https://example.org/")
	f.Add("//evil.example\\@x/", "http://example.org")
	f.Add("JaVaScRiPt:alert(1)", "")
	f.Fuzz(func(t *testing.T, raw, base string) {
		got := link(raw, base)
		if got == "" {
			return
		}
		if !isAddress(got) || strings.ContainsAny(got, "<>\"|\\` \n\r\t\x00") || len(got) > maxLinkBytes {
			t.Errorf("link(%q, %q) = %q", raw, base, got)
		}
	})
}
