package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// An Outbox is the store as delivery sees it.
type Outbox interface {
	// Due lists the channels with something to send or to decide, and when the
	// first of it is due.
	Due(ctx context.Context) (map[string]time.Time, error)
	// Claim leases the channel to the worker until the given time; ErrLeaseLost
	// when another holds it. Claiming again renews.
	Claim(ctx context.Context, channel, worker string, now, until time.Time) (Channel, error)
	Release(ctx context.Context, channel, worker string) error
	// Undecided lists the channel's messages of which it is not known whether
	// they arrived: states sending and unconfirmed.
	Undecided(ctx context.Context, channel string) ([]Message, error)
	// Waiting lists the channel's pending alerts that are due, oldest first.
	Waiting(ctx context.Context, channel string, now time.Time) ([]Message, error)
	// Next is the message to send next: pending ones first, alerts before
	// replies, else one whose content changed since it was sent.
	Next(ctx context.Context, channel string, now time.Time) (d Delivery, ok bool, err error)
	// Settle writes the channel and how far its messages have come, not their
	// content, in one transaction, or returns ErrLeaseLost.
	Settle(ctx context.Context, worker string, channel Channel, messages ...Message) error
	// Fold puts the message into the outbox in place of the members.
	Fold(ctx context.Context, worker string, fold Message, members []Message) error
	// Promote makes a reply whose parent is gone the alert of its story.
	Promote(ctx context.Context, reply Message) error
	// Left counts the messages that should have been sent by now and were not,
	// to the terminal or to all other channels.
	Left(ctx context.Context, terminal bool, now time.Time) (int, error)
	// Note puts a message into the outbox that belongs to no story, unless its
	// channel has one with that key.
	Note(ctx context.Context, m Message) error
}

// A Delivery is a message with what its sending needs to know of others.
type Delivery struct {
	Message
	Orphan bool // its parent will never be there
}

// How delivery paces itself.
const (
	requestLimit  = 8 * time.Second         // a request that takes longer is undecided
	channelLease  = 10 * time.Second        // longer than a request
	sendEvery     = 1050 * time.Millisecond // Slack's one message a second and channel, with a little air
	parkedRetry   = 5 * time.Minute
	retrySoon     = 10 * time.Second // after an update that may not have arrived, and while Slack is out of reach
	idleTick      = 10 * time.Second
	limitedWindow = time.Minute // two channels rate limited within it: the token is
	opsRepeat     = 12 * time.Hour
)

// A Deliverer sends what is in the outbox: each message once, in order, at
// each channel's pace, one of a channel at a time. Its fields are set once,
// before; Run and Drain are not called together.
type Deliverer struct {
	Outbox   Outbox
	Notifier Notifier
	Worker   string // names this process in leases
	Terminal bool   // serve TerminalChannel and no other, else all but it
	Now      func() time.Time
	Log      *slog.Logger
	Observe  func(outcome string) // counts attempts by outcome; may be nil

	FoldAbove  int                 // more waiting alerts than this are folded
	Fits       func([]Content) int // how many of these go into one fold message; at least 1
	Hold       bool                // keep undecided messages where history may not be read, rather than repeat them
	OpsChannel string              // "": notes for the operator go to the log only

	mu          sync.Mutex
	serving     map[string]bool      // channels that a goroutine serves
	resting     map[string]time.Time // channels to leave alone until then
	lastLimited map[string]time.Time // channel → when it was last rate limited
	pausedUntil time.Time            // the token is rate limited
	kick        chan struct{}
}

// Kick makes a running Deliverer look at the outbox at once.
func (d *Deliverer) Kick() {
	select {
	case d.kicks() <- struct{}{}:
	default:
	}
}

func (d *Deliverer) kicks() chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kick == nil {
		d.kick = make(chan struct{}, 1)
	}
	return d.kick
}

// Run delivers until ctx is done, then waits for the requests that are out.
func (d *Deliverer) Run(ctx context.Context) {
	d.deliver(ctx, func(time.Duration) bool { return false })
}

// Drain delivers until nothing is left that could be sent before the deadline
// and reports how many messages are left.
func (d *Deliverer) Drain(ctx context.Context, deadline time.Time) (left int, err error) {
	ctx, cancel := context.WithDeadlineCause(ctx, deadline, errors.New("time to deliver is over"))
	defer cancel()
	d.deliver(ctx, func(wait time.Duration) bool { return d.Now().Add(wait).After(deadline) })
	return d.Outbox.Left(context.WithoutCancel(ctx), d.Terminal, d.Now())
}

// forever is a wait for nothing.
const forever = time.Duration(1 << 62)

// deliver serves the channels that are due, each in a goroutine of its own,
// until ctx is done or, with none being served, enough says that the next is
// too far off. A wait of forever means that nothing is left.
func (d *Deliverer) deliver(ctx context.Context, enough func(wait time.Duration) bool) {
	var goroutines sync.WaitGroup
	defer goroutines.Wait()
	for ctx.Err() == nil {
		wait := idleTick
		due, err := d.due(ctx)
		if err == nil {
			wait = d.start(ctx, &goroutines, due)
		} else if ctx.Err() == nil {
			d.Log.Error("outbox cannot be read", "error", err)
		}
		if enough(wait) {
			return
		}
		select {
		case <-ctx.Done():
		case <-d.kicks():
		case <-time.After(min(wait, idleTick)):
		}
	}
}

// start serves the channels that are due and says when the next one is.
func (d *Deliverer) start(ctx context.Context, goroutines *sync.WaitGroup, due map[string]time.Time) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	wait, now := forever, d.Now()
	for name, at := range due {
		if d.serving[name] {
			wait = min(wait, idleTick)
			continue
		}
		if at.After(now) {
			wait = min(wait, at.Sub(now))
			continue
		}
		if d.serving == nil {
			d.serving = make(map[string]bool)
		}
		d.serving[name] = true
		wait = min(wait, idleTick)
		goroutines.Go(func() {
			d.rest(name, d.serve(ctx, name))
			d.Kick()
		})
	}
	return wait
}

// rest ends the serving of a channel; it is left alone for a while.
func (d *Deliverer) rest(name string, rest time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.resting == nil {
		d.resting = make(map[string]time.Time)
	}
	delete(d.serving, name)
	d.resting[name] = d.Now().Add(rest)
}

// due lists this Deliverer's channels with work, and when it is due.
func (d *Deliverer) due(ctx context.Context) (map[string]time.Time, error) {
	due, err := d.Outbox.Due(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	for name, at := range due {
		if (name == TerminalChannel) != d.Terminal {
			delete(due, name)
			continue
		}
		due[name] = later(at, d.resting[name])
	}
	return due, err
}

// serve delivers to one channel until it must wait, for its pace or for a
// decision, and says how long to leave it alone.
func (d *Deliverer) serve(ctx context.Context, name string) (rest time.Duration) {
	lasting := context.WithoutCancel(ctx) // what was begun is written down
	defer func() {
		if err := d.Outbox.Release(lasting, name, d.Worker); err != nil {
			d.Log.Error("channel not released", "channel", name, "error", err)
		}
	}()
	for steps := 0; ctx.Err() == nil; steps++ {
		now := d.Now()
		ch, err := d.Outbox.Claim(lasting, name, d.Worker, now, now.Add(channelLease))
		var wait time.Duration
		if err == nil {
			wait, err = d.step(lasting, &ch)
		}
		switch {
		case errors.Is(err, ErrLeaseLost):
			return channelLease / 2
		case err != nil:
			d.Log.Error("delivery failed", "channel", name, "error", err)
			return idleTick
		case wait == forever && steps > 0:
			return 0
		case wait == forever: // the outbox said otherwise; do not ask it in a circle
			return time.Second
		case wait > 0:
			return wait
		}
	}
	return 0
}

// step does one thing for the channel and says how long to wait before the
// next; forever when there is nothing to do.
func (d *Deliverer) step(ctx context.Context, ch *Channel) (time.Duration, error) {
	if wait := d.mustWait(ch); wait > 0 {
		return wait, nil
	}
	if wait, err := d.decide(ctx, ch); wait > 0 || err != nil {
		return wait, err
	}
	if err := d.fold(ctx, ch); err != nil {
		return 0, err
	}
	next, ok, err := d.Outbox.Next(ctx, ch.Name, d.Now())
	switch {
	case err != nil:
		return 0, err
	case !ok:
		return forever, nil
	case next.Orphan:
		return 0, d.Outbox.Promote(ctx, next.Message)
	case next.TS != "":
		return 0, d.update(ctx, ch, next)
	default:
		return 0, d.post(ctx, ch, next)
	}
}

// mustWait is how long the channel's pace, its refusal or a rate limit of the
// whole token still holds it back.
func (d *Deliverer) mustWait(ch *Channel) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return later(ch.NextSend, d.pausedUntil).Sub(d.Now())
}

// post sends a message for the first time, or again once it is known that it
// did not arrive. The attempt is written down before it is made.
func (d *Deliverer) post(ctx context.Context, ch *Channel, m Delivery) error {
	now := d.Now()
	if m.FirstAttempt.IsZero() {
		m.FirstAttempt = now
	}
	m.State, m.LastAttempt, m.TriedRev, m.Absent = Sending, now, m.Rev, 0
	m.Attempts++
	ch.NextSend = now.Add(sendEvery)
	if err := d.Outbox.Settle(ctx, d.Worker, *ch, m.Message); err != nil {
		return fmt.Errorf("note attempt: %w", err)
	}
	receipt, sendErr := d.request(ctx, ch, m)
	d.settle(&m.Message, ch, receipt, sendErr)
	if err := d.Outbox.Settle(ctx, d.Worker, *ch, m.Message); err != nil {
		return fmt.Errorf("note outcome: %w", err)
	}
	return d.report(ctx, ch, m, sendErr)
}

// update shows a message's new content. Sending it twice does no harm, so what
// is undecided is simply sent again.
func (d *Deliverer) update(ctx context.Context, ch *Channel, m Delivery) error {
	now := d.Now()
	ch.NextSend = now.Add(sendEvery)
	receipt, err := d.request(ctx, ch, m)
	var limited *RateLimited
	var refused *ChannelRefused
	var bad *MessageRefused
	var gone *ThreadGone
	switch {
	case err == nil:
		m.SentRev = m.Rev
		ch.take(receipt)
	case errors.As(err, &limited):
		d.slowDown(ch, limited.RetryAfter)
	case errors.As(err, &refused):
		ch.park(now, refused.Reason)
	case errors.As(err, &bad):
		m.SentRev, m.Reason = m.Rev, "update refused: "+bad.Reason
	case errors.As(err, &gone):
		m.State, m.Reason = Dead, "deleted in Slack: "+gone.Reason
	default:
		m.NotBefore = now.Add(retrySoon)
	}
	d.observe("update", err)
	if err := d.Outbox.Settle(ctx, d.Worker, *ch, m.Message); err != nil {
		return fmt.Errorf("note update: %w", err)
	}
	return nil
}

func (d *Deliverer) request(ctx context.Context, ch *Channel, m Delivery) (Receipt, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestLimit, errors.New("no answer in time"))
	defer cancel()
	content := m.Content
	content.MayRepeat = m.MayRepeat
	return d.Notifier.Post(ctx, Outgoing{
		Channel: ch.address(), Thread: m.Thread, TS: m.TS, Kind: m.Kind,
		Key: m.Key, Rev: m.Rev, Plain: m.Plain, Content: content,
	})
}
