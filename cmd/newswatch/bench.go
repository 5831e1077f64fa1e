package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"newswatch/monitor"
	"newswatch/monitor/slack/slacktest"
)

// A bench is a worker under a load that can be chosen, and what it needed. The
// worker is a process of its own, and there may be several on one PostgreSQL; this
// one is their feeds and their Slack.
type bench struct {
	feeds, items, changing, stories, workers int
	every, lasts, slow                       time.Duration
	together                                 bool
	store                                    string // "": a file of its own

	folder string
	site   *benchSite
	slack  *slacktest.Server
	server *benchServer // nil: the store is a file
	fleet  benchFleet
	began  benchUse
}

// A benchUse is what workers and server have used so far.
type benchUse struct {
	use
	server serverUse
}

func (b *bench) use(ctx context.Context) (u benchUse, err error) {
	if u.use, err = b.fleet.use(); err == nil && b.server != nil {
		u.server, err = b.server.use(ctx)
	}
	return u, err
}

// A benchResult is what a bench measured. Of processor time, a hundred percent
// is one core.
type benchResult struct {
	Feeds      int     `json:"feeds"`
	Items      int     `json:"items"`
	Changing   int     `json:"changing_percent"`
	Stories    int     `json:"stories"`
	Every      float64 `json:"every_s"`
	Lasted     float64 `json:"for_s"`
	Ready      float64 `json:"ready_s"`
	First      float64 `json:"first_round_s"`
	FirstCPU   float64 `json:"first_round_cpu_ms_per_poll"`
	Polls      int64   `json:"polls"`
	PollRate   float64 `json:"polls_per_s"`
	CPU        float64 `json:"cpu_percent"`
	PollCPU    float64 `json:"cpu_ms_per_poll"`
	Memory     float64 `json:"resident_mib"`
	MostMemory float64 `json:"resident_most_mib"`
	Alerts     int     `json:"alerts"`
	Lost       int     `json:"alerts_lost"`
	Median     float64 `json:"poll_to_slack_p50_s"`
	Slowest    float64 `json:"poll_to_slack_p99_s"`

	Workers      int          `json:"workers"`
	ServerFirst  *serverShare `json:"server_first_round_per_poll,omitempty"`
	ServerPoll   *serverShare `json:"server_per_poll,omitempty"`
	ServerSecond *serverShare `json:"server_per_s,omitempty"`
}

func (a *app) benchCommand() *cobra.Command {
	b := &bench{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure what this machine carries, on made-up feeds",
		Long: `Bench runs a worker on a new store and watches what it needs. Its feeds are made
up and served on loopback, each from an address of its own; so is its Slack. The
worker is a process of its own, and the figures are its alone.

With --store it works on a PostgreSQL, in a schema of its own that is dropped in
the end, and there may be several workers; their figures are added up. Then it is
also told what the server did: bytes of its log; statements, if the database has the
extension pg_stat_statements; processor time, if the server is on this machine. All
that the server does meanwhile counts: let nothing else use it.

It needs Linux: all of 127.0.0.0/8, and /proc.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := b.run(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				return json.NewEncoder(a.out).Encode(result)
			}
			return result.table().print(a.out)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&b.feeds, "feeds", 1000, "how many feeds")
	flags.IntVar(&b.items, "items", 40, "how many items each has, of 1.2 KB")
	flags.IntVar(&b.changing, "changing", 10, "of a hundred polls, how many find a new item")
	flags.IntVar(&b.stories, "stories", 0, "how many stories the worker knows at its start")
	flags.DurationVar(&b.every, "every", 30*time.Second, "how often each feed is polled")
	flags.BoolVar(&b.together, "together", false, "all feeds are due at one moment: they are polled by cron, every so many minutes")
	flags.DurationVar(&b.lasts, "for", time.Minute, "how long to measure, after each feed was polled once")
	flags.IntVar(&b.workers, "workers", 1, "how many workers share the store; more than one need --store")
	flags.StringVar(&b.store, "store", "", "a PostgreSQL, postgres://user@host/db; by default a file of its own")
	flags.DurationVar(&b.slow, "slow", 0, "how long each answer of a feed takes")
	return cmd
}

// Limits of a bench: what keeps a typing error from filling the machine.
const (
	benchFeeds = 200_000
	benchItems = 1000
	benchCrew  = 64
	benchSlow  = 20 * time.Second // a worker waits no longer for a feed
	settleMost = time.Minute      // what the first round left is done
	firstLimit = 30 * time.Minute // for the first round
	lateAlerts = 10 * time.Second // how long the last alerts are waited for
)

func (b *bench) run(ctx context.Context) (result benchResult, err error) {
	if b.feeds < 1 || b.feeds > benchFeeds || b.items < 1 || b.items > benchItems || b.changing < 0 || b.changing > 100 ||
		b.stories < 0 || b.slow < 0 || b.slow > benchSlow || b.workers < 1 || b.workers > benchCrew || b.workers > 1 && b.store == "" || b.every < monitor.MinInterval || b.lasts < time.Second ||
		b.together && (b.every%time.Minute != 0 || time.Hour%b.every != 0) {
		return result, &failure{code: exitUsage, err: errors.New("there is no such load"),
			hint: fmt.Sprintf("1 to %d feeds of 1 to %d items, 0 to 100 changing, every and for at least 1s, slow up to 20s; with --together every a part of an hour, in minutes; up to %d workers with --store", benchFeeds, benchItems, benchCrew)}
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.open(ctx); err != nil {
		return result, err
	}
	result = benchResult{Feeds: b.feeds, Items: b.items, Changing: b.changing, Stories: b.stories, Every: b.every.Seconds(), Workers: b.workers}
	if result.Ready, err = b.fleet.ready(ctx); err != nil {
		return result, err
	}
	if err := b.firstRound(ctx, &result); err != nil {
		return result, err
	}
	if err := b.measure(ctx, &result); err != nil {
		return result, err
	}
	return result, b.latencies(ctx, &result)
}

func (b *bench) open(ctx context.Context) (err error) {
	if b.folder, err = os.MkdirTemp("", "newswatch-bench-"); err != nil {
		return &failure{code: exitStore, err: fmt.Errorf("make a folder for the bench's store: %w", err), hint: "TMPDIR names another place for it"}
	}
	b.site = &benchSite{items: b.items, slow: b.slow}
	if err := b.site.open(); err != nil {
		return err
	}
	if b.slack, err = slacktest.New(slacktest.Options{}); err != nil {
		return err
	}
	if b.store != "" {
		if b.server, err = openBenchServer(ctx, b.store); err != nil {
			return err
		}
	}
	if err := makeStories(ctx, b.storeAddress(), b.stories); err != nil {
		return err
	}
	if err := b.writeRules(); err != nil {
		return err
	}
	for n := range b.workers {
		worker, err := startBenchWorker(b, n)
		if err != nil {
			return err
		}
		b.fleet = append(b.fleet, worker)
	}
	b.began, err = b.use(ctx)
	return err
}

// storeAddress is where the workers have their store.
func (b *bench) storeAddress() string {
	if b.server != nil {
		return b.server.address
	}
	return filepath.Join(b.folder, "newswatch.db")
}

func (b *bench) close() (err error) {
	err = b.fleet.stop()
	if b.server != nil {
		err = errors.Join(err, b.server.close())
	}
	if b.slack != nil {
		err = errors.Join(err, b.slack.Close())
	}
	if b.site != nil && b.site.server != nil {
		err = errors.Join(err, b.site.close())
	}
	return errors.Join(err, os.RemoveAll(b.folder))
}

// firstRound lasts until each feed was polled once.
func (b *bench) firstRound(ctx context.Context, result *benchResult) error {
	ctx, cancel := context.WithTimeoutCause(ctx, firstLimit, errors.New("the first round takes too long"))
	defer cancel()
	for b.site.polled.Load() < int64(b.feeds) {
		if err := b.fleet.wait(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	result.First = time.Since(b.fleet[0].started).Seconds()
	now, err := b.use(ctx)
	if err != nil {
		return err
	}
	result.FirstCPU = float64(now.cpu.Microseconds()) / 1000 / float64(b.feeds)
	if b.server != nil {
		result.ServerFirst = share(b.began.server, now.server, float64(b.feeds))
	}
	return nil
}

// measure is the time in which the load is the one that was asked for.
func (b *bench) measure(ctx context.Context, result *benchResult) error {
	b.site.changing.Store(uint32(b.changing))
	if err := b.fleet.wait(ctx, min(b.every, settleMost)); err != nil { // each has its turn again, and what the first round left is done
		return err
	}
	b.site.heralds.Store(true)
	began, polls := time.Now(), b.site.requests.Load()
	before, err := b.use(ctx)
	if err != nil {
		return err
	}
	if err := b.fleet.wait(ctx, b.lasts); err != nil {
		return err
	}
	after, err := b.use(ctx)
	if err != nil {
		return err
	}
	b.site.heralds.Store(false)
	result.Lasted, result.Polls = time.Since(began).Seconds(), b.site.requests.Load()-polls
	result.PollRate = float64(result.Polls) / result.Lasted
	cpu := after.cpu - before.cpu
	result.CPU = 100 * cpu.Seconds() / result.Lasted
	result.PollCPU = float64(cpu.Microseconds()) / 1000 / float64(max(result.Polls, 1))
	result.Memory, result.MostMemory = mib(after.resident), mib(after.most)
	if b.server != nil {
		result.ServerPoll = share(before.server, after.server, float64(max(result.Polls, 1)))
		result.ServerSecond = share(before.server, after.server, result.Lasted)
	}
	return nil
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// madeUpReport is what no two items have in common.
var madeUpReport = regexp.MustCompile(`report \d+ of wire \d+`)

// latencies looks up when each bulletin was in Slack.
func (b *bench) latencies(ctx context.Context, result *benchResult) error {
	served := b.site.bulletins()
	arrived := make(map[string]time.Time)
	for deadline := time.Now().Add(lateAlerts); len(arrived) < len(served) && time.Now().Before(deadline); {
		if err := b.fleet.wait(ctx, 50*time.Millisecond); err != nil {
			return err
		}
		for _, posted := range b.slack.Messages(demoChannel) {
			if report := madeUpReport.FindString(posted.Text); report != "" && !served[report].IsZero() {
				arrived[report] = posted.At
			}
		}
	}
	var took []time.Duration
	for report, at := range arrived {
		took = append(took, at.Sub(served[report]))
	}
	slices.SortFunc(took, cmp.Compare[time.Duration])
	result.Alerts, result.Lost = len(took), len(served)-len(took)
	if len(took) > 0 {
		result.Median, result.Slowest = took[len(took)/2].Seconds(), took[len(took)*99/100].Seconds()
	}
	return nil
}

func (r benchResult) table() *table {
	t := &table{}
	line := func(name, format string, values ...any) { t.row(name, fmt.Sprintf(format, values...)) }
	line("load", "%d feeds of %d items, %d %% changing, every %gs, %d stories known", r.Feeds, r.Items, r.Changing, r.Every, r.Stories)
	line("ready", "%.2f s after the start", r.Ready)
	line("first round", "%.1f s, %.2f ms of processor time a poll", r.First, r.FirstCPU)
	line("polls", "%d in %.0f s, %.1f a second", r.Polls, r.Lasted, r.PollRate)
	line("processor", "%.1f %% of a core, %.2f ms a poll", r.CPU, r.PollCPU)
	line("memory", "%.0f MiB resident, %.0f at most", r.Memory, r.MostMemory)
	if r.ServerFirst != nil {
		line("workers", "%d", r.Workers)
		line("server, first round", "%v a poll", r.ServerFirst)
		line("server, a poll", "%v", r.ServerPoll)
		line("server, a second", "%v", r.ServerSecond)
	}
	if r.Alerts+r.Lost > 0 {
		line("poll to Slack", "%.2f s at the median, %.2f s at the 99th percentile, of %d alerts; %d lost", r.Median, r.Slowest, r.Alerts, r.Lost)
	}
	return t
}
