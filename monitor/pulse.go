package monitor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// DailySpec is when the ops channel hears that newswatch is alive, in the
// configured zone: an hour after the usual digest, when people are there.
const DailySpec = "0 9 * * *"

// Signs of life, and what they wait for.
const (
	beatEvery   = time.Minute
	beatLimit   = 30 * time.Second
	illFor      = 5 * time.Minute  // delivery may be ill so long and newswatch still be well
	pollHangs   = 3 * time.Minute  // a fetch takes 20 s at most, a record five tries of 5 s
	failedPolls = 2                // of every feed: polling is ill
	deadPolls   = 3                // failed polls in a row, and
	deadAfter   = time.Hour        // this long since one that was read, if any was: the feed is dead
	deadEvery   = 10 * time.Minute // those that died in between are told together
	illEvery    = 6 * time.Hour    // and those that are read but ill, and single ones after another
	namedMost   = 10               // feeds named in a note
)

// A pulse gives the worker's signs of life. Silence means trouble: a
// watchdog outside is pinged only while polling, store and delivery are well,
// so that it also hears of what can tell of itself no more.
type pulse struct {
	*Worker
	daily   Schedule
	beatAt  time.Time
	dailyAt time.Time
	deadAt  time.Time
	illAt   time.Time
	nextAt  time.Time // when single feeds are told of again
	unwell  string    // why the watchdog is not pinged, as last logged

	musterAt  time.Time
	differing time.Time // since when other workers go by other rules; zero: none does
	differs   bool      // whether that was logged

	beating atomic.Bool
	beats   sync.WaitGroup
}

func newPulse(w *Worker, now time.Time) *pulse {
	p := &pulse{Worker: w, beatAt: now, deadAt: now.Add(deadEvery), illAt: now.Add(deadEvery)}
	p.keepDays(now)
	return p
}

// keepDays makes the day's sign of life due by the clock of the zone in force.
func (p *pulse) keepDays(now time.Time) {
	daily, err := ParseSchedule(DailySpec, p.InForce.Load().Zone)
	if err != nil {
		panic(err) // a constant
	}
	p.daily, p.dailyAt = daily, daily.Next(now)
	if missed := daily.Next(now.Add(-Day)); !missed.After(now) && p.ranBefore(missed) {
		p.dailyAt = missed // the outbox knows whether that day was told
	}
}

// ranBefore says whether newswatch was in service at that time.
func (w *Worker) ranBefore(t time.Time) bool {
	for _, e := range w.agenda.entries {
		if last := e.state.LastPoll; !last.IsZero() && last.Before(t) {
			return true
		}
	}
	return false
}

// turn gives those signs that are due. It is called by the worker's loop: one
// that stands still gives none.
func (p *pulse) turn(ctx context.Context, now time.Time) {
	if !now.Before(p.beatAt) {
		p.beatAt = now.Add(beatEvery)
		p.beat(ctx, now)
	}
	if !now.Before(p.deadAt) {
		p.deadAt = now.Add(deadEvery)
		p.log("dead feeds not told", p.tellDead(ctx, now))
	}
	if !now.Before(p.illAt) {
		p.illAt = now.Add(illEvery)
		p.log("ill feeds not told", p.tellIll(ctx, now))
	}
	if p.Shared && !now.Before(p.musterAt) {
		p.musterAt = now.Add(musterEvery)
		p.log("workers not mustered", p.muster(ctx, now))
	}
	if !now.Before(p.dailyAt) {
		p.log("day not told", p.tellDay(ctx, p.dailyAt, now))
		p.dailyAt = p.daily.Next(now)
	}
}

// leap follows a clock that has leapt: no sign of life waits longer than it
// would have.
func (p *pulse) leap(now time.Time) {
	p.beatAt = earlier(p.beatAt, now)
	p.deadAt = earlier(p.deadAt, now.Add(deadEvery))
	p.illAt = earlier(p.illAt, now.Add(illEvery))
	p.nextAt = earlier(p.nextAt, now.Add(illEvery))
	p.musterAt = earlier(p.musterAt, now)
	p.dailyAt = earlier(p.dailyAt, p.daily.Next(now))
}

func (p *pulse) log(what string, err error) {
	if err != nil {
		p.Log.Error(what, "error", err)
	}
}

// beat pings the watchdog if all is well. It does not wait for the answer, nor
// ask twice at a time.
func (p *pulse) beat(ctx context.Context, now time.Time) {
	ping := p.InForce.Load().Beat
	if ping == nil || !p.beating.CompareAndSwap(false, true) {
		return
	}
	unwell := p.polling(now)
	if unwell == "" {
		unwell = p.delivering(now)
	}
	p.beats.Go(func() {
		defer p.beating.Store(false)
		ctx, cancel := context.WithTimeoutCause(ctx, beatLimit, errNoAnswer)
		defer cancel()
		if unwell == "" {
			if err := p.Book.Ping(ctx); err != nil {
				unwell = "the store takes no writes: " + err.Error()
			}
		}
		if unwell == "" {
			if err := ping(ctx); err != nil && ctx.Err() == nil {
				unwell = err.Error()
			}
		}
		switch {
		case ctx.Err() != nil && context.Cause(ctx) != errNoAnswer: // stopping
		case unwell != "" && p.unwell == "":
			p.Log.Error("no heartbeat", "reason", unwell)
		case unwell == "" && p.unwell != "":
			p.Log.Info("heartbeat again")
		}
		p.unwell = unwell
	})
}

// polling says what is wrong with polling as a whole; "": nothing.
func (p *pulse) polling(now time.Time) string {
	for _, e := range p.agenda.entries {
		if e.busy && now.Sub(e.next) > pollHangs {
			return "the poll of " + e.feed.Name + " hangs"
		}
	}
	if failing := p.agenda.failing(failedPolls); failing == len(p.agenda.entries) && failing > 0 {
		return "no feed can be read"
	}
	return ""
}

// delivering says what has been wrong with delivery for some time; "": nothing.
// Buttons that do not work are no reason to call somebody at night: alerts are
// posted, and the ops channel hears of it.
func (p *pulse) delivering(now time.Time) string {
	for _, trouble := range p.Deliverer.Ill() {
		if !trouble.unheard && now.Sub(trouble.Since) >= illFor {
			return trouble.What
		}
	}
	return ""
}

// A Tally is what the day's sign of life counts.
type Tally struct {
	Alerts  int // of that day
	Dead    int // messages given up in it
	Late    int // messages that wait since before it
	Refused []Channel
}

// tellDay tells the ops channel, once for the date of due, that newswatch is
// alive: "412 feeds, 3 ill, 27 alerts".
func (p *pulse) tellDay(ctx context.Context, due, now time.Time) error {
	tally, err := p.Book.Tally(ctx, now.Add(-Day))
	if err != nil {
		return err
	}
	var ill []string
	for _, e := range p.agenda.entries {
		if d := e.state.Diagnose(now); d.Ill() {
			ill = append(ill, fmt.Sprintf("%s (%s)", e.feed.Name, d.Why))
		}
	}
	note := fmt.Sprintf("%s, %d ill, %s", counted(len(p.agenda.entries), "feed"), len(ill), counted(tally.Alerts, "alert"))
	if len(ill) > 0 {
		note += "\nill: " + andMore(ill)
	}
	if tally.Dead > 0 {
		note += "\ngiven up: " + counted(tally.Dead, "message") + "; newswatch alerts --state dead"
	}
	if tally.Late > 0 {
		note += "\nwaiting for more than a day: " + counted(tally.Late, "message")
	}
	for _, ch := range tally.Refused {
		note += fmt.Sprintf("\n%s takes no messages: %s", ch.Name, ch.Refusal)
	}
	p.Log.Info("the day", "feeds", len(p.agenda.entries), "ill", len(ill), "alerts", tally.Alerts)
	setup := p.InForce.Load()
	return setup.Ops.Daily(ctx, due.In(setup.Zone).Format(time.DateOnly), note)
}

// andMore lists the first names and counts the others.
func andMore(names []string) string {
	if more := len(names) - namedMost; more > 0 {
		return fmt.Sprintf("%s, +%d", strings.Join(names[:namedMost], ", "), more)
	}
	return strings.Join(names, ", ")
}
