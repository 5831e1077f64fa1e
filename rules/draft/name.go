package draft

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// roles stand before the names of persons.
const roles = ` secretary minister president leader premier chancellor prime spokesman spokeswoman spokesperson general admiral gen col lt ambassador
envoy senator sen rep governor gov mayor director chief chairman chairwoman commander mr mrs ms dr prof king queen prince pope ceo
judge justice sheriff author analyst professor deputy vice foreign defense defence state affairs treasury interior finance `

func isRole(word string) bool { return strings.Contains(roles, " "+strings.ToLower(word)+" ") }

// names finds runs of words in capitals. Titles are left out: there all words may
// have them. What is a sentence's first word may be one too.
func (g *gathering) names() {
	g.taken = map[*token]*phrase{}
	for _, d := range g.survey.documents {
		for _, t := range d.tokens[d.titled:] {
			if !t.capital && t.script == latin {
				g.lower[strings.ToLower(t.text)] = true
			}
		}
	}
	offset := 0
	for i := range g.survey.documents {
		g.document, g.offset = i, offset
		d := &g.survey.documents[i]
		for from := d.titled; from < len(d.tokens); {
			to := g.nameEnd(d.tokens, from)
			if to > from {
				g.name(d.tokens, from, to)
			}
			from = max(to, from+1)
		}
		offset += len(d.tokens)
	}
	g.offset = 0
}

// nameEnd returns where the name that begins with token i ends; i: there is none.
func (g *gathering) nameEnd(tokens []token, i int) int {
	if !g.isNamed(tokens, i) {
		return i
	}
	end := i + 1
	for end < len(tokens) && tokens[end].gap != cut && tokens[end].script == latin {
		t := tokens[end]
		switch {
		case t.actor != nil:
			return end
		case t.capital, t.gap == hyphen && len(t.text) > 1 && t.part == rare: // Won-sik
			end++
		case t.text == "of" && end+1 < len(tokens) && tokens[end+1].capital && tokens[end+1].actor == nil && tokens[end+1].gap != cut:
			end += 2
		default:
			return end
		}
	}
	return end
}

func (g *gathering) isNamed(tokens []token, i int) bool {
	t := tokens[i]
	if t.script != latin || !t.capital || t.actor != nil || len(t.text) < 2 {
		return false
	}
	first := i == 0 || tokens[i-1].sentence != t.sentence
	return !first || t.part == rare && !g.lower[strings.ToLower(t.text)]
}

// name takes tokens i to j as a name. Behind a role stands a person.
func (g *gathering) name(tokens []token, i, j int) {
	person := i > 0 && isRole(tokens[i-1].text) && tokens[i].gap != cut
	for k := i; k < j; k++ {
		if isRole(tokens[k].text) && k+1 < j && tokens[k+1].part == rare {
			person, i = true, k+1
		}
	}
	for i < j && tokens[j-1].part == stop {
		j--
	}
	for i < j && tokens[i].part == stop {
		i++
	}
	for j-i > 2 && tokens[i].part == event { // Exercise Ulchi Freedom Shield
		i++
	}
	switch {
	case i == j, isRole(tokens[j-1].text):
		return
	case person && j < len(tokens) && tokens[j].actor != nil && tokens[j].gap != cut: // Vladimir
	case person:
		g.survey.person(surface(g.survey.documents[g.document].text, tokens[i:j]))
	case tokens[j-1].part == quality, j-i == 1 && (tokens[i].part != rare || tokens[i].acronym() || g.lower[strings.ToLower(tokens[i].text)]):
		return // a word with a capital for emphasis; acronyms are read later
	case j-i > maxWords+2:
		return // a headline
	}
	if !person {
		g.count(name, tokens, i, j)
	}
	for k := i; k < j; k++ {
		g.taken[&tokens[k]] = &phrase{}
	}
}

// person notes a name once, and not the surname alone after it.
func (s *Survey) person(name string) {
	for _, known := range s.people {
		if known == name || strings.HasSuffix(known, " "+name) || strings.HasPrefix(known, name+" ") {
			return
		}
	}
	s.people = append(s.people, name)
}

// acronyms finds capitals, and what they stand for: the words before or within the
// brackets beside them whose first letters they are (Schwartz, Hearst: A simple
// algorithm for identifying abbreviation definitions, 2003), or else a name of the
// documents with these first letters.
func (g *gathering) acronyms() {
	offset := 0
	for i := range g.survey.documents {
		g.document, g.offset = i, offset
		d := &g.survey.documents[i]
		shouted := allCapitals(d.tokens[:d.titled])
		for j := range d.tokens {
			t := &d.tokens[j]
			if !t.acronym() || t.actor != nil || t.script != latin || g.taken[t] != nil || j < d.titled && shouted || t.part == stop {
				continue
			}
			p := g.count(acronym, d.tokens, j, j+1)
			g.taken[t] = p
			if from := spelledBefore(d.tokens, j); from < j && p.long == nil {
				p.long = g.expansion(d.tokens, from, j)
			}
		}
		offset += len(d.tokens)
	}
	g.offset = 0
	for _, p := range g.byKey {
		if p.kind != acronym || p.long != nil {
			continue
		}
		for _, n := range g.byKey {
			if n.kind == name && strings.EqualFold(initials(n.keys), p.key) && (p.long == nil || n.key < p.long.key) {
				p.long = n
			}
		}
	}
	for _, p := range g.byKey {
		if p.kind == acronym && p.long != nil {
			p.long.short = p.text
		}
	}
}

func allCapitals(tokens []token) bool {
	return len(tokens) > 2 && !slices.ContainsFunc(tokens, func(t token) bool {
		return t.script == latin && strings.IndexFunc(t.text, unicode.IsLower) >= 0
	})
}

func initials(words []string) string {
	var b strings.Builder
	for _, w := range words {
		if w != "of" && w != "the" && w != "and" && w != "for" {
			r, _ := utf8.DecodeRuneInString(w)
			b.WriteRune(r)
		}
	}
	return b.String()
}

// spelledBefore is where the words begin that an acronym in brackets stands for; j:
// nowhere.
func spelledBefore(tokens []token, j int) int {
	letters := strings.ToLower(strings.ReplaceAll(tokens[j].text, ".", ""))
	from, left := j, len(letters)
	for left > 0 && from > 0 && j-from < len(letters)+3 && tokens[from-1].sentence == tokens[j].sentence {
		if from < j && tokens[from].gap == cut {
			return j
		}
		t := tokens[from-1]
		switch lower := strings.ToLower(t.text); {
		case lower[0] == letters[left-1]:
			left--
		case t.part != stop:
			return j
		}
		from--
	}
	if left > 0 {
		return j
	}
	return from
}

// expansion is the phrase of tokens i to j.
func (g *gathering) expansion(tokens []token, i, j int) *phrase {
	var keys []string
	for k := i; k < j; k++ {
		keys = append(keys, tokens[k].key)
	}
	if p := g.byKey[strings.Join(keys, " ")]; p != nil {
		return p
	}
	for k := i; k < j; k++ {
		g.taken[&tokens[k]] = &phrase{}
	}
	return g.count(name, tokens, i, j)
}

// quotes finds what stands between quotation marks in a language without spaces: a
// name or a term, if it is short.
func (g *gathering) quotes(d *document) {
	const marks, longest = "「」『』“”《》〈〉", 12 // runes
	opens, from := rune(0), 0
	for i, r := range d.text {
		at := strings.IndexRune(marks, r)
		switch n := utf8.RuneLen(r); {
		case at < 0:
		case at/3%2 == 0: // each mark has three bytes
			opens, from = r, i+n
		case opens != 0:
			if text := d.text[from:i]; utf8.RuneCountInString(text) <= longest {
				g.quote(d, from, i)
			}
			opens = 0
		}
	}
}

func (g *gathering) quote(d *document, from, to int) {
	i, _ := slices.BinarySearchFunc(d.tokens, from, func(t token, at int) int { return t.start - at })
	j := i
	for j < len(d.tokens) && d.tokens[j].end <= to {
		j++
	}
	inside := d.tokens[i:j]
	if len([]rune(d.text[from:to])) < 2 || len(inside) == 0 || strings.ContainsFunc(d.text[from:to], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return
	}
	if slices.ContainsFunc(inside, func(t token) bool { return t.script == unspaced }) {
		g.count(quoted, d.tokens, i, j)
	}
}
