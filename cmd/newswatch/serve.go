package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"newswatch/monitor/config"
)

// Limits of the health server: it answers probes and a scraper, nobody else.
const (
	headerLimit   = 10 * time.Second
	answerLimit   = 30 * time.Second
	serverHeaders = 16 << 10
	closingLimit  = 2 * time.Second
	readyLimit    = 4 * time.Second // a store that takes longer to answer takes no writes
	aliveWithin   = time.Minute     // the worker's loop turns at least every 10 s
)

type server struct {
	http     *http.Server
	listener net.Listener
}

// listen takes the address for health and metrics.
func (b *bot) listen(address string) (*server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, &failure{code: exitFailed, err: fmt.Errorf("listen for health and metrics: %w", err),
			hint: `http.listen in config.yaml names another address; "" turns it off`}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", b.healthz)
	mux.HandleFunc("GET /readyz", b.readyz)
	mux.Handle("GET /metrics", b.metrics.handler())
	return &server{listener: listener, http: &http.Server{
		Handler: mux, ReadHeaderTimeout: headerLimit, ReadTimeout: headerLimit, WriteTimeout: answerLimit,
		IdleTimeout: answerLimit, MaxHeaderBytes: serverHeaders,
	}}, nil
}

// serve answers until ctx is done.
func (s *server) serve(ctx context.Context) error {
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closingLimit)
		defer cancel()
		stopped <- s.http.Shutdown(closing)
	})
	defer stop()
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("health and metrics: %w", err)
	}
	return <-stopped
}

// A door is where health and metrics are asked for. It moves with http.listen.
type door struct {
	broken  func() // called when a server ends by itself
	shut    context.CancelFunc
	serving sync.WaitGroup

	mu  sync.Mutex
	err error // why one did
}

// open answers by another server from now on; nil: no more.
func (d *door) open(ctx context.Context, s *server) {
	if d.shut != nil {
		d.shut()
		d.shut = nil
	}
	if s == nil {
		return
	}
	ctx, d.shut = context.WithCancel(ctx)
	d.serving.Go(func() {
		if err := s.serve(ctx); err != nil {
			d.mu.Lock()
			d.err = errors.Join(d.err, err)
			d.mu.Unlock()
			d.broken()
		}
	})
}

// wait waits until nobody is answered any more, and says what went wrong.
func (d *door) wait() error {
	d.serving.Wait()
	return d.err
}

// listenAnew takes the address of a configuration that names another than the
// one in force. The server is nil where nothing has to be taken.
func (b *bot) listenAnew(next *config.Config) (*server, *config.Fault) {
	if next.Listen == b.cfg.Listen || next.Listen == "" {
		return nil, nil
	}
	server, err := b.listen(next.Listen)
	if err != nil {
		if name := (*net.DNSError)(nil); errors.As(err, &name) {
			err = errors.New(name.Err)
		} else if system := (*os.SyscallError)(nil); errors.As(err, &system) {
			err = system.Err
		}
		fault := next.Fault("listen", fmt.Sprintf("cannot listen on %s: %v", next.Listen, err), "name another port")
		return nil, &fault
	}
	return server, nil
}

// healthz says whether the process does anything; it does not depend on
// feeds, Slack or the disk, which a restart would not mend.
func (b *bot) healthz(w http.ResponseWriter, _ *http.Request) {
	if last := b.metrics.lastTick(); time.Since(last) > aliveWithin {
		http.Error(w, "the worker stands still since "+last.UTC().Format(time.RFC3339), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

// readyz says whether newswatch can do its work: it has started, the store
// takes writes, and nothing keeps delivery as a whole from working, or the
// operator from hearing of it in Slack.
func (b *bot) readyz(w http.ResponseWriter, r *http.Request) {
	if b.metrics.lastTick().IsZero() {
		http.Error(w, "starting", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyLimit)
	defer cancel()
	if err := b.store.Ready(ctx); err != nil {
		http.Error(w, "the store takes no writes", http.StatusServiceUnavailable)
		if r.Context().Err() == nil && !b.storeIll.Swap(true) {
			b.log.Error("store takes no writes", "error", err)
		}
		return
	}
	if b.storeIll.Swap(false) {
		b.log.Info("store takes writes")
	}
	if ill := b.worker.Deliverer.Ill(); len(ill) > 0 {
		lines := make([]string, len(ill))
		for i, trouble := range ill {
			lines[i] = fmt.Sprintf("%s (since %s)", plainLine(trouble.What), trouble.Since.UTC().Format(time.RFC3339))
		}
		http.Error(w, strings.Join(lines, "\n"), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}
