package story

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"newswatch/monitor"
)

func TestRecallFindsTheStoryThatReturns(t *testing.T) {
	opener := article("A", "Kim meets Shoigu in Pyongyang on arms deal", "The secretary of Russia's Security Council, Sergei Shoigu, came to Pyongyang on Friday to speak of an arms deal.")
	opener.FirstSeen = noon
	returns := article("B", "Kim and Shoigu met in Pyongyang on arms deal, photos show", "Photographs show Sergei Shoigu of Russia's Security Council and Kim speak of an arms deal in Pyongyang.")
	for _, test := range []struct {
		name  string
		after time.Duration
		title string // instead
		want  bool
	}{
		{"after the window", 9 * 24 * time.Hour, "", true},
		{"within the window it is Place's to find", 48 * time.Hour, "", false},
		{"longer ago than is remembered", 31 * 24 * time.Hour, "", false},
		{"another guest", 9 * 24 * time.Hour, "Kim meets Lavrov in Pyongyang on arms deal", false},
		{"another affair", 9 * 24 * time.Hour, "Floods cut off Sinuiju, state media say", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := NewIndex(Options{})
			x.Remember(monitor.Report{StoryID: 7, Article: opener, Relation: monitor.Opens})
			a := returns
			if test.title != "" {
				a.Title, a.Body = test.title, ""
			}
			story, ok := x.Recall(&a, noon.Add(test.after))
			if ok != test.want || ok != (story == 7) {
				t.Errorf("recalled %d, %v; want %v", story, ok, test.want)
			}
		})
	}
	t.Run("not by a report that opened no story", func(t *testing.T) {
		x := NewIndex(Options{})
		x.Remember(monitor.Report{StoryID: 7, Article: opener, Relation: monitor.Tells})
		if story, ok := x.Recall(&returns, noon.Add(9*24*time.Hour)); ok {
			t.Errorf("recalled %d", story)
		}
	})
}

func TestUndoLeavesNothingBehind(t *testing.T) {
	tell := func(x *Index, i, story int) {
		a := invented(i)
		a.FirstSeen = noon.Add(time.Duration(i) * time.Minute)
		r := monitor.Report{StoryID: int64(story - story%5), Article: a, Relation: monitor.Tells}
		if i%5 == 0 {
			r.Relation = monitor.Opens
		}
		x.Remember(r)
	}
	for _, n := range []int{0, 1, 7, 100} {
		t.Run(fmt.Sprint(n, " reports"), func(t *testing.T) {
			x, fresh := NewIndex(Options{}), NewIndex(Options{})
			for i := range 100 {
				tell(x, i, i)
				tell(fresh, i, i)
			}
			for i := range n {
				tell(x, 100+i, 60+i) // of stories told before, too
			}
			x.Undo(n)
			for _, pair := range [][2]*Index{{x, fresh}, {x.openers, fresh.openers}} {
				got, want := pair[0], pair[1]
				if len(got.reports) != len(want.reports) || len(got.numbers) != len(want.numbers) || len(got.sizes) != len(want.sizes) || got.total != want.total {
					t.Errorf("%d reports, %d terms, %d stories; want %d, %d, %d", len(got.reports), len(got.numbers), len(got.sizes), len(want.reports), len(want.numbers), len(want.sizes))
				}
				for hash, at := range want.numbers {
					number := got.numbers[hash]
					g, w := got.terms[number], want.terms[at]
					if g.stories != w.stories || got.common[number] != want.common[at] || g.in.last != w.in.last || !bytes.Equal(g.in.gaps, w.in.gaps) {
						t.Fatalf("a term is in %v, want %v", g.in, w.in)
					}
				}
			}
		})
	}
	t.Run("more than there are", func(t *testing.T) {
		x := NewIndex(Options{Window: time.Minute})
		for i := range 3 {
			tell(x, 10*i, i)
		}
		x.Undo(3) // two were driven out
		if len(x.reports) != 0 {
			t.Errorf("%d reports are left", len(x.reports))
		}
	})
}
