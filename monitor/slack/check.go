package slack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
)

// A Report is what Check found. Nothing in it is secret.
type Report struct {
	Team     string          `json:"team"`
	User     string          `json:"user"`             // the bot
	Scopes   []string        `json:"scopes"`           // that the token has; nil: Slack did not say
	Missing  []string        `json:"missing"`          // that it should have
	Socket   bool            `json:"socket,omitempty"` // the app token opens Socket Mode
	Channels []ChannelReport `json:"channels"`         // in the order asked
	Faults   []string        `json:"faults,omitempty"` // what keeps newswatch from working, with what to do
}

// A ChannelReport is what Check found of one channel.
type ChannelReport struct {
	Channel  string `json:"channel"` // as configured
	ID       string `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Private  bool   `json:"private,omitempty"`
	Archived bool   `json:"archived,omitempty"`
	Member   bool   `json:"member"`

	// With a test message:
	Posted   bool `json:"posted,omitempty"`
	Metadata bool `json:"metadata,omitempty"` // it was read back with its metadata
	BlockID  bool `json:"block_id,omitempty"` // and with its first block's block_id
	Deleted  bool `json:"deleted,omitempty"`
}

// OK says whether newswatch can work with what was found.
func (r *Report) OK() bool { return len(r.Faults) == 0 }

func (r *Report) fault(format string, args ...any) {
	r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
}

// Check asks Slack whether the token, its scopes and the channels will do. With
// post it also posts a test message to each channel, reads it back, says which
// of its markers survived, and deletes it. What is wrong with the
// installation is in the report; an error means that Slack could not be asked.
func (s *Sender) Check(ctx context.Context, channels []string, post bool) (*Report, error) {
	r := &Report{}
	err := s.checkToken(ctx, r)
	if refused, ok := errors.AsType[*monitor.ChannelRefused](err); ok {
		r.fault("the token was refused: %s (copy the bot token, xoxb-…, from OAuth & Permissions)", refused.Reason)
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	for _, name := range channels {
		c := ChannelReport{Channel: name}
		err := s.checkChannel(ctx, r, &c)
		if err == nil && post && c.ID != "" {
			err = s.checkPost(ctx, r, &c)
		}
		if err != nil {
			return nil, err
		}
		r.Channels = append(r.Channels, c)
	}
	return r, nil
}

// checkToken asks whose the token is and which scopes it has.
func (s *Sender) checkToken(ctx context.Context, r *Report) error {
	x, cancel := s.begin(ctx)
	defer cancel()
	var whose struct {
		Team string `json:"team"`
		User string `json:"user"`
	}
	if err := x.call("auth.test", url.Values{}, &whose); err != nil {
		return x.unread("auth.test", err)
	}
	r.Team, r.User = clean(whose.Team), clean(whose.User)
	header := x.header.Get("X-OAuth-Scopes")
	if header == "" {
		return nil
	}
	for scope := range strings.SplitSeq(header, ",") {
		r.Scopes = append(r.Scopes, clean(scope))
	}
	for _, need := range Scopes() {
		if !slices.Contains(r.Scopes, need.Name) {
			r.Missing = append(r.Missing, need.Name)
			if need.Spare { // what it is needed for is a fault by itself
				continue
			}
			r.fault("scope %s is missing: needed to %s (add it under OAuth & Permissions, then reinstall the app)", need.Name, need.Why)
		}
	}
	return nil
}

// checkChannel finds a channel among those that the bot can see.
func (s *Sender) checkChannel(ctx context.Context, r *Report, c *ChannelReport) error {
	name := strings.TrimPrefix(c.Channel, "#")
	err := s.pages(ctx, "conversations.list", url.Values{"types": {"public_channel,private_channel"}}, func(p page) error {
		for _, found := range p.Channels {
			if found.Name == name || found.ID == c.Channel {
				c.ID, c.Name = found.ID, clean(found.Name)
				c.Private, c.Archived, c.Member = found.Private, found.Archived, found.Member
				return errEnough
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, monitor.ErrNoHistory):
		r.fault("channel %s could not be looked up: %s", c.Channel, err)
		return nil
	case err != nil:
		return err
	case c.ID == "":
		r.fault("channel %s was not found (a private channel must invite the bot: /invite @%s)", c.Channel, r.User)
	case c.Archived:
		r.fault("channel %s is archived", c.Channel)
	case !c.Member:
		r.fault("the bot is not in channel %s and cannot read back what it sent (/invite @%s there)", c.Channel, r.User)
	}
	return nil
}

// checkPost posts a test message, reads it back and deletes it. What Slack
// refuses is a fault; what it left unanswered is an error.
func (s *Sender) checkPost(ctx context.Context, r *Report, c *ChannelReport) error {
	key := monitor.MessageKey(monitor.KindOps, c.ID, "", "slack check")
	receipt, err := s.Post(ctx, monitor.Outgoing{
		Channel: c.ID, Kind: monitor.KindOps, Key: key, Rev: 1,
		Content: monitor.Content{Note: "newswatch slack check: this message goes away by itself"},
	})
	if isRefusal(err) {
		r.fault("channel %s: %s", c.Channel, err)
		return nil
	}
	if err != nil {
		return err
	}
	c.Posted = true
	read, readErr := s.history(ctx, c.ID, "", timeOf(receipt.TS))
	for _, p := range read {
		if p.TS == receipt.TS {
			c.Metadata = p.metadataKey() == key
			c.BlockID = p.blockKey() == key
		}
	}
	deleteErr := s.Delete(ctx, receipt)
	c.Deleted = deleteErr == nil
	switch {
	case errors.Is(readErr, monitor.ErrNoHistory), isRefusal(readErr):
		r.fault("channel %s: the test message could not be read back: %s", c.Channel, readErr)
	case readErr != nil:
		return readErr
	case !c.Metadata && !c.BlockID:
		r.fault("channel %s: the test message was read back without its markers: a message whose sending fails in the middle may appear twice", c.Channel)
	}
	if isRefusal(deleteErr) {
		r.fault("channel %s: the test message could not be deleted: %s", c.Channel, deleteErr)
		return nil
	}
	return deleteErr
}

// timeOf is the second of a ts: the clock of Slack, not ours.
func timeOf(ts string) time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	n, _ := strconv.ParseInt(seconds, 10, 64) // 0 reads more than it must
	return time.Unix(n, 0)
}

// isRefusal says whether Slack said no, in any of the ways there are.
func isRefusal(err error) bool {
	if _, ok := errors.AsType[*monitor.ChannelRefused](err); ok {
		return true
	}
	if _, ok := errors.AsType[*monitor.MessageRefused](err); ok {
		return true
	}
	_, ok := errors.AsType[*monitor.ThreadGone](err)
	return ok
}
