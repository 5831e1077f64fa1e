package main

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"newswatch/monitor"
)

// The seams of the flow at which a worker under test may be sent a signal: what
// was done before it is done, nothing after it has begun.
const (
	seamFetched   = "fetched"
	seamRecording = "recording" // written, not committed
	seamRecorded  = "recorded"
	seamFolded    = "folded"
	seamAttempted = "attempt committed"
	seamReplied   = "reply received"
	seamUndecided = "doubt committed"
	seamLooked    = "looked"
	seamMarked    = "row marked"
)

// seamSignal is the variable that tells the worker at which passage of which
// seam to send itself which signal: "9 2 row marked".
const seamSignal = "NEWSWATCH_TEST_SEAM"

// seamPassed begins the line that a worker logs when it sends itself a signal;
// the time follows, in Unix milliseconds.
const seamPassed = "seam passed at"

// seamed is newswatch with seams.
func seamed() {
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	if plan := os.Getenv(seamSignal); plan != "" {
		s := &seams{}
		var passage int64
		if n, err := fmt.Sscanf(plan, "%d %d", &s.signal, &passage); n != 2 {
			panic(err)
		}
		s.name = plan[len(fmt.Sprintf("%d %d ", s.signal, passage)):]
		s.left.Store(passage)
		a.wired = s.sew
	}
	os.Exit(run(a))
}

// seams sends this process a signal at the chosen passage of a seam.
type seams struct {
	name   string
	signal syscall.Signal
	left   atomic.Int64
}

func (s *seams) pass(name string) {
	if s.name != name || s.left.Add(-1) != 0 {
		return
	}
	fmt.Fprintln(os.Stderr, seamPassed, time.Now().UnixMilli())
	if err := syscall.Kill(os.Getpid(), s.signal); err != nil {
		panic(err)
	}
	if s.signal == syscall.SIGKILL {
		select {}
	}
	time.Sleep(100 * time.Millisecond) // the signal is taken before the flow goes on
}

// sew puts the seams between the parts of a worker.
func (s *seams) sew(b *bot) {
	poller, deliverer, setup := b.worker.Poller, b.worker.Deliverer, b.inForce.Load()
	setup.Reader = seamedReader{setup.Reader, s}
	poller.Archive = seamedArchive{poller.Archive, s}
	deliverer.Outbox = seamedOutbox{deliverer.Outbox, s}
	setup.Notifier = seamedNotifier{setup.Notifier, s}
}

type seamedReader struct {
	monitor.Reader
	seams *seams
}

func (r seamedReader) Fetch(ctx context.Context, feed monitor.Feed, known monitor.Validators) (monitor.Page, error) {
	page, err := r.Reader.Fetch(ctx, feed, known)
	r.seams.pass(seamFetched)
	return page, err
}

type seamedArchive struct {
	monitor.Archive
	seams *seams
}

func (a seamedArchive) Record(ctx context.Context, do func(monitor.Ledger) error) error {
	err := a.Archive.Record(ctx, func(l monitor.Ledger) error {
		err := do(l)
		a.seams.pass(seamRecording)
		return err
	})
	a.seams.pass(seamRecorded)
	return err
}

type seamedOutbox struct {
	monitor.Outbox
	seams *seams
}

func (o seamedOutbox) Settle(ctx context.Context, worker string, ch monitor.Channel, messages ...monitor.Message) error {
	err := o.Outbox.Settle(ctx, worker, ch, messages...)
	for _, m := range messages {
		switch m.State {
		case monitor.Sending:
			o.seams.pass(seamAttempted)
		case monitor.Unconfirmed:
			o.seams.pass(seamUndecided)
		case monitor.Sent:
			o.seams.pass(seamMarked)
		}
	}
	return err
}

func (o seamedOutbox) Fold(ctx context.Context, worker string, fold monitor.Message, members []monitor.Message) error {
	err := o.Outbox.Fold(ctx, worker, fold, members)
	o.seams.pass(seamFolded)
	return err
}

type seamedNotifier struct {
	monitor.Notifier
	seams *seams
}

func (n seamedNotifier) Post(ctx context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	receipt, err := n.Notifier.Post(ctx, out)
	n.seams.pass(seamReplied)
	return receipt, err
}

func (n seamedNotifier) Look(ctx context.Context, channel, thread string, since time.Time, keys []string) (map[string][]monitor.Receipt, error) {
	found, err := n.Notifier.Look(ctx, channel, thread, since, keys)
	n.seams.pass(seamLooked)
	return found, err
}
