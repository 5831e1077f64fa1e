package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"newswatch/rules"
)

// A page shows explanations to people, one after another.
type page struct {
	out   io.Writer
	width int // cells, for text
	room  int // cells of the terminal; 0: there is none
	color bool
	all   bool // the whole text, and every clause and term

	b strings.Builder // an explanation, and what parts it from the next
}

func newPage(out io.Writer, all bool) *page {
	p := &page{out: out, all: all, width: max(min(columns(out), widestMessage), 40), color: colored(out)}
	if isTerminal(out) {
		p.room = columns(out)
	}
	return p
}

// explain shows the verdict with what decided, the text, and the clauses.
func (p *page) explain(a *rules.Article, x rules.Explanation) error {
	var verdict paragraph
	if x.Fired {
		verdict.add(found, "fires")
	} else {
		verdict.add(against, "silent")
	}
	verdict.add(strong, " "+x.Clause)
	verdict.add(plain, ": "+x.Decided())
	p.block("", verdict)
	p.texts(a, x)
	p.b.WriteByte('\n')
	if p.all {
		p.tree(x.Of, 0)
	} else {
		p.clauses(x)
	}
	_, err := io.WriteString(p.out, p.b.String())
	p.b.Reset()
	p.b.WriteByte('\n')
	return err
}

// decided shows less, for where the verdict has been told: the text with what was
// found in it, if anything was, and the clauses that decided.
func (p *page) decided(a *rules.Article, x rules.Explanation) error {
	if len(x.Hits)+len(x.Against) > 0 {
		p.texts(a, x)
	}
	if slices.ContainsFunc(x.Of, func(part rules.Explanation) bool { return part.Decisive }) {
		p.b.WriteByte('\n')
		p.decisive(x)
	}
	_, err := io.WriteString(p.out, p.b.String())
	p.b.Reset()
	return err
}

// texts shows title and body.
func (p *page) texts(a *rules.Article, x rules.Explanation) {
	p.text(a.Title, strong, marksIn(rules.Title, x))
	p.text(a.Body, plain, marksIn(rules.Body, x))
}

// text shows the title or the body with its marks.
func (p *page) text(text string, usual style, marks []mark) {
	if strings.TrimSpace(text) == "" {
		return
	}
	cuts := []cut{{0, len(text)}}
	if !p.all {
		cuts = cutsOf(text, marks)
	}
	var shown paragraph
	for i, c := range cuts {
		if i > 0 {
			shown.add(dim, " …")
		}
		if c.start > 0 && text[c.start] != ' ' {
			shown.add(plain, " ")
		}
		at := c.start
		for _, m := range marks {
			if m.start < at || m.end > c.end {
				continue
			}
			shown.add(usual, text[at:m.start])
			p.mark(&shown, m.style, text[m.start:m.end])
			at = m.end
		}
		shown.add(usual, text[at:c.end])
	}
	if cuts[len(cuts)-1].end < len(text) {
		shown.add(dim, " …")
	}
	p.b.WriteByte('\n')
	p.block("  ", shown)
}

func (p *page) mark(to *paragraph, s style, text string) {
	if p.color {
		to.add(s, text)
		return
	}
	to.add(s, "«"+text+"»")
}

// mostOthers is how many clauses are shown beside those that decided.
const mostOthers = 8

// clauses shows the clauses that decided, those that hold, and in a line each
// what others lack.
func (p *page) clauses(x rules.Explanation) {
	p.decisive(x)
	var others, rest []rules.Explanation
	enough := slices.ContainsFunc(x.Of, func(part rules.Explanation) bool { return part.Under == "any" && part.Fired })
	for _, part := range x.Of {
		switch {
		case part.Decisive:
		case part.Required() && !part.Fired:
			p.clause(part, 0)
		case part.Fired, part.Required():
			p.block(p.lead(part, 0), p.line(part))
		case !enough && part.Under == "any" && len(part.Hits) > 0 && len(others) < mostOthers:
			others = append(others, part)
		default:
			rest = append(rest, part)
		}
	}
	for _, part := range others {
		p.glimpse(part)
	}
	p.count("any", rest, x.Of)
	p.count("none", rest, x.Of)
}

// decisive shows the clauses that decided. One is shown with its parts, and what
// is lacking of all.
func (p *page) decisive(x rules.Explanation) {
	whole := true
	for _, part := range x.Of {
		switch {
		case !part.Decisive:
		case whole, part.Required() && !part.Fired:
			p.clause(part, 0)
			whole = false
		default:
			p.block(p.lead(part, 0), p.line(part))
		}
	}
}

// glimpse shows in one line what a clause found and what it lacks.
func (p *page) glimpse(x rules.Explanation) {
	x.Clause, x.Why = x.Lacks(), ""
	lead := p.lead(x, 0)
	lines := p.line(x).lines(p.width - cellsOf(lead) - 1)
	if len(lines) > 1 {
		lines[0].add(dim, "…")
	}
	p.block(lead, lines[0])
}

// count tells of the clauses that are not shown.
func (p *page) count(under string, rest, all []rules.Explanation) {
	other := func(x rules.Explanation) bool { return x.Under != under }
	rest, all = slices.DeleteFunc(slices.Clone(rest), other), slices.DeleteFunc(slices.Clone(all), other)
	switch {
	case len(rest) == 0:
		return
	case len(rest) == 1:
		p.block(p.lead(rest[0], 0), p.line(rest[0]))
		return
	}
	var line paragraph
	line.add(dim, under+": ")
	if len(rest) < len(all) {
		line.add(plain, fmt.Sprintf("%d other clauses do not hold", len(rest)))
	} else {
		line.add(plain, fmt.Sprintf("its %d clauses do not hold", len(rest)))
	}
	p.block(p.lead(rest[0], 0), line)
}

// clause shows a clause and its telling parts.
func (p *page) clause(x rules.Explanation, depth int) {
	parts := x.Telling()
	if depth == 0 && x.Decisive && len(parts) > 0 {
		x.Why = "" // the verdict told it
	}
	p.block(p.lead(x, depth), p.line(x))
	for _, part := range parts {
		p.clause(part, depth+1)
	}
}

// tree shows all clauses and all their parts.
func (p *page) tree(of []rules.Explanation, depth int) {
	for _, x := range of {
		p.block(p.lead(x, depth), p.line(x))
		p.tree(x.Of, depth+1)
	}
}

// line is a clause and why it holds or does not.
func (p *page) line(x rules.Explanation) paragraph {
	const mostShown = 240
	var line paragraph
	if x.Under != "" {
		line.add(dim, x.Under+": ")
	}
	clause := x.Clause
	if !p.all {
		clause = shorten(clause, mostShown)
	}
	if x.Decisive {
		line.add(strong, clause)
	} else {
		line.add(plain, clause)
	}
	if x.Why != "" {
		line.add(plain, " — "+x.Why)
	}
	return line
}

// lead stands before a clause: yes where it lets the rule fire, else no.
func (p *page) lead(x rules.Explanation, depth int) string {
	indent := strings.Repeat("    ", depth)
	if x.Fired == (x.Under == "none") {
		return indent + "  no  "
	}
	return indent + "  yes "
}

// block shows a paragraph behind a lead.
func (p *page) block(lead string, text paragraph) {
	indent := strings.Repeat(" ", cellsOf(lead))
	for i, line := range text.lines(p.width - len(indent)) {
		if i == 1 {
			lead = indent
		}
		if len(line) > 0 {
			p.b.WriteString(lead + line.paint(p.color))
		}
		p.b.WriteByte('\n')
	}
}
