package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"newswatch/monitor"
)

func TestHeartbeatAsksTheWatchdog(t *testing.T) {
	const canary = "canary-5f2e"
	var asked atomic.Value
	answer := http.StatusOK
	watchdog := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Method + " " + r.URL.Path)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(answer)
	}))
	defer watchdog.Close()
	beat := heartbeat(monitor.NewSecret(watchdog.URL + "/" + canary))
	if err := beat(t.Context()); err != nil || asked.Load() != "GET /"+canary {
		t.Errorf("asked %v, %v", asked.Load(), err)
	}
	for _, answer = range []int{http.StatusNotFound, http.StatusFound, http.StatusInternalServerError} {
		if err := beat(t.Context()); err == nil || strings.Contains(err.Error(), canary) || asked.Load() != "GET /"+canary {
			t.Errorf("answered %d: asked %v, %v", answer, asked.Load(), err)
		}
	}
	watchdog.Close()
	if err := beat(t.Context()); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("not reached: %v", err)
	}
	if err := heartbeat(monitor.NewSecret("http://watchdog.example/%zz" + canary))(t.Context()); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("no address: %v", err)
	}
}
