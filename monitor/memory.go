package monitor

import (
	"context"
	"fmt"
)

// A memory is a grouper and how much of the store it knows.
//
// What a transaction tells the grouper may be undone with the transaction, even
// by its commit. So none of it is trusted: whoever looks next takes it back, and
// reads from the store what came of it.
type memory struct {
	grouper Grouper // nil: nothing is known
	read    int64   // ID of the last report that the store was seen to have
	told    int     // reports remembered since
}

// steady makes the memory one of the store alone.
func (m *memory) steady(empty func() Grouper) {
	was := *m
	*m = memory{} // and so it stays if the grouper panics
	if was.grouper == nil {
		was.grouper = empty()
	}
	was.grouper.Undo(was.told)
	was.told = 0
	*m = was
}

// recall remembers reports that the store has. One that the grouper fails on is
// left out, or it would hold up every poll that matches from now on.
func (m *memory) recall(reports []Report, result *Result) {
	for _, r := range reports {
		m.read = r.ID
		result.guard(&r.Article, "grouping", func() { m.grouper.Remember(r) })
	}
}

// tell remembers a report that the store may not keep.
func (m *memory) tell(r Report, result *Result) {
	result.guard(&r.Article, "grouping", func() {
		m.grouper.Remember(r)
		m.told++
	})
}

// recollected is how many reports are read at once: for so long a transaction
// that groups has to wait.
const recollected = 500

// Recollect tells the grouper of the reports in the store that it does not know,
// after a start all within the window. It is done before the transaction, in which
// nobody else could write meanwhile.
func (p *Poller) Recollect(ctx context.Context) error {
	for {
		n, err := p.recollect(ctx)
		if n < recollected || err != nil {
			return err
		}
	}
}

func (p *Poller) recollect(ctx context.Context) (n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.memory.steady(p.Grouper)
	reports, err := p.Archive.ReportsAfter(ctx, p.memory.read, p.Now().Add(-p.Window), recollected)
	if err != nil {
		return 0, fmt.Errorf("read reports: %w", err)
	}
	var known Result // what the grouper fails on was told when it was new
	p.memory.recall(reports, &known)
	return len(reports), nil
}

// catchUp tells the grouper of the reports that came since, those of other
// workers among them.
func (p *Poller) catchUp(l Ledger, result *Result) error {
	p.memory.steady(p.Grouper)
	reports, err := l.ReportsAfter(p.memory.read, p.Now().Add(-p.Window))
	if err != nil {
		return fmt.Errorf("read reports: %w", err)
	}
	p.memory.recall(reports, result)
	return nil
}
