package slack

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"newswatch/monitor"
)

// An identity is whom the token's messages are from.
type identity struct {
	BotID  string `json:"bot_id"`
	UserID string `json:"user_id"`
	URL    string `json:"url"` // of the workspace
}

// permalink is the address of one of the workspace's messages, as Slack writes it;
// "" when the workspace's own is not known.
func (me identity) permalink(channel, ts string) string {
	if link(me.URL) == "" || !isID(channel) || ts == "" {
		return ""
	}
	return strings.TrimSuffix(me.URL, "/") + "/archives/" + channel + "/p" + strings.Replace(ts, ".", "", 1)
}

// Permalink is the address of a message in a channel, as Slack writes it; "" when
// it is not to be had at once.
func (s *Sender) Permalink(ctx context.Context, channel, ts string) string {
	ctx, cancel := context.WithTimeout(ctx, s.limit/4)
	defer cancel()
	me, err := s.whoAmI(ctx)
	if err != nil {
		return ""
	}
	id, err := s.channelID(ctx, channel)
	if err != nil {
		return ""
	}
	return me.permalink(id, ts)
}

// wrote says whether a message may be ours: its author, where Slack names one,
// is. Anybody else's may quote our blocks and metadata.
func (me identity) wrote(p posted) bool {
	if p.BotID != "" && me.BotID != "" {
		return p.BotID == me.BotID
	}
	return p.User == "" || me.UserID == "" || p.User == me.UserID
}

// whoAmI asks Slack whom the token's messages are from, once. Where it is not
// told, every message counts as ours.
func (s *Sender) whoAmI(ctx context.Context) (identity, error) {
	s.mu.Lock()
	known := s.me
	s.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	x, cancel := s.begin(ctx)
	defer cancel()
	var me identity
	if err := x.call("auth.test", url.Values{}, &me); err != nil {
		err = x.unread("auth.test", err)
		if refused, ok := errors.AsType[*monitor.ChannelRefused](err); !ok || refused.Token {
			return identity{}, err
		}
		me = identity{} // it is not a method here
	}
	s.mu.Lock()
	s.me = &me
	s.mu.Unlock()
	return me, nil
}
