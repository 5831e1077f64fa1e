package monitor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// foldAfter is how long an alert may wait before those of its rule are told
// together, and a reply before those of its thread are.
const foldAfter = 15 * time.Minute

// fold puts the waiting alerts of each rule into one message, when they are
// too many or wait too long, after an outage or at a feed's first poll, when
// their channel had refused them, and when they were held and their time has
// come. So it does with the replies that wait for one thread. It says whether it
// did.
func (d *Deliverer) fold(ctx context.Context, ch *Channel) (folded bool, err error) {
	backlog := d.reopens(ch.Name)
	waiting, err := d.Outbox.Waiting(ctx, ch.Name, d.Now())
	waiting = slices.DeleteFunc(waiting, func(m Message) bool { return !m.DigestAt.IsZero() })
	if err != nil || len(waiting) < 2 {
		return false, err
	}
	for _, thread := range partedBy(waiting, threadOf) {
		late := backlog || len(thread) > d.InForce.Load().FoldAbove || slices.ContainsFunc(thread, d.overdue)
		for _, messages := range partedBy(thread, func(m *Message) string { return m.Rule }) {
			slices.SortStableFunc(messages, func(a, b Message) int { return cmp.Compare(a.Parent, b.Parent) })
			if !late {
				messages = slices.DeleteFunc(messages, func(m Message) bool { return m.Held == "" })
			}
			did, err := d.foldAll(ctx, ch, messages)
			folded = folded || did
			if err != nil {
				return folded, err
			}
		}
	}
	return folded, nil
}

// threadOf is the thread that a message goes to; "" for alerts.
func threadOf(m *Message) string { return m.Thread }

// overdue says whether a message has been waiting too long since its time came.
func (d *Deliverer) overdue(m Message) bool {
	return d.Now().Sub(later(m.Created, m.NotBefore)) > foldAfter
}

// reopens says, once, whether the channel has ended its refusal.
func (d *Deliverer) reopens(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer delete(d.reopened, name)
	return d.reopened[name]
}

// foldAll puts messages of one rule and thread into as few as hold them.
func (d *Deliverer) foldAll(ctx context.Context, ch *Channel, messages []Message) (folded bool, err error) {
	for len(messages) > 1 {
		n := d.fitting(messages)
		if n == len(messages)-1 && n > 2 { // one left over would go before the folds
			n--
		}
		if n < 2 {
			break
		}
		fold := d.foldOf(ch, messages[:n])
		if folded { // whom it concerns is told once, not with each part
			fold.Content.Mention = ""
		}
		if err := d.Outbox.Fold(ctx, d.Worker, fold, messages[:n]); err != nil {
			return folded, fmt.Errorf("fold messages: %w", err)
		}
		folded, messages = true, messages[n:]
	}
	return folded, nil
}

// partedBy parts messages by a key, keeping their order.
func partedBy[K comparable](messages []Message, key func(*Message) K) [][]Message {
	var parts [][]Message
	at := make(map[K]int)
	for _, m := range messages {
		i, ok := at[key(&m)]
		if !ok {
			i = len(parts)
			at[key(&m)] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], m)
	}
	return parts
}

func (d *Deliverer) fitting(messages []Message) int {
	items := make([]Content, len(messages))
	for i, m := range messages {
		items[i] = m.Content
	}
	return min(d.Fits(items), len(messages))
}

// spelt is why messages were held, for whoever wonders that they come together.
func (h Hold) spelt() string {
	switch h {
	case ForQuiet:
		return "waited for the end of quiet hours"
	case ForRate:
		return "beyond the rule's number an hour"
	}
	return ""
}

func (d *Deliverer) foldOf(ch *Channel, messages []Message) Message {
	var account time.Time // none is given of replies
	if messages[0].Parent == 0 {
		account = d.InForce.Load().Digest.Next(d.Now())
	}
	var keys []string
	first := messages[0].Content
	content := Content{Rule: first.Rule, Severity: first.Severity, Why: first.Why, Mention: first.Mention}
	for _, m := range messages {
		keys = append(keys, m.Key)
		item := m.Content
		item.Rule, item.Severity, item.Why, item.Mention = "", "", "", ""
		content.Items = append(content.Items, item)
	}
	if !slices.ContainsFunc(messages, func(m Message) bool { return m.Held != messages[0].Held }) {
		content.Note = messages[0].Held.spelt()
	}
	return Message{
		Channel: ch.Name, Parent: messages[0].Parent, Kind: KindFold, Rule: messages[0].Rule, Content: content,
		Key:   MessageKey(KindFold, ch.Name, messages[0].Rule, strings.Join(keys, " ")),
		State: Pending, Rev: 1, Created: d.Now(), DigestAt: account,
	}
}
