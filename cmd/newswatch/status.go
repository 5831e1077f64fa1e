package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show how polling and delivery stand",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, kept, err := a.reading(cmd.Context())
			if err != nil {
				return err
			}
			var s status
			if kept != nil {
				defer kept.Close()
				if s, err = statusOf(cmd.Context(), cfg.Feeds, kept, time.Now()); err != nil {
					return storeFailure(err)
				}
			}
			if a.json {
				return json.NewEncoder(a.out).Encode(s)
			}
			return a.printStatus(s, time.Now().In(cfg.Zone))
		},
	}
}

// status is how newswatch stands, as its store tells.
type status struct {
	Feeds    int           `json:"feeds"`
	Ill      []string      `json:"ill"`
	LastPoll time.Time     `json:"last_poll,omitzero"`
	Lag      float64       `json:"lag_seconds"` // how long the most overdue feed is overdue
	Day      store.Counts  `json:"last_24h"`
	Attempts int           `json:"attempts_24h"`            // requests that posted a message, or tried to
	Edit     string        `json:"edit_at_fault,omitempty"` // the first fault of an edit that is not in force
	Queues   []queueStatus `json:"queues"`
}

type queueStatus struct {
	Channel string                `json:"channel"`
	Waiting int                   `json:"waiting"`
	Behind  float64               `json:"behind_seconds"` // how long messages wait beyond their time at most
	States  map[monitor.State]int `json:"states"`
	Oldest  time.Time             `json:"oldest_unsent,omitzero"`
	Why     string                `json:"why,omitempty"`
	Held    []heldStatus          `json:"held,omitempty"`
}

// heldStatus is how many messages wait for their time, and until when the first does.
type heldStatus struct {
	Why      monitor.Hold `json:"why"`
	Messages int          `json:"messages"`
	Until    time.Time    `json:"until"`
}

func statusOf(ctx context.Context, feeds []monitor.Feed, kept *store.Store, now time.Time) (s status, err error) {
	states, err := kept.Feeds(ctx)
	if err != nil {
		return s, err
	}
	configured := make(map[string]bool)
	for _, feed := range feeds {
		configured[feed.Key()] = true
	}
	s.Feeds, s.Ill, s.Queues = len(feeds), []string{}, []queueStatus{}
	for _, state := range states {
		if !configured[state.Key] {
			continue
		}
		if state.Diagnose(now).Ill() {
			s.Ill = append(s.Ill, state.Name)
		}
		if state.LastPoll.After(s.LastPoll) {
			s.LastPoll = state.LastPoll
		}
		if !state.NextPoll.IsZero() {
			s.Lag = max(s.Lag, now.Sub(state.NextPoll).Seconds())
		}
	}
	if s.Day, err = kept.Count(ctx, now.Add(-24*time.Hour)); err != nil {
		return s, err
	}
	if s.Attempts, err = kept.Attempts(ctx, now.Add(-24*time.Hour)); err != nil {
		return s, err
	}
	if s.Edit, err = unsettled(ctx, kept); err != nil {
		return s, err
	}
	waits, err := kept.Waits(ctx, now)
	if err != nil {
		return s, err
	}
	queues, err := kept.Queues(ctx)
	if err != nil {
		return s, err
	}
	for _, q := range queues {
		s.Queues = append(s.Queues, queueStatusOf(q, waits[q.Channel]))
	}
	held, err := kept.Held(ctx, now)
	for _, h := range held {
		for i := range s.Queues {
			if s.Queues[i].Channel == h.Channel {
				s.Queues[i].Held = append(s.Queues[i].Held, heldStatus{h.Why, h.Messages, h.Until})
			}
		}
	}
	return s, err
}

func queueStatusOf(q store.Queue, behind time.Duration) queueStatus {
	out := queueStatus{Channel: q.Channel, States: q.States, Behind: behind.Seconds(), Oldest: q.Oldest, Why: q.Refusal}
	for _, state := range []monitor.State{monitor.Pending, monitor.Sending, monitor.Unconfirmed, monitor.Parked} {
		out.Waiting += q.States[state]
	}
	if out.Why == "" && out.Waiting > 0 {
		out.Why = q.Reason
	}
	return out
}

// why is what keeps the channel's messages, in words.
func (q *queueStatus) why(now time.Time) string {
	var why []string
	if q.Why != "" {
		why = append(why, q.Why)
	}
	for _, h := range q.Held {
		why = append(why, fmt.Sprintf("%d %s", h.Messages, holdOf(h.Why, h.Until, now)))
	}
	return strings.Join(why, "; ")
}

// lines is how polling stands, in a few lines.
func (s *status) lines(now time.Time) []string {
	muted := ""
	if s.Day.Muted > 0 {
		muted = fmt.Sprintf(", %d muted", s.Day.Muted)
	}
	lines := []string{
		fmt.Sprintf("polling    last %s, %s behind", ago(s.LastPoll, now), span(time.Duration(s.Lag*float64(time.Second)))),
		fmt.Sprintf("feeds      %d, %d ill", s.Feeds, len(s.Ill)),
		fmt.Sprintf("last 24 h  %s, %d matched; %s, %s, %s%s; %s to post", count(s.Day.Articles, "article", "articles"), s.Day.Matched,
			count(s.Day.Stories, "story", "stories"), count(s.Day.Alerts, "alert", "alerts"), count(s.Day.Replies, "reply", "replies"),
			muted, count(s.Attempts, "attempt", "attempts")),
	}
	if s.Edit != "" {
		lines = append(lines, "edit       not in force: "+s.Edit)
	}
	return lines
}

func (a *app) printStatus(s status, now time.Time) error {
	if s.LastPoll.IsZero() {
		_, err := fmt.Fprintln(a.out, "nothing was polled yet; newswatch run starts it")
		return err
	}
	for _, line := range s.lines(now) {
		fmt.Fprintln(a.out, line)
	}
	fmt.Fprintln(a.out)
	t := table{color: colored(a.out)}
	t.row("CHANNEL", "SENT", "WAITING", "UNCONFIRMED", "DEAD", "BEHIND", "OLDEST", "WHY IT WAITS")
	for _, q := range s.Queues {
		behind, oldest := "-", "-"
		if q.Behind > 0 {
			behind = span(time.Duration(q.Behind * float64(time.Second)))
		}
		if !q.Oldest.IsZero() {
			oldest = ago(q.Oldest, now)
		}
		t.row(q.Channel, strconv.Itoa(q.States[monitor.Sent]), strconv.Itoa(q.Waiting), strconv.Itoa(q.States[monitor.Unconfirmed]),
			strconv.Itoa(q.States[monitor.Dead]), behind, oldest, shorten(q.why(now), 90))
	}
	return t.print(a.out)
}
