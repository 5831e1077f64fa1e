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

// A FeedBook is the store as the worker sees it.
type FeedBook interface {
	// Enroll makes the feeds known and returns their states in the same order. All
	// are the worker's from then on, unless it is "".
	Enroll(ctx context.Context, worker string, feeds []Feed) ([]FeedState, error)
	// Lease leases to the worker, for as long as now is from until, those of the
	// feeds that nobody else has, whose hosts nobody else asks for another, and that
	// nobody has polled since their state was read. It returns the others, by key, as
	// the store knows them, with the end of the lease that keeps them. Writing a
	// state ends its lease.
	Lease(ctx context.Context, worker string, feeds []FeedState, now, until time.Time) (others map[string]FeedState, err error)
	// Renew makes the leases that the worker has of the feeds of these keys end at
	// until.
	Renew(ctx context.Context, worker string, keys []string, now, until time.Time) error
	// Muster notes that the worker is alive until the given time, and lists the
	// others that are.
	Muster(ctx context.Context, self Colleague, now, until time.Time) (others []Colleague, err error)
	// Leave gives the feeds of these keys back: what is still written for them by
	// the worker is refused.
	Leave(ctx context.Context, worker string, keys []string) error
	// LeaveAll gives all the worker's feeds back.
	LeaveAll(ctx context.Context, worker string) error
	// Touch writes states whose polls found nothing new.
	Touch(ctx context.Context, states []FeedState) error
	// Forget drops articles first seen before keep, and what has no use any
	// more; of the worker's own feeds it forgets none.
	Forget(ctx context.Context, worker string, now, keep time.Time) (articles int64, err error)
	// Oldest is when the oldest article was first seen whose text is kept; zero:
	// there is none.
	Oldest(ctx context.Context) (time.Time, error)
	// Ping says whether the store takes writes.
	Ping(ctx context.Context) error
	// Tally counts what happened since the given time.
	Tally(ctx context.Context, since time.Time) (Tally, error)
}

// How the worker paces itself.
const (
	pollsAtOnce  = 256              // connections; each to another host
	pollsMore    = 16               // of them have ended before it is looked who is next
	touchEvery   = 10 * time.Second // how long times of quiet polls wait to be written together
	forgetEvery  = 6 * time.Hour
	forgetFirst  = time.Minute      // after a start: the clock may be wrong
	repollSoon   = 7 * time.Second  // after the store failed: that it works again is noticed within 10
	longestSleep = 10 * time.Second // a clock that jumps is noticed within it
	onceDeliver  = 5 * time.Minute
	onceWaits    = 5 * time.Minute // for the next feed that can be read: others may keep theirs

	clockLeap       = 2 * time.Minute // between two turns of the loop
	forgetAfterLeap = 24 * time.Hour  // time to set a clock right before what looks old is dropped
)

// A Worker polls feeds by their schedules and delivers what comes of it. Its
// fields are set once, before; it runs once. What may change meanwhile is the
// Setup, which it shares with its Poller and its Deliverer.
type Worker struct {
	Name      string // in leases; no other process ever has it
	Shared    bool   // other workers may poll the same feeds: each is leased when it is due
	InForce   *atomic.Pointer[Setup]
	Book      FeedBook
	Poller    *Poller
	Deliverer *Deliverer
	Now       func() time.Time
	Log       *slog.Logger
	OnPoll    func(Feed, Result, time.Duration, error) // sees each poll; may be nil
	OnTick    func()                                   // called while the worker is alive, every 10 s or more often; may be nil

	changes changes
	agenda  *agenda
	pulse   *pulse               // nil under Once
	tour    *tour                // nil unless under Once
	quiet   map[string]FeedState // times to be written, by feed key
	flushAt time.Time            // when they are
	lost    int                  // polls that the store did not take, since it last did
	pingAt  time.Time            // when it is asked again
	leaseAt time.Time            // when feeds are leased again, where the store is shared
	renewAt time.Time            // when leases are renewed
}

// A polled is what a poll's goroutine hands back to the worker's loop.
type polled struct {
	entry  *entry
	result Result
	took   time.Duration
	err    error
}

// Run works until ctx is done. It then starts nothing more, lets what is under
// way end or gives it up safely, and writes the times of the last polls.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.enroll(ctx); err != nil {
		return err
	}
	w.pulse = newPulse(w, w.Now())
	var delivery sync.WaitGroup
	defer delivery.Wait()
	delivery.Go(func() { w.Deliverer.Run(ctx) })
	delivery.Go(func() { _ = w.Poller.Recollect(ctx) }) // else the first poll that matches does, and tells what is wrong
	defer w.changes.regrouping.Wait()
	w.loop(ctx, func() bool { return false })
	w.pulse.beats.Wait()
	return w.leave(ctx)
}

// leave writes what is not written yet, and lets other workers have the feeds.
func (w *Worker) leave(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	err := w.flush(ctx)
	if w.Shared {
		err = errors.Join(err, w.Book.LeaveAll(ctx, w.Name))
	}
	return err
}

// A Round is what polling every feed once came to.
type Round struct {
	Feeds, Failed, New, Matched int
	Left                        int // messages that could not be delivered in time
	GivenUp                     int // messages that Slack refused for good
}

// Once polls every feed once, due or not, and delivers what comes of it and
// what was left before, for at most five minutes. Then it forgets some of what
// is old.
func (w *Worker) Once(ctx context.Context) (Round, error) {
	feeds := len(w.InForce.Load().Feeds)
	round := Round{Feeds: feeds}
	if err := w.enroll(ctx); err != nil {
		return round, err
	}
	for _, e := range w.agenda.entries {
		e.next = w.Now()
	}
	observe := w.OnPoll
	w.tour = newTour(w.Now())
	w.OnPoll = func(f Feed, r Result, took time.Duration, err error) {
		w.tour.note(f.Key(), err != nil, w.Now())
		round.New += r.New
		round.Matched += r.Matched
		if observe != nil {
			observe(f, r, took, err)
		}
	}
	w.loop(ctx, func() bool { return len(w.tour.failed) == feeds || w.Now().Sub(w.tour.last) > onceWaits })
	if left := feeds - len(w.tour.failed); left > 0 && ctx.Err() == nil {
		w.Log.Warn("other workers keep feeds that are not read", "feeds", left)
		round.Failed += left
	}
	for _, failed := range w.tour.failed {
		if failed {
			round.Failed++
		}
	}
	if err := w.leave(ctx); err != nil {
		return round, err
	}
	w.Deliverer.once = true
	left, err := w.Deliverer.Drain(ctx, w.Now().Add(onceDeliver))
	w.Deliverer.once = false
	round.Left, round.GivenUp = left, int(w.Deliverer.dead.Load())
	w.forgetSome(ctx, w.Now())
	return round, errors.Join(err, context.Cause(ctx))
}

// A tour is what Once has read, and others that share the store since it began.
type tour struct {
	began  time.Time
	last   time.Time       // when a feed was read that had not been
	failed map[string]bool // of each feed that was read, by key; one of a short interval may be polled again before another of its host is
}

func newTour(now time.Time) *tour {
	return &tour{began: now, last: now, failed: make(map[string]bool)}
}

// counts says whether another worker has polled the feed since the tour began. A
// nil tour counts none.
func (t *tour) counts(state FeedState) bool {
	return t != nil && !state.LastPoll.Before(t.began.Truncate(time.Millisecond))
}

func (t *tour) note(key string, failed bool, now time.Time) {
	if _, before := t.failed[key]; !before {
		t.last = now
	}
	t.failed[key] = failed
}

func (w *Worker) enroll(ctx context.Context) error {
	feeds := w.InForce.Load().Feeds
	states, err := w.enrolled(ctx, feeds)
	if err != nil {
		return err
	}
	w.agenda = newAgenda(w.Now())
	w.agenda.adopt(feeds, states, w.Now())
	w.quiet = make(map[string]FeedState)
	return nil
}

// loop polls what is due until ctx is done or enough says so, and then waits
// for the polls under way.
func (w *Worker) loop(ctx context.Context, enough func() bool) {
	done := make(chan polled)
	running := 0
	last := w.Now().Round(0) // by the wall clock
	forgetAt := last.Add(forgetFirst)
	w.flushAt = last.Add(touchEvery)
	for ctx.Err() == nil && !enough() {
		now := w.Now()
		if now.Round(0).Sub(last).Abs() > clockLeap { // it was set, or the machine slept
			w.Log.Warn("the clock has leapt", "from", last.UTC(), "to", now.UTC())
			w.flushAt, forgetAt = now, now.Add(forgetAfterLeap)
			if w.pulse != nil {
				w.pulse.leap(now)
			}
		}
		last = now.Round(0)
		if w.OnTick != nil {
			w.OnTick()
		}
		wait := longestSleep
		if running <= pollsAtOnce-pollsMore && w.storeTakes(ctx, now) {
			ready, next := w.due(ctx, now, pollsAtOnce-running)
			wait = min(wait, next)
			for _, e := range ready {
				running++
				go func(feed Feed, state FeedState) { done <- w.poll(ctx, e, feed, state) }(e.feed, e.state)
			}
		}
		if !now.Before(w.flushAt) {
			w.flushOrLog(ctx)
			w.flushAt = now.Add(touchEvery)
		}
		if !now.Before(forgetAt) {
			w.forget(ctx, now, now.Add(-w.InForce.Load().Retention))
			forgetAt = now.Add(forgetEvery)
		}
		if w.Shared {
			wait = min(wait, w.renew(ctx, now))
		}
		if w.pulse != nil {
			w.pulse.turn(ctx, now)
		}
		select {
		case <-ctx.Done():
		case p := <-done:
			running--
			w.take(p)
		case change := <-w.changes.coming():
			w.adopt(ctx, change)
		case <-time.After(min(wait, w.flushAt.Sub(now))):
		}
	}
	for ; running > 0; running-- {
		w.take(<-done)
	}
}

// poll polls one feed, as it was when it fell due. A panic in it is this feed's
// failure alone.
func (w *Worker) poll(ctx context.Context, e *entry, feed Feed, state FeedState) (p polled) {
	start := w.Now()
	defer func() {
		if r := recover(); r != nil {
			w.Log.Error("poll panicked", "feed", feed.Name, "panic", fmt.Sprint(r))
			p = polled{entry: e, took: w.Now().Sub(start)}
			p.result, p.err = w.Poller.failed(feed, state, &FeedError{Reason: "internal", Detail: "newswatch failed on this feed"})
		}
	}()
	result, err := w.Poller.Poll(ctx, feed, state)
	return polled{entry: e, result: result, err: err, took: w.Now().Sub(start)}
}

// take puts a polled feed back on the agenda and passes on what was found.
func (w *Worker) take(p polled) {
	now, state := w.Now(), p.result.State
	var feedErr *FeedError
	switch {
	case errors.Is(p.err, context.Canceled):
		return
	case errors.Is(p.err, ErrLeaseLost): // the other one's poll counts
		w.agenda.done(p.entry, p.entry.state, now, now, now)
		return
	case p.err != nil && !errors.As(p.err, &feedErr): // the store's: nothing was written, ask again
		w.notTaken("poll not recorded", p.err, "feed", p.entry.feed.Name)
		soon := now.Add(repollSoon)
		w.agenda.done(p.entry, p.entry.state, soon, soon, now)
		w.tell(p)
		return
	case p.result.Quiet:
		w.quiet[state.Key] = state
	default:
		delete(w.quiet, state.Key)
	}
	w.logPoll(p)
	back := p.entry.state.Failures > 0 && state.Failures == 0 && 2*w.agenda.failing(1) > len(w.agenda.entries)
	w.agenda.done(p.entry, state, state.NextPoll, p.result.Soonest, now)
	if back {
		w.agenda.hurry(now)
	}
	if p.result.Posted+p.result.Edited > 0 { // an edit may be shown on an alert
		w.Deliverer.Kick()
	}
	w.tell(p)
}

// notTaken logs once for all feeds that the store takes no polls.
func (w *Worker) notTaken(what string, err error, attrs ...any) {
	level := slog.LevelDebug
	if w.lost == 0 {
		level, w.pingAt = slog.LevelError, w.Now().Add(repollSoon)
	}
	w.lost++
	w.Log.Log(context.Background(), level, what, append(attrs, "error", err)...)
}

// storeTakes says whether what a poll finds could be kept. While it could not,
// no feed is asked. Once asks every feed, come what may.
func (w *Worker) storeTakes(ctx context.Context, now time.Time) bool {
	if w.lost == 0 || w.pulse == nil {
		return true
	}
	if now.Before(w.pingAt) {
		return false
	}
	asking, cancel := context.WithTimeout(ctx, leaseLimit)
	defer cancel()
	if err := w.Book.Ping(asking); err != nil {
		w.pingAt = now.Add(repollSoon)
		return false
	}
	w.Log.Info("the store takes writes again", "polls_lost", w.lost)
	w.lost = 0
	return true
}

func (w *Worker) tell(p polled) {
	if w.OnPoll != nil {
		w.OnPoll(p.entry.feed, p.result, p.took, p.err)
	}
}

// logPoll logs what the operator wants to know of a poll: what is new, and a
// fault when it begins, changes and ends.
func (w *Worker) logPoll(p polled) {
	feed, before, after := p.entry.feed, p.entry.state, p.result.State
	switch {
	case after.Fault != "" && after.Fault != before.Fault:
		w.Log.Warn("feed is ill", "feed", feed.Name, "fault", after.Fault, "failures", after.Failures)
	case after.Fault == "" && before.Fault != "":
		w.Log.Info("feed is well again", "feed", feed.Name)
	}
	if after.Gaps > before.Gaps {
		w.Log.Warn("articles came and went between two polls", "feed", feed.Name, "gaps", after.Gaps)
	}
	if after.Address != "" && before.Address == "" {
		w.Log.Warn("feed has moved for good", "feed", feed.Name, "to", after.Address)
	}
	for _, broken := range p.result.Broken {
		w.Log.Error("article without alert", "feed", feed.Name, "reason", broken)
	}
	for _, skipped := range p.result.Skipped {
		w.Log.Debug("item skipped", "feed", feed.Name, "reason", skipped)
	}
	if r := p.result; r.New+r.Edited > 0 {
		w.Log.Info("polled", "feed", feed.Name, "new", r.New, "edited", r.Edited, "matched", r.Matched, "messages", r.Posted)
	}
}

// flush writes the times of quiet polls. Writing one ends the feed's lease, so
// that of a feed being polled again waits.
func (w *Worker) flush(ctx context.Context) error {
	if len(w.quiet) == 0 {
		return nil
	}
	busy := make(map[string]bool)
	for _, e := range w.agenda.entries {
		busy[e.state.Key] = e.busy
	}
	var states []FeedState
	for key, state := range w.quiet {
		if !busy[key] {
			states = append(states, state)
		}
	}
	if err := w.Book.Touch(ctx, states); err != nil {
		return err
	}
	for _, state := range states {
		delete(w.quiet, state.Key)
	}
	return nil
}

func (w *Worker) flushOrLog(ctx context.Context) {
	if err := w.flush(ctx); err != nil && ctx.Err() == nil {
		w.Log.Error("times of polls not written", "error", err)
	}
}

// forgetSome forgets as often as a worker does that stays, though nobody
// remembers when that was: when enough has become old. It drops a day's at most,
// so that a run soon ends, and one by a wrong clock does little harm.
func (w *Worker) forgetSome(ctx context.Context, now time.Time) {
	oldest, err := w.Book.Oldest(ctx)
	keep := now.Add(-w.InForce.Load().Retention)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		w.Log.Error("old articles not dropped", "error", err)
	case !oldest.IsZero() && keep.Sub(oldest) >= forgetEvery:
		w.forget(ctx, now, earlier(keep, oldest.Add(Day)))
	}
}

func (w *Worker) forget(ctx context.Context, now, keep time.Time) {
	n, err := w.Book.Forget(ctx, w.Name, now, keep)
	if err != nil && ctx.Err() == nil {
		w.Log.Error("old articles not dropped", "error", err)
	}
	if n > 0 {
		w.Log.Info("dropped the text of old articles", "articles", n)
	}
}
