package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"newswatch/monitor"
)

// A Terminal is a notifier that draws messages instead of sending them, for
// whoever has no Slack app yet. It is safe for concurrent use.
//
// It remembers what it drew for as long as it lives and no longer: after a
// crash it finds nothing, and what was being drawn is drawn again. On a
// terminal that may have gone with the crash, twice is better than not at all.
type Terminal struct {
	w    io.Writer
	opts DrawOptions

	mu    sync.Mutex
	last  int64 // microseconds of the last ts, which never repeats
	drawn map[place]monitor.Receipt
}

// A place is where a key was drawn.
type place struct{ channel, thread, key string }

var _ monitor.Notifier = (*Terminal)(nil)

// NewTerminal draws on w.
func NewTerminal(w io.Writer, opts DrawOptions) *Terminal {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Terminal{w: w, opts: opts, drawn: map[place]monitor.Receipt{}}
}

// Post draws the message. Of an update only what is new is drawn.
func (t *Terminal) Post(_ context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.opts.Now()
	shown := out
	if out.TS != "" {
		shown.Content = news(out.Content)
	}
	m := Compose(shown)
	blocks, err := json.Marshal(m.Blocks)
	if err != nil {
		return monitor.Receipt{}, fmt.Errorf("draw message: %w", err)
	}
	err = Draw(t.w, Drawn{
		From: "newswatch in " + clean(out.Channel), At: at, Thread: out.Thread != "", Edited: out.TS != "",
		Text: m.Text, Blocks: blocks,
	}, t.opts)
	if err != nil {
		return monitor.Receipt{}, err
	}
	if _, err := io.WriteString(t.w, "\n"); err != nil {
		return monitor.Receipt{}, fmt.Errorf("draw message: %w", err)
	}
	receipt := monitor.Receipt{Channel: out.Channel, TS: out.TS}
	if out.TS == "" {
		t.last = max(t.last+1, at.UnixMicro())
		receipt.TS = fmt.Sprintf("%d.%06d", t.last/1e6, t.last%1e6)
		t.drawn[place{out.Channel, out.Thread, out.Key}] = receipt
	}
	return receipt, nil
}

// news is of an alert what an update adds to it, under its title.
func news(c monitor.Content) monitor.Content {
	return monitor.Content{
		Title: c.Title, URL: c.URL, Outlet: c.Outlet, Was: c.Was, Also: c.Also, Reports: c.Reports, Latest: c.Latest,
		Items: c.Items, Note: c.Note,
	}
}

// Look finds what this Terminal drew.
func (t *Terminal) Look(_ context.Context, channel, thread string, _ time.Time, keys []string) (map[string][]monitor.Receipt, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := map[string][]monitor.Receipt{}
	for _, key := range keys {
		if receipt, ok := t.drawn[place{channel, thread, key}]; ok {
			found[key] = []monitor.Receipt{receipt}
		}
	}
	return found, nil
}

// Delete deletes nothing: what is drawn is drawn.
func (t *Terminal) Delete(context.Context, monitor.Receipt) error { return nil }
