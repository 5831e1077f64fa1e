// Package monitor is the worker that watches the news: it polls feeds when
// their schedule says so, keeps what is new, matches it against the watch
// rules, and sees to it that each alert reaches its channel once.
//
// The flow, a file each:
//
//	schedule.go → poll.go: fetch, parse, match │ one transaction: articles, stories, alerts, messages
//	                                           └ deliver.go: outbox → notifier
//
// Of feeds, pace.go says when they are asked again, feedstate.go what a poll
// teaches of them, health.go how they are, illness.go tells the operator, and
// fulltext.go reads the pages of their articles.
//
// Delivery's steps: outcome.go tells the notifier's answers apart, heed.go
// draws their consequences for the channel, decide.go looks before it sends
// again, hold.go and quiet.go say what waits for its time, fold.go puts a backlog
// together, digest.go what waited for the digest, audit.go reads back what was
// sent. ops.go tells the operator, trouble.go says what Slack cannot tell, pulse.go
// gives the worker's signs of life.
//
// What may change meanwhile is one value, setup.go; adopt.go puts another into
// force, whole, between two polls.
//
// Around it stand the nouns it is told in: feed.go, article.go, story.go,
// alert.go, message.go. The package declares the small interfaces it needs
// (Reader, Grouper, Notifier and the stores); feed, story, slack and store
// below it implement them, and cmd/newswatch wires them together. It promises
// that a crash loses nothing: a poll's findings and the messages they cause
// are written in one transaction, or the next poll finds them again.
package monitor
