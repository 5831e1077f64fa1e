package monitor

import (
	"errors"
	"time"
)

// A verdict names what came of a request to the notifier. It is a metric's
// label too.
type verdict string

const (
	accepted       verdict = "ok"
	unreached      verdict = "unreached"       // no connection came about: nothing was asked
	rateLimited    verdict = "rate-limited"    // not now
	channelRefused verdict = "channel-refused" // the destination takes nothing
	messageRefused verdict = "message-refused" // this message is not acceptable
	threadGone     verdict = "thread-gone"     // what it hangs on is not there
	unreadable     verdict = "unreadable"      // the channel's history may not be read
	undecided      verdict = "undecided"       // it may have been done, or not
)

// An outcome is what came of one request. outcomeOf alone tells the notifier's
// answers apart; what follows from an outcome is said once for each who is
// concerned: for the channel by Deliverer.heed, for a message that was posted
// by posted, updated by updated, looked for by lookedFor, audited by audited.
type outcome struct {
	verdict verdict
	reason  string        // in words; "": accepted
	wait    time.Duration // that was asked for, when rateLimited
	token   bool          // what was refused is the token: no channel takes anything
}

// outcomeOf tells the errors of a Notifier apart.
func outcomeOf(err error) outcome {
	if err == nil {
		return outcome{verdict: accepted}
	}
	if e, ok := errors.AsType[*NotSent](err); ok {
		return outcome{verdict: unreached, reason: e.Error()}
	}
	if e, ok := errors.AsType[*RateLimited](err); ok {
		return outcome{verdict: rateLimited, reason: e.Error(), wait: e.RetryAfter}
	}
	if e, ok := errors.AsType[*ChannelRefused](err); ok {
		return outcome{verdict: channelRefused, reason: e.Reason, token: e.Token}
	}
	if e, ok := errors.AsType[*MessageRefused](err); ok {
		return outcome{verdict: messageRefused, reason: e.Reason}
	}
	if e, ok := errors.AsType[*ThreadGone](err); ok {
		return outcome{verdict: threadGone, reason: e.Reason}
	}
	if errors.Is(err, ErrNoHistory) {
		return outcome{verdict: unreadable, reason: err.Error()}
	}
	return outcome{verdict: undecided, reason: err.Error()}
}

// attempt notes that the message is about to be posted.
func (m *Message) attempt(now time.Time) {
	if m.FirstAttempt.IsZero() {
		m.FirstAttempt = now
	}
	m.State, m.LastAttempt, m.TriedRev, m.Absent = Sending, now, m.Rev, 0
	m.Attempts++
}

// arrived notes that the message stands in Slack.
func (m *Message) arrived(r Receipt) {
	m.State, m.TS, m.SentRev = Sent, r.TS, m.TriedRev
	m.NotBefore, m.Absent, m.Reason = time.Time{}, 0, ""
}

// posted says how far the message has come by the outcome of posting it.
func (m *Message) posted(o outcome, r Receipt) {
	m.Reason = o.reason
	switch o.verdict {
	case accepted:
		m.arrived(r)
		return
	case channelRefused:
		m.State = Parked
	case messageRefused: // once more, as plain text, and only then dead
		m.State = Pending
		if m.Plain {
			m.State = Dead
		}
		m.Plain = true
	case threadGone: // a reply whose parent is gone becomes the alert
		m.State, m.ParentGone = Pending, true
		if m.Parent == 0 {
			m.State = Dead
		}
	case rateLimited, unreached:
		m.State = Pending
	default:
		m.State, m.NotBefore = Unconfirmed, m.LastAttempt.Add(lookAfter)
		return
	}
	if m.FirstAttempt.Equal(m.LastAttempt) { // surely not there: nothing to look for later
		m.FirstAttempt = time.Time{}
	}
}

// updated says how far the message has come by the outcome of updating it.
// Sending an update twice does no harm, so what is undecided is sent again.
func (m *Message) updated(o outcome, now time.Time) {
	switch o.verdict {
	case accepted:
		m.SentRev = m.Rev
	case messageRefused: // it stands as it is
		m.SentRev, m.Reason = m.Rev, "update refused: "+o.reason
	case threadGone:
		m.State, m.AuditAt, m.Reason = Dead, time.Time{}, "deleted in Slack: "+o.reason
	case undecided:
		m.NotBefore = now.Add(retrySoon)
	}
}
