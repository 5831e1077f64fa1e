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
	under := -1 // column of the key that the further lines belong to; -1: none
	for i, runes := range lines {
		line := string(runes)
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		if indent == len(line) {
			continue
		}
		var found [][]int
		if indent <= under {
			under = -1
		}
		if under >= 0 {
			found = append(found, secretItem.FindStringSubmatchIndex(line)[2:])
		} else if m := secretKey.FindStringSubmatchIndex(line); m != nil {
			found = append(found, m[4:])
			if strings.Trim(line[:m[2]], ` -"'`) == "" { // else inside {…}, which ends with the line
				under = m[2]
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
	// secretKey is a key whose value is secret, its slips of the pen included,
	// and that value. The path of a heartbeat is its password.
	secretKey = regexp.MustCompile(`(?i)((?:\b|_)[\w-]*(?:tok|secret|passw|pwd|api[-_]?key|auth|cookie|heade?r|heartb)[\w-]*)["']?\s*:(?:\s+["']?(?:https?://[^/\s]+/)?|$)(.*)$`)

	// secretItem is a line under such a key, but for the key it has of its own.
	secretItem = regexp.MustCompile(`^\s*(?:- +)?(?:["']?[\w-]+["']?:\s+)?(.*)$`)

	// secretForms are secrets that show themselves, wherever they stand.
	secretForms = []*regexp.Regexp{
		regexp.MustCompile(`((?i:xox[a-z][.-]|xapp-)[\w.-]+)`),
		regexp.MustCompile(`hooks\.slack\.com/\w+/([^\s"']+)`),
		regexp.MustCompile(`://([^/\s"'@]*:[^\s"']*)@`), // user:password
		regexp.MustCompile(`://([^/\s"'@:]+)@`),         // user alone
		regexp.MustCompile(`[?&;][^=&\s"'#]*=([^&\s"'#]+)`),
		regexp.MustCompile(`(?i)passw(?:or)?d=([^\s"'&]+)`),
	}

	// openValue is a value that may be shown: nothing, a comment, or a variable.
	openValue = regexp.MustCompile(`^["']?(?i:bearer |basic |token )?(?:\$\{\w*\}?|\{\}|\[\])?["']?\s*(?:#.*)?$`)
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
