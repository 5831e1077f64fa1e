package rules

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	endToken     tokenKind = iota
	wordToken              // a bare word
	quoteToken             // "phrase"
	braceToken             // {phrase}
	nameToken              // $name
	exactToken             // = before a word or a "phrase"
	fieldToken             // title: before an operand
	openToken              // (
	shutToken              // )
	andToken               // AND
	orToken                // OR
	notToken               // NOT
	nearToken              // NEAR/n
	onearToken             // ONEAR/n
	nearSToken             // NEAR/s
	atLeastToken           // ATLEAST/n
)

// A token is one piece of a query. Text is what a term, a list's name or a
// field holds; Inner is where Text stands in the source.
type token struct {
	kind  tokenKind
	text  string
	n     int // NEAR/n, ATLEAST/n
	at    Span
	inner Span
}

// Bounds on what is read. Analysts' longest queries, lists of names pasted
// from other tools, are some 10,000 characters; brackets go five deep.
const (
	maxQueryBytes = 64 << 10
	maxDepth      = 50
	maxNear       = 100
	maxAtLeast    = 1000
)

// lexer cuts a query into tokens. Mistakes that can be told from one token, and
// other tools' spellings, are gathered as problems; then the tokens are not
// parsed.
type lexer struct {
	src      string
	tokens   []token
	problems []*problem
}

func lex(src string) ([]token, []*problem) {
	l := &lexer{src: src}
	for i := 0; i < len(src); {
		i = l.next(i)
	}
	return l.tokens, l.problems
}

// next reads one token at i, or skips white space, and returns where it ends.
func (l *lexer) next(i int) int {
	r, size := utf8.DecodeRuneInString(l.src[i:])
	switch {
	case unicode.IsSpace(r):
		return i + size
	case r == '(':
		return l.add(openToken, "(", Span{i, i + 1})
	case r == ')':
		return l.add(shutToken, ")", Span{i, i + 1})
	case r == '{':
		return l.braces(i)
	case r == '}':
		l.fault(Span{i, i + 1}, "this } has no { before it", "write {SCM} to find a word exactly as written")
		return i + 1
	case isQuote(r):
		return l.quoted(i)
	}
	end := i + strings.IndexFunc(l.src[i:], endsWord)
	if end < i {
		end = len(l.src)
	}
	return l.word(i, end)
}

func (l *lexer) add(kind tokenKind, text string, at Span) int {
	l.tokens = append(l.tokens, token{kind: kind, text: text, at: at, inner: at})
	return at.End
}

func (l *lexer) fault(at Span, message, hint string) {
	l.problems = append(l.problems, &problem{at, message, hint})
}

// isQuote says whether r is a double quote, straight or typographic. Which one
// opens and which closes does not matter: word processors mix them up.
func isQuote(r rune) bool {
	switch r {
	case '"', '“', '”', '„', '‟':
		return true
	}
	return false
}

// endsWord says whether r ends a bare word.
func endsWord(r rune) bool {
	return unicode.IsSpace(r) || isQuote(r) || strings.ContainsRune("(){}", r)
}

func (l *lexer) quoted(start int) int {
	_, size := utf8.DecodeRuneInString(l.src[start:])
	from := start + size
	n := strings.IndexFunc(l.src[from:], isQuote)
	if n < 0 {
		l.fault(Span{start, from}, "this quote is never closed",
			"put the closing quote after the phrase's last word: “North Korea”")
		return len(l.src)
	}
	closing, size := utf8.DecodeRuneInString(l.src[from+n:])
	end := from + n + size
	if closing == '“' || closing == '„' {
		l.fault(Span{start, from}, "this quote is not closed before the next one opens",
			"put the closing quote after the phrase's last word: “North Korea”")
		return end
	}
	at, inner := Span{start, end}, trim(l.src, Span{from, from + n})
	if inner.Start == inner.End {
		l.fault(at, "there is nothing between these quotes", "write a word or a phrase between them")
		return end
	}
	if slop := slopAfter(l.src[end:]); slop > 0 {
		l.fault(Span{start, end + slop}, slopMessage, slopHint(l.text(inner), l.src[end+1:end+slop]))
		return end + slop
	}
	l.tokens = append(l.tokens, token{kind: quoteToken, text: l.text(inner), at: at, inner: inner})
	return end
}

func (l *lexer) braces(start int) int {
	n := strings.IndexAny(l.src[start+1:], "{}")
	if n < 0 || l.src[start+1+n] == '{' {
		l.fault(Span{start, start + 1}, "this { is never closed", "put } after the last word: {SCM}")
		return len(l.src)
	}
	at := Span{start, start + n + 2}
	inner := trim(l.src, Span{start + 1, start + 1 + n})
	if unquoted := trimQuotes(l.src, inner); unquoted.Start < unquoted.End {
		inner = unquoted
	}
	if inner.Start == inner.End {
		l.fault(at, "there is nothing between these braces", "write a word or a phrase between them: {SCM}")
		return at.End
	}
	l.tokens = append(l.tokens, token{kind: braceToken, text: l.text(inner), at: at, inner: inner})
	return at.End
}

// word reads the characters from start to end, which hold no space, bracket or
// quote: an operator, $name, =, field: or a bare word, or several of these glued
// together as in title:=SCM.
func (l *lexer) word(start, end int) int {
	for start < end {
		start = l.part(start, end)
	}
	return end
}

// part reads the first part of a word and returns where it ends.
func (l *lexer) part(start, end int) int {
	w, at := l.src[start:end], Span{start, end}
	switch w {
	case "AND":
		return l.add(andToken, w, at)
	case "OR":
		return l.add(orToken, w, at)
	case "NOT":
		return l.add(notToken, w, at)
	}
	if l.ranged(w, at) || l.name(w, at) {
		return end
	}
	if rest, ok := l.exact(w, at); ok {
		return rest
	}
	if rest, ok := l.field(w, at); ok {
		return rest
	}
	if l.foreign(w, at) || l.call(w, at) {
		return end
	}
	return l.add(wordToken, w, at)
}

// ranged reads NEAR/n, ONEAR/n, NEAR/s and ATLEAST/n.
func (l *lexer) ranged(w string, at Span) bool {
	op, _, ok := strings.Cut(w[:min(len(w), len("ATLEAST/"))], "/")
	if !ok {
		return false
	}
	arg := w[len(op)+1:]
	t := token{text: w, at: at, inner: at}
	most, least, hint := maxNear, 0, "write the number of words between: "+op+"/5, or NEAR/s for one sentence"
	switch op {
	case "NEAR":
		t.kind = nearToken
	case "ONEAR":
		t.kind = onearToken
	case "ATLEAST":
		t.kind = atLeastToken
		most, least, hint = maxAtLeast, 1, "write the number of hits: ATLEAST/3 satellite*"
	default:
		return false
	}
	if w == "NEAR/s" {
		t.kind = nearSToken
		l.tokens = append(l.tokens, t)
		return true
	}
	if n, ok := strings.CutSuffix(arg, "f"); ok && isNumber(n) && op == "NEAR" {
		l.fault(at, shorten(w)+" is another tool's way to say near, in this order", "write ONEAR/"+n)
		return true
	}
	n, err := strconv.Atoi(arg)
	switch {
	case !isNumber(arg):
		l.fault(at, fmt.Sprintf("%s wants a number after the /", op), hint)
	case err != nil || n > most || n < least:
		l.fault(at, fmt.Sprintf("%s/%s: the number must be between %d and %d", op, shorten(arg), least, most), hint)
	default:
		t.n = n
		l.tokens = append(l.tokens, t)
	}
	return true
}

// name reads $name. A $ before anything but a letter is part of a word: $5.
func (l *lexer) name(w string, at Span) bool {
	if !startsName(w) {
		return false
	}
	name := w[1:]
	if !isListName(name) {
		hint := "a list's name is lower-case letters a-z, digits and hyphens, as in $north-korea"
		if bare := strings.TrimRight(name, "*?.,;"); bare != name && isListName(bare) {
			hint = fmt.Sprintf("write $%s; wildcards belong to the entries of the list", bare)
		}
		l.fault(at, fmt.Sprintf("$%s cannot be the name of a list", shorten(name)), hint)
		return true
	}
	l.tokens = append(l.tokens, token{kind: nameToken, text: name, at: at, inner: Span{at.Start + 1, at.End}})
	return true
}

func startsName(w string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimPrefix(w, "$"))
	return w[0] == '$' && unicode.IsLetter(r)
}

// isListName says whether s may name a list: [a-z][a-z0-9-]*.
func isListName(s string) bool {
	for i, r := range s {
		letter := 'a' <= r && r <= 'z'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}

// exact reads = and the word glued to it. A lone = behind a word is text.
func (l *lexer) exact(w string, at Span) (end int, ok bool) {
	if w[0] != '=' {
		return 0, false
	}
	mark, rest := Span{at.Start, at.Start + 1}, w[1:]
	next, _ := utf8.DecodeRuneInString(l.src[at.End:])
	const hint = "= stands before one word or one phrase: =SCM or =“Freedom Edge”"
	switch {
	case rest == "" && isQuote(next):
		return l.add(exactToken, "=", mark), true
	case rest == "" && (next == '(' || next == '{'):
		l.fault(mark, "= cannot stand before a bracket", hint)
		return at.End, true
	case rest == "" && strings.TrimSpace(l.src[at.End:]) != "" && l.begins():
		l.fault(mark, "= must touch the word behind it", hint)
		return at.End, true
	case rest == "":
		return 0, false
	case rest[0] == '=' || startsName(rest):
		l.fault(mark, "= cannot stand before "+shorten(rest), hint)
		return at.End, true
	}
	if name, _, ok := strings.Cut(rest, ":"); ok && isField(strings.ToLower(name)) {
		l.fault(at, "= must stand after the field", fmt.Sprintf("write %s:=%s", name, rest[len(name)+1:]))
		return at.End, true
	}
	l.add(exactToken, "=", mark)
	return l.add(wordToken, rest, Span{mark.End, at.End}), true
}

// begins says whether no word of a phrase stands before what is read next.
func (l *lexer) begins() bool {
	if len(l.tokens) == 0 {
		return true
	}
	last := l.tokens[len(l.tokens)-1].kind
	return last != wordToken && last != quoteToken
}

// field reads a field's name and its colon; what follows is read on its own.
func (l *lexer) field(w string, at Span) (end int, ok bool) {
	name, rest, ok := strings.Cut(w, ":")
	if !ok || name == "" {
		return 0, false
	}
	colon := at.Start + len(name) + 1
	next, _ := utf8.DecodeRuneInString(l.src[at.End:])
	glued := rest != "" || next == '(' || next == '{' || isQuote(next)
	if !isField(name) {
		return at.End, l.strangeField(name, Span{at.Start, colon}, rest, glued)
	}
	if !glued {
		l.fault(at, fmt.Sprintf("%s: must touch what it narrows", name),
			fmt.Sprintf("write %s:word or %s:“several words”, without a space", name, name))
		return at.End, true
	}
	l.add(fieldToken, name, Span{at.Start, colon})
	if Field(name) == URL && rest != "" && rest[0] != '=' && !startsName(rest) && !strings.HasPrefix(rest, "ATLEAST/") {
		l.add(wordToken, rest, Span{colon, at.End}) // an address holds colons and slashes of its own
		return at.End, true
	}
	return colon, true
}

func (l *lexer) text(s Span) string { return l.src[s.Start:s.End] }

// trim shrinks s past the white space at its ends.
func trim(src string, s Span) Span {
	text := src[s.Start:s.End]
	s.Start += len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
	return Span{s.Start, s.Start + len(strings.TrimSpace(text))}
}

// trimQuotes shrinks s by one pair of double quotes that enclose it.
func trimQuotes(src string, s Span) Span {
	text := src[s.Start:s.End]
	first, size := utf8.DecodeRuneInString(text)
	last, lastSize := utf8.DecodeLastRuneInString(text)
	if len(text) < size+lastSize || !isQuote(first) || !isQuote(last) {
		return s
	}
	return trim(src, Span{s.Start + size, s.End - lastSize})
}
