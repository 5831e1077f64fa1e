package monitor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what a message is.
type Kind string

const (
	KindAlert Kind = "alert" // a rule's first report of a story
	KindReply Kind = "reply" // a later report, in the alert's thread
	KindFold  Kind = "fold"  // several waiting alerts of a rule, or replies of a thread, in one message
	KindOps   Kind = "ops"   // a note to the operator

	KindDigest Kind = "digest" // what low severity has found, and an account of the folds
)

// Hold is why a message waits for its time.
type Hold string

const (
	ForDigest Hold = "digest" // its severity is low
	ForQuiet  Hold = "quiet"  // quiet hours
	ForRate   Hold = "rate"   // it is beyond its rule's number an hour
)

// State says how far a message has come.
type State string

const (
	Pending     State = "pending"     // waits for its channel
	Sending     State = "sending"     // a request is out, or its worker died with it
	Unconfirmed State = "unconfirmed" // may have arrived; looked for before it is sent again
	Sent        State = "sent"        // Slack has it: TS is set
	Parked      State = "parked"      // its channel refuses everything; goes back to pending
	Folded      State = "folded"      // its content went into a fold message
	Dead        State = "dead"        // refused for good; Reason says why
	Muted       State = "muted"       // kept back by a mute, for good; Reason says which
)

// A Message is one thing that Slack must show. The table of messages is the
// outbox.
type Message struct {
	ID      int64
	Channel string // as the configuration names it
	Thread  string // ts of the message it replies to; "": none, or not there yet
	Parent  int64  // the message in whose thread it goes; 0: none
	Kind    Kind
	Key     string // derived from what it tells, never random; unique in its channel
	Rule    string // id of the rule; "" for ops notes
	Content Content

	State        State
	Rev          int // counts changes of Content, from 1
	SentRev      int // the revision that Slack shows; 0: none yet
	TS           string
	Attempts     int  // of posting it; updates are not counted
	TriedRev     int  // the revision that the last attempt posted
	Plain        bool // its blocks were refused: send it as plain text
	MayRepeat    bool // sent again without knowing whether it had arrived
	ParentGone   bool // its thread was refused
	FirstAttempt time.Time
	LastAttempt  time.Time
	NotBefore    time.Time // leave it alone until then
	Held         Hold      // why NotBefore was set when it was made; "": it was not
	DigestAt     time.Time // when the digest takes the alert, or gives an account of the fold; zero: it has, or does not
	Absent       int       // times it was looked for and not found since LastAttempt
	AuditAt      time.Time // when to read back whether Slack has what it confirmed; zero: done, or not asked for
	Resent       int       // times it was sent again because Slack had confirmed it and did not have it
	Reason       string
	Created      time.Time
}

// Content is what a message tells, before any form: enough to draw it for
// Slack or for a terminal. All text that came from a feed is untrusted.
type Content struct {
	Rule     string `json:"rule,omitempty"` // the rule's name
	Severity string `json:"severity,omitempty"`
	Why      string `json:"why,omitempty"`
	Mention  string `json:"mention,omitempty"` // from the rule, never from a feed

	Title     string    `json:"title,omitempty"`
	URL       string    `json:"url,omitempty"`
	Outlet    string    `json:"outlet,omitempty"`
	Published time.Time `json:"published,omitzero"` // or first seen, when the feed gives no date
	Sentence  string    `json:"sentence,omitempty"`
	Marks     [][2]int  `json:"marks,omitempty"`    // byte ranges of the hits within Sentence, in order
	Found     []string  `json:"found,omitempty"`    // what was hit, where the title itself is the sentence
	Relation  Relation  `json:"relation,omitempty"` // of a reply to its story
	Was       string    `json:"was,omitempty"`      // the title before the outlet changed it
	Also      []string  `json:"also,omitempty"`     // outlets of later reports, in order, each once
	Reports   int       `json:"reports,omitempty"`  // later reports
	Latest    time.Time `json:"latest,omitzero"`    // arrival of the last of them

	Earlier *Earlier `json:"earlier,omitempty"` // what an alert takes up again

	Items  []Content `json:"items,omitempty"` // what a fold holds
	Digest *Digest   `json:"digest,omitempty"`
	Note   string    `json:"note,omitempty"` // what an ops note says; ours, not a feed's
	Code   string    `json:"code,omitempty"` // lines below the note, to be read letter by letter

	MayRepeat bool  `json:"-"` // as in Message
	Deeds     Deeds `json:"-"` // the store's rows of them are read when it is sent
}

// Earlier is an alert in the same channel, of a story that returns after the
// window in which reports belong together.
type Earlier struct {
	Title string    `json:"title"`
	Told  time.Time `json:"told"`
	TS    string    `json:"ts,omitempty"` // of the message that shows it; "": none does
	URL   string    `json:"-"`            // of that message; the notifier that can link it fills it in
}

// MessageKey derives a message's key from what it tells: its kind, channel,
// rule and the identity of what it is about.
func MessageKey(kind Kind, channel, rule, subject string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(kind), channel, rule, subject}, "\x00")))
	return hex.EncodeToString(sum[:10])
}

// A Receipt is where Slack put a message.
type Receipt struct {
	Channel string // the channel's ID
	TS      string
}

// An Outgoing is a message on its way: what to draw and where.
type Outgoing struct {
	Channel string // ID where known, else the configured name
	Thread  string // ts of the parent; "": not a reply
	TS      string // of the message to update; "": post a new one
	Kind    Kind
	Key     string
	Rev     int
	Plain   bool // as plain text with its link, after its blocks were refused
	Buttons bool // what people can do with it stands below it
	Content Content
}

// A Notifier shows messages to people. It is safe for concurrent use.
//
// Errors are *NotSent, *RateLimited, *ChannelRefused, *MessageRefused,
// *ThreadGone, ErrNoHistory, or anything else: then it is not known whether it
// was done. outcome.go says what follows from each.
type Notifier interface {
	// Post posts a message, or updates it when out.TS is set.
	Post(ctx context.Context, out Outgoing) (Receipt, error)
	// Look finds which of the keys stand in the channel (or in the thread, when
	// it is not "") since the given time, by the markers that Post leaves on
	// messages of our own: of each key all its messages, the earliest first. All
	// pages are read. ErrNoHistory: the channel's history may not be read.
	Look(ctx context.Context, channel, thread string, since time.Time, keys []string) (map[string][]Receipt, error)
	// Delete takes a message away. *ThreadGone: it is not there.
	Delete(ctx context.Context, at Receipt) error
}

// NotSent: the notifier could not be reached. Nothing was shown.
type NotSent struct{ Err error }

func (e *NotSent) Error() string { return e.Err.Error() }

func (e *NotSent) Unwrap() error { return e.Err }

// RateLimited: the notifier asks to wait. Nothing was shown.
type RateLimited struct{ RetryAfter time.Duration }

func (e *RateLimited) Error() string { return fmt.Sprintf("rate limited for %s", e.RetryAfter) }

// ChannelRefused: the destination takes no message at all. Nothing was shown.
type ChannelRefused struct {
	Reason string
	Token  bool // it is the token that is refused: no channel takes any
}

func (e *ChannelRefused) Error() string {
	if e.Token {
		return "token refused: " + e.Reason
	}
	return "channel refused: " + e.Reason
}

// MessageRefused: this message is not acceptable; others may be. Nothing was
// shown.
type MessageRefused struct{ Reason string }

func (e *MessageRefused) Error() string { return "message refused: " + e.Reason }

// ThreadGone: the message to reply to or to update is no longer there.
// Nothing was shown.
type ThreadGone struct{ Reason string }

func (e *ThreadGone) Error() string { return "thread gone: " + e.Reason }

// ErrNoHistory reports that the notifier may not read the channel's history.
var ErrNoHistory = errors.New("history may not be read")
