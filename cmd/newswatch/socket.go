package main

import (
	"newswatch/monitor/config"
	"newswatch/monitor/slack"
)

// newSocket is the Socket of a configuration.
func newSocket(s *config.Slack, opts slack.SocketOptions) *slack.Socket {
	opts.AppToken, opts.APIURL = s.AppToken, s.APIURL
	return slack.NewSocket(opts)
}
