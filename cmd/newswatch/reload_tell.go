package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/store"
	"newswatch/rules"
)

// People hear of an edit at once, of one that goes wrong as of the one that mends
// it. A script, or a person who saves very often, uses up what is spare; then they
// hear every tellEvery, of what came in between together.
const (
	tellEvery = 10 * time.Second
	mostSpare = 5
)

// What a note shows at most: Slack takes 3,000 characters.
const (
	mostFaults     = 5
	mostFaultBytes = 2400
	mostChanges    = 20
	longestChange  = 200 // characters
)

// A state is what is in force.
type state struct {
	cfg    *config.Config
	file   *config.Config // as it was read; what differs waits for the next start
	engine *rules.Engine
}

// later is what takes effect at the next start, by key.
func (s state) later() (lines map[string]string) {
	lines = make(map[string]string)
	for _, line := range config.Diff(s.cfg, s.file) {
		key, _, _ := strings.Cut(line, ":")
		lines[key] = line + "; takes effect at the next start"
	}
	return lines
}

// Edits as Ops knows them, that several workers tell of an edit once, and that
// status knows of one that is not in force.
const (
	editCause  = "edit of "
	editFaulty = "edit at fault "
)

// causes are what an edit puts into force, and what it puts out of it.
func (s state) causes(now state) (begins, ends []string) {
	if was, is := s.engine.Fingerprint(), now.engine.Fingerprint(); was != is {
		begins, ends = append(begins, editCause+"rules "+is), append(ends, editCause+"rules "+was)
	}
	if was, is := s.file.Origin.Sum, now.file.Origin.Sum; was != is {
		begins = append(begins, fmt.Sprintf("%sconfiguration %x", editCause, is[:8]))
		ends = append(ends, fmt.Sprintf("%sconfiguration %x", editCause, was[:8]))
	}
	return begins, ends
}

// faultCause is an edit at fault: by all its faults, of which the first line is
// for people.
func faultCause(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return fmt.Sprintf("%s%x: %s", editFaulty, sha256.Sum256([]byte(text)), shorten(first, longestChange))
}

// unsettled is the first fault of an edit that is not in force; "": there is none.
func unsettled(ctx context.Context, kept *store.Store) (string, error) {
	causes, err := kept.Lasting(ctx, editFaulty)
	if err != nil || len(causes) == 0 {
		return "", err
	}
	_, fault, _ := strings.Cut(causes[len(causes)-1], ": ")
	return fault, nil
}

// A teller tells people what edits did: the log, and the ops channel. It takes
// its time for it, so that no edit waits for the archive or for Slack.
type teller struct {
	bot  *bot
	wake chan struct{}

	mu     sync.Mutex
	now    state
	faults []finding // of the edit that is not in force; nil: there is none
	before state     // as last told
	told   string    // the faults as last told; "": there were none
}

func newTeller(b *bot, started state) *teller {
	return &teller{bot: b, wake: make(chan struct{}, 1), now: started, before: started}
}

// inForce notes that an edit is in force.
func (t *teller) inForce(now state) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now, t.faults = now, nil
	t.stir()
}

// faulty notes that an edit is not.
func (t *teller) faulty(faults []finding) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = faults
	t.stir()
}

func (t *teller) stir() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// run tells until ctx is done.
func (t *teller) run(ctx context.Context) {
	regain := time.NewTicker(tellEvery)
	defer regain.Stop()
	for spare := mostSpare; ; {
		wake := t.wake
		if spare == 0 {
			wake = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-regain.C:
			spare = min(spare+1, mostSpare)
		case <-wake:
			t.tell(ctx)
			spare--
		}
	}
}

// tell tells what is new since the last time.
func (t *teller) tell(ctx context.Context) {
	t.mu.Lock()
	before, now, told, faults := t.before, t.now, t.told, t.faults
	t.before, t.told = now, textOf(faults)
	isTold := told == t.told
	t.mu.Unlock()
	changes := t.changes(ctx, before, now)
	var ends []string // of what is at fault
	if told != "" && !isTold {
		ends = []string{faultCause(told)}
	}
	switch mended := told != "" && faults == nil; {
	case len(changes) > 0:
		note := "An edit is in force:\n"
		if mended {
			note = "The edit that was at fault is mended and in force:\n"
		}
		begins, ended := before.causes(now)
		t.say(ctx, monitor.Content{Note: note + boundedChanges(changes)}, begins, append(ended, ends...))
	case mended:
		t.say(ctx, monitor.Content{Note: "The edit that was at fault is taken back. What is in force has not changed."}, nil, ends)
	}
	if faults != nil && !isTold {
		t.say(ctx, faultNote(faults), []string{faultCause(textOf(faults))}, ends)
	}
}

func (t *teller) say(ctx context.Context, said monitor.Content, begins, ends []string) {
	if err := t.bot.inForce.Load().Ops.Say(ctx, said, begins, ends); err != nil && ctx.Err() == nil {
		t.bot.log.Error("ops channel not told of an edit", "error", err)
	}
	t.bot.worker.Deliverer.Kick()
}

// changes tells what differs, a line each, of rules with what that comes to in
// the archive.
func (t *teller) changes(ctx context.Context, before, now state) []string {
	var lines []string
	if now.engine != before.engine {
		lines = t.ruleChanges(ctx, before, now)
	}
	if now.file != before.file {
		lines = append(lines, config.Diff(before.cfg, now.cfg)...)
		lines = append(lines, laterChanges(before.later(), now.later())...)
	}
	for _, line := range lines {
		t.bot.log.Info("edit", "change", line)
	}
	return lines
}

// laterChanges tells what will take effect at the next start, and what will not
// any more.
func laterChanges(before, now map[string]string) []string {
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if now[key] != before[key] {
			lines = append(lines, now[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if _, still := now[key]; !still {
			lines = append(lines, key+": stays as it is")
		}
	}
	return lines
}

func (t *teller) ruleChanges(ctx context.Context, before, now state) []string {
	changes := rules.Diff(before.engine, now.engine)
	var figures map[string]figure
	if slices.ContainsFunc(changes, func(c rules.Change) bool { return len(c.Rules) > 0 }) {
		var err error
		if figures, err = t.bot.figures(ctx, before.engine, now.engine); err != nil && ctx.Err() == nil {
			t.bot.log.Debug("edit not tried on the archive", "error", err)
		}
	}
	lines := make([]string, len(changes))
	for i, c := range changes {
		lines[i] = c.String()
		if len(c.Rules) == 0 || figures == nil {
			continue
		}
		var sum figure
		for _, id := range c.Rules {
			sum.more += figures[id].more
			sum.less += figures[id].less
		}
		lines[i] += "; last 7 days " + sum.String()
	}
	return lines
}

func boundedChanges(lines []string) string {
	shown := make([]string, 0, mostChanges+1)
	for _, line := range lines[:min(len(lines), mostChanges)] {
		if runes := []rune(line); len(runes) > longestChange {
			line = string(runes[:longestChange]) + "…"
		}
		shown = append(shown, line)
	}
	if more := len(lines) - mostChanges; more > 0 {
		shown = append(shown, fmt.Sprintf("+%d more; the log has them all", more))
	}
	return strings.Join(shown, "\n")
}

// faultNote shows the first faults of an edit, as check prints them.
func faultNote(faults []finding) monitor.Content {
	text, shown := "", 0
	for _, f := range faults[:min(len(faults), mostFaults)] {
		if shown > 0 && len(text)+len(f.text) > mostFaultBytes {
			break
		}
		if shown > 0 {
			text += "\n\n"
		}
		text += f.text
		shown++
	}
	if more := len(faults) - shown; more > 0 {
		text += fmt.Sprintf("\n\n+%d more; newswatch check lists them all", more)
	}
	return monitor.Content{
		Note: "An edit is not in force, and what was before stays: " + count(len(faults), "fault", "faults") + ".",
		Code: text,
	}
}

func textOf(faults []finding) string {
	texts := make([]string, len(faults))
	for i, f := range faults {
		texts[i] = f.text
	}
	return strings.Join(texts, "\n")
}
