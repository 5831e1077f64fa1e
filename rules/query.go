package rules

// A Query is one parsed expression of the query language: *Term, *And, *Or,
// *Not, *Near, *AtLeast, *In or *Named. ParseQuery makes them, for reading only:
// one put together by hand cannot be searched for. String is the canonical
// spelling: parsing it again gives an equal query.
type Query interface {
	String() string
	span() Span
}

// Span is a range of bytes, End exclusive.
type Span struct{ Start, End int }

// A Term is a word or a phrase.
type Term struct {
	Text    string // as the analyst wrote it, without quotes, = or braces
	Exact   bool   // =word or {phrase}: case and accents as written
	At      Span   // in the query's source text
	pattern pattern
}

// And holds when all of its two or more parts hold, Or when at least one does.
type (
	And struct {
		Of []Query
		At Span
	}
	Or struct {
		Of []Query
		At Span
	}
)

// Not holds when X does not.
type Not struct {
	X  Query
	At Span
}

// Near holds when a hit of A and a hit of B lie close together: at most Within
// words between them (NEAR/n, ONEAR/n), or in one sentence (NEAR/s).
type Near struct {
	A, B     Query
	Within   int
	Ordered  bool // ONEAR: A before B
	Sentence bool // NEAR/s: Within and Ordered do not count
	At       Span
}

// AtLeast holds when X has N hits or more in title and body together.
type AtLeast struct {
	N  int
	X  Query
	At Span
}

// In narrows X to one field: title:, body:, lead:, source:, lang:, author:, tag: or url:.
type In struct {
	Field Field
	X     Query
	At    Span
}

// Named is $name, the list of that name. List is resolved when all files are
// read; each entry was parsed as an entry of its own.
type Named struct {
	Name string
	List []Query
	At   Span
}

// operands are the parts of q, those of a $name too.
func operands(q Query) []Query {
	switch q := q.(type) {
	case *And:
		return q.Of
	case *Or:
		return q.Of
	case *Not:
		return []Query{q.X}
	case *Near:
		return []Query{q.A, q.B}
	case *AtLeast:
		return []Query{q.X}
	case *In:
		return []Query{q.X}
	case *Named:
		return q.List
	}
	return nil
}
