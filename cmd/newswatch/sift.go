package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"
	"time"
)

// A batch is what is handed to a core at once: enough that handing over costs
// nothing beside it, and few enough that some in flight are little memory.
type batch[T any] struct {
	articles []past
	picked   []T
	err      error // of reading on behind it
	done     chan struct{}
}

const batchSize = 256

// sift judges articles on all cores and gives those picked to take, in order,
// until it wants no more. Of the articles only what is picked outlives it.
func sift[T any](ctx context.Context, articles iter.Seq2[past, error], meter *meter, judge func(*past) (T, bool), take func(T) bool) error {
	ctx, stop := context.WithCancel(ctx)
	cores := runtime.GOMAXPROCS(0)
	work, inOrder := make(chan *batch[T]), make(chan *batch[T], 2*cores)
	var working sync.WaitGroup
	defer working.Wait()
	defer stop()
	working.Go(func() {
		defer close(inOrder)
		defer close(work)
		for b := range batches[T](articles) {
			select {
			case inOrder <- b:
			case <-ctx.Done():
				return
			}
			select {
			case work <- b:
			case <-ctx.Done():
				return
			}
		}
	})
	for range cores {
		working.Go(func() {
			for b := range work {
				for i := range b.articles {
					if found, ok := judge(&b.articles[i]); ok {
						b.picked = append(b.picked, found)
					}
				}
				close(b.done)
			}
		})
	}
	defer meter.end()
	for b := range inOrder {
		select {
		case <-b.done:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		meter.add(len(b.articles))
		for _, found := range b.picked {
			if !take(found) {
				return nil
			}
		}
		if b.err != nil {
			return b.err
		}
	}
	return context.Cause(ctx)
}

func batches[T any](articles iter.Seq2[past, error]) iter.Seq[*batch[T]] {
	fresh := func() *batch[T] {
		return &batch[T]{articles: make([]past, 0, batchSize), done: make(chan struct{})}
	}
	return func(yield func(*batch[T]) bool) {
		b := fresh()
		for article, err := range articles {
			if err != nil {
				b.err = err
				break
			}
			if b.articles = append(b.articles, article); len(b.articles) == batchSize {
				if !yield(b) {
					return
				}
				b = fresh()
			}
		}
		yield(b)
	}
}

// A meter shows on a terminal how far a long run is. The nil meter shows nothing.
type meter struct {
	out          io.Writer
	total        int // 0: not known
	n            int
	began, shown time.Time
}

const meterEvery = 200 * time.Millisecond

// newMeter is nil unless people watch.
func newMeter(out io.Writer, total int) *meter {
	if !isTerminal(out) {
		return nil
	}
	now := time.Now()
	return &meter{out: out, total: total, began: now, shown: now}
}

func (m *meter) add(n int) {
	if m == nil {
		return
	}
	m.n += n
	now := time.Now()
	if now.Sub(m.shown) < meterEvery {
		return
	}
	m.shown = now
	fmt.Fprint(m.out, "\r\x1b[K"+m.line(now.Sub(m.began)))
}

func (m *meter) line(took time.Duration) string {
	rate := float64(m.n) / took.Seconds()
	if m.total == 0 {
		return fmt.Sprintf("%d articles, %.0f/s", m.n, rate)
	}
	left := time.Duration(float64(m.total-m.n) / rate * float64(time.Second))
	return fmt.Sprintf("%d of %d articles, %.0f/s, %s left", m.n, m.total, rate, span(left))
}

// end takes the line away.
func (m *meter) end() {
	if m != nil {
		fmt.Fprint(m.out, "\r\x1b[K")
	}
}
