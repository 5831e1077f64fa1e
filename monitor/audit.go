package monitor

import (
	"context"
	"fmt"
	"time"
)

// The read-back audit: Slack has said ok and lost the message (21 December
// 2021), and a message whose sending was in doubt may stand there twice.
const (
	auditAfter   = 90 * time.Second // after it was sent; 60 to 120 s with what follows
	auditAhead   = 30 * time.Second // one read serves also what would be due so soon
	auditAgain   = 20 * time.Second // absent once: history may lag
	auditRetry   = 30 * time.Second // after a read that failed
	auditWithin  = time.Hour        // then it is given up: people delete messages
	auditResends = 1                // what Slack loses twice, or someone deletes, does not come back for ever
)

// auditTime is when a message that was sent now is read back.
func (d *Deliverer) auditTime() time.Time {
	if !d.audits {
		return time.Time{}
	}
	return d.Now().Add(auditAfter)
}

// audit reads back what Slack confirmed: all messages of the channel that are
// due for it with one read, and one more for each thread. It runs while nothing
// waits to be sent, or when it is overdue. It says whether it asked.
func (d *Deliverer) audit(ctx, reads context.Context, ch *Channel, idle bool) (asked bool, err error) {
	if !d.audits {
		return false, nil
	}
	now := d.Now()
	confirmed, err := d.Outbox.Confirmed(ctx, ch.Name, now.Add(auditAhead))
	if err != nil || len(confirmed) == 0 {
		return false, err
	}
	due := confirmed[0].AuditAt // the earliest
	if due.After(now) || !idle && now.Sub(due) < auditAhead {
		return false, nil
	}
	var last outcome
	for thread, messages := range byThread(pointers(confirmed)) {
		var found map[string][]Receipt
		if last.verdict != rateLimited { // else it holds for the other threads too
			found, last = d.find(reads, ch, thread, messages)
			if reads.Err() != nil {
				return true, context.Cause(reads)
			}
			d.observe(auditing, last)
		}
		if err := d.settleAudit(ctx, ch, messages, found, last); err != nil {
			return true, err
		}
	}
	return true, nil
}

// settleAudit draws the consequences of one read.
func (d *Deliverer) settleAudit(ctx context.Context, ch *Channel, messages []*Message, found map[string][]Receipt, o outcome) error {
	now := d.Now()
	var read []Message
	for _, m := range messages {
		if m.Absent > 0 && m.AuditAt.After(now) {
			continue // its second look is to be a while after the first
		}
		copies := found[m.Key]
		m.audited(o, len(copies), now)
		if len(copies) > 0 {
			d.keepEarliest(ctx, m, copies)
		}
		if m.State == Sent && now.Sub(m.LastAttempt) > auditWithin {
			m.AuditAt = time.Time{}
		}
		if err := d.tellAudited(ctx, m, o); err != nil {
			return err
		}
		read = append(read, *m)
	}
	if err := d.Outbox.Settle(ctx, d.Worker, *ch, read...); err != nil {
		return fmt.Errorf("note audit: %w", err)
	}
	return nil
}

// audited says what becomes of a message by an audit that found it so many
// times. One that is not there is sent again, once: the audit cannot tell a
// message that Slack lost from one that someone deleted at once.
func (m *Message) audited(o outcome, copies int, now time.Time) {
	switch {
	case o.verdict == unreadable:
		m.AuditAt = time.Time{}
	case o.verdict == rateLimited:
		m.AuditAt = now.Add(o.wait)
	case o.verdict != accepted:
		m.AuditAt = now.Add(auditRetry)
	case copies > 0:
		m.AuditAt, m.Absent = time.Time{}, 0
	case m.Absent+1 < absentTwice:
		m.AuditAt = now.Add(auditAgain)
		m.Absent++
	case m.Resent < auditResends:
		m.Resent++
		m.State, m.TS, m.SentRev, m.AuditAt, m.Absent = Pending, "", 0, time.Time{}, 0
		m.Reason = "Slack confirmed it and does not have it"
	default:
		m.State, m.AuditAt = Dead, time.Time{}
		m.Reason = "Slack confirmed it twice and does not have it, or someone deletes it"
	}
}

// keepEarliest deletes all but the earliest of a message's copies. What the
// row knew of a later one holds for the earliest from now on; its content is
// shown anew.
func (d *Deliverer) keepEarliest(ctx context.Context, m *Message, copies []Receipt) {
	for _, later := range copies[1:] {
		ctx, cancel := context.WithTimeoutCause(ctx, requestLimit, errNoAnswer)
		err := d.InForce.Load().Notifier.Delete(ctx, later)
		cancel()
		o := outcomeOf(err)
		d.observe(deleting, o)
		switch o.verdict {
		case accepted, threadGone:
			d.Log.Warn("message stood twice; the later one was deleted", "channel", m.Channel, "title", m.Content.Title)
		case channelRefused, messageRefused:
			d.Log.Warn("message stands twice and cannot be deleted", "channel", m.Channel, "title", m.Content.Title, "reason", o.reason)
		default:
			m.AuditAt = d.Now().Add(max(auditRetry, o.wait))
		}
	}
	if m.TS != copies[0].TS {
		m.TS, m.SentRev = copies[0].TS, 0
	}
}

// tellAudited tells what an audit has changed, and what it could not find out.
func (d *Deliverer) tellAudited(ctx context.Context, m *Message, o outcome) error {
	switch {
	case m.State == Pending:
		d.Log.Warn("message is not in Slack, which had confirmed it; sent again", "channel", m.Channel, "title", m.Content.Title)
	case m.State == Dead:
		return d.died(ctx, m)
	case o.verdict == unreadable:
		d.Log.Debug("message cannot be read back", "channel", m.Channel, "title", m.Content.Title)
	case o.verdict != accepted && m.AuditAt.IsZero():
		d.Log.Warn("message could not be read back in time", "channel", m.Channel, "title", m.Content.Title, "reason", o.reason)
	}
	return nil
}
