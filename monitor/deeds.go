package monitor

import "time"

// Deeds are what people did with an alert in Slack, as its message shows it.
type Deeds struct {
	Acknowledged          Deed
	Relevant, NotRelevant []string // users, in order
	Mutes                 []Mute   // that were asked for on it and have not been ended
}

// A Deed is who did something and when. The zero Deed: nobody.
type Deed struct {
	User string // ID
	At   time.Time
}

// An Act is what somebody did in Slack, or tried to.
type Act struct {
	Request string // its ID: the same act, delivered again, has the same
	By      Deed
	What    string // as in Request
	Value   string
	Alert   int64  // the message that it was done on; 0: none
	Refused string // why nothing came of it; "": it was done
}

// A Verdict is what somebody said of an alert.
type Verdict struct {
	By       Deed
	Relevant bool
}
