package story

import (
	"slices"
	"testing"
)

func TestPostingIsARowOfNumbers(t *testing.T) {
	all := []uint32{0, 1, 128, 129, 257, 16_641, 16_642, 1 << 21, 1<<21 + 128, 1<<28 + 1<<22, 1<<32 - 1}
	for from := range all {
		for to := from + 1; to <= len(all); to++ {
			var p posting
			for _, n := range all[:to] {
				p.append(n)
			}
			first := all[0]
			for _, next := range all[1 : from+1] {
				if first += p.dropFirst(); first != next {
					t.Fatalf("%d follows, want %d", first, next)
				}
			}
			want := slices.Clone(all[from:to])
			slices.Reverse(want)
			for most := range len(want) + 2 {
				if got := slices.Collect(p.newest(most)); !slices.Equal(got, want[:min(most, len(want))]) {
					t.Fatalf("the newest %d of %v are %v", most, want, got)
				}
			}
			for ; len(want) > 1; want = want[1:] {
				if p.last != want[0] || int(p.count) != len(want) {
					t.Fatalf("%d numbers to %d, want %v", p.count, p.last, want)
				}
				p.dropLast()
			}
			if gap := p.dropFirst(); gap != 0 || p.count != 0 {
				t.Fatalf("after the only number %d come, by %d", p.count, gap)
			}
		}
	}
}

func TestPostingIsAsItsExampleShows(t *testing.T) {
	var p posting
	for _, n := range []uint32{3, 7, 300, 301} {
		p.append(n)
	}
	if want := []byte{4, 0xa5, 2, 1}; p.last != 301 || !slices.Equal(p.gaps, want) {
		t.Errorf("last %d, gaps %x; want 301, %x", p.last, p.gaps, want)
	}
	for n := range p.newest(4) {
		if n == 300 {
			return // and no more are read
		}
	}
	t.Error("300 is not among the newest")
}
