package main

import (
	"context"
	"os"
	"time"

	"newswatch/monitor/config"
	"newswatch/rules"
)

// lookEvery is how often the files are looked at. Reading a few small files is
// cheap, and unlike file events it also sees what an editor or a mounted
// ConfigMap does by renaming. What stands still for two looks is taken up, so
// within two seconds of the last write.
const (
	lookEvery  = 500 * time.Millisecond
	mostMoving = 3  // looks that find files changed, until what they say is taken up if it can be
	retryAfter = 20 // looks
)

// A reloader watches the files that say what newswatch does, and puts what they
// say into force: whole, or not at all.
type reloader struct {
	app    *app
	bot    *bot
	door   *door
	ear    *ear
	teller *teller
	hangup <-chan os.Signal // asks for a look at once, and for an answer

	watched watched
	seen    fingerprint // of the files as last taken up, or found at fault
	next    fingerprint // of files that are not taken up yet: they may be half written
	moving  int         // looks in a row that found them changed
	atFault bool        // the files as last seen are
	retry   int         // looks until an edit is tried again that the store did not take; 0: none is

	warnings map[string]bool // of the files as last seen, by gist
}

// A prospect is what files come to, before it is in force.
type prospect struct {
	files  files
	cfg    *config.Config
	engine *rules.Engine
}

// reloader begins with what is in force, of which the rules were read from the
// sources.
func (a *app) reloader(b *bot, sources []rules.Source, hangup <-chan os.Signal) *reloader {
	r := &reloader{
		app: a, bot: b, door: &door{}, ear: &ear{bot: b}, teller: newTeller(b, state{b.cfg, b.cfg, b.rules}), hangup: hangup, watched: a.watches(b.cfg),
	}
	begun := r.watched.read()
	begun.sum, begun.rules = b.cfg.Origin.Sum, sources
	r.seen = begun.fingerprint()
	r.warnings = make(map[string]bool)
	for _, warning := range a.warnings { // they were told at the start
		r.warnings[configFinding(warning).gist()] = true
	}
	return r
}

// watch takes up edits until ctx is done.
func (r *reloader) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.look(ctx)
		case <-r.hangup:
			r.answer(ctx)
		}
	}
}

// look takes the files up when they have changed and stand still. Of files that
// are saved over and over what is without fault is taken up too, lest edits wait
// for their end.
func (r *reloader) look(ctx context.Context) {
	found := r.watched.read()
	print := found.fingerprint()
	still := print == r.next
	r.next = print
	switch {
	case print == r.seen:
		r.moving = 0
		if r.retry--; r.retry == 0 {
			r.take(ctx, found)
		}
	case still:
		r.moving = 0
		r.take(ctx, found)
	default:
		r.moving++
		if r.moving >= mostMoving {
			if _, faults := r.judge(found); faults == nil {
				r.take(ctx, found)
			}
		}
	}
}

// answer takes the files up as they are, because somebody asked.
func (r *reloader) answer(ctx context.Context) {
	found := r.watched.read()
	if found.fingerprint() == r.seen && !r.atFault {
		r.bot.log.Info("asked to reload: nothing has changed")
		return
	}
	r.take(ctx, found)
}

// take puts what the files say into force, or tells why it cannot be.
func (r *reloader) take(ctx context.Context, found files) {
	r.seen = found.fingerprint()
	r.retry = 0
	p, faults := r.judge(found)
	if p.cfg != nil { // what it names is looked at from now on, be it at fault
		r.watched, r.seen = r.app.watches(p.cfg), p.files.fingerprint()
	}
	if faults == nil {
		faults = r.apply(ctx, p)
	}
	if ctx.Err() != nil {
		return
	}
	r.atFault = faults != nil
	r.bot.metrics.reloaded(!r.atFault)
	if r.atFault {
		r.bot.log.Error("edit not applied; what was before stays", "faults", len(faults))
		for _, f := range faults {
			r.app.logFinding(r.bot.log, f)
		}
		r.teller.faulty(faults)
		return
	}
	r.bot.log.Info("edit applied", "feeds", len(p.cfg.Feeds), "rules", len(p.engine.Rules()))
	r.teller.inForce(state{r.bot.cfg, p.cfg, p.engine})
}

// apply puts it into force. Everything that can fail comes before the swap.
func (r *reloader) apply(ctx context.Context, p prospect) []finding {
	next := *p.cfg
	r.bot.keepWhatStays(&next)
	server, fault := r.bot.listenAnew(&next)
	if fault != nil {
		return []finding{configFinding(*fault)}
	}
	setup, former := r.bot.setup(&next, p.engine), r.bot.inForce.Load()
	if err := r.bot.worker.Adopt(ctx, setup); err != nil {
		if server != nil {
			server.listener.Close()
		}
		r.retry = retryAfter
		return []finding{errorFinding(err)}
	}
	if next.Listen != r.bot.cfg.Listen {
		r.door.open(ctx, server)
	}
	r.bot.cfg = &next
	r.ear.open(ctx, &next)
	letGo(former, setup)
	return nil
}
