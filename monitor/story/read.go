package story

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"newswatch/monitor"
)

// How much of an article is read. The event of a wire report stands in its
// title and first paragraphs (the inverted pyramid); what follows is
// background that other events share.
const (
	maxTitle = 300 // runes
	maxBody  = 500 // runes, about the summary a feed carries
	maxTerms = 40  // bounds memory and time an article; title first
)

// The weight of a term by where it stands: the title is 1, the body's first
// leadTerms terms (about one paragraph) lead, the rest half of that; each
// repetition adds repeat, up to full.
const (
	titleWeight = 10
	leadWeight  = 6
	restWeight  = 3
	repeat      = 3
	fullWeight  = 13
	leadTerms   = 40
)

// A reading is what the index knows of an article.
type reading struct {
	at       time.Time
	language string // "ko", "ja", "zh" by script, else the tag's; "": unknown
	outlet   uint64 // hash; 0: unknown
	features []feature
	dates    []day // the title's
	phases   phase // the title's
	counted  []counted
	shingles []uint32 // ascending
}

// A feature is a term of an article before the index has a number for it.
type feature struct {
	hash   uint64
	rarity rarity
	weight uint8 // tenths
	title  bool
	free   bool // of any language: concepts, dates, ordinals, numbers, names in Latin letters
}

// A day is a date as a text names it; day 0 is the whole month.
type day struct{ month, day uint8 }

// counted is an ordinal and a term beside it: the 54th of what.
type counted struct {
	number uint16
	what   uint64
}

// phase is a set of the stages of an event that a title speaks of.
type phase uint8

const (
	planned phase = 1 << iota
	launched
	failed
	protested
	agreed
	suspended
	visited
)

func phaseNamed(act string) phase {
	stage, _, _ := strings.Cut(act, "/")
	return map[string]phase{
		"plan": planned, "launch": launched, "failure": failed, "protest": protested,
		"agree": agreed, "suspend": suspended, "visit": visited,
	}[stage]
}

func (g *gazetteer) read(a *monitor.Article, at time.Time) reading {
	when := a.Published
	if when.IsZero() {
		when = at
	}
	month := int(when.Month())
	title := g.scan(first(withoutDateline(withoutOutlet(a.Title, a.Outlet)), maxTitle), month)
	text := first(withoutDateline(a.Body), maxBody)
	body := g.scan(text, month)

	r := reading{at: at, language: language(a), outlet: hash(strings.ToLower(a.Outlet))}
	if a.Outlet == "" {
		r.outlet = 0
	}
	r.addTerms(g, title, body)
	r.addPhases(title)
	r.addCounted(title)
	r.addCounted(body)
	for _, t := range title {
		if t.kind == date {
			r.dates = append(r.dates, day{t.month, t.day})
		}
	}
	r.shingles = shingles(a.Title + "\n" + text)
	return r
}

func (r *reading) addTerms(g *gazetteer, title, body []token) {
	at := make(map[uint64]int, maxTerms)
	add := func(t token, weight uint8, inTitle bool) {
		if t.kind == stop {
			return
		}
		h := hash(t.key)
		if i, ok := at[h]; ok {
			if f := &r.features[i]; !inTitle {
				f.weight = min(fullWeight, max(f.weight, weight)+repeat)
			}
			return
		}
		if len(r.features) == maxTerms {
			return
		}
		at[h] = len(r.features)
		r.features = append(r.features, feature{hash: h, rarity: g.rarity(t), weight: weight, title: inTitle,
			free: t.kind != word && t.kind != gram})
	}
	for _, t := range title {
		add(t, titleWeight, true)
	}
	for i, t := range body {
		if i < leadTerms {
			add(t, leadWeight, false)
		} else {
			add(t, restWeight, false)
		}
	}
}

// addPhases notes the stages that the title's acts belong to. A launch that is
// still to come, by a word beside it or by a plan or notice in the same title,
// is planned.
func (r *reading) addPhases(title []token) {
	for i, t := range title {
		if t.concept == nil || t.concept.phase == 0 {
			continue
		}
		r.phases |= t.concept.phase
		if t.concept.phase == launched && toCome(title, i) {
			r.phases |= planned
		}
	}
	if r.phases&planned != 0 {
		r.phases &^= launched
	}
}

func toCome(title []token, i int) bool {
	for _, t := range title[max(0, i-2):i] {
		switch t.key {
		case "to", "will", "may", "could", "might", "would", "将", "將", "拟", "擬", "欲":
			return true
		}
	}
	if i+1 < len(title) {
		switch title[i+1].key {
		case "へ", "할", "예정":
			return true
		}
	}
	return false
}

// addCounted notes what each ordinal counts: the terms that follow it within
// four, and the one before it, which is where Chinese and Japanese put it
// (核協議グループ第5回会合). Places count nothing.
func (r *reading) addCounted(tokens []token) {
	for i, t := range tokens {
		if t.kind != ordinal {
			continue
		}
		for j := max(0, i-2); j < min(len(tokens), i+5) && len(r.counted) < 24; j++ {
			what := tokens[j]
			if j > i && what.kind == ordinal {
				break
			}
			if what.kind != word && what.kind != gram && what.kind != named ||
				what.concept != nil && what.concept.place || j < i && what.kind != named {
				continue
			}
			r.counted = append(r.counted, counted{uint16(t.number), hash(what.key)})
		}
	}
}

// language is the script's where the script tells, else the tag's.
func language(a *monitor.Article) string {
	var han bool
	for _, r := range a.Title + a.Body[:min(len(a.Body), 300)] {
		switch script(r) {
		case unicode.Hangul:
			return "ko"
		case unicode.Hiragana, unicode.Katakana:
			return "ja"
		case unicode.Han:
			han = true
		}
	}
	if han {
		return "zh"
	}
	tag, _, _ := strings.Cut(a.Lang, "-")
	return strings.ToLower(tag)
}

// withoutOutlet cuts the outlet's name, which aggregators and site titles put
// after a dash or a bar.
func withoutOutlet(title, outlet string) string {
	title = strings.TrimSpace(title)
	for _, end := range []string{"...", "…"} {
		title = strings.TrimSpace(strings.TrimSuffix(title, end))
	}
	for _, bar := range []string{" - ", " | ", " – ", " — ", " » ", " > "} {
		i := strings.LastIndex(title, bar)
		if i < 0 {
			continue
		}
		name := strings.TrimSpace(title[i+len(bar):])
		if outlet != "" && strings.EqualFold(name, outlet) ||
			len(strings.Fields(title[:i])) >= 4 && len(strings.Fields(name)) <= 5 {
			return strings.TrimSpace(title[:i])
		}
	}
	return title
}

// withoutDateline cuts "SEOUL, Oct. 28 (Yonhap) --" and 【ソウル聯合ニュース】: the
// day of writing and the agency say nothing of the event.
func withoutDateline(text string) string {
	text = strings.TrimSpace(text)
	for _, pair := range []string{"【】", "（）", "[]", "()", "〔〕"} {
		brackets := []rune(pair)
		if strings.HasPrefix(text, string(brackets[0])) {
			if i := strings.IndexRune(text, brackets[1]); i > 0 && i < 120 {
				return strings.TrimSpace(text[i+len(string(brackets[1])):])
			}
		}
	}
	head := text[:min(len(text), 90)]
	for _, dash := range []string{" -- ", "—", " – ", " - "} {
		i := strings.Index(head, dash)
		if i < 0 {
			continue
		}
		before := strings.TrimSpace(head[:i])
		place, _, _ := strings.Cut(before, " ")
		place = strings.Trim(place, ",.")
		if strings.HasSuffix(before, ")") || len(place) > 3 && place == strings.ToUpper(place) && place != strings.ToLower(place) {
			return strings.TrimSpace(text[i+len(dash):])
		}
	}
	return text
}

func first(text string, runes int) string {
	for i := range text {
		if runes == 0 {
			return text[:i]
		}
		runes--
	}
	return text
}

// The parameters of the 64-bit FNV-1a hash.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func hash(s string) uint64 {
	h := uint64(fnvOffset)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}

// shingles are the hashes of every five words in a row, after Broder, "On the
// resemblance and containment of documents" (1997), over the first words of a
// text, which agencies' customers leave as they are when they cut the rest.
func shingles(text string) []uint32 {
	const size, span = 5, 48 // five words in a row are seldom chance; forty-eight are a lead
	var units [span]uint64
	n := 0
	for i := 0; i < len(text) && n < span; {
		r, width := utf8.DecodeRuneInString(text[i:])
		switch {
		case unspaced(r):
			units[n] = hash(text[i : i+width])
			n++
			i += width
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			start := i
			for i < len(text) {
				r, width := utf8.DecodeRuneInString(text[i:])
				if unspaced(r) || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
					break
				}
				i += width
			}
			units[n] = hash(strings.ToLower(text[start:i]))
			n++
		default:
			i += width
		}
	}
	var found []uint32
	for i := 0; i+size <= n; i++ {
		h := uint64(fnvOffset)
		for _, u := range units[i : i+size] {
			h = (h ^ u) * fnvPrime
		}
		found = append(found, uint32(h>>32)^uint32(h))
	}
	slices.Sort(found)
	return slices.Compact(found)
}
