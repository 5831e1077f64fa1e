package monitor

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// tellDead tells the ops channel of feeds that died, and of those that live
// again. Where most of them have, that is one cause and not many.
func (p *pulse) tellDead(ctx context.Context, now time.Time) error {
	ops := p.InForce.Load().Ops
	if ops == nil {
		return nil
	}
	names := make(map[string]string)        // by cause
	diagnoses := make(map[string]Diagnosis) // of the dead
	var dead, alive []string
	for _, e := range p.agenda.entries {
		cause := "feed " + e.feed.Key()
		names[cause] = e.feed.Name
		switch d := e.state.Diagnose(now); {
		case d.Lost():
			dead = append(dead, cause)
			diagnoses[cause] = d
		case e.state.Failures == 0 && !e.state.LastOK.IsZero():
			alive = append(alive, cause)
		}
	}
	if len(dead) > len(p.agenda.entries)/2 && len(dead) > 1 {
		return ops.Began(ctx, []string{"feeds"}, func([]string) string {
			return fmt.Sprintf("%d of %d feeds cannot be read; is it the network?\n%s", len(dead), len(p.agenda.entries), byReason(dead, names, diagnoses))
		})
	}
	if err := ops.Ended(ctx, []string{"feeds"}, func([]string) string { return "Most feeds can be read again." }); err != nil {
		return err
	}
	if now.Before(p.nextAt) { // single feeds come and go: those of some hours are one note
		return nil
	}
	if err := ops.Began(ctx, dead, func(fresh []string) string {
		p.nextAt = now.Add(illEvery)
		return "Cannot be read, and asked on:\n" + byReason(fresh, names, diagnoses)
	}); err != nil {
		return err
	}
	return ops.Ended(ctx, alive, func(over []string) string {
		p.nextAt = now.Add(illEvery)
		return "Read again: " + named(over, names) + "."
	})
}

// tellIll tells the ops channel of feeds that are read and yet ill: those that
// bring nothing, too much, or not everything; and of those that are well again.
func (p *pulse) tellIll(ctx context.Context, now time.Time) error {
	ops := p.InForce.Load().Ops
	if ops == nil {
		return nil
	}
	names := make(map[string]string) // by cause
	diagnoses := make(map[string]Diagnosis)
	var ill, over []string
	for _, e := range p.agenda.entries {
		d := e.state.Diagnose(now)
		for _, health := range []Health{Empty, Silent, Stale, Loud, Gapped, Cut} {
			cause := fmt.Sprintf("feed %s %s", e.feed.Key(), health)
			names[cause] = e.feed.Name
			switch {
			case d.Health == health:
				ill = append(ill, cause)
				diagnoses[cause] = d
			case e.state.Failures == 0 && !d.Ill(): // who knows of one that cannot be read
				over = append(over, cause)
			}
		}
	}
	if err := ops.Began(ctx, ill, func(fresh []string) string {
		return "Read, but something is wrong:\n" + byReason(fresh, names, diagnoses)
	}); err != nil {
		return err
	}
	return ops.Ended(ctx, over, func(over []string) string { return "Well again: " + named(over, names) + "." })
}

// reasonsMost is how many reasons a note tells apart.
const reasonsMost = 12

// byReason lists the feeds of the causes, those with one reason on one line,
// with what to do about it.
func byReason(causes []string, names map[string]string, diagnoses map[string]Diagnosis) string {
	byDiagnosis := make(map[Diagnosis][]string)
	for _, cause := range causes {
		byDiagnosis[diagnoses[cause]] = append(byDiagnosis[diagnoses[cause]], cause)
	}
	reasons := slices.SortedFunc(maps.Keys(byDiagnosis), func(a, b Diagnosis) int {
		return cmp.Or(cmp.Compare(len(byDiagnosis[b]), len(byDiagnosis[a])), cmp.Compare(a.Why, b.Why))
	})
	var lines []string
	for _, d := range reasons {
		line := fmt.Sprintf("%s: %s", named(byDiagnosis[d], names), d.Why)
		if d.Do != "" {
			line += "; " + d.Do
		}
		lines = append(lines, line)
	}
	if more := len(lines) - reasonsMost; more > 0 {
		lines = append(lines[:reasonsMost], fmt.Sprintf("and %d more: newswatch feeds", more))
	}
	return strings.Join(lines, "\n")
}

func named(causes []string, names map[string]string) string {
	var list []string
	for _, cause := range causes {
		if name := names[cause]; !slices.Contains(list, name) { // it had several illnesses
			list = append(list, name)
		}
	}
	return andMore(list)
}
