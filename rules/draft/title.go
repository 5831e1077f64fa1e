package draft

import (
	"strings"
	"unicode/utf8"
)

// Split finds the title of a plain text: what stands behind "Title:" in its head, or
// its first line, or the line after it where the first is a mere section ("World",
// "북한") and the next reads as a headline. The body is the rest.
func Split(text string) (title, body string) {
	const head = 12 // lines
	lines := strings.SplitAfter(strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")), "\n")
	at := -1
	for i, line := range lines[:min(len(lines), head)] {
		if named, ok := titled(line); ok {
			return named, strings.TrimSpace(strings.Join(append(lines[:i:i], lines[i+1:]...), ""))
		}
		if oneLine(line) != "" && (at < 0 || isSection(lines[at]) && !isSection(line)) {
			if at >= 0 && !isHeadline(line) {
				break
			}
			if at = i; !isSection(line) {
				break
			}
		}
	}
	if at < 0 {
		return "", text
	}
	title = strings.TrimLeft(oneLine(lines[at]), "# ")
	const longest = 300 // bytes; what is longer is a text without a title
	if len(title) > longest {
		return "", strings.Join(lines, "")
	}
	return title, strings.TrimSpace(strings.Join(lines[at+1:], ""))
}

// titled is what stands behind "Title:".
func titled(line string) (string, bool) {
	name, rest, ok := strings.Cut(oneLine(line), ":")
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "title", "headline", "subject", "제목", "見出し", "タイトル", "标题", "標題":
		return strings.TrimSpace(rest), ok && strings.TrimSpace(rest) != ""
	}
	return "", false
}

// isSection says whether a line is too short for a headline.
func isSection(line string) bool {
	line = oneLine(line)
	return len(strings.Fields(line)) <= 3 && utf8.RuneCountInString(line) < 16
}

// isHeadline says whether a line is one sentence at most.
func isHeadline(line string) bool {
	line = oneLine(line)
	return len(line) <= 200 && !strings.HasSuffix(line, ".")
}
