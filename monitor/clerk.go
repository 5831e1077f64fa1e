package monitor

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// A DeskBook is the store as the desk sees it.
type DeskBook interface {
	// Act runs do in one transaction, again from the start when the store asks
	// for it. An error of do undoes everything.
	Act(ctx context.Context, do func(Acts) error) error
	// Clicked finds the message that stands in Slack at that place with that key,
	// or may as long as its place is not known, and the article that it tells of,
	// as far as it is kept.
	Clicked(ctx context.Context, at Receipt, key string) (s Subject, a Article, ok bool, err error)
}

// Acts writes what somebody did, within one transaction.
type Acts interface {
	// LockStories makes this transaction the only one that groups.
	LockStories() error
	// Note writes an act; first is false when one of its request is there.
	Note(a Act) (first bool, err error)
	// Shown finds that message too, and keeps other transactions from it.
	Shown(at Receipt, key string) (s Subject, ok bool, err error)
	// Acknowledged is the first acknowledgement of the message.
	Acknowledged(message int64) (Act, error)
	// Judge writes a verdict in place of an earlier one of the same user. changed
	// is false when it says the same.
	Judge(alert Subject, v Verdict) (changed bool, err error)
	// MuteOf is the mute of exactly that scope.
	MuteOf(of Scope, now time.Time) (m Mute, ok bool, err error)
	// Mute puts the mute in place of any of its scope. What of it waits and was
	// never shown is kept back, with the reason.
	Mute(m Mute, reason string) (kept int, err error)
	// MuteBy is the mute of that ID; ok is false when it has ended or never was.
	MuteBy(id int64, now time.Time) (m Mute, ok bool, err error)
	// Unmute ends a mute. Its ID is never given to a mute of anything else: buttons
	// that carry it may still be seen.
	Unmute(id int64) error
	// Redraw lets the message show what was done with it.
	Redraw(message int64) error
}

// A Subject is a message that somebody clicks on, with what it tells of.
type Subject struct {
	Message
	Article int64 // 0: several
	Story   int64 // 0: none
}

// A Clerk is the desk: it writes down what people click, and answers what they
// ask. It is safe for concurrent use; its fields are set once, before.
type Clerk struct {
	Book    DeskBook
	InForce *atomic.Pointer[Setup]
	Answers func(context.Context, Command) (Answer, error) // of the commands that change nothing
	Changed func()                                         // messages are to be drawn anew
	Now     func() time.Time
}

var _ Desk = (*Clerk)(nil)

// Take answers a request. See Desk.
func (c *Clerk) Take(ctx context.Context, r Request) (Answer, error) {
	r.At = c.Now() // Slack's clock is not ours
	if r.Command {
		command := ParseCommand(r.Text)
		if command.Verb != VerbUnmute {
			return c.Answers(ctx, command)
		}
		r.Act, r.Value = ActUnmute, strings.Trim(command.Arg, "#.:")
		if _, err := strconv.ParseUint(r.Value, 10, 64); err != nil { // each of them has a button
			return c.Answers(ctx, Command{Verb: VerbMutes})
		}
	}
	if r.Act == ActWhy {
		return c.why(ctx, r)
	}
	answer, changed, err := c.click(ctx, r)
	if err != nil {
		return Answer{}, fmt.Errorf("take a click: %w", err)
	}
	if changed {
		c.Changed()
	}
	return answer, nil
}

// Why a request is refused, as its author reads it.
const (
	refusedUser   = "Only those whom slack.operators names may do this."
	refusedGone   = "This message is no longer known: it is too old, or was replaced or deleted."
	refusedAct    = "This message has no such button."
	refusedRule   = "The rule of this alert is no longer in force."
	refusedUnmute = "There is no such mute; it may have ended."
)

// userForm is the form of a user's ID.
var userForm = regexp.MustCompile(`^[UW][A-Z0-9]{2,30}$`)

// may says whether the user may change anything.
func (c *Clerk) may(user string) bool {
	operators := c.InForce.Load().Operators
	return userForm.MatchString(user) && (len(operators) == 0 || slices.Contains(operators, user))
}

// A stroke is one click on its way through a transaction.
type stroke struct {
	*Clerk
	acts Acts
	by   Deed
	act  Act
	on   Subject
	mute Mute // that is asked for, or to be ended

	first   bool // it is no repeat
	changed bool // a message is to be drawn anew
}

// click writes down what a click changes, and who made it.
func (c *Clerk) click(ctx context.Context, r Request) (answer Answer, changed bool, err error) {
	err = c.Book.Act(ctx, func(acts Acts) error {
		s := stroke{Clerk: c, acts: acts, by: Deed{r.User, r.At}}
		s.act = Act{Request: r.ID, By: s.by, What: shorten(r.Act), Value: shorten(r.Value)}
		if answer, err = s.make(r); err != nil {
			return err
		}
		changed = s.changed
		return nil
	})
	return answer, changed, err
}

// shorten bounds what is kept of what somebody may have forged.
func shorten(s string) string {
	const most = 100
	if len(s) > most {
		return fmt.Sprintf("%.*q", most, s)
	}
	return s
}

// make does what the click asks for, if that may be.
func (s *stroke) make(r Request) (Answer, error) {
	var err error
	if s.act.Refused, err = s.refusal(r); err != nil {
		return Answer{}, err
	}
	s.act.Alert = s.on.ID
	if s.first, err = s.acts.Note(s.act); err != nil {
		return Answer{}, err
	}
	switch {
	case s.act.Refused != "":
		return Answer{Head: s.act.Refused}, nil
	case r.Act == ActAcknowledge:
		return s.acknowledge()
	case r.Act == ActMute:
		return s.muteIt()
	case r.Act == ActUnmute:
		return s.unmute()
	default:
		return s.judge(r.Act == ActRelevant)
	}
}

// refusal is why the click cannot be done; "": it can. It finds what was clicked
// on.
func (s *stroke) refusal(r Request) (string, error) {
	if !s.may(r.User) {
		return refusedUser, nil
	}
	if r.Act == ActUnmute {
		return s.noMute(r.Value)
	}
	if r.Act == ActMute { // else a poll under way might still post what it found unmuted
		if err := s.acts.LockStories(); err != nil {
			return "", err
		}
	}
	on, ok, err := s.acts.Shown(Receipt{r.Channel, r.TS}, r.Key)
	if err != nil {
		return "", err
	}
	if !ok {
		return refusedGone, nil
	}
	s.on = on
	switch {
	case on.Kind != KindAlert && on.Kind != KindFold:
		return refusedAct, nil
	case s.InForce.Load().Engine.Rule(on.Rule) == nil:
		return refusedRule, nil
	}
	switch r.Act {
	case ActAcknowledge:
		ok = true
	case ActRelevant, ActNotRelevant:
		ok = on.Kind == KindAlert
	case ActMute:
		s.mute, ok = muteOf(r.Value, on, s.by, s.InForce.Load().Zone)
	default:
		ok = false
	}
	if !ok {
		return refusedAct, nil
	}
	return "", nil
}

func (s *stroke) acknowledge() (Answer, error) {
	before, err := s.acts.Acknowledged(s.on.ID)
	switch {
	case err != nil:
		return Answer{}, err
	case before.Request == s.act.Request && s.first:
		return Answer{}, s.redraw(s.on.ID)
	case before.By.User == s.by.User:
		return Answer{}, nil
	}
	return Answer{Head: "Already acknowledged", Lines: []Line{{Time: before.By.At, User: before.By.User}}}, nil
}

func (s *stroke) judge(relevant bool) (Answer, error) {
	if !s.first {
		return Answer{}, nil
	}
	changed, err := s.acts.Judge(s.on, Verdict{By: s.by, Relevant: relevant})
	if err != nil || !changed {
		return Answer{}, err
	}
	return Answer{}, s.redraw(s.on.ID)
}

func (s *stroke) muteIt() (Answer, error) {
	before, muted, err := s.acts.MuteOf(s.mute.Scope, s.by.At)
	if err != nil {
		return Answer{}, err
	}
	if s.first && !(muted && before.like(s.mute)) {
		kept, err := s.acts.Mute(s.mute, s.mute.reason())
		if err != nil {
			return Answer{}, err
		}
		for _, message := range []int64{s.on.ID, before.Alert} {
			if err := s.redraw(message); err != nil {
				return Answer{}, err
			}
		}
		if before, _, err = s.acts.MuteOf(s.mute.Scope, s.by.At); err != nil {
			return Answer{}, err
		}
		return before.answer(kept), nil
	}
	if !muted { // a repeat that comes after its end
		return Answer{}, nil
	}
	return before.answer(0), nil
}

// answer tells of a mute, and lets it be ended.
func (m Mute) answer(kept int) Answer {
	a := Answer{Head: "The " + m.named() + " is muted", Lines: []Line{
		{Text: "until", Time: m.Until, User: m.By.User, Act: ActUnmute, Value: strconv.FormatInt(m.ID, 10), Label: "Unmute"},
		{Text: "What matches is still recorded and counted, and not posted."},
	}}
	if kept > 0 {
		a.Lines = append(a.Lines, Line{Text: fmt.Sprintf("Of what was waiting, %d will not be posted; newswatch alerts --state muted lists it.", kept)})
	}
	return a
}

// noMute is why a mute cannot be ended; "": it can. It finds the mute.
func (s *stroke) noMute(value string) (string, error) {
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return refusedUnmute, nil
	}
	var ok bool
	if s.mute, ok, err = s.acts.MuteBy(id, s.by.At); err != nil || ok {
		return "", err
	}
	return refusedUnmute, nil
}

func (s *stroke) unmute() (Answer, error) {
	if !s.first {
		return Answer{Head: "The mute has been ended"}, nil
	}
	if err := s.acts.Unmute(s.mute.ID); err != nil {
		return Answer{}, err
	}
	return Answer{Head: "The " + s.mute.named() + " is no longer muted", Lines: []Line{
		{Text: "What was kept back stays so; newswatch alerts --state muted lists it, and newswatch alerts retry posts it."},
	}}, s.redraw(s.mute.Alert)
}

// redraw lets a message show what was done with it; 0: none.
func (s *stroke) redraw(message int64) error {
	if message == 0 {
		return nil
	}
	s.changed = true
	return s.acts.Redraw(message)
}
