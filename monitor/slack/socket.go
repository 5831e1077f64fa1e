package slack

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"newswatch/monitor"
)

// DefaultConnections are two: one may be about to end, or dead and not noticed
// yet, while the other takes what comes. Slack allows an app ten.
const (
	DefaultConnections = 2
	maxConnections     = 10
)

// How connections are renewed.
const (
	firstRetry   = time.Second     // doubled with each failure
	lastRetry    = 4 * time.Second // people wait; where Slack finds it too often it says so
	refusedRetry = time.Minute     // where Slack said no: somebody has to do something
	settledAfter = time.Second     // a connection that ends sooner counts as a failure
	quietOutage  = 5 * time.Minute // nobody is told of one that is shorter
	stopLimit    = 3 * time.Second // for what is being done when Run ends
)

// SocketOptions say how to keep Socket Mode. AppToken and Desk are needed.
type SocketOptions struct {
	AppToken    monitor.Secret // app-level, with the scope connections:write
	APIURL      string         // "": https://slack.com/api/
	Desk        monitor.Desk
	Connections int // at a time; 0: DefaultConnections, at most 10
	// Trouble is told, in one line and once, what keeps clicks and commands from
	// arriving, and "" when they arrive, the first time too. Where it fails it is
	// told again. nil: only the log is.
	Trouble func(ctx context.Context, what string) error
	Log     *slog.Logger     // nil: nothing is logged
	Now     func() time.Time // nil: time.Now
	// Dial connects to Slack. nil: a net.Dialer does. There is no proxy.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// A Socket takes what people click and type in Slack to the Desk, and its
// answers back, by Socket Mode, which needs no public address.
//
// It is not slack-go's, which ends a connection before it opens the next when
// Slack asks for that, takes up to a minute to notice a dead one, waits up to
// five minutes before it connects again, gives up for good when a token is
// refused, and uses the environment's proxy.
type Socket struct {
	opts      SocketOptions
	api       *Sender // asks with the app-level token
	transport *http.Transport
	tasks     *tasks

	mu       sync.Mutex
	open     int       // connections
	lastOpen time.Time // when there was one

	telling sync.Mutex
	told    string // cause that Trouble was told of last
}

// Causes of trouble that are no code of Slack.
const (
	unknownYet = "unknown" // before the first connection
	outOfReach = "unreached"
)

// NewSocket makes a Socket. It does nothing before it runs.
func NewSocket(opts SocketOptions) *Socket {
	if opts.Connections == 0 {
		opts.Connections = DefaultConnections
	}
	opts.Connections = min(opts.Connections, maxConnections)
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Dial == nil {
		opts.Dial = (&net.Dialer{Timeout: handshakeLimit}).DialContext
	}
	s := &Socket{opts: opts, told: unknownYet, tasks: newTasks(), transport: &http.Transport{
		DialContext: opts.Dial, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: handshakeLimit,
	}}
	s.api = New(Options{Token: opts.AppToken, APIURL: opts.APIURL, HTTPClient: &http.Client{Transport: s.transport}})
	s.api.bearer = true
	return s
}

// Run keeps the connections until ctx is done. Then it finishes what it was
// doing, in a few seconds at most, and leaves nothing behind.
func (s *Socket) Run(ctx context.Context) {
	defer s.transport.CloseIdleConnections()
	work, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	s.lastOpen = time.Now()
	var lines, reading sync.WaitGroup
	for range s.opts.Connections {
		lines.Go(func() { s.keep(ctx, work, &reading) })
	}
	lines.Wait()
	reading.Wait()
	limit := time.AfterFunc(stopLimit, abandon)
	defer limit.Stop()
	s.tasks.group.Wait()
}

// keep keeps one connection. When Slack is about to end it, the next is opened
// first, and the old one read for as long as it lasts.
func (s *Socket) keep(ctx, work context.Context, reading *sync.WaitGroup) {
	for failures := 0; ; {
		began := time.Now()
		c, err := s.connect(ctx)
		if err == nil {
			s.count(+1)
			reading.Go(func() {
				c.serve(ctx, func(e envelope) { s.attend(work, c, e) })
				s.count(-1)
			})
			s.tell(ctx, "", "")
			select {
			case <-c.leaving:
			case <-c.ended:
			}
			err = c.reason()
		}
		if ctx.Err() != nil {
			return
		}
		failures++
		if time.Since(began) >= settledAfter {
			failures = 0
		}
		if !pause(ctx, s.wait(ctx, err, failures)) {
			return
		}
	}
}

// wait says how long to wait after a connection that ended or did not come
// about, and tells of what somebody has to mend.
func (s *Socket) wait(ctx context.Context, err error, failures int) time.Duration {
	if limited, ok := errors.AsType[*monitor.RateLimited](err); ok {
		return limited.RetryAfter
	}
	if refused, ok := errors.AsType[*socketRefused](err); ok {
		s.tell(ctx, refused.reason, refused.Error())
		return refusedRetry
	}
	s.opts.Log.Debug("a connection to Slack ended", "reason", err)
	s.mu.Lock()
	out := s.open == 0 && time.Since(s.lastOpen) >= quietOutage
	s.mu.Unlock()
	if out {
		s.tell(ctx, outOfReach, "no connection to Slack: "+err.Error())
	}
	if failures == 0 {
		return 0
	}
	return min(firstRetry<<min(failures-1, 10), lastRetry)
}

// count counts connections.
func (s *Socket) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open += n
	s.lastOpen = time.Now()
}

// tell tells of a cause of trouble, once; "": there is none.
func (s *Socket) tell(ctx context.Context, cause, what string) {
	s.telling.Lock()
	defer s.telling.Unlock()
	if s.told == cause {
		return
	}
	switch {
	case cause != "":
		s.opts.Log.Error("buttons and commands do not work", "reason", what, "retry", refusedRetry.String())
	case s.told == unknownYet:
		s.opts.Log.Info("connected to Slack for buttons and commands")
	default:
		s.opts.Log.Info("buttons and commands work again")
	}
	if s.opts.Trouble != nil {
		if err := s.opts.Trouble(ctx, what); err != nil {
			s.opts.Log.Error("nobody was told of the connection to Slack", "error", err)
			return
		}
	}
	s.told = cause
}

// pause waits, and says whether it was to the end.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
