package monitor

import "time"

// A FeedState is what the store knows of a feed.
type FeedState struct {
	Key   string
	Name  string
	Lease string // the worker that polls it, or did so last; a write under another lease is refused

	Validators Validators
	Address    string        // where it is asked for since it has moved for good; "": at its URL
	Redirect   Redirect      // where it is said to have moved, so far
	Spec       string        // the schedule that NextPoll was computed with
	TTL        time.Duration // how long it stays fresh, by its own word; 0: not said
	SkipHours  uint32        // bit n: it does not change in hour n, UTC, by its own word

	NextPoll   time.Time // zero: never polled
	LastPoll   time.Time
	FirstOK    time.Time // first poll that could be read
	LastOK     time.Time // last poll that could be read, changed or not
	LastNew    time.Time // last poll that brought a new article
	Newest     time.Time // newest publication date of the last poll that had any
	Parsed     time.Time // last poll whose body was parsed
	EmptySince time.Time // first of the polls in a row whose body had no items; zero: the last had some
	LastGap    time.Time // last poll before which articles were lost unseen

	Items    int           // items in the last body that was parsed
	Gaps     int           // polls before which articles were lost unseen
	Rate     float64       // new articles a day, as of LastNew: see ItemsADay
	Lull     time.Duration // longest time without a new article, lately
	Failures int           // failed polls in a row
	Gone     bool          // the last poll failed because the publisher ended the feed
	Fault    string        // why the last poll failed, or what of its body could not be read; "": neither
	Hint     string        // what to do about it; may be ""

	Leased time.Time // when the lease that keeps it from a worker ends unless it is renewed; told by FeedBook.Lease alone, and not kept
	Host   string    // hash of where it is asked for now; told to FeedBook.Lease alone; "": it does not count whose turn that is
}

// FirstPoll says whether the feed was never read before.
func (s FeedState) FirstPoll() bool { return s.LastOK.IsZero() }

// read notes what a poll that was read says of the feed.
func (s *FeedState) read(feed Feed, page Page, doc Document, sightings []Sighting, now time.Time) {
	gap := len(doc.Known) == 0 && s.gapBefore(doc.Articles, sightings)
	if n := unknown(sightings); n > 0 {
		s.gained(n, now)
	}
	s.TTL, s.SkipHours = doc.TTL, doc.Skip
	s.answered(feed, page, now)
	s.Validators = page.Validators
	if doc.Salvaged != "" { // what was cut off must be asked for again
		s.Validators, s.Fault = Validators{}, doc.Salvaged
	}
	if gap {
		s.Gaps++
		s.LastGap = now
		s.NextPoll = earlier(s.NextPoll, now.Add(feed.Schedule.Interval(now)/2))
	}
	s.Parsed, s.Items = now, len(doc.Articles)+len(doc.Known)
	switch {
	case s.Items > 0:
		s.EmptySince = time.Time{}
	case s.EmptySince.IsZero():
		s.EmptySince = now
	}
	for _, a := range doc.Articles {
		s.dated(a.Published, now)
	}
	for _, published := range doc.Known {
		s.dated(published, now)
	}
}

func (s *FeedState) dated(published, now time.Time) {
	if published.After(s.Newest) && !published.After(now.Add(datesAhead)) {
		s.Newest = published
	}
}

// answered notes what any page says of its feed, be it unchanged.
func (s *FeedState) answered(feed Feed, page Page, now time.Time) {
	s.LastOK = now
	if s.FirstOK.IsZero() {
		s.FirstOK = now
	}
	s.Failures, s.Gone, s.Fault, s.Hint = 0, false, "", ""
	s.moved(feed, page.Moved, now)
	s.NextPoll = feed.next(now, s.freshFor(page, now))
}

// unknown counts the articles that no feed has shown before.
func unknown(sightings []Sighting) (n int) {
	for _, seen := range sightings {
		if seen.Known == nil {
			n++
		}
	}
	return n
}

// gapBefore says whether articles were lost between the last poll and this
// one: nothing of it was seen before, and all of it is newer than anything the
// last one had.
func (s *FeedState) gapBefore(articles []Article, sightings []Sighting) bool {
	if s.FirstPoll() || s.Items == 0 || len(articles) == 0 {
		return false
	}
	for i, seen := range sightings {
		if seen.Here || !articles[i].Published.IsZero() && !articles[i].Published.After(s.Newest) {
			return false
		}
	}
	return true
}

// A Redirect is where a feed's address is said to have moved for good.
type Redirect struct {
	To    string // masked where it may hold a secret; "": nowhere
	Since time.Time
	Times int // polls in a row that were sent there
}

// When a permanent redirect is believed: a server that is set up wrongly for
// an hour moves nothing.
const (
	redirectTimes = 3
	redirectFor   = Day
)

func (r Redirect) lasts(now time.Time) bool {
	return r.Times >= redirectTimes && now.Sub(r.Since) >= redirectFor
}

// moved notes where a poll was sent for good, and adopts that once it lasts.
// config.yaml keeps its address. One with a secret is never adopted: the store
// would hold it, and the new host has no claim to it.
func (s *FeedState) moved(feed Feed, to string, now time.Time) {
	if shown := ShownURL(to); to != "" {
		adoptable := shown == to && !feed.hasSecret()
		if shown != s.Redirect.To {
			s.Redirect = Redirect{To: shown, Since: now}
		}
		s.Redirect.Times++
		if s.Redirect.lasts(now) && adoptable {
			s.Address, s.Redirect = to, Redirect{}
		}
		return
	}
	s.Redirect = Redirect{}
}
