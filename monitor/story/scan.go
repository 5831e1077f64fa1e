package story

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

type kind uint8

const (
	word    kind = iota // a stem
	stop                // a word that carries no event
	named               // a concept
	date                // "#11-22", "#11" for a month alone
	ordinal             // "o54"
	number              // "n1.5"
	gram                // two characters of an unspaced script, or a run of katakana
)

// A token is one term of a text. Tokens of abbreviations that stand for
// nothing do not exist.
type token struct {
	kind    kind
	key     string
	concept *concept
	month   uint8 // of a date
	day     uint8 // of a date; 0: a month alone
	number  int32 // of an ordinal, of a whole number below 10,000
	capital bool  // a word that begins with one
	display bool  // in a title that begins every word with a capital, or its first word
	bare    bool  // a date without its month
	serial  bool  // a number that says which one, after its name: 7号機
}

// names reports whether a title names somebody or something with t: a word in
// capitals, or in a script without them, that is no ordinary one.
func (t token) names(r rarity) bool {
	switch t.kind {
	case word:
		return t.capital && (r == 1 || !t.display && r < commonShare*priorReports)
	case gram:
		return r < ordinaryShare*priorReports
	}
	return false
}

// figure reports whether t is a number so exact that two reports of one event
// would give the same: of five digits and more, or with a fraction.
func (t token) figure() bool {
	return t.kind == number && !strings.Contains(t.key, "-") && (len(t.key) > len("n9999") || strings.Contains(t.key, "."))
}

// A scanner cuts one text into tokens.
type scanner struct {
	gazetteer *gazetteer
	month     int // that a bare day of the month lies in
	text      []rune
	at        int
	tokens    []token
}

// scan cuts text into tokens; month is the one that a bare day lies in.
func (g *gazetteer) scan(text string, month int) []token {
	s := scanner{gazetteer: g, month: month, text: []rune(norm.NFKC.String(text))}
	s.tokens = make([]token, 0, len(s.text)/4)
	for s.at < len(s.text) {
		switch r := s.text[s.at]; {
		case unicode.IsDigit(r):
			s.digits()
		case unspaced(r):
			s.characters()
		case unicode.IsLetter(r):
			s.word()
		default:
			s.at++
		}
	}
	return g.withConcepts(s.tokens)
}

func (s *scanner) emit(t token) { s.tokens = append(s.tokens, t) }

// peek is the rune n places on, 0 past the end.
func (s *scanner) peek(n int) rune {
	if s.at+n < len(s.text) {
		return s.text[s.at+n]
	}
	return 0
}

// word reads a word of a spaced script. "U.S." is one word, "N.Korea" two;
// US and UN in capitals are the country and the organisation.
func (s *scanner) word() {
	start := s.at
	if next := s.peek(1); next == '.' && unicode.IsLetter(s.peek(2)) && !unicode.IsLetter(s.peek(3)) {
		for unicode.IsLetter(s.peek(0)) && !unicode.IsLetter(s.peek(1)) {
			s.at++
			if s.peek(0) == '.' {
				s.at++
			}
		}
	} else {
		for r := s.peek(0); (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || apostrophe(r)) && !unspaced(r); r = s.peek(0) {
			s.at++
		}
	}
	text := string(s.text[start:s.at])
	switch text {
	case "US":
		text = "u.s"
	case "UN":
		text = "u.n"
	}
	text = strings.TrimRight(withoutPossessive(strings.ToLower(text)), ".'")
	if m := monthNamed(text); m != 0 && s.monthName(m, text, start) {
		return
	}
	switch n := ordinalNamed(text); {
	case n != 0:
		s.emit(token{kind: ordinal, key: ordinalKey(n), number: int32(n)})
	case s.gazetteer.stop[text]:
		s.emit(token{kind: stop, key: text})
	case text != "":
		s.emit(token{kind: word, key: stem(text), capital: unicode.IsUpper(s.text[start])})
	}
}

// monthName reads the day after or before a month's name. A bare "may" or
// "march" is a month only where it cannot be a verb: after a preposition and
// in capitals, or as "May's".
func (s *scanner) monthName(month int, name string, start int) bool {
	save := s.at
	for s.peek(0) == '.' || s.peek(0) == ' ' {
		s.at++
	}
	if day, ok := s.day(); ok {
		s.emit(dateToken(month, day))
		return true
	}
	s.at = save
	before := token{}
	if n := len(s.tokens); n > 0 {
		before = s.tokens[n-1]
	}
	if (before.kind == number || before.kind == ordinal) && before.number >= 1 && before.number <= 31 {
		s.tokens[len(s.tokens)-1] = dateToken(month, int(before.number))
		return true
	}
	if !unicode.IsUpper(s.text[start]) {
		return false
	}
	if name == "may" || name == "march" {
		switch before.key {
		case "in", "of", "since", "last", "this", "next", "late", "early", "mid", "from", "until", "by":
		default:
			if !apostrophe(s.text[save-1]) && !(save >= 2 && apostrophe(s.text[save-2])) {
				return false
			}
		}
	}
	s.emit(dateToken(month, 0))
	return true
}

// day reads a day of the month, with st, nd, rd or th.
func (s *scanner) day() (int, bool) {
	n, digits := s.integer(s.at)
	if digits == 0 || digits > 2 || n < 1 || n > 31 {
		return 0, false
	}
	s.at += digits
	if unicode.IsLetter(s.peek(0)) && !unspaced(s.peek(0)) {
		s.at += 2
	}
	return n, true
}

// bareDay takes a day of the month for one of the month of writing, or of the one
// that the word before it names.
func (s *scanner) bareDay(n int) {
	month := s.month
	before := strings.TrimRight(string(s.text[max(0, s.at-8):s.at]), "日일 0123456789")
	switch {
	case endsIn(before, "내달", "다음달", "다음 달", "来月", "翌月", "下月", "下个月", "下個月"):
		month = month%12 + 1
	case endsIn(before, "지난달", "先月", "上月", "上个月", "上個月"):
		month = (month+10)%12 + 1
	}
	t := dateToken(month, n)
	t.bare = true
	s.emit(t)
}

func endsIn(text string, endings ...string) bool {
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(text, e) })
}

func (s *scanner) integer(at int) (n, digits int) {
	for ; at+digits < len(s.text) && unicode.IsDigit(s.text[at+digits]) && digits < 9; digits++ {
		n = n*10 + int(s.text[at+digits]-'0')
	}
	return n, digits
}

// digits reads a number: an ordinal (54th, 54차, 第5次, 3回目), a date (11/22,
// 11月22日, 22日), or a plain number.
func (s *scanner) digits() {
	start := s.at
	n, width := s.integer(start)
	s.at += width
	switch r := s.peek(0); {
	case r == '月' || r == '월':
		s.at++
		for s.peek(0) == ' ' {
			s.at++
		}
		if day, digits := s.integer(s.at); digits > 0 && (s.peek(digits) == '日' || s.peek(digits) == '일') {
			s.at += digits + 1
			s.emit(dateToken(n, day))
			return
		}
		s.emit(dateToken(n, 0))
		return
	case (r == '日' || r == '일') && n >= 1 && n <= 31 && s.peek(1) != '間' && s.peek(1) != '本':
		s.at++
		s.bareDay(n)
		return
	case r == '号' || r == '號' || r == '호':
		s.at++
		if next := s.peek(0); next == '機' || next == '机' || next == '기' {
			s.at++
		}
		s.emit(token{kind: number, key: "n" + strconv.Itoa(n), number: int32(n), serial: true})
		return
	case strings.ContainsRune("次차回회屆届", r) && r != 0:
		s.at++
		s.emit(token{kind: ordinal, key: ordinalKey(n), number: int32(n)})
		return
	case r == '/' && n >= 1 && n <= 12 && (start == 0 || s.text[start-1] != '/'):
		s.at++
		if day, digits := s.integer(s.at); digits > 0 && digits <= 2 && day >= 1 && day <= 31 && s.peek(digits) != '/' {
			s.at += digits
			s.emit(dateToken(n, day))
			return
		}
		s.at--
	}
	switch suffix := strings.ToLower(string([]rune{s.peek(0), s.peek(1)})); suffix {
	case "st", "nd", "rd", "th":
		if !unicode.IsLetter(s.peek(2)) {
			s.at += 2
			s.emit(token{kind: ordinal, key: ordinalKey(n), number: int32(n)})
			return
		}
	}
	var digits strings.Builder
	for i := start; ; i++ {
		r := rune(0)
		if i < len(s.text) {
			r = s.text[i]
		}
		if (r == '.' || r == ',') && i+1 < len(s.text) && unicode.IsDigit(s.text[i+1]) {
			if r == '.' {
				digits.WriteByte('.')
			}
			continue
		}
		if !unicode.IsDigit(r) {
			s.at = i
			break
		}
		digits.WriteRune(r)
	}
	t := token{kind: number, key: "n" + digits.String()}
	if name := s.hyphenated(start); name != "" {
		t.key = name + "-" + digits.String()
	}
	if width <= 4 && digits.Len() == width {
		t.number = int32(n)
	}
	s.emit(t)
}

// hyphenated is the word that a number at start hangs on: the 19 of COVID-19
// and the 1 of Malligyong-1 are numbers of nothing else.
func (s *scanner) hyphenated(start int) string {
	n := len(s.tokens)
	if n == 0 || s.tokens[n-1].kind != word || start < 2 || s.text[start-1] != '-' || !unicode.IsLetter(s.text[start-2]) {
		return ""
	}
	return s.tokens[n-1].key
}

// characters reads a run of Hangul, kana and Han: concepts wherever they
// stand, the rest as overlapping pairs, hiragana as the particles it mostly
// is.
func (s *scanner) characters() {
	pending := s.at
	for s.at < len(s.text) && unspaced(s.text[s.at]) {
		if found, n, ok := s.gazetteer.atRunes(s.text[s.at:]); ok {
			s.grams(pending, s.at)
			for _, c := range found.concepts {
				s.emit(token{kind: named, key: c.key, concept: c})
			}
			s.at += n
			pending = s.at
			continue
		}
		if s.at > pending && scriptOf(s.text[s.at]) != scriptOf(s.text[s.at-1]) {
			s.grams(pending, s.at)
			pending = s.at
		}
		s.at++
	}
	s.grams(pending, s.at)
}

func (s *scanner) grams(from, to int) {
	run := s.text[from:to]
	switch {
	case len(run) == 0:
	case len(run) == 1 && s.gazetteer.alone[run[0]] != nil:
		c := s.gazetteer.alone[run[0]]
		s.emit(token{kind: named, key: c.key, concept: c})
	case len(run) == 1 || scriptOf(run[0]) == unicode.Hiragana:
		s.emit(token{kind: stop, key: string(run)})
	case scriptOf(run[0]) == unicode.Katakana:
		s.emit(token{kind: gram, key: string(run)})
	default:
		for i := 0; i+1 < len(run); i++ {
			s.emit(token{kind: gram, key: string(run[i : i+2])})
		}
	}
}

// withConcepts puts concepts in the place of the words that spell them.
func (g *gazetteer) withConcepts(tokens []token) []token {
	kept := tokens[:0]
	for i := 0; i < len(tokens); {
		if tokens[i].kind <= stop {
			if s, ok := g.atWords(tokens[i:]); ok {
				for _, c := range s.concepts {
					kept = append(kept, token{kind: named, key: c.key, concept: c, capital: tokens[i].capital})
				}
				i += len(s.words)
				continue
			}
		}
		kept = append(kept, tokens[i])
		i++
	}
	g.settleFire(kept)
	return kept
}

// settleFire takes "fire" for a launch where a missile or rocket stands near it:
// one is fired as well as launched.
func (g *gazetteer) settleFire(tokens []token) {
	const near = 4
	for i, t := range tokens {
		if t.key != "@launch/fire" {
			continue
		}
		for _, other := range tokens[max(0, i-near):min(len(tokens), i+near+1)] {
			if other.key == "@missile" || other.key == "@rocket" {
				tokens[i].key, tokens[i].concept = g.launch.key, g.launch
			}
		}
	}
}
