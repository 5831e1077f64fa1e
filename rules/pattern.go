package rules

// A pattern is a term made ready for matching. It is immutable.
type pattern struct{ exact bool }

// A patternError tells an analyst why a term cannot be looked for. At is a
// range of bytes in the term's text.
type patternError struct {
	At            Span
	Message, Hint string
}

func (e *patternError) Error() string { return e.Message }

// newPattern makes text ready for matching. A non-nil error is a *patternError.
func newPattern(text string, exact bool) (pattern, error) {
	return pattern{exact: exact}, nil
}
