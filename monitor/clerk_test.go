package monitor_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/rules"
)

// A staffed desk is a worker whose alerts people click on.
type staffed struct {
	*desk
	clerk  *monitor.Clerk
	clicks int

	mu      sync.Mutex
	changed int
}

func (s *staffed) change() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed++
}

func newStaffed(t *testing.T, operators ...string) *staffed {
	s := &staffed{desk: newDesk(t, feedNamed(t, "Agency", "@hourly"), feedNamed(t, "Wire", "@hourly"))}
	s.clerk = &monitor.Clerk{
		Book: s.store, InForce: s.InForce, Now: time.Now, Changed: s.change,
	}
	s.InForce.Load().Operators = operators
	return s
}

// request is a click on the n-th message that is shown.
func (s *staffed) request(n int, user, act, value string) monitor.Request {
	s.clicks++
	s.board.mu.Lock()
	defer s.board.mu.Unlock()
	m := s.board.shown[n]
	return monitor.Request{
		ID: fmt.Sprint("click ", s.clicks), User: user, Channel: "Cnews", TS: m.ts, Key: m.Key, Act: act, Value: value,
	}
}

func (s *staffed) take(t *testing.T, r monitor.Request) monitor.Answer {
	t.Helper()
	answer, err := s.clerk.Take(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// click clicks on the n-th message and returns the answer's head.
func (s *staffed) click(t *testing.T, n int, user, act, value string) string {
	t.Helper()
	return s.take(t, s.request(n, user, act, value)).Head
}

// deliver sends what waits.
func (s *staffed) deliver(t *testing.T) {
	t.Helper()
	if _, err := s.Deliverer.Drain(t.Context(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
}

// deeds is what the n-th message shows of what was done with it.
func (s *staffed) deeds(t *testing.T, n int) string {
	t.Helper()
	s.deliver(t)
	d := s.board.shown[n].Content.Deeds
	var said []string
	if d.Acknowledged.User != "" {
		said = append(said, "acknowledged "+d.Acknowledged.User)
	}
	if len(d.Relevant) > 0 {
		said = append(said, "relevant "+strings.Join(d.Relevant, " "))
	}
	if len(d.NotRelevant) > 0 {
		said = append(said, "not relevant "+strings.Join(d.NotRelevant, " "))
	}
	for _, m := range d.Mutes {
		said = append(said, fmt.Sprintf("%s muted until %s by %s", m.What(), m.Until.UTC().Format("2 15:04"), m.By.User))
	}
	return strings.Join(said, ", ")
}

// bubble runs a test on a Saturday at noon, with two alerts shown: of launch, and of attack.
func bubble(t *testing.T, operators []string, test func(t *testing.T, s *staffed)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(12 * time.Hour) // a bubble begins on Saturday 1 January 2000, at midnight
		s := newStaffed(t, operators...)
		s.pages.set("Agency", item("1", "Satellite launch fails", 2*time.Minute), item("2", "Attack in the harbour", time.Minute))
		s.once(t)
		equal(t, s.board.lines(), []string{"alert news: Satellite launch fails", "alert news: Attack in the harbour"})
		test(t, s)
	})
}

func TestClicksAreShownOnTheMessage(t *testing.T) {
	type click struct{ user, act, value string }
	for name, c := range map[string]struct {
		clicks []click
		want   string
	}{
		"who acknowledged":                        {[]click{{"U0A", "acknowledge", ""}}, "acknowledged U0A"},
		"who acknowledged first":                  {[]click{{"U0A", "acknowledge", ""}, {"U0B", "acknowledge", ""}}, "acknowledged U0A"},
		"each who judged":                         {[]click{{"U0A", "relevant", ""}, {"U0B", "relevant", ""}, {"U0C", "not-relevant", ""}}, "relevant U0A U0B, not relevant U0C"},
		"a second click as one":                   {[]click{{"U0A", "relevant", ""}, {"U0A", "relevant", ""}}, "relevant U0A"},
		"the opposite in place of the first":      {[]click{{"U0A", "relevant", ""}, {"U0A", "not-relevant", ""}}, "not relevant U0A"},
		"a mute for an hour":                      {[]click{{"U0A", "mute", monitor.MuteHour}}, "rule muted until 1 13:00 by U0A"},
		"a mute for a shift":                      {[]click{{"U0A", "mute", monitor.MuteShift}}, "rule muted until 1 20:00 by U0A"},
		"a mute for a day":                        {[]click{{"U0A", "mute", monitor.MuteDay}}, "rule muted until 2 12:00 by U0A"},
		"a mute until Monday morning":             {[]click{{"U0A", "mute", monitor.MuteMonday}}, "rule muted until 3 08:00 by U0A"},
		"a story's mute":                          {[]click{{"U0A", "mute", monitor.MuteStory}}, "story muted until 8 12:00 by U0A"},
		"an outlet's mute":                        {[]click{{"U0A", "mute", monitor.MuteOutlet}}, "outlet for this rule muted until 8 12:00 by U0A"},
		"the last mute of a rule":                 {[]click{{"U0A", "mute", monitor.MuteMonday}, {"U0B", "mute", monitor.MuteHour}}, "rule muted until 1 13:00 by U0B"},
		"one mute of two who asked for the same":  {[]click{{"U0A", "mute", monitor.MuteHour}, {"U0B", "mute", monitor.MuteHour}}, "rule muted until 1 13:00 by U0A"},
		"mutes of different things":               {[]click{{"U0A", "mute", monitor.MuteHour}, {"U0B", "mute", monitor.MuteStory}}, "rule muted until 1 13:00 by U0A, story muted until 8 12:00 by U0B"},
		"nothing of a button that is not there":   {[]click{{"U0A", "delete", ""}}, ""},
		"nothing of an entry that is not there":   {[]click{{"U0A", "mute", "rule-forever"}}, ""},
		"nothing of who is no user":               {[]click{{"", "relevant", ""}, {"<!channel>", "mute", monitor.MuteHour}}, ""},
		"nothing of a mute that is not there":     {[]click{{"U0A", "unmute", "7"}, {"U0A", "unmute", "x"}, {"U0A", "unmute", ""}}, ""},
		"nothing of a mute that somebody ended":   {[]click{{"U0A", "mute", monitor.MuteHour}, {"U0B", "unmute", "1"}}, ""},
		"what is left when one of two mutes ends": {[]click{{"U0A", "mute", monitor.MuteHour}, {"U0A", "mute", monitor.MuteStory}, {"U0B", "unmute", "1"}}, "story muted until 8 12:00 by U0A"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, s *staffed) {
				for _, c := range c.clicks {
					s.click(t, 0, c.user, c.act, c.value)
				}
				if got := s.deeds(t, 0); got != c.want {
					t.Errorf("shown: %q, want %q", got, c.want)
				}
				if got := s.deeds(t, 1); got != "" {
					t.Errorf("shown on another message: %q", got)
				}
			})
		})
	}
}

func TestClicksThatMayNotBeChangeNothing(t *testing.T) {
	for name, c := range map[string]struct {
		forge func(*monitor.Request)
		want  string
	}{
		"of a stranger":          {func(r *monitor.Request) { r.User = "U0STRANGER" }, "Only those whom slack.operators names may do this."},
		"of a name":              {func(r *monitor.Request) { r.User = "chief" }, "Only those whom slack.operators names may do this."},
		"with another key":       {func(r *monitor.Request) { r.Key = "0123456789abcdef0123" }, "This message is no longer known: it is too old, or was replaced or deleted."},
		"without a key":          {func(r *monitor.Request) { r.Key = "" }, "This message is no longer known: it is too old, or was replaced or deleted."},
		"with SQL for a key":     {func(r *monitor.Request) { r.Key = "' or 1=1 --" }, "This message is no longer known: it is too old, or was replaced or deleted."},
		"on another message":     {func(r *monitor.Request) { r.TS = "1.1" }, "This message is no longer known: it is too old, or was replaced or deleted."},
		"in another channel":     {func(r *monitor.Request) { r.Channel = "Cother" }, "This message is no longer known: it is too old, or was replaced or deleted."},
		"with a button of ours?": {func(r *monitor.Request) { r.Act = "drop" }, "This message has no such button."},
		"with an endless mute":   {func(r *monitor.Request) { r.Act, r.Value = "mute", "99999h" }, "This message has no such button."},
		"with a long value":      {func(r *monitor.Request) { r.Act, r.Value = "mute", strings.Repeat("x", 1e6) }, "This message has no such button."},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, []string{"U0CHIEF"}, func(t *testing.T, s *staffed) {
				r := s.request(0, "U0CHIEF", "relevant", "")
				c.forge(&r)
				for range 2 { // delivered again
					if got := s.take(t, r).Head; got != c.want {
						t.Errorf("answered %q, want %q", got, c.want)
					}
				}
				if got := s.deeds(t, 0); got != "" || s.changed > 0 {
					t.Errorf("shown: %q", got)
				}
				if s.click(t, 0, "U0CHIEF", "relevant", ""); s.deeds(t, 0) != "relevant U0CHIEF" {
					t.Error("an operator's click is refused")
				}
			})
		})
	}
}

func TestClicksAreRefusedWhenTheRuleIsGone(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		other := engineOf(t, "rules:\n  - id: other\n    match: nothing\n")
		s.InForce.Load().Engine = other
		for _, act := range []string{"acknowledge", "relevant", "mute", "why"} {
			if got, want := s.click(t, 0, "U0A", act, monitor.MuteHour), "The rule of this alert is no longer in force."; got != want {
				t.Errorf("%s is answered %q", act, got)
			}
		}
		if got := s.deeds(t, 0); got != "" {
			t.Errorf("shown: %q", got)
		}
	})
}

func TestClicksAreRefusedWhenTheMessageWasDeleted(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		r := s.request(0, "U0A", "relevant", "")
		if _, err := s.store.Forget(t.Context(), "w1", time.Now().Add(40*monitor.Day), time.Now().Add(35*monitor.Day)); err != nil {
			t.Fatal(err)
		}
		if got := s.take(t, r).Head; !strings.HasPrefix(got, "This message is no longer known") {
			t.Errorf("answered %q", got)
		}
	})
}

func TestARequestDeliveredAgainChangesNothingAndIsAnsweredAlike(t *testing.T) {
	for _, act := range []string{"acknowledge", "relevant", "not-relevant", "mute", "unmute"} {
		t.Run(act, func(t *testing.T) {
			bubble(t, nil, func(t *testing.T, s *staffed) {
				value := monitor.MuteHour
				if act == "unmute" {
					s.click(t, 0, "U0A", "mute", value)
					value = "1"
				}
				r := s.request(0, "U0A", act, value)
				first := s.take(t, r)
				shown, changed := s.deeds(t, 0), s.changed
				s.click(t, 0, "U0B", "relevant", "")
				time.Sleep(10 * time.Minute)
				again := s.take(t, r)
				if act != "unmute" && fmt.Sprint(first) != fmt.Sprint(again) {
					t.Errorf("answered %v, then %v", first, again)
				}
				if s.changed != changed+1 {
					t.Error("the repeat changed something")
				}
				if d := s.deeds(t, 0); shown == d || !strings.Contains(d, "relevant") {
					t.Errorf("shown: %q, then %q", shown, d)
				}
			})
		})
	}
}

func TestClicksAtOnceEachChangeTheirOwnAndOneAcknowledges(t *testing.T) {
	bubble(t, nil, func(t *testing.T, s *staffed) {
		const people = 20
		var requests []monitor.Request
		for i := range people {
			user := fmt.Sprintf("U0%02d", i)
			r := s.request(0, user, "relevant", "")
			requests = append(requests, r, r, s.request(0, user, "acknowledge", ""), s.request(0, user, "mute", monitor.MuteHour))
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		late := 0
		for _, r := range requests {
			all.Go(func() {
				answer, err := s.clerk.Take(t.Context(), r)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if answer.Head == "Already acknowledged" {
					late++
				}
			})
		}
		all.Wait()
		s.deliver(t)
		d := s.board.shown[0].Content.Deeds
		if slices.Sort(d.Relevant); len(d.Relevant) != people || len(slices.Compact(d.Relevant)) != people {
			t.Errorf("relevant: %v", d.Relevant)
		}
		if d.Acknowledged.User == "" || late != people-1 || len(d.Mutes) != 1 {
			t.Errorf("acknowledged by %q, %d were told that they are late, %d mutes", d.Acknowledged.User, late, len(d.Mutes))
		}
	})
}

// A click may be faster than the answer that says where the message stands.
func TestClicksCountBeforeItIsKnownThatTheMessageArrived(t *testing.T) {
	for name, c := range map[string]struct {
		first   bool // message of its channel, whose ID nobody knows
		channel string
		want    string
	}{
		"in its channel":                       {false, "Cnews", "relevant U0A"},
		"in its channel, on the first message": {true, "Cnews", "relevant U0A"},
		"not in another channel":               {false, "Cother", ""},
		"not in a channel of other alerts":     {true, "Csport", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStaffed(t)
				setup := s.InForce.Load()
				setup.Route = func(r *rules.Rule) []string {
					if r.ID == "bulletin" && c.first {
						return []string{"#sport"}
					}
					return []string{"#news"}
				}
				s.pages.set("Wire", item("0", "Bulletin of the day", time.Minute))
				s.once(t)
				s.board.say(answer{take: true, err: errDropped})
				s.pages.set("Agency", item("1", "Satellite launch fails", time.Minute))
				polled := make(chan error)
				go func() { _, err := s.Once(t.Context()); polled <- err }()
				time.Sleep(5 * time.Second)
				r := s.request(1, "U0A", "relevant", "")
				r.Channel = c.channel
				refused := s.take(t, r).Head != ""
				why := s.request(1, "U0A", "why", "")
				why.Channel = c.channel
				if head := s.take(t, why).Head; refused != (c.want == "") || refused != strings.HasPrefix(head, "This message is no longer known") {
					t.Errorf("refused: %v; why is answered %q", refused, head)
				}
				if err := <-polled; err != nil {
					t.Fatal(err)
				}
				if got := s.deeds(t, 1); got != c.want {
					t.Errorf("shown: %q, want %q", got, c.want)
				}
				if n := len(s.board.lines()); n != 2 {
					t.Errorf("%d messages", n)
				}
			})
		})
	}
}
