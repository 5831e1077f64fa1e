package rules

import (
	"errors"
	"fmt"
	"strings"
)

// What the parser says when the grammar does not hold.

// mixed refuses AND beside OR and shows both readings; tools disagree on which
// binds first.
func (p *parser) mixed(at token, operators []token, operands []Span) *problem {
	andFirst := p.reading(andToken, operators, operands)
	orFirst := p.reading(orToken, operators, operands)
	return &problem{at.at, "AND and OR stand side by side, and brackets do not say which comes first",
		fmt.Sprintf("write %s or %s", andFirst, orFirst)}
}

// reading puts brackets round each run of operands that first joins.
func (p *parser) reading(first tokenKind, operators []token, operands []Span) string {
	const most = 12 // operands shown; more hide the point
	var b strings.Builder
	for i := range min(len(operands), most) {
		before := i > 0 && operators[i-1].kind == first
		after := i < len(operators) && operators[i].kind == first
		if i > 0 {
			b.WriteString(" " + operators[i-1].text + " ")
		}
		if after && !before {
			b.WriteByte('(')
		}
		b.WriteString(shortOperand(strings.Join(strings.Fields(p.text(operands[i])), " ")))
		if before && (!after || i == most-1) {
			b.WriteByte(')')
		}
	}
	if len(operands) > most {
		b.WriteString(" …")
	}
	return b.String()
}

func shortOperand(s string) string {
	short := shorten(s)
	if short != s && s[0] == '(' {
		short += ")"
	}
	return typographic(short)
}

// typographic replaces the straight quotes of s, which come in pairs, so that a
// hint can be pasted anywhere in a rule file.
func typographic(s string) string {
	var b strings.Builder
	opening := true
	for _, r := range s {
		if r == '"' {
			r = '”'
			if opening {
				r = '“'
			}
			opening = !opening
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unexpected refuses the next token, which stands where an operator must.
func (p *parser) unexpected() *problem {
	t := p.peek()
	if t.kind == shutToken {
		return &problem{t.at, "this ) has no ( before it", "put ( where the group begins, or take the ) away"}
	}
	if t.kind == notToken {
		return &problem{t.at, "NOT needs AND before it", "write AND NOT"}
	}
	if strings.EqualFold(t.text, "near") && t.kind == wordToken {
		return &problem{t.at, t.text + " is a word here, not an operator", "write NEAR/5: at most 5 words between; if the word is meant, put its phrase in quotes"}
	}
	last := p.tokens[p.next-1]
	first, end := p.next-1, p.next
	for first > 0 && last.kind == wordToken && p.tokens[first-1].kind == wordToken {
		first--
	}
	for end < len(p.tokens) && p.tokens[end].kind == wordToken {
		end++
	}
	between := fmt.Sprintf("there is no operator between %s and %s", p.shown(last), p.shown(t))
	if last.kind != wordToken || t.kind != wordToken {
		return &problem{t.at, between, "write AND, OR or NEAR/n between them"}
	}
	words := p.text(Span{p.tokens[first].at.Start, p.tokens[end-1].at.End})
	phrase := strings.Trim(strings.Join(strings.Fields(words), " "), "'‘’«»")
	return &problem{t.at, between,
		fmt.Sprintf("a phrase of several words needs quotes here: “%s”; for two terms write AND, OR or NEAR/n between them", shorten(phrase))}
}

func (p *parser) shown(t token) string { return typographic(shorten(p.text(t.at))) }

// missing refuses the next token, which stands where a term must.
func (p *parser) missing() *problem {
	t := p.peek()
	var before token
	if p.next > 0 {
		before = p.tokens[p.next-1]
	}
	const hint = "write a term, or take the operator away"
	switch {
	case p.next > 0 && before.kind != openToken && (t.kind == endToken || t.kind == shutToken):
		return &problem{before.at, "there is nothing after " + p.shown(before), hint}
	case t.kind == endToken:
		return &problem{before.at, "this ( is never closed", "write the group and put ) where it ends"}
	case t.kind == shutToken:
		return &problem{t.at, "this ) has no ( before it", "put ( where the group begins, or take the ) away"}
	case p.next == 0 || before.kind == openToken:
		return &problem{t.at, "there is nothing before " + p.shown(t), hint}
	case t.kind == notToken:
		return &problem{t.at, "NOT cannot stand after " + p.shown(before), "write NOT " + p.shown(before) + " and then the term"}
	}
	return &problem{t.at, fmt.Sprintf("there is nothing between %s and %s", p.shown(before), p.shown(t)), hint}
}

// unfit tells why no article can have text in the field.
func unfit(field Field, text string, at Span) *problem {
	switch {
	case field == Lang && !isLanguage(text):
		return &problem{at, fmt.Sprintf("%s is not a language code", shorten(text)),
			"write the two-letter code: lang:en, lang:ko, lang:ja, lang:zh"}
	case field == From && strings.HasPrefix(text, "*."):
		return &problem{at, "source: takes no wildcard in a host", "write source:" + shorten(text[2:]) + "; it finds all hosts under it"}
	case field == URL && strings.Contains(text, "*"):
		return &problem{at, "url: takes no wildcard", "write url:/nk/; it finds every address that has this part"}
	case field == From && isAddress(text):
		return &problem{at, "source: takes a host or a name, not an address", "write source:yna.co.kr, or url: and a part of the address"}
	}
	return nil
}

// isAddress says whether s is a host with a scheme or a path.
func isAddress(s string) bool {
	host, _, slash := strings.Cut(s, "/")
	return slash && strings.ContainsAny(host, ".:")
}

// isLanguage says whether s is the primary part of a BCP 47 tag.
func isLanguage(s string) bool {
	return (len(s) == 2 || len(s) == 3) && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz") == ""
}

// termProblem places a pattern's error in the source, where the term's text begins at start.
func termProblem(err error, at Span, start int) *problem {
	var p *patternError
	if !errors.As(err, &p) {
		return &problem{at, err.Error(), ""}
	}
	if p.At.End > p.At.Start {
		at = Span{start + p.At.Start, start + p.At.End}
	}
	return &problem{at, p.Message, p.Hint}
}
