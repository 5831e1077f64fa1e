package rules

import (
	"strings"
	"testing"
)

func TestCaretStandsUnderTheCharacter(t *testing.T) {
	for name, c := range map[string]struct {
		excerpt       string
		column, width int
		want          string
	}{
		"narrow":            {"a AND b", 3, 3, "  a AND b\n    ^^^"},
		"after Hangul":      {"위성 AND", 4, 3, "  위성 AND\n       ^^^"},
		"under Han":         {"a 朝鲜 b", 3, 2, "  a 朝鲜 b\n    ^^^^"},
		"after jamo":        {"\u1100\u1161\u11a8 x", 5, 1, "  \u1100\u1161\u11a8 x\n     ^"},
		"after an accent":   {"e\u0301 x", 4, 1, "  e\u0301 x\n    ^"},
		"after tabs":        {"a\tb\tc", 5, 1, "  a\tb\tc\n   \t \t^"},
		"under a tab":       {"a\tb", 2, 1, "  a\tb\n   ^"},
		"at the line's end": {"ab", 3, 1, "  ab\n    ^"},
		"controls":          {"a\x1b[1m b", 7, 1, "  a\uFFFD[1m b\n        ^"},
		"not UTF-8":         {"a\xff b", 2, 1, "  a\uFFFD b\n   ^"},
		"no width":          {"ab", 1, 0, "  ab\n  ^"},
		"beyond the line":   {"ab", 9, 9, "  ab\n    ^"},
		"long line": {strings.Repeat("x", 100) + "HERE" + strings.Repeat("y", 100), 101, 4,
			"  …" + strings.Repeat("x", 50) + "HERE" + strings.Repeat("y", 22) + "…\n" + strings.Repeat(" ", 53) + "^^^^"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Fault{File: "f", Line: 1, Column: c.column, Width: c.width, Message: "m", Excerpt: c.excerpt}
			_, got, _ := strings.Cut(f.String(), "\n")
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
