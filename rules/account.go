package rules

import (
	"cmp"
	"slices"
	"strings"
)

// An account tells how far a clause came. A clause that holds has what it found;
// one that does not has at least one of missing, amiss and unwanted.
type account struct {
	found    []string // the different things asked for that are there, as the query spells them
	missing  []string // those that are not
	amiss    []string // what is there, but not as asked: "NEAR/8: nearest pair is 14 words apart, ..."
	unwanted []string // what is there and must not be: `$other-satellite: "satellite images"`

	spots, against []spot // where found is, and unwanted
}

// asks is the account of one thing to find.
func asks(q Query, found bool) account {
	if found {
		return account{found: []string{bracketed(q)}}
	}
	return account{missing: []string{bracketed(q)}}
}

// every is the account of parts that must all hold.
func every(parts []Explanation) account {
	var a account
	for i := range parts {
		a.add(&parts[i].account)
	}
	return a
}

func (a *account) add(part *account) {
	for _, thing := range part.found {
		if !slices.Contains(a.found, thing) {
			a.found = append(a.found, thing)
		}
	}
	a.missing = append(a.missing, part.missing...)
	a.amiss = append(a.amiss, part.amiss...)
	a.unwanted = append(a.unwanted, part.unwanted...)
	a.spots = append(a.spots, part.spots...)
	a.against = append(a.against, part.against...)
}

// either is the account of q, one of whose parts is enough: that of the nearest,
// unless they are terms, which are one thing to find.
func either(q Query, parts []Explanation) account {
	var best *Explanation
	for i := range parts {
		part := &parts[i]
		switch {
		case best == nil || part.Fired && !best.Fired:
			best = part
		case part.Fired == best.Fired && part.nearerThan(&best.account):
			best = part
		}
	}
	switch {
	case best.Fired && len(best.found) == 1:
		return asks(q, true)
	case best.foundNothing():
		return asks(q, false)
	}
	return best.account
}

// not is the account of a NOT before x: what x finds is not wanted, and so does
// not count as found.
func not(x *Explanation) account {
	if !x.Fired {
		return account{}
	}
	return account{unwanted: []string{x.asUnwanted()}, against: x.spots}
}

// within is the account of x looked for in one field.
func within(f Field, x *Explanation) account {
	a := x.account
	in := func(things []string, colon string) []string {
		things = slices.Clone(things)
		for i := range things {
			things[i] = string(f) + colon + things[i]
		}
		return things
	}
	a.found, a.missing = in(a.found, ":"), in(a.missing, ":")
	a.amiss, a.unwanted = in(a.amiss, ": "), in(a.unwanted, ": ")
	return a
}

// nearerThan says whether a came nearer than b: it found more different things,
// or as many and lacks none, or fewer.
func (a *account) nearerThan(b *account) bool {
	return cmp.Or(
		cmp.Compare(len(a.found), len(b.found)),
		cmp.Compare(len(b.missing), len(a.missing)),
		cmp.Compare(b.faults(), a.faults()),
	) > 0
}

// foundNothing says whether all that was asked for is missing.
func (a *account) foundNothing() bool { return len(a.found) == 0 && len(a.missing) > 0 }

func (a *account) faults() int { return len(a.missing) + len(a.amiss) + len(a.unwanted) }

// decide finds the clause that keeps a rule silent, or those that make it fire:
// of all the first that does not hold, of any the nearest, of none the first that
// holds, in this order.
func (x *Explanation) decide() {
	var lacking, nearest, silencing *Explanation
	held, anys := false, 0
	for i := range x.Of {
		part := &x.Of[i]
		switch {
		case part.Under == "none":
			if part.Fired {
				silencing = cmp.Or(silencing, part)
				x.add(&account{unwanted: []string{part.asUnwanted()}, against: part.spots})
			}
			continue
		case part.Under == "any":
			anys++
			held = held || part.Fired
			if !part.Fired && (nearest == nil || part.nearerThan(&nearest.account)) {
				nearest = part
			}
		case !part.Fired:
			lacking = cmp.Or(lacking, part)
		}
		if part.Required() || part.Fired {
			x.add(&part.account)
		}
		part.Decisive = x.Fired && part.Fired
	}
	if held {
		nearest = nil
	}
	if nearest != nil {
		x.add(&nearest.account)
	}
	switch decisive := cmp.Or(lacking, nearest, silencing); {
	case x.Fired:
		x.line = x.firing()
	case decisive == nearest && anys > 1:
		nearest.Decisive, x.line = !nearest.foundNothing(), nearest.nearestOf(anys)
	default:
		decisive.Decisive, x.line = true, decisive.Under+": "+decisive.line
	}
}

// firing tells what made a rule fire that found nothing, such as lang:ko.
func (x *Explanation) firing() string {
	var lines []string
	for _, part := range x.Of {
		if part.Decisive {
			lines = append(lines, part.Under+": "+part.line)
		}
	}
	return strings.Join(lines, "; ")
}
