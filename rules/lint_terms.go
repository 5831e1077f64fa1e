package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// lintTerms warns of single terms that find more than was surely meant.
func (l *loader) lintTerms() {
	exact := map[string]string{} // acronyms that stand somewhere as =NAME, in lower case
	l.eachTerm(func(_ *entry, t *Term) {
		if t.Exact && isAcronym(t.Text) {
			exact[strings.ToLower(t.Text)] = t.Text
		}
	})
	l.eachTerm(func(e *entry, t *Term) {
		if name, ok := exact[t.Text]; ok && !t.Exact {
			e.warn(t.At, fmt.Sprintf("%s finds the word in lower case too; elsewhere it stands as =%s", t.Text, name), "write ="+name)
		}
		if letters, ok := strings.CutSuffix(t.Text, "*"); ok && isShortPrefix(letters) {
			e.warn(t.At, fmt.Sprintf("%s finds hundreds of words", t.Text), "write more letters before the *, or the words themselves")
		}
	})
}

// eachTerm visits the terms of all entries; those of a $name where it is defined.
func (l *loader) eachTerm(visit func(*entry, *Term)) {
	each := func(entries []*entry) {
		for _, e := range entries {
			eachTerm(e.query, func(t *Term) { visit(e, t) })
		}
	}
	for _, name := range l.names {
		each(l.lists[name].entries)
	}
	for _, r := range l.drafts {
		each(r.clauses())
	}
}

func eachTerm(q Query, visit func(*Term)) {
	switch q := q.(type) {
	case *Term:
		visit(q)
	case *Named: // visited where it is defined
	default:
		for _, part := range operands(q) {
			eachTerm(part, visit)
		}
	}
}

// isAcronym says whether s is two to five Latin capitals, as in SCM or US. What
// is longer is seldom a word in lower case.
func isAcronym(s string) bool {
	return len(s) >= 2 && len(s) <= 5 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// isShortPrefix says whether s is one word of at most two Latin letters: an
// English dictionary has hundreds of words for nearly each of those.
func isShortPrefix(s string) bool {
	return utf8.RuneCountInString(s) <= 2 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == ""
}
