package slacktest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A Fault is an answer that a request gets instead of its own.
type Fault struct {
	name       string
	status     int    // of HTTP; 0: no answer at all
	code       string // of ok:false
	retryAfter string // header; "": none
	body       string
	stored     bool          // the request is carried out all the same
	silent     bool          // nothing is answered until the client gives up
	half       bool          // the answer ends in the middle
	forgotten  bool          // the answer is ok, and nothing is carried out
	late       time.Duration // the request is carried out this long after it came
}

// RateLimited answers 429 with this Retry-After, which may be no number, or "".
func RateLimited(retryAfter string) Fault {
	return Fault{name: "429", status: http.StatusTooManyRequests, retryAfter: retryAfter}
}

// Status answers with an HTTP status and a page of HTML.
func Status(code int) Fault {
	return Fault{name: strconv.Itoa(code), status: code, body: "<html><body>something went wrong</body></html>"}
}

// Refused answers ok:false with this code: "fatal_error", "is_archived".
func Refused(code string) Fault { return Fault{name: code, status: http.StatusOK, code: code} }

// Dropped closes the connection without an answer.
func Dropped() Fault { return Fault{name: "dropped"} }

// Silent answers nothing until the client gives up.
func Silent() Fault { return Fault{name: "silent", silent: true} }

// Late answers nothing, and carries the request out this long after it came:
// maybe when the client has given it up and looked for it.
func Late(after time.Duration) Fault {
	return Fault{name: "late " + after.String(), silent: true, late: after}
}

// Half carries the request out and answers with half of the JSON.
func Half() Fault { return Fault{name: "half", half: true, stored: true} }

// Page answers 200 with this body.
func Page(body string) Fault { return Fault{name: "page", status: http.StatusOK, body: body} }

// Forgotten answers ok, with a ts, and keeps nothing.
func Forgotten() Fault { return Fault{name: "forgotten", forgotten: true} }

// Stored is the fault with the request carried out behind it.
func (f Fault) Stored() Fault {
	f.name += ", stored"
	f.stored = true
	return f
}

// String names the fault.
func (f Fault) String() string { return f.name }

// EveryFault lists a fault of each kind after which the outcome is not known,
// and a rate limit: what a client must survive without losing or doubling.
func EveryFault() []Fault {
	return []Fault{
		RateLimited("1"), Status(500), Status(500).Stored(), Status(503), Dropped(), Dropped().Stored(),
		Silent(), Silent().Stored(), Late(10 * time.Second), Half(), Refused("fatal_error"), Refused("internal_error").Stored(),
		Refused("ratelimited"), Page("{}"),
	}
}

// Fail scripts the answers to the next requests of a method, one fault each, in
// order, after those scripted before.
func (w *Workspace) Fail(method string, faults ...Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[method] = append(w.faults[method], faults...)
}

// fault takes the next fault for a method, scripted or drawn.
func (w *Workspace) fault(method string) (Fault, bool) {
	if queue := w.faults[method]; len(queue) > 0 {
		w.faults[method] = queue[1:]
		return queue[0], true
	}
	chaos := w.opts.Chaos
	if chaos.Probability == 0 || chaos.Methods != nil && !slices.Contains(chaos.Methods, method) {
		return Fault{}, false
	}
	if w.chaos.Float64() >= chaos.Probability {
		return Fault{}, false
	}
	faults := chaos.Faults
	if faults == nil {
		faults = EveryFault()
	}
	return faults[w.chaos.IntN(len(faults))], true
}
