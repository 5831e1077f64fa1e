package slack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"newswatch/monitor"
)

// pageSize is how many messages or channels are asked for at once; Slack
// recommends no more than 200.
const pageSize = 200

// Look finds which of the keys stand in the channel, or in the thread, since
// the given time. Of several messages with one key it answers with the
// earliest. See monitor.Notifier for its errors; a channel or thread that is
// not there is *monitor.ChannelRefused or *monitor.ThreadGone.
func (s *Sender) Look(ctx context.Context, channel, thread string, since time.Time, keys []string) (map[string]monitor.Receipt, error) {
	id, err := s.channelID(ctx, channel)
	if err != nil {
		return nil, err
	}
	wanted := make(map[string]bool, len(keys))
	for _, key := range keys {
		wanted[key] = key != ""
	}
	found := map[string]monitor.Receipt{}
	err = s.history(ctx, id, thread, since, func(p posted) {
		for _, key := range p.keys() {
			// ts compare as text: ten digits, a dot, six digits.
			if earlier, ok := found[key]; wanted[key] && (!ok || p.TS < earlier.TS) {
				found[key] = monitor.Receipt{Channel: id, TS: p.TS}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// A posted is as much of a message in Slack as tells whether it is ours.
type posted struct {
	TS       string `json:"ts"`
	Metadata struct {
		EventType    string         `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	} `json:"metadata"`
	Blocks []struct {
		ID string `json:"block_id"`
	} `json:"blocks"`
}

// keys are those that the message carries.
func (p posted) keys() []string { return []string{p.metadataKey(), p.blockKey()} }

// metadataKey is the key in the metadata, or "".
func (p posted) metadataKey() string {
	if p.Metadata.EventType != event {
		return ""
	}
	key, _ := p.Metadata.EventPayload["key"].(string)
	return key
}

// blockKey is the key in the first block's block_id, or "".
func (p posted) blockKey() string {
	if len(p.Blocks) == 0 {
		return ""
	}
	rest, ok := strings.CutPrefix(p.Blocks[0].ID, markerPrefix)
	end := strings.LastIndexByte(rest, ':')
	if !ok || end < 0 {
		return ""
	}
	return rest[:end]
}

// history reads every page of a channel, or of a thread, since a time.
func (s *Sender) history(ctx context.Context, id, thread string, since time.Time, see func(posted)) error {
	method, args := "conversations.history", url.Values{
		"channel":              {id},
		"oldest":               {fmt.Sprintf("%d.%06d", since.Unix(), since.Nanosecond()/1000)},
		"inclusive":            {"1"},
		"include_all_metadata": {"1"},
	}
	if thread != "" {
		method = "conversations.replies"
		args.Set("ts", thread)
	}
	return s.pages(ctx, method, args, func(p page) error {
		for _, message := range p.Messages {
			see(message)
		}
		return nil
	})
}

// A page is what the paged methods answer with.
type page struct {
	Messages []posted  `json:"messages"`
	Channels []channel `json:"channels"`
	HasMore  bool      `json:"has_more"`
	Metadata struct {
		Next string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// A channel of Slack.
type channel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Private  bool   `json:"is_private"`
	Archived bool   `json:"is_archived"`
	Member   bool   `json:"is_member"`
}

// errEnough ends the reading of pages early.
var errEnough = errors.New("enough")

// pages asks for page after page until there is no more or see has enough.
func (s *Sender) pages(ctx context.Context, method string, args url.Values, see func(page) error) error {
	args.Set("limit", strconv.Itoa(pageSize))
	for {
		p, err := s.page(ctx, method, args)
		if err != nil {
			return err
		}
		if err := see(p); err != nil {
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		}
		next := p.Metadata.Next
		if next == "" && !p.HasMore {
			return nil
		}
		if next == "" || next == args.Get("cursor") {
			return fmt.Errorf("%s: the answer's pages lead nowhere", method)
		}
		args.Set("cursor", next)
	}
}

// page asks for one page.
func (s *Sender) page(ctx context.Context, method string, args url.Values) (page, error) {
	x, cancel := s.begin(ctx)
	defer cancel()
	var p page
	if err := x.call(method, args, &p); err != nil {
		return page{}, x.unread(method, err)
	}
	return p, nil
}

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
