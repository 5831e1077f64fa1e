package monitor

import (
	"context"
	"fmt"
	"time"
)

// A memory is a grouper and how much of the store it knows.
//
// What a transaction tells the grouper may be undone with the transaction, even
// by its commit. So none of it is trusted: whoever looks next takes it back, and
// reads from the store what came of it.
type memory struct {
	grouper Grouper       // nil: nothing is known
	window  time.Duration // how far back it reaches
	read    int64         // ID of the last report that the store was seen to have
	told    int           // reports remembered since
}

// steady makes the memory one of the store alone. One that knows nothing is
// begun as the setup says.
func (m *memory) steady(s *Setup) {
	was := *m
	*m = memory{} // and so it stays if the grouper panics
	if was.grouper == nil {
		was.grouper, was.window = s.Grouper(), s.Window
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
		p.mu.Lock()
		p.memory.steady(p.InForce.Load())
		n, err := p.memory.readOn(ctx, p)
		p.mu.Unlock()
		if n < recollected || err != nil {
			return err
		}
	}
}

// regroup puts a memory of the setup in force in the place of one that groups
// otherwise, which serves until the new one has read all there is. When that
// cannot be read the next poll that matches tries, and tells what is wrong.
func (p *Poller) regroup(ctx context.Context) {
	var next memory
	next.steady(p.InForce.Load())
	for n := recollected; n == recollected; {
		var err error
		if n, err = next.readOn(ctx, p); err != nil {
			n, next = 0, memory{}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() == nil { // else another is on its way
		p.memory = next
	}
}

// readOn remembers the reports that come next in the store, and counts them.
func (m *memory) readOn(ctx context.Context, p *Poller) (n int, err error) {
	reports, err := p.Archive.ReportsAfter(ctx, m.read, p.Now().Add(-m.window), recollected)
	if err != nil {
		return 0, fmt.Errorf("read reports: %w", err)
	}
	var known Result // what the grouper fails on was told when it was new
	m.recall(reports, &known)
	return len(reports), nil
}

// catchUp tells the grouper of the reports that came since, those of other
// workers among them.
func (p *poll) catchUp(l Ledger, result *Result) error {
	p.memory.steady(p.InForce.Load())
	reports, err := l.ReportsAfter(p.memory.read, p.Now().Add(-p.memory.window))
	if err != nil {
		return fmt.Errorf("read reports: %w", err)
	}
	for _, r := range reports {
		p.memory.tell(r, result) // the transaction may be one of several polls, and come to nothing
	}
	return nil
}
