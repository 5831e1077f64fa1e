package store

import (
	"strings"
	"testing"
)

// TestKnownArticlesAreLookedUpByIndex keeps a poll's cost from growing with the
// archive: SQLite takes a partial index only for a query that names its condition.
func TestKnownArticlesAreLookedUpByIndex(t *testing.T) {
	s := engines["sqlite"](t)
	for _, where := range []string{byCanonical, byTitleKey} {
		rows, err := s.read.QueryContext(t.Context(), `explain query plan `+candidatesQuery(where), "x")
		if err != nil {
			t.Fatal(err)
		}
		steps, err := collect(rows, func(row scanner) (step string, err error) {
			var id, parent, unused int
			return step, row.Scan(&id, &parent, &unused, &step)
		})
		if err != nil || len(steps) == 0 {
			t.Fatalf("no plan: %v", err)
		}
		if plan := strings.Join(steps, "\n"); !strings.Contains(plan, "USING INDEX") {
			t.Errorf("where %s: %s", where, plan)
		}
	}
}
