package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
	"newswatch/monitor/store/pgtest"
)

// moved is a store with something in most tables, and where it was moved to.
func moved(t *testing.T) (from, to *Store, tables []Table) {
	t.Helper()
	from = openAt(t, filepath.Join(t.TempDir(), "newswatch.db"))
	address := pgtest.Schema(t)
	state := enroll(t, from, agency)[0]
	state.Rate, state.LastOK, state.Gone = 0.1, noon, true
	if err := from.Touch(t.Context(), []monitor.FeedState{state}); err != nil {
		t.Fatal(err)
	}
	for i := range movedAtOnce + 1 {
		a := article(agency, fmt.Sprint("g", i), fmt.Sprint("https://agency.example/", i), fmt.Sprint("한국 no. ", i, " \x00 \xff"))
		record(t, from, agency, noon, a)
	}
	_, _, reply := alertWithTwoReplies(t, from)
	reply.State, reply.TS, reply.SentRev = monitor.Sent, news.TS, 1
	place(t, from, reply)
	deal(t, from, reply)
	claim(t, from, "#news", "w1")
	tables, err := from.Move(t.Context(), address, noon.Add(time.Hour), func(string, int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := from.Move(t.Context(), address, noon, func(string, int, int) {}); !errors.Is(err, ErrOccupied) {
		t.Errorf("moved twice: %v", err)
	}
	return from, openAt(t, address), tables
}

// deal does with a message what people do.
func deal(t *testing.T, s *Store, m monitor.Message) {
	t.Helper()
	act(t, s, func(a monitor.Acts) error {
		on, _, err := a.Shown(news, m.Key)
		_, noteErr := a.Note(monitor.Act{Request: "r1", By: by("U1", noon), What: monitor.ActAcknowledge, Alert: m.ID})
		_, judgeErr := a.Judge(on, monitor.Verdict{By: by("U1", noon)})
		_, muteErr := a.Mute(monitor.Mute{Scope: monitor.Scope{Rule: "attack"}, Until: noon.Add(monitor.Day), By: by("U2", noon), Alert: m.ID}, "muted")
		return errors.Join(err, noteErr, judgeErr, muteErr)
	})
}

func TestMovedStoreKnowsWhatPeopleDid(t *testing.T) {
	from, to, tables := moved(t)
	for _, table := range tables {
		if slices.Contains([]string{"acts", "mutes", "verdicts"}, table.Name) && table.Rows != 1 {
			t.Errorf("%d rows of %s", table.Rows, table.Name)
		}
	}
	of := func(s *Store) any {
		on, _, ok, err := s.Clicked(t.Context(), news, "m2")
		deeds, deedsErr := s.deeds(t.Context(), on.ID)
		mutes, mutesErr := s.Mutes(t.Context(), noon)
		judged, judgedErr := s.Judged(t.Context())
		if err := errors.Join(err, deedsErr, mutesErr, judgedErr); err != nil || !ok || deeds.Acknowledged.User != "U1" || len(mutes) != 1 || len(judged) != 1 {
			t.Errorf("of clicks there are %+v, %d mutes and %d verdicts, %v", deeds, len(mutes), len(judged), err)
		}
		return []any{deeds, mutes, judged}
	}
	if diff := cmp.Diff(of(from), of(to)); diff != "" {
		t.Error(diff)
	}
	for _, s := range []*Store{from, to} { // the next of each has another ID
		act(t, s, func(a monitor.Acts) error {
			first, err := a.Note(monitor.Act{Request: "r2", By: by("U1", noon)})
			_, muteErr := a.Mute(monitor.Mute{Scope: monitor.Scope{Rule: "scm"}, Until: noon.Add(monitor.Day), By: by("U2", noon)}, "")
			if !first {
				t.Error("another request is taken for a repeat")
			}
			return errors.Join(err, muteErr)
		})
	}
	here, err := from.Mutes(t.Context(), noon)
	there, thereErr := to.Mutes(t.Context(), noon)
	if diff := cmp.Diff(here, there); diff != "" || len(here) != 2 || errors.Join(err, thereErr) != nil {
		t.Error(diff, err, thereErr)
	}
}

func TestMovedStoreIsWhatItWas(t *testing.T) {
	from, to, tables := moved(t)
	rows := make(map[string]int)
	for _, table := range tables {
		rows[table.Name] = table.Rows
	}
	want := map[string]int{"feeds": 1, "articles": movedAtOnce + 1, "seen": movedAtOnce + 1, "stories": 1, "reports": 3, "matches": 3, "messages": 3, "alerts": 1, "channels": 1}
	for name, n := range want {
		if rows[name] != n {
			t.Errorf("%d rows of %s, want %d", rows[name], name, n)
		}
	}
	old, err := from.Feeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old[0].Lease = ""
	states, err := to.Feeds(t.Context())
	if diff := cmp.Diff(old, states); diff != "" || err != nil {
		t.Error(diff, err)
	}
	a := article(agency, "g7", "https://agency.example/7", "x")
	before, after := sightOne(t, from, agency, a), sightOne(t, to, agency, a)
	before.Known.Title = strings.NewReplacer("\x00", "\ufffd", "\xff", "\ufffd").Replace(before.Known.Title)
	before.Known.Body = "Body of " + before.Known.Title
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	claim(t, to, "#news", "w2") // no lease came along
}

func TestMovedStoreGoesOnCounting(t *testing.T) {
	from, to, _ := moved(t)
	next := article(agency, "next", "https://agency.example/next", "What comes next")
	here, there := record(t, from, agency, noon, next), record(t, to, agency, noon, next)
	if here[0].Article.ID != there[0].Article.ID {
		t.Errorf("the next article is %d, in the file %d", there[0].Article.ID, here[0].Article.ID)
	}
}

func TestMovedStoreLooksBeforeItSendsWhatWaited(t *testing.T) {
	_, to, _ := moved(t)
	if at, err := to.Restored(t.Context()); err != nil || !at.Equal(noon.Add(time.Hour)) {
		t.Errorf("restored %v, %v", at, err)
	}
	later := noon.Add(2 * time.Hour)
	if _, err := to.Claim(t.Context(), "#news", "w2", later, later.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	undecided, err := to.Undecided(t.Context(), "#news")
	if err != nil || len(undecided) != 1 {
		t.Errorf("%d messages are looked for, %v; want the alert", len(undecided), err)
	}
	if d, ok, err := to.Next(t.Context(), "#news", later); ok || err != nil {
		t.Errorf("%q would be sent, %v", d.Key, err)
	}
}

// TestMoveMayEndAnywhere lets the process die with each statement of a move:
// before it is done, and after. Moved again the store is there, whole.
func TestMoveMayEndAnywhere(t *testing.T) {
	from, _, _ := moved(t)
	move := func(t *testing.T, address string, f *faults) error {
		to, err := faultyEngines["postgres"].open(t, f, address)
		if err != nil {
			return err
		}
		_, err = from.move(t.Context(), to, noon, func(string, int, int) {})
		return errors.Join(err, to.Close())
	}
	whole := &faults{seen: make(map[string]int)}
	if err := move(t, pgtest.Schema(t), whole); err != nil {
		t.Fatal(err)
	}
	died := 0
	for site, n := range whole.seen {
		if !strings.HasSuffix(site, ".move") {
			continue // of the opening, as of any store
		}
		for number := range n {
			for _, moment := range []moment{before, after} {
				if !*everyStatement && (number > 0 || moment == before && !strings.Contains(site, " commit ")) {
					continue
				}
				died++
				t.Run(fmt.Sprintf("%s, number %d, dies %s it is done", site, number, moment), func(t *testing.T) {
					address := pgtest.Schema(t)
					if err := move(t, address, &faults{fault: fault{site, number, moment, true}, seen: make(map[string]int)}); !errors.Is(err, errInjected) {
						t.Fatalf("it did not die: %v", err)
					}
					_, err := from.Move(t.Context(), address, noon, func(string, int, int) {})
					done := strings.Contains(site, " commit ") && moment == after
					if done != errors.Is(err, ErrOccupied) || !done && err != nil {
						t.Errorf("moved again: %v", err)
					}
					to := openAt(t, address)
					if n, err := countRows(t.Context(), to.read, "articles"); n != movedAtOnce+1 || err != nil {
						t.Errorf("%d articles, %v", n, err)
					}
				})
			}
		}
	}
	if died < 10 {
		t.Errorf("it died only %d times", died)
	}
}
