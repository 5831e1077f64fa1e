package monitor

import (
	"time"

	"newswatch/rules"
)

// A Story is one event as its reports tell it. It begins with its first
// report and takes in later ones within a sliding window.
type Story struct {
	ID    int64
	Title string // of its first report
	Seed  string // identity of its first article, from which alert keys are derived
	First time.Time
	Last  time.Time
}

// Relation says how a report stands to its story.
type Relation string

const (
	Opens Relation = "opens"      // the story's first report
	Copy  Relation = "same text"  // the same copy in another outlet
	Tells Relation = "same event" // an outlet's own report of the event
	Adds  Relation = "follow-up"  // what came of the event, or a report a day after the first
)

// Joins says whether a report goes into the thread of the rule's alert on its
// story, when there is one, rather than alert itself.
func (rel Relation) Joins(r *rules.Rule) bool {
	return r.GroupBy == rules.ByStory || r.GroupBy == rules.ByArticle && rel == Copy
}

// A Report is an article that belongs to a story.
type Report struct {
	ID       int64 // the store's, rising in order of arrival
	StoryID  int64
	Article  Article
	Relation Relation
	At       time.Time // arrival
	Earlier  int64     // a story from before the window that this one takes up again; 0: none. The store does not keep it
}

// A Grouper finds the story that an article reports. It remembers the reports
// it was told of, in order of arrival; what it answers is a function of those
// and the article alone. It is used by one goroutine at a time.
type Grouper interface {
	// Remember takes in a report that the store has.
	Remember(r Report)
	// Undo forgets the last n reports that were remembered.
	Undo(n int)
	// Place finds the story of an article that arrived at the given time;
	// ok is false when no story remembered is about the same event.
	Place(a *Article, at time.Time) (story int64, rel Relation, ok bool)
	// Recall finds the story from before the window that an article, which has
	// no place in any other, takes up again; ok is false when there is none.
	Recall(a *Article, at time.Time) (story int64, ok bool)
}
