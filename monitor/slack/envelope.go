package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
)

// An envelope is what Slack sends over a connection: a message about it, or
// what somebody did, which is to be acknowledged by its ID.
type envelope struct {
	Type    string          `json:"type"`
	Reason  string          `json:"reason"` // of "disconnect"
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload"`
}

// An errand is what somebody asks for, and where the answer goes.
type errand struct {
	monitor.Request
	answerTo string // response_url
}

// errForeign says that an envelope holds nothing that newswatch has a use for.
var errForeign = errors.New("not for newswatch")

// errand reads what somebody did. Only what has its proper form gets further;
// now is when a command was given, of which Slack does not tell the time.
func (e envelope) errand(now time.Time) (errand, error) {
	switch e.Type {
	case "interactive":
		return e.click(now)
	case "slash_commands":
		return e.command(now)
	}
	return errand{}, errForeign
}

// A click is as much of a block_actions payload as is needed.
type click struct {
	Type        string `json:"type"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	User        struct {
		ID string `json:"id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Channel string `json:"channel_id"`
		TS      string `json:"message_ts"`
	} `json:"container"`
	Message posted `json:"message"` // none for one that a single person is shown
	Actions []struct {
		ID     string `json:"action_id"`
		Block  string `json:"block_id"`
		Value  string `json:"value"` // of a button
		Choice struct {
			Value string `json:"value"`
		} `json:"selected_option"` // of a menu
		TS string `json:"action_ts"`
	} `json:"actions"`
}

// What the parts of a click may have: as much as Slack's reference allows, and
// IDs more than Slack has given out so far.
const (
	maxID       = 32
	maxActionID = 255
)

// stampForm is the form of a ts.
var stampForm = regexp.MustCompile(`^\d{1,12}\.\d{1,9}$`)

// isPlace says whether IDs are those of a person and a channel.
func isPlace(user, channel string) bool {
	return len(user) <= maxID && len(channel) <= maxID && userForm.MatchString(user) && isID(channel)
}

func (e envelope) click(now time.Time) (errand, error) {
	var c click
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return errand{}, errors.New("the click cannot be read")
	}
	if c.Type != "block_actions" || len(c.Actions) == 0 {
		return errand{}, errForeign
	}
	action := c.Actions[0] // there is never another
	r := monitor.Request{
		User: c.User.ID, Channel: c.Channel.ID, TS: c.Container.TS, At: now,
		Act: action.ID, Value: action.Value + action.Choice.Value,
	}
	if r.Channel == "" {
		r.Channel = c.Container.Channel
	}
	if r.TS == "" {
		r.TS = c.Message.TS
	}
	r.Key = append(c.Message.keys(), keyOf(action.Block))[0]
	switch {
	case !isPlace(r.User, r.Channel), !stampForm.MatchString(r.TS):
		return errand{}, errors.New("the click names no person, channel and message")
	case r.Act == "" || len(r.Act) > maxActionID || len(r.Value) > maxButton || len(r.Key) > maxActionID:
		return errand{}, errors.New("the click carries what no button of newswatch does")
	}
	// A click has its own time, to the microsecond; its other names may change
	// from one delivery to the next.
	mark := action.TS
	if at, ok := stamp(action.TS); ok {
		r.At = at
	} else {
		mark = c.TriggerID + " " + e.ID
	}
	r.ID = requestID("click", mark, r.User, r.Channel, r.TS, r.Act, r.Value)
	return errand{r, c.ResponseURL}, nil
}

// stamp is the time that a ts of Slack tells.
func stamp(ts string) (time.Time, bool) {
	if !stampForm.MatchString(ts) {
		return time.Time{}, false
	}
	seconds, err := strconv.ParseFloat(ts, 64)
	return time.UnixMicro(int64(seconds * 1e6)), err == nil
}

func (e envelope) command(now time.Time) (errand, error) {
	var c struct {
		User        string `json:"user_id"`
		Channel     string `json:"channel_id"`
		Text        string `json:"text"`
		TriggerID   string `json:"trigger_id"`
		ResponseURL string `json:"response_url"`
	}
	if err := json.Unmarshal(e.Payload, &c); err != nil {
		return errand{}, errors.New("the command cannot be read")
	}
	if !isPlace(c.User, c.Channel) {
		return errand{}, errors.New("the command is not of Slack's form")
	}
	mark := c.TriggerID
	if mark == "" {
		mark = e.ID
	}
	return errand{monitor.Request{
		ID: requestID("command", mark, c.User, c.Channel), User: c.User, Channel: c.Channel, At: now,
		Command: true, Text: typed(c.Text),
	}, c.ResponseURL}, nil
}

// requestID is the name of a request, the same whenever it is delivered.
func requestID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

var markup = regexp.MustCompile(`<(https?://[^<>|\s]+)(?:\|[^<>]*)?>`)

// typed is the text of a command as it was typed: Slack escapes three
// characters, and, where the app is set so, writes addresses as links.
func typed(s string) string {
	s = markup.ReplaceAllString(s, "$1")
	return strings.TrimSpace(strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s))
}
