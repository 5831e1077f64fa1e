package slack

import (
	"context"
	"net/url"
	"strings"

	"newswatch/monitor"
)

// channelID is the ID of a channel that is given by ID or by name. Names are
// looked up once.
func (s *Sender) channelID(ctx context.Context, nameOrID string) (string, error) {
	if isID(nameOrID) {
		return nameOrID, nil
	}
	name := strings.TrimPrefix(nameOrID, "#")
	s.mu.Lock()
	id := s.ids[name]
	s.mu.Unlock()
	if id != "" {
		return id, nil
	}
	err := s.pages(ctx, "conversations.list", url.Values{"types": {"public_channel,private_channel"}}, func(p page) error {
		for _, c := range p.Channels {
			if c.Name == name {
				id = c.ID
				return errEnough
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if id == "" {
		return "", &monitor.ChannelRefused{Reason: "channel_not_found"}
	}
	s.remember(name, id)
	return id, nil
}

// remember keeps a channel's ID.
func (s *Sender) remember(nameOrID, id string) {
	if isID(nameOrID) || !isID(id) {
		return
	}
	s.mu.Lock()
	s.ids[strings.TrimPrefix(nameOrID, "#")] = id
	s.mu.Unlock()
}

// isID tells a channel's ID (C0123ABCD) from its name, which has no capitals.
func isID(s string) bool {
	if len(s) < 2 || !strings.ContainsRune("CGD", rune(s[0])) {
		return false
	}
	for _, c := range s[1:] {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
