package rules

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func (q *Term) String() string    { return spell(q, `"`, `"`) }
func (q *And) String() string     { return spell(q, `"`, `"`) }
func (q *Or) String() string      { return spell(q, `"`, `"`) }
func (q *Not) String() string     { return spell(q, `"`, `"`) }
func (q *Near) String() string    { return spell(q, `"`, `"`) }
func (q *AtLeast) String() string { return spell(q, `"`, `"`) }
func (q *In) String() string      { return spell(q, `"`, `"`) }
func (q *Named) String() string   { return spell(q, `"`, `"`) }

func (q *Term) span() Span    { return q.At }
func (q *And) span() Span     { return q.At }
func (q *Or) span() Span      { return q.At }
func (q *Not) span() Span     { return q.At }
func (q *Near) span() Span    { return q.At }
func (q *AtLeast) span() Span { return q.At }
func (q *In) span() Span      { return q.At }
func (q *Named) span() Span   { return q.At }

// spell writes q in the canonical spelling, with these quotes round phrases.
// Everything but a term, a $name or a field is bracketed inside another.
func spell(q Query, opening, closing string) string {
	s := speller{opening: opening, closing: closing}
	s.query(q)
	return s.String()
}

// forHint writes q for a hint: with typographic quotes it can be pasted anywhere
// in a rule file.
func forHint(q Query) string { return shortenTo(spell(q, "“", "”"), 120) }

type speller struct {
	strings.Builder
	opening, closing string
}

func (s *speller) query(q Query) {
	switch q := q.(type) {
	case *Term:
		s.term(q)
	case *Named:
		s.WriteString("$" + q.Name)
	case *And:
		s.list(q.Of, " AND ")
	case *Or:
		s.list(q.Of, " OR ")
	case *Not:
		s.WriteString("NOT ")
		s.part(q.X)
	case *Near:
		s.part(q.A)
		s.WriteString(q.operator())
		s.part(q.B)
	case *AtLeast:
		fmt.Fprintf(s, "ATLEAST/%d ", q.N)
		s.part(q.X)
	case *In:
		s.WriteString(string(q.Field) + ":")
		s.part(q.X)
	}
}

func (q *Near) operator() string {
	switch {
	case q.Sentence:
		return " NEAR/s "
	case q.Ordered:
		return fmt.Sprintf(" ONEAR/%d ", q.Within)
	}
	return fmt.Sprintf(" NEAR/%d ", q.Within)
}

func (s *speller) list(of []Query, operator string) {
	for i, q := range of {
		if i > 0 {
			s.WriteString(operator)
		}
		if not, ok := q.(*Not); ok {
			s.query(not)
			continue
		}
		s.part(q)
	}
}

// part writes an operand, in brackets unless it needs none.
func (s *speller) part(q Query) {
	switch q := q.(type) {
	case *Term, *Named, *In, *AtLeast:
		s.query(q)
	default:
		s.WriteByte('(')
		s.query(q)
		s.WriteByte(')')
	}
}

func (s *speller) term(t *Term) {
	switch {
	case t.Exact && strings.ContainsFunc(t.Text, isQuote):
		s.WriteString("{" + t.Text + "}")
		return
	case t.Exact:
		s.WriteByte('=')
	}
	if isBare(t.Text) {
		s.WriteString(t.Text)
		return
	}
	s.WriteString(s.opening + t.Text + s.closing)
}

// isBare says whether text can stand without quotes, whatever is beside it:
// letters and digits with wildcards, hyphens and full stops between them, and no
// operator, in capitals or not.
func isBare(text string) bool {
	for i, r := range text {
		plain := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '*' || r == '?'
		if !plain && (i == 0 || r != '.' && r != '-') {
			return false
		}
	}
	text = strings.ToLower(norm.NFKC.String(text)) // wide letters are refused as well
	op, _ := numbered(text)
	switch text {
	case "and", "or", "not", "near", "onear", "atleast", "adj", "sentence", "same", "paragraph", "xor", "andnot", "and-not", "butnot":
		return false
	}
	return op == "" || !isForeignNumbered(op)
}
