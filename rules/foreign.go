package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Analysts bring queries from other tools. Read as a phrase, "North Korea w/5
// launch" is three words that never stand side by side: the rule would load and
// never fire. So what other tools write is looked for in every word before the
// phrase rule, and refused with the way to write it here.
//
// Sources: the query help of Meltwater, Brandwatch, Talkwalker, LexisNexis,
// Factiva, Lucene, GDELT, Media Cloud, AlphaSense and FreshRSS.

// foreign faults w if it is another tool's operator.
func (l *lexer) foreign(w string, at Span) bool {
	message, hint := l.foreignOperator(w, at)
	for _, known := range []func(string) (message, hint string){foreignNumber, foreignWidth, foreignEnding, foreignShape} {
		if message == "" {
			message, hint = known(w)
		}
	}
	if message == "" {
		message, hint = l.foreignSign(w, at)
	}
	if message == "" {
		return false
	}
	l.fault(at, message, hint)
	return true
}

// foreignOperator knows the operators that are words of their own.
func (l *lexer) foreignOperator(w string, at Span) (message, hint string) {
	const paragraph, paragraphHint = " asks for one paragraph, which cannot be asked for here", "write NEAR/s for one sentence, or NEAR/50"
	switch strings.ToLower(w) {
	case "w/s", "/s", "near/s", "w/sent", "w/sentence":
		return w + " is another tool's way to ask for one sentence", "write NEAR/s"
	case "w/p", "/p", "near/p", "w/para", "w/paragraph":
		return w + paragraph, paragraphHint
	case "andnot", "and-not", "and_not", "butnot":
		return w + " is two words here", "write AND NOT"
	case "and/or":
		if w == strings.ToUpper(w) {
			return w + " is not an operator", "write OR; it holds for both as well"
		}
	}
	switch w {
	case "NEAR", "ONEAR", "ADJ":
		if l.between(at) {
			return w + " needs the number of words", "write NEAR/5: at most 5 words between (ONEAR/5: in this order); for the word itself put quotes round the phrase: “NEAR Protocol”"
		}
	case "ATLEAST":
		return w + " needs the number of hits", "write ATLEAST/3 and the term: ATLEAST/3 satellite*"
	case "SENTENCE":
		if l.between(at) {
			return w + " is another tool's way to ask for one sentence", "write NEAR/s; for the word itself put quotes round the phrase"
		}
	case "SAME", "PARAGRAPH":
		if l.between(at) {
			return w + paragraph, paragraphHint + "; for the word itself put quotes round the phrase"
		}
	case "XOR":
		return w + " is not an operator here", "write (a OR b) AND NOT (a AND b)"
	}
	if strings.Contains(w, "&&") {
		return "&& is another tool's way to say and", "write AND, with spaces round it"
	}
	if strings.Contains(w, "||") {
		return "|| is another tool's way to say or", "write OR, with spaces round it"
	}
	if w == "|" {
		return "| is another tool's way to say or", "write OR, with spaces round it"
	}
	return "", ""
}

// foreignNumber knows the operators that end in a number.
func foreignNumber(w string) (message, hint string) {
	const near = " is another tool's way to say near"
	op, n := numbered(strings.ToLower(w))
	switch op {
	case "w/", "/", "near/", "within/", "near:", "near~", "near=":
		return w + near, fmt.Sprintf("write NEAR/%s: at most %[1]s words between, in either order", n)
	case "near":
		return w + near, fmt.Sprintf("write NEAR/%s: at most %[1]s words between, in either order (Factiva's near%[1]s counts one less)", n)
	case "pre/", "onear/", "onear":
		return w + near + ", in this order", fmt.Sprintf("write ONEAR/%s: at most %[1]s words between", n)
	case "adj", "adj/":
		return w + near + ", in this order", fmt.Sprintf("write ONEAR/%s: at most %[1]s words between (Factiva's adj%[1]s counts one less)", n)
	case "atleast", "atleast/", "repeat", "atleast:":
		return w + " is another tool's way to ask for several hits", fmt.Sprintf("write ATLEAST/%s and the term: ATLEAST/%[1]s satellite*", n)
	}
	return "", ""
}

// foreignWidth knows operators and fields in the wide letters and signs that
// East Asian keyboards give.
func foreignWidth(w string) (message, hint string) {
	plain := norm.NFKC.String(w)
	if plain == w {
		return "", ""
	}
	if name, _, ok := strings.Cut(plain, ":"); ok && isField(strings.ToLower(name)) {
		return "this colon is full-width", fmt.Sprintf("write %s: with a plain colon", strings.ToLower(name))
	}
	op, _, _ := strings.Cut(plain, "/")
	switch op {
	case "AND", "OR", "NOT", "NEAR", "ONEAR", "ATLEAST":
		return w + " is in full-width letters", "write " + plain
	}
	if plain[0] == '=' && plain != "=" || startsName(plain) {
		return shorten(w) + " begins with a full-width sign", "write " + shorten(plain)
	}
	return "", ""
}

// foreignEnding knows launch! and launch$3. Names that end so, as Yahoo! and US$,
// have capitals.
func foreignEnding(w string) (message, hint string) {
	stem := strings.TrimRight(w, "0123456789")
	word := strings.TrimRight(stem, "!$")
	sign := stem[len(word):]
	isEnding := sign == "$" || sign == "!" && stem == w
	if !isEnding || len(word) < 3 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "", ""
	}
	return w[len(word):] + " after a word is another tool's way to say any ending",
		fmt.Sprintf("write %s*; for the word alone write %[1]s", shorten(word))
}

// foreignSign knows the signs that other tools put before a term. A hyphen before
// a digit is a number, and one that stands alone is a dash.
func (l *lexer) foreignSign(w string, at Span) (message, hint string) {
	sign, size := utf8.DecodeRuneInString(w)
	term := w[size:]
	next, _ := utf8.DecodeRuneInString(term)
	if term == "" {
		next, _ = utf8.DecodeRuneInString(l.src[at.End:])
		term = "x"
		if isQuote(next) || next == '(' || next == '{' {
			term = "…"
		}
	}
	glued := unicode.IsLetter(next) || isQuote(next) || strings.ContainsRune("({$=*", next)
	if !glued {
		return "", ""
	}
	switch sign {
	case '-', '!', '−', '–', '—':
		if len(l.tokens) > 0 && (sign == '–' || sign == '—') {
			return "", "" // a dash of the text: Pyongyang –Seoul
		}
		return fmt.Sprintf("%c before a term is another tool's way to say not", sign),
			fmt.Sprintf("write NOT %s (beside another term: AND NOT %[1]s)", shorten(term))
	case '+':
		return "+ before a term is another tool's way to say and", "write AND between the terms"
	}
	return "", ""
}

const (
	regexpMessage = "a regular expression cannot be used here"
	regexpHint    = "write the words, with * for any ending and ? for one letter"
)

// regexpShape finds what is a regular expression and no text: sat.*lite,
// launch.*, [Nn]orth, \bSCM or ^North.
var regexpShape = regexp.MustCompile(`\pL[.][*+]\pL|\pL{3}[.][*+]$|\[[A-Za-z-]{2,}\][a-z]|\\[bBdDsSwW]|^\^\pL`)

// foreignShape knows fields with =, regular expressions, boosts and fuzzy terms.
func foreignShape(w string) (message, hint string) {
	if i := strings.IndexAny(w, "=<>"); i > 0 {
		name, sign := strings.ToLower(w[:i]), w[i:i+1]
		if isField(name) {
			return fmt.Sprintf("%s%s is another tool's way to name a field", name, sign), fmt.Sprintf("write %s:word or %[1]s:“several words”", name)
		}
		if hint := cmp.Or(foreignField(name), factivaField(name)); hint != "" {
			return fmt.Sprintf("%s%s is another tool's field", w[:i], sign), hint
		}
	}
	if len(w) > 2 && w[0] == '/' && strings.Contains(w[1:], "/") {
		if strings.EqualFold(w, "/f50/") {
			return w + " is another tool's field", "write lead:word; the lead is the title and the first 60 words"
		}
		return regexpMessage, regexpHint
	}
	if regexpShape.MatchString(w) {
		return regexpMessage, regexpHint
	}
	if i := strings.LastIndexAny(w, "~^"); i > 0 && strings.Trim(w[i+1:], "0123456789.") == "" {
		if w[i] == '^' {
			return "^ weighs a term in another tool; nothing is weighed here", "write the term without ^"
		}
		return "~ after a word means similar spellings in another tool", "write the spellings: (Pyongyang OR Pyeongyang)"
	}
	return "", ""
}

func (l *lexer) between(at Span) bool {
	return len(l.tokens) > 0 && strings.TrimSpace(l.src[at.End:]) != ""
}

// slopAfter returns the length of a ~5 at the start of s.
func slopAfter(s string) int {
	if s == "" || s[0] != '~' {
		return 0
	}
	return len(s) - len(strings.TrimLeft(s[1:], "0123456789"))
}

const slopMessage = "~ after a phrase is another tool's way to say near"

func slopHint(phrase, n string) string {
	n = cmp.Or(n, "5")
	if words := strings.Fields(phrase); len(words) == 2 {
		return fmt.Sprintf("write %s NEAR/%s %s", shorten(words[0]), n, shorten(words[1]))
	}
	return fmt.Sprintf("write the terms with NEAR/%s between them", n)
}

// numbered splits near5, w/5 or near:5 before the digits at its end; op is empty
// if there are none.
func numbered(w string) (op, n string) {
	op = strings.TrimRight(w, "0123456789")
	if n = w[len(op):]; n == "" || len(n) > 3 {
		return "", ""
	}
	return op, n
}

// isForeignNumbered says whether op with a number after it, as in near5, is
// another tool's operator.
func isForeignNumbered(op string) bool {
	switch op {
	case "near", "onear", "adj", "atleast", "repeat", "phrase":
		return true
	}
	return false
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
