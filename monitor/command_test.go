package monitor_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"newswatch/monitor"
)

func TestParseCommandReadsWhatPeopleType(t *testing.T) {
	for text, want := range map[string]monitor.Command{
		"":                                   {Verb: "help"},
		"   ":                                {Verb: "help"},
		" STATUS ":                           {Verb: "status"},
		"unmute 7":                           {Verb: "unmute", Arg: "7"},
		"“Status?”":                          {Verb: "status"},
		"--help":                             {Verb: "help"},
		"?":                                  {Verb: "help"},
		"rule dprk-space":                    {Verb: "rules", Arg: "dprk-space"},
		"`feed`":                             {Verb: "feeds"},
		"test\nTitle":                        {Verb: "test", Arg: "Title"},
		"test\u00a0 x":                       {Verb: "test", Arg: "x"},
		"missed https://example.org/a":       {Verb: "missed", Arg: "https://example.org/a"},
		"test “North Korea fired a missile”": {Verb: "test", Arg: "North Korea fired a missile"},
		`test "he said "no" twice"`:          {Verb: "test", Arg: `"he said "no" twice"`},
		"test ‘북한, 위성 발사’":                   {Verb: "test", Arg: "북한, 위성 발사"},
		"test he doesn’t":                    {Verb: "test", Arg: "he doesn’t"},
		"test 3 < 4 && <b>":                  {Verb: "test", Arg: "3 < 4 && <b>"},
		"test an < alone":                    {Verb: "test", Arg: "an < alone"},
		"stat\u200bus":                       {Verb: "status"},
		"test \xff\xfe":                      {Verb: "test"},
		"drop table; --":                     {Verb: "drop", Arg: "table; --"},
	} {
		t.Run(text, func(t *testing.T) {
			if got := monitor.ParseCommand(text); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestAnAddressIsOfTheWeb(t *testing.T) {
	for arg, want := range map[string]string{
		"https://example.org/a": "https://example.org/a", "HTTP://example.org": "HTTP://example.org", "https://example.org/a b": "",
		"javascript:alert(1)": "", "file:///etc/passwd": "", "example.org": "", "": "",
	} {
		if got := (monitor.Command{Arg: arg}).Address(); got != want {
			t.Errorf("%q is the address %q, want %q", arg, got, want)
		}
	}
}

func TestTheAddressOfAMissedArticleIsFoundAmongWords(t *testing.T) {
	for arg, want := range map[string]string{
		"https://example.org/a please":                "https://example.org/a",
		"why not https://example.org/a?":              "https://example.org/a",
		"this one (https://example.org/a_(b)), twice": "https://example.org/a_(b)",
		"https://example.org/what?":                   "https://example.org/what?",
		"example.org/a":                               "https://example.org/a",
		"“www.example.co.kr:8080/a?b=1”, I think":     "https://www.example.co.kr:8080/a?b=1",
		"뉴스.한국/기사 못 봤어요":                              "https://뉴스.한국/기사",
		"the launch of May 3/4, by Mr.Smith":          "",
		"an article of example.org":                   "",
		"javascript:alert(1)/x ../a 1.2/3":            "",
		"":                                            "",
	} {
		if got := (monitor.Command{Verb: monitor.VerbMissed, Arg: arg}).Address(); got != want {
			t.Errorf("%q has the address %q, want %q", arg, got, want)
		}
	}
	if got := monitor.ParseCommand("test Storm at example.org/a").Address(); got != "" {
		t.Errorf("a text to be tried is the address %q", got)
	}
}

func FuzzParseCommand(f *testing.F) {
	for _, seed := range []string{
		"", "status", "missed <https://example.org/a?b=1&amp;c=2|example.org>", "test “x”", "test <<https://a|b>|c>", "unmute 9223372036854775808",
		"test <!channel> <@U0> &lt;", "test ``", `test "`, "\u2028test\u202e x", strings.Repeat("<", 5000), "TEST <https://|x>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := monitor.ParseCommand(text)
		if c.Verb == "" || strings.ContainsFunc(c.Verb, unicode.IsSpace) {
			t.Errorf("%q has the verb %q", text, c.Verb)
		}
		if len(c.Verb)+len(c.Arg) > 2*len(text)+len("help") || !utf8.ValidString(c.Arg) {
			t.Errorf("%q has the argument %q", text, c.Arg)
		}
		if strings.ContainsFunc(c.Verb+c.Arg, func(r rune) bool {
			return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf)
		}) {
			t.Errorf("%q keeps what nobody sees: %q", text, c)
		}
		if a := c.Address(); a != "" && !strings.HasPrefix(strings.ToLower(a), "http") {
			t.Errorf("%q has the address %q", text, a)
		}
	})
}
