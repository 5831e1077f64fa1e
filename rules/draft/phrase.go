package draft

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// A kind says how a phrase was found.
type kind uint8

const (
	words   kind = iota // content words one after another
	name                // words in capitals
	acronym             // capitals; long is what it stands for, if the documents say
	quoted              // between quotation marks, of a language without spaces
)

// A phrase is something that the documents name, with its evidence.
type phrase struct {
	kind  kind
	key   string   // its words' keys, apart by spaces
	keys  []string // them
	parts []part
	text  string // as it mostly stands
	long  *phrase
	short string // an acronym that stands for it

	times     int
	documents map[int]bool
	sentences []int // ascending, each once
	titles    int   // of how many documents
	first     int   // its first token, counted over all documents
	beside    map[string]bool
	plural    bool // its last word stands with several endings
	nested    int  // times it stands in a longer phrase
	longer    int  // of how many
	score     float64

	surfaces map[string]int
}

// maxWords is the length of the longest phrases: what is longer is a clause.
const maxWords = 5

// find gathers names, acronyms and phrases, and puts them in order.
func (s *Survey) find() {
	g := &gathering{survey: s, byKey: map[string]*phrase{}, lower: map[string]bool{}}
	g.names()
	g.acronyms()
	for i := range s.documents {
		g.document = i
		g.runs(s.documents[i].tokens, s.documents[i].titled)
		g.quotes(&s.documents[i])
		g.offset += len(s.documents[i].tokens)
	}
	s.phrases = g.ranked()
}

// A gathering counts phrases.
type gathering struct {
	survey   *Survey
	byKey    map[string]*phrase
	lower    map[string]bool // words that stand without a capital somewhere
	taken    map[*token]*phrase
	document int
	offset   int // tokens of the documents before
}

// runs finds the stretches between words that end a phrase. RAKE calls them
// candidate keywords (Rose et al., Automatic keyword extraction from individual
// documents, 2010); here every part of one is counted, and C-value decides.
func (g *gathering) runs(tokens []token, titled int) {
	from := 0
	flush := func(to int) {
		for i := from; i < to; i++ {
			for j := i + 1; j <= min(to, i+maxWords); j++ {
				g.count(words, tokens, i, j)
			}
		}
		from = to
	}
	for i := range tokens {
		t := &tokens[i]
		if t.gap == cut || i > 0 && ends(tokens[i-1], *t) && i >= titled {
			flush(i)
		}
		counter := i > 0 && t.script == hangul && t.gap == hyphen && tokens[i-1].script == digits // 년대
		if t.part == stop || t.actor != nil || g.taken[t] != nil || counter {
			flush(i)
			from = i + 1
		}
	}
	flush(len(tokens))
}

// ends says whether a phrase cannot go on from t to next: a particle follows t, or
// next is a name's beginning.
func ends(t, next token) bool {
	return t.tailed || t.verb || t.script != next.script || next.capital && !t.capital && next.gap != hyphen
}

// count takes tokens i to j as a phrase, if they can be one.
func (g *gathering) count(k kind, tokens []token, i, j int) *phrase {
	if k == words && (!stands(tokens[i:j]) || j < len(tokens) && tokens[j].gap == hyphen && tokens[j].script == latin) {
		return nil
	}
	keys := make([]string, 0, j-i)
	for _, t := range tokens[i:j] {
		keys = append(keys, t.key)
	}
	key := strings.Join(keys, " ")
	d := &g.survey.documents[g.document]
	p := g.byKey[key]
	if p == nil {
		p = &phrase{kind: k, key: key, keys: keys, documents: map[int]bool{}, surfaces: map[string]int{}, first: g.offset + i, beside: map[string]bool{}}
		for _, t := range tokens[i:j] {
			p.parts = append(p.parts, t.part)
		}
		g.byKey[key] = p
	}
	p.times++
	if i < d.titled && (len(p.sentences) == 0 || p.sentences[len(p.sentences)-1] < d.from) {
		p.titles++
	}
	p.documents[g.document] = true
	if n := len(p.sentences); n == 0 || p.sentences[n-1] != tokens[i].sentence {
		p.sentences = append(p.sentences, tokens[i].sentence)
	}
	p.surfaces[surface(d.text, tokens[i:j])]++
	if i > 0 && tokens[i].gap != cut {
		p.beside[tokens[i-1].key] = true
	}
	if j < len(tokens) && tokens[j].gap != cut {
		p.beside[tokens[j].key] = true
	}
	return p
}

// surface is the phrase as written, but for quotation marks and white space. Of
// Korean what follows its noun is gone.
func surface(text string, tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		switch {
		case i > 0 && t.gap == hyphen:
			b.WriteString(text[tokens[i-1].end:t.start])
		case i > 0:
			b.WriteByte(' ')
		}
		if t.script == hangul {
			b.WriteString(t.key)
		} else {
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// stands says whether tokens can be a phrase: something that says what it is about,
// and a noun, as far as that can be seen, at the end.
func stands(tokens []token) bool {
	first, last := tokens[0], tokens[len(tokens)-1]
	if last.script == latin && (last.part == quality || last.part == rare && isQuality(strings.ToLower(last.text))) {
		return false
	}
	if first.gap == hyphen && first.script == latin { // the rest of a compound
		return false
	}
	if first.script == latin && first.part == rare && strings.HasSuffix(first.text, "ing") && len(tokens) > 1 {
		return false
	}
	const longestKorean = 3
	if first.script == hangul && len(tokens) > longestKorean {
		return false
	}
	if len(tokens) == 1 {
		return first.part == rare && !(first.script == latin && (len(first.text) < 4 || strings.HasSuffix(first.text, "ing")))
	}
	says := 0
	for _, t := range tokens {
		if t.part == rare || t.part == ordinary || t.part == event {
			says++
		}
	}
	return says > 0
}

// ranked scores all phrases and returns them, the strongest first.
func (g *gathering) ranked() []*phrase {
	g.dropChance()
	for _, p := range g.byKey {
		if p.kind != words {
			continue
		}
		for _, q := range g.within(p) {
			q.nested += p.times
			q.longer++
		}
	}
	var ranked []*phrase
	for _, p := range g.byKey {
		p.text = p.mostly()
		if p.score = g.score(p); p.score > 0 {
			ranked = append(ranked, p)
		}
	}
	slices.SortFunc(ranked, byScore)
	return best(ranked)
}

// How many phrases are kept, of all documents together and at least of each: what a
// draft is made of, and what bounds its cost.
const (
	keptPhrases = 400
	keptOfEach  = 5
)

func best(ranked []*phrase) []*phrase {
	of := map[int]int{}
	var kept []*phrase
	for _, p := range ranked {
		wanted := len(kept) < keptPhrases
		for d := range p.documents {
			wanted = wanted || of[d] < keptOfEach
		}
		if !wanted {
			continue
		}
		for d := range p.documents {
			of[d]++
		}
		kept = append(kept, p)
	}
	return kept
}

// dropChance drops "extensive deterrence engagement", which stands once, where
// "extensive deterrence" stands elsewhere too, and "deterrence engagement" with it.
func (g *gathering) dropChance() {
	var chance []*phrase
	for _, p := range g.byKey {
		if p.times > 1 || p.kind != words {
			continue
		}
		within := g.within(p)
		if !slices.ContainsFunc(within, func(q *phrase) bool { return len(q.keys) > 1 && q.times > 1 }) {
			continue
		}
		chance = append(chance, p)
		for _, q := range within {
			if q.times == 1 && len(q.keys) > 1 {
				chance = append(chance, q)
			}
		}
	}
	for _, p := range chance {
		delete(g.byKey, p.key)
	}
}

// within are the shorter phrases in p.
func (g *gathering) within(p *phrase) []*phrase {
	var parts []*phrase
	for i := range p.keys {
		for j := i + 1; j <= len(p.keys); j++ {
			if q := g.byKey[strings.Join(p.keys[i:j], " ")]; q != nil && q != p {
				parts = append(parts, q)
			}
		}
	}
	return parts
}

func byScore(a, b *phrase) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.first, b.first), strings.Compare(a.key, b.key))
}

// mostly is the most frequent spelling, and notes whether there are several.
func (p *phrase) mostly() string {
	best := ""
	folded := map[string]bool{}
	for text, n := range p.surfaces {
		folded[strings.ToLower(text)] = true
		if best == "" || n > p.surfaces[best] || n == p.surfaces[best] && text > best { // lower case before capitals
			best = text
		}
	}
	p.plural = len(folded) > 1
	if p.kind == words && strings.ToLower(best[:1])+best[1:] == strings.ToLower(best) {
		best = strings.ToLower(best) // a sentence's first word
	}
	return best
}

// score is the C-value of a phrase (Frantzi, Ananiadou, Mima: Automatic recognition
// of multi-word terms, 2000), with log2(words + 1) in place of log2(words) so that
// single words count (Barrón-Cedeño et al. 2009), times what its words say, where it
// stands, and in how many documents.
func (g *gathering) score(p *phrase) float64 {
	length := float64(len(strings.FieldsFunc(p.text, func(r rune) bool { return r == ' ' })))
	alone := float64(p.times)
	if p.longer > 0 {
		alone -= float64(p.nested) / float64(p.longer)
	}
	if alone <= 0 {
		return 0
	}
	value := math.Log2(min(length, 3)+1) * math.Log2(1+alone)
	says, kin := 0.0, 0.0
	for i, part := range p.parts {
		says += part.weight()
		if part != stop {
			kin += math.Log2(1 + float64(g.survey.words[family(p.keys[i])]))
		}
	}
	n := float64(len(p.parts))
	if p.kind != words {
		says = max(says, 0.8*n)
	}
	value *= says / n * (1 + kin/n) * math.Sqrt(float64(len(p.documents)))
	if p.titles > 0 {
		value *= 1.6
	}
	if length > 3 && p.times == 1 {
		value *= 0.7 // a turn of phrase rather than a term
	}
	if length == 1 && p.times+p.titles < 2 && (p.kind == words || p.kind == name) {
		return 0
	}
	return value
}
