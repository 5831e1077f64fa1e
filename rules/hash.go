package rules

import "encoding/binary"

// Hashes of words and of their beginnings. They decide nothing: what has the hash
// of a key is compared with the key's term.

const hashPrime = 0x9E3779B97F4A7C15

func mixed(h uint64) uint64 { return h ^ h>>32 }

// wordHash hashes a whole word, eight bytes at a time.
func wordHash(b []byte) uint64 {
	h := uint64(len(b))
	for ; len(b) > 8; b = b[8:] {
		h = mixed((h ^ binary.LittleEndian.Uint64(b)) * hashPrime)
	}
	var rest uint64
	if cap(b) >= 8 {
		rest = binary.LittleEndian.Uint64(b[:8]) & (1<<(8*len(b)) - 1) // without what stands behind b
	} else {
		for i, c := range b {
			rest |= uint64(c) << (8 * i)
		}
	}
	return mixed(mixed((h^rest)*hashPrime) * hashPrime)
}

// A rolling hash is that of all bytes so far.
type rolling uint64

func (h rolling) with(c byte) rolling { return (h ^ rolling(c)) * 1099511628211 } // FNV-1a

func (h rolling) sum(kind keyKind) uint64 { return mixed(uint64(h)*hashPrime + uint64(kind)*hashPrime) }

func (k *key) hash() uint64 {
	if k.kind == wholeWord {
		return wordHash(k.text)
	}
	h := rolling(0)
	for _, c := range k.text {
		h = h.with(c)
	}
	return h.sum(k.kind)
}

// lengths tells, by its first letters, how long the keys are that begin so: bit n
// is set when one has n bytes. Four letters of Latin are told apart, two of
// Korean or Chinese, and two bytes of shorter keys.
type lengths struct {
	short [1 << 10]uint32
	long  []uint32 // as many as a power of two
}

// head hashes the first letters of b; ok is false if there are fewer.
func head(b []byte) (hash uint32, ok bool) {
	switch {
	case len(b) < 4:
		return 0, false
	case b[0] < 0xE0:
		return binary.LittleEndian.Uint32(b) * 0x9E3779B1 >> 16, true
	case len(b) < 6:
		return 0, false
	}
	two := uint64(binary.LittleEndian.Uint32(b)) | uint64(binary.LittleEndian.Uint16(b[4:]))<<32
	return uint32(two * hashPrime >> 48), true
}

func (l *lengths) add(b []byte) {
	bit := uint32(1) << len(b)
	if h, ok := head(b); ok {
		l.long[h&uint32(len(l.long)-1)] |= bit
		return
	}
	if len(b) > 1 {
		l.short[twoBytes(b[0], b[1])] |= bit
		return
	}
	for second := range 256 {
		l.short[twoBytes(b[0], byte(second))] |= bit
	}
}

func twoBytes(a, b byte) int { return (int(a)*37 + int(b)) & (1<<10 - 1) }

// at returns the lengths of keys that may begin b.
func (l *lengths) at(b []byte) uint32 {
	if len(b) < 2 {
		return l.short[twoBytes(b[0], 0)]
	}
	of := l.short[twoBytes(b[0], b[1])]
	if h, ok := head(b); ok {
		of |= l.long[h&uint32(len(l.long)-1)]
	}
	return of
}
