package main

import (
	"slices"
	"strings"
	"testing"

	"newswatch/rules"
)

func TestParagraphIsWrapped(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"at spaces":                         {"one two three four", []string{"one two", "three four"}},
		"wide characters count as two":      {"북한이 위성을 쐈다", []string{"북한이", "위성을", "쐈다"}},
		"Hangul only at spaces, if it can":  {"가나다라마바 사", []string{"가나다라마", "바 사"}},
		"Han and kana anywhere":             {"衛星を打ち上げ", []string{"衛星を打ち", "上げ"}},
		"no closing mark begins a line":     {"一二三四五。六", []string{"一二三四", "五。六"}},
		"no opening mark ends one":          {"一二三四「五六", []string{"一二三四", "「五六"}},
		"marks take no room":                {"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 abc", []string{"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 abc"}},
		"a long word is broken":             {"abcdefghijklm no", []string{"abcdefghij", "klm no"}},
		"lines of its own stay":             {"one\n\ntwo", []string{"one", "", "two"}},
		"nothing that moves the cursor":     {"a\x1b[2Jb\rc\td", []string{"a [2Jb c d"}},
		"nothing that turns the text round": {"ab\u202ecd\u00ade", []string{"abcde"}},
	} {
		t.Run(name, func(t *testing.T) {
			var p paragraph
			p.add(plain, c.text)
			var got []string
			for _, line := range p.lines(10) {
				got = append(got, line.paint(true))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, not %q", got, c.want)
			}
		})
	}
}

func TestPageOnATerminalShowsHitsInColour(t *testing.T) {
	var out strings.Builder
	p := &page{out: &out, width: 60, color: true}
	x := rules.Explanation{Clause: "scm", Hits: []rules.Hit{{Field: rules.Title, Start: 0, End: 3, Text: "SCM"}},
		Against: []rules.Hit{{Field: rules.Body, Start: 2, End: 10, Text: "software"}}}
	if err := p.explain(&rules.Article{Title: "SCM sold", Body: "A software."}, x); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x1b[1;31msilent\x1b[0m", "\x1b[1;32mSCM\x1b[0m\x1b[1m sold\x1b[0m\n", "  A \x1b[1;31msoftware\x1b[0m.\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in %q", want, out.String())
		}
	}
}

func TestCutsKeepWhatStandsAroundMarks(t *testing.T) {
	for name, text := range map[string]string{
		"words":           strings.Repeat("word ", 1000),
		"no spaces":       strings.Repeat("위성", 1000),
		"one long letter": strings.Repeat("e"+strings.Repeat("\u0301", 30), 60),
	} {
		t.Run(name, func(t *testing.T) {
			var marks []mark
			for at := 0; at+6 < len(text); at += 30 {
				marks = append(marks, mark{at, at + 6, found})
			}
			shown, last := 0, 0
			for _, c := range cutsOf(text, marks) {
				if c.start < last || c.end <= c.start || c.end > len(text) {
					t.Fatalf("from %d to %d after %d", c.start, c.end, last)
				}
				if strings.ContainsRune(text[c.start:c.end], '\ufffd') || !strings.Contains(text, text[c.start:c.end]) {
					t.Errorf("a character is taken apart at %d or %d", c.start, c.end)
				}
				shown, last = shown+c.end-c.start, c.end
			}
			if shown < 1200 || shown > 3000 {
				t.Errorf("%d bytes are shown", shown)
			}
		})
	}
}
