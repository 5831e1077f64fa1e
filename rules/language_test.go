package rules

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestLanguage reads testdata/language.txt, which tells its format.
func TestLanguage(t *testing.T) {
	page, err := os.ReadFile("testdata/language.txt")
	if err != nil {
		t.Fatal(err)
	}
	section, article, pairs := "", Article{}, 0
	for i, line := range strings.Split(string(page), "\n") {
		switch {
		case strings.HasPrefix(line, "## "):
			section, article = line[3:], Article{}
			continue
		case line == "" || line[0] == '#':
			continue
		case line[0] == '@':
			article = articleOf(t, strings.TrimPrefix(line[1:], " "))
			continue
		}
		pairs++
		t.Run(fmt.Sprintf("%s/%d %s", section, i+1, line), func(t *testing.T) { checkLine(t, line, article) })
	}
	if pairs < 120 {
		t.Errorf("%d pairs read, the file holds more", pairs)
	}
}

func checkLine(t *testing.T, line string, a Article) {
	query, text, quiet := strings.Cut(line, " => ")
	if !quiet {
		query, text, _ = strings.Cut(line, " -> ")
	}
	text = strings.ReplaceAll(text, `\n`, "\n")
	plain := strings.NewReplacer("«", "", "»", "").Replace(text)
	a.Title, a.Body, _ = strings.Cut(plain, " || ")
	if body, ok := strings.CutPrefix(plain, "|| "); ok {
		a.Title, a.Body = "", body
	}
	q, faults := ParseQuery(query)
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	hits, ok := naiveFind(q, &a)
	if want := quiet || plain != text; ok != want {
		t.Errorf("holds: %v, want %v; hits %v", ok, want, hits)
	}
	if got := marked(&a, hits); ok && got != text && !(quiet && len(hits) == 0) {
		t.Errorf("found %s", got)
	}
	matches := matchesOf(q, &a)
	if (len(matches) == 1) != ok || ok && !slices.Equal(matches[0].Hits, hits) {
		t.Errorf("as a rule it matches %v", matches)
	}
}

// matchesOf matches a rule that has one query.
func matchesOf(q Query, a *Article) []Match {
	return newEngine([]*Rule{{ID: "r", Enabled: true, all: []Query{q}}}).Match(a)
}

// marked writes an article as a line of the file has it.
func marked(a *Article, hits []Hit) string {
	title, body := a.Title, a.Body
	for i := len(hits) - 1; i >= 0; i-- {
		field := &body
		if hits[i].Field == Title {
			field = &title
		}
		s := *field
		*field = s[:hits[i].Start] + "«" + s[hits[i].Start:hits[i].End] + "»" + s[hits[i].End:]
	}
	switch {
	case a.Title == "":
		return "|| " + body
	case a.Body == "":
		return title
	}
	return title + " || " + body
}

func articleOf(t *testing.T, line string) (a Article) {
	for rest := line; rest != ""; {
		var key, value string
		key, rest, _ = strings.Cut(rest, "=")
		value, rest = rest, ""
		for _, next := range []string{" url=", " lang=", " author=", " sources=", " tags="} {
			if before, after, ok := strings.Cut(value, next); ok {
				value, rest = before, strings.TrimSpace(next)+after+rest
			}
		}
		switch key {
		case "url":
			a.URL = value
		case "lang":
			a.Lang = value
		case "author":
			a.Author = value
		case "sources":
			a.Sources = strings.Split(value, ",")
		case "tags":
			a.Tags = strings.Split(value, ",")
		default:
			t.Fatalf("no such key: %s", key)
		}
	}
	return a
}
