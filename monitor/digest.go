package monitor

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// A Digest is what a channel is told on the digest's schedule: the alerts of low
// severity that waited for it, and an account of those that were told folded
// since the last one.
type Digest struct {
	From   time.Time `json:"from"` // it covers what came from then
	To     time.Time `json:"to"`
	Part   int       `json:"part"` // from 1; the parts beyond the first are in its thread
	Parts  int       `json:"parts"`
	Alerts int       `json:"alerts"` // in all its parts
	Rules  int       `json:"rules"`  // that these alerts are of
	Folded int       `json:"folded"` // alerts that were told folded

	Groups  []Group `json:"groups,omitempty"`  // a rule each
	Account []Group `json:"account,omitempty"` // of what was folded, likewise; in the first part

	Feedback []Appraisal `json:"feedback,omitempty"` // in the first part
	Unsaid   int         `json:"unsaid,omitempty"`   // rules that there would be feedback of beside
}

// A Group is what one rule found.
type Group struct {
	Rule    string    `json:"rule"`              // its name
	Count   int       `json:"count"`             // its alerts, in the whole digest
	Folds   int       `json:"folds,omitempty"`   // of an account: the messages that told of them
	Stories []Content `json:"stories,omitempty"` // an alert each, as far as this part has them
}

// A Harvest is what a channel's digest is made of.
type Harvest struct {
	Alerts []Message // whose time has come, oldest first
	Folds  []Message // that it is to give an account of
	Folded []Message // the alerts told in them
	Last   time.Time // when the last digest was made; zero: none was

	Judged []Judged       // all that is kept, of every channel
	Muted  map[string]int // by rule: articles that mutes have kept back from the channel since Last
}

// accountOf is how many stories of a rule an account names: they were told.
const accountOf = 3

// feedbackOn is how many rules a digest appraises: newswatch rules has them all.
const feedbackOn = 10

// digest puts what waits for the channel's digest into one message, with the
// rest in its thread. It says whether it did: where nothing waits there is none,
// whatever was judged or kept back. The next one tells of that.
func (d *Deliverer) digest(ctx context.Context, ch *Channel, now time.Time) (made bool, err error) {
	h, err := d.Outbox.Harvest(ctx, ch.Name, now)
	if err != nil || len(h.Alerts)+len(h.Folds) == 0 {
		return false, err
	}
	digest := digestOf(h, now)
	feedback, err := d.appraisals(ch.Name, h)
	if err != nil {
		return false, fmt.Errorf("appraise rules: %w", err)
	}
	digest.Feedback = feedback[:min(feedbackOn, len(feedback))]
	digest.Unsaid = len(feedback) - len(digest.Feedback)
	var parts []Message
	key := h.key(ch.Name)
	for _, part := range digest.Split(d.FitsDigest) {
		subject := key
		if part.Part > 1 {
			subject = fmt.Sprint(key, " ", part.Part)
		}
		parts = append(parts, Message{
			Channel: ch.Name, Kind: KindDigest, Content: Content{Digest: part},
			Key:   MessageKey(KindDigest, ch.Name, "", subject),
			State: Pending, Rev: 1, Created: now,
		})
	}
	if err := d.Outbox.Digest(ctx, d.Worker, parts, h); err != nil {
		return false, fmt.Errorf("make digest: %w", err)
	}
	return true, nil
}

// key tells this harvest from any other.
func (h *Harvest) key(channel string) string {
	var keys []string
	for _, m := range slices.Concat(h.Alerts, h.Folds) {
		keys = append(keys, m.Key)
	}
	return MessageKey(KindDigest, channel, "", strings.Join(keys, " "))
}

// digestOf makes a digest of a harvest, in one part.
func digestOf(h Harvest, now time.Time) *Digest {
	digest := &Digest{From: h.Last, To: now, Part: 1, Parts: 1, Alerts: len(h.Alerts), Folded: len(h.Folded)}
	if digest.From.IsZero() {
		digest.From = now
		for _, m := range slices.Concat(h.Alerts, h.Folded) {
			digest.From = earlier(digest.From, m.Created)
		}
	}
	digest.Groups = grouped(h.Alerts)
	digest.Rules = len(digest.Groups)
	digest.Account = grouped(h.Folded)
	for i, group := range digest.Account {
		for _, fold := range h.Folds {
			if fold.Content.Rule == group.Rule {
				digest.Account[i].Folds++
			}
		}
		slices.SortStableFunc(group.Stories, func(a, b Content) int { return cmp.Compare(b.Reports, a.Reports) })
		digest.Account[i].Stories = group.Stories[:min(accountOf, len(group.Stories))]
	}
	return digest
}

// grouped groups alerts by rule, the busiest first, each rule's in order of
// arrival.
func grouped(alerts []Message) []Group {
	var groups []Group
	for _, messages := range partedBy(alerts, func(m *Message) string { return m.Content.Rule }) {
		group := Group{Rule: messages[0].Content.Rule, Count: len(messages)}
		for _, m := range messages {
			c := m.Content
			group.Stories = append(group.Stories, Content{
				Title: c.Title, URL: c.URL, Outlet: c.Outlet, Published: c.Published, Also: c.Also, Reports: c.Reports,
			})
		}
		groups = append(groups, group)
	}
	slices.SortStableFunc(groups, func(a, b Group) int { return cmp.Compare(b.Count, a.Count) })
	return groups
}

// Split parts a digest into as few as each fit into a message. The first tells
// of every rule, with as many stories each as there is room for; only when the
// rules themselves are too many does it leave out the feedback, and then merely
// count.
func (d *Digest) Split(fits func(*Digest) bool) []*Digest {
	head, rest := d.head(fits)
	parts := []*Digest{head}
	for len(rest) > 0 {
		part := Digest{From: d.From, To: d.To, Part: len(parts) + 1}
		const most = 200 // stories; no message holds so many
		n := 1 + sort.Search(most, func(n int) bool { return !fits(part.with(rest, n+2)) })
		parts = append(parts, part.with(rest, n))
		rest = beyond(rest, n)
	}
	for _, part := range parts {
		part.Parts = len(parts)
	}
	return parts
}

// head is the first part of a digest, and what is left for the others.
func (d *Digest) head(fits func(*Digest) bool) (*Digest, []Group) {
	for _, most := range []int{max(d.Alerts, accountOf), 20, 12, 8, 5, 3, 2, 1, 0} { // of a rule
		head := *d
		var rest []Group
		head.Groups, rest = upTo(most, d.Groups)
		head.Account, _ = upTo(most, d.Account)
		if fits(&head) {
			return &head, rest
		}
	}
	head := *d
	head.Feedback, head.Unsaid = nil, 0
	if len(d.Feedback) > 0 {
		return head.head(fits)
	}
	head.Groups, head.Account = nil, nil
	return &head, d.Groups
}

// upTo is the groups with that many stories at most, and what they have beyond.
func upTo(most int, groups []Group) (first, rest []Group) {
	for _, group := range groups {
		n := min(most, len(group.Stories))
		more := group
		group.Stories, more.Stories = group.Stories[:n], group.Stories[n:]
		first = append(first, group)
		if len(more.Stories) > 0 {
			rest = append(rest, more)
		}
	}
	return first, rest
}

// with is the part with the first n stories of the groups.
func (part Digest) with(groups []Group, n int) *Digest {
	for _, group := range groups {
		if n <= 0 {
			break
		}
		group.Stories = group.Stories[:min(n, len(group.Stories))]
		n -= len(group.Stories)
		part.Groups = append(part.Groups, group)
	}
	return &part
}

// beyond is what the groups have beyond the first n stories.
func beyond(groups []Group, n int) []Group {
	var rest []Group
	for _, group := range groups {
		skip := min(n, len(group.Stories))
		n -= skip
		if group.Stories = group.Stories[skip:]; len(group.Stories) > 0 {
			rest = append(rest, group)
		}
	}
	return rest
}
