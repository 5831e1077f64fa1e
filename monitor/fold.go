package monitor

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// foldAfter is how long an alert may wait before those of its rule are told
// together.
const foldAfter = 15 * time.Minute

// fold puts the waiting alerts of each rule into one message, when they are
// too many or wait too long: after an outage, or at a feed's first poll. It
// says whether it did.
func (d *Deliverer) fold(ctx context.Context, ch *Channel) (folded bool, err error) {
	waiting, err := d.Outbox.Waiting(ctx, ch.Name, d.Now())
	if err != nil || len(waiting) < 2 {
		return false, err
	}
	if len(waiting) <= d.FoldAbove && d.Now().Sub(waiting[0].Created) <= foldAfter {
		return false, nil
	}
	for _, alerts := range byRule(waiting) {
		for len(alerts) > 1 {
			n := d.fitting(alerts)
			if n == len(alerts)-1 && n > 2 { // one left over would go before the folds
				n--
			}
			if n < 2 {
				break
			}
			if err := d.Outbox.Fold(ctx, d.Worker, d.foldOf(ch, alerts[:n]), alerts[:n]); err != nil {
				return folded, fmt.Errorf("fold alerts: %w", err)
			}
			folded, alerts = true, alerts[n:]
		}
	}
	return folded, nil
}

// byRule parts messages by their rule, keeping their order.
func byRule(messages []Message) [][]Message {
	var parts [][]Message
	at := make(map[string]int)
	for _, m := range messages {
		i, ok := at[m.Rule]
		if !ok {
			i = len(parts)
			at[m.Rule] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], m)
	}
	return parts
}

func (d *Deliverer) fitting(alerts []Message) int {
	items := make([]Content, len(alerts))
	for i, m := range alerts {
		items[i] = m.Content
	}
	return min(d.Fits(items), len(alerts))
}

func (d *Deliverer) foldOf(ch *Channel, alerts []Message) Message {
	var keys []string
	first := alerts[0].Content
	content := Content{Rule: first.Rule, Severity: first.Severity, Why: first.Why, Mention: first.Mention}
	for _, m := range alerts {
		keys = append(keys, m.Key)
		item := m.Content
		item.Rule, item.Severity, item.Why, item.Mention = "", "", "", ""
		content.Items = append(content.Items, item)
	}
	return Message{
		Channel: ch.Name, Kind: KindFold, Rule: alerts[0].Rule, Content: content,
		Key:   MessageKey(KindFold, ch.Name, alerts[0].Rule, strings.Join(keys, " ")),
		State: Pending, Rev: 1, Created: d.Now(),
	}
}
