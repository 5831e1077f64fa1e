package slacktest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// DefaultToken is the bot token of a workspace that was given none.
const DefaultToken = "xoxb-0-0-slacktest"

// Options describe a workspace. The zero value has the channels #news-alerts
// (C0ALERTS) and #news-ops (C0OPS), all scopes, and keeps Slack's pace.
type Options struct {
	Token    string   // the only one accepted; "": DefaultToken
	AppToken string   // for Socket Mode; "": DefaultAppToken
	Scopes   []string // of the token; nil: all that newswatch asks for
	Channels []Channel

	Now func() time.Time // nil: time.Now

	// A channel takes one message every Pace, and Burst at once. Pace 0: a
	// second; negative: any number. Burst 0: 5.
	Pace  time.Duration
	Burst int

	Lag      time.Duration // history shows a message only when it is this old
	PageSize int           // a page holds no more; 0: what was asked for, at most 200

	LoseMetadata bool // messages are read back without their metadata
	LoseBlockIDs bool // messages are read back with other block_ids

	Chaos Chaos
}

// A Channel of the workspace. The zero booleans are a public channel that the
// bot has not joined.
type Channel struct {
	ID, Name string // name without #
	Private  bool
	Member   bool // the bot has joined
	Archived bool
	ReadOnly bool
}

// Chaos draws faults at random: the same seed, requests and order, the same
// faults. The zero value draws none.
type Chaos struct {
	Seed        uint64
	Probability float64  // of a fault, for each request
	Methods     []string // nil: all
	Faults      []Fault  // nil: EveryFault()
}

// A Workspace is one Slack workspace. Make one with NewWorkspace or New.
type Workspace struct {
	opts Options
	now  func() time.Time
	done chan struct{} // closed by Close: silence ends

	mu         sync.Mutex
	revoked    bool
	channels   []*channelState
	lastTS     int64 // microseconds
	lastID     int
	faults     map[string][]Fault
	chaos      *rand.Rand
	requests   []*Request
	violations []string
	waits      map[string]wait // that a Retry-After asked for, by method and channel

	appRevoked bool
	opens      bucket               // of apps.connections.open
	tickets    map[string]time.Time // when each was issued
	sockets    []*socket            // that are open
	turn       int                  // which of them was the last to get an envelope
	deliveries []*Delivery
	hooks      map[string]*hook // by the last part of their address
	ephemerals []Ephemeral
	changed    chan struct{} // closed by the next change
}

// A wait is from the answer that asks for it until its end.
type wait struct{ told, until time.Time }

// A channelState is a channel with its messages, oldest first.
type channelState struct {
	Channel
	messages []*Posted
	pace     bucket
}

// A bucket lets a number through at once, and then one now and again.
type bucket struct {
	tokens   float64
	refilled time.Time
}

// take says how long the next must wait, in whole seconds; 0: it was let through.
func (b *bucket) take(at time.Time, every time.Duration, burst int) time.Duration {
	b.tokens = min(b.tokens+float64(at.Sub(b.refilled))/float64(every), float64(burst))
	b.refilled = at
	if b.tokens < 1 {
		missing := time.Duration((1 - b.tokens) * float64(every))
		return time.Duration(math.Ceil(missing.Seconds())) * time.Second
	}
	b.tokens--
	return 0
}

// NewWorkspace makes a workspace that does not listen; see New.
func NewWorkspace(opts Options) *Workspace {
	if opts.Token == "" {
		opts.Token = DefaultToken
	}
	if opts.AppToken == "" {
		opts.AppToken = DefaultAppToken
	}
	if opts.Scopes == nil {
		opts.Scopes = []string{"chat:write", "chat:write.public", "channels:history", "groups:history", "channels:read", "groups:read", "commands"}
	}
	if opts.Channels == nil {
		opts.Channels = []Channel{
			{ID: "C0ALERTS", Name: "news-alerts", Member: true},
			{ID: "C0OPS", Name: "news-ops", Member: true},
		}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Pace == 0 {
		opts.Pace = time.Second
	}
	if opts.Burst == 0 {
		opts.Burst = 5
	}
	w := &Workspace{
		opts: opts, now: opts.Now, done: make(chan struct{}),
		faults: map[string][]Fault{}, waits: map[string]wait{},
		tickets: map[string]time.Time{}, hooks: map[string]*hook{}, changed: make(chan struct{}),
	}
	w.opens = bucket{tokens: opensBurst, refilled: w.now()}
	for _, c := range opts.Channels {
		w.channels = append(w.channels, &channelState{Channel: c, pace: bucket{float64(opts.Burst), w.now()}})
	}
	w.chaos = rand.New(rand.NewPCG(opts.Chaos.Seed, 0))
	return w
}

// SetChannel adds a channel, or changes the one with its ID; its messages stay.
func (w *Workspace) SetChannel(c Channel) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if have := w.byID(c.ID); have != nil {
		have.Channel = c
		return
	}
	w.channels = append(w.channels, &channelState{Channel: c, pace: bucket{float64(w.opts.Burst), w.now()}})
}

// SetRevoked revokes the token, or gives it back.
func (w *Workspace) SetRevoked(revoked bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.revoked = revoked
}

// SetLag changes how old a message must be for history to show it.
func (w *Workspace) SetLag(lag time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opts.Lag = lag
}

// SetChaos starts drawing faults anew, or ends it.
func (w *Workspace) SetChaos(chaos Chaos) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opts.Chaos = chaos
	w.chaos = rand.New(rand.NewPCG(chaos.Seed, 0))
}

// byID finds a channel by its ID.
func (w *Workspace) byID(id string) *channelState {
	i := slices.IndexFunc(w.channels, func(c *channelState) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return w.channels[i]
}

// find finds a channel by ID or, as chat.postMessage does, by name.
func (w *Workspace) find(nameOrID string) *channelState {
	if c := w.byID(nameOrID); c != nil {
		return c
	}
	name := strings.TrimPrefix(nameOrID, "#")
	i := slices.IndexFunc(w.channels, func(c *channelState) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return w.channels[i]
}

// message finds a message by its ts.
func (c *channelState) message(ts string) *Posted {
	i := slices.IndexFunc(c.messages, func(p *Posted) bool { return p.TS == ts && !p.Deleted })
	if i < 0 {
		return nil
	}
	return c.messages[i]
}

// nextTS is the present as a ts that no other message has.
func (w *Workspace) nextTS() string {
	w.lastTS = max(w.lastTS+1, w.now().UnixMicro())
	return fmt.Sprintf("%d.%06d", w.lastTS/1e6, w.lastTS%1e6)
}

// newID is the name of something that no other thing has. The lock is held.
func (w *Workspace) newID(kind string) string {
	w.lastID++
	return fmt.Sprintf("%s-%04d", kind, w.lastID)
}

// has says whether the token has a scope.
func (w *Workspace) has(scope string) bool { return slices.Contains(w.opts.Scopes, scope) }
