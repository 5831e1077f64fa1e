package monitor

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// settle tells the outcomes of posting apart.
func (d *Deliverer) settle(m *Message, ch *Channel, receipt Receipt, err error) {
	now := d.Now()
	var limited *RateLimited
	var refused *ChannelRefused
	var bad *MessageRefused
	var gone *ThreadGone
	var unsent *NotSent
	m.Reason = ""
	switch {
	case err == nil:
		m.State, m.TS, m.SentRev = Sent, receipt.TS, m.TriedRev
		ch.take(receipt)
	case errors.As(err, &unsent):
		m.State, m.Reason = Pending, err.Error()
		ch.NextSend = now.Add(retrySoon)
	case errors.As(err, &limited):
		m.State = Pending
		d.slowDown(ch, limited.RetryAfter)
	case errors.As(err, &refused):
		m.State, m.Reason = Parked, refused.Reason
		ch.park(now, refused.Reason)
	case errors.As(err, &gone) && m.Parent != 0:
		m.State, m.ParentGone, m.Reason = Pending, true, gone.Reason
	case errors.As(err, &gone):
		m.State, m.Reason = Dead, gone.Reason
	case errors.As(err, &bad) && !m.Plain:
		m.State, m.Plain, m.Reason = Pending, true, bad.Reason
	case errors.As(err, &bad):
		m.State, m.Reason = Dead, bad.Reason
	default:
		m.State, m.Reason = Unconfirmed, err.Error()
		m.NotBefore = m.LastAttempt.Add(lookAfter)
	}
}

// report tells the log, and the operator where it concerns them, of an
// outcome that is not plain success.
func (d *Deliverer) report(ctx context.Context, ch *Channel, m Delivery, err error) error {
	d.observe("post", err)
	var refused *ChannelRefused
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		d.Log.Error("channel takes no messages", "channel", ch.Name, "reason", refused.Reason, "retry", parkedRetry)
		return d.tellOps(ctx, "refused "+ch.Name, fmt.Sprintf(
			"Slack refuses messages to %s: %s. They are kept, and tried again every %s.", ch.Name, refused.Reason, parkedRetry))
	case m.State == Dead:
		d.Log.Error("message refused", "channel", ch.Name, "title", m.Content.Title, "reason", m.Reason)
		return d.tellOps(ctx, "dead "+m.Key, fmt.Sprintf(
			"Slack refused a message to %s, also as plain text: %s. It told of: %s %s", ch.Name, m.Reason, m.Content.Title, m.Content.URL))
	default:
		d.Log.Warn("message not delivered yet", "channel", ch.Name, "state", m.State, "attempts", m.Attempts, "reason", err)
		return nil
	}
}

// tellOps tells the ops channel of a cause, at most once in opsRepeat.
func (d *Deliverer) tellOps(ctx context.Context, cause, note string) error {
	if d.OpsChannel == "" || d.Terminal {
		return nil
	}
	now := d.Now()
	period := fmt.Sprint(cause, now.Truncate(opsRepeat).Unix())
	return d.Outbox.Note(ctx, Message{
		Channel: d.OpsChannel, Kind: KindOps, Key: MessageKey(KindOps, d.OpsChannel, "", period),
		Content: Content{Note: note}, State: Pending, Rev: 1, Created: now,
	})
}

// slowDown holds the channel back as long as Slack asks, and every channel when
// a second one is told so within limitedWindow: then it is the token that is
// limited.
func (d *Deliverer) slowDown(ch *Channel, wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Now()
	ch.NextSend = now.Add(wait)
	for other, at := range d.lastLimited {
		if other != ch.Name && now.Sub(at) < limitedWindow {
			d.pausedUntil = ch.NextSend
		}
	}
	if d.lastLimited == nil {
		d.lastLimited = make(map[string]time.Time)
	}
	d.lastLimited[ch.Name] = now
}

func (d *Deliverer) observe(what string, err error) {
	if d.Observe != nil {
		d.Observe(what + " " + outcomeOf(err))
	}
}

// outcomeOf names what came of a request, for a metric.
func outcomeOf(err error) string {
	var limited *RateLimited
	var refused *ChannelRefused
	var bad *MessageRefused
	var gone *ThreadGone
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, new(*NotSent)):
		return "unreached"
	case errors.As(err, &limited):
		return "rate-limited"
	case errors.As(err, &refused):
		return "channel-refused"
	case errors.As(err, &bad):
		return "message-refused"
	case errors.As(err, &gone):
		return "thread-gone"
	default:
		return "undecided"
	}
}
