package slack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"newswatch/monitor"
)

// kst is the reader's zone in these tests.
var kst = time.FixedZone("KST", 9*60*60)

func drawn(t *testing.T, out monitor.Outgoing, opts DrawOptions) string {
	t.Helper()
	m := Compose(out)
	blocks, err := json.Marshal(m.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Draw(&b, Drawn{From: "newswatch in #news-alerts", At: morning, Thread: out.Thread != "", Text: m.Text, Blocks: blocks}, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDrawShowsEachKindAsItsGolden(t *testing.T) {
	messages := every()
	for _, color := range []bool{false, true} {
		var b strings.Builder
		names := make([]string, 0, len(messages))
		for name := range messages {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(&b, "== %s\n%s", name, drawn(t, messages[name], DrawOptions{Color: color, Width: 64, Zone: kst}))
		}
		golden(t, filepath.Join("testdata", map[bool]string{false: "drawn.txt", true: "drawn-color.txt"}[color]), []byte(b.String()))
	}
}

func TestDrawKeepsItsWidthAndControlsNothing(t *testing.T) {
	for name, c := range extremes() {
		for _, width := range []int{20, 64, 200} {
			t.Run(fmt.Sprint(name, width), func(t *testing.T) {
				for _, plain := range []bool{false, true} {
					c.Items = []monitor.Content{c}
					out := monitor.Outgoing{Kind: monitor.KindAlert, Key: "k", Rev: 1, Content: c, Plain: plain, Thread: "1"}
					for line := range strings.SplitSeq(drawn(t, out, DrawOptions{Width: width}), "\n") {
						if n := cells(line); n > width {
							t.Fatalf("%d cells in %d: %q", n, width, line)
						}
						if i := strings.IndexFunc(line, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }); i >= 0 {
							t.Fatalf("a control character: %q", line)
						}
					}
				}
			})
		}
	}
}

func TestDrawLetsNoTextControlAColourTerminal(t *testing.T) {
	for i, payload := range payloads {
		c := monitor.Content{Title: payload, Sentence: payload, Outlet: payload, URL: "https://example.org/", Was: payload}
		for _, plain := range []bool{false, true} {
			s := drawn(t, monitor.Outgoing{Kind: monitor.KindAlert, Key: "k", Rev: 1, Content: c, Plain: plain}, DrawOptions{Color: true})
			for _, own := range []string{"\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m", "\x1b]8;;https://example.org/\x1b\\", "\x1b]8;;\x1b\\"} {
				s = strings.ReplaceAll(s, own, "")
			}
			if strings.ContainsAny(s, "\x1b\x00\x07\r") {
				t.Errorf("payload %d reaches the terminal: %q", i, s)
			}
		}
	}
}

func TestDrawRefusesWhatIsNoBlocks(t *testing.T) {
	if err := Draw(&bytes.Buffer{}, Drawn{Blocks: json.RawMessage(`{"type":`)}, DrawOptions{}); err == nil {
		t.Error("drawn")
	}
}

func TestDrawSurvivesBlocksOfOthers(t *testing.T) {
	var b strings.Builder
	err := Draw(&b, Drawn{Blocks: json.RawMessage(`[{"type":"header","text":{"type":"plain_text","text":"Head"}},
		{"type":"section","text":{"type":"mrkdwn","text":"*bold* <https://e.example|label> &amp; <!here> <!date^0^{date_num}|x>"},"fields":[{"type":"plain_text","text":"field"}]},
		{"type":"divider"},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Mute"}}]},
		{"type":"from_the_future"},{"type":"rich_text","elements":[{"type":"rich_text_list","style":"ordered","elements":[
		{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1"},{"type":"from_the_future"}]}]}]}]`)}, DrawOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := "┃ Head\n┃ bold label & @here 1970-01-01\n┃ https://e.example\n┃ field\n┃ ────────────────────\n┃ [Mute]\n┃ 1. @U1\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestWrapBreaksWhereScriptsDo(t *testing.T) {
	for given, want := range map[string]string{
		"one two three four":        "one two|three four",
		"위성 발사 계획을 통보":              "위성 발사|계획을|통보",
		"朝鲜宣布成功发射卫星":                "朝鲜宣布成|功发射卫星",
		"朝鲜宣布成功发射":                  "朝鲜宣布成|功发射",
		"朝鲜宣布成。功":                   "朝鲜宣布|成。功",
		"incomprehensibilities yes": "incomprehe|nsibilitie|s yes",
		"":                          "",
		"a\nb":                      "a|b",
	} {
		var lines []string
		for _, line := range wrap([]run{{text: given}}, 10) {
			s := ""
			for _, r := range line {
				s += r.text
			}
			lines = append(lines, strings.TrimRight(s, " "))
		}
		if got := strings.Join(lines, "|"); got != want {
			t.Errorf("wrap(%q) = %q, want %q", given, got, want)
		}
	}
}

func TestTerminalDrawsOnceAndFindsIt(t *testing.T) {
	var b strings.Builder
	now := morning
	terminal := NewTerminal(&b, DrawOptions{Zone: kst, Now: func() time.Time { return now }})
	first, err := terminal.Post(t.Context(), outgoing("k1"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := terminal.Post(t.Context(), outgoing("k2"))
	if err != nil {
		t.Fatal(err)
	}
	if first.TS == second.TS || first.TS != "1795251900.000000" {
		t.Errorf("ts %s and %s", first.TS, second.TS)
	}
	found, err := terminal.Look(t.Context(), "C0ALERTS", "", now, []string{"k1", "k2", "k3"})
	if err != nil || len(found) != 2 || found["k2"][0] != second {
		t.Errorf("found %v, %v", found, err)
	}
	if n := strings.Count(b.String(), launch().Title); n != 2 {
		t.Errorf("drawn %d times:\n%s", n, b.String())
	}
}

func TestTerminalDrawsOfAnUpdateOnlyTheNews(t *testing.T) {
	var b strings.Builder
	terminal := NewTerminal(&b, DrawOptions{Now: func() time.Time { return morning }})
	change := outgoing("k1")
	change.TS, change.Content.Also = "1795251900.000000", []string{"Other"}
	receipt, err := terminal.Post(t.Context(), change)
	if err != nil || receipt.TS != change.TS {
		t.Fatalf("%v, %v", receipt, err)
	}
	if s := b.String(); !strings.Contains(s, "(edited)") || !strings.Contains(s, "also: Other") || strings.Contains(s, "coast guard") || strings.Contains(s, "@here") {
		t.Errorf("drawn:\n%s", s)
	}
}

func TestTerminalReportsThatItCannotDraw(t *testing.T) {
	full := errors.New("disk full")
	if _, err := NewTerminal(broken{full}, DrawOptions{}).Post(t.Context(), outgoing("k")); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }
