package rules

import (
	"bytes"
	"sync"
	"unicode/utf8"
)

// Korean writes particles, and the verbs 하다 되다 시키다 받다 that make verbs of
// nouns, and the copula 이다, right behind the noun: 위성 + 을, 발사 + 했다. A term
// finds its noun with any such tail and with nothing else: 위성을, not 위성방송.
//
// Particles (조사) and endings (어미) are those that the Standard Korean Language
// Dictionary of the National Institute of Korean Language lists and that occur
// in news prose; vocatives and dialect are left out, for they look like the ends
// of nouns (참여, 분야). Which form follows which sound is the dictionary's too
// (받침 있는 체언 뒤에): 은 이 을 과 으로 after a consonant, 는 가 를 와 로 after a vowel,
// 로 after ㄹ as well. Heeding it keeps 국가 from being 국 + 가.

// finals is a set of the sounds that a syllable can end in.
type finals uint8

const (
	onVowel finals = 1 << iota
	onRieul        // ㄹ
	onOther        // any other consonant

	onConsonant = onRieul | onOther
	onLo        = onVowel | onRieul
	onAny       = onVowel | onConsonant
)

// finalOf returns how s ends; onAny when it does not end in a Hangul syllable.
func finalOf(s []byte) finals {
	const rieul = 8 // of the 28 finals of a syllable, none being the first
	switch r, _ := utf8.DecodeLastRune(s); {
	case r < '가' || r > '힣':
		return onAny
	case (r-'가')%28 == 0:
		return onVowel
	case (r-'가')%28 == rieul:
		return onRieul
	}
	return onOther
}

// A tailTable says after which sounds a tail can stand.
type tailTable struct {
	particles map[string]roles
	verbs     map[string]finals // forms of the verbs and the copula
	nouns     [][]byte          // forms of them that are nouns again: 발사 + 함, 발사 + 함 + 을
}

// roles are the sounds a particle can follow, by its place among several.
type roles struct{ inner, second, last finals }

// plural stands between a noun and its particle; it is a particle itself. What
// follows it stands on its ㄹ.
const plural = "들"

// maxTailBytes bounds a tail: the longest in use have some eight syllables.
const maxTailBytes = 36

// isParticle says whether s is a particle, or up to three one after another, that
// can stand behind a sound of after.
func (t *tailTable) isParticle(s []byte, after finals) bool {
	if len(s) > maxTailBytes {
		return false
	}
	if rest, ok := bytes.CutPrefix(s, []byte(plural)); ok {
		return len(rest) == 0 || t.chain(rest, onRieul, 1)
	}
	return t.chain(s, after, 1)
}

// maxParticleBytes is the length of the longest particles: 으로부터.
const maxParticleBytes = 4 * syllableBytes

// chain reads s as particles, the first of them the n-th.
func (t *tailTable) chain(s []byte, after finals, n int) bool {
	if len(s) > (4-n)*maxParticleBytes {
		return false
	}
	if t.isOne(s, after, n) {
		return true
	}
	if n == 3 {
		return false
	}
	for i := 1; i < len(s) && i <= maxParticleBytes; i++ {
		if !utf8.RuneStart(s[i]) {
			continue
		}
		p := t.particles[string(s[:i])]
		if n == 1 && p.inner&after != 0 || n == 2 && p.second&after != 0 {
			if !bytes.Equal(s[i:], s[:i]) && t.chain(s[i:], finalOf(s[:i]), n+1) {
				return true
			}
		}
	}
	return false
}

// isOne says whether s is a particle that can be the n-th.
func (t *tailTable) isOne(s []byte, after finals, n int) bool {
	p, ok := t.particles[string(s)]
	return ok && (p.last&after != 0 || n == 1 && p.inner&after != 0 || n == 2 && p.second&after != 0)
}

// goesOn says whether s, behind a sound of after, begins with a particle that
// others may follow.
func (t *tailTable) goesOn(s []byte, after finals) bool {
	for i := 1; i <= min(len(s), maxParticleBytes); i++ {
		if i < len(s) && utf8.RuneStart(s[i]) && t.particles[string(s[:i])].inner&after != 0 {
			return true
		}
	}
	return bytes.HasPrefix(s, []byte(plural))
}

// isTail says whether s is a particle or a verb's form that can stand there.
func (t *tailTable) isTail(s []byte, after finals) bool {
	if len(s) > maxTailBytes {
		return false
	}
	if t.isParticle(s, after) || t.verbs[string(s)]&after != 0 {
		return true
	}
	if rest, ok := bytes.CutPrefix(s, []byte(plural)); ok && t.verbs[string(rest)]&onRieul != 0 {
		return true
	}
	for _, noun := range t.nouns {
		if rest, ok := bytes.CutPrefix(s, noun); ok && t.isParticle(rest, finalOf(noun)) {
			return true
		}
	}
	return false
}

// koreanTails is the table of tails, some thousands, built when Korean is first met.
var koreanTails = sync.OnceValue(func() *tailTable {
	t := &tailTable{particles: particles(), verbs: map[string]finals{}}
	t.copula()
	for _, v := range nounVerbs {
		t.conjugate(v)
	}
	return t
})

// A particle and the sounds it stands after.
type particle struct {
	text  string
	after finals
}

// innerParticles may be followed by others.
var innerParticles = []particle{
	{"에", onAny}, {"에서", onAny}, {"서", onAny}, {"에게", onAny}, {"에게서", onAny}, {"께", onAny}, {"께서", onAny},
	{"한테", onAny}, {"한테서", onAny}, {"더러", onAny}, {"에다", onAny}, {"에다가", onAny},
	{"으로", onOther}, {"로", onLo}, {"으로서", onOther}, {"로서", onLo}, {"으로써", onOther}, {"로써", onLo},
	{"으로부터", onOther}, {"로부터", onLo}, {"에서부터", onAny}, {"에게로", onAny}, {"에로", onAny},
	{"과", onConsonant}, {"와", onVowel}, {"하고", onAny}, {"이랑", onConsonant}, {"랑", onVowel},
	{"보다", onAny}, {"처럼", onAny}, {"같이", onAny}, {"만큼", onAny}, {"대로", onAny}, {"마냥", onAny},
	{"까지", onAny}, {"부터", onAny}, {"마저", onAny}, {"조차", onAny}, {"만", onAny}, {"뿐", onAny}, {"밖에", onAny}, {"마다", onAny},
}

// outerParticles end a word, alone or behind others.
var outerParticles = []particle{
	{"이", onConsonant}, {"가", onVowel}, {"은", onConsonant}, {"는", onVowel}, {"을", onConsonant}, {"를", onVowel},
	{"의", onAny}, {"도", onAny},
	{"이나", onConsonant}, {"나", onVowel}, {"이나마", onConsonant}, {"나마", onVowel}, {"이든", onConsonant}, {"든", onVowel},
	{"이든지", onConsonant}, {"든지", onVowel}, {"이라도", onConsonant}, {"라도", onVowel}, {"이야말로", onConsonant}, {"야말로", onVowel},
	{"은커녕", onConsonant}, {"는커녕", onVowel}, {"커녕", onAny}, {"치고", onAny}, {"요", onAny},
	{"엔", onAny}, {"에선", onAny}, {"에겐", onAny}, {"한텐", onAny}, {"께선", onAny}, {"으론", onOther}, {"론", onLo}, // with 는 grown in
	{"으로선", onOther}, {"로선", onLo}, {"까진", onAny}, {"부턴", onAny}, {"보단", onAny},
}

// secondParticles may follow an inner one: 에서 + 부터 + 는.
var secondParticles = []particle{
	{"까지", onAny}, {"부터", onAny}, {"마저", onAny}, {"조차", onAny}, {"만", onAny}, {"뿐", onAny}, {"보다", onAny}, {"처럼", onAny}, {"만큼", onAny},
	{"에", onAny}, {"으로", onOther}, {"로", onLo}, {"과", onConsonant}, {"와", onVowel},
}

func particles() map[string]roles {
	table := map[string]roles{}
	add := func(list []particle, role func(*roles) *finals) {
		for _, p := range list {
			r := table[p.text]
			*role(&r) |= p.after
			table[p.text] = r
		}
	}
	add(innerParticles, func(r *roles) *finals { return &r.inner })
	add(secondParticles, func(r *roles) *finals { return &r.second })
	add(outerParticles, func(r *roles) *finals { return &r.last })
	return table
}
