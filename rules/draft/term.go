package draft

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// terms are the entries that find the phrase, in the rules' language.
func (p *phrase) terms() []string {
	switch {
	case p.kind == acronym:
		return []string{"=" + p.text}
	case p.kind == name || !isASCII(p.text):
		return []string{p.text}
	}
	i := strings.LastIndexAny(p.text, " -") + 1
	head, last := p.text[:i], p.text[i:]
	var terms []string
	for _, form := range endings(last, p.plural) {
		terms = append(terms, head+form)
	}
	return terms
}

// endings are the forms of a word that a rule looks for: with a wildcard where that
// finds little else.
func endings(word string, plural bool) []string {
	base := singular(word)
	switch {
	case !plural && base == word && hasAnySuffix(word, "nce", "ness", "ism", "ity", "ship", "ware", "tion", "sion"):
		return []string{word}
	case strings.HasSuffix(base, "y") && len(base) > 3 && !hasAnySuffix(base, "ay", "ey", "oy"):
		if base == word && !plural {
			return []string{word}
		}
		return []string{base, base[:len(base)-1] + "ies"}
	case len(base) < 5 && base != word:
		return []string{base, word}
	case len(base) < 5:
		return []string{word}
	}
	return []string{base + "*"}
}

// entry writes a term or a phrase as an entry of a list: in quotation marks where
// YAML or the rules' language would read it otherwise.
func entry(term string) string {
	term = strings.NewReplacer("/", " ", "‐", "-", "‑", "-").Replace(term)
	bare := strings.TrimPrefix(term, "=")
	switch first := []rune(bare)[0]; {
	case bare != term: // a word after = can be nothing else
		return term
	case !unicode.IsLetter(first), isReserved(bare):
		return "“" + term + "”"
	}
	return term
}

// isReserved says whether YAML takes the word for something else, or the rules'
// language for an operator.
func isReserved(term string) bool {
	switch strings.ToLower(term) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n", "inf", "nan":
		return true
	}
	return slices.ContainsFunc(strings.Fields(term), func(w string) bool {
		switch strings.TrimRight(w, "0123456789") {
		case "AND", "OR", "NOT", "NEAR", "ONEAR", "ATLEAST":
			return true
		}
		return false
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// operand writes a term within an expression.
func operand(term string) string {
	if strings.ContainsAny(term, " .-'’") && !strings.HasPrefix(term, "=") {
		return "“" + strings.Trim(entry(term), "“”") + "”"
	}
	return entry(term)
}

// within is how many words may stand between the two of a phrase taken apart: as many
// as "launch of its first military reconnaissance satellite" has.
const within = 6

// apart is the query for a phrase of two words that also stand near one another
// otherwise, and in how many sentences; "" where they do not.
func (s *Survey) apart(p *phrase) (query string, sentences []int) {
	if p.kind != words || len(p.keys) != 2 || !isASCII(p.text) || strings.Contains(p.text, "-") {
		return "", nil
	}
	for _, d := range s.documents {
		last := [2]int{-1, -1}
		for i, t := range d.tokens {
			for side := range last {
				if t.key != p.keys[side] {
					continue
				}
				last[side] = i
				other := last[1-side]
				if other < 0 || i-other > within+1 || d.tokens[other].sentence != t.sentence || i == other {
					continue
				}
				if n := len(sentences); n == 0 || sentences[n-1] != t.sentence {
					sentences = append(sentences, t.sentence)
				}
			}
		}
	}
	if len(sentences) <= len(p.sentences) {
		return "", nil
	}
	first, last, _ := strings.Cut(p.text, " ")
	if p.parts[0] == quality || isQuality(first) {
		return fmt.Sprintf("%s NEAR/%d %s", operand(first), within, loose(last)), sentences
	}
	return fmt.Sprintf("%s NEAR/%d %s", loose(first), within, loose(last)), sentences
}

// loose is a word with its endings, as an operand.
func loose(word string) string {
	forms := endings(word, true)
	if hasAnySuffix(word, "ed", "nce") {
		forms = []string{word}
	}
	for i := range forms {
		forms[i] = operand(forms[i])
	}
	if len(forms) > 1 {
		return "(" + strings.Join(forms, " OR ") + ")"
	}
	return forms[0]
}
