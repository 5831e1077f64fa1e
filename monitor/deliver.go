package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// How delivery paces itself.
const (
	requestLimit  = 8 * time.Second         // a request that takes longer is undecided
	channelLease  = 10 * time.Second        // longer than a request
	renewEvery    = 3 * time.Second         // so that two renewals may fail
	sendEvery     = 1050 * time.Millisecond // Slack's one message a second and channel, with a little air
	parkedRetry   = 5 * time.Minute         // a refused channel is tried again
	retrySoon     = 10 * time.Second        // after an update that may not have arrived, and while Slack is out of reach
	idleTick      = 10 * time.Second        // the outbox is looked at, whatever happens
	outboxAgain   = 3 * time.Second         // and once it could not be
	setBackLeast  = time.Second             // less is a clock being steered
	limitedWindow = time.Minute             // two channels rate limited within it: the token is
)

// A Deliverer sends what is in the outbox: each message once, in order, at
// each channel's pace, one of a channel at a time. Its fields are set once,
// before; Run and Drain are not called together.
type Deliverer struct {
	Outbox   Outbox
	InForce  *atomic.Pointer[Setup]
	Worker   string // names this process in leases
	Terminal bool   // serve TerminalChannel and no other, else all but it
	Now      func() time.Time
	Log      *slog.Logger
	Observe  func(outcome string) // counts requests by what came of them; may be nil
	Fits     func([]Content) int  // how many of these go into one fold message; at least 1

	FitsDigest func(*Digest) bool // whether it goes into one message; one of a single story does
	Remedy     Remedy             // nil: digests do not say what to exclude

	audits   bool        // what was sent is read back
	recalled atomic.Bool // the refused channels were tried again
	troubles troubles

	dead      atomic.Int32 // messages given up so far
	once      bool         // what is held is not waited for
	timed     *Setup       // that what waits was timed by
	timeAgain time.Time    // when it is once more; zero: it was

	mu          sync.Mutex
	serving     map[string]bool      // channels that a goroutine serves
	resting     map[string]time.Time // channels to leave alone until then
	lastLimited map[string]time.Time // channel → when it was last rate limited
	reopened    map[string]bool      // channels that refused until now: what waits for them is a backlog
	pausedUntil time.Time            // the token is rate limited
	looked      time.Time            // when it was last seen what is due
	kick        chan struct{}
}

func (d *Deliverer) ops() *Ops { return d.InForce.Load().Ops }

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

// Run delivers, and reads back what it delivered, until ctx is done. Then it
// waits for the requests that are out.
func (d *Deliverer) Run(ctx context.Context) {
	d.audits = !d.Terminal
	d.deliver(ctx, func(time.Duration) bool { return false })
}

// Drain delivers until nothing is left that could be sent before the deadline
// and reports how many messages are left. It reads nothing back: that would
// take a minute or two more.
func (d *Deliverer) Drain(ctx context.Context, deadline time.Time) (left int, err error) {
	ctx, cancel := context.WithDeadlineCause(ctx, deadline, errors.New("time to deliver is over"))
	defer cancel()
	d.deliver(ctx, func(wait time.Duration) bool { return !d.Now().Add(wait).Before(deadline) })
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
		if d.recalled.CompareAndSwap(false, true) {
			d.recall(ctx)
		}
		wait := idleTick
		d.followClock(ctx)
		d.timeAnew(ctx)
		due, err := d.due(ctx)
		d.stored(err)
		if err == nil {
			wait = d.start(ctx, &goroutines, due)
		} else if ctx.Err() == nil {
			wait = outboxAgain
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

// followClock keeps waits as long as they were meant when the clock is set
// back: else nothing would be sent until it has caught up.
func (d *Deliverer) followClock(ctx context.Context) {
	now := d.Now()
	by := d.looked.Round(0).Sub(now.Round(0))
	d.looked = now
	if by < setBackLeast {
		return
	}
	d.timed = nil // what waits for an hour of the day waits for its next one
	d.mu.Lock()
	clear(d.resting)
	d.pausedUntil = d.pausedUntil.Add(-by)
	d.mu.Unlock()
	if err := d.Outbox.SetBack(ctx, now, by); err != nil {
		d.Log.Error("waits not adapted to the clock", "error", err)
		d.looked = now.Add(by) // next time
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
	also := []func(context.Context) (map[string]time.Time, error){d.Outbox.DigestsDue}
	if d.audits {
		also = append(also, d.Outbox.AuditsDue)
	}
	if err == nil && d.once {
		err = d.leaveHeld(ctx, due)
	}
	for _, list := range also {
		if err != nil {
			break
		}
		var more map[string]time.Time
		more, err = list(ctx)
		for name, at := range more {
			if d.once && at.After(d.Now()) {
				continue
			}
			if first, ok := due[name]; !ok || at.Before(first) {
				due[name] = at
			}
		}
	}
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
	held, release := d.lease(context.WithoutCancel(ctx), name) // what was begun is written down
	defer release()
	reads, cancel := context.WithCancelCause(held) // but a stop need not wait for what is only read
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })()
	for steps := 0; ctx.Err() == nil; steps++ {
		ch, err := d.claim(held, name)
		var wait time.Duration
		if err == nil {
			wait, err = d.step(held, reads, &ch)
		}
		d.stored(err)
		switch {
		case errors.Is(err, ErrLeaseLost), errors.Is(context.Cause(held), ErrLeaseLost):
			return renewEvery
		case ctx.Err() != nil && errors.Is(err, context.Cause(ctx)):
			return 0
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

// lease renews the lease of a channel for as long as it is served. The context
// ends when another worker has it; the function gives it back.
func (d *Deliverer) lease(ctx context.Context, name string) (held context.Context, release func()) {
	held, cancel := context.WithCancelCause(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for {
			select {
			case <-held.Done():
				return
			case <-time.After(renewEvery):
				if _, err := d.claim(held, name); errors.Is(err, ErrLeaseLost) {
					cancel(ErrLeaseLost)
				}
			}
		}
	})
	return held, func() {
		cancel(nil)
		renewing.Wait()
		if err := d.Outbox.Release(ctx, name, d.Worker); err != nil {
			d.Log.Error("channel not released", "channel", name, "error", err)
		}
	}
}

func (d *Deliverer) claim(ctx context.Context, name string) (Channel, error) {
	now := d.Now()
	return d.Outbox.Claim(ctx, name, d.Worker, now, now.Add(channelLease))
}

// step does one thing for the channel and says how long to wait before the
// next; forever when there is nothing to do. The lease is fresh when it
// begins, and each request but a look is the first of its step. reads ends
// with the worker, ctx only with the lease.
func (d *Deliverer) step(ctx, reads context.Context, ch *Channel) (time.Duration, error) {
	if wait := d.mustWait(ch); wait > 0 {
		return wait, nil
	}
	if looked, wait, err := d.decide(ctx, reads, ch); looked || wait > 0 || err != nil {
		return wait, err
	}
	now := d.Now()
	if made, err := d.digest(ctx, ch, now); made || err != nil {
		return 0, err
	}
	next, ok, err := d.Outbox.Next(ctx, ch.Name, now)
	if err != nil {
		return 0, err
	}
	if asked, err := d.audit(ctx, reads, ch, !ok); asked || err != nil {
		return 0, err
	}
	if !ok {
		return forever, nil
	}
	if next.Attempts == 0 { // else a channel that takes nothing would fold anew each time it is tried
		if folded, err := d.fold(ctx, ch); folded || err != nil {
			return 0, err
		}
	}
	switch {
	case next.Kind == KindAlert && !next.DigestAt.IsZero(): // came to the outbox after the digest was made: the next step makes its own
		return 0, nil
	case next.Orphan:
		return 0, d.Outbox.Promote(ctx, next.Message)
	case next.TS != "":
		return 0, d.update(ctx, ch, &next.Message)
	default:
		return 0, d.post(ctx, ch, &next.Message)
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
func (d *Deliverer) post(ctx context.Context, ch *Channel, m *Message) error {
	before := m.Reason
	m.attempt(d.Now())
	ch.NextSend = d.Now().Add(sendEvery)
	if err := d.Outbox.Settle(ctx, d.Worker, *ch, *m); err != nil {
		return fmt.Errorf("note attempt: %w", err)
	}
	receipt, err := d.request(ctx, ch, m)
	o := outcomeOf(err)
	m.posted(o, receipt)
	told := d.heed(ctx, ch, posting, o)
	switch m.State {
	case Sent:
		ch.learn(receipt)
		m.AuditAt = d.auditTime()
	case Dead:
		told = errors.Join(told, d.died(ctx, m))
	default:
		d.warn(m.Reason == before, "message not delivered yet", "channel", ch.Name, "state", m.State, "attempts", m.Attempts, "reason", o.reason)
	}
	if err := d.Outbox.Settle(ctx, d.Worker, *ch, *m); err != nil {
		return fmt.Errorf("note outcome: %w", errors.Join(err, told))
	}
	return told
}

// update shows a message's new content. It carries the revision of the row: a
// newer one, written meanwhile, is sent next.
func (d *Deliverer) update(ctx context.Context, ch *Channel, m *Message) error {
	ch.NextSend = d.Now().Add(sendEvery)
	receipt, err := d.request(ctx, ch, m)
	o := outcomeOf(err)
	m.updated(o, d.Now())
	ch.learn(receipt)
	told := d.heed(ctx, ch, updating, o)
	if err := d.Outbox.Settle(ctx, d.Worker, *ch, *m); err != nil {
		return fmt.Errorf("note update: %w", errors.Join(err, told))
	}
	return told
}

var errNoAnswer = errors.New("no answer in time")

func (d *Deliverer) request(ctx context.Context, ch *Channel, m *Message) (Receipt, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestLimit, errNoAnswer)
	defer cancel()
	content := m.Content
	content.MayRepeat = m.MayRepeat
	return d.InForce.Load().Notifier.Post(ctx, Outgoing{
		Channel: ch.address(), Thread: m.Thread, TS: m.TS, Kind: m.Kind,
		Key: m.Key, Rev: m.Rev, Plain: m.Plain, Content: content,
	})
}
