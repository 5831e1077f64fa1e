package main

import (
	"context"
	"os"
	"runtime/debug"
	figures "runtime/metrics"
	"time"
)

// How much a heap may grow before garbage is looked for. Most of what a worker
// has stays, the stories above all, and little is added.
const (
	busyGrowth  = 50      // percent of what lives, while more than busyCycles look for it
	calmGrowth  = 25      // else
	leastGrowth = 8 << 20 // bytes
	busyCycles  = 10      // within heapTick
	heapTick    = 10 * time.Second
)

// tendHeap lets the heap have as much garbage as saves processor time, and no
// more, until ctx is done. GOGC, where it is set, decides instead.
func tendHeap(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(busyGrowth))
	seen := []figures.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	cycles := uint64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(heapTick):
		}
		figures.Read(seen)
		debug.SetGCPercent(heapGrowth(seen[0].Value.Uint64(), seen[1].Value.Uint64()-cycles))
		cycles = seen[1].Value.Uint64()
	}
}

// heapGrowth is by how much percent a heap may grow of which so many bytes live
// and that was looked through so many times within heapTick.
func heapGrowth(live, cycles uint64) int {
	growth := calmGrowth
	if cycles > busyCycles {
		growth = busyGrowth
	}
	return max(growth, int(min(100, 100*leastGrowth/max(live, 1))))
}
