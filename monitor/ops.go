package monitor

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// opsRepeat is how long nothing more is said of a cause that the operator was
// told of, be it that it comes back after it was over.
const opsRepeat = 12 * time.Hour

// Ops tells the operator, in the ops channel, what keeps newswatch from its
// work and when that is over. What was told is in the store: a restart repeats
// nothing. A nil Ops tells nobody. It is safe for concurrent use; its fields
// are set once, before.
type Ops struct {
	Channel string
	Notices Notices
	Now     func() time.Time
}

// A Notice is what the operator was told of a cause.
type Notice struct {
	Cause string    // "channel #news", "feed Yonhap"
	Told  time.Time // last; zero: never
	Over  bool      // the cause is gone, or was an event that does not last
}

// Notices is the store as Ops sees it.
type Notices interface {
	// Notices finds what was told of each of the causes, in the same order.
	Notices(ctx context.Context, causes []string) ([]Notice, error)
	// Tell puts a note into the outbox, unless its channel has one with its key,
	// and keeps what was told with it, in one transaction.
	Tell(ctx context.Context, note Message, told ...Notice) error
}

// Event tells of something that happened: of one cause at most once in
// opsRepeat.
func (o *Ops) Event(ctx context.Context, cause, note string) error {
	return o.tell(ctx, []string{cause}, true, func([]string) string { return note })
}

// Began tells of something that lasts: once, and again only when it has been
// over and opsRepeat has passed. note makes one text for those of the causes
// that have to be told.
func (o *Ops) Began(ctx context.Context, causes []string, note func(causes []string) string) error {
	return o.tell(ctx, causes, false, note)
}

func (o *Ops) tell(ctx context.Context, causes []string, over bool, note func([]string) string) error {
	if o == nil || len(causes) == 0 {
		return nil
	}
	notices, err := o.Notices.Notices(ctx, causes)
	if err != nil {
		return err
	}
	now := o.Now()
	var fresh []string
	var told []Notice
	for _, n := range notices {
		if n.Told.IsZero() || n.Over && now.Sub(n.Told) >= opsRepeat {
			fresh = append(fresh, n.Cause)
			told = append(told, Notice{Cause: n.Cause, Told: now, Over: over})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return o.Notices.Tell(ctx, o.message(note(fresh), "begins", now, fresh), told...)
}

// Ended tells that what was told as lasting is over. Causes that the operator
// does not know of are left out.
func (o *Ops) Ended(ctx context.Context, causes []string, note func(causes []string) string) error {
	if o == nil || len(causes) == 0 {
		return nil
	}
	notices, err := o.Notices.Notices(ctx, causes)
	if err != nil {
		return err
	}
	var over []string
	var told []Notice
	for _, n := range notices {
		if !n.Told.IsZero() && !n.Over {
			over = append(over, n.Cause)
			told = append(told, Notice{Cause: n.Cause, Told: n.Told, Over: true})
		}
	}
	if len(over) == 0 {
		return nil
	}
	return o.Notices.Tell(ctx, o.message(note(over), "ends", o.Now(), over), told...)
}

// Daily puts the day's sign of life into the outbox, once for each date.
func (o *Ops) Daily(ctx context.Context, date, note string) error {
	if o == nil {
		return nil
	}
	m := o.message(note, "daily", o.Now(), nil)
	m.Key = MessageKey(KindOps, o.Channel, "", "daily "+date)
	return o.Notices.Tell(ctx, m)
}

// Say tells of something that people did, which begins what lasts and ends what
// has. Of several workers that find it out one tells it.
func (o *Ops) Say(ctx context.Context, said Content, begins, ends []string) error {
	if o == nil {
		return nil
	}
	now := o.Now()
	var told []Notice
	for _, cause := range begins {
		told = append(told, Notice{Cause: cause, Told: now})
	}
	for _, cause := range ends {
		told = append(told, Notice{Cause: cause, Told: now, Over: true})
	}
	m := o.message(said.Note, "says", now, []string{said.Code})
	m.Content = said
	return o.Notices.Tell(ctx, m, told...)
}

func (o *Ops) message(note, what string, now time.Time, causes []string) Message {
	subject := fmt.Sprint(what, " ", now.UnixMilli(), " ", strings.Join(causes, "\n"))
	return Message{
		Channel: o.Channel, Kind: KindOps, Key: MessageKey(KindOps, o.Channel, "", subject),
		Content: Content{Note: note}, State: Pending, Rev: 1, Created: now,
	}
}
