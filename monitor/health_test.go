package monitor_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

func TestDiagnose(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	well := monitor.FeedState{
		LastPoll: now, LastOK: now, FirstOK: ago(100 * monitor.Day), LastNew: ago(time.Hour), Newest: ago(time.Hour),
		Items: 20, Rate: 30, Lull: 60 * time.Hour,
	}
	tests := map[string]struct {
		change func(s *monitor.FeedState)
		want   monitor.Diagnosis
	}{
		"well":                   {func(*monitor.FeedState) {}, monitor.Diagnosis{Health: monitor.Well}},
		"never polled":           {func(s *monitor.FeedState) { *s = monitor.FeedState{} }, monitor.Diagnosis{Health: monitor.Unpolled}},
		"failed twice":           {func(s *monitor.FeedState) { s.Failures, s.Fault, s.Hint = 2, "404", "look" }, monitor.Diagnosis{monitor.Failing, "404", "look"}},
		"failed for ten minutes": {func(s *monitor.FeedState) { s.Failures, s.Fault, s.LastOK = 5, "404", ago(10*time.Minute) }, monitor.Diagnosis{monitor.Failing, "404", ""}},
		"failed for an hour":     {func(s *monitor.FeedState) { s.Failures, s.Fault, s.LastOK = 5, "404", ago(time.Hour) }, monitor.Diagnosis{monitor.Unread, "404", ""}},
		"gone once":              {func(s *monitor.FeedState) { s.Failures, s.Gone, s.Fault = 1, true, "410" }, monitor.Diagnosis{monitor.Failing, "410", ""}},
		"gone":                   {func(s *monitor.FeedState) { s.Failures, s.Gone, s.Fault = 3, true, "410" }, monitor.Diagnosis{monitor.Gone, "410", ""}},
		"cut off":                {func(s *monitor.FeedState) { s.Fault = "cut off in item 7" }, monitor.Diagnosis{monitor.Cut, "cut off in item 7", "its publisher has to mend it; what can be read is"}},
		"empty for half an hour": {func(s *monitor.FeedState) { s.Items, s.EmptySince = 0, ago(30*time.Minute) }, monitor.Diagnosis{Health: monitor.Well}},
		"empty":                  {func(s *monitor.FeedState) { s.Items, s.EmptySince = 0, ago(2*time.Hour) }, monitor.Diagnosis{monitor.Empty, "no items since 2026-11-21", "see whether the site still fills it"}},
		"a search that has found nothing yet": {func(s *monitor.FeedState) {
			*s = monitor.FeedState{LastPoll: now, LastOK: now, FirstOK: ago(2 * time.Hour), EmptySince: ago(2 * time.Hour)}
		}, monitor.Diagnosis{Health: monitor.Well}},
		"silent for a weekend, as always": {func(s *monitor.FeedState) { s.LastNew = ago(70 * time.Hour) }, monitor.Diagnosis{Health: monitor.Well}},
		"silent": {func(s *monitor.FeedState) { s.LastNew = ago(130 * time.Hour) }, monitor.Diagnosis{monitor.Silent,
			"nothing new for 5 days; it was never silent for more than 2 days", "see whether the site has news that the feed lacks"}},
		"silent in its first week":  {func(s *monitor.FeedState) { s.LastNew, s.FirstOK = ago(130*time.Hour), ago(6*monitor.Day) }, monitor.Diagnosis{Health: monitor.Well}},
		"silent while we were down": {func(s *monitor.FeedState) { s.LastNew, s.LastOK = ago(130*time.Hour), ago(129*time.Hour) }, monitor.Diagnosis{Health: monitor.Well}},
		"stale when first seen": {func(s *monitor.FeedState) {
			s.LastNew, s.FirstOK, s.Newest, s.Lull = ago(time.Hour), ago(time.Hour), ago(400*monitor.Day), 0
		},
			monitor.Diagnosis{monitor.Stale, "its newest item is of 2025-10-17", "see whether the site has another feed"}},
		"dated 1970, and lively": {func(s *monitor.FeedState) { s.Newest = time.Unix(0, 0) }, monitor.Diagnosis{Health: monitor.Well}},
		"undated, just begun":    {func(s *monitor.FeedState) { s.LastNew, s.FirstOK, s.Newest, s.Lull = now, now, time.Time{}, 0 }, monitor.Diagnosis{Health: monitor.Well}},
		"a new item once a month": {func(s *monitor.FeedState) {
			s.LastNew, s.Newest, s.Lull = ago(30*monitor.Day), ago(30*monitor.Day), 33*monitor.Day
		},
			monitor.Diagnosis{Health: monitor.Well}},
		"loud": {func(s *monitor.FeedState) { s.Rate, s.LastNew = 5000, now }, monitor.Diagnosis{monitor.Loud, "5000 new items a day",
			"see with newswatch feed whether its items change their identity, or watch a section of it"}},
		"gapped": {func(s *monitor.FeedState) { s.LastGap = ago(5 * time.Hour) }, monitor.Diagnosis{monitor.Gapped,
			"articles came and went between two polls", "poll it more often: schedule"}},
		"gapped of old": {func(s *monitor.FeedState) { s.LastGap = ago(25 * time.Hour) }, monitor.Diagnosis{Health: monitor.Well}},
		"moved":         {func(s *monitor.FeedState) { s.Address = "https://new.example/" }, monitor.Diagnosis{monitor.Moved, "moved for good", "set url to https://new.example/"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := well
			tt.change(&s)
			if got := s.Diagnose(now); got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

// lively polls the feed once an hour, with n new articles a day, evenly, but
// none at weekends.
func lively(t *testing.T, d *desk, days, n int) {
	t.Helper()
	made := 0
	for range days * n {
		time.Sleep(monitor.Day / time.Duration(n))
		if day := time.Now().Weekday(); day != time.Saturday && day != time.Sunday {
			made++
		}
		d.pages.set("Agency", item(fmt.Sprint("n", made), "Weather", 0), item(fmt.Sprint("n", made-1), "Weather", time.Hour))
		d.once(t)
	}
}

func stateOf(t *testing.T, d *desk) monitor.FeedState {
	t.Helper()
	states, err := d.store.Feeds(t.Context())
	if err != nil || len(states) == 0 {
		t.Fatal(states, err)
	}
	return states[0]
}

func TestItemsADayAreCountedAndSilenceIsKnownByTheFeedsOwnRhythm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@hourly"))
		lively(t, d, 27, 8) // from a Saturday to a Thursday
		now := time.Now()
		s := stateOf(t, d)
		if rate := s.ItemsADay(now); rate < 6 || rate > 9 {
			t.Errorf("%.1f items a day", rate)
		}
		if s.Lull < 40*time.Hour || s.Lull > 60*time.Hour {
			t.Errorf("its longest lull was %v", s.Lull)
		}
		silentAt := 0
		for hours := 0; hours < 150 && silentAt == 0; hours += 3 {
			time.Sleep(3 * time.Hour)
			d.once(t)
			if stateOf(t, d).Diagnose(time.Now()).Health == monitor.Silent {
				silentAt = hours
			}
		}
		if silentAt < 80 || silentAt > 120 {
			t.Errorf("silent after %d hours", silentAt)
		}
	})
}

func TestIllFeedsAreToldOnceWithWhatToDo(t *testing.T) {
	if testing.Short() {
		t.Skip("long in virtual time")
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPolls(t, feedNamed(t, "Agency", "@every 30m"), feedNamed(t, "Daily", "@every 30m"), feedNamed(t, "Herald", "@every 30m"))
		p.pages.set("Agency", item("1", "Weather", 400*monitor.Day))
		p.pages.set("Daily", item("1", "Weather", 500*monitor.Day))
		p.pages.set("Herald", item("1", "Weather", time.Hour))
		p.watch(t)
		time.Sleep(7 * time.Hour)
		told := []string{"Read, but something is wrong:\nDaily: its newest item is of 1998-08-19; see whether the site has another feed\n" +
			"Agency: its newest item is of 1998-11-27; see whether the site has another feed"}
		equal(t, p.ops(), told)
		p.stop()
		p.renew(t)
		p.watch(t)
		time.Sleep(time.Hour)
		if n := len(p.ops()); n != 1 {
			t.Errorf("told %d times after a restart", n)
		}
		p.pages.set("Agency", item("2", "Sunshine", time.Minute), item("1", "Weather", 400*monitor.Day))
		time.Sleep(7 * time.Hour)
		notes := p.ops()
		if last := notes[len(notes)-1]; last != "Well again: Agency." {
			t.Errorf("told %q", last)
		}
		p.stop()
	})
}
