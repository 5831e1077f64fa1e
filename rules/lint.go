package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// lint warns of what is legal and surely not meant. Only what is certain is told:
// after a warning that was wrong the next one is not read.
func (l *loader) lint() {
	l.lintTerms()
	for _, name := range l.names {
		warnIdle(l.lists[name].entries)
	}
	for _, r := range l.drafts {
		warnTwice(r.all)
		warnIdle(r.any)
		warnIdle(r.none)
		r.warnSilenced()
		if n := r.value("quiet"); n != nil && r.rule.Severity == High {
			r.doc.warn(r.doc.start(n), r.doc.origin(n).end, "quiet does nothing here: a rule of high severity alerts at any hour",
				"take quiet away, or lower the severity")
		}
	}
}

// warnSilenced warns of a none that takes back what the rule looks for.
func (r *draft) warnSilenced() {
	wanted := map[string]string{}
	for _, e := range r.any {
		wanted[e.query.String()] = "any"
	}
	for _, e := range r.all {
		wanted[e.query.String()] = "all"
	}
	for _, e := range r.none {
		under := wanted[e.query.String()]
		if under == "" {
			continue
		}
		message := "this rule can never fire: the same stands under " + under
		if under == "any" && len(r.any) > 1 {
			message = "the same stands under any, where it can never make the rule fire"
		}
		e.warn(e.query.span(), message, "take one of the two away")
	}
}

func warnTwice(entries []*entry) {
	seen := map[string]bool{}
	for _, e := range entries {
		s := e.query.String()
		if seen[s] {
			e.warn(e.query.span(), "this stands in the list already", "take it away; it changes nothing")
		}
		seen[s] = true
	}
}

// warnIdle warns of entries, any one of which is enough, that find nothing which
// another does not find: launches beside launch*.
func warnIdle(entries []*entry) {
	warnTwice(entries)
	wild := map[string]string{}
	for _, e := range entries {
		if t, ok := e.query.(*Term); ok && !t.Exact {
			wild[termKey(t)] = t.Text
		}
	}
	for _, e := range entries {
		t, ok := e.query.(*Term)
		if !ok {
			continue
		}
		if by := coveredBy(t, wild); by != "" {
			e.warn(t.At, fmt.Sprintf("%s is found by %s already", shorten(t.Text), shorten(by)), "take it away; it changes nothing")
		}
	}
}

// termKey is the same for terms that find the same.
func termKey(t *Term) string { return strings.ToLower(strings.Join(strings.Fields(t.Text), " ")) }

// coveredBy returns the term that finds all that t does; terms are those without
// =, by key. It is one with the same words whose last ends earlier, with a *.
func coveredBy(t *Term, terms map[string]string) string {
	key := termKey(t)
	if by, ok := terms[key]; ok && (t.Exact || by != t.Text) {
		return by
	}
	last := strings.LastIndexByte(key, ' ') + 1
	for i := len(key); utf8.RuneCountInString(key[last:i]) > 1; { // a single Han character is read otherwise
		if by, ok := terms[key[:i]+"*"]; ok && (t.Exact || key[:i]+"*" != key) {
			return by
		}
		_, size := utf8.DecodeLastRuneInString(key[:i])
		i -= size
	}
	return ""
}
