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
	unwanted := inexactTerms(r.none)
	covered := func(entries []*entry, never string) {
		for _, e := range entries {
			if by := coveredBy(e.query, unwanted); by != "" {
				e.warn(e.query.span(), fmt.Sprintf("%s: %s under none finds all that this does", never, shorten(by)), "take one of the two away")
			}
		}
	}
	covered(r.all, "this rule can never fire")
	covered(r.any, "this can never make the rule fire")
	wanted := map[string]string{}
	for _, e := range r.any {
		wanted[e.query.String()] = "any"
	}
	for _, e := range r.all {
		wanted[e.query.String()] = r.rule.clauses()[0].name
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
	terms := inexactTerms(entries)
	for _, e := range entries {
		if by := coveredBy(e.query, terms); by != "" {
			e.warn(e.query.span(), fmt.Sprintf("%s is found by %s already", shorten(e.query.(*Term).Text), shorten(by)), "take it away; it changes nothing")
		}
	}
}

// inexactTerms are the entries that are terms without =, by key.
func inexactTerms(entries []*entry) map[string]string {
	terms := map[string]string{}
	for _, e := range entries {
		if t, ok := e.query.(*Term); ok && !t.Exact {
			terms[termKey(t)] = t.Text
		}
	}
	return terms
}

// termKey is the same for terms that find the same.
func termKey(t *Term) string { return strings.ToLower(strings.Join(strings.Fields(t.Text), " ")) }

// coveredBy returns the one of terms that finds all that q does, if q is a term
// itself: one with the same words whose last ends earlier, with a *.
func coveredBy(q Query, terms map[string]string) string {
	t, ok := q.(*Term)
	if !ok {
		return ""
	}
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
