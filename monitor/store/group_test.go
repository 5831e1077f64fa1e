package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"newswatch/monitor"
)

// A gathering is of records that wait for a pen that it holds.
type gathering struct {
	*Store
	t   *testing.T
	all sync.WaitGroup

	mu           sync.Mutex
	errs         map[string]error // by article; what a panic said is one too
	transactions []*sql.Tx        // with a record in them, in order
}

// gathered runs a test of records in a group.
func gathered(t *testing.T, test func(t *testing.T, g *gathering)) {
	synctest.Test(t, func(t *testing.T) {
		g := &gathering{Store: openAt(t, filepath.Join(t.TempDir(), "newswatch.db")), t: t, errs: make(map[string]error)}
		g.group.pen <- struct{}{}
		test(t, g)
	})
}

// record keeps an article with what else is to be done in its transaction, and
// returns when it waits.
func (g *gathering) record(ctx context.Context, guid string, and func(run int) error) {
	g.all.Go(func() {
		var err error
		defer func() {
			if fault := recover(); fault != nil {
				err = fmt.Errorf("panic: %v", fault)
			}
			g.mu.Lock()
			defer g.mu.Unlock()
			g.errs[guid] = err
		}()
		find := &monitor.Find{Article: article(agency, guid, "", "Report "+guid)}
		run := 0
		err = g.Record(ctx, func(l monitor.Ledger) error {
			run++
			g.transactions = append(g.transactions, l.(*ledger).tx)
			if _, err := l.Keep(agency.Key(), noon, []*monitor.Find{find}, nil); err != nil || and == nil {
				return err
			}
			return and(run)
		})
	})
	synctest.Wait()
}

// write lets them all be written.
func (g *gathering) write() {
	<-g.group.pen
	g.all.Wait()
}

// kept says whether the articles are.
func (g *gathering) kept(want bool, guids ...string) {
	g.t.Helper()
	for _, guid := range guids {
		if seen := sightOne(g.t, g.Store, agency, article(agency, guid, "", "Report "+guid)); seen.Here != want {
			g.t.Errorf("article %s is kept: %v", guid, seen.Here)
		}
		if err := g.errs[guid]; (err == nil) != want {
			g.t.Errorf("record of %s: %v", guid, err)
		}
	}
}

func TestRecordsThatWaitAreWrittenInOneTransaction(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering) {
		for _, guid := range []string{"1", "2", "3"} {
			g.record(t.Context(), guid, nil)
		}
		g.write()
		g.kept(true, "1", "2", "3")
		if n := len(slices.Compact(g.transactions)); n != 1 {
			t.Errorf("%d transactions", n)
		}
	})
}

func TestMoreRecordsThanAGroupTakesAreAllWritten(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering) {
		var guids []string
		for n := range 2*maxGroup + 3 {
			guids = append(guids, fmt.Sprint(n))
			g.record(t.Context(), guids[n], nil)
		}
		g.write()
		g.kept(true, guids...)
		if n := len(slices.Compact(g.transactions)); n != 3 {
			t.Errorf("%d transactions", n)
		}
	})
}

func TestARecordThatFailsIsAloneInThat(t *testing.T) {
	for name, fails := range map[string]func(run int) error{
		"with an error": func(int) error { return errors.New("lease lost") },
		"with a panic":  func(int) error { panic("index out of range") },
	} {
		t.Run(name, func(t *testing.T) {
			gathered(t, func(t *testing.T, g *gathering) {
				g.record(t.Context(), "1", nil)
				g.record(t.Context(), "bad", fails)
				g.record(t.Context(), "2", nil)
				g.write()
				g.kept(true, "1", "2")
				g.kept(false, "bad")
			})
		})
	}
}

func TestARecordThatFailsBesideOthersIsTriedAlone(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering) {
		g.record(t.Context(), "1", nil)
		g.record(t.Context(), "2", func(run int) error {
			if run == 1 {
				return errors.New("too much at once")
			}
			return nil
		})
		g.write()
		g.kept(true, "1", "2")
	})
}

func TestARecordWhoseCallerLeavesIsNotWritten(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering) {
		ctx, leave := context.WithCancelCause(t.Context())
		g.record(t.Context(), "1", nil)
		g.record(ctx, "gone", nil)
		leave(errors.New("stopping"))
		synctest.Wait()
		g.write()
		g.kept(true, "1")
		g.kept(false, "gone")
		if err := g.errs["gone"]; err == nil || err.Error() != "stopping" {
			t.Errorf("its caller is told %v", err)
		}
	})
}
