//go:build race

package rules

// raced says that the race detector is on; sync.Pool then drops at random.
const raced = true
