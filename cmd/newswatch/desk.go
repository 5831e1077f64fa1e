package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/store"
	"newswatch/rules"
)

// A desk answers /newswatch, in the words of the commands here. It changes
// nothing and is safe for concurrent use.
type desk struct {
	inForce *atomic.Pointer[monitor.Setup]
	store   *store.Store
	now     func() time.Time
}

// clerk is what clicks and commands in Slack come to.
func (b *bot) clerk() *monitor.Clerk {
	d := &desk{inForce: &b.inForce, store: b.store, now: b.now}
	return &monitor.Clerk{Book: b.store, InForce: &b.inForce, Answers: d.answer, Changed: b.worker.Deliverer.Kick, Now: b.now}
}

// answer answers a command.
func (d *desk) answer(ctx context.Context, c monitor.Command) (monitor.Answer, error) {
	known := map[string]func(context.Context, monitor.Command) (monitor.Answer, error){
		monitor.VerbStatus: d.status, monitor.VerbRules: d.rules, monitor.VerbMutes: d.mutes, monitor.VerbFeeds: d.feeds,
		monitor.VerbStories: d.stories, monitor.VerbTest: d.test, monitor.VerbMissed: d.missed, monitor.VerbHelp: help,
	}
	do, ok := known[c.Verb]
	if !ok {
		a, err := help(ctx, c)
		a.Head = fmt.Sprintf("There is no command %q", shorten(c.Verb, 40))
		return a, err
	}
	a, err := do(ctx, c)
	if err != nil {
		return a, fmt.Errorf("answer %s: %w", c.Verb, err)
	}
	return a, nil
}

func help(context.Context, monitor.Command) (monitor.Answer, error) {
	a := monitor.Answer{Head: "What /newswatch answers"}
	for _, line := range []string{
		"status — how polling and delivery stand",
		"rules — how often each alerts, and how well; rules ID — one of them, and what to exclude",
		"mutes — what is muted, until when; unmute ID ends one; the menu below an alert mutes",
		"feeds — those that are ill, and why",
		"stories — the latest, and who reported them",
		"test URL or text — what would fire, and why",
		"missed URL — why an article did not alert",
	} {
		a.Lines = append(a.Lines, monitor.Line{Text: line})
	}
	return a, nil
}

func (d *desk) status(ctx context.Context, _ monitor.Command) (monitor.Answer, error) {
	now := d.now()
	s, err := statusOf(ctx, d.inForce.Load().Feeds, d.store, now)
	if err != nil {
		return monitor.Answer{}, err
	}
	a := monitor.Answer{Head: "Watching"}
	if len(s.Ill) > 0 {
		a.Head += fmt.Sprintf(", %d of %s ill", len(s.Ill), count(s.Feeds, "feed", "feeds"))
	}
	for _, line := range s.lines(now) {
		a.Lines = append(a.Lines, monitor.Line{Text: line})
	}
	for _, q := range s.Queues {
		line := fmt.Sprintf("%s: %d sent, %d waiting", q.Channel, q.States[monitor.Sent], q.Waiting)
		for _, state := range []monitor.State{monitor.Unconfirmed, monitor.Dead, monitor.Muted} {
			if n := q.States[state]; n > 0 {
				line += fmt.Sprintf(", %d %s", n, state)
			}
		}
		if why := q.why(now); why != "" {
			line += "; " + shorten(why, 120)
		}
		a.Lines = append(a.Lines, monitor.Line{Text: line})
	}
	return a, nil
}

// rules lists the rules, the busiest first, or tells more of one.
func (d *desk) rules(ctx context.Context, c monitor.Command) (monitor.Answer, error) {
	engine := d.inForce.Load().Engine
	known, err := feedbackOf(ctx, d.store, d.now())
	if err != nil {
		return monitor.Answer{}, err
	}
	if c.Arg != "" {
		return d.rule(engine, &known, c.Arg)
	}
	all := engine.Rules()
	slices.SortStableFunc(all, func(x, y *rules.Rule) int {
		return cmp.Compare(known.record(y.ID).Alerts[0], known.record(x.ID).Alerts[0])
	})
	a := monitor.Answer{Head: count(len(all), "rule", "rules")}
	for _, r := range all {
		a.Lines = append(a.Lines, d.ruleLine(&known, r))
	}
	return a, nil
}

// ruleLine tells of a rule in a line, its id in bold.
func (d *desk) ruleLine(known *feedback, r *rules.Rule) monitor.Line {
	record := known.record(r.ID)
	said := []string{fmt.Sprintf("%s: %d in 7 days, %d in 30", r.ID, record.Alerts[0], record.Alerts[1])}
	if r.Severity != rules.Normal {
		said = append(said, string(r.Severity))
	}
	if p := known.precisions[r.ID]; p.Judged > 0 {
		said = append(said, precisionText(p)+" relevant")
	}
	if n := known.muted[r.ID]; n > 0 {
		said = append(said, fmt.Sprintf("%d muted", n))
	}
	if state := stateOf(r, d.now()); state != "on" {
		said = append(said, state)
	}
	return monitor.Line{Text: strings.Join(said, " · "), Marks: [][2]int{{0, len(r.ID)}}}
}

func (d *desk) rule(engine *rules.Engine, known *feedback, id string) (monitor.Answer, error) {
	r := engine.Rule(id)
	if r == nil {
		a := monitor.Answer{Head: fmt.Sprintf("There is no rule %q", shorten(id, 80))}
		if meant := engine.Meant(id); meant != "" {
			a.Lines = []monitor.Line{{Text: "Did you mean " + meant + "?"}}
		}
		return a, nil
	}
	a := monitor.Answer{Head: r.Name, Lines: []monitor.Line{d.ruleLine(known, r)}}
	if last := known.record(id).Last; !last.IsZero() {
		a.Lines = append(a.Lines, monitor.Line{Text: "last fired", Time: last})
	}
	a.Lines = append(a.Lines, monitor.Line{Text: fmt.Sprintf("%s:%d", r.File, r.Line)})
	m, err := known.remedy(engine, id)
	if err != nil || len(m.silencers) == 0 {
		return a, err
	}
	a.Lines = append(a.Lines, monitor.Line{Text: count(m.wrong, "alert was", "alerts were") + " not relevant. To exclude most like them, put into the rule:"})
	for line := range strings.Lines(m.yaml()) {
		a.Lines = append(a.Lines, monitor.Line{Text: strings.TrimRight(line, "\n"), Code: true})
	}
	return a, nil
}

func (d *desk) mutes(ctx context.Context, _ monitor.Command) (monitor.Answer, error) {
	mutes, err := d.store.Mutes(ctx, d.now())
	if err != nil || len(mutes) == 0 {
		return monitor.Answer{Head: "Nothing is muted"}, err
	}
	a := monitor.Answer{Head: count(len(mutes), "mute", "mutes")}
	for _, m := range mutes {
		what := "rule " + m.Rule
		switch {
		case m.Mute.Story != 0:
			what = "story “" + shorten(m.Story, 120) + "”"
		case m.Outlet != "":
			what = "outlet " + shorten(m.Outlet, 80) + " for rule " + m.Rule
		}
		a.Lines = append(a.Lines, monitor.Line{
			Text: fmt.Sprintf("%d: %s, %d kept back, until", m.ID, what, m.Kept), Time: m.Until, User: m.By.User,
			Act: monitor.ActUnmute, Value: fmt.Sprint(m.ID), Label: "Unmute",
		})
	}
	return a, nil
}

func (d *desk) feeds(ctx context.Context, _ monitor.Command) (monitor.Answer, error) {
	states, err := d.states(ctx)
	if err != nil {
		return monitor.Answer{}, err
	}
	feeds, now := d.inForce.Load().Feeds, d.now()
	var a monitor.Answer
	for _, feed := range feeds {
		state := states[feed.Key()]
		if diagnosis := state.Diagnose(now); diagnosis.Ill() {
			line := fmt.Sprintf("%s: %s, %s", feed.Name, diagnosis.Health, advice(diagnosis))
			a.Lines = append(a.Lines, monitor.Line{Text: line, Marks: [][2]int{{0, len(feed.Name)}}})
		}
	}
	a.Head = count(len(feeds), "feed", "feeds") + ", all well"
	if ill := len(a.Lines); ill > 0 {
		a.Head = fmt.Sprintf("%s, %d ill", count(len(feeds), "feed", "feeds"), ill)
	}
	return a, nil
}

// states is what the store knows of feeds, by key.
func (d *desk) states(ctx context.Context) (map[string]monitor.FeedState, error) {
	list, err := d.store.Feeds(ctx)
	states := make(map[string]monitor.FeedState, len(list))
	for _, state := range list {
		states[state.Key] = state
	}
	return states, err
}

// latestStories is how many stories are told of in Slack.
const latestStories = 15

func (d *desk) stories(ctx context.Context, _ monitor.Command) (monitor.Answer, error) {
	stories, err := d.store.Stories(ctx, d.now().Add(-72*time.Hour))
	if err != nil || len(stories) == 0 {
		return monitor.Answer{Head: "No stories in 72 hours"}, err
	}
	a := monitor.Answer{Head: count(len(stories), "story", "stories") + " in 72 hours", More: max(0, len(stories)-latestStories)}
	for _, s := range stories[:min(latestStories, len(stories))] {
		title := shorten(s.Title, 120)
		line := fmt.Sprintf("%s · %s: %s · latest", title, count(s.Reports, "report", "reports"), outletsOf(s))
		a.Lines = append(a.Lines, monitor.Line{Text: line, Marks: [][2]int{{0, len(title)}}, Time: s.Last})
	}
	return a, nil
}
