package story

import (
	"encoding/binary"
	"iter"
)

// A posting is a row of numbers, rising. It has the last of them, and how far
// each of the others lies below the one after it, as varints:
//
//	3, 7, 300, 301    last 301, gaps 4, 293, 1: 04 a5 02 01
//
// A varint ends with the one of its bytes that is below 0x80, so that they can
// be read from either end. The zero value has no number.
type posting struct {
	last  uint32
	count uint32
	gaps  []byte
}

func (p *posting) append(n uint32) {
	if p.count > 0 {
		if cap(p.gaps)-len(p.gaps) < binary.MaxVarintLen32 { // append would give it twice the room
			p.gaps = append(make([]byte, 0, len(p.gaps)*9/8+8), p.gaps...)
		}
		p.gaps = binary.AppendUvarint(p.gaps, uint64(n-p.last))
	}
	p.last = n
	p.count++
}

// dropFirst takes the first number out, and returns by how much the next one is
// greater; 0: there is none.
func (p *posting) dropFirst() (gap uint32) {
	p.count--
	if p.count == 0 {
		return 0
	}
	v, width := binary.Uvarint(p.gaps)
	p.gaps = p.gaps[width:]
	return uint32(v)
}

// dropLast takes the last number out.
func (p *posting) dropLast() {
	p.count--
	if p.count == 0 {
		return
	}
	gap, gaps := lastGap(p.gaps)
	p.last, p.gaps = p.last-gap, gaps
}

// lastGap takes the last varint off.
func lastGap(gaps []byte) (gap uint32, rest []byte) {
	at := len(gaps) - 1
	gap = uint32(gaps[at])
	for at > 0 && gaps[at-1] >= 0x80 {
		at--
		gap = gap<<7 | uint32(gaps[at]&0x7f)
	}
	return gap, gaps[:at]
}

// newest are the last numbers, the very last first, at most so many.
func (p *posting) newest(most int) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		number, gaps := p.last, p.gaps
		for left := min(most, int(p.count)); left > 0 && yield(number) && len(gaps) > 0; left-- {
			var gap uint32
			gap, gaps = lastGap(gaps)
			number -= gap
		}
	}
}
