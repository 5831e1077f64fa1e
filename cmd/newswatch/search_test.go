package main

import (
	"slices"
	"testing"
	"time"

	"newswatch/monitor"
)

// Hours of a day: when an article was first seen, and as of when it counts.
func TestCatchesComeNewestFirst(t *testing.T) {
	hour := func(h int) time.Time { return time.Date(2026, 11, 21, h, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		read  [][2]int
		limit int
		want  []int
	}{
		"as they are read":                      {[][2]int{{9, 9}, {8, 8}, {7, 7}}, 9, []int{9, 8, 7}},
		"what was old when first seen waits":    {[][2]int{{9, 9}, {8, 2}, {8, 5}, {7, 7}, {4, 4}}, 9, []int{9, 7, 5, 4, 2}},
		"at the end nothing is left":            {[][2]int{{9, 3}, {9, 4}}, 9, []int{4, 3}},
		"no more than is wanted":                {[][2]int{{9, 3}, {9, 4}, {8, 8}}, 2, []int{8, 4}},
		"reading ends with what is surely last": {[][2]int{{9, 9}, {8, 8}, {7, 7}}, 1, []int{9}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int
			take := func(found catch) bool {
				if len(got) == c.limit {
					return false
				}
				got = append(got, found.at.Hour())
				return true
			}
			var later waiting
			for _, times := range c.read {
				article := monitor.Article{FirstSeen: hour(times[0])}
				if !later.add(catch{past: past{Article: article, at: hour(times[1])}}, take) {
					break
				}
			}
			later.end(take)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}
