package monitor_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/rules"
)

// digestDesk is a desk with a digest at eight, at six in the morning.
func digestDesk(t *testing.T, feeds ...monitor.Feed) *desk {
	t.Helper()
	time.Sleep(6 * time.Hour) // a bubble begins at midnight
	d := newDesk(t, feeds...)
	d.InForce.Load().Digest = parse(t, "0 8 * * *", time.UTC)
	return d
}

// drain delivers what is due within the time.
func (d *desk) drain(t *testing.T, within time.Duration) {
	t.Helper()
	if _, err := d.Deliverer.Drain(t.Context(), time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(within)
}

// digests is what the board's digests say, a line a story: rule, title and who
// else reported it.
func (b *board) digests() (lines []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.shown {
		if s.Content.Digest == nil {
			continue
		}
		for _, group := range s.Content.Digest.Groups {
			for _, story := range group.Stories {
				lines = append(lines, strings.TrimSpace(fmt.Sprint(group.Rule, ": ", story.Title, " ", strings.Join(story.Also, ", "))))
			}
		}
		for _, group := range s.Content.Digest.Account {
			lines = append(lines, fmt.Sprintf("%s: %d alerts in %d folds", group.Rule, group.Count, group.Folds))
		}
	}
	return lines
}

func TestDigestTellsLowSeverityAndWhatWasFolded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := digestDesk(t, feedNamed(t, "Agency", "@hourly"))
		d.InForce.Load().Engine = engineOf(t, watchRules+"  - {id: survey, match: survey, severity: low, group_by: article}\n")
		var articles []monitor.Article
		for i := range 25 {
			articles = append(articles, item(fmt.Sprint(i), fmt.Sprintf("Bulletin %d", i), time.Minute))
		}
		articles = append(articles, item("n1", "Notice of roadworks", 2*time.Minute), item("s1", "Survey of readers", time.Minute), item("n2", "Notice of elections", time.Minute))
		d.pages.set("Agency", articles...)
		d.once(t)
		d.drain(t, 26*time.Hour)
		equal(t, d.board.lines(), []string{"fold news: 25 alerts", "digest news: part 1 of 1, 3 alerts, 25 folded"})
		equal(t, d.board.digests(), []string{"notice: Notice of roadworks", "notice: Notice of elections", "survey: Survey of readers", "bulletin: 25 alerts in 1 folds"})
		digest := d.board.shown[1]
		if at := digest.at.UTC().Format("15:04"); at != "08:00" {
			t.Errorf("told at %s", at)
		}
		d.drain(t, 72*time.Hour)
		if n := len(d.board.lines()); n != 2 {
			t.Errorf("with nothing to tell there are still digests: %q", d.board.lines())
		}
	})
}

func TestReportsBeforeTheDigestAreCountedInItAndGoIntoItsThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := digestDesk(t, feedNamed(t, "Agency", "@hourly"), feedNamed(t, "Daily", "@hourly"), feedNamed(t, "Herald", "@hourly"))
		d.InForce.Load().Engine = engineOf(t, "rules: [{id: launch, match: satellite AND launch*, severity: low}]")
		d.pages.set("Agency", item("1", "North Korea launches spy satellite into orbit", time.Minute))
		d.once(t)
		d.pages.set("Daily", item("2", "North Korea launches spy satellite into orbit", time.Minute))
		d.once(t)
		d.drain(t, 3*time.Hour)
		d.pages.set("Herald", item("3", "North Korea launches spy satellite into orbit", time.Minute))
		d.once(t)
		equal(t, d.board.lines(), []string{
			"digest news: part 1 of 1, 1 alerts, 0 folded",
			"reply news: North Korea launches spy satellite into orbit",
			"reply news: North Korea launches spy satellite into orbit",
		})
		equal(t, d.board.digests(), []string{"launch: North Korea launches spy satellite into orbit Daily"})
		for _, reply := range d.board.shown[1:] {
			if reply.Thread != d.board.shown[0].ts {
				t.Errorf("a report stands in thread %q, want the digest's", reply.Thread)
			}
		}
	})
}

func TestDigestThatIsTooLongGoesOnInItsThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := digestDesk(t, feedNamed(t, "Agency", "@hourly"))
		var articles []monitor.Article
		for i := range 100 {
			articles = append(articles, item(fmt.Sprint(i), fmt.Sprintf("Notice %d", i), time.Minute))
		}
		d.pages.set("Agency", articles...)
		d.once(t)
		d.drain(t, 3*time.Hour)
		seen := slices.Sorted(slices.Values(d.board.digests()))
		if len(seen) != 100 || len(slices.Compact(seen)) != 100 {
			t.Errorf("%d stories are told, of which %d are different", len(seen), len(slices.Compact(seen)))
		}
		head := d.board.shown[0]
		for i, part := range d.board.shown[1:] {
			if part.Thread != head.ts || part.Content.Digest.Part != i+2 {
				t.Errorf("part %d stands in thread %q as part %d", i+2, part.Thread, part.Content.Digest.Part)
			}
		}
	})
}

func TestMissedDigestIsToldOnceAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		feed := feedNamed(t, "Agency", "@hourly")
		d := digestDesk(t, feed)
		d.pages.set("Agency", item("1", "Notice one", time.Minute))
		d.once(t)
		if err := d.store.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(75 * time.Hour)
		d.start(t, d.path, []monitor.Feed{feed})
		d.InForce.Load().Digest = parse(t, "0 8 * * *", time.UTC)
		start := time.Now()
		d.once(t)
		d.drain(t, 48*time.Hour)
		equal(t, d.board.digests(), []string{"notice: Notice one"})
		if wait := d.board.shown[0].at.Sub(start); wait > 10*time.Second {
			t.Errorf("told %v after the start", wait)
		}
	})
}

func TestDigestWhoseArrivalIsUnknownIsToldOnce(t *testing.T) {
	for name, taken := range map[string]bool{"it had arrived": true, "it had not": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := digestDesk(t, feedNamed(t, "Agency", "@hourly"))
				d.pages.set("Agency", item("1", "Notice one", time.Minute), item("2", "Notice two", time.Minute))
				d.once(t)
				d.board.say(answer{take: taken, err: errDropped})
				d.drain(t, 50*time.Hour)
				equal(t, d.board.lines(), []string{"digest news: part 1 of 1, 2 alerts, 0 folded"})
			})
		})
	}
}

func TestRunOnceDoesNotWaitForWhatIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := digestDesk(t, feedNamed(t, "Agency", "@hourly"))
		time.Sleep(118 * time.Minute) // the digest is two minutes off
		d.pages.set("Agency", item("1", "Notice one", time.Minute), item("2", "Attack two", time.Minute))
		start := time.Now()
		if round := d.once(t); round.Left != 0 {
			t.Errorf("%d messages count as left", round.Left)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("it waited %v", took)
		}
		equal(t, d.board.lines(), []string{"alert news: Attack two"})
	})
}

func TestHeldMessagesFollowTheConfiguration(t *testing.T) {
	hours := func(s string) rules.Hours {
		h, err := rules.ParseHours(s)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	tests := []struct {
		name, title string
		before      func(*monitor.Setup)
		change      func(*testing.T, *monitor.Setup)
		want        string // kind and time of what is told
	}{
		{"the digest is earlier", "Notice", nil, func(t *testing.T, s *monitor.Setup) { s.Digest = parse(t, "30 7 * * *", time.UTC) }, "digest 07:30"},
		{"the digest is later", "Notice", nil, func(t *testing.T, s *monitor.Setup) { s.Digest = parse(t, "0 18 * * *", time.UTC) }, "digest 18:00"},
		{"another zone", "Notice", nil, func(t *testing.T, s *monitor.Setup) {
			s.Zone = time.FixedZone("", 3600)
			s.Digest = parse(t, "0 8 * * *", s.Zone)
		}, "digest 07:00"},
		{"there are no digests", "Notice", nil, func(_ *testing.T, s *monitor.Setup) { s.Digest = monitor.Schedule{} }, "alert 06:10"},
		{"the rule is no longer low", "Notice", nil, func(t *testing.T, s *monitor.Setup) {
			s.Engine = engineOf(t, strings.ReplaceAll(watchRules, "low", "normal"))
		}, "alert 06:10"},
		{"the rule is gone", "Notice", nil, func(t *testing.T, s *monitor.Setup) { s.Engine = engineOf(t, "rules: [{id: x, match: nothing}]") }, "digest 08:00"},
		{"an interval counts on", "Notice", func(s *monitor.Setup) { s.Digest = every(t, time.Hour) }, func(*testing.T, *monitor.Setup) {}, "digest 07:00"},
		{"its quiet hours are shorter", "Drill", nil, func(t *testing.T, s *monitor.Setup) {
			s.Engine = engineOf(t, strings.ReplaceAll(watchRules, "07:00", "06:30"))
		}, "alert 06:30"},
		{"there are quiet hours overall", "Drill", nil, func(_ *testing.T, s *monitor.Setup) { s.Quiet = hours("06:30-09:00") }, "alert 09:00"},
		{"those overall are gone", "Bulletin", func(s *monitor.Setup) { s.Quiet = hours("22:00-07:00") }, func(_ *testing.T, s *monitor.Setup) { s.Quiet = rules.Hours{} }, "alert 06:10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := digestDesk(t, feedNamed(t, "Agency", "@hourly"))
				if tt.before != nil {
					tt.before(d.InForce.Load())
				}
				d.pages.set("Agency", item("1", tt.title, time.Minute))
				d.once(t)
				time.Sleep(10 * time.Minute)
				next := *d.InForce.Load()
				tt.change(t, &next)
				d.InForce.Store(&next)
				d.drain(t, 20*time.Hour)
				var got []string
				for _, s := range d.board.shown {
					got = append(got, fmt.Sprint(s.Kind, " ", s.at.UTC().Format("15:04")))
				}
				equal(t, got, []string{tt.want})
			})
		})
	}
}

func every(t *testing.T, d time.Duration) monitor.Schedule {
	return parse(t, "@every "+d.String(), time.UTC)
}

func TestDigestSurvivesAStoreThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := digestDesk(t, feedNamed(t, "Agency", "@hourly"))
		d.Deliverer.Outbox = &brokenOutbox{Outbox: d.store, fails: 3}
		d.pages.set("Agency", item("1", "Notice one", time.Minute))
		d.once(t)
		d.drain(t, 3*time.Hour)
		equal(t, d.board.digests(), []string{"notice: Notice one"})
	})
}

// brokenOutbox fails to make the first digests, and to time anew what waits.
type brokenOutbox struct {
	monitor.Outbox
	fails int
}

func (o *brokenOutbox) Digest(ctx context.Context, worker string, parts []monitor.Message, of monitor.Harvest) error {
	if o.fails--; o.fails >= 0 {
		return errors.New("disk is full")
	}
	return o.Outbox.Digest(ctx, worker, parts, of)
}

func TestDigestAppraisesRulesThatWereJudgedOrMuted(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		setup := s.InForce.Load()
		setup.Digest = parse(t, "0 8 * * *", time.UTC)
		setup.Route = func(r *rules.Rule) []string {
			if r.ID == "attack" {
				return []string{"#news", "#attacks"}
			}
			return []string{"#news"}
		}
		s.Deliverer.Remedy = func(_ *rules.Engine, rule string, judged []monitor.Judged) (string, error) {
			return fmt.Sprintf("none of %s, of %d", rule, len(judged)), nil
		}
		appraised := func() (lines []string) {
			before := len(s.board.shown)
			s.drain(t, 26*time.Hour)
			for _, shown := range s.board.shown[before:] {
				if shown.Content.Digest != nil {
					for _, a := range shown.Content.Digest.Feedback {
						lines = append(lines, fmt.Sprintf("%s: %d of %d, %d muted, %s", a.Rule, a.Relevant, a.Judged, a.Muted, a.None))
					}
				}
			}
			return lines
		}
		s.click(t, 0, "U0A", "relevant", "")
		s.click(t, 0, "U0A", "mute", monitor.MuteHour)
		s.pages.set("Wire", another("3"))
		s.once(t)
		if s.drain(t, 26*time.Hour); len(s.board.digests()) > 0 {
			t.Errorf("a digest of nothing but feedback: %q", s.board.digests())
		}
		s.pages.set("Wire", item("n1", "Notice of roadworks", time.Minute))
		s.once(t)
		equal(t, appraised(), []string{"launch: 1 of 1, 1 muted, none of launch, of 1"})

		s.pages.set("Wire", item("n2", "Notice of elections", time.Minute))
		s.once(t)
		equal(t, appraised(), nil) // nothing new

		s.click(t, 1, "U0A", "not-relevant", "")
		s.pages.set("Wire", item("n3", "Notice of a fair", time.Minute))
		s.once(t)
		equal(t, appraised(), []string{"attack: 0 of 1, 0 muted, none of attack, of 2"})

		s.click(t, 1, "U0A", "relevant", "")
		setup.Route = func(r *rules.Rule) []string { return []string{"#" + r.ID} }
		s.pages.set("Wire", item("n4", "Notice of a strike", time.Minute))
		s.once(t)
		equal(t, appraised(), nil) // of a rule of other channels
		if n := len(s.board.digests()); n != 4 {
			t.Errorf("%d digests, want 4", n)
		}
	})
}
