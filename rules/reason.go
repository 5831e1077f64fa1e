package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// tell puts into words why a clause holds or does not, where Why has not told it
// yet.
func (x *Explanation) tell() {
	if _, negates := x.query.(*Not); negates {
		x.Why = x.Of[0].Why
	}
	switch {
	case !x.Fired:
		x.line = x.lacks()
		x.Why = cmp.Or(x.Why, x.brief())
	case x.Why != "":
		x.line = bracketed(x.query) + ": " + x.Why
	default:
		x.line = strings.TrimSpace(bracketed(x.query) + " found " + quoted(x.Hits))
		x.Why = x.foundBy()
	}
}

// brief tells what a clause lacks to one who sees the clause and its parts.
func (x *Explanation) brief() string {
	if x.foundNothing() {
		switch x.query.(type) {
		case *Term:
			return "not found"
		case *Named, *Or:
			return "none of " + counted(x.Terms, "term")
		case *In:
			return x.Of[0].Why
		}
	}
	return x.line
}

// foundBy tells what was found, of lists also by which of their terms.
func (x *Explanation) foundBy() string {
	if x.Terms == 0 {
		return strings.TrimSpace("found " + quoted(x.Hits))
	}
	var texts []string
	seen := map[string]bool{}
	for _, s := range x.spots {
		text := s.source()
		if seen[strings.ToLower(text)] {
			continue
		}
		seen[strings.ToLower(text)] = true
		by := ""
		if !strings.EqualFold(s.term.Text, text) {
			by = " (" + s.term.String() + ")"
		}
		texts = append(texts, quote(text)+by)
	}
	return strings.TrimSpace("found " + listed(texts, 6))
}

// lacks tells what keeps a clause from holding, after what it has:
//
//	found "SCM", "Seoul", but not $defence-minister; kept silent by $other-scm: "supply chain"
func (x *Explanation) lacks() string {
	has, missing := quoted(x.Hits), listed(x.missing, 3)
	var first string
	switch {
	case has == "" && missing != "":
		first = missing + " not found"
	case missing != "":
		first = "found " + has + ", but not " + missing
	case has != "" && x.Why == "": // a NEAR names its nearest pair
		first = "found " + has
	}
	return joined(first, x.others())
}

// Lacks tells of a clause that does not hold what Why does, what keeps it from
// holding first.
func (x Explanation) Lacks() string {
	if _, near := x.query.(*Near); near && len(x.missing) == 0 {
		return x.spelled()
	}
	missing, has := listed(x.missing, 3), quoted(x.Hits)
	if missing != "" {
		missing += " not found"
	}
	if has != "" && len(x.amiss) == 0 {
		has = "found " + has
	} else {
		has = ""
	}
	return joined(missing, x.others(), has)
}

// others tells what keeps a clause from holding though it was found.
func (x *Explanation) others() string {
	parts := slices.Clone(x.amiss)
	for _, unwanted := range x.unwanted {
		parts = append(parts, "kept silent by "+unwanted)
	}
	return joined(parts...)
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "; ")
}

// nearestOf tells of the clause that came nearest of several under any.
func (x *Explanation) nearestOf(several int) string {
	switch {
	case x.foundNothing():
		return fmt.Sprintf("any: none of %d clauses found anything", several)
	case strings.HasPrefix(x.line, "found "):
		return "any: nearest " + x.line
	}
	return "any: nearest is " + x.spelled()
}

// spelled is the clause with why it does not hold.
func (x *Explanation) spelled() string { return shortenTo(x.Clause, 60) + ": " + x.Why }

// asUnwanted tells of a clause that holds and must not.
func (x *Explanation) asUnwanted() string {
	if len(x.Hits) == 0 {
		return x.line
	}
	return bracketed(x.query) + ": " + quoted(x.Hits)
}

// apart tells why no pair was close enough.
func (n *Near) apart(a, b []spot) string {
	first, second, ok := n.nearest(a, b)
	switch {
	case !ok && n.inOrder():
		return "never in this order in one text"
	case !ok:
		return "never two places in one text"
	}
	pair := fmt.Sprintf("nearest pair is %s apart, %s and %s", counted((between(first, second)+1)/2, "word"), quote(first.source()), quote(second.source()))
	if n.Sentence {
		return "never in one sentence; " + pair
	}
	return pair
}

// has tells what the article has in a field that is not text.
func (s *scan) has(f Field) string {
	what, values := "", []string(nil)
	switch f {
	case From:
		what, values = "the article is from", append([]string{strings.ToLower(s.host())}, s.article.Sources...)
	case Lang:
		what, values = "the article's language is", []string{s.article.Lang}
	case Author:
		what, values = "the author is", []string{s.article.Author}
	case Tag:
		what, values = "the tags are", s.article.Tags
	case URL:
		what, values = "the address is", []string{s.article.URL}
	}
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if len(values) == 0 {
		return what + " not known"
	}
	return what + " " + shortenTo(strings.Join(values, ", "), 120)
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// bracketed spells q as it would stand in an expression, short enough for a line.
func bracketed(q Query) string {
	text := shortenTo(q.String(), 80)
	switch q.(type) {
	case *And, *Or, *Near:
		return "(" + text + ")"
	}
	return text
}

// quoted lists what was found, each once, whatever its case.
func quoted(hits []Hit) string {
	var texts []string
	seen := map[string]bool{}
	for _, h := range hits {
		if folded := strings.ToLower(h.Text); !seen[folded] {
			seen[folded] = true
			texts = append(texts, quote(h.Text))
		}
	}
	return listed(texts, 4)
}

func quote(text string) string { return `"` + shortenTo(text, 60) + `"` }

// listed joins the first of texts, and counts the others.
func listed(texts []string, most int) string {
	if more := len(texts) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), more)
	}
	return strings.Join(texts, ", ")
}
