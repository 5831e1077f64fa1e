package rules

import (
	"cmp"
	"fmt"
	"strings"
)

// Other tools' fields and functions, and what to write for them.

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
