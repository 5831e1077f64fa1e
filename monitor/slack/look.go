package slack

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"newswatch/monitor"
)

// Look finds which of the keys stand in the channel, or in the thread, since
// the given time: of each all our messages that carry it, the earliest first.
// See monitor.Notifier for its errors; a channel or thread that is not there
// is *monitor.ChannelRefused or *monitor.ThreadGone.
func (s *Sender) Look(ctx context.Context, channel, thread string, since time.Time, keys []string) (map[string][]monitor.Receipt, error) {
	id, err := s.channelID(ctx, channel)
	if err != nil {
		return nil, err
	}
	me, err := s.whoAmI(ctx)
	if err != nil {
		return nil, err
	}
	messages, err := s.history(ctx, id, thread, s.theirs(since))
	if err != nil {
		return nil, err
	}
	found := map[string][]monitor.Receipt{}
	for _, p := range messages {
		for _, key := range p.keys() {
			receipt := monitor.Receipt{Channel: id, TS: p.TS}
			if me.wrote(p) && slices.Contains(keys, key) && !slices.Contains(found[key], receipt) {
				found[key] = append(found[key], receipt)
			}
		}
	}
	for _, receipts := range found {
		// ts compare as text: ten digits, a dot, six digits.
		slices.SortFunc(receipts, func(a, b monitor.Receipt) int { return cmp.Compare(a.TS, b.TS) })
	}
	return found, nil
}

// A posted is as much of a message in Slack as tells whether it is ours.
type posted struct {
	TS       string `json:"ts"`
	BotID    string `json:"bot_id"`
	User     string `json:"user"`
	Metadata struct {
		EventType    string         `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	} `json:"metadata"`
	Blocks []struct {
		ID string `json:"block_id"`
	} `json:"blocks"`
}

// keys are those that the message carries, in either place.
func (p posted) keys() []string {
	return slices.DeleteFunc([]string{p.metadataKey(), p.blockKey()}, func(key string) bool { return key == "" })
}

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
