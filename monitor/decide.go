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
	absentTwice = 2                            // absences that mean it did not arrive
	lookBefore  = time.Minute                  // how far before the first attempt: clocks differ
	repeatAfter = 10 * time.Minute             // without history: sent again then, marked
)

// decide finds out of the channel's undecided messages whether they arrived,
// before anything else is sent: what did is adopted, what did not goes back to
// pending. It says how long the channel must wait for a decision; 0: go on.
func (d *Deliverer) decide(ctx context.Context, ch *Channel) (time.Duration, error) {
	undecided, err := d.Outbox.Undecided(ctx, ch.Name)
	if err != nil || len(undecided) == 0 {
		return 0, err
	}
	now := d.Now()
	var wait time.Duration
	for i := range undecided {
		m := &undecided[i]
		if m.State == Sending { // its worker died, or could not write what came of it
			m.State, m.NotBefore, m.Reason = Unconfirmed, m.LastAttempt.Add(lookAfter), "interrupted"
		}
		wait = max(wait, m.NotBefore.Sub(now))
	}
	if wait <= 0 {
		wait, err = d.look(ctx, ch, undecided)
		if err != nil {
			return 0, err
		}
	}
	if unreadable(undecided) {
		wait = 0 // only time decides; the others need not wait for it
	}
	return wait, d.Outbox.Settle(ctx, d.Worker, *ch, undecided...)
}

// noHistory is the reason of a message that waits because history may not be
// read.
const noHistory = "may have arrived; the channel's history may not be read"

func unreadable(undecided []Message) bool {
	for _, m := range undecided {
		if m.State == Unconfirmed && m.Reason != noHistory {
			return false
		}
	}
	return true
}

// look reads the channel once for all its undecided messages, and each thread
// once for those that are replies.
func (d *Deliverer) look(ctx context.Context, ch *Channel, undecided []Message) (time.Duration, error) {
	threads := make(map[string][]*Message)
	for i := range undecided {
		m := &undecided[i]
		threads[m.Thread] = append(threads[m.Thread], m)
	}
	var wait time.Duration
	for thread, messages := range threads {
		found, err := d.find(ctx, ch, thread, messages)
		now := d.Now()
		var limited *RateLimited
		var refused *ChannelRefused
		switch {
		case errors.As(err, &limited):
			d.slowDown(ch, limited.RetryAfter)
			return limited.RetryAfter, nil
		case errors.As(err, &refused):
			ch.park(now, refused.Reason)
			d.Log.Error("channel takes no requests", "channel", ch.Name, "reason", refused.Reason)
			return parkedRetry, nil
		}
		for _, m := range messages {
			receipt, arrived := found[m.Key]
			switch {
			case arrived:
				m.State, m.TS, m.SentRev, m.Reason = Sent, receipt.TS, m.TriedRev, ""
				ch.take(receipt)
				d.Log.Info("message had arrived", "channel", ch.Name, "title", m.Content.Title)
			case errors.Is(err, ErrNoHistory):
				d.withoutHistory(m, now)
			case err != nil:
				m.NotBefore = now.Add(lookAgain)
				d.Log.Warn("channel cannot be read", "channel", ch.Name, "error", err)
			default:
				m.Absent++
				m.NotBefore = now.Add(lookAgain)
				if m.Absent >= absentTwice {
					m.State, m.NotBefore, m.Reason = Pending, time.Time{}, "had not arrived"
				}
			}
			if m.State == Unconfirmed {
				wait = max(wait, m.NotBefore.Sub(now))
			}
		}
	}
	return wait, nil
}

func (d *Deliverer) find(ctx context.Context, ch *Channel, thread string, messages []*Message) (map[string]Receipt, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestLimit, errors.New("history did not come in time"))
	defer cancel()
	since := messages[0].FirstAttempt
	var keys []string
	for _, m := range messages {
		since = earlier(since, m.FirstAttempt)
		keys = append(keys, m.Key)
	}
	found, err := d.Notifier.Look(ctx, ch.address(), thread, since.Add(-lookBefore), keys)
	if err != nil {
		return nil, fmt.Errorf("look for messages: %w", err)
	}
	return found, nil
}

// withoutHistory applies what the operator chose for messages that nobody can
// look for: keep them, or send them again later with a mark.
func (d *Deliverer) withoutHistory(m *Message, now time.Time) {
	m.Reason = noHistory
	m.NotBefore = m.LastAttempt.Add(repeatAfter)
	if d.Hold {
		m.NotBefore = now.Add(opsRepeat)
		return
	}
	if !m.NotBefore.After(now) {
		m.State, m.MayRepeat, m.NotBefore = Pending, true, time.Time{}
	}
}
