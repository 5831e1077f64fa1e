package monitor

import (
	"fmt"
	"math"
	"time"
)

// A Health is how a feed is, in a word.
type Health string

const (
	Unpolled Health = "new"
	Well     Health = "well"
	Moved    Health = "moved"   // well, at another address
	Failing  Health = "failing" // cannot be read, for a short while so far
	Unread   Health = "dead"    // cannot be read, for long
	Gone     Health = "gone"    // its publisher ended it
	Cut      Health = "cut"     // only part of it can be read
	Empty    Health = "empty"
	Gapped   Health = "gapped" // articles came and went between two polls
	Loud     Health = "loud"
	Silent   Health = "silent" // it was livelier before
	Stale    Health = "stale"  // nobody keeps it up
)

// A Diagnosis is how a feed is, why, and what to do about it.
type Diagnosis struct {
	Health Health
	Why    string // one line; "" when Unpolled or Well
	Do     string // may be ""
}

// Ill says whether something is wrong with the feed.
func (d Diagnosis) Ill() bool { return d.Health != Unpolled && d.Health != Well && d.Health != Moved }

// Lost says whether the feed cannot be read, and that has lasted.
func (d Diagnosis) Lost() bool { return d.Health == Unread || d.Health == Gone }

// When a feed is ill although it can be read.
const (
	emptyFor    = time.Hour      // without items, where it had some before
	neverFilled = Day            // without items, where it never had any: a search that found nothing yet
	gapLasts    = Day            // a gap is told of that long
	loudAbove   = 3000           // new items a day; the busiest agencies bring a thousand
	loudAfter   = 6 * time.Hour  // of watching
	staleAfter  = 45 * Day       // since its newest item: research institutes write once a month
	silentTimes = 2              // as long as its longest lull
	silentLeast = 12 * time.Hour // a night
	rhythmAfter = 7 * Day        // of watching is its rhythm known: a week has a weekend
	lullMemory  = 30 * Day       // in which a lull is forgotten
	rateMemory  = 3 * Day        // over which items a day are averaged
	rateAfter   = time.Hour      // of watching is there a rate
)

// Diagnose says how the feed is. Of several illnesses it tells the gravest.
func (s FeedState) Diagnose(now time.Time) Diagnosis {
	switch {
	case s.LastPoll.IsZero():
		return Diagnosis{Health: Unpolled}
	case s.Gone && s.Failures >= patience:
		return Diagnosis{Gone, s.Fault, s.Hint}
	case s.Failures >= deadPolls && now.Sub(s.LastOK) >= deadAfter:
		return Diagnosis{Unread, s.Fault, s.Hint}
	case s.Failures > 0:
		return Diagnosis{Failing, s.Fault, s.Hint}
	case s.Fault != "":
		return Diagnosis{Cut, s.Fault, "its publisher has to mend it; what can be read is"}
	case s.empty():
		return Diagnosis{Empty, "no items since " + s.EmptySince.UTC().Format(time.DateOnly), "see whether the site still fills it"}
	case s.silent():
		return Diagnosis{Silent, fmt.Sprintf("nothing new for %s; it was never silent for more than %s", roughly(s.LastOK.Sub(s.LastNew)), roughly(s.Lull)),
			"see whether the site has news that the feed lacks"}
	case s.LastOK.Sub(s.lastSign()) > staleAfter:
		return Diagnosis{Stale, "its newest item is of " + s.lastSign().UTC().Format(time.DateOnly), "see whether the site has another feed"}
	case s.loud(now):
		return Diagnosis{Loud, fmt.Sprintf("%.0f new items a day", s.ItemsADay(now)), "see with newswatch feed whether its items change their identity, or watch a section of it"}
	case !s.LastGap.IsZero() && now.Sub(s.LastGap) < gapLasts:
		return Diagnosis{Gapped, "articles came and went between two polls", "poll it more often: schedule"}
	case s.Address != "":
		return Diagnosis{Moved, "moved for good", "set url to " + s.Address}
	case s.Redirect.lasts(now):
		return Diagnosis{Moved, "moved for good", "set url to " + s.Redirect.To}
	}
	return Diagnosis{Health: Well}
}

func (s *FeedState) empty() bool {
	if s.EmptySince.IsZero() {
		return false
	}
	least := emptyFor
	if s.LastNew.IsZero() {
		least = neverFilled
	}
	return s.LastOK.Sub(s.EmptySince) >= least
}

// silent compares with the feed's own rhythm, nights and weekends included.
func (s *FeedState) silent() bool {
	return s.Lull > 0 && s.LastNew.Sub(s.FirstOK) >= rhythmAfter &&
		s.LastOK.Sub(s.LastNew) > max(silentTimes*s.Lull, silentLeast)
}

// lastSign is when the feed last showed that somebody keeps it up. All of what
// the first poll brought was there before.
func (s *FeedState) lastSign() time.Time {
	switch {
	case s.LastNew.After(s.FirstOK):
		return later(s.Newest, s.LastNew)
	case s.Newest.IsZero():
		return s.FirstOK
	}
	return s.Newest
}

func (s *FeedState) loud(now time.Time) bool {
	return now.Sub(s.FirstOK) >= loudAfter && s.ItemsADay(now) > loudAbove
}

// ItemsADay is how many new articles the feed brings a day, lately; 0 in the
// hour after its first poll.
func (s FeedState) ItemsADay(now time.Time) float64 {
	watched := now.Sub(s.FirstOK)
	if s.FirstOK.IsZero() || watched < rateAfter {
		return 0
	}
	return s.Rate * fade(now.Sub(s.LastNew)) / (1 - fade(watched)) // as much as can have been counted yet
}

// fade is what is left of a rate after a time.
func fade(d time.Duration) float64 { return math.Exp(-float64(d) / float64(rateMemory)) }

// gained notes that a poll brought n new articles. What the first one brings
// says nothing of the feed's rhythm, and what newswatch missed while it was
// down is no lull.
func (s *FeedState) gained(n int, now time.Time) {
	if !s.FirstPoll() && !s.LastNew.IsZero() {
		since := now.Sub(s.LastNew)
		forgotten := min(1, float64(since)/float64(lullMemory))
		s.Lull = max(s.LastOK.Sub(s.LastNew), time.Duration(float64(s.Lull)*(1-forgotten)))
		s.Rate = s.Rate*fade(since) + float64(n)*float64(Day)/float64(rateMemory)
	}
	s.LastNew = now
}

// roughly is a span as a person says it.
func roughly(d time.Duration) string {
	if d < 2*Day {
		return fmt.Sprintf("%d hours", int(d.Round(time.Hour).Hours()))
	}
	return fmt.Sprintf("%d days", int(d/Day))
}
