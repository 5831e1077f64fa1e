package rules

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func fieldNames() []string {
	return []string{string(Title), string(Body), string(Lead), string(From), string(Lang), string(Author), string(Tag), string(URL)}
}

func isField(name string) bool {
	switch Field(name) {
	case Title, Body, Lead, From, Lang, Author, Tag, URL:
		return true
	}
	return false
}

func fieldsHint() string { return "the fields are " + strings.Join(fieldNames(), ": ") + ":" }

// nearest returns the one of names that name was surely meant to be: at most one
// slip away, two for names of six letters and more. It returns "" if none is.
func nearest(name string, names []string) string {
	if lower := strings.ToLower(name); slices.Contains(names, lower) {
		return lower
	}
	best, fewest := "", 2
	if utf8.RuneCountInString(name) >= 6 {
		fewest = 3
	}
	if len(name) < 3 || len(name) > 64 {
		return ""
	}
	for _, candidate := range names {
		if n := slips(strings.ToLower(name), candidate); n < fewest {
			best, fewest = candidate, n
		}
	}
	return best
}

// slips counts the letters to add, drop, change or swap with their neighbour to
// make a of b: Damerau-Levenshtein, optimal string alignment.
func slips(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y)+2 || len(y) > len(x)+2 {
		return 3
	}
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}

// shorten cuts s for a message.
func shorten(s string) string { return shortenTo(s, 40) }

func shortenTo(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}
