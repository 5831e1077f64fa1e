package config

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// secretLines finds what faults must not show of each line. It reads the bare
// text, since the line that a fault shows may be the one that is no YAML, or
// holds a token under a misspelt key. It rather hides too much.
func secretLines(lines [][]rune) [][]span {
	secrets := make([][]span, len(lines))
	under := -1      // column of the key that the further lines belong to; -1: none
	headers := false // that key's values have keys of their own
	for i, runes := range lines {
		line := string(runes)
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		if indent == len(line) {
			continue
		}
		if indent <= under {
			under = -1
		}
		var found [][]int
		switch {
		case under >= 0 && headers:
			found = append(found, headerLine.FindStringSubmatchIndex(line)[2:])
		case under >= 0:
			found = append(found, []int{indent, len(line)})
		default:
			for _, m := range secretKey.FindAllStringSubmatchIndex(line, -1) {
				key := strings.ToLower(line[m[2]:m[3]])
				if key == "token_file" {
					continue
				}
				value := []int{m[1], len(line)}
				if first := strings.Trim(line[:m[2]], ` -"'`) == ""; first {
					under, headers = m[2], strings.HasPrefix(key, "head")
				} else if flow := flowValue.FindStringIndex(line[m[1]:]); flow != nil {
					value[1] = m[1] + flow[1]
				}
				found = append(found, value)
			}
		}
		for _, form := range secretForms {
			for _, m := range form.FindAllStringSubmatchIndex(line, -1) {
				found = append(found, m[2:])
			}
		}
		secrets[i] = spans(line, found)
	}
	return secrets
}

var (
	// secretKey is a key whose value is secret, slips of the pen included, up to
	// that value. The path of a heartbeat is its password, the host is not.
	secretKey = regexp.MustCompile(`(?i)\b([\w-]*(?:tok|secret|passw|pwd|api[-_]?key|auth|cookie|heade?r|heartb)[\w-]*)["']?\s*:(?:\s+(?:["']?https?://[^/\s"']+/)?|$)`)

	// flowValue is a value inside of { }: quoted, in braces, or up to what ends it.
	flowValue = regexp.MustCompile(`^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\{[^{}]*\}|\$\{\w*\}|[^"'{$,}\]][^,}\]]*)`)

	// headerLine is a line under headers, but for the name.
	headerLine = regexp.MustCompile(`^\s*(?:- +)*(?:(?:"[^"]*"|'[^']*'|[^\s:"'{\[]+):(?:\s+|$))?(.*)$`)

	// secretForms are secrets that show themselves, wherever they stand.
	secretForms = []*regexp.Regexp{
		regexp.MustCompile(`((?i:xox[a-z][.-]|xapp-)[\w.-]+)`),
		regexp.MustCompile(`hooks\.slack\.com/\w+/([^\s"']+)`),
		regexp.MustCompile(`://([^/\s"'@]*:[^\s"']*)@`), // user:password
		regexp.MustCompile(`://([^/\s"'@:]+)@`),         // user alone
		regexp.MustCompile(`[?&;][^=&\s"'#]*=([^&\s"'#]+)`),
		regexp.MustCompile(`(?i)(?:^|[\s"'?&;])passw(?:or)?d=([^\s"'&]+)`),
	}

	// openValue is a value that may be shown: nothing, a comment, or a variable.
	openValue = regexp.MustCompile(`^["']?(?i:bearer |basic |token )?(?:\$\{\w*\}?|\$\w+|\{\}|\[\]|\{\s*[\w-]+:\s+["']?\$\{\w*\}["']?\s*\})?["']?\s*(?:#.*)?$`)
)

// hide masks the secrets in a text that show themselves.
func hide(text string) string {
	for _, form := range secretForms {
		text = form.ReplaceAllStringFunc(text, func(match string) string {
			return strings.Replace(match, form.FindStringSubmatch(match)[1], mask, 1)
		})
	}
	return text
}

// spans turns what was found in a line, in bytes, into spans of characters:
// sorted, apart from each other, and without what may be shown.
func spans(line string, found [][]int) []span {
	found = slices.DeleteFunc(found, func(m []int) bool { return openValue.MatchString(line[m[0]:m[1]]) })
	slices.SortFunc(found, func(a, b []int) int { return cmp.Compare(a[0], b[0]) })
	var out []span
	for _, m := range found {
		s := span{utf8.RuneCountInString(line[:m[0]]), utf8.RuneCountInString(line[:m[1]])}
		if last := len(out) - 1; last >= 0 && s.start <= out[last].end {
			out[last].end = max(out[last].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}
