package rules

import (
	"fmt"
	"strings"
)

// parse reads one query, whole:
//
//	expression = unary { AND unary } | unary { OR unary }
//	unary      = NOT unary | near
//	near       = operand [ (NEAR/n | ONEAR/n | NEAR/s) operand ]
//	operand    = term | "(" expression ")" | field:operand | ATLEAST/n operand
//	term       = word | "phrase" | =word | ="phrase" | {phrase} | $name
//
// A source without operators is a phrase. All problems that single tokens show
// are returned at once, else the grammar's first. What a $name holds is not
// looked at here.
func parse(src string) (Query, []*problem) {
	if len(src) > maxQueryBytes {
		return nil, []*problem{{Span{0, 1}, fmt.Sprintf("this query is longer than %d KiB", maxQueryBytes>>10),
			"put its terms into a list under terms: and name the list, as in $north-korea"}}
	}
	tokens, problems := lex(src)
	if len(problems) > 0 {
		return nil, problems
	}
	p := &parser{src: src, tokens: tokens}
	q, bad := p.query()
	if bad != nil {
		return nil, []*problem{bad}
	}
	return q, nil
}

type parser struct {
	src    string
	tokens []token
	next   int
	depth  int   // brackets, NOT, fields and ATLEAST that are open
	field  Field // the field that is open
}

func (p *parser) query() (Query, *problem) {
	if len(p.tokens) == 0 {
		return nil, &problem{Span{0, len(p.src)}, "this query is empty", "write a word, a phrase or an expression"}
	}
	if p.isPhrase() {
		return p.phrase()
	}
	if bad := p.lowerCase(); bad != nil {
		return nil, bad
	}
	q, bad := p.expression()
	if bad == nil && p.peek().kind != endToken {
		bad = p.unexpected()
	}
	return q, bad
}

func (p *parser) isPhrase() bool {
	for _, t := range p.tokens {
		if t.kind != wordToken && t.kind != quoteToken {
			return false
		}
	}
	return true
}

// phrase reads a source that has no operators.
func (p *parser) phrase() (Query, *problem) {
	first, last := p.tokens[0], p.tokens[len(p.tokens)-1]
	if first.kind == quoteToken && len(p.tokens) == 1 {
		return p.term(first.text, false, first.at, first.inner.Start)
	}
	at := Span{first.at.Start, last.at.End}
	for i, t := range p.tokens {
		if t.kind == quoteToken {
			if bad := p.lowerCase(); bad != nil {
				return nil, bad
			}
			words := strings.Join(strings.Fields(strings.Map(dropQuote, p.src)), " ")
			return nil, &problem{t.at, "a quoted phrase stands beside other words with no operator between",
				fmt.Sprintf("for one phrase write %s; for two terms put AND or OR between: %s", shorten(words), p.joined(i))}
		}
	}
	return p.term(p.text(at), false, at, at.Start)
}

func dropQuote(r rune) rune {
	if isQuote(r) {
		return -1
	}
	return r
}

// joined shows the i-th token, a quoted phrase, and its neighbours with AND between.
func (p *parser) joined(i int) string {
	quoted := func(tokens []token) string {
		text := make([]string, len(tokens))
		for i, t := range tokens {
			text[i] = t.text
		}
		if s := strings.Join(text, " "); len(tokens) > 1 || tokens[0].kind == quoteToken {
			return "“" + shorten(s) + "”"
		}
		return shorten(text[0])
	}
	parts := []string{quoted(p.tokens[i : i+1])}
	if i > 0 {
		parts = append([]string{quoted(p.tokens[:i])}, parts...)
	}
	if rest := p.tokens[i+1:]; len(rest) > 0 {
		parts = append(parts, quoted(rest))
	}
	return strings.Join(parts, " AND ")
}

// lowerCase finds an operator that is not in capitals. In a phrase it is a word.
func (p *parser) lowerCase() *problem {
	for i, t := range p.tokens {
		if t.kind != wordToken || i > 0 && p.tokens[i-1].kind == exactToken {
			continue
		}
		switch lower := strings.ToLower(t.text); lower {
		case "and", "or", "not":
			return &problem{t.at, fmt.Sprintf("%s is a word here, not an operator", t.text),
				fmt.Sprintf("write %s in capitals; if the word is meant, put its phrase in quotes: “command and control”", strings.ToUpper(lower))}
		}
		if i := strings.IndexAny(t.text, "（）｛｝＂"); i >= 0 {
			return &problem{t.at, "full-width brackets and quotes are text here", "write ( ) { } and “ ” instead"}
		}
	}
	return nil
}

func (p *parser) peek() token {
	if p.next < len(p.tokens) {
		return p.tokens[p.next]
	}
	return token{at: Span{len(p.src), len(p.src)}}
}

func (p *parser) take() token {
	t := p.peek()
	p.next++
	return t
}

// since is the source from start to the end of the last token taken.
func (p *parser) since(start int) Span { return Span{start, p.tokens[p.next-1].at.End} }

func (p *parser) text(s Span) string { return p.src[s.Start:s.End] }

func (p *parser) enter(t token) *problem {
	if p.depth++; p.depth > maxDepth {
		return &problem{t.at, fmt.Sprintf("more than %d brackets and operators inside one another", maxDepth),
			"split the query: every entry under all: must hold, one under any: is enough"}
	}
	return nil
}

func (p *parser) expression() (Query, *problem) {
	start := p.peek().at.Start
	q, bad := p.unary()
	if bad != nil {
		return nil, bad
	}
	of, sources, operators := []Query{q}, []Span{p.since(start)}, []token(nil)
	for p.peek().kind == andToken || p.peek().kind == orToken {
		operators = append(operators, p.take())
		part := p.peek().at.Start
		q, bad := p.unary()
		if bad != nil {
			return nil, bad
		}
		of, sources = append(of, q), append(sources, p.since(part))
	}
	if len(operators) == 0 {
		return q, nil
	}
	for _, op := range operators {
		if op.kind != operators[0].kind {
			return nil, p.mixed(op, operators, sources)
		}
	}
	if operators[0].kind == andToken {
		return &And{Of: of, At: p.since(start)}, nil
	}
	return &Or{Of: of, At: p.since(start)}, nil
}

func (p *parser) unary() (Query, *problem) {
	if p.peek().kind != notToken {
		return p.near()
	}
	t := p.take()
	if bad := p.enter(t); bad != nil {
		return nil, bad
	}
	x, bad := p.unary()
	p.depth--
	if bad != nil {
		return nil, bad
	}
	return &Not{X: x, At: p.since(t.at.Start)}, nil
}

func (p *parser) near() (Query, *problem) {
	start := p.peek().at.Start
	a, bad := p.operand()
	if bad != nil || !p.peek().isNear() {
		return a, bad
	}
	op := p.take()
	n := &Near{A: a, Within: op.n, Ordered: op.kind == onearToken, Sentence: op.kind == nearSToken}
	if p.peek().kind == notToken {
		return nil, p.notNear(n, op)
	}
	if n.B, bad = p.operand(); bad != nil {
		return nil, bad
	}
	n.At = p.since(start)
	if p.peek().isNear() {
		return nil, p.nearTwice(n)
	}
	if bad := checkNear(n); bad != nil {
		return nil, bad
	}
	return n, nil
}

func (t token) isNear() bool {
	return t.kind == nearToken || t.kind == onearToken || t.kind == nearSToken
}

func (p *parser) operand() (Query, *problem) {
	switch t := p.peek(); t.kind {
	case wordToken, quoteToken:
		p.next++
		return p.term(t.text, false, t.at, t.inner.Start)
	case braceToken:
		p.next++
		return p.term(t.text, true, t.at, t.inner.Start)
	case exactToken:
		p.next++
		term := p.take()
		return p.term(term.text, true, Span{t.at.Start, term.at.End}, term.inner.Start)
	case nameToken:
		p.next++
		return &Named{Name: t.text, At: t.at}, nil
	case openToken:
		return p.group()
	case fieldToken:
		return p.in()
	case atLeastToken:
		return p.atLeast()
	}
	return nil, p.missing()
}

func (p *parser) group() (Query, *problem) {
	t := p.take()
	if p.peek().kind == shutToken {
		return nil, &problem{Span{t.at.Start, p.peek().at.End}, "there is nothing between these brackets", "write a term or an expression between them, or take them away"}
	}
	if bad := p.enter(t); bad != nil {
		return nil, bad
	}
	q, bad := p.expression()
	p.depth--
	if bad != nil {
		return nil, bad
	}
	if p.peek().kind == endToken {
		return nil, &problem{t.at, "this ( is never closed", "put ) where the group ends"}
	}
	if p.peek().kind != shutToken {
		return nil, p.unexpected()
	}
	p.next++
	return q, nil
}

func (p *parser) in() (Query, *problem) {
	t := p.take()
	if p.field != "" {
		return nil, &problem{t.at, fmt.Sprintf("%s: cannot stand inside %s:", t.text, p.field),
			fmt.Sprintf("write the two beside each other: %s:… AND %s:…", p.field, t.text)}
	}
	if bad := p.enter(t); bad != nil {
		return nil, bad
	}
	p.field = Field(t.text)
	x, bad := p.operand()
	p.field = ""
	p.depth--
	if bad != nil {
		return nil, bad
	}
	q := &In{Field: Field(t.text), X: x, At: p.since(t.at.Start)}
	return q, nil
}

func (p *parser) atLeast() (Query, *problem) {
	t := p.take()
	if bad := p.enter(t); bad != nil {
		return nil, bad
	}
	x, bad := p.operand()
	p.depth--
	if bad != nil {
		return nil, bad
	}
	q := &AtLeast{N: t.n, X: x, At: p.since(t.at.Start)}
	if bad := checkAtLeast(q); bad != nil {
		return nil, bad
	}
	return q, nil
}

// term compiles a term whose text begins at byte start of the source. Parts of an
// address and codes of languages are compared as they are.
func (p *parser) term(text string, exact bool, at Span, start int) (Query, *problem) {
	if bad := unfit(p.field, text, at); bad != nil {
		return nil, bad
	}
	pattern, err := newPattern(text, exact)
	if err != nil && p.field != URL && p.field != Lang {
		return nil, termProblem(err, at, start)
	}
	return &Term{Text: text, Exact: exact, At: at, pattern: pattern}, nil
}
