package feed

import (
	"hash/maphash"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"newswatch/monitor"
)

// Limits of a fetch, unless Options says otherwise.
const (
	defaultTimeout  = 20 * time.Second
	defaultMaxBytes = 10 << 20
	defaultSpacing  = time.Second
	maxHeaderBytes  = 64 << 10
	maxRedirects    = 5
)

// Options of a Reader. The zero value reads public addresses only, without a
// proxy, within the default limits.
type Options struct {
	AllowPrivate []netip.Prefix // special-purpose addresses that feeds may live on
	Proxy        *url.URL       // nil: none, whatever the environment says
	UserAgent    string         // "": "newswatch"
	HostSpacing  time.Duration  // longest rest of a host between requests; 0: 1 s, negative: none
	Timeout      time.Duration  // of a whole fetch, redirects and body included; 0: 20 s
	MaxBytes     int64          // of a body, decompressed; 0: 10 MiB
	Now          func() time.Time
}

// A Reader fetches and parses feeds. It implements monitor.Reader and is safe
// for concurrent use.
type Reader struct {
	options   Options
	guard     *guard
	turns     *turns
	transport *http.Transport
	seed      maphash.Seed // of imprints
	scratch   scratch
}

var _ monitor.Reader = (*Reader)(nil)

// NewReader makes a Reader. Close it when it is no longer needed.
func NewReader(options Options) *Reader {
	if options.UserAgent == "" {
		options.UserAgent = "newswatch"
	}
	if options.HostSpacing == 0 {
		options.HostSpacing = defaultSpacing
	}
	if options.Timeout == 0 {
		options.Timeout = defaultTimeout
	}
	if options.MaxBytes == 0 {
		options.MaxBytes = defaultMaxBytes
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	r := &Reader{
		options: options,
		guard:   newGuard(options.AllowPrivate),
		turns:   &turns{spacing: max(options.HostSpacing, 0), hosts: make(map[string]*host)},
		seed:    maphash.MakeSeed(),
	}
	r.transport = &http.Transport{
		DialContext:            r.guard.dial,
		DisableCompression:     true, // asked for and undone in body.go, under the cap
		MaxResponseHeaderBytes: maxHeaderBytes,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    options.Timeout + time.Second, // the fetch's own limit comes first
		// A connection outlives its fetch for the next feed of the same host,
		// not for the next poll: a thousand feeds would hold a thousand idle.
		MaxIdleConns:        64,
		MaxIdleConnsPerHost: 1,
		IdleConnTimeout:     15 * time.Second,
	}
	if options.Proxy != nil {
		// The proxy is the operator's own and usually on a private address. It
		// looks names up itself, so hosts are judged before the request instead.
		r.transport.Proxy = http.ProxyURL(options.Proxy)
		r.transport.DialContext = (&net.Dialer{}).DialContext
	}
	return r
}

// Close ends the connections that wait for another request.
func (r *Reader) Close() { r.transport.CloseIdleConnections() }
