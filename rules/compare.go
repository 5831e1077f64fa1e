package rules

// A Comparison matches the articles of an archive against two sets of rules, say
// the rules and the same before an edit. Each text is read once, and what both sets
// ask is asked once, so that it costs hardly more than one of them. It is immutable
// and safe for concurrent use.
type Comparison struct{ program *program }

// Compare compiles the rules of two engines. The zero Engine has none.
func Compare(now, before *Engine) *Comparison {
	p := compile(now.rules, before.rules)
	p.sieve = newSieve(p)
	return &Comparison{p}
}

// Match returns what each of the two engines matches.
func (c *Comparison) Match(a *Article) (now, before []Match) {
	c.program.run(a, func(s *sweep, r *compiled) {
		if r.before {
			before = append(before, s.match(r))
		} else {
			now = append(now, s.match(r))
		}
	})
	return now, before
}
