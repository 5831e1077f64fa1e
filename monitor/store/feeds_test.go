package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
)

func enroll(t *testing.T, s *Store, feeds ...monitor.Feed) []monitor.FeedState {
	t.Helper()
	states, err := s.Enroll(t.Context(), "w1", feeds)
	if err != nil {
		t.Fatal(err)
	}
	if others := leaseFeeds(t, s, "w1", noon, states); len(others) > 0 {
		t.Fatalf("not leased: %v", others)
	}
	for i := range states {
		states[i].Lease = "w1"
	}
	return states
}

// leaseFeeds leases feeds for ten seconds and returns those that others have.
func leaseFeeds(t *testing.T, s *Store, worker string, now time.Time, states []monitor.FeedState) map[string]monitor.FeedState {
	t.Helper()
	others, err := s.Lease(t.Context(), worker, states, now, now.Add(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return others
}

func TestFeedIsLeasedToOneWorkerUntilItIsPolled(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		first := enroll(t, s, agency, daily) // leases them to w1
		second := slices.Clone(first)
		seconds := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }
		taken := func(worker string, at int, states ...monitor.FeedState) int {
			return len(leaseFeeds(t, s, worker, seconds(at), states))
		}
		if n := taken("w2", 9, second...); n != 2 {
			t.Errorf("%d of two leased feeds are another's", n)
		}
		if n := taken("w1", 9, first...); n != 0 {
			t.Errorf("%d of the worker's own feeds are another's", n)
		}
		first[0].LastPoll, first[0].NextPoll = seconds(10), seconds(70)
		if err := s.Touch(t.Context(), first[:1]); err != nil {
			t.Fatal(err)
		}
		others := leaseFeeds(t, s, "w2", seconds(11), second)
		if len(others) != 2 || !others[agency.Key()].LastPoll.Equal(seconds(10)) {
			t.Errorf("what was polled meanwhile and what is leased: %+v", others)
		}
		if n := taken("w2", 11, others[agency.Key()]); n != 0 {
			t.Error("a feed that nobody polls cannot be had with its state as it is")
		}
		if err := s.Renew(t.Context(), "w1", []string{daily.Key()}, seconds(15), seconds(25)); err != nil {
			t.Fatal(err)
		}
		if n := taken("w2", 20, second[1]); n != 1 {
			t.Error("a renewed lease ended as if it were not")
		}
		if n := taken("w2", 25, second[1]); n != 0 {
			t.Error("a lease that is over keeps others away")
		}
		if err := s.Record(t.Context(), func(l monitor.Ledger) error { return l.SaveFeed(first[1]) }); !errors.Is(err, monitor.ErrLeaseLost) {
			t.Errorf("a late write: %v", err)
		}
		if err := s.Leave(t.Context(), "w2", nil); err != nil {
			t.Fatal(err)
		}
		if n := taken("w1", 26, second[1]); n != 1 {
			t.Error("giving back no feed gave one back")
		}
		if err := s.LeaveAll(t.Context(), "w2"); err != nil {
			t.Fatal(err)
		}
		if n := taken("w1", 26, second[1]); n != 0 {
			t.Error("a lease that was given back keeps others away")
		}
	})
}

func TestWorkersKnowOfEachOtherWhileTheyAreAlive(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		muster := func(name, rules string, at time.Duration) []monitor.Colleague {
			others, err := s.Muster(t.Context(), monitor.Colleague{Name: name, Rules: rules}, noon.Add(at), noon.Add(at+time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			return others
		}
		muster("w1", "old", 0)
		muster("w2", "new", time.Second)
		if diff := cmp.Diff([]monitor.Colleague{{Name: "w1", Rules: "old"}, {Name: "w2", Rules: "new"}}, muster("w3", "new", 2*time.Second)); diff != "" {
			t.Error(diff)
		}
		muster("w1", "new", 30*time.Second)
		if diff := cmp.Diff([]monitor.Colleague{{Name: "w1", Rules: "new"}}, muster("w4", "new", 65*time.Second)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestFeedIsKeptAsItWas(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		state := enroll(t, s, agency)[0]
		at := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
		state = monitor.FeedState{
			Key: state.Key, Name: state.Name, Lease: state.Lease,
			Validators: monitor.Validators{ETag: "e", LastModified: "l", BodyHash: "b"},
			Address:    "https://new.example/", Redirect: monitor.Redirect{To: "https://newer.example/", Since: at(1), Times: 2},
			Spec: "@hourly", TTL: 90 * time.Second, SkipHours: 0b101,
			NextPoll: at(2), LastPoll: at(3), FirstOK: at(4), LastOK: at(5), LastNew: at(6), Newest: at(7), Parsed: at(8), EmptySince: at(9), LastGap: at(10),
			Items: 11, Gaps: 12, Rate: 13.5, Lull: 14 * time.Hour, Failures: 15, Gone: true, Fault: "f", Hint: "h",
		}
		if err := s.Touch(t.Context(), []monitor.FeedState{state}); err != nil {
			t.Fatal(err)
		}
		for _, got := range enroll(t, s, agency) {
			if diff := cmp.Diff(state, got); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// with is the feed whose address holds the key, as config.yaml writes it.
func with(key string) monitor.Feed {
	return monitor.Feed{Name: "Agency", URL: "https://agency.example/rss?key=" + key, Written: "https://agency.example/rss?key=${KEY}"}
}

func TestFeedKeepsItsPastWhenTheSecretInItsAddressChanges(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		enroll(t, s, with("one"))
		a := article(with("one"), "g1", "https://agency.example/1", "Launch notice")
		record(t, s, with("one"), noon, a)
		enroll(t, s, with("two"))
		if !sightOne(t, s, with("two"), a).Here {
			t.Error("its articles are new again")
		}
		if states, err := s.Feeds(t.Context()); err != nil || len(states) != 1 {
			t.Errorf("%d feeds, %v", len(states), err)
		}
	})
}

func TestFeedKeepsItsPastOfWhenItsSecretCounted(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		before := with("one")
		before.Written = ""
		state := enroll(t, s, before)[0]
		state.LastOK = noon
		if err := s.Touch(t.Context(), []monitor.FeedState{state}); err != nil {
			t.Fatal(err)
		}
		a := article(before, "g1", "https://agency.example/1", "Launch notice")
		record(t, s, before, noon, a)

		for range 2 {
			now := enroll(t, s, with("one"))[0]
			if now.Key != with("one").Key() || now.Key == before.Key() || !now.LastOK.Equal(noon) {
				t.Errorf("got %+v", now)
			}
		}
		seen := sightOne(t, s, with("one"), a)
		if !seen.Here || seen.Known.FeedKey != with("one").Key() {
			t.Errorf("seen here: %v, as %+v", seen.Here, seen.Known)
		}
		if states, err := s.Feeds(t.Context()); err != nil || len(states) != 1 {
			t.Errorf("%d feeds, %v", len(states), err)
		}
	})
}

func TestFullTextIsKeptUnderTheHashOfWhatTheFeedShows(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		shown := article(agency, "g1", "https://agency.example/1", "Launch notice")
		full := shown
		full.Body = "The whole of the page."
		err := s.Record(t.Context(), func(l monitor.Ledger) error {
			_, err := l.Keep(agency.Key(), noon, []*monitor.Find{{Article: full, Shown: shown.TextHash()}}, nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		seen := sightOne(t, s, agency, shown)
		if !seen.Here || seen.TextHash != shown.TextHash() || seen.Known.Body != full.Body {
			t.Errorf("got %+v of %+v", seen, seen.Known)
		}
	})
}

// at is the feed's state with the host that it is asked for at.
func at(host string, state monitor.FeedState) monitor.FeedState {
	state.Host = host
	return state
}

func TestFeedIsNotLeasedWhileItsHostIsAskedForAnother(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		states, err := s.Enroll(t.Context(), "", []monitor.Feed{agency, daily})
		if err != nil {
			t.Fatal(err)
		}
		first, second := at("h", states[0]), at("h", states[1])
		taken := func(worker string, after time.Duration, state monitor.FeedState) map[string]monitor.FeedState {
			return leaseFeeds(t, s, worker, noon.Add(after), []monitor.FeedState{state})
		}
		if others := taken("w1", 0, first); len(others) != 0 {
			t.Fatalf("not leased: %v", others)
		}
		others := taken("w2", time.Second, second)
		if len(others) != 1 || !others[daily.Key()].LastPoll.IsZero() || !others[daily.Key()].Leased.Equal(noon.Add(10*time.Second)) {
			t.Errorf("of a host that is asked another feed was had: %+v", others)
		}
		if others := taken("w2", time.Second, at("i", states[1])); len(others) != 0 {
			t.Errorf("a host is kept from others for one that is asked: %+v", others)
		}
		if others := taken("w1", time.Second, at("i", states[0])); len(others) != 1 {
			t.Error("a feed that has moved to a host that is asked was had")
		}
		if err := s.LeaveAll(t.Context(), "w2"); err != nil {
			t.Fatal(err)
		}
		if others := taken("w1", 2*time.Second, second); len(others) != 0 {
			t.Errorf("the worker that asks the host cannot have its next feed: %+v", others)
		}
		if others := taken("w2", 13*time.Second, first); len(others) != 0 {
			t.Errorf("a lease that is over keeps a host from others: %+v", others)
		}
	})
}

func TestOfFeedsOfOneHostOneIsLeasedAtATime(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		var feeds []monitor.Feed
		for i := range 8 {
			feeds = append(feeds, monitor.Feed{Name: fmt.Sprint("Wire", i), URL: fmt.Sprint("https://wire.example/", i)})
		}
		states, err := s.Enroll(t.Context(), "", feeds)
		if err != nil {
			t.Fatal(err)
		}
		for round := range 10 {
			var asking sync.WaitGroup
			var granted atomic.Int32
			for i, state := range states {
				asking.Go(func() {
					others, err := s.Lease(t.Context(), fmt.Sprint("w", i), []monitor.FeedState{at("h", state)}, noon, noon.Add(time.Minute))
					if err != nil {
						t.Error(err)
					}
					granted.Add(int32(1 - len(others)))
				})
			}
			asking.Wait()
			if n := granted.Load(); n != 1 {
				t.Fatalf("round %d: %d workers have a feed of the host", round, n)
			}
			for i := range states {
				if err := s.LeaveAll(t.Context(), fmt.Sprint("w", i)); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestSessionThatTakesNoWritesIsNotUsedAgain(t *testing.T) {
	s := engines["postgres"](t)
	s.write.SetMaxOpenConns(1)
	if _, err := s.write.ExecContext(t.Context(), `set session characteristics as transaction read only`); err != nil {
		t.Fatal(err)
	}
	muster := func() error {
		_, err := s.Muster(t.Context(), monitor.Colleague{Name: "w1"}, noon, noon.Add(time.Minute))
		return err
	}
	if err := muster(); !isState(err, "25006") {
		t.Errorf("the first write came to %v", err)
	}
	if err := muster(); err != nil {
		t.Error(err)
	}
}
