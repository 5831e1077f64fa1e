package main

import (
	"context"
	"errors"
	"time"
)

// A benchFleet is the workers that share a store.
type benchFleet []*benchWorker

// ready waits until all say that they are, and returns after how many seconds.
func (f benchFleet) ready(ctx context.Context) (seconds float64, err error) {
	for _, w := range f {
		took, err := w.ready(ctx)
		if err != nil {
			return 0, err
		}
		seconds = max(seconds, took)
	}
	return seconds, nil
}

// wait lets time pass in which no worker ends.
func (f benchFleet) wait(ctx context.Context, d time.Duration) error {
	if err := f[0].wait(ctx, d); err != nil {
		return err
	}
	for _, w := range f[1:] {
		if err := w.wait(ctx, 0); err != nil {
			return err
		}
	}
	return nil
}

// use is what all have used.
func (f benchFleet) use() (sum use, err error) {
	for _, w := range f {
		u, err := w.use()
		if err != nil {
			return sum, err
		}
		sum.cpu, sum.resident, sum.most = sum.cpu+u.cpu, sum.resident+u.resident, sum.most+u.most
	}
	return sum, nil
}

func (f benchFleet) stop() (err error) {
	for _, w := range f {
		err = errors.Join(err, w.stop())
	}
	return err
}
