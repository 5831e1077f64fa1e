package store

import "time"

// ms is t as the database keeps it; the zero time is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// stamp scans what ms wrote.
type stamp struct{ to *time.Time }

func (s stamp) Scan(value any) error {
	n, _ := value.(int64)
	*s.to = time.Time{}
	if n != 0 {
		*s.to = time.UnixMilli(n).UTC()
	}
	return nil
}
