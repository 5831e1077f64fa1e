package main

import (
	"context"
	"sync"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/config"
	"newswatch/monitor/slack"
)

// handover is how long the connections of a former app token go on beside those
// of the next.
const handover = 5 * time.Second

// An ear hears what people click and type in Slack, with the app token in force.
type ear struct {
	bot     *bot
	token   monitor.Secret
	apiURL  string
	shut    context.CancelFunc // nil: it hears nothing
	hearing sync.WaitGroup
}

// open hears by the configuration's app token from now on, until ctx is done;
// without one, nothing.
func (e *ear) open(ctx context.Context, cfg *config.Config) {
	if e.bot.terminal || cfg.Slack.AppToken == e.token && cfg.Slack.APIURL == e.apiURL {
		return
	}
	e.token, e.apiURL = cfg.Slack.AppToken, cfg.Slack.APIURL
	if e.shut != nil {
		time.AfterFunc(handover, e.shut)
		e.shut = nil
	}
	deliverer := e.bot.worker.Deliverer
	if e.token.Empty() {
		if err := deliverer.Unheard(ctx, ""); err != nil {
			e.bot.log.Error("ops channel not told that there are no buttons", "error", err)
		}
		return
	}
	socket := newSocket(cfg.Slack, slack.SocketOptions{Desk: e.bot.clerk(), Trouble: deliverer.Unheard, Log: e.bot.log, Now: e.bot.now})
	ctx, e.shut = context.WithCancel(ctx)
	e.hearing.Go(func() { socket.Run(ctx) })
}

// newSocket is the Socket of a configuration.
func newSocket(s *config.Slack, opts slack.SocketOptions) *slack.Socket {
	opts.AppToken, opts.APIURL = s.AppToken, s.APIURL
	return slack.NewSocket(opts)
}
