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
		if len(runes) > maxSearchedRunes {
			secrets[i] = []span{{0, len(runes)}}
			continue
		}
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
			found, under, headers = keyValues(line)
		}
		for _, form := range slices.Concat(plainForms, addressForms) {
			for _, m := range form.FindAllStringSubmatchIndex(line, -1) {
				found = append(found, m[2:])
			}
		}
		secrets[i] = spans(line, found)
	}
	return secrets
}

// keyValues finds the values of secret keys in a line. When such a key begins
// the line, under is its column, else -1, and headers says whether it is headers.
func keyValues(line string) (found [][]int, under int, headers bool) {
	under = -1
	for _, m := range keysIn(line) {
		key := strings.ToLower(strings.Trim(line[m[2]:m[3]], ` "'`))
		if !isSecretKey(key) {
			continue
		}
		value := []int{m[1], len(line)}
		if strings.Trim(line[:m[2]], ` -"'`) == "" {
			under, headers = m[2], nearest(key, []string{"headers"}) != ""
		} else if flow := flowValue.FindStringSubmatchIndex(line[m[1]:]); flow != nil {
			value[1] = m[1] + flow[3]
		}
		found = append(found, value)
	}
	return found, under, headers
}

// maxSearchedRunes is longer than a line that anyone writes; longer ones are
// hidden whole rather than searched.
const maxSearchedRunes = 4000

// keysIn finds what may be a key in a line: the indices of each, as of a
// regexp's first group, the match reaching up to the value.
func keysIn(line string) [][]int {
	keys := anyKey.FindAllStringSubmatchIndex(line, -1)
	for _, first := range []*regexp.Regexp{firstKey, firstWord} {
		if m := first.FindStringSubmatchIndex(line); m != nil {
			keys = append(keys, m)
		}
	}
	return keys
}

var (
	// anyKey is a key up to its value, or up to the path of an address: that
	// of a heartbeat is its password, the host is not.
	anyKey = regexp.MustCompile(`([^\s:{}\[\],"'-][^:{}\[\],]*):\s*(?:["']?https?://[^/\s"']+/)?`)

	// firstKey is the same at the line's start, whatever it is made of, and
	// firstWord the same without its colon.
	firstKey  = regexp.MustCompile(`^\s*(?:- +)*(\S.*?):(?:\s+(?:["']?https?://[^/\s"']+/)?|$)`)
	firstWord = regexp.MustCompile(`^\s*(?:- +)*["']?([\w-]+)[^\w\s]*\s+`)

	// flowValue is a value inside of { }: quoted, in braces, or up to what ends it.
	flowValue = regexp.MustCompile(`^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\{[^{}]*\}|\$\{\w*\}|[^"'{$,}\]][^,}\]]*)\s*(?:[,}\]]|$)`)

	// headerLine is a line under headers, but for the name.
	headerLine = regexp.MustCompile(`^\s*(?:- +)*(?:(?:"[^"]*"|'[^']*'|[^\s:"'{\[]+):(?:\s+|$))?(.*)$`)

	// plainForms are secrets that give themselves away in any text.
	plainForms = []*regexp.Regexp{
		regexp.MustCompile(`((?i:xox[a-z][.-]|xapp-)[\w.-]+)`),
		regexp.MustCompile(`hooks\.slack\.com/\w+/([^\s"']+)`),
		regexp.MustCompile(`(?:[/\s"'{\[,]|^)(?:\w+://)?([^\s"'/]*:[^\s"'/][^\s"']*)@`), // user:password
	}

	// addressForms are what may be secret in an address, be it torn or misspelt.
	addressForms = []*regexp.Regexp{
		regexp.MustCompile(`([^\s"'/@:,{\[]+)@`),                             // user alone
		regexp.MustCompile(`//[^\s"'/:]*:([^\s"'/@]*[^\s"'/@\d][^\s"'/@]*)`), // password without its @, in place of a port
		regexp.MustCompile(`[a-z][^\s"'=/]*=([^&\s"'#]+)`),                   // value of a query; TZ=UTC is none
		regexp.MustCompile(`pass\w*\s*=\s*('(?:\\.|[^'\\])*'?)`),             // as libpq takes it, in quotes
		regexp.MustCompile(`//[^\s"']*\?(.*)`),                               // whole query: one wrong character would tear a value from its key
	}

	// openValue is a value that may be shown: nothing, or a variable.
	openValue = regexp.MustCompile(`^(?:(?:[\w-]+=\$\{\w*\}&?)+["']?|\{\}|\[\]|["']{2}|["']?(?i:bearer |basic |token )?(?:\$\{\w*\}?|\$\w+|\{\s*[\w-]+:\s+["']?\$\{\w*\}["']?\s*\})["']?\s*(?:#.*)?)?$`)
)

// isSecretKey says whether a key's value is secret, be it misspelt or unheard of.
func isSecretKey(key string) bool {
	if key == "token_file" {
		return false
	}
	for _, part := range []string{"tok", "secret", "passw", "key", "auth", "cookie", "header", "heartb", "x-"} {
		if strings.Contains(key, part) {
			return true
		}
	}
	return nearest(key, []string{"token", "app_token", "headers", "heartbeat", "authorization", "cookie"}) != ""
}

// hide masks the secrets in a text that show themselves.
func hide(text string) string {
	for _, form := range plainForms {
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
