package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
)

func TestStoriesAreSummedUp(t *testing.T) {
	onEach(t, func(t *testing.T, s *Store) {
		articles := keepDays(t, s, 5)
		var launch, other int64
		err := s.Record(t.Context(), func(l monitor.Ledger) (err error) {
			if launch, err = l.OpenStory(monitor.Story{Title: "Launch", Seed: "a", First: noon, Last: noon}); err != nil {
				return err
			}
			if other, err = l.OpenStory(monitor.Story{Title: "Other", Seed: "b", First: noon, Last: noon}); err != nil {
				return err
			}
			for i, r := range []struct {
				story    int64
				relation monitor.Relation
				rules    []string
			}{
				{launch, monitor.Opens, []string{"satellite", "rocket"}},
				{other, monitor.Opens, []string{"satellite"}},
				{launch, monitor.Copy, []string{"satellite"}},
				{launch, monitor.Adds, nil},
			} {
				at := noon.Add(time.Duration(i) * time.Hour)
				if _, err := l.AddReport(monitor.Report{StoryID: r.story, Article: articles[i], Relation: r.relation, At: at}); err != nil {
					return err
				}
				for _, rule := range r.rules {
					m := monitor.Message{Channel: "#a", Rule: rule, Kind: monitor.KindReply, Key: rule + articles[i].Title, State: monitor.Pending, Rev: 1, Created: at}
					if err := l.Post(m, r.story, articles[i].ID); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		outlet := []string{articles[0].OutletName()}
		want := []Summary{
			{monitor.Story{ID: launch, Title: "Launch", Seed: "a", First: noon, Last: noon.Add(3 * time.Hour)}, []string{"rocket", "satellite"}, outlet, 3, 1, 1},
			{monitor.Story{ID: other, Title: "Other", Seed: "b", First: noon, Last: noon.Add(time.Hour)}, []string{"satellite"}, outlet, 1, 0, 0},
		}
		for since, n := range map[time.Duration]int{0: 2, 2 * time.Hour: 1, 4 * time.Hour: 0} {
			got, err := s.Stories(t.Context(), noon.Add(since))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want[:n], got); n > 0 && diff != "" || len(got) != n {
				t.Errorf("since %v: %d stories\n%s", since, len(got), diff)
			}
		}
	})
}
