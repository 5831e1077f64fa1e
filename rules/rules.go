// Package rules is the watch-rule engine: it reads rule files, checks them,
// and matches articles against them.
package rules

import "time"

// A Source is one rule file: Name is what faults call it.
type Source struct {
	Name string
	Data []byte
}

// An Article is what a rule looks at. The zero value of a field means that the
// article has none.
type Article struct {
	Title, Body string
	URL         string
	Author      string
	Lang        string   // BCP 47 tag
	Sources     []string // names in which source: looks for words, beside the URL's host: feed, outlet
	Tags        []string
}

// Field names a part of an article, as queries write it.
type Field string

const (
	Title  Field = "title"
	Body   Field = "body"
	Lead   Field = "lead"
	From   Field = "source"
	Lang   Field = "lang"
	Author Field = "author"
	Tag    Field = "tag"
	URL    Field = "url"
)

// A Hit is one place that a rule's terms found: bytes Start to End of the
// article's title or body (Field), as the reader sees it.
type Hit struct {
	Field      Field
	Start, End int
	Text       string
}

// A Match is one rule that fired on one article.
type Match struct {
	Rule     *Rule
	Hits     []Hit // in order: title first, then body; none overlaps another of the same field
	Sentence Hit   // the sentence that shows best why: Field, range and text
}

// Severity says how urgently a rule's alerts are told.
type Severity string

const (
	High   Severity = "high"   // at once, may mention, passes quiet hours
	Normal Severity = "normal" // at once
	Low    Severity = "low"    // in the digest
)

// What a rule's alerts are grouped by.
const (
	ByStory   = "story"   // one alert a story, later reports in its thread
	ByArticle = "article" // one alert an article
	ByNone    = "none"    // one alert a feed item
)

// Ended says whether now lies after the last day the rule applies.
func (r *Rule) Ended(now time.Time) bool {
	return !r.Until.IsZero() && !now.Before(r.Until.AddDate(0, 0, 1))
}

// A Rule is one checked watch rule. Rules are immutable.
type Rule struct {
	ID, Name, Why string
	Severity      Severity
	Mention       string
	Channels      []string // none: the configured channel
	GroupBy       string   // "story", "article" or "none"
	Quiet         string   // "22:00-07:00"; empty: no quiet hours of its own
	MaxPerHour    int      // 0: no limit
	Enabled       bool
	Until         time.Time // start of the last day it applies, UTC; zero: no end
	File          string
	Line          int

	all, any, none []Query
	examples       []example
}
