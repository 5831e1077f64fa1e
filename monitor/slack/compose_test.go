package slack

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

var update = flag.Bool("update", false, "write the golden files")

var morning = time.Date(2026, 11, 21, 9, 5, 0, 0, time.UTC)

// launch is an alert as the worker makes it.
func launch() monitor.Content {
	sentence := "Pyongyang told Japan's coast guard that it would launch a satellite before Wednesday & warned ships < 12 miles."
	return monitor.Content{
		Rule: "North Korean satellite launch", Severity: "high", Mention: "@here",
		Title: "North Korea gives notice of a satellite launch", URL: "https://example.org/news/1?a=1&b=2",
		Outlet: "Example Wire", Published: morning, Sentence: sentence,
		Marks: marks(sentence, "Pyongyang", "launch", "satellite"),
	}
}

func marks(sentence string, hits ...string) [][2]int {
	var list [][2]int
	for _, hit := range hits {
		at := strings.Index(sentence, hit)
		list = append(list, [2]int{at, at + len(hit)})
	}
	return list
}

// korean is a report of the same event in another outlet.
func korean() monitor.Content {
	sentence := "북한은 수요일 이전에 위성을 발사하겠다고 일본 해상보안청에 통보했다."
	return monitor.Content{
		Rule: "북한 위성 발사", Title: "북한, 위성 발사 계획 통보", URL: "https://example.kr/기사/2?q=위성", Outlet: "보기통신",
		Published: morning.Add(4 * time.Minute), Sentence: sentence, Marks: marks(sentence, "북한", "위성", "발사"), Relation: monitor.Tells,
	}
}

// every is a message of each kind, by the name of its golden file.
func every() map[string]monitor.Outgoing {
	out := func(kind monitor.Kind, c monitor.Content) monitor.Outgoing {
		return monitor.Outgoing{Channel: "C0ALERTS", Kind: kind, Key: "0123456789abcdef0123", Rev: 1, Content: c}
	}
	updated := launch()
	updated.Was, updated.Also, updated.Reports = "North Korea plans launch", []string{"보기통신", "Sample Times", "A", "B", "C"}, 6
	updated.Latest, updated.Why, updated.MayRepeat = morning.Add(time.Hour), "Early warning for the Seoul bureau.", true
	third := launch()
	third.Title, third.URL, third.Outlet, third.Published = "Undated, without a link", "", "", time.Time{}
	plain := out(monitor.KindAlert, updated)
	plain.Plain = true
	returned := launch()
	returned.Earlier = &monitor.Earlier{
		Title: "Pyongyang <tells> Tokyo of a | launch", Told: morning.AddDate(0, 0, -9), TS: "1794474300.000200",
		URL: "https://example.slack.com/archives/C0ALERTS/p1794474300000200",
	}
	gone := launch()
	gone.Earlier = &monitor.Earlier{Told: morning.AddDate(0, 0, -9)}
	bare := monitor.Content{Rule: "r", Severity: "normal"}
	alone := korean()
	alone.Relation = ""
	folded := out(monitor.KindFold, monitor.Content{
		Rule: "North Korean satellite launch", Severity: "high", Mention: "<@U0DESK> <!subteam^S0NIGHT>", Items: []monitor.Content{launch(), alone, third},
	})
	plainFold := folded
	plainFold.Plain = true
	reply := out(monitor.KindReply, korean())
	reply.Thread = "1795251900.000100"
	copied := korean()
	copied.Relation = monitor.Copy
	replies := out(monitor.KindFold, monitor.Content{Rule: "North Korean satellite launch", Severity: "high", Items: []monitor.Content{korean(), copied}})
	replies.Thread = reply.Thread
	judged := launch()
	judged.Deeds = monitor.Deeds{
		Acknowledged: monitor.Deed{User: "U0DESK", At: morning.Add(5 * time.Minute)}, Relevant: []string{"U0DESK", "W0NIGHT"},
		NotRelevant: []string{"U1", "U2", "U3", "U4", "U5", "U6", "U7"},
		Mutes: []monitor.Mute{
			{Scope: monitor.Scope{Rule: "launch"}, Until: morning.Add(time.Hour), By: monitor.Deed{User: "U0DESK"}},
			{Scope: monitor.Scope{Story: 7}, Until: morning.Add(7 * monitor.Day), By: monitor.Deed{User: "W0NIGHT"}},
			{Scope: monitor.Scope{Rule: "launch", Outlet: "Example Wire"}, Until: morning.Add(7 * monitor.Day), By: monitor.Deed{User: "U0DESK"}},
		},
	}
	judgedAlert, judgedFold, judgedReply := out(monitor.KindAlert, judged), folded, reply
	judgedFold.Content.Deeds = monitor.Deeds{Acknowledged: judged.Deeds.Acknowledged, Mutes: judged.Deeds.Mutes[:1]}
	for _, o := range []*monitor.Outgoing{&judgedAlert, &judgedFold, &judgedReply} {
		o.Buttons = true
	}
	day := out(monitor.KindDigest, monitor.Content{Digest: weekday()})
	plainDay := day
	plainDay.Plain = true
	rest := out(monitor.KindDigest, monitor.Content{Digest: &monitor.Digest{
		From: weekday().From, To: weekday().To, Part: 2, Parts: 2, Groups: []monitor.Group{{Rule: "Indo-Pacific", Count: 9, Stories: weekday().Groups[0].Stories[:2]}},
	}})
	rest.Thread = reply.Thread
	quiet := out(monitor.KindFold, monitor.Content{Rule: "Alliance", Severity: "normal", Note: "waited for the end of quiet hours", Items: nightly()})
	return map[string]monitor.Outgoing{
		"alert-buttons": judgedAlert, "fold-buttons": judgedFold, "reply-buttons": judgedReply,
		"digest": day, "digest-plain": plainDay, "digest-thread": rest, "quiet-end": quiet,
		"alert": out(monitor.KindAlert, launch()), "alert-updated": out(monitor.KindAlert, updated), "alert-plain": plain,
		"alert-returned": out(monitor.KindAlert, returned), "alert-returned-unlinked": out(monitor.KindAlert, gone),
		"alert-bare": out(monitor.KindAlert, bare), "alert-korean": out(monitor.KindAlert, korean()),
		"reply": reply, "replies": replies, "fold": folded, "fold-plain": plainFold,
		"ops": out(monitor.KindOps, monitor.Content{Note: "feed Example Wire: HTTP status 404 for 3 polls\nhint: check its url in config.yaml"}),
	}
}

// weekday is a digest as one reads it at eight in the morning.
func weekday() *monitor.Digest {
	eight := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC) // in Seoul, the next morning
	at := func(hours float64) time.Time { return eight.Add(-time.Duration(hours * float64(time.Hour))) }
	story := func(title, outlet string, when time.Time, also ...string) monitor.Content {
		return monitor.Content{Title: title, URL: "https://example.org/" + outlet[:1] + fmt.Sprint(len(title)), Outlet: outlet, Published: when, Also: also, Reports: len(also)}
	}
	return &monitor.Digest{
		From: at(24), To: eight, Part: 1, Parts: 2, Alerts: 13, Rules: 3, Folded: 47,
		Groups: []monitor.Group{
			{Rule: "Indo-Pacific", Count: 9, Stories: []monitor.Content{
				story("Pacific leaders agree on patrol boats for three island states", "Example Wire", at(21), "NHK", "Sample Times", "A", "B", "C"),
				story("아세안 국방장관 회의, 해양 안보 협력 합의", "보기통신", at(17.5), "연합뉴스"),
				story("Envoy <!channel> visits *Fiji* & <https://evil.example|Tonga> | talks", "Sample Times", at(3)),
			}},
			{Rule: "Alliance", Count: 3, Stories: []monitor.Content{
				story("سيول وواشنطن تبحثان تقاسم الأعباء", "وكالة المثال", at(9), "NHK"),
				story("ראש הממשלה נפגש עם שר ההגנה בסיאול", "דוגמה", at(8)),
				story("Talks on burden sharing enter a third day", "Example Wire", at(2)),
			}},
			{Rule: "Denuclearisation", Count: 1, Stories: []monitor.Content{{Title: "Undated and without a link"}}},
		},
		Account: []monitor.Group{
			{Rule: "Missile tests", Count: 47, Folds: 2, Stories: []monitor.Content{
				story("North Korea fires two missiles into the sea", "Example Wire", at(13), slices.Repeat([]string{"NHK", "보기통신"}, 100)...),
				story("Japan lodges protest over launches", "Sample Times", at(12), "NHK"),
				story("북한, 동해로 탄도미사일 발사", "보기통신", at(12.5)),
			}},
		},
		Feedback: []monitor.Appraisal{
			{Rule: "Missile tests", Relevant: 7, Judged: 10, Muted: 3, None: `"missile <!here> museum"`},
			{Rule: "Indo-Pacific", Relevant: 4, Judged: 4},
			{Rule: "Alliance & <friends>", Muted: 12},
		},
		Unsaid: 2,
	}
}

// nightly is what waited for the end of quiet hours.
func nightly() []monitor.Content {
	var items []monitor.Content
	for _, group := range weekday().Groups[:2] {
		items = append(items, group.Stories...)
	}
	return items
}

func TestComposeDrawsEachKindAsItsGolden(t *testing.T) {
	for name, out := range every() {
		t.Run(name, func(t *testing.T) {
			m := Compose(out)
			golden(t, filepath.Join("testdata", name+".json"), indented(t, map[string]any{
				"text": m.Text, "blocks": m.Blocks, "metadata": m.Metadata,
			}))
		})
	}
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", file, diff)
	}
}

func TestComposeMarksTheFirstBlockAndTheMetadata(t *testing.T) {
	for name, out := range every() {
		t.Run(name, func(t *testing.T) {
			m := Compose(out)
			if key := m.Metadata.EventPayload["key"]; key != out.Key {
				t.Errorf("metadata key %v, want %s", key, out.Key)
			}
			if out.Plain {
				if len(m.Blocks) != 0 {
					t.Errorf("a plain message has %d blocks", len(m.Blocks))
				}
				return
			}
			if id, want := m.Blocks[0].ID(), "nw:"+out.Key+":1"; id != want {
				t.Errorf("first block_id %q, want %q", id, want)
			}
		})
	}
}

// extremes are contents that strain every limit.
func extremes() map[string]monitor.Content {
	long := func(s string, n int) string { return strings.Repeat(s, n/len([]rune(s))+1) }
	fill := func(s string) monitor.Content {
		sentence := long(s, 9000)
		c := monitor.Content{
			Rule: s, Severity: "high", Why: sentence, Mention: long("<@U0DESK> ", 4000), Title: sentence, Outlet: sentence, Published: morning,
			URL: "https://example.org/" + strings.Repeat("a", 1900), Sentence: sentence, Was: sentence, Also: []string{sentence, sentence, sentence},
			Reports: 3, Latest: morning, Note: sentence, MayRepeat: true,
			Earlier: &monitor.Earlier{Title: sentence, Told: morning, TS: "1794474300.000200"},
		}
		for i := 0; i+20 < len(sentence); i += 97 {
			c.Marks = append(c.Marks, [2]int{i, i + 9})
		}
		return c
	}
	return map[string]monitor.Content{
		"empty": {}, "latin": fill("word & <more> "), "one long word": fill("x"), "Korean": fill("북한 위성 발사 "), "Korean without spaces": fill("위성발사"),
		"decomposed Korean": fill("위성"), "right to left": fill("קמר עברית "), "Arabic": fill("كوريا الشمالية "), "emoji": fill("👩‍👩‍👧‍👦🇰🇷"),
		"ampersands": fill("&&&&"), "marks": fill("e\u0301\u0302\u0303"), "no UTF-8": fill("\xff\xfe a"), "controls": fill("\x00\x1b[31m\r\n\u202e"),
		"year 2999": {Title: "t", Published: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), Latest: time.Date(1066, 1, 1, 0, 0, 0, 0, time.UTC), Also: []string{"a"}},
	}
}

func TestComposeKeepsEveryLimitOfSlack(t *testing.T) {
	for name, c := range extremes() {
		for _, kind := range []monitor.Kind{monitor.KindAlert, monitor.KindReply, monitor.KindFold, monitor.KindDigest, monitor.KindOps} {
			t.Run(name+"/"+string(kind), func(t *testing.T) {
				if kind == monitor.KindFold {
					c.Items = []monitor.Content{c, c, c, c, c, c, c, c, c, c}
					c.Items = c.Items[:FoldSize(c.Items)]
				}
				if kind == monitor.KindDigest {
					c.Digest = &monitor.Digest{From: morning, To: morning, Part: 1, Parts: 1, Alerts: 1, Rules: 1, Groups: []monitor.Group{{Rule: c.Rule, Count: 1, Stories: []monitor.Content{c}}}}
					if !DigestFits(c.Digest) {
						t.Error("a story alone does not fit")
					}
				}
				accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: kind, Key: "k", Rev: 1, Content: c})
				accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: kind, Key: "k", Rev: 1, Content: c, Plain: true})
				c.Deeds = busy()
				accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: kind, Key: "k", Rev: 1, Content: c, Buttons: true})
			})
		}
	}
}

// busy is what as many people as there are did with an alert.
func busy() monitor.Deeds {
	d := monitor.Deeds{Acknowledged: monitor.Deed{User: "U" + strings.Repeat("A", 29), At: morning}}
	for i := range 200 {
		d.Relevant = append(d.Relevant, fmt.Sprintf("U%029d", i))
		d.Mutes = append(d.Mutes, monitor.Mute{Until: morning, By: d.Acknowledged})
	}
	d.NotRelevant = d.Relevant
	return d
}

// accepted posts a message to a strict workspace and returns what arrived.
func accepted(t *testing.T, out monitor.Outgoing) slacktest.Posted {
	t.Helper()
	w := slacktest.NewWorkspace(slacktest.Options{})
	s := New(Options{Token: monitor.NewSecret(slacktest.DefaultToken), HTTPClient: w.Client(), Buttons: out.Buttons})
	if _, err := s.Post(t.Context(), out); err != nil {
		t.Fatalf("refused: %v", err)
	}
	if v := w.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
	return w.Messages(out.Channel)[0]
}

func TestComposeShowsThatItCut(t *testing.T) {
	c := launch()
	c.Title = strings.Repeat("title ", 1000)
	m := Compose(monitor.Outgoing{Kind: monitor.KindAlert, Key: "k", Rev: 1, Content: c})
	blocks, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	for form, s := range map[string]string{"text": m.Text, "blocks": string(blocks)} {
		if !strings.Contains(s, "title…") {
			t.Errorf("%s does not show the cut: %s", form, s)
		}
	}
}

func TestComposeTellsWhatAFoldCannotHold(t *testing.T) {
	items := make([]monitor.Content, 500)
	p := accepted(t, monitor.Outgoing{Channel: "C0ALERTS", Kind: monitor.KindFold, Key: "k", Rev: 1, Content: monitor.Content{Items: items}})
	if want := fmt.Sprintf("%d more do not fit here", len(items)-FoldSize(items)); !strings.Contains(p.Text, want) || !strings.Contains(string(p.Blocks), want) {
		t.Errorf("it does not say %q: %s", want, p.Text)
	}
}

func TestFoldSizeSplitsSoThatEachPartFits(t *testing.T) {
	for _, length := range []int{0, 10, 80, 300, 3000} {
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			var items []monitor.Content
			for i := range 120 {
				items = append(items, monitor.Content{
					Title: fmt.Sprint(i, strings.Repeat(" 위성", length/2)), URL: "https://example.org/" + strings.Repeat("a", length), Outlet: "Wire", Published: morning,
				})
			}
			parts := 0
			for rest := items; len(rest) > 0; parts++ {
				n := FoldSize(rest)
				if n < 1 {
					t.Fatalf("no item of %d fits", len(rest))
				}
				for _, plain := range []bool{false, true} {
					p := accepted(t, monitor.Outgoing{
						Channel: "C0ALERTS", Kind: monitor.KindFold, Key: "k", Rev: 1, Plain: plain, Content: monitor.Content{Rule: "Rule", Items: rest[:n]},
					})
					for _, item := range rest[:n] {
						if u := link(item.URL); u != "" && !strings.Contains(p.Text+string(p.Blocks), u) {
							t.Errorf("the link of %.20q is missing", item.Title)
						}
					}
				}
				rest = rest[n:]
			}
			if length == 10 && parts > 5 {
				t.Errorf("%d short items took %d messages", len(items), parts)
			}
		})
	}
	if n := FoldSize(nil); n != 0 {
		t.Errorf("FoldSize(nil) = %d", n)
	}
}
