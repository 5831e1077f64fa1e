package story

import "encoding/binary"

// A packed report is one as the index keeps it, in some 350 bytes: there are
// tens of thousands of them, of which an article is compared with a few.
type packed struct {
	at    int64 // as in signs
	story int64
	rest  []byte
}

// What rest holds, numbers with their lowest byte first:
//
//	1      script, again and opens, as bits
//	2      phases
//	8      outlet
//	1 + 7  facts: how many; of each about, 1, number, 2, what, 4
//	1 + 3  terms: how many; of each by how much its number is above the one
//	       before, as a varint; weight, marks and whether it is in the title,
//	       as bits; after; and at, if it is
//	2      each shingle
const (
	scriptBits = 1<<2 - 1
	againBit   = 1 << 2
	opensBit   = 1 << 3

	weightBits = 1<<4 - 1
	marksShift = 4
	titleBit   = 1 << 7
)

// pack appends all of a report that packed has in rest. Its terms are in order
// of number.
func (r *report) pack(b []byte) []byte {
	head := byte(r.script)
	if r.again {
		head |= againBit
	}
	if r.opens {
		head |= opensBit
	}
	b = append(b, head)
	b = binary.LittleEndian.AppendUint16(b, uint16(r.phases))
	b = binary.LittleEndian.AppendUint64(b, r.outlet)
	b = append(b, byte(len(r.facts)))
	for _, f := range r.facts {
		b = append(b, byte(f.about))
		b = binary.LittleEndian.AppendUint16(b, f.number)
		b = binary.LittleEndian.AppendUint32(b, f.what)
	}
	b = append(b, byte(len(r.terms)))
	before := uint32(0)
	for _, w := range r.terms {
		b = binary.AppendUvarint(b, uint64(w.number-before))
		before = w.number
		bits := w.weight | byte(w.marks)<<marksShift
		if w.at > 0 {
			b = append(b, bits|titleBit, w.after, w.at)
		} else {
			b = append(b, bits, w.after)
		}
	}
	return append(b, r.shingles...)
}

func (p *packed) opens() bool { return p.rest[0]&opensBit != 0 }

// unpack makes r that report, in the room that r has for it.
func (p *packed) unpack(r *report) {
	facts, terms := r.facts[:0], r.terms[:0]
	b := p.rest
	r.story = p.story
	r.signs = signs{
		at: p.at, script: script(b[0] & scriptBits), again: b[0]&againBit != 0, opens: p.opens(),
		phases: phase(binary.LittleEndian.Uint16(b[1:])), outlet: binary.LittleEndian.Uint64(b[3:]),
	}
	n := b[11]
	b = b[12:]
	for ; n > 0; n-- {
		facts = append(facts, fact{topic(b[0]), binary.LittleEndian.Uint16(b[1:]), binary.LittleEndian.Uint32(b[3:])})
		b = b[7:]
	}
	n = b[0]
	b = b[1:]
	number := uint32(0)
	for ; n > 0; n-- {
		gap, width := uint64(b[0]), 1
		if gap >= 0x80 {
			gap, width = binary.Uvarint(b)
		}
		number += uint32(gap)
		b = b[width:]
		w := weighted{number: number, weight: b[0] & weightBits, after: b[1], marks: mark(b[0] &^ titleBit >> marksShift)}
		if b[0]&titleBit != 0 {
			w.at = b[2]
			b = b[3:]
		} else {
			b = b[2:]
		}
		terms = append(terms, w)
	}
	r.facts, r.terms, r.shingles = facts, terms, b
}
