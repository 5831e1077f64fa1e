package monitor

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// When and how often an undecided message is looked for.
const (
	lookAfter   = requestLimit + 5*time.Second // Slack may still be working on the request until then
	lookAgain   = 10 * time.Second             // history lags
	lookFailed  = 3 * time.Second              // after a look that told nothing; in a long outage up to lookSlow
	lookSlow    = 30 * time.Second
	absentTwice = 2                // absences that mean it did not arrive
	lookBefore  = 2 * time.Minute  // how far before the first attempt: clocks are set
	repeatAfter = 10 * time.Minute // without history: sent again then, marked
	heldLook    = time.Hour        // without history, held: whether it may be read by now
)

// decide finds out of the channel's undecided messages whether they arrived,
// before anything else is sent: what did is adopted, what did not goes back to
// pending. It says whether it asked Slack, and how long the channel must wait
// for a decision; 0: go on.
func (d *Deliverer) decide(ctx, reads context.Context, ch *Channel) (looked bool, wait time.Duration, err error) {
	undecided, err := d.Outbox.Undecided(ctx, ch.Name)
	if err != nil || len(undecided) == 0 {
		return false, 0, err
	}
	now, due := d.Now(), false
	for i := range undecided {
		m := &undecided[i]
		if m.State == Sending { // its worker died, or could not write what came of it
			m.State, m.NotBefore, m.Reason = Unconfirmed, m.LastAttempt.Add(lookAfter), "interrupted"
		}
		due = due || !m.NotBefore.After(now)
		wait = max(wait, m.holdsBack(now))
	}
	if due && wait <= 0 {
		looked = true
		if wait, err = d.look(ctx, reads, ch, undecided); err != nil {
			return true, 0, err
		}
	}
	return looked, wait, d.Outbox.Settle(ctx, d.Worker, *ch, undecided...)
}

// noHistory is the reason of a message that waits because history may not be
// read.
const noHistory = "may have arrived; the channel's history may not be read"

// holdsBack is how long the channel's other messages wait for an undecided one.
// They need not where history may not be read: only time decides.
func (m *Message) holdsBack(now time.Time) time.Duration {
	if m.State != Unconfirmed || m.Reason == noHistory {
		return 0
	}
	return m.NotBefore.Sub(now)
}

// look reads the channel once for all its undecided messages, and each thread
// once for those that are replies. It says how long to wait before the next
// look; 0: all is decided.
func (d *Deliverer) look(ctx, reads context.Context, ch *Channel, undecided []Message) (wait time.Duration, err error) {
	for thread, messages := range byThread(pointers(undecided)) {
		found, o := d.find(reads, ch, thread, messages)
		if reads.Err() != nil { // stopped, or another worker's by now: nothing was learned
			return 0, context.Cause(reads)
		}
		if err := d.heed(ctx, ch, looking, o); err != nil {
			return 0, err
		}
		now := d.Now()
		if o.verdict == rateLimited || o.verdict == channelRefused {
			return ch.NextSend.Sub(now), nil
		}
		for _, m := range messages {
			d.lookedFor(m, o, found[m.Key])
			if err := d.tellHeld(ctx, m); err != nil {
				return 0, err
			}
			wait = max(wait, m.holdsBack(now))
		}
	}
	return wait, nil
}

// lookedFor says how far a message has come by the outcome of a look for it.
func (d *Deliverer) lookedFor(m *Message, o outcome, copies []Receipt) {
	now := d.Now()
	switch {
	case len(copies) > 0:
		m.arrived(copies[0])
		m.AuditAt = d.auditTime()
		d.Log.Info("message had arrived", "channel", m.Channel, "title", m.Content.Title)
	case o.verdict == unreadable:
		d.withoutHistory(m, now)
	case o.verdict != accepted:
		m.NotBefore = now.Add(min(max(now.Sub(m.LastAttempt)/4, lookFailed), lookSlow))
		d.warn(m.Reason == o.reason, "channel cannot be read", "channel", m.Channel, "reason", o.reason)
		m.Reason = o.reason
	default:
		m.Absent++
		m.NotBefore = now.Add(lookAgain)
		if m.Absent >= absentTwice {
			m.State, m.NotBefore, m.Reason = Pending, time.Time{}, "had not arrived"
		}
	}
}

// withoutHistory applies what the operator chose for messages that nobody can
// look for: keep them, or send them again later with a mark.
func (d *Deliverer) withoutHistory(m *Message, now time.Time) {
	m.Reason = noHistory
	m.NotBefore = m.LastAttempt.Add(repeatAfter)
	if d.InForce.Load().Hold {
		m.NotBefore = now.Add(heldLook)
		return
	}
	if !m.NotBefore.After(now) {
		m.State, m.MayRepeat, m.NotBefore = Pending, true, time.Time{}
	}
}

// tellHeld tells the operator of a message that waits for a decision of theirs.
func (d *Deliverer) tellHeld(ctx context.Context, m *Message) error {
	if !d.InForce.Load().Hold || m.State != Unconfirmed || m.Reason != noHistory || m.Kind == KindOps {
		return nil
	}
	return d.ops().Event(ctx, "held "+m.Channel, fmt.Sprintf(
		"It is not known whether a message to %s has arrived, and its history may not be read. It is held: %s %s\nnewswatch alerts lists all that are; newswatch alerts retry sends one again.",
		m.Channel, m.Content.told(), m.Content.URL))
}

// find reads the channel, or one thread of it, since the first of the
// messages was first sent, and returns what stands there of them.
func (d *Deliverer) find(ctx context.Context, ch *Channel, thread string, messages []*Message) (map[string][]Receipt, outcome) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestLimit, errNoHistoryYet)
	defer cancel()
	since := messages[0].FirstAttempt
	var keys []string
	for _, m := range messages {
		since = earlier(since, m.FirstAttempt)
		if m.FirstAttempt.After(d.Now()) { // the clock was set back since, nobody knows how far
			since = earlier(since, d.Now().Add(-Day))
		}
		keys = append(keys, m.Key)
	}
	found, err := d.InForce.Load().Notifier.Look(ctx, ch.address(), thread, since.Add(-lookBefore), keys)
	o := outcomeOf(err)
	if o.verdict == threadGone { // and so are the replies
		return nil, outcome{verdict: accepted}
	}
	return found, o
}

var errNoHistoryYet = errors.New("history did not come in time")

// byThread parts a channel's messages by the thread they are in; "": none.
func byThread(messages []*Message) map[string][]*Message {
	threads := make(map[string][]*Message)
	for _, m := range messages {
		threads[m.Thread] = append(threads[m.Thread], m)
	}
	return threads
}

func pointers(messages []Message) []*Message {
	list := make([]*Message, len(messages))
	for i := range messages {
		list[i] = &messages[i]
	}
	return list
}
