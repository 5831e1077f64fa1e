package monitor

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// A Trouble keeps messages from reaching Slack, and so the ops channel from
// hearing of it; or people in Slack from being heard.
type Trouble struct {
	What  string // one line: "Slack refuses the token: token_revoked"
	Since time.Time

	unheard bool // it keeps nothing from being posted: people in Slack are not heard
}

// unreachedFor is how long Slack may be out of reach before that is a trouble.
const unreachedFor = 5 * time.Minute

// Causes of trouble.
const (
	tokenTrouble  = "Slack refuses the token: "
	opsTrouble    = "Slack refuses messages to the ops channel "
	slackTrouble  = "Slack does not answer: "
	outboxTrouble = "the outbox cannot be read or written: "
	deskTrouble   = "buttons and commands in Slack do not work: "
)

// troubles are those that last. The zero value has none; it is safe for
// concurrent use.
type troubles struct {
	mu    sync.Mutex
	since map[string]Trouble // by cause
}

func (t *troubles) begin(cause, detail string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.since == nil {
		t.since = make(map[string]Trouble)
	}
	trouble := Trouble{What: cause + detail, Since: now, unheard: cause == deskTrouble}
	if had, ok := t.since[cause]; ok {
		trouble.Since = had.Since
	}
	t.since[cause] = trouble
}

func (t *troubles) end(cause string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.since, cause)
}

// list has those that are worth telling, the longest first.
func (t *troubles) list(now time.Time) []Trouble {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Trouble
	for cause, trouble := range t.since {
		if cause != slackTrouble || now.Sub(trouble.Since) >= unreachedFor {
			list = append(list, trouble)
		}
	}
	slices.SortFunc(list, func(a, b Trouble) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.What, b.What)) })
	return list
}

// Ill lists what keeps delivery as a whole from working, the operator from
// hearing of it in Slack, or people in Slack from being heard, the longest trouble
// first; empty: it works. A single refused channel is not listed: the ops channel
// hears of it.
func (d *Deliverer) Ill() []Trouble { return d.troubles.list(d.Now()) }

// Unheard takes note of what keeps clicks and commands from arriving, in one
// line, and tells the operator; "": they arrive. Delivery goes on either way.
func (d *Deliverer) Unheard(ctx context.Context, what string) error {
	defer d.Kick()
	ops, causes := d.InForce.Load().Ops, []string{"buttons and commands"}
	if what == "" {
		d.troubles.end(deskTrouble)
		return ops.Ended(ctx, causes, func([]string) string { return "Buttons and commands in Slack work again." })
	}
	d.troubles.begin(deskTrouble, what, d.Now())
	return ops.Began(ctx, causes, func([]string) string {
		return "Buttons and commands in Slack do not work: " + what + ". Alerts are posted as ever."
	})
}
