package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"newswatch/rules"
)

// An Archive is the store as a poll sees it.
type Archive interface {
	// Sight says of each article what is known of it, in the same order. It
	// reads only.
	Sight(ctx context.Context, feedKey string, articles []Article) ([]Sighting, error)
	// ReportsAfter lists the reports with a higher ID, in order, at most limit,
	// that arrived at or after since or opened a story. Of a body it reads no more
	// than its first 4,000 characters.
	ReportsAfter(ctx context.Context, id int64, since time.Time, limit int) ([]Report, error)
	// Record runs do in one transaction, again from the start when the store
	// asks for it (busy, deadlock). An error of do undoes everything.
	Record(ctx context.Context, do func(Ledger) error) error
}

// A Ledger writes what a poll learned, within one transaction.
type Ledger interface {
	// SaveFeed writes the feed's row, or returns ErrLeaseLost.
	SaveFeed(FeedState) error
	// Keep writes what the feed showed at the given time: the finds, in order of
	// identity, setting the ID of each new article, and that the still known
	// identities are still there. It drops finds that another poll has written
	// meanwhile.
	Keep(feedKey string, at time.Time, finds []*Find, still []string) ([]*Find, error)
	// LockStories makes this transaction the only one that groups.
	LockStories() error
	StoryBook
}

// A StoryBook holds stories, their reports and their alerts.
type StoryBook interface {
	// ReportsAfter is the Archive's, within the transaction and without a limit.
	ReportsAfter(id int64, since time.Time) ([]Report, error)
	OpenStory(Story) (int64, error)
	// AddReport puts the report into its story and moves the story's last time.
	AddReport(Report) (int64, error)
	// ReportOf is the article's report; ok is false when it has none.
	ReportOf(articleID int64) (r Report, ok bool, err error)
	// Alerted lists the rules that have matched the article before.
	Alerted(articleID int64) ([]string, error)
	// Alert is the message of the rule's alert on the story in the channel;
	// ok is false when there is none.
	Alert(ruleID string, story int64, channel string) (m Message, ok bool, err error)
	// ToldSince is what the channel was told by the rule after since.
	ToldSince(ruleID, channel string, since time.Time) (Telling, error)
	// MuteOver is the mute, of all that keep back what one outlet brings of a story
	// for a rule, that ends last; ok is false when there is none.
	MuteOver(match Scope, now time.Time) (m Mute, ok bool, err error)
	// Post puts a message into the outbox and notes that it tells of the rule's
	// match with the article; a message whose key its channel has already is
	// left alone.
	Post(m Message, story, articleID int64) error
	// Revise replaces the content of a message and raises its revision.
	Revise(id int64, content Content) error
	// Told lists the messages that show the article's title.
	Told(articleID int64) ([]Message, error)
	// Story is the story of that ID.
	Story(id int64) (Story, error)
}

// A Sighting is what the store knows of an article that a feed shows.
type Sighting struct {
	Known    *Article  // as kept; nil: new
	Here     bool      // this feed has shown it before
	TextHash string    // of what this feed showed last; "" when not Here
	LastSeen time.Time // when this feed was last noted to show it
}

// A Find is an article that is new, or new in part: edited, or shown by
// another feed with another text.
type Find struct {
	Article  Article
	Was      *Article // as it was kept before; nil: new
	Shown    string   // hash of the text that the feed showed, where Article has another; "": Article's own
	Eligible bool     // may alert; false in a feed's first poll for what is old
	Relayed  bool     // known from another feed, and new in this one
	Matches  []rules.Match
}

// ShownHash is a hash of the text by which the feed is known to have shown the
// article.
func (f *Find) ShownHash() string {
	if f.Shown != "" {
		return f.Shown
	}
	return f.Article.TextHash()
}

// A Poller polls feeds. It is safe for concurrent use; its fields are set
// once, before.
type Poller struct {
	InForce *atomic.Pointer[Setup]
	Archive Archive
	Now     func() time.Time

	mu     sync.Mutex // held while a transaction groups
	memory memory

	imprints imprints
}

// A poll is one of them under way. It has the setup that was in force when it
// began, so that no article is matched by half of one.
type poll struct {
	*Poller
	*Setup
}

// A Result is what a poll found. Quiet polls changed nothing but times: they
// were not written, State is for the caller to write with others.
type Result struct {
	State   FeedState
	Quiet   bool
	New     int // articles kept
	Edited  int
	Matched int       // finds that fired a rule
	Posted  int       // messages put into the outbox
	Skipped []string  // items, or pages of them, that could not be read, and why
	Broken  []string  // articles that newswatch failed on, and how
	Soonest time.Time // when a feed that failed might be asked again, were it not backed off from
}

// Poll reads the feed once and records what it learned. When the feed cannot
// be read the result is a quiet one whose state says why, and the error is a
// *FeedError; any other error is the store's, and the poll may be repeated.
func (p *Poller) Poll(ctx context.Context, feed Feed, state FeedState) (Result, error) {
	return (&poll{p, p.InForce.Load()}).run(ctx, feed, state)
}

func (p *poll) run(ctx context.Context, feed Feed, state FeedState) (Result, error) {
	now := p.Now()
	state.LastPoll, state.Spec = now, feed.Schedule.String()
	asked := feed.at(state.Address)
	page, err := p.Reader.Fetch(ctx, asked, state.Validators)
	if ctx.Err() != nil {
		return Result{}, context.Cause(ctx) // stopping; not the feed's fault
	}
	if err != nil {
		return p.failed(feed, state, err)
	}
	if page.NotModified {
		return p.unchanged(feed, state, page), nil
	}
	doc, err := p.Reader.Parse(asked, page, p.imprints.of(state, now))
	if err != nil {
		return p.failed(feed, state, err)
	}
	sightings, err := p.Archive.Sight(ctx, feed.Key(), doc.Articles)
	if err != nil {
		return Result{}, fmt.Errorf("look up articles of %s: %w", feed.Name, err)
	}
	found := Result{Skipped: doc.Skipped}
	finds := sift(feed, state, doc.Articles, sightings, now)
	p.readPages(ctx, asked, finds, &found)
	if ctx.Err() != nil {
		return Result{}, context.Cause(ctx)
	}
	p.match(finds, &found)
	still := stillThere(doc.Articles, sightings, now)
	state.read(feed, page, doc, sightings, now)
	found.State = state
	if matched(finds) {
		if err := p.Recollect(ctx); err != nil {
			return Result{}, err
		}
	}
	result, err := p.record(ctx, feed, found, finds, still)
	if err == nil {
		p.imprints.keep(result.State, doc)
	}
	return result, err
}

// failed is the result of a poll that could not be read. The feed is asked
// again, less and less often, but never given up.
func (p *Poller) failed(feed Feed, state FeedState, err error) (Result, error) {
	now := p.Now()
	state.Failures++
	state.Gone, state.Fault, state.Hint = false, err.Error(), ""
	var feedErr *FeedError
	if errors.As(err, &feedErr) {
		state.Gone, state.Fault, state.Hint = feedErr.Gone, feedErr.Detail, feedErr.Hint
	}
	asked, wait := askedDelay(err), feed.backOff(state.Failures, now)
	if state.Failures >= patience {
		state.Address = "" // perhaps it has moved back
		if state.Gone {
			asked = max(asked, goneEvery)
		}
	}
	state.NextPoll = feed.next(now, max(asked, wait))
	return Result{State: state, Quiet: true, Soonest: feed.next(now, asked)}, err
}

func (p *Poller) unchanged(feed Feed, state FeedState, page Page) Result {
	state.answered(feed, page, p.Now())
	return Result{State: state, Quiet: true}
}

// sift separates what is new or changed from what was seen before. What it
// returns is in order of publication, undated articles first, last in the feed
// first: feeds list the newest on top, and the first report opens a story.
func sift(feed Feed, state FeedState, articles []Article, sightings []Sighting, now time.Time) []*Find {
	var finds []*Find
	for i, seen := range slices.Backward(sightings) {
		a := articles[i]
		if seen.Here && seen.TextHash == a.TextHash() {
			continue
		}
		a.FirstSeen = now
		find := &Find{Article: a, Eligible: eligible(feed, state, &a, now)}
		if seen.Known != nil {
			find.Was, find.Relayed = seen.Known, !seen.Here
			find.Article.ID, find.Article.FirstSeen = seen.Known.ID, seen.Known.FirstSeen
		}
		find.Article.Baseline = !find.Eligible
		finds = append(finds, find)
	}
	slices.SortStableFunc(finds, func(x, y *Find) int { return x.Article.Published.Compare(y.Article.Published) })
	return finds
}

// noteEvery is how often a page is parsed whole although nearly all of it is
// known, and it is noted what the feed goes on showing.
const noteEvery = 12 * time.Hour

// stillThere lists the identities that the feed goes on showing, once a day
// each. What has been seen is forgotten only long after it has left the feed.
func stillThere(articles []Article, sightings []Sighting, now time.Time) []string {
	var still []string
	for i, seen := range sightings {
		if seen.Here && now.Sub(seen.LastSeen) > noteEvery {
			still = append(still, articles[i].Identity())
		}
	}
	return still
}

// datesAhead is how far in the future a date may lie and still mean now: some
// outlets stamp local time as UTC.
const datesAhead = 24 * time.Hour

// eligible says whether an article may alert. In a feed's first poll only what
// was published lately may; the rest is the state from which newswatch starts.
func eligible(feed Feed, state FeedState, a *Article, now time.Time) bool {
	if !state.FirstPoll() {
		return true
	}
	return feed.FirstRun > 0 && !a.Published.IsZero() &&
		!a.Published.Before(now.Add(-feed.FirstRun)) && !a.Published.After(now.Add(datesAhead))
}

// match runs the rules over the finds that may alert. One that they fail on is
// kept and goes without an alert, so that it holds up no other.
func (p *poll) match(finds []*Find, result *Result) {
	now := p.Now().In(p.Zone)
	for _, find := range finds {
		if find.Eligible {
			result.guard(&find.Article, "matching", func() { find.Matches = find.match(p.Engine, now) })
		}
	}
}

// match runs the rules over one find. Of an article known before only those
// matches count that its former text did not have: the others alerted then, or
// were not yet a rule.
func (f *Find) match(engine *rules.Engine, now time.Time) []rules.Match {
	matches := rules.InForce(engine.Match(f.Article.ForRules()), now)
	if f.Was == nil || len(matches) == 0 {
		return matches
	}
	before := engine.Match(f.Was.ForRules())
	return slices.DeleteFunc(matches, func(m rules.Match) bool {
		return !f.anew(m.Rule) && slices.ContainsFunc(before, func(b rules.Match) bool { return b.Rule.ID == m.Rule.ID })
	})
}

// record writes a poll in one transaction: the feed, its articles, and for
// those that matched the story, the alerts and the messages.
func (p *poll) record(ctx context.Context, feed Feed, found Result, finds []*Find, still []string) (Result, error) {
	var result Result
	err := p.Archive.Record(ctx, func(l Ledger) error {
		result = found // again, when the store asks for it
		result.Broken = slices.Clip(found.Broken)
		if matched(finds) { // before it is asked whether an article is new, or two workers may find that it is
			if err := l.LockStories(); err != nil {
				return err
			}
		}
		kept, err := l.Keep(feed.Key(), found.State.LastPoll, finds, still)
		if err != nil {
			return err
		}
		for _, find := range kept {
			if find.Was == nil {
				result.New++
			} else if find.Was.TextHash() != find.Article.TextHash() {
				result.Edited++
			}
		}
		if err := l.SaveFeed(result.State); err != nil {
			return err
		}
		return p.tell(l, kept, &result)
	})
	if err != nil {
		return Result{}, fmt.Errorf("record poll of %s: %w", feed.Name, err)
	}
	return result, nil
}
