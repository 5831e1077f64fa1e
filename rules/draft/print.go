package draft

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// YAML is the draft as a rule file, with comments that tell the evidence and what to
// check.
func (d *Draft) YAML() []byte {
	w := &writer{}
	d.head(w)
	d.terms(w)
	w.line("rules:")
	for i, r := range d.Rules {
		if i > 0 {
			w.line("")
		}
		d.rule(w, r)
	}
	d.foot(w)
	return []byte(w.String())
}

// bare is the rules without comments.
func (d *Draft) bare() []byte {
	w := &writer{bare: true}
	d.terms(w)
	w.line("rules:")
	for _, r := range d.Rules {
		d.rule(w, r)
	}
	return []byte(w.String())
}

// A writer writes lines, and with bare no comments.
type writer struct {
	strings.Builder
	bare bool
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, format+"\n", args...)
}

func (w *writer) comment(indent, format string, args ...any) {
	if w.bare {
		return
	}
	for _, line := range wrap(fmt.Sprintf(format, args...), columns-len(indent)-2) {
		w.WriteString(indent + "# " + line + "\n")
	}
}

// aside is a comment behind a line, where it applies.
func (w *writer) aside(applies bool, text string) string {
	if w.bare || !applies {
		return ""
	}
	return "  # " + text
}

// columns is how long comments are.
const columns = 100

// wrap breaks text into lines of so many characters.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), "  "+word
			continue
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

func (d *Draft) head(w *writer) {
	w.line("# A draft by newswatch from %s:", many(len(d.documents), "document"))
	for i, doc := range d.documents {
		shown := doc.Title
		if shown == "" {
			shown = "(no title)"
		}
		w.comment("", "%d. %s (%s)", i+1, shorten(shown), oneLine(doc.Name))
		if len(d.inForce[i]) > 0 {
			w.comment("", "In force, and firing on it: %s", strings.Join(d.inForce[i], ", "))
		}
	}
	if len(d.Rules) > 1 {
		w.comment("", "Each topic is a rule of its own, the strongest first: delete the rules you do not want.")
	}
	w.comment("", "Behind a term: how often it stands in %s%s.", d.those(), d.archived())
	if d.unspaced {
		w.comment("", "Japanese and Chinese put no spaces between words: of such text only what stands in quotation marks, in katakana or in Latin letters was taken. Add the terms yourself.")
	}
	w.line("")
}

func (d *Draft) those() string {
	if len(d.documents) == 1 {
		return "the document"
	}
	return "the documents"
}

func (d *Draft) archived() string {
	if d.archive == 0 {
		return "; there was no archive to compare with"
	}
	return fmt.Sprintf(", and in how many of %s kept articles", thousands(d.archive))
}

func (d *Draft) terms(w *writer) {
	if len(d.Lists) == 0 {
		return
	}
	w.line("terms:")
	for _, l := range d.Lists {
		if l.known != "" {
			w.comment("  ", "Your rules have $%s: use that, and delete this list.", l.known)
		}
		w.line("  %s: [%s]", l.Name, strings.Join(l.Terms, ", "))
	}
	if !w.bare {
		w.line("")
	}
}

func (d *Draft) rule(w *writer, r *Rule) {
	w.line("  - id: %s%s", r.ID, w.aside(!isASCII(r.topic.main.text), "choose one of your own, in letters a-z"))
	w.line("    name: %s", scalar(r.Name))
	w.line("    why: %s", scalar(r.Why))
	if !w.bare {
		w.line("    severity: normal")
	}
	d.clauses(w, "all", r.All)
	if len(r.All) > 1 {
		w.comment("      ", "both are asked for: delete one if reports leave it out")
	}
	d.clauses(w, "any", r.Any)
	for _, c := range r.Wider {
		w.comment("      ", "wider: %s  (%s)", c.Query, d.evidence(c))
	}
	if w.bare {
		return
	}
	w.line("    # none: see what else has the words: newswatch search '%s'", r.Any[0].Query)
	if len(r.Alert) == 0 {
		w.line("    # examples: no title says it alone; add headlines that must alert, and some that must not")
		return
	}
	w.line("    examples:")
	w.line("      alert:")
	for _, t := range r.Alert {
		w.line("        - >-\n          %s", t)
	}
	w.line("      # ignore: add headlines that have the words and must not alert")
}

// scalar writes a text of one line as a value.
func scalar(text string) string {
	if isASCII(text) && !strings.ContainsAny(text, "#\"'") && !strings.Contains(text, ": ") && text[0] >= 'A' && text[0] <= 'Z' && !isReserved(text) {
		return text
	}
	return ">-\n      " + text
}

// clauses writes a list, its comments below one another.
func (d *Draft) clauses(w *writer, key string, list []Clause) {
	if len(list) == 0 {
		return
	}
	w.line("    %s:", key)
	width := 0
	for _, c := range list {
		if n := utf8.RuneCountInString(c.Query); n <= 44 {
			width = max(width, n)
		}
	}
	for _, c := range list {
		comment := "  # " + d.evidence(c)
		if w.bare {
			comment = ""
		}
		pad := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(c.Query)))
		if w.bare {
			pad = ""
		}
		w.line("      - %s%s%s", c.Query, pad, comment)
	}
}

// evidence is what speaks for a clause, in a few words.
func (d *Draft) evidence(c Clause) string {
	var said []string
	if c.apart {
		said = append(said, "in "+many(c.Times, "sentence"))
	} else {
		said = append(said, fmt.Sprintf("%dx", c.Times))
	}
	if len(d.documents) > 1 {
		said[0] += fmt.Sprintf(" in %d of %d", c.Documents, len(d.documents))
	}
	if c.Archive >= 0 {
		said = append(said, fmt.Sprintf("archive %s of %s", thousands(c.Archive), thousands(d.archive)))
	}
	if c.Note != "" {
		said = append(said, c.Note)
	}
	return strings.Join(said, "; ")
}

func (d *Draft) foot(w *writer) {
	if len(d.also)+len(d.names) == 0 {
		return
	}
	w.line("")
	if len(d.also) > 0 {
		var texts []string
		for _, p := range d.also {
			texts = append(texts, fmt.Sprintf("%s %dx", p.text, p.times))
		}
		w.comment("", "Also in %s, and in no rule: %s.", d.those(), strings.Join(texts, ", "))
	}
	if len(d.names) > 0 {
		const most = 12
		w.comment("", "Persons and bodies: %s.", strings.Join(d.names[:min(len(d.names), most)], ", "))
	}
}

func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// thousands writes 4312 as 4,312.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

func shorten(s string) string {
	const longest = 80
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return s
}
