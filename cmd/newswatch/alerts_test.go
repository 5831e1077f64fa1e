package main

import (
	"bytes"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

func TestWhyAMessageStandsWhereItDoes(t *testing.T) {
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		m    store.Tracked
		want string
	}{
		"sent":              {store.Tracked{Message: monitor.Message{State: monitor.Sent, Rev: 1, SentRev: 1, Reason: "had not arrived"}}, ""},
		"an update waits":   {store.Tracked{Message: monitor.Message{State: monitor.Sent, Rev: 2, SentRev: 1}}, "an update waits"},
		"folded":            {store.Tracked{Message: monitor.Message{State: monitor.Folded}, FoldedInto: 7}, "told in message 7"},
		"dead":              {store.Tracked{Message: monitor.Message{State: monitor.Dead, Reason: "msg_too_long", NotBefore: now.Add(time.Hour)}}, "msg_too_long"},
		"behind a refusal":  {store.Tracked{Message: monitor.Message{State: monitor.Pending}, Refusal: "is_archived", NextSend: now.Add(3 * time.Minute)}, "the channel refuses: is_archived; next try in 3m"},
		"a digest's":        {store.Tracked{Message: monitor.Message{State: monitor.Pending, NotBefore: now.Add(20 * time.Hour)}}, "next try in 20h"},
		"a digest's alert":  {store.Tracked{Message: monitor.Message{State: monitor.Pending, Held: monitor.ForDigest, NotBefore: now.Add(20 * time.Hour)}}, "waits for the digest at Tue, Nov 3, 08:00"},
		"in quiet hours":    {store.Tracked{Message: monitor.Message{State: monitor.Pending, Held: monitor.ForQuiet, NotBefore: now.Add(19 * time.Hour)}}, "waits for the end of quiet hours at 07:00"},
		"beyond its number": {store.Tracked{Message: monitor.Message{State: monitor.Pending, Held: monitor.ForRate, NotBefore: now.Add(40 * time.Minute)}}, "waits until 12:40: beyond its rule's number an hour"},
		"held no longer":    {store.Tracked{Message: monitor.Message{State: monitor.Pending, Held: monitor.ForQuiet, NotBefore: now.Add(-time.Minute)}}, ""},
		"an early reply":    {store.Tracked{Message: monitor.Message{State: monitor.Pending, Parent: 3}}, "its alert is not sent yet"},
		"in doubt":          {store.Tracked{Message: monitor.Message{State: monitor.Unconfirmed, Reason: "no answer in time", NotBefore: now.Add(13 * time.Second)}}, "no answer in time; next look in 13s"},
		"waits for nothing": {store.Tracked{Message: monitor.Message{State: monitor.Pending}, NextSend: now.Add(time.Second)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := whyOf(test.m, now); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestTitlesOfMessagesAreOneLine(t *testing.T) {
	for want, c := range map[string]monitor.Content{
		"Satellite launched":               {Title: "Satellite launched"},
		"digest: 12 alerts, 3 told folded": {Digest: &monitor.Digest{Part: 1, Parts: 2, Alerts: 12, Folded: 3}},
		"digest, part 2 of 2":              {Digest: &monitor.Digest{Part: 2, Parts: 2, Alerts: 12, Folded: 3}},
		"2 alerts: Satellite launched, …":  {Items: []monitor.Content{{Title: "Satellite launched"}, {Title: "Again"}}},
		"Slack refuses messages to #news.": {Note: "Slack refuses messages to #news.\nThey are kept."},
	} {
		if got := titleOf(c); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestColoursOfATableDoNotMoveItsColumns(t *testing.T) {
	fill := func(color bool) string {
		table := table{color: color}
		table.row("ID", "STATE")
		table.row("1", "dead")
		table.tint("31")
		table.row("10", "sent")
		var out bytes.Buffer
		if err := table.print(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got, want := fill(false), "ID  STATE\n1   dead\n10  sent\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := fill(true), "\x1b[2mID  STATE\x1b[0m\n\x1b[31m1   dead\x1b[0m\n10  sent\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestStatusSaysWhatWaits(t *testing.T) {
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	q := queueStatus{Why: "is_archived", Held: []heldStatus{{monitor.ForQuiet, 2, now.Add(time.Hour)}, {monitor.ForDigest, 12, now.Add(19 * time.Hour)}}}
	if got, want := q.why(now), "is_archived; 2 for the end of quiet hours at 13:00; 12 for the digest at 07:00"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
