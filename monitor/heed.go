package monitor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// What is asked of the notifier, for heed and for a metric.
const (
	posting  = "post"
	updating = "update"
	looking  = "look"
	auditing = "audit"
	deleting = "delete"
)

// heed applies to the channel what a request to it came to, and tells those
// who have to know.
func (d *Deliverer) heed(ctx context.Context, ch *Channel, request string, o outcome) error {
	now := d.Now()
	d.observe(request, o)
	if o.verdict == unreached || o.verdict == undecided {
		d.troubles.begin(slackTrouble, o.reason, now)
	} else {
		d.troubles.end(slackTrouble)
	}
	switch o.verdict {
	case unreached:
		ch.NextSend = now.Add(retrySoon)
	case rateLimited:
		ch.NextSend = later(ch.NextSend, now.Add(o.wait))
		if request != looking { // Slack limits each method by itself
			d.limited(ch.Name, ch.NextSend)
		}
	case channelRefused:
		return d.refused(ctx, ch, o, now)
	case accepted, messageRefused, threadGone:
		d.troubles.end(tokenTrouble)
		if request != looking { // it may be read where nothing may be posted
			return d.answered(ctx, ch)
		}
	}
	return nil
}

// refused parks the channel. The operator hears of it once: in the ops
// channel, or by log and readiness when that would not arrive either.
func (d *Deliverer) refused(ctx context.Context, ch *Channel, o outcome, now time.Time) error {
	if ch.Refusal == "" {
		d.Log.Error("channel takes no messages", "channel", ch.Name, "reason", o.reason, "retry", parkedRetry.String())
	}
	ch.park(now, o.reason)
	ops := d.ops()
	switch {
	case o.token:
		d.troubles.begin(tokenTrouble, o.reason, now)
		return nil
	case ops == nil:
		return nil
	case ch.Name == ops.Channel:
		d.troubles.begin(opsTrouble, ch.Name+": "+o.reason, now)
		return nil
	}
	return ops.Began(ctx, []string{channelCause(ch)}, func([]string) string {
		return fmt.Sprintf("Slack refuses messages to %s: %s. They are kept, and tried again every %s.", ch.Name, o.reason, spell(parkedRetry))
	})
}

// answered ends the refusal of a channel that takes requests again. What waited
// for it goes folded.
func (d *Deliverer) answered(ctx context.Context, ch *Channel) error {
	if ch.Refusal == "" {
		return nil
	}
	d.Log.Info("channel takes messages again", "channel", ch.Name, "since", ch.Refused)
	since := ch.Refused
	ch.Refusal, ch.Refused = "", time.Time{}
	d.mu.Lock()
	if d.reopened == nil {
		d.reopened = make(map[string]bool)
	}
	d.reopened[ch.Name] = true
	d.mu.Unlock()
	ops := d.ops()
	if ops == nil {
		return nil
	}
	if ch.Name == ops.Channel {
		d.troubles.end(opsTrouble)
	}
	return ops.Ended(ctx, []string{channelCause(ch)}, func([]string) string {
		return fmt.Sprintf("Slack takes messages to %s again, after %s. Those that waited are on their way, folded.", ch.Name, spell(d.Now().Sub(since)))
	})
}

// spell is a duration in words, as exact as a person wants it.
func spell(d time.Duration) string {
	count := func(unit time.Duration, noun string) string { return counted(int((d+unit/2)/unit), noun) }
	switch {
	case d < 2*time.Minute:
		return count(time.Second, "second")
	case d < 2*time.Hour:
		return count(time.Minute, "minute")
	case d < 2*Day:
		return count(time.Hour, "hour")
	default:
		return count(Day, "day")
	}
}

// counted is a number of things.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func channelCause(ch *Channel) string { return "channel " + ch.Name }

// died tells the operator of a message that will never be shown. A note that
// is refused is only logged: a note about it would fare no better.
func (d *Deliverer) died(ctx context.Context, m *Message) error {
	d.dead.Add(1)
	d.Log.Error("message given up", "channel", m.Channel, "title", m.Content.Title, "reason", m.Reason)
	if m.Kind == KindOps {
		return nil
	}
	code, _, _ := strings.Cut(m.Reason, " ")
	return d.ops().Event(ctx, "message "+m.Channel+" "+code, fmt.Sprintf(
		"A message to %s was given up: %s. It told of: %s %s\nnewswatch alerts lists all that were given up.",
		m.Channel, m.Reason, m.Content.told(), m.Content.URL))
}

// told is what the content is about, in a line.
func (c *Content) told() string {
	switch {
	case c.Digest != nil:
		return fmt.Sprintf("a digest of %s", counted(c.Digest.Alerts, "alert"))
	case len(c.Items) > 0:
		return fmt.Sprintf("%d alerts, the first %s", len(c.Items), c.Items[0].Title)
	default:
		return c.Title
	}
}

// limited holds every channel back when two are told to wait within
// limitedWindow: then it is the token that is limited.
func (d *Deliverer) limited(name string, until time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Now()
	for other, at := range d.lastLimited {
		if other != name && now.Sub(at) < limitedWindow {
			d.pausedUntil = later(d.pausedUntil, until)
		}
	}
	if d.lastLimited == nil {
		d.lastLimited = make(map[string]time.Time)
	}
	d.lastLimited[name] = now
}

// warn logs a failure. One that is the same again fills no log: an outage may
// last a day.
func (d *Deliverer) warn(again bool, text string, args ...any) {
	log := d.Log.Warn
	if again {
		log = d.Log.Debug
	}
	log(text, args...)
}

func (d *Deliverer) observe(request string, o outcome) {
	if d.Observe != nil {
		d.Observe(request + " " + string(o.verdict))
	}
}

// retry makes a running Deliverer try everything at once by a notifier that is
// new: what held the one before back need not hold this one.
func (d *Deliverer) retry() {
	d.mu.Lock()
	d.pausedUntil = time.Time{}
	clear(d.resting)
	d.mu.Unlock()
	d.recalled.Store(false)
	d.Kick()
}

// recall tries the channels at once that were refused by the worker before, or
// through the notifier before: whoever came with this one may have mended them.
func (d *Deliverer) recall(ctx context.Context) {
	var err error
	if d.looked, err = d.Outbox.LastKnown(ctx); err != nil {
		d.Log.Error("the clock cannot be compared", "error", err)
	}
	refused, err := d.Outbox.Reopen(ctx, d.Now())
	if err != nil {
		d.Log.Error("refused channels cannot be read", "error", err)
	}
	for _, ch := range refused {
		if ops := d.ops(); ops != nil && ch.Name == ops.Channel {
			d.troubles.begin(opsTrouble, ch.Name+": "+ch.Refusal, ch.Refused)
		}
	}
}

// stored notes whether the store could be used.
func (d *Deliverer) stored(err error) {
	switch {
	case err == nil:
		d.troubles.end(outboxTrouble)
	case !errors.Is(err, ErrLeaseLost) && !errors.Is(err, context.Canceled):
		d.troubles.begin(outboxTrouble, err.Error(), d.Now())
	}
}
