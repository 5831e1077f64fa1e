package rules

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
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
	if message == "" {
		message, hint = foreignNumber(w)
	}
	if message == "" {
		message, hint = l.foreignSign(w, at)
	}
	if message == "" {
		message, hint = foreignShape(w)
	}
	if message == "" {
		return false
	}
	l.fault(at, message, hint)
	return true
}

// foreignOperator knows the operators that are words of their own.
func (l *lexer) foreignOperator(w string, at Span) (message, hint string) {
	switch strings.ToLower(w) {
	case "w/s", "near/s", "w/sent", "w/sentence":
		return w + " is another tool's way to ask for one sentence", "write NEAR/s"
	case "w/p", "w/para", "near/p":
		return w + " asks for one paragraph, which cannot be asked for here", "write NEAR/s for one sentence, or NEAR/50"
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
	case "XOR":
		return w + " is not an operator here", "write (a OR b) AND NOT (a AND b)"
	}
	if strings.Contains(w, "&&") {
		return "&& is another tool's way to say and", "write AND, with spaces round it"
	}
	if strings.Contains(w, "||") || w == "|" {
		return shorten(w) + " is another tool's way to say or", "write OR, with spaces round it"
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

// foreignShape knows fields with =, regular expressions, boosts, fuzzy terms and
// functions.
func foreignShape(w string) (message, hint string) {
	if name, _, ok := strings.Cut(w, "="); ok {
		if isField(strings.ToLower(name)) {
			name = strings.ToLower(name)
			return fmt.Sprintf("%s= is another tool's way to name a field", name), fmt.Sprintf("write %s:word or %[1]s:“several words”", name)
		}
		if hint := cmp.Or(foreignField(name), factivaField(name)); hint != "" {
			return fmt.Sprintf("%s= is another tool's field", name), hint
		}
	}
	if name, _, ok := strings.Cut(w, "："); ok && isField(strings.ToLower(name)) {
		return "this colon is full-width", fmt.Sprintf("write %s: with a plain colon", strings.ToLower(name))
	}
	if len(w) > 2 && w[0] == '/' && strings.Contains(w[1:], "/") {
		if strings.EqualFold(w, "/f50/") {
			return w + " is another tool's field", "write lead:word; the lead is the title and the first 60 words"
		}
		return "a regular expression cannot be used here", "write the words, with * for any ending and ? for one letter"
	}
	if i := strings.LastIndexAny(w, "~^"); i > 0 && strings.Trim(w[i+1:], "0123456789.") == "" {
		if w[i] == '^' {
			return "^ weighs a term in another tool; nothing is weighed here", "write the term without ^"
		}
		return "~ after a word means similar spellings in another tool", "write the spellings: (Pyongyang OR Pyeongyang)"
	}
	return "", ""
}

// call faults a bare word glued to an opening bracket if it is another tool's function.
func (l *lexer) call(w string, at Span) bool {
	if !strings.HasPrefix(l.src[at.End:], "(") {
		return false
	}
	lower := strings.ToLower(w)
	message, hint := w+"( is another tool's function", ""
	name, n := numbered(lower)
	switch {
	case isField(lower):
		message, hint = w+"( is not how a field is written", fmt.Sprintf("write %s:( with a colon", lower)
	case lower == "allcaps" || lower == "caps":
		hint = "write =SCM or {SCM} to find a word exactly as written"
	case lower == "nocaps":
		hint = "write =word to find a word exactly as written, here in small letters"
	case lower == "phrase" || strings.HasPrefix(name, "phrase"):
		hint = "write the words in quotes, or NEAR/s between them for one sentence"
	case lower == "not" || lower == "and" || lower == "or":
		hint = "write " + strings.ToUpper(lower) + " in capitals"
	case name == "near" || name == "atleast" || lower == "near" || lower == "atleast":
		hint = fmt.Sprintf("write a NEAR/%s b", cmp.Or(n, "5"))
		if strings.HasPrefix(lower, "atleast") {
			hint = fmt.Sprintf("write ATLEAST/%s (a OR b)", cmp.Or(n, "3"))
		}
	default:
		if hint = foreignField(lower); hint == "" {
			return false
		}
	}
	l.fault(at, message, hint)
	return true
}

// strangeField faults name: where no field has that name, unless it looks like text.
func (l *lexer) strangeField(name string, at Span, rest string, glued bool) bool {
	lower := strings.ToLower(name)
	op, n := numbered(lower)
	message := shorten(name) + ": is not a field"
	switch {
	case isField(lower) && glued:
		l.fault(at, message, fmt.Sprintf("write %s: in small letters", lower))
	case op == "near" && glued:
		l.fault(at, message, fmt.Sprintf("write a NEAR/%s b", n))
	case (op == "repeat" || op == "atleast" || lower == "atleast" || lower == "repeat") && glued:
		l.fault(at, message, fmt.Sprintf("write ATLEAST/%s and the term", cmp.Or(n, "3")))
	case foreignField(lower) != "" && glued:
		l.fault(at, shorten(name)+": is another tool's field", foreignField(lower))
	case len(lower) > 3 && nearest(lower, fieldNames()) != "" && glued:
		l.fault(at, message, fmt.Sprintf("did you mean %s:? For the words themselves put them in quotes", nearest(lower, fieldNames())))
	case rest == "" && glued:
		l.fault(at, message, fieldsHint())
	default:
		return false
	}
	return true
}

// foreignField says what to write for another tool's field, or nothing if name
// is none that we know of.
func foreignField(name string) string {
	switch strings.ToLower(name) {
	case "intitle", "allintitle", "headline", "hl", "heading", "subject":
		return "write title:word or title:“several words”"
	case "hlead", "ingress", "intro":
		return "write lead:word; the lead is the title and the first 60 words"
	case "intext", "inbody", "allintext", "text", "content", "fulltext":
		return "write body:word or body:“several words”"
	case "site", "domain", "host", "publication", "outlet", "feed", "sourcename":
		return "write source:yna.co.kr or source:Yonhap"
	case "inurl", "allinurl", "link", "links", "uri":
		return "write url: and a part of the address"
	case "byline":
		return "write author:name"
	case "language", "sourcelang":
		return "write lang:ko, with the language's two-letter code"
	case "tags", "category", "label", "hashtags":
		return "write tag:word"
	case "raw":
		return "write =SCM or {SCM} to find a word exactly as written"
	case "country", "sourcecountry", "location", "filetype", "related", "cache", "length",
		"before", "after", "since", "date", "engagement", "reach", "section", "theme", "tone", "_exists_":
		return "this cannot be asked for here; " + fieldsHint()
	}
	return ""
}

// factivaField says what to write for one of Factiva's codes, which stand before =.
func factivaField(code string) string {
	switch strings.ToLower(code) {
	case "hd":
		return foreignField("headline")
	case "hlp", "lp":
		return foreignField("hlead")
	case "td", "txt":
		return foreignField("text")
	case "sn", "ns", "rst":
		return foreignField("site")
	case "by":
		return foreignField("byline")
	case "la":
		return foreignField("language")
	case "in", "re", "wc":
		return foreignField("section")
	}
	return ""
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
