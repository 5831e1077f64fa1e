package story

import "strings"

// phase is a set of the stages of an event that a title speaks of.
type phase uint16

const (
	planned phase = 1 << iota
	launched
	failed
	protested
	agreed
	suspended
	ended
	imposed
	lifted
	recovered
	accused
	judged
	visited
)

func phaseNamed(act string) phase {
	stage, _, _ := strings.Cut(act, "/")
	return map[string]phase{
		"plan": planned, "launch": launched, "failure": failed, "protest": protested,
		"agree": agreed, "suspend": suspended, "end": ended, "impose": imposed, "lift": lifted, "recover": recovered,
		"accuse": accused, "judge": judged, "visit": visited,
	}[stage]
}
