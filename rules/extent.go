package rules

import "cmp"

// An extent is what the parts of a query come to, with all names filled in.
type extent struct {
	terms    int
	deep     int    // lists inside one another
	obstacle string // what NEAR cannot take in it, as it is called
	field    string // a field in it

	// Whether something must be found for the query to be true, and to be false:
	// NOT a is true where nothing is found, and so is a OR NOT b.
	whenTrue, whenFalse bool
}

// The extent of a term, and of AND and OR that have no parts yet.
func ofTerm() extent { return extent{terms: 1, whenTrue: true} }
func ofAnd() extent  { return extent{whenFalse: true} }
func ofOr() extent   { return extent{whenTrue: true} }

func (x *extent) and(part extent) {
	x.add(part)
	x.whenTrue = x.whenTrue || part.whenTrue
	x.whenFalse = x.whenFalse && part.whenFalse
}

func (x *extent) or(part extent) {
	x.add(part)
	x.whenTrue = x.whenTrue && part.whenTrue
	x.whenFalse = x.whenFalse || part.whenFalse
}

func (x *extent) add(part extent) {
	x.terms += part.terms
	x.deep = max(x.deep, part.deep)
	x.obstacle = cmp.Or(x.obstacle, part.obstacle)
	x.field = cmp.Or(x.field, part.field)
}
