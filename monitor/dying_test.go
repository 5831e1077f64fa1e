package monitor_test

import (
	"context"
	"errors"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// dyingOutbox writes attempts down, but never what came of them: as if the
// process had been killed in between.
type dyingOutbox struct{ *store.Store }

// fullDisk is a store that takes no polls.
type fullDisk struct{ *store.Store }

func (fullDisk) Record(context.Context, func(monitor.Ledger) error) error { return errDied }

var errDied = errors.New("killed")

func (o dyingOutbox) Settle(ctx context.Context, worker string, ch monitor.Channel, messages ...monitor.Message) error {
	for _, m := range messages {
		if m.State != monitor.Sending {
			return errDied
		}
	}
	return o.Store.Settle(ctx, worker, ch, messages...)
}
