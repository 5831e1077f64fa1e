package monitor

import (
	"cmp"
	"context"
	"time"

	"newswatch/rules"
)

// hold says what an alert of the rule waits for, and until when: low severity
// for the next digest; all beyond the rule's number an hour for the end of that
// hour; any but high for the end of quiet hours. ForDigest waits for nothing
// else. A zero time: it does not wait.
func (s *Setup) hold(l Ledger, r *rules.Rule, channel string, now time.Time) (Hold, time.Time, error) {
	if r.Severity == rules.Low && !s.Digest.IsZero() {
		return ForDigest, s.Digest.Next(now), nil
	}
	var why Hold
	until := now
	if r.MaxPerHour > 0 {
		told, err := l.ToldSince(r.ID, channel, now.Add(-time.Hour))
		if err != nil {
			return "", time.Time{}, err
		}
		if full := told.fullUntil(r.MaxPerHour, now); full.After(now) {
			why, until = ForRate, full
		}
	}
	why, until = s.holdForQuiet(r, why, until)
	return why, until, nil
}

// holdForQuiet moves a time, until which a message is held for some reason or
// none, to the end of the quiet hours that it falls into. A reason stays.
func (s *Setup) holdForQuiet(r *rules.Rule, why Hold, until time.Time) (Hold, time.Time) {
	if r.Severity != rules.High {
		if end := quietEnd(until, s.Zone, r.Quiet, s.Quiet); !end.IsZero() {
			return cmp.Or(why, ForQuiet), end
		}
	}
	if why == "" {
		return "", time.Time{}
	}
	return why, until
}

// holdReply is hold for a reply: quiet hours are quiet in threads too.
func (s *Setup) holdReply(r *rules.Rule, now time.Time) (Hold, time.Time) {
	return s.holdForQuiet(r, "", now)
}

// A Telling is what a channel was told by a rule lately.
type Telling struct {
	AtOnce int       // alerts that did not wait
	Oldest time.Time // when the first of them was made; zero: none was
	Folded time.Time // when those beyond the rule's number were last told together, or will be; zero: none waited
}

// fullUntil is when a rule may tell again that tells most an hour: no hour has
// more alerts, and one fold of what is beyond.
func (t Telling) fullUntil(most int, now time.Time) time.Time {
	switch {
	case t.Folded.After(now): // what waits is not overtaken
		return t.Folded
	case t.AtOnce < most:
		return time.Time{}
	}
	return later(t.Oldest, t.Folded).Add(time.Hour)
}

// Rehold times anew what waits for a time after now, by the digest, the quiet
// hours, the zone and the rules of the setup. What is due stays due. It says how
// many messages wait otherwise than before.
func (s *Setup) Rehold(ctx context.Context, outbox Outbox, now time.Time) (changed int, err error) {
	return outbox.Rehold(ctx, now, func(m Message) (Hold, time.Time) {
		if m.Kind == KindFold {
			return ForDigest, s.nextDigest(m.Created, now)
		}
		r := s.Engine.Rule(m.Rule)
		if r == nil { // it is gone
			r = &rules.Rule{Severity: rules.Severity(m.Content.Severity)}
		}
		return s.holdAnew(&m, r, now)
	})
}

// holdAnew is hold for a message that waits already. When nothing keeps it any
// more its time has come: it is told with the others, as it would have been.
func (s *Setup) holdAnew(m *Message, r *rules.Rule, now time.Time) (Hold, time.Time) {
	if m.Kind != KindReply && r.Severity == rules.Low && !s.Digest.IsZero() {
		return ForDigest, s.nextDigest(m.Created, now)
	}
	why, until := m.Held, now
	switch {
	case why == ForDigest:
		why = ""
	case why == ForRate && r.MaxPerHour > 0:
		hour := earlier(m.NotBefore, m.Created.Add(time.Hour)) // beyond it only quiet hours keep it
		until = later(hour, now)
	}
	return s.holdForQuiet(r, why, until)
}

// nextDigest is when the next digest is made that tells what came at that time.
// Intervals count from what came first, or whoever times it anew would put it
// off.
func (s *Setup) nextDigest(came, now time.Time) time.Time {
	if s.Digest.every > 0 {
		return later(s.Digest.Next(earlier(came, now)), now)
	}
	return s.Digest.Next(now)
}

// timeAnew applies a setup to what waits when it is new, and once more when the
// polls are over that began under the one before.
func (d *Deliverer) timeAnew(ctx context.Context) {
	now, setup := d.Now(), d.InForce.Load()
	if setup == d.timed && (d.timeAgain.IsZero() || now.Before(d.timeAgain)) {
		return
	}
	changed, err := setup.Rehold(ctx, d.Outbox, now)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			d.Log.Error("what waits is not timed anew", "error", err)
		}
		return
	case changed > 0:
		d.Log.Info("what waits was timed anew", "messages", changed)
	}
	d.timeAgain = time.Time{}
	if setup != d.timed {
		d.timed, d.timeAgain = setup, now.Add(lastPollsEnd)
	}
}

// lastPollsEnd is when polls have ended that began before: full text of many
// articles takes the longest.
const lastPollsEnd = 5 * time.Minute

// leaveHeld takes off the list the channels in which nothing is due before what
// is held for a time to come.
func (d *Deliverer) leaveHeld(ctx context.Context, due map[string]time.Time) error {
	now := d.Now()
	for name, at := range due {
		if !at.After(now) {
			continue
		}
		next, ok, err := d.Outbox.Next(ctx, name, at)
		if err != nil {
			return err
		}
		if ok && next.Held != "" && next.Attempts == 0 && next.NotBefore.After(now) {
			delete(due, name)
		}
	}
	return nil
}
