package main

import "testing"

func TestHeapGrowth(t *testing.T) {
	for _, test := range []struct {
		name         string
		live, cycles uint64
		want         int
	}{
		{"of nothing", 0, 0, 100},
		{"of little: at most twofold", 4 << 20, 0, 100},
		{"of the least that saves time", 16 << 20, 0, 50},
		{"while calm", 64 << 20, 10, 25},
		{"while busy", 64 << 20, 11, 50},
		{"of little while busy", 10 << 20, 100, 80},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := heapGrowth(test.live, test.cycles); got != test.want {
				t.Errorf("%d %%, want %d", got, test.want)
			}
		})
	}
}
