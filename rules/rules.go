// Package rules is the watch-rule engine: it reads rule files, checks them, and
// matches articles against them. It knows nothing of feeds or alerts, reads no
// files and keeps no state but its rules.
//
// [Load] makes an [Engine] of rule files, or tells all their faults. [Engine.Match]
// returns the rules that fire on an article, with the places that made them fire
// and the sentence that shows it best; [Engine.Explain] tells clause by clause
// why one did or did not. A [Search] looks for one query, a [Comparison] matches two
// sets of rules at once.
//
// What the engine promises:
//
//   - It is immutable and safe for concurrent use; changed rules are a new engine.
//   - Match finds what the plain evaluator finds that Explain walks with, rule by
//     rule: the two are fuzzed against each other, and so is the filter that
//     decides which rules are looked at, which may select too many and never too few.
//   - Matching is one pass over the text, in time linear in it and in what is found,
//     and nearly independent of the number of rules: a rule costs nothing in an
//     article that lacks what it needs. An article that matches nothing allocates
//     nothing.
//   - Texts are not trusted: a text of a megabyte takes a quarter of a second at
//     most, whatever it repeats.
//
// The way through the files: load.go reads rule files (file.go, on yaml.go), lex.go
// and parse.go their queries; trap.go and foreign.go know what analysts write
// instead. A text is cut into words (words.go, on fold.go) and terms are looked for
// in it (pattern.go, find.go, korean.go). eval.go is the
// plain evaluator. program.go compiles rules, need.go chooses the terms that wake
// each, key.go and index.go find those in a text, sweep.go takes an article
// through, holds.go asks the rules that are awake, tell.go and best.go say what
// was found. For archives search.go compiles one query, compare.go two sets of
// rules, and sieve.go passes by what neither can match.
package rules

import (
	"fmt"
	"slices"
	"time"
)

// A Source is one rule file, in UTF-8: Name is what faults call it.
type Source struct {
	Name string
	Data []byte
}

// An Article is what a rule looks at: text without markup. The zero value of a
// field means that the article has none.
type Article struct {
	Title, Body string
	URL         string
	Author      string
	Lang        string   // BCP 47 tag
	Sources     []string // names in which source: looks for words, beside the URL's host: feed, outlet
	Tags        []string
}

// Field names a part of an article, as queries write it. Hits lie in Title and
// Body only.
type Field string

const (
	Title  Field = "title"
	Body   Field = "body"
	Lead   Field = "lead"   // the title and the first 60 words of the body
	From   Field = "source" // the URL's host or one above it; words of Sources
	Lang   Field = "lang"   // the primary part of Lang
	Author Field = "author"
	Tag    Field = "tag"
	URL    Field = "url" // a part of it
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

// A Rule is one checked watch rule. Rules are immutable.
type Rule struct {
	ID, Name, Why string // without a name the ID
	Severity      Severity
	Mention       string   // "@here", "@channel", or an ID of Slack's; empty: nobody
	Channels      []string // none: the configured channel
	GroupBy       string   // ByStory, ByArticle or ByNone
	Quiet         Hours    // in which alerts wait; zero: the rule has none of its own
	MaxPerHour    int      // 0: no limit
	Enabled       bool
	Until         time.Time // start of the last day it applies, UTC; zero: no end
	File          string    // and Line, from 1: where it stands
	Line          int

	all, any, none []Query
	match          bool  // all is the one query of match:
	last           Fault // the place of Until
	examples       []example
}

// A clause is the queries of one of a rule's keys.
type clause struct {
	name    string
	queries []Query
}

// clauses are all, or match as it is called in the rule, any and none.
func (r *Rule) clauses() []clause {
	all := "all"
	if r.match {
		all = "match"
	}
	return []clause{{all, r.all}, {"any", r.any}, {"none", r.none}}
}

// Ended says whether now lies after the last day the rule applies, by the calendar
// of now's location.
func (r *Rule) Ended(now time.Time) bool {
	year, month, day := now.Date()
	return !r.Until.IsZero() && time.Date(year, month, day, 0, 0, 0, 0, time.UTC).After(r.Until)
}

// EndedRules warns, in order of file and line, of rules that have Ended and are
// not switched off: whoever reads their file takes them to be at work.
func (e *Engine) EndedRules(now time.Time) []Fault {
	var warnings []Fault
	for _, r := range e.rules {
		if !r.Enabled || !r.Ended(now) {
			continue
		}
		f := r.last
		f.Warning, f.Message = true, fmt.Sprintf("%s ended with %s and does not fire any more", r.ID, day(r.Until))
		f.Hint = "take the rule away, or set a later day"
		warnings = append(warnings, f)
	}
	return sortFaults(warnings)
}

// InForce leaves out the matches of rules that have Ended at that time. It
// changes the slice it is given.
func InForce(matches []Match, at time.Time) []Match {
	return slices.DeleteFunc(matches, func(m Match) bool { return m.Rule.Ended(at) })
}
