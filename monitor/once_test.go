package monitor_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
)

// age is how long ago the oldest article was first seen whose text is kept.
func (d *desk) age(t *testing.T) time.Duration {
	t.Helper()
	oldest, err := d.store.Oldest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(oldest)
}

func TestAStoreThatCronKeepsDoesNotGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, feedNamed(t, "Agency", "@every 1h"))
		day := func(n int) {
			time.Sleep(24 * time.Hour)
			d.pages.set("Agency", item(fmt.Sprint(n), fmt.Sprint("Bulletin ", n), time.Hour))
			d.once(t)
		}
		for n := range 36 {
			day(n)
		}
		kept := 30 * monitor.Day
		if age := d.age(t); age < kept-24*time.Hour || age > kept+24*time.Hour {
			t.Errorf("after 36 days the oldest article is %v old", age)
		}

		setup := *d.InForce.Load()
		setup.Retention = 10 * monitor.Day
		d.InForce.Store(&setup)
		before := d.age(t)
		d.once(t)
		if dropped := before - d.age(t); dropped < 24*time.Hour || dropped > 48*time.Hour {
			t.Errorf("of a backlog of 20 days a run dropped %v", dropped)
		}
		for range 30 {
			d.once(t)
		}
		if age := d.age(t); age < 9*monitor.Day || age > 11*monitor.Day {
			t.Errorf("after the backlog the oldest article is %v old", age)
		}
	})
}
