package rules

// A problem is a mistake in one query: At is a range of bytes in its source.
type problem struct {
	At            Span
	Message, Hint string
}
