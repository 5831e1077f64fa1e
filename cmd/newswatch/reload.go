package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"newswatch/rules"
)

// lookEvery is how often the rule files are looked at. Reading a few small
// files is cheap, and unlike file events it also sees what an editor or a
// mounted ConfigMap does by renaming.
const lookEvery = time.Second

// rulesInForce is the engine that polls use, and the one that takes its place
// when the rule files change.
type rulesInForce struct {
	dir     string
	log     *slog.Logger
	apply   func(*rules.Engine) error // puts them into force; may be nil
	faulty  func(error)               // hears of an edit that is not applied; may be nil
	engine  atomic.Pointer[rules.Engine]
	seen    [sha256.Size]byte // of the files as last compiled
	next    [sha256.Size]byte // of files that are not compiled yet: they may be half written
	trouble string            // why they could not be read, as last told
}

// current is the engine in force. It is safe for concurrent use.
func (f *rulesInForce) current() *rules.Engine { return f.engine.Load() }

// watch puts edits into force until ctx is done: whole, or not at all. What is
// wrong with an edit is logged once, and the rules before it stay.
func (f *rulesInForce) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.look()
		}
	}
}

// look reads the files and, when they have changed and stand still, puts them
// into force.
func (f *rulesInForce) look() {
	sources, err := readRules(f.dir)
	if err != nil {
		if f.trouble != err.Error() {
			f.trouble = err.Error()
			f.log.Error("rules cannot be read; the old ones stay", "error", err)
		}
		return
	}
	f.trouble = ""
	print := fingerprint(sources)
	if print == f.seen {
		return
	}
	if print != f.next {
		f.next = print
		return
	}
	f.seen = print
	engine, err := f.compile(sources)
	if err != nil {
		f.log.Error("edit of the rules not applied; the old ones stay", "error", err)
		if f.faulty != nil {
			f.faulty(err)
		}
		return
	}
	if f.apply != nil {
		if err := f.apply(engine); err != nil {
			f.log.Error("edit of the rules not applied; the old ones stay", "error", err)
			return
		}
	}
	f.engine.Store(engine)
	f.log.Info("rules applied", "rules", len(engine.Rules()))
}

// compile checks the files as `newswatch check` does and logs each fault.
func (f *rulesInForce) compile(sources []rules.Source) (*rules.Engine, error) {
	engine, faults := rules.Load(sources)
	if engine != nil {
		faults = append(faults, engine.CheckExamples()...)
	}
	var bad []rules.Fault
	for _, fault := range faults {
		if fault.Warning {
			f.log.Warn("rules", "warning", fault.Error(), "hint", fault.Hint)
			continue
		}
		bad = append(bad, fault)
		f.log.Error("rules", "fault", fault.Error(), "hint", fault.Hint)
	}
	if len(bad) > 0 {
		return nil, fmt.Errorf("%s, the first: %s", count(len(bad), "fault", "faults"), bad[0].Error())
	}
	return engine, nil
}

func fingerprint(sources []rules.Source) [sha256.Size]byte {
	hash := sha256.New()
	for _, s := range sources {
		fmt.Fprintf(hash, "%s %d\n", s.Name, len(s.Data))
		hash.Write(s.Data)
	}
	return [sha256.Size]byte(hash.Sum(nil))
}
