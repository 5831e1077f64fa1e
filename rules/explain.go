package rules

// An Explanation tells why a clause held or did not: a tree that mirrors the
// query.
type Explanation struct {
	Clause string // the clause as written, or the rule's id
	Fired  bool
	Why    string // in words, for one line
	Hits   []Hit
	Of     []Explanation
}

// Decided names the one clause that decided, in one line.
func (x Explanation) Decided() string { return "" }
