package monitor

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A Colleague is another worker on the same store.
type Colleague struct {
	Name  string
	Rules string // fingerprint of those in force
}

// How long workers may differ in their rules without anything being said: an
// edit or a new version reaches one after the other.
const (
	musterEvery = 30 * time.Second
	differFor   = 5 * time.Minute
)

const differing = "rules of the workers"

// muster tells the ops channel when workers go by other rules than this one
// for some time, and when that is over.
func (p *pulse) muster(ctx context.Context, now time.Time) error {
	setup := p.InForce.Load()
	self := Colleague{Name: p.Name, Rules: setup.Engine.Fingerprint()}
	asking, cancel := context.WithTimeout(ctx, leaseLimit)
	defer cancel()
	others, err := p.Book.Muster(asking, self, now, now.Add(2*musterEvery))
	if err != nil {
		return err
	}
	var names []string
	for _, other := range others {
		if other.Rules != self.Rules {
			names = append(names, other.Name)
		}
	}
	switch {
	case len(names) == 0:
		p.differing = time.Time{}
		if p.differs {
			p.differs = false
			p.Log.Info("all workers go by the same rules again")
		}
		return setup.Ops.Ended(ctx, []string{differing}, func([]string) string { return "All workers go by the same rules again." })
	case p.differing.IsZero():
		p.differing = now
	case now.Sub(p.differing) >= differFor:
		if !p.differs {
			p.differs = true
			p.Log.Warn("workers go by different rules", "others", names)
		}
		return setup.Ops.Began(ctx, []string{differing}, func([]string) string {
			return fmt.Sprintf("Workers go by different rules: %s not by those of %s. What alerts depends on which of them polls. Give all the same files.",
				strings.Join(names, ", "), p.Name)
		})
	}
	return nil
}
