package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

func TestMetricsGoOnWhileTheStoreIsAway(t *testing.T) {
	kept, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "newswatch.db"))
	if err != nil {
		t.Fatal(err)
	}
	m := newMetrics(kept, &atomic.Pointer[monitor.Setup]{})
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	m.handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if answer.Code != http.StatusOK {
		t.Errorf("status %d", answer.Code)
	}
	for _, name := range []string{"newswatch_poll_seconds_count", "newswatch_config_last_reload_successful", "go_goroutines"} {
		if !strings.Contains(answer.Body.String(), "\n"+name+" ") {
			t.Errorf("%s is not told", name)
		}
	}
}
