package feed

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func TestTurnsRestAsLongAsTheRequestTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := &turns{spacing: time.Second, hosts: make(map[string]*host)}
		began := time.Now()
		var starts []time.Duration
		for _, took := range []time.Duration{200 * time.Millisecond, 10 * time.Second, 0, 0} {
			release, err := turns.take(context.Background(), "example.org")
			if err != nil {
				t.Fatal(err)
			}
			starts = append(starts, time.Since(began))
			time.Sleep(took)
			release()
		}
		want := []time.Duration{0, 400 * time.Millisecond, 11400 * time.Millisecond, 11400 * time.Millisecond}
		if !slices.Equal(starts, want) {
			t.Errorf("turns began at %v, want %v", starts, want)
		}
	})
}

func TestTurnsOfHostsAreApart(t *testing.T) {
	turns := &turns{spacing: time.Second, hosts: make(map[string]*host)}
	if _, err := turns.take(context.Background(), "a.example"); err != nil {
		t.Fatal(err)
	}
	if _, err := turns.take(context.Background(), "b.example"); err != nil {
		t.Fatal(err)
	}
}

func TestWaitForATurnEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := &turns{spacing: time.Second, hosts: make(map[string]*host)}
		release, err := turns.take(context.Background(), "example.org")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := turns.take(ctx, "example.org"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for a busy host: %v", err)
		}
		time.Sleep(time.Minute)
		release() // rests now
		resting, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		if _, err := turns.take(resting, "example.org"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for a resting host: %v", err)
		}
		if _, err := turns.take(context.Background(), "example.org"); err != nil {
			t.Errorf("the turn was lost by who gave up: %v", err)
		}
	})
}

func TestTurnsForgetHostsThatRested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := &turns{spacing: time.Second, hosts: make(map[string]*host)}
		busy, err := turns.take(context.Background(), "busy.example")
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 * manyHosts {
			release, err := turns.take(context.Background(), strconv.Itoa(i)+".example")
			if err != nil {
				t.Fatal(err)
			}
			release()
			time.Sleep(time.Millisecond)
		}
		if len(turns.hosts) > manyHosts+1 || turns.hosts["busy.example"] == nil {
			t.Errorf("%d hosts are known, the busy one %v", len(turns.hosts), turns.hosts["busy.example"])
		}
		busy()
	})
}
