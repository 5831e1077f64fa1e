package story

// Two headlines of one event differ in many words; two that differ in one, a
// name, tell the same of somebody else: "Kim meets Lavrov", "Kim meets Shoigu".
const (
	substituted = 0.2 // a factor: one name in the place of another, all else the same
	otherNames  = 0.5 // each title has names that the other report has not, and none is in both
	frame       = 2   // terms that a substitution leaves as they are
)

// A difference is what one title has that another has not.
type difference struct {
	first, last uint8 // places in the title
	terms       int
	names       int // that stand nowhere in the other report
	places      int // the same
}

func (d *difference) add(at uint8, m mark) {
	if d.terms == 0 || at < d.first {
		d.first = at
	}
	d.last = max(d.last, at)
	d.terms++
	switch {
	case m&proper != 0:
		d.names++
	case m&country != 0:
		d.places++
	}
}

// together holds when the terms stand side by side.
func (d *difference) together() bool { return int(d.last-d.first)+1 == d.terms }

// otherNamesFactor is what is taken off for names that differ.
func (c *comparison) otherNamesFactor(written script) float64 {
	switch a, b := &c.onlyQ, &c.onlyR; {
	case a.names+a.places == 0 || b.names+b.places == 0:
		return 1
	case c.sharedTitle >= frame && a.together() && b.together():
		return substituted
	case written == latin && min(a.names, b.names) > c.sharedNames:
		return otherNames
	}
	return 1
}

// unless are a term's marks, none if the other report has it as well.
func unless(other *weighted, m mark) mark {
	if other != nil {
		return 0
	}
	return m
}
