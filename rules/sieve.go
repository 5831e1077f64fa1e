package rules

import (
	"slices"
	"unicode/utf8"
)

// A sieve tells of most articles, without cutting them into words, that they have
// none of a few keys. With it an archive is searched several times as fast; with
// the keys of many rules it would let nearly all articles through.
//
// It knows only texts whose letters stand as they fold: without accents, full
// width, and what nobody sees. All others it lets through.
type sieve struct {
	keys  []sieveKey
	mask  uint32               // of the bytes of each that are marked
	marks [1 << 14 / 64]uint64 // a bit for the hash of these
}

// A sieveKey is letters in lower case. Of those of ASCII it is known where a word
// begins and ends.
type sieveKey struct {
	text       string
	start, end bool // a word begins with them, and ends
}

const (
	maxSieveKeys = 64  // beyond it most texts pass
	markedBytes  = 4   // at most: as many as the shortest key has
	maxSieveLook = 256 // places that look like a key: to read a text with more of them costs less
)

// newSieve is of the keys that wake the rules of p. It is nil if a rule is always
// awake, if there are too many of them, or one is too short to be rare.
func newSieve(p *program) *sieve {
	s, width := &sieve{}, markedBytes
	for term := range p.indexed {
		if len(p.wakes.at(term)) == 0 {
			continue
		}
		h := &p.hints[term]
		text := string(p.lettersOf(h))
		ascii := text[0] < utf8.RuneSelf
		k := sieveKey{text, ascii && h.kind <= wordStart, ascii && h.kind == wholeWord}
		if !slices.Contains(s.keys, k) {
			s.keys = append(s.keys, k)
		}
		width = min(width, len(text))
		if len(s.keys) > maxSieveKeys {
			return nil
		}
	}
	if len(p.always) > 0 || width < 2 {
		return nil
	}
	s.mask = 1<<(8*width) - 1
	for _, k := range s.keys {
		h := s.hash((k.text + "\x00\x00")[:markedBytes])
		s.marks[h>>6] |= 1 << (h & 63)
	}
	return s
}

// passes says whether an article may have one of the keys.
func (s *sieve) passes(a *Article) bool { return s.mayBeIn(a.Title) || s.mayBeIn(a.Body) }

func (s *sieve) mayBeIn(text string) bool {
	if !isAsSeen(text) {
		return true
	}
	last, looked := len(text)-markedBytes, 0
	for i := 0; i <= last; i++ {
		h := s.hash(text[i : i+markedBytes])
		if s.marks[h>>6]>>(h&63)&1 == 0 {
			continue
		}
		if looked++; looked > maxSieveLook || s.has(text, i) {
			return true
		}
	}
	for i := max(last+1, 0); i < len(text); i++ {
		if s.has(text, i) {
			return true
		}
	}
	return false
}

// hash hashes the first bytes of text that are marked, whatever their case.
func (s *sieve) hash(text string) uint32 {
	head := uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | uint32(text[3])<<24
	return (head | 0x20202020) & s.mask * 0x9E3779B1 >> (32 - 14)
}

// has says whether one of the keys lies at byte i of a text.
func (s *sieve) has(text string, i int) bool {
	for k := range s.keys {
		key := &s.keys[k]
		end := i + len(key.text)
		switch {
		case end > len(text) || !equalFold(text[i:end], key.text):
		case key.start && i > 0 && isWordByte(text[i-1]):
		case key.end && end < len(text) && isWordByte(text[end]):
		default:
			return true
		}
	}
	return false
}

// equalFold compares text with lower-case letters of the same length.
func equalFold(text, lower string) bool {
	for i := range len(text) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// isAsSeen says whether the letters of text fold to themselves, but for the case of
// those of ASCII: none comes of several, none of something else, and none that is
// invisible stands between two.
func isAsSeen(text string) bool {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		if syllableAt(text, i) != 0 {
			i += syllableBytes
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		seen, ok := plain(r)
		hasCase := 0xC0 <= r && r <= 0x44F
		if !ok || hasCase || seen < utf8.RuneSelf && isWordByte(byte(seen)) {
			return false
		}
		i += size
	}
	return true
}
