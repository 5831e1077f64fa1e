package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// What Slack expects of those who get envelopes.
const (
	ackLimit = 3 * time.Second
	maxAck   = 20_000 // bytes; a longer answer Slack drops without a word
)

// A Delivery is an envelope that went out, and whether it was acknowledged.
type Delivery struct {
	Envelope string
	Type     string // "interactive", "slash_commands"
	Payload  json.RawMessage
	Sent     []time.Time // each time that it was sent
	Acked    []time.Time
	Lost     bool // no socket was open, or the last that it was sent over ended or died before it was acknowledged

	waiting []*socket // that it was sent over and not acknowledged
	last    *socket   // that it was sent over
}

// Took is how long the first acknowledgement took; negative: there is none yet.
func (d Delivery) Took() time.Duration {
	if len(d.Acked) == 0 {
		return -1
	}
	return d.Acked[0].Sub(d.Sent[0])
}

// Deliveries lists the envelopes in the order in which they first went out.
func (w *Workspace) Deliveries() []Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Delivery, len(w.deliveries))
	for i, d := range w.deliveries {
		list[i] = *d
		list[i].Sent, list[i].Acked = slices.Clone(d.Sent), slices.Clone(d.Acked)
	}
	return list
}

// Acked says whether an envelope was acknowledged.
func (w *Workspace) Acked(envelope string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.delivery(envelope)
	return d != nil && len(d.Acked) > 0
}

// Deliver sends a payload in an envelope of its own over one of the sockets, and
// returns the envelope's ID, "" when no socket is open: the person is then told
// that it did not work. One that is not acknowledged within three seconds,
// though its socket lives, is a violation.
func (w *Workspace) Deliver(kind string, payload any) string {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic(err) // a test's own mistake
	}
	w.mu.Lock()
	d := &Delivery{Envelope: w.newID("envelope"), Type: kind, Payload: raw}
	w.deliveries = append(w.deliveries, d)
	w.mu.Unlock()
	if !w.transmit(d) {
		return ""
	}
	return d.Envelope
}

// Resend delivers an envelope again, over another socket if there is one, as
// Slack does when it is in doubt. It says whether one was open.
func (w *Workspace) Resend(envelope string) bool {
	w.mu.Lock()
	d := w.delivery(envelope)
	w.mu.Unlock()
	return d != nil && w.transmit(d)
}

// transmit sends an envelope and watches whether it is acknowledged.
func (w *Workspace) transmit(d *Delivery) bool {
	w.mu.Lock()
	s := w.nextSocket(d.last)
	if s == nil {
		d.Lost = true
		w.mu.Unlock()
		return false
	}
	d.Lost, d.last = false, s
	d.waiting = append(d.waiting, s)
	d.Sent = append(d.Sent, w.now())
	message := answer{
		"type": d.Type, "envelope_id": d.Envelope, "payload": d.Payload,
		"accepts_response_payload": d.Type == "slash_commands",
	}
	if again := len(d.Sent) - 1; again > 0 {
		message["retry_attempt"], message["retry_reason"] = again, "timeout"
	}
	w.mu.Unlock()
	time.AfterFunc(ackLimit, func() { w.overdue(d, s) })
	return s.write(message.json()) == nil
}

// overdue notes that an envelope was not acknowledged in time.
func (w *Workspace) overdue(d *Delivery, s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !slices.Contains(d.waiting, s):
	case s.isStalled() || !slices.Contains(w.sockets, s):
		d.Lost = d.Lost || s == d.last
	default:
		w.violations = append(w.violations, fmt.Sprintf("%s %s: not acknowledged within %s", d.Type, d.Envelope, ackLimit))
	}
	w.changes()
}

// acknowledge takes a message of the client, which must be an acknowledgement.
func (w *Workspace) acknowledge(s *socket, message []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.changes()
	var fields map[string]json.RawMessage
	var envelope string
	err := json.Unmarshal(message, &fields)
	if err == nil {
		err = json.Unmarshal(fields["envelope_id"], &envelope)
	}
	d := w.delivery(envelope)
	_, carries := fields["payload"]
	fault := ""
	switch {
	case err != nil || envelope == "":
		fault = "is no acknowledgement"
	case d == nil:
		fault = "acknowledges what was not sent"
	case !slices.Contains(d.waiting, s):
		fault = "acknowledges again, or what came over another socket"
	case carries && d.Type != "slash_commands":
		fault = "carries an answer where none is taken"
	case len(message) >= maxAck:
		fault = "is longer than Slack takes"
	}
	if fault != "" {
		w.violations = append(w.violations, fmt.Sprintf("socket: %q %s", message[:min(len(message), 200)], fault))
		return
	}
	i := slices.Index(d.waiting, s)
	d.waiting = slices.Delete(slices.Clone(d.waiting), i, i+1)
	d.Acked = append(d.Acked, w.now())
}

// delivery finds one by its envelope. The lock is held.
func (w *Workspace) delivery(envelope string) *Delivery {
	i := slices.IndexFunc(w.deliveries, func(d *Delivery) bool { return d.Envelope == envelope })
	if i < 0 {
		return nil
	}
	return w.deliveries[i]
}
