package monitor

import (
	"context"
	"time"
)

// An Outbox is the store as delivery sees it.
type Outbox interface {
	// Due lists the channels with something to send or to decide, and when the
	// first of it is due.
	Due(ctx context.Context) (map[string]time.Time, error)
	// Claim leases the channel to the worker until the given time; ErrLeaseLost
	// when another holds it. Claiming again renews.
	Claim(ctx context.Context, channel, worker string, now, until time.Time) (Channel, error)
	Release(ctx context.Context, channel, worker string) error
	// Reopen makes the refused channels due at once and lists them.
	Reopen(ctx context.Context, now time.Time) ([]Channel, error)
	// Undecided lists the channel's messages of which it is not known whether
	// they arrived: states sending and unconfirmed.
	Undecided(ctx context.Context, channel string) ([]Message, error)
	// Waiting lists the channel's pending alerts that are due, and the replies
	// whose thread is there, oldest first.
	Waiting(ctx context.Context, channel string, now time.Time) ([]Message, error)
	// Next is the message to send next: pending ones first, alerts before
	// replies, else one whose content changed since it was sent.
	Next(ctx context.Context, channel string, now time.Time) (d Delivery, ok bool, err error)
	// Settle writes the channel and how far its messages have come, not their
	// content, in one transaction, or returns ErrLeaseLost.
	Settle(ctx context.Context, worker string, channel Channel, messages ...Message) error
	// Fold puts the message into the outbox in place of the members.
	Fold(ctx context.Context, worker string, fold Message, members []Message) error
	// Rehold times anew what waits for a time after now: until is asked of each
	// message, and of each fold that a digest is to tell of, what it waits for and
	// how long. A zero time: no longer. It says how many wait otherwise now.
	Rehold(ctx context.Context, now time.Time, until func(Message) (Hold, time.Time)) (changed int, err error)
	// DigestsDue lists the channels that a digest is to be made for, and when the
	// first is.
	DigestsDue(ctx context.Context) (map[string]time.Time, error)
	// Harvest is what a digest of the channel is made of: once anything is due by
	// now, all that waits for one.
	Harvest(ctx context.Context, channel string, now time.Time) (Harvest, error)
	// Digest puts a digest into the outbox in place of the alerts of its harvest:
	// its first part, and the others in the thread of that.
	Digest(ctx context.Context, worker string, parts []Message, of Harvest) error
	// Promote makes a reply whose parent is gone the alert of its story.
	Promote(ctx context.Context, reply Message) error
	// LastKnown is the latest time that had passed when the store was last
	// written.
	LastKnown(ctx context.Context) (time.Time, error)
	// SetBack moves what was to happen at a time to come by that much towards the
	// past, but for what waits for an hour of the day: the clock was set back.
	SetBack(ctx context.Context, now time.Time, by time.Duration) error
	// Left counts the messages that should have been sent by now and were not,
	// to the terminal or to all other channels.
	Left(ctx context.Context, terminal bool, now time.Time) (int, error)
	// AuditsDue lists the channels with messages to read back, and when the
	// first is due.
	AuditsDue(ctx context.Context) (map[string]time.Time, error)
	// Confirmed lists the channel's sent messages whose audit is due until the
	// given time, the earliest first.
	Confirmed(ctx context.Context, channel string, until time.Time) ([]Message, error)
}

// A Delivery is a message with what its sending needs to know of others.
type Delivery struct {
	Message
	Orphan bool // its parent will never be there
}
