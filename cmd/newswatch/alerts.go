package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/store"
)

// recently is how far back alerts that are told are listed unless one asks for
// more.
const recently = 24 * time.Hour

func (a *app) alertsCommand() *cobra.Command {
	var states []string
	var since lookback
	var of store.Selection
	cmd := &cobra.Command{
		Use:   "alerts",
		Short: "List alerts by state: what was sent, what waits, and why",
		Long: `List alerts, replies, folded messages and notes to the operator: those that are not
told yet, however old, and those of the last 24 hours; with --since, those that came since.
What needs a person stands first.

pending      waits for its channel, its time or its thread
sending      a request is out
unconfirmed  may have arrived; it is looked for before it is sent again
parked       its channel refuses everything; it is tried every 5 minutes
dead         refused for good, also as plain text; or someone deleted it in Slack
muted        kept back because someone muted its rule, its story or its outlet
sent, folded told, in a message of its own or together with others

--json prints a line for each: id, state, kind, channel, rule, title, url, outlet, reason,
attempts, created, and, where they apply, not_before, held (what it waits for until then:
digest, quiet or rate), last_attempt, ts, thread, folded_into,
may_repeat and channel_refusal.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			now := time.Now()
			of.Since, of.OrOpen = now.Add(-recently), true
			if cmd.Flags().Changed("since") {
				of.Since, of.OrOpen = now.Add(-time.Duration(since)), false
			}
			for _, s := range states {
				state := monitor.State(s)
				if !slices.Contains(allStates, state) {
					return &failure{code: exitUsage, err: fmt.Errorf("there is no state %q", s), hint: "the states are " + listOf(allStates)}
				}
				of.States = append(of.States, state)
			}
			return a.listAlerts(cmd.Context(), of, now)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&states, "state", nil, "only those in this state, or in one of several: dead,parked")
	flags.Var(&since, "since", "only those that came within this time: 7d")
	flags.StringVar(&of.Rule, "rule", "", "only those of the rule with this id")
	flags.StringVar(&of.Channel, "channel", "", "only those of this channel, with or without its #")
	cmd.AddCommand(a.retryCommand())
	return cmd
}

var allStates = []monitor.State{monitor.Dead, monitor.Unconfirmed, monitor.Parked, monitor.Sending, monitor.Pending, monitor.Muted, monitor.Sent, monitor.Folded}

// retriable are the states from which a person can send a message again.
var retriable = []monitor.State{monitor.Dead, monitor.Unconfirmed, monitor.Parked, monitor.Muted}

func listOf(states []monitor.State) string {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

func (a *app) listAlerts(ctx context.Context, of store.Selection, now time.Time) error {
	cfg, kept, err := a.reading(ctx)
	if err != nil {
		return err
	}
	now = now.In(cfg.Zone)
	var list []store.Tracked
	if kept != nil {
		defer kept.Close()
		if list, err = kept.Track(ctx, of); err != nil {
			return storeFailure(err)
		}
	}
	switch {
	case a.json:
		return a.printAlerts(list)
	case len(list) == 0:
		_, err := fmt.Fprintln(a.out, "no such alerts")
		return err
	}
	t := table{color: colored(a.out)}
	t.row("ID", "STATE", "KIND", "CHANNEL", "RULE", "CAME", "TITLE", "WHY")
	for _, m := range list {
		t.row(strconv.FormatInt(m.ID, 10), string(m.State), string(m.Kind), m.Channel, orDash(m.Rule), ago(m.Created, now),
			shorten(titleOf(m.Content), 60), shorten(whyOf(m, now), 90))
		switch m.State {
		case monitor.Dead:
			t.tint("31")
		case monitor.Unconfirmed, monitor.Parked:
			t.tint("33")
		}
	}
	return t.print(a.out)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// titleOf is what a message tells, in a line.
func titleOf(c monitor.Content) string {
	switch {
	case c.Digest != nil && c.Digest.Part > 1:
		return fmt.Sprintf("digest, part %d of %d", c.Digest.Part, c.Digest.Parts)
	case c.Digest != nil:
		return fmt.Sprintf("digest: %s, %d told folded", count(c.Digest.Alerts, "alert", "alerts"), c.Digest.Folded)
	case len(c.Items) > 0:
		return fmt.Sprintf("%d alerts: %s, …", len(c.Items), c.Items[0].Title)
	case c.Note != "":
		first, _, _ := strings.Cut(c.Note, "\n")
		return first
	default:
		return c.Title
	}
}

// whyOf is why a message stands where it does, in words; "" when there is
// nothing to say.
func whyOf(m store.Tracked, now time.Time) string {
	var why []string
	if m.Reason != "" && m.State != monitor.Sent {
		why = append(why, m.Reason)
	}
	switch {
	case m.State == monitor.Folded && m.FoldedInto != 0:
		why = append(why, fmt.Sprintf("told in message %d", m.FoldedInto))
	case m.State == monitor.Sent && m.Rev > m.SentRev:
		why = append(why, "an update waits")
	case m.State == monitor.Pending && m.Refusal != "":
		why = append(why, "the channel refuses: "+m.Refusal)
	case m.State == monitor.Pending && m.Parent != 0 && m.Thread == "":
		why = append(why, "its alert is not sent yet")
	}
	if wait := m.NotBefore.Sub(now); m.State == monitor.Pending && m.Attempts == 0 && m.Held != "" && wait > time.Second {
		return strings.Join(append(why, "waits "+holdOf(m.Held, m.NotBefore, now)), "; ")
	}
	next := map[monitor.State]string{monitor.Pending: "next try", monitor.Unconfirmed: "next look", monitor.Parked: "next try"}[m.State]
	if wait := later(m.NotBefore, m.NextSend).Sub(now); next != "" && wait > time.Second {
		why = append(why, next+" in "+span(wait))
	}
	return strings.Join(why, "; ")
}

// holdOf is what a message waits for, and until when, in now's zone.
func holdOf(why monitor.Hold, until, now time.Time) string {
	at := until.In(now.Location()).Format("15:04")
	if until.Sub(now) >= 20*time.Hour { // else it might be today's
		at = until.In(now.Location()).Format("Mon, Jan 2, 15:04")
	}
	switch why {
	case monitor.ForDigest:
		return "for the digest at " + at
	case monitor.ForQuiet:
		return "for the end of quiet hours at " + at
	case monitor.ForRate:
		return "until " + at + ": beyond its rule's number an hour"
	}
	return "until " + at
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (a *app) printAlerts(list []store.Tracked) error {
	type line struct {
		ID          int64         `json:"id"`
		State       monitor.State `json:"state"`
		Kind        monitor.Kind  `json:"kind"`
		Channel     string        `json:"channel"`
		Rule        string        `json:"rule"`
		Title       string        `json:"title"`
		URL         string        `json:"url"`
		Outlet      string        `json:"outlet"`
		Reason      string        `json:"reason"`
		Attempts    int           `json:"attempts"`
		Created     time.Time     `json:"created"`
		NotBefore   time.Time     `json:"not_before,omitzero"`
		Held        monitor.Hold  `json:"held,omitempty"`
		LastAttempt time.Time     `json:"last_attempt,omitzero"`
		TS          string        `json:"ts,omitempty"`
		Thread      string        `json:"thread,omitempty"`
		FoldedInto  int64         `json:"folded_into,omitempty"`
		MayRepeat   bool          `json:"may_repeat,omitempty"`
		Refusal     string        `json:"channel_refusal,omitempty"`
	}
	encoder := jsonLines(a.out)
	for _, m := range list {
		err := encoder.Encode(line{m.ID, m.State, m.Kind, m.Channel, m.Rule, titleOf(m.Content), m.Content.URL, m.Content.Outlet, m.Reason,
			m.Attempts, m.Created, m.NotBefore, m.Held, m.LastAttempt, m.TS, m.Thread, m.FoldedInto, m.MayRepeat, m.Refusal})
		if err != nil {
			return fmt.Errorf("print alerts: %w", err)
		}
	}
	return nil
}

func (a *app) retryCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "retry ID...",
		Short: "Send messages again that are dead, unconfirmed, parked or muted",
		Long: `Put messages that are dead, unconfirmed, parked or muted back among those that wait. A
running worker sends them within seconds, once their channel takes messages. An unconfirmed
one is not looked for any more; it is sent with the mark "may be a repeat".`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var ids []int64
			for _, arg := range args {
				id, err := strconv.ParseInt(arg, 10, 64)
				if err != nil {
					return &failure{code: exitUsage, err: fmt.Errorf("%q is no message's id", arg), hint: "newswatch alerts lists them"}
				}
				ids = append(ids, id)
			}
			return a.retryAlerts(cmd.Context(), ids)
		},
	}
}

// retryAlerts retries what can be retried, and then tells of what cannot.
func (a *app) retryAlerts(ctx context.Context, ids []int64) error {
	_, kept, err := a.reading(ctx)
	if err != nil {
		return err
	}
	if kept == nil {
		return storeFailure(store.ErrMissing)
	}
	defer kept.Close()
	var refused []error
	for _, id := range ids {
		retried, err := kept.Retry(ctx, id)
		if err != nil {
			return storeFailure(err)
		}
		list, err := kept.Track(ctx, store.Selection{IDs: []int64{id}})
		switch {
		case err != nil:
			return storeFailure(err)
		case len(list) == 0:
			refused = append(refused, fmt.Errorf("there is no message %d", id))
		case !retried:
			refused = append(refused, fmt.Errorf("message %d is %s", id, list[0].State))
		case a.json:
			err = a.printAlerts(list)
		default:
			_, err = fmt.Fprintf(a.out, "message %d waits again: %s\n", id, plainLine(titleOf(list[0].Content)))
		}
		if err != nil {
			return err
		}
	}
	if len(refused) > 0 {
		return &failure{code: exitFailed, err: errors.Join(refused...),
			hint: "newswatch alerts --state " + strings.ReplaceAll(listOf(retriable), " ", "") + " lists what can be sent again"}
	}
	return nil
}
