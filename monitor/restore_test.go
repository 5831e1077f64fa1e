package monitor_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

// TestRestoredStoreTellsNothingAgain lets a backup take the place of a store
// that went on for eight hours: what was sent meanwhile, first alerts, replies
// and what had waited in the backup, is found in the channel and not repeated;
// what is new is told.
func TestRestoredStoreTellsNothingAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := feedNamed(t, "Wire", "@every 60s")
		d := newDesk(t, wire)
		first := item("b1", "Bulletin one", time.Minute)
		launch := item("l1", "Pyongyang announces satellite launch from Sohae", time.Minute)
		drill := item("d1", "Drill at night", time.Minute) // waits for 07:00
		d.pages.set("Wire", first, launch, drill)
		d.once(t)
		backup := filepath.Join(t.TempDir(), "copy.db")
		if _, err := d.store.Backup(t.Context(), backup, time.Now()); err != nil {
			t.Fatal(err)
		}

		time.Sleep(6 * time.Hour)
		second := item("b2", "Bulletin two", time.Minute)
		again := item("l2", "Pyongyang announces satellite launch from Sohae", time.Minute)
		again.URL = "https://other.example/l2"
		d.pages.set("Wire", first, launch, drill, second, again)
		d.once(t)
		time.Sleep(2 * time.Hour) // 08:00: the drill is due
		d.once(t)
		before := d.board.lines()
		equal(t, before, []string{
			"alert news: Pyongyang announces satellite launch from Sohae",
			"alert news: Bulletin one",
			"alert news: Bulletin two",
			"reply news: Pyongyang announces satellite launch from Sohae",
			"alert news: Drill at night",
		})

		restored := &desk{pages: d.pages, board: d.board}
		restored.start(t, backup, d.InForce.Load().Feeds)
		third := item("b3", "Bulletin three", time.Minute)
		restored.pages.set("Wire", first, launch, drill, second, again, third)
		begin := time.Now()
		restored.once(t)
		equal(t, d.board.lines(), append(before, "alert news: Bulletin three"))
		if took := time.Since(begin); took < 10*time.Second {
			t.Errorf("what is new was told after %s: history may lag", took)
		}

		begin = time.Now()
		restored.pages.set("Wire", first, launch, drill, second, again, third, item("b4", "Bulletin four", time.Minute))
		restored.once(t)
		equal(t, d.board.lines(), append(before, "alert news: Bulletin three", "alert news: Bulletin four"))
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("a restored store looks for ever: %s", took)
		}
	})
}

func TestRestoredStoreFindsItsFolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Wire", "@every 60s"))
		d.pages.set("Wire", item("b0", "Bulletin of before", time.Minute))
		d.once(t)
		backup := filepath.Join(t.TempDir(), "copy.db")
		if _, err := d.store.Backup(t.Context(), backup, time.Now()); err != nil {
			t.Fatal(err)
		}
		var many []monitor.Article
		for i := range 25 {
			many = append(many, item(fmt.Sprint("b", i), fmt.Sprint("Bulletin ", i), time.Duration(i)*time.Minute))
		}
		d.pages.set("Wire", many...)
		d.once(t)
		before := d.board.lines()
		restored := &desk{pages: d.pages, board: d.board}
		restored.start(t, backup, d.InForce.Load().Feeds)
		restored.once(t)
		equal(t, d.board.lines(), before)
	})
}

func TestRestoredStoreWithoutHistoryMarksWhatMayBeARepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Wire", "@every 60s"))
		d.pages.set("Wire", item("b1", "Bulletin one", time.Minute))
		d.once(t)
		backup := filepath.Join(t.TempDir(), "copy.db")
		if _, err := d.store.Backup(t.Context(), backup, time.Now()); err != nil {
			t.Fatal(err)
		}
		restored := &desk{pages: d.pages, board: d.board}
		restored.board.noRead = true
		restored.start(t, backup, d.InForce.Load().Feeds)
		restored.pages.set("Wire", item("b2", "Bulletin two", time.Minute))
		restored.once(t)
		equal(t, d.board.lines(), []string{"alert news: Bulletin one", "alert news: Bulletin two"})
		if last := d.board.shown[1]; !last.Content.MayRepeat {
			t.Error("it does not say that it may be a repeat")
		}
	})
}
