package config

import (
	_ "embed"
	"strings"
)

// zoneNames is the tz database's list of zones, one a line: for hints only,
// time.LoadLocation decides. From zone.tab of release 2025b.
//
//go:embed zones.txt
var zoneNames string

// nearest is the candidate that was most likely meant, "" when none is near.
func nearest(word string, candidates []string) string {
	const longest = 40
	if len(word) > longest {
		return ""
	}
	best, least := "", 1+len([]rune(word))/3
	for _, c := range candidates {
		if gap := len([]rune(word)) - len([]rune(c)); max(gap, -gap) > least {
			continue
		}
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least || d == least && best == "" {
			best, least = c, d
		}
	}
	return best
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours between two words (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	var before []int
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		next := make([]int, len(t)+1)
		next[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(t)]
}

// zoneHint guesses which time zone was meant.
func zoneHint(name string) string {
	zones := strings.Fields(zoneNames)
	switch strings.ToUpper(name) {
	case "KST":
		return `did you mean "Asia/Seoul"?`
	case "JST":
		return `did you mean "Asia/Tokyo"?`
	case "LOCAL":
		return "name a place, like Asia/Seoul: what is local depends on the machine"
	}
	if strings.ContainsAny(name, "+0123456789") {
		return "name a place, like Asia/Seoul: an offset knows no summer time"
	}
	bare := strings.NewReplacer(" ", "_").Replace(name)
	for _, zone := range zones {
		_, city, _ := strings.Cut(zone, "/")
		city = city[strings.LastIndexByte(city, '/')+1:]
		if strings.EqualFold(zone, bare) || city != "" && strings.EqualFold(city, bare) {
			return `did you mean "` + zone + `"?`
		}
	}
	if zone := nearest(bare, zones); zone != "" {
		return `did you mean "` + zone + `"?`
	}
	return "write a name of the tz database, like Asia/Seoul or Europe/Berlin"
}
