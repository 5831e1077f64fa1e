package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
)

// news is the channel of these tests, as Slack knows it.
var news = monitor.Receipt{Channel: "C1", TS: "1.0"}

// standingAlert is an alert with two replies that stands in the channel.
func standingAlert(t *testing.T, s *Store) (alert, one, two monitor.Message) {
	t.Helper()
	alert, one, two = alertWithTwoReplies(t, s)
	alert.State, alert.TS, alert.SentRev = monitor.Sent, news.TS, 1
	place(t, s, alert)
	return alert, one, two
}

// place writes a message as far as the test says it has come, in a channel whose
// ID is known.
func place(t *testing.T, s *Store, m monitor.Message) {
	t.Helper()
	ch := claim(t, s, m.Channel, "w1")
	ch.ID = news.Channel
	if err := s.Settle(t.Context(), "w1", ch, m); err != nil {
		t.Fatal(err)
	}
}

func act(t *testing.T, s *Store, do func(monitor.Acts) error) {
	t.Helper()
	if err := s.Act(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

func by(user string, at time.Time) monitor.Deed { return monitor.Deed{User: user, At: at} }

func TestActOfOneRequestIsNotedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		alert, _, _ := standingAlert(t, s)
		for i, want := range []bool{true, false} {
			act(t, s, func(a monitor.Acts) error {
				first, err := a.Note(monitor.Act{Request: "r1", By: by(fmt.Sprint("U", i), noon), What: monitor.ActAcknowledge, Alert: alert.ID})
				if first != want {
					t.Errorf("the first of its request: %v, want %v", first, want)
				}
				return err
			})
		}
		act(t, s, func(a monitor.Acts) error {
			_, err := a.Note(monitor.Act{Request: "r0", By: by("U9", noon.Add(-time.Hour)), What: monitor.ActAcknowledge, Alert: alert.ID, Refused: "not allowed"})
			got, ackErr := a.Acknowledged(alert.ID)
			if want := (monitor.Act{Request: "r1", By: by("U0", noon)}); got != want {
				t.Errorf("acknowledged: %+v, want %+v", got, want)
			}
			return errors.Join(err, ackErr)
		})
	})
}

func TestWhatFailsChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		failed := errors.New("failed")
		mute := monitor.Mute{Scope: monitor.Scope{Rule: "launch"}, Until: noon.Add(time.Hour), By: by("U1", noon)}
		err := s.Act(t.Context(), func(a monitor.Acts) error {
			if _, err := a.Mute(mute, "muted"); err != nil {
				t.Error(err)
			}
			return failed
		})
		mutes, listErr := s.Mutes(t.Context(), noon)
		if !errors.Is(err, failed) || listErr != nil || len(mutes) > 0 {
			t.Errorf("%v; %d mutes, %v", err, len(mutes), listErr)
		}
	})
}

func TestClickedFindsOnlyWhatStandsThere(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		alert, one, _ := standingAlert(t, s)
		other := claim(t, s, "#sport", "w1")
		other.ID = "C2"
		fresh := post(t, s, monitor.Message{Key: "fresh", Kind: monitor.KindAlert, Channel: "#fresh", State: monitor.Sending})
		claim(t, s, "#fresh", "w1")
		if err := s.Settle(t.Context(), "w1", other); err != nil {
			t.Fatal(err)
		}
		undecided := func(state monitor.State) {
			one.State = state
			place(t, s, one)
		}
		undecided(monitor.Unconfirmed)
		for _, c := range []struct {
			name, channel, ts, key string
			want                   int64 // 0: none
		}{
			{"as it stands", "C1", "1.0", alert.Key, alert.ID},
			{"another place", "C1", "1.1", alert.Key, 0},
			{"another channel", "C2", "1.0", alert.Key, 0},
			{"another key", "C1", "1.0", "m9", 0},
			{"no key", "C1", "1.0", "", 0},
			{"what may have arrived", "C1", "7.7", one.Key, one.ID},
			{"what may have arrived elsewhere", "C2", "7.7", one.Key, 0},
			{"the first of its channel", "C3", "7.7", fresh.Key, fresh.ID},
			{"the first of its channel in another's", "C2", "7.7", fresh.Key, 0},
			{"what was never tried", "C1", "7.7", "m2", 0},
		} {
			at := monitor.Receipt{Channel: c.channel, TS: c.ts}
			on, article, ok, err := s.Clicked(t.Context(), at, c.key)
			if err != nil || ok != (c.want != 0) || on.ID != c.want {
				t.Errorf("%s: message %d, %v, %v, want %d", c.name, on.ID, ok, err, c.want)
			}
			if ok && on.Article != article.ID {
				t.Errorf("%s: article %d, want %d", c.name, article.ID, on.Article)
			}
			act(t, s, func(a monitor.Acts) error {
				shown, ok, err := a.Shown(at, c.key)
				if diff := cmp.Diff(on, shown); diff != "" || ok != (c.want != 0) {
					t.Errorf("%s: shown is not what was clicked on: %s", c.name, diff)
				}
				return err
			})
		}
		if on, _, _, _ := s.Clicked(t.Context(), news, alert.Key); on.Article == 0 || on.Story == 0 {
			t.Errorf("it tells of article %d of story %d", on.Article, on.Story)
		}
	})
}

func TestVerdictTakesThePlaceOfTheSameUsers(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		alert, _, _ := standingAlert(t, s)
		on, _, _, err := s.Clicked(t.Context(), news, alert.Key)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []struct {
			user              string
			relevant, changed bool
		}{{"U1", true, true}, {"U1", true, false}, {"U2", true, true}, {"U1", false, true}, {"U3", true, true}} {
			act(t, s, func(a monitor.Acts) error {
				changed, err := a.Judge(on, monitor.Verdict{By: by(c.user, noon.Add(time.Duration(i)*time.Second)), Relevant: c.relevant})
				if changed != c.changed {
					t.Errorf("%s, %v: changed %v", c.user, c.relevant, changed)
				}
				return errors.Join(err, a.Redraw(alert.ID))
			})
		}
		deeds, err := s.deeds(t.Context(), alert.ID)
		if err != nil || !slices.Equal(deeds.Relevant, []string{"U2", "U3"}) || !slices.Equal(deeds.NotRelevant, []string{"U1"}) {
			t.Errorf("shown %+v, %v", deeds, err)
		}
		if d, ok, err := s.Next(t.Context(), "#news", noon); err != nil || !ok || d.Key != "m1" { // replies first; the redrawn alert when they are out
			t.Errorf("next is %q, %v", d.Key, err)
		}
		judged, err := s.Judged(t.Context())
		if err != nil || len(judged) != 1 || judged[0].Rule != "launch" || judged[0].Relevant != 2 || judged[0].Irrelevant != 1 || judged[0].Article.ID != on.Article || judged[0].Article.Title == "" {
			t.Errorf("judged %+v, %v", judged, err)
		}
	})
}

// The verdicts on one article's alerts in several channels are a user's one.
func TestJudgedCountsPeopleOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		finds := record(t, s, agency, noon, article(agency, "g1", "https://agency.example/1", "Launch"), article(agency, "g2", "https://agency.example/2", "Lunch"))
		for i, v := range []struct {
			find     int
			rule     string
			user     string
			relevant bool
		}{{0, "launch", "U1", true}, {0, "launch", "U1", true}, {0, "satellite", "U1", false}, {1, "launch", "U1", false}, {1, "launch", "U2", false}} {
			m := monitor.Subject{Message: monitor.Message{ID: int64(i + 1), Rule: v.rule}, Article: finds[v.find].Article.ID}
			act(t, s, func(a monitor.Acts) error {
				_, err := a.Judge(m, monitor.Verdict{By: by(v.user, noon), Relevant: v.relevant})
				return err
			})
		}
		judged, err := s.Judged(t.Context())
		var got []string
		for _, j := range judged {
			got = append(got, fmt.Sprintf("%s %s +%d -%d", j.Rule, j.Article.GUID, j.Relevant, j.Irrelevant))
		}
		if want := []string{"launch g1 +1 -0", "satellite g1 +0 -1", "launch g2 +0 -2"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	})
}

func TestMuteKeepsBackWhatWaitsOfItsScope(t *testing.T) {
	for name, c := range map[string]struct {
		scope func(monitor.Subject) monitor.Scope
		kept  int
	}{
		"of the rule":    {func(monitor.Subject) monitor.Scope { return monitor.Scope{Rule: "launch"} }, 2},
		"of another":     {func(monitor.Subject) monitor.Scope { return monitor.Scope{Rule: "scm"} }, 0},
		"of the story":   {func(on monitor.Subject) monitor.Scope { return monitor.Scope{Story: on.Story} }, 2},
		"of the outlet":  {func(monitor.Subject) monitor.Scope { return monitor.Scope{Rule: "launch", Outlet: "Agency"} }, 2},
		"of other ones":  {func(monitor.Subject) monitor.Scope { return monitor.Scope{Rule: "launch", Outlet: "Daily"} }, 0},
		"of other story": {func(on monitor.Subject) monitor.Scope { return monitor.Scope{Story: on.Story + 1} }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, s *Store) {
				alert, one, _ := standingAlert(t, s)
				on, _, _, err := s.Clicked(t.Context(), news, alert.Key)
				if err != nil {
					t.Fatal(err)
				}
				mute := monitor.Mute{Scope: c.scope(on), Until: noon.Add(time.Hour), By: by("U1", noon), Alert: alert.ID}
				for _, want := range []int{c.kept, 0} { // one of the same scope takes its place
					act(t, s, func(a monitor.Acts) error {
						kept, err := a.Mute(mute, "was muted")
						if kept != want {
							t.Errorf("kept back %d, want %d", kept, want)
						}
						return err
					})
					mute.Until = mute.Until.Add(time.Hour)
				}
				states, err := s.messages(t.Context(), `where m.id in (?, ?) order by m.id`, alert.ID, one.ID)
				if err != nil || states[0].State != monitor.Sent {
					t.Errorf("the alert itself is %s, %v", states[0].State, err)
				}
				if states[1].State == monitor.Muted && states[1].Reason != "was muted" {
					t.Errorf("kept back because %q", states[1].Reason)
				}
				mutes, err := s.Mutes(t.Context(), noon)
				if err != nil || len(mutes) != 1 || !mutes[0].Until.Equal(noon.Add(2*time.Hour)) || mutes[0].Scope != mute.Scope {
					t.Fatalf("mutes %+v, %v", mutes, err)
				}
				found := false
				act(t, s, func(a monitor.Acts) error {
					same, ok, err := a.MuteOf(mute.Scope, noon)
					if found = ok; same != mutes[0].Mute {
						t.Errorf("of that scope there is %+v, want %+v", same, mutes[0].Mute)
					}
					_, late, lateErr := a.MuteOf(mute.Scope, noon.Add(2*time.Hour))
					if late {
						t.Error("it does not end")
					}
					return errors.Join(err, lateErr)
				})
				if !found {
					t.Error("it is not found by its scope")
				}
			})
		})
	}
}

func TestMuteOverIsTheOneThatEndsLast(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		act(t, s, func(a monitor.Acts) (err error) {
			for i, of := range []monitor.Scope{{Rule: "launch"}, {Story: 7}, {Rule: "launch", Outlet: "Daily"}, {Rule: "scm"}} {
				_, muteErr := a.Mute(monitor.Mute{Scope: of, Until: noon.Add(time.Duration(i+1) * time.Hour), By: by("U1", noon)}, "")
				err = errors.Join(err, muteErr)
			}
			return err
		})
		for _, c := range []struct {
			match monitor.Scope
			at    time.Duration
			want  string
		}{
			{monitor.Scope{Rule: "launch", Story: 1, Outlet: "Agency"}, 0, "rule"},
			{monitor.Scope{Rule: "launch", Story: 7, Outlet: "Agency"}, 0, "story"},
			{monitor.Scope{Rule: "launch", Story: 7, Outlet: "Daily"}, 0, "outlet for this rule"},
			{monitor.Scope{Rule: "attack", Story: 7, Outlet: "Daily"}, 0, "story"},
			{monitor.Scope{Rule: "attack", Story: 1, Outlet: "Daily"}, 0, ""},
			{monitor.Scope{Rule: "launch", Story: 1, Outlet: "Agency"}, time.Hour, ""},
		} {
			err := s.Record(t.Context(), func(l monitor.Ledger) error {
				m, ok, err := l.MuteOver(c.match, noon.Add(c.at))
				if ok != (c.want != "") || ok && m.What() != c.want {
					t.Errorf("%+v after %v: %q, want %q", c.match, c.at, m.What(), c.want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestUnmuteEndsAMuteOnce(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		mute := monitor.Mute{Scope: monitor.Scope{Rule: "launch"}, Until: noon.Add(time.Hour), By: by("U1", noon), Alert: 3}
		act(t, s, func(a monitor.Acts) error { _, err := a.Mute(mute, ""); return err })
		mutes, err := s.Mutes(t.Context(), noon)
		if err != nil || len(mutes) != 1 {
			t.Fatal(mutes, err)
		}
		if deeds, err := s.deeds(t.Context(), 3); err != nil || len(deeds.Mutes) != 1 {
			t.Errorf("its alert shows %+v, %v", deeds, err)
		}
		for _, c := range []struct {
			at   time.Duration
			want bool
		}{{time.Hour, false}, {0, true}, {0, false}} {
			act(t, s, func(a monitor.Acts) error {
				m, ok, err := a.MuteBy(mutes[0].ID, noon.Add(c.at))
				if ok != c.want || ok && m != mutes[0].Mute {
					t.Errorf("after %v: %+v, %v, want %v", c.at, m, ok, c.want)
				}
				if err != nil || !ok {
					return err
				}
				return a.Unmute(m.ID)
			})
		}
	})
}
