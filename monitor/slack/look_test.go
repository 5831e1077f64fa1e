package slack

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

func TestLookReadsEveryPage(t *testing.T) {
	for name, opts := range map[string]slacktest.Options{
		"both markers": {}, "metadata lost": {LoseMetadata: true}, "block_ids lost": {LoseBlockIDs: true},
	} {
		t.Run(name, func(t *testing.T) {
			opts.Pace, opts.PageSize = -1, 3
			w, s := pair(opts)
			began := time.Now()
			want := map[string]monitor.Receipt{}
			var keys []string
			for i := range 11 {
				key := fmt.Sprint("key", i)
				receipt, err := s.Post(t.Context(), outgoing(key))
				if err != nil {
					t.Fatal(err)
				}
				want[key], keys = receipt, append(keys, key)
			}
			found, err := s.Look(t.Context(), "#news-alerts", "", began.Add(-time.Minute), append(keys, "absent"))
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != len(want) {
				t.Errorf("found %d of %d", len(found), len(want))
			}
			for key, receipt := range want {
				if !slices.Equal(found[key], []monitor.Receipt{receipt}) {
					t.Errorf("%s: %+v, want %+v", key, found[key], receipt)
				}
			}
			if v := w.Violations(); len(v) > 0 {
				t.Error(v)
			}
		})
	}
}

func TestLookFindsThePlainByItsMetadata(t *testing.T) {
	_, s := pair(slacktest.Options{})
	out := outgoing("k1")
	out.Plain = true
	receipt, err := s.Post(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Look(t.Context(), "C0ALERTS", "", time.Now().Add(-time.Minute), []string{"k1"})
	if err != nil || !slices.Equal(found["k1"], []monitor.Receipt{receipt}) {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestLookFindsRepliesInTheirThreadOnly(t *testing.T) {
	_, s := pair(slacktest.Options{PageSize: 2, Pace: -1})
	parent, err := s.Post(t.Context(), outgoing("parent"))
	if err != nil {
		t.Fatal(err)
	}
	var last monitor.Receipt
	for i := range 5 {
		reply := outgoing(fmt.Sprint("reply", i))
		reply.Thread = parent.TS
		if last, err = s.Post(t.Context(), reply); err != nil {
			t.Fatal(err)
		}
	}
	since := time.Now().Add(-time.Minute)
	found, err := s.Look(t.Context(), "C0ALERTS", parent.TS, since, []string{"reply4"})
	if err != nil || !slices.Equal(found["reply4"], []monitor.Receipt{last}) {
		t.Errorf("in the thread: %v, %v", found, err)
	}
	found, err = s.Look(t.Context(), "C0ALERTS", "", since, []string{"reply4"})
	if err != nil || len(found) != 0 {
		t.Errorf("in the channel: %v, %v", found, err)
	}
	if _, err = s.Look(t.Context(), "C0ALERTS", "1795251900.000100", since, []string{"reply4"}); verdictOf(err) != "gone" {
		t.Errorf("in no thread: %v", err)
	}
}

func TestLookAnswersWithAllOfAKeyTheEarliestFirst(t *testing.T) {
	_, s := pair(slacktest.Options{PageSize: 1, Pace: -1})
	var want []monitor.Receipt
	for range 3 {
		receipt, err := s.Post(t.Context(), outgoing("twice"))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, receipt)
	}
	found, err := s.Look(t.Context(), "C0ALERTS", "", time.Now().Add(-time.Minute), []string{"twice"})
	if err != nil || !slices.Equal(found["twice"], want) {
		t.Errorf("found %v, want %v (%v)", found, want, err)
	}
}

func TestLookIsNotMisledByWhoQuotesUs(t *testing.T) {
	w, s := pair(slacktest.Options{})
	w.Fail("conversations.history", slacktest.Page(`{"ok":true,"has_more":false,"messages":[
		{"ts":"1795251900.000100","bot_id":"B0OTHER","user":"U0OTHER","blocks":[{"block_id":"nw:k1:1"}]},
		{"ts":"1795251901.000100","user":"U0READER","blocks":[{"block_id":"nw:k1:1"}]},
		{"ts":"1795251902.000100","bot_id":"B0OTHER","metadata":{"event_type":"newswatch_message","event_payload":{"key":"k1"}}},
		{"ts":"1795251903.000100","bot_id":"B0BOT","user":"U0BOT","blocks":[{"block_id":"nw:k2:1"}]},
		{"ts":"1795251904.000100","user":"U0BOT","blocks":[{"block_id":"nw:k3:1"}]}]}`))
	found, err := s.Look(t.Context(), "C0ALERTS", "", time.Now(), []string{"k1", "k2", "k3"})
	if err != nil {
		t.Fatal(err)
	}
	if len(found["k1"]) != 0 || len(found["k2"]) != 1 || len(found["k3"]) != 1 {
		t.Errorf("found %v, want k2 and k3 alone", found)
	}
}

func TestLookDoesWithoutKnowingWhoItIs(t *testing.T) {
	w, s := pair(slacktest.Options{})
	receipt, err := s.Post(t.Context(), outgoing("k"))
	if err != nil {
		t.Fatal(err)
	}
	w.Fail("auth.test", slacktest.Refused("unknown_method"))
	found, err := s.Look(t.Context(), "C0ALERTS", "", time.Now().Add(-time.Minute), []string{"k"})
	if err != nil || !slices.Equal(found["k"], []monitor.Receipt{receipt}) {
		t.Errorf("found %v, %v", found, err)
	}
}

// aPageAMinute limits history as Slack does for apps that are sold.
type aPageAMinute struct {
	http.RoundTripper
	next time.Time
}

func (l *aPageAMinute) RoundTrip(req *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(req.URL.Path, "conversations.history") {
		return l.RoundTripper.RoundTrip(req)
	}
	if time.Now().Before(l.next) {
		return &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}, Body: http.NoBody, Request: req}, nil
	}
	l.next = time.Now().Add(time.Minute)
	return l.RoundTripper.RoundTrip(req)
}

func TestLookGoesOnWhereItWasToldToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := slacktest.NewWorkspace(slacktest.Options{Pace: -1, PageSize: 15})
		s := New(Options{Token: monitor.NewSecret(slacktest.DefaultToken), HTTPClient: &http.Client{Transport: &aPageAMinute{RoundTripper: w.Client().Transport}}})
		began := time.Now()
		for i := range 50 {
			if _, err := s.Post(t.Context(), outgoing(fmt.Sprint("key", i))); err != nil {
				t.Fatal(err)
			}
		}
		look := func() (map[string][]monitor.Receipt, error) {
			return s.Look(t.Context(), "C0ALERTS", "", began.Add(-time.Minute), []string{"key0", "key49"})
		}
		found, err := look()
		looks := 1
		for ; verdictOf(err) == "limited 1m0s" && looks < 10; looks++ {
			time.Sleep(time.Minute)
			found, err = look()
		}
		if err != nil || len(found) != 2 || looks != 4 {
			t.Errorf("found %d of 2 in %d looks, want 4 for 50 messages (%v)", len(found), looks, err)
		}
	})
}

func TestLookSeesWhatHistoryShowsSinceThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, s := pair(slacktest.Options{Lag: 5 * time.Second})
		posted := time.Now()
		if _, err := s.Post(t.Context(), outgoing("k")); err != nil {
			t.Fatal(err)
		}
		look := func(since time.Time) int {
			found, err := s.Look(t.Context(), "C0ALERTS", "", since, []string{"k"})
			if err != nil {
				t.Fatal(err)
			}
			return len(found)
		}
		if n := look(posted); n != 0 {
			t.Errorf("found at once though history lags")
		}
		time.Sleep(6 * time.Second)
		if n := look(posted); n != 1 {
			t.Errorf("not found at the very time of posting")
		}
		if n := look(posted.Add(time.Second)); n != 0 {
			t.Errorf("found before the time that was asked for")
		}
	})
}

func TestLookTellsWhyItCannotSee(t *testing.T) {
	without := []string{"chat:write", "chat:write.public", "channels:read", "groups:read"}
	member := []slacktest.Channel{{ID: "C0ALERTS", Name: "news-alerts", Member: true}}
	for name, test := range map[string]struct {
		opts    slacktest.Options
		channel string
		fault   []slacktest.Fault
		want    string
	}{
		"no scope":              {slacktest.Options{Scopes: without, Channels: member}, "C0ALERTS", nil, "no history"},
		"not a member":          {slacktest.Options{Channels: []slacktest.Channel{{ID: "C0ALERTS", Name: "news-alerts"}}}, "C0ALERTS", nil, "no history"},
		"unknown name":          {slacktest.Options{}, "#nowhere", nil, "channel"},
		"unknown ID":            {slacktest.Options{}, "C0NOWHERE", nil, "channel"},
		"names may not be read": {slacktest.Options{Scopes: []string{"chat:write", "channels:history"}}, "#news-alerts", nil, "no history"},
		"revoked":               {slacktest.Options{}, "C0ALERTS", []slacktest.Fault{slacktest.Refused("token_revoked")}, "channel"},
		"limited":               {slacktest.Options{}, "C0ALERTS", []slacktest.Fault{slacktest.RateLimited("9")}, "limited 9s"},
		"limited in the body":   {slacktest.Options{}, "C0ALERTS", []slacktest.Fault{slacktest.Refused("ratelimited")}, "limited 30s"},
		"bad cursor":            {slacktest.Options{}, "C0ALERTS", []slacktest.Fault{slacktest.Refused("invalid_cursor")}, "unknown"},
		"500":                   {slacktest.Options{}, "C0ALERTS", []slacktest.Fault{slacktest.Status(500)}, "unknown"},
		"half":                  {slacktest.Options{}, "C0ALERTS", []slacktest.Fault{slacktest.Half()}, "unknown"},
		"empty object":          {slacktest.Options{}, "C0ALERTS", []slacktest.Fault{slacktest.Page("{}")}, "unknown"},
		"more, but no cursor":   {slacktest.Options{}, "C0ALERTS", []slacktest.Fault{slacktest.Page(`{"ok":true,"messages":[],"has_more":true}`)}, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := pair(test.opts)
			w.Fail("conversations.history", test.fault...)
			found, err := s.Look(t.Context(), test.channel, "", time.Now(), []string{"k"})
			if got := verdictOf(err); got != test.want || found != nil {
				t.Errorf("%s (%v, %v), want %s", got, found, err, test.want)
			}
		})
	}
}

func TestLookIsNotMisledByOddMessages(t *testing.T) {
	w, s := pair(slacktest.Options{})
	w.Fail("conversations.history", slacktest.Page(`{"ok":true,"has_more":false,"messages":[
		{"ts":"1795251900.000100","blocks":[{"type":"from_the_future","block_id":"nw:k1:2","elements":7}],"files":"none"},
		{"ts":"1795251901.000100","metadata":{"event_type":"of_another_app","event_payload":{"key":"k2"}}},
		{"ts":"1795251902.000100","metadata":{"event_type":"newswatch_message","event_payload":{"key":7}}},
		{"ts":"1795251903.000100","blocks":[{"block_id":"x"},{"block_id":"nw:k3:1"}]},
		{"ts":"1795251904.000100","blocks":[{"block_id":"nw:"}],"text":"nw:k4:1"}]}`))
	found, err := s.Look(t.Context(), "C0ALERTS", "", time.Now(), []string{"k1", "k2", "k3", "k4", ""})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || found["k1"][0].TS != "1795251900.000100" {
		t.Errorf("found %v, want k1 alone", found)
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	channels := []slacktest.Channel{
		{ID: "C0ALERTS", Name: "news-alerts", Member: true}, {ID: "C0GUEST", Name: "guest"}, {ID: "C0OLD", Name: "old", Member: true, Archived: true},
		{ID: "G0DESK", Name: "desk", Private: true, Member: true}, {ID: "C0READ", Name: "read", Member: true, ReadOnly: true},
	}
	membersOnly := []string{"chat:write", "channels:history", "groups:history", "channels:read", "groups:read"}
	for name, test := range map[string]struct {
		opts    slacktest.Options
		asked   []string
		post    bool
		revoked bool
		want    []string // one part of each fault
	}{
		"all well":                      {asked: []string{"#news-alerts", "G0DESK"}, post: true},
		"all well, no post":             {asked: []string{"news-alerts"}},
		"no such channel":               {asked: []string{"#nowhere"}, want: []string{"#nowhere was not found"}},
		"not a member":                  {asked: []string{"#guest"}, post: true, want: []string{"not in channel #guest", "could not be read back"}},
		"archived":                      {asked: []string{"#old"}, post: true, want: []string{"#old is archived", "is_archived"}},
		"read-only":                     {asked: []string{"#read"}, post: true, want: []string{"restricted_action_read_only_channel"}},
		"scope missing":                 {opts: slacktest.Options{Scopes: []string{"chat:write", "chat:write.public", "channels:history", "channels:read", "groups:read"}}, want: []string{"groups:history"}},
		"may not list":                  {opts: slacktest.Options{Scopes: []string{"chat:write", "chat:write.public", "channels:history", "groups:history"}}, asked: []string{"#news-alerts"}, want: []string{"channels:read", "groups:read", "could not be looked up"}},
		"may post where it is a member": {opts: slacktest.Options{Scopes: membersOnly}, asked: []string{"#news-alerts"}, post: true},
		"may not post where it is none": {opts: slacktest.Options{Scopes: membersOnly}, asked: []string{"#guest"}, post: true, want: []string{"not in channel #guest", "not_in_channel"}},
		"markers do not last":           {opts: slacktest.Options{LoseMetadata: true, LoseBlockIDs: true}, asked: []string{"#news-alerts"}, post: true, want: []string{"without its markers"}},
		"token revoked":                 {asked: []string{"#news-alerts"}, revoked: true, want: []string{"token_revoked"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.opts.Channels = channels
			w, s := pair(test.opts)
			w.SetRevoked(test.revoked)
			r, err := s.Check(t.Context(), test.asked, test.post)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Faults) != len(test.want) || r.OK() != (len(test.want) == 0) {
				t.Fatalf("faults %q, want %q", r.Faults, test.want)
			}
			for i, part := range test.want {
				if !strings.Contains(r.Faults[i], part) {
					t.Errorf("fault %q does not say %q", r.Faults[i], part)
				}
			}
			for _, c := range channels {
				if left := w.Messages(c.ID); len(left) > 0 {
					t.Errorf("%d test messages stay in %s", len(left), c.Name)
				}
			}
		})
	}
}

func TestCheckSaysWhichMarkersSurvive(t *testing.T) {
	for name, opts := range map[string]slacktest.Options{"metadata": {LoseBlockIDs: true}, "block_id": {LoseMetadata: true}} {
		t.Run(name, func(t *testing.T) {
			_, s := pair(opts)
			r, err := s.Check(t.Context(), []string{"#news-alerts"}, true)
			if err != nil {
				t.Fatal(err)
			}
			c := r.Channels[0]
			if !r.OK() || !c.Posted || !c.Deleted || c.Metadata != (name == "metadata") || c.BlockID != (name == "block_id") {
				t.Errorf("%+v, faults %q", c, r.Faults)
			}
		})
	}
}

func TestCheckReportsThatSlackCannotBeAsked(t *testing.T) {
	w, s := pair(slacktest.Options{})
	w.Fail("auth.test", slacktest.Dropped())
	if _, err := s.Check(t.Context(), nil, false); err == nil || errors.Is(err, monitor.ErrNoHistory) {
		t.Errorf("got %v", err)
	}
}
