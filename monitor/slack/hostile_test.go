package slack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"newswatch/monitor"
)

// payloads are what a feed may try in any of its texts.
var payloads = []string{
	"<!channel>", "<!here>", "<!everyone>", "<!here|here>", "<!channel> read this", "@here", "@channel", "@everyone", "#general",
	"<@U0VICTIM>", "<@W0VICTIM|boss>", "<!subteam^S0TEAM>", "<!subteam^S0TEAM|@team>", "<#C0SECRET>", "<#C0SECRET|secret>",
	"<https://evil.example|Reuters>", "<https://evil.example>", "https://evil.example/x", "http://evil.example", "HTTPS://EVIL.EXAMPLE",
	"x|<https://evil.example|y", "a>b<https://evil.example|c>", "title|https://evil.example", ">|<!channel>", "|<!channel|", "&lt;!channel&gt;",
	"&#60;!channel&#62;", "<!date^1^{date}^https://evil.example|now>", "<mailto:a@evil.example|mail>", "mailto:a@evil.example", "slack://open",
	"<slack://app?team=T1|open>", "javascript:alert(1)", "<javascript:alert(1)|x>", "```<!channel>```", "`<!here>`", "*bold* _it_ ~no~", "> quoted",
	"\n<!channel>\n", "\r\n\r\n<!here>", "<\u200b!channel>", "<!\u00adchannel>", "<\u2060@U0VICTIM>", "\u202e<lennahc!>", "\u2066<!channel>\u2069",
	"\u200fابجد\u202e<!here>", "\ufeff<!channel>", "\U000e0001\U000e0041<!here>", "\x00<!channel>\x00", "\x1b]8;;https://evil.example\x1b\\x\x1b]8;;\x1b\\",
	"\u2028<!channel>\u2029", "＜!channel＞", "<!channel", "!channel>", "<<!channel>>", "<<!channel>|x>", "<|!channel>", "\\<!channel\\>", ":tada: <!here>",
	strings.Repeat("<", 4000), strings.Repeat("<!channel>", 400), strings.Repeat("&", 3999) + "<!channel>", strings.Repeat("a", 399) + "<!channel>",
	"\xff<!channel>\xfe", "e" + strings.Repeat("\u0301", 300) + "<!here>", "[x](https://evil.example)", "<a href=\"https://evil.example\">x</a>",
	"nw:0123:1", "//evil.example/x", "ftp://evil.example", "data:text/html,<script>",
}

// hostileURLs may be the link of an item. None may be linked as it is.
var hostileURLs = []string{
	"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "slack://open", "mailto:a@b.example", "//evil.example", "/relative",
	"https://", "https:///path", "https:opaque", "http://\x00/", "https://ex ample.org/", "https://exa\u202emple.org/", "ftp://evil.example",
	"https://evil.example/a|<!channel>", "https://evil.example/>x<!here>", "https://evil.example/a b", "https://evil.example/\"'`", "https://bank.example@evil.example/",
	"https://evil.example\\@bank.example/", "https://evil.example/" + strings.Repeat("a", 5000), "https://evil.example/\n<!channel>", "https://evil.example/<!channel>",
	"https://xn--a.example/%3C!channel%3E", "https://例え.example/テスト", "https://[::1]/x", "https://evil.example:99999/", "https://evil.example/?a=<&b=>",
}

func TestComposeMakesNothingOfFeedText(t *testing.T) {
	for i, payload := range payloads {
		t.Run(fmt.Sprintf("payload %d", i), func(t *testing.T) {
			harmlessInEveryPlace(t, payload, "https://example.org/article")
		})
	}
	for i, u := range hostileURLs {
		t.Run(fmt.Sprintf("url %d", i), func(t *testing.T) {
			harmlessInEveryPlace(t, "a title", u)
			harmlessInEveryPlace(t, "<!channel>", u)
		})
	}
}

// harmlessInEveryPlace composes every kind of message with the payload in every
// text that a feed controls, and looks at what Slack would make of it.
func harmlessInEveryPlace(t *testing.T, payload, address string) {
	t.Helper()
	c := monitor.Content{
		Rule: "rule", Severity: "high", Title: payload, URL: address, Outlet: payload, Published: morning, Sentence: payload, Was: payload,
		Marks: [][2]int{{0, len(payload) / 2}}, Relation: monitor.Copy, Also: []string{payload, payload, payload}, Reports: 3, Latest: morning, Note: payload,
	}
	for _, kind := range []monitor.Kind{monitor.KindAlert, monitor.KindReply, monitor.KindFold, monitor.KindOps} {
		content := c
		if kind == monitor.KindFold {
			content.Items = []monitor.Content{c, c}
		}
		for _, plain := range []bool{false, true} {
			p := accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: kind, Key: "k", Rev: 1, Plain: plain, Content: content})
			if err := harmless(p.Text, p.Blocks, link(address)); err != nil {
				t.Errorf("%s, plain %t: %v\ntext %q\nblocks %s", kind, plain, err, p.Text, p.Blocks)
			}
		}
	}
}

var (
	angled = regexp.MustCompile(`<([^>]*)>`)
	dated  = regexp.MustCompile(`^!date\^\d+\^\{date_short_pretty\}, \{time\}\|[-0-9: ]+UTC$`)
	bare   = regexp.MustCompile(`(?i)[a-z]://`)
)

// harmless looks at a message as Slack would: nobody is mentioned and nothing
// links but to the article.
func harmless(text string, blocks json.RawMessage, article string) error {
	if err := harmlessMrkdwn(text, article); err != nil {
		return err
	}
	if len(blocks) == 0 {
		return nil
	}
	var tree any
	if err := json.Unmarshal(blocks, &tree); err != nil {
		return err
	}
	return harmlessTree(tree, article)
}

func harmlessMrkdwn(text, article string) error {
	if err := visible(text); err != nil {
		return err
	}
	for _, m := range angled.FindAllStringSubmatch(text, -1) {
		target, _, _ := strings.Cut(m[1], "|")
		if !dated.MatchString(m[1]) && (article == "" || target != strings.ReplaceAll(article, "&", "&amp;")) {
			return fmt.Errorf("mrkdwn holds <%s>", m[1])
		}
	}
	rest := angled.ReplaceAllString(text, "")
	if strings.ContainsAny(rest, "<>") {
		return fmt.Errorf("mrkdwn holds a loose angle bracket: %q", rest)
	}
	if bare.MatchString(rest) {
		return fmt.Errorf("mrkdwn holds a bare address: %q", rest)
	}
	return nil
}

func harmlessTree(v any, article string) error {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if err := harmlessTree(item, article); err != nil {
				return err
			}
		}
	case map[string]any:
		switch v["type"] {
		case "broadcast", "user", "usergroup", "channel", "image", "actions", "button":
			return fmt.Errorf("a %s element", v["type"])
		case "link":
			if v["url"] != article {
				return fmt.Errorf("a link to %v", v["url"])
			}
		case "mrkdwn":
			if err := harmlessMrkdwn(v["text"].(string), article); err != nil {
				return err
			}
		case "plain_text":
			if v["emoji"] != false {
				return fmt.Errorf("plain_text with emoji")
			}
		}
		for _, item := range v {
			if err := harmlessTree(item, article); err != nil {
				return err
			}
		}
	case string:
		return visible(v)
	}
	return nil
}

// visible says what in s hides or moves what it says.
func visible(s string) error {
	for _, r := range s {
		if r != '\n' && (unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == '\u3164') {
			return fmt.Errorf("%U in %q", r, s)
		}
	}
	return nil
}

func TestComposeMentionsWhomTheRuleNames(t *testing.T) {
	for given, want := range map[string]string{
		"@here": `{"type":"broadcast","range":"here"}`, "@channel": `{"type":"broadcast","range":"channel"}`,
		"<@U0DESK>": `{"type":"user","user_id":"U0DESK"}`, "<!subteam^S0NIGHT>": `{"type":"usergroup","usergroup_id":"S0NIGHT"}`,
		"U024BE7LH": `{"type":"user","user_id":"U024BE7LH"}`, "S0123ABCD": `{"type":"usergroup","usergroup_id":"S0123ABCD"}`,
		"@desk": `{"type":"text","text":"@desk"}`, "<!channel>": `{"type":"text","text":"<!channel>"}`,
	} {
		t.Run(given, func(t *testing.T) {
			c := launch()
			c.Mention = given
			p := accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: monitor.KindAlert, Key: "k", Rev: 1, Content: c})
			var wanted, got any
			if err := json.Unmarshal([]byte(want), &wanted); err != nil {
				t.Fatal(err)
			}
			var blocks []struct{ Elements []struct{ Elements []any } }
			if err := json.Unmarshal(p.Blocks, &blocks); err != nil {
				t.Fatal(err)
			}
			got = blocks[0].Elements[0].Elements[0]
			if fmt.Sprint(got) != fmt.Sprint(wanted) {
				t.Errorf("got %v, want %v", got, wanted)
			}
			mentions := slices.Contains([]string{"@here", "@channel", "<@U0DESK>", "<!subteam^S0NIGHT>", "U024BE7LH", "S0123ABCD"}, given)
			if pings := strings.HasPrefix(p.Text, "<"); pings && strings.HasPrefix(p.Text, "<https") == mentions {
				t.Errorf("text begins %.20q", p.Text)
			}
		})
	}
}

func FuzzCompose(f *testing.F) {
	for _, payload := range payloads {
		f.Add(payload, payload, payload, "https://example.org/a|b", 0, 5, int64(1795251900))
	}
	for _, u := range hostileURLs {
		f.Add("title", "a sentence about a satellite", "outlet", u, 2, 9, int64(-1))
	}
	f.Fuzz(func(t *testing.T, title, sentence, outlet, address string, from, to int, published int64) {
		c := monitor.Content{
			Rule: "rule", Title: title, Sentence: sentence, Outlet: outlet, URL: address, Published: time.Unix(published%1e10, 0), Marks: [][2]int{{from, to}, {to, from + to}},
			Also: []string{title, outlet}, Was: sentence,
		}
		for _, kind := range []monitor.Kind{monitor.KindAlert, monitor.KindFold} {
			c.Items = []monitor.Content{c}
			for _, plain := range []bool{false, true} {
				p := accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: kind, Key: "k", Rev: 1, Plain: plain, Content: c})
				if err := harmless(p.Text, p.Blocks, link(address)); err != nil {
					t.Errorf("%s, plain %t: %v\ntext %q\nblocks %s", kind, plain, err, p.Text, p.Blocks)
				}
			}
		}
	})
}
