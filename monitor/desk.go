package monitor

import (
	"context"
	"time"
)

// A Request is what somebody asked newswatch for in Slack: a button or a menu
// entry of a message, or the /newswatch command. Text in it is untrusted.
type Request struct {
	ID      string // of this click or command: when it is delivered again it has the same
	User    string // ID like U012AB3CD; names can be chosen and prove nothing
	Channel string // ID of the channel it was made in
	At      time.Time

	// Of a click.
	TS    string // of the message
	Key   string // of the message, from the marker that it carries; "": none of ours
	Act   string // which button or menu
	Value string // what the button carries beside, or which entry of the menu

	// Of a command.
	Command bool
	Text    string // what follows /newswatch
}

// What buttons and menus ask for: a Request's Act.
const (
	ActAcknowledge = "acknowledge"
	ActRelevant    = "relevant"
	ActNotRelevant = "not-relevant"
	ActWhy         = "why"
	ActMute        = "mute"   // its Value says what and how long
	ActUnmute      = "unmute" // its Value is the mute's ID
)

// An Answer is shown to the one who asked and to nobody else. The zero Answer
// shows nothing: what a click changed is seen on the message.
type Answer struct {
	Head  string
	Lines []Line
	More  int // lines left out
}

// A Line is one line of an answer: its text, then a time and a person where
// there are any, then a button.
type Line struct {
	Text  string
	Marks [][2]int  // byte ranges of Text to stand out, in order; not beside a button
	URL   string    // where the text leads; http(s) only
	Time  time.Time // shown in the reader's zone; zero: none
	User  string    // ID; "": none
	Code  bool      // to be read or copied letter by letter: text and nothing else

	Act, Value, Label string // of the button; "": none
}

// A Desk answers what people ask for in Slack. It is safe for concurrent use.
type Desk interface {
	// Take writes down what a click changes, in one transaction, and answers it; a
	// repeat of a request changes nothing. It returns within a second wherever
	// the store does. A command that has to read a page takes longer.
	Take(ctx context.Context, r Request) (Answer, error)
}
