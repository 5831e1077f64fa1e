package feed_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Example</title><item><title>Bridge</title></item></channel></rss>`

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func newReader(t *testing.T, options feed.Options) *feed.Reader {
	t.Helper()
	if options.AllowPrivate == nil {
		options.AllowPrivate = loopback
	}
	options.HostSpacing, options.Now = -1, today
	reader := feed.NewReader(options)
	t.Cleanup(reader.Close)
	return reader
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func at(url string) monitor.Feed { return monitor.Feed{Name: "Example", URL: url} }

// fault is the error of a fetch that must fail.
func fault(t *testing.T, reader *feed.Reader, source monitor.Feed) *monitor.FeedError {
	t.Helper()
	page, err := reader.Fetch(context.Background(), source, monitor.Validators{})
	var fault *monitor.FeedError
	if !errors.As(err, &fault) {
		t.Fatalf("Fetch = %d bytes, error %v, want a *monitor.FeedError", len(page.Body), err)
	}
	return fault
}

func TestFetchAsksForAFeed(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for name, want := range map[string]string{
			"User-Agent": "newswatch test", "Accept-Encoding": "gzip", "X-Key": "canary", "Referer": "", "Cookie": "",
			"Authorization": "", "If-None-Match": "", "If-Modified-Since": "",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if !strings.Contains(r.Header.Get("Accept"), "application/rss+xml") {
			t.Errorf("Accept: %q", r.Header.Get("Accept"))
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", "Sun, 27 Sep 2026 10:00:00 GMT")
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Header().Set("Age", "100")
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, rss)
	})
	source := at(server.URL + "/rss#fragment")
	source.Headers = map[string]monitor.Secret{"X-Key": monitor.NewSecret("canary")}
	page, err := newReader(t, feed.Options{UserAgent: "newswatch test"}).Fetch(context.Background(), source, monitor.Validators{})
	if err != nil {
		t.Fatal(err)
	}
	if string(page.Body) != rss || page.NotModified || page.ContentType != "text/xml" || page.MaxAge != 200*time.Second {
		t.Errorf("page %+v", page)
	}
	if page.Validators.ETag != `"1"` || page.Validators.LastModified == "" || page.Validators.BodyHash == "" {
		t.Errorf("validators %+v", page.Validators)
	}
}

func TestFeedsOwnHeadersReplaceOurs(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != "Their own" || r.Header.Get("Accept") != "text/xml" || len(r.Header.Values("User-Agent")) != 1 {
			t.Errorf("headers %v", r.Header)
		}
		io.WriteString(w, rss)
	})
	source := at(server.URL)
	source.Headers = map[string]monitor.Secret{"user-agent": monitor.NewSecret("Their own"), "Accept": monitor.NewSecret("text/xml")}
	if _, err := newReader(t, feed.Options{}).Fetch(context.Background(), source, monitor.Validators{}); err != nil {
		t.Error(err)
	}
}

func TestFetchOfUnchangedPage(t *testing.T) {
	var conditional bool // the server honours validators
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if conditional && r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, rss)
	})
	reader := newReader(t, feed.Options{})
	first, err := reader.Fetch(context.Background(), at(server.URL), monitor.Validators{})
	if err != nil {
		t.Fatal(err)
	}
	for name, honours := range map[string]bool{"answered with 304": true, "sent again": false} {
		t.Run(name, func(t *testing.T) {
			conditional = honours
			page, err := reader.Fetch(context.Background(), at(server.URL), first.Validators)
			if err != nil || !page.NotModified || page.Body != nil || page.Validators != first.Validators {
				t.Errorf("page %+v, error %v", page, err)
			}
		})
	}
}

func TestFetchReadsGzip(t *testing.T) {
	for name, test := range map[string]struct {
		header string
		body   []byte
	}{
		"declared":             {"gzip", zip([]byte(rss))},
		"declared as x-gzip":   {"X-GZip", zip([]byte(rss))},
		"twice, declared":      {"gzip, gzip", zip(zip([]byte(rss)))},
		"twice, declared once": {"gzip", zip(zip([]byte(rss)))},
		"undeclared":           {"", zip([]byte(rss))},
		"in two members":       {"gzip", append(zip([]byte(rss[:20])), zip([]byte(rss[20:]))...)},
		"not at all":           {"identity", []byte(rss)},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", test.header)
				w.Write(test.body)
			})
			page, err := newReader(t, feed.Options{}).Fetch(context.Background(), at(server.URL), monitor.Validators{})
			if err != nil || string(page.Body) != rss {
				t.Errorf("body %q, error %v", page.Body, err)
			}
		})
	}
}

func zip(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}

func TestFetchFaults(t *testing.T) {
	bomb := zip(bytes.Repeat([]byte(" "), 11<<20))
	for name, test := range map[string]struct {
		answer         http.HandlerFunc
		reason, detail string
		retryAfter     time.Duration
	}{
		"not found":                     {status(404, ""), "status", "404 Not Found", 0},
		"gone":                          {status(410, ""), "status", "410 Gone", 0},
		"forbidden":                     {status(403, ""), "status", "403 Forbidden", 0},
		"server error":                  {status(500, ""), "status", "500 Internal Server Error", 0},
		"made-up code":                  {status(599, ""), "status", "599", 0},
		"no content":                    {status(204, ""), "status", "204 No Content", 0},
		"unconditional not modified":    {status(304, ""), "status", "304 Not Modified", 0},
		"throttled, in seconds":         {status(429, "120"), "throttled", "429 Too Many Requests", 2 * time.Minute},
		"throttled, by date":            {status(429, "Sat, 21 Nov 2026 12:10:00 GMT"), "throttled", "429 Too Many Requests", 10 * time.Minute},
		"throttled, in the past":        {status(429, "Sat, 21 Nov 2020 12:10:00 GMT"), "throttled", "429 Too Many Requests", 0},
		"throttled for ever":            {status(503, "99999999999999999999"), "status", "503 Service Unavailable", 24 * time.Hour},
		"throttled, unsaid":             {status(429, "soon"), "throttled", "429 Too Many Requests", 0},
		"too large":                     {write(bytes.Repeat([]byte(" "), 11<<20), ""), "too-large", "more than 10485760 bytes decompressed", 0},
		"too large when decompressed":   {write(bomb, "gzip"), "too-large", "more than 10485760 bytes decompressed", 0},
		"too large, twice compressed":   {write(zip(bomb), "gzip, gzip"), "too-large", "more than 10485760 bytes decompressed", 0},
		"brotli":                        {write([]byte("x"), "br"), "encoding", `Content-Encoding "br", though only gzip was asked for`, 0},
		"zstd within gzip":              {write([]byte("x"), "zstd, gzip"), "encoding", `Content-Encoding "zstd", though only gzip was asked for`, 0},
		"gzip that is none":             {write([]byte(rss), "gzip"), "connection", "decompress body: gzip: invalid header", 0},
		"gzip cut off":                  {write(zip([]byte(rss))[:40], "gzip"), "connection", "connection closed before the whole answer was read", 0},
		"headers too large":             {manyHeaders, "too-large", "more than 65536 bytes of headers", 0},
		"shorter than declared":         {cutShort, "connection", "connection closed before the whole answer was read", 0},
		"dropped":                       {drop, "connection", "connection closed before the whole answer was read", 0},
		"redirect to nowhere":           {status(302, ""), "redirect", "302 to nowhere that can be fetched", 0},
		"redirect to a file":            {redirect("file:///etc/passwd"), "redirect", "302 to nowhere that can be fetched", 0},
		"redirect to itself":            {redirect("/feed"), "redirect", "the redirects lead back to", 0},
		"redirect to a private address": {redirect("http://10.0.0.1/"), "blocked", "10.0.0.1 is not a public address", 0},
		"redirect to metadata":          {redirect("http://[::ffff:169.254.169.254]/"), "blocked", "169.254.169.254 is not a public address", 0},
		"redirect to a local name":      {redirect("http://metadata.google.internal/"), "blocked", "metadata.google.internal is a name of this machine's own network", 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, test.answer)
			got := fault(t, newReader(t, feed.Options{}), at(server.URL+"/feed"))
			if got.Reason != test.reason || !strings.HasPrefix(got.Detail, test.detail) || got.RetryAfter != test.retryAfter {
				t.Errorf("fault %q %q after %v, want %q %q after %v", got.Reason, got.Detail, got.RetryAfter, test.reason, test.detail, test.retryAfter)
			}
			if strings.Contains(got.Detail+got.Hint, "\n") {
				t.Errorf("more than one line: %q %q", got.Detail, got.Hint)
			}
		})
	}
}

func status(code int, retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
	}
}

func write(body []byte, encoding string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", encoding)
		w.Write(body)
	}
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

func manyHeaders(w http.ResponseWriter, _ *http.Request) {
	for i := range 200 {
		w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 1000))
	}
	io.WriteString(w, rss)
}

func cutShort(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	io.WriteString(w, rss)
}

func drop(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

func TestFetchOfWhatCannotBeReached(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	private := serve(t, write([]byte(rss), ""))
	tls := httptest.NewUnstartedServer(nil)
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	t.Cleanup(tls.Close)

	for name, test := range map[string]struct {
		url            string
		allow          []netip.Prefix
		reason, detail string
	}{
		"nobody listens":       {closed.URL, loopback, "refused", "connection refused"},
		"private, not allowed": {private.URL, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "blocked", "127.0.0.1 is not a public address"},
		"unknown host":         {"http://no-such-host.invalid/", loopback, "dns", ""},
		"certificate unknown":  {tls.URL, loopback, "tls", ""},
		"TLS asked of plain":   {strings.Replace(private.URL, "http:", "https:", 1), loopback, "tls", ""},
		"no address":           {"nonsense", loopback, "address", "the url is no http or https address"},
		"a file":               {"file:///etc/passwd", loopback, "address", "the url is no http or https address"},
	} {
		t.Run(name, func(t *testing.T) {
			got := fault(t, newReader(t, feed.Options{AllowPrivate: test.allow}), at(test.url))
			if got.Reason != test.reason || !strings.Contains(got.Detail, test.detail) || got.Detail == "" {
				t.Errorf("fault %q %q, want %q %q", got.Reason, got.Detail, test.reason, test.detail)
			}
		})
	}
	t.Run("blocked names the way out", func(t *testing.T) {
		got := fault(t, feed.NewReader(feed.Options{}), at(private.URL))
		if !strings.Contains(got.Hint, "network.allow_private") {
			t.Errorf("hint %q", got.Hint)
		}
	})
}

// A visitor is what a server saw of a request's secrets.
type visitor struct{ path, key, user, referer, cookie string }

func TestRedirectsLeaveSecretsAtHome(t *testing.T) {
	var seen []visitor
	record := func(r *http.Request) {
		user, password, _ := r.BasicAuth()
		seen = append(seen, visitor{r.URL.Path, r.Header.Get("X-Key"), user + ":" + password, r.Referer(), r.Header.Get("Cookie")})
	}
	var home *httptest.Server
	away := serve(t, func(w http.ResponseWriter, r *http.Request) {
		record(r)
		if r.URL.Path == "/to-home" {
			http.Redirect(w, r, home.URL+"/end", http.StatusFound)
			return
		}
		io.WriteString(w, rss)
	})
	home = serve(t, func(w http.ResponseWriter, r *http.Request) {
		record(r)
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "canary"})
		switch r.URL.Path {
		case "/same":
			http.Redirect(w, r, "/end", http.StatusMovedPermanently)
		case "/away":
			http.Redirect(w, r, strings.Replace(away.URL, "http://", "http://evil:pw@", 1)+"/end", http.StatusTemporaryRedirect)
		case "/there-and-back":
			http.Redirect(w, r, away.URL+"/to-home", http.StatusPermanentRedirect)
		default:
			io.WriteString(w, rss)
		}
	})
	for path, want := range map[string][]bool{ // whether each request carries the secrets
		"/same":           {true, true},
		"/away":           {true, false},
		"/there-and-back": {true, false, false},
	} {
		t.Run(path, func(t *testing.T) {
			seen = nil
			source := at(strings.Replace(home.URL, "http://", "http://me:canary@", 1) + path)
			source.Headers = map[string]monitor.Secret{"X-Key": monitor.NewSecret("canary")}
			page, err := newReader(t, feed.Options{}).Fetch(context.Background(), source, monitor.Validators{})
			if err != nil || len(seen) != len(want) {
				t.Fatalf("%d requests, want %d; error %v", len(seen), len(want), err)
			}
			if strings.Contains(page.URL, "canary") || !strings.HasSuffix(page.URL, "/end") {
				t.Errorf("page's URL %q", page.URL)
			}
			for i, visitor := range seen {
				key, user := "", ":"
				if want[i] {
					key, user = "canary", "me:canary"
				}
				if visitor.key != key || visitor.user != user || visitor.referer != "" || visitor.cookie != "" {
					t.Errorf("request %d to %s: %+v", i, visitor.path, visitor)
				}
			}
		})
	}
}

func TestRedirectsAreCounted(t *testing.T) {
	requests := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		http.Redirect(w, r, fmt.Sprintf("/%d", requests), http.StatusFound)
	})
	if got := fault(t, newReader(t, feed.Options{}), at(server.URL)); got.Reason != "redirect" || requests != 6 {
		t.Errorf("%q after %d requests", got.Detail, requests)
	}
}

func TestRedirectFromTLSToPlainIsRefused(t *testing.T) {
	plain := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the plain server was asked") })
	secure := httptest.NewTLSServer(redirect(plain.URL))
	t.Cleanup(secure.Close)
	reader := newReader(t, feed.Options{})
	feed.TrustCertificate(reader, secure.Certificate())
	if got := fault(t, reader, at(secure.URL)); got.Reason != "redirect" || got.Detail != "redirected from https to plain http" {
		t.Errorf("fault %q %q", got.Reason, got.Detail)
	}
}

func TestErrorsHoldNoSecrets(t *testing.T) {
	const canary = "c4n4ry-s3cret"
	closed := httptest.NewServer(nil)
	closed.Close()
	bad := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "http://10.0.0.1/?token="+canary)
		w.WriteHeader(http.StatusFound)
	})
	for _, address := range []string{
		closed.URL + "/?token=" + canary,
		strings.Replace(closed.URL, "http://", "http://me:"+canary+"@", 1),
		"http://no-such-host.invalid/?token=" + canary,
		"http://[" + canary + "]/",
		"http://example.org:port/?" + canary,
		"gopher://me:" + canary + "@example.org/",
		bad.URL,
	} {
		source := at(address)
		source.Headers = map[string]monitor.Secret{"X-Key": monitor.NewSecret(canary), "Bad Name": monitor.NewSecret(canary)}
		got := fault(t, newReader(t, feed.Options{}), source)
		if all := fmt.Sprintf("%v %+v %#v %v", got, got.Hint, got.Detail, got.Unwrap()); strings.Contains(all, canary) {
			t.Errorf("%q shows the secret", all)
		}
	}
}

func TestEnvironmentsProxyIsIgnored(t *testing.T) {
	proxy := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	server := serve(t, write([]byte(rss), ""))
	if _, err := newReader(t, feed.Options{}).Fetch(context.Background(), at(server.URL), monitor.Validators{}); err != nil {
		t.Error(err)
	}
	if got := fault(t, feed.NewReader(feed.Options{}), at("http://169.254.169.254/latest/")); got.Reason != "blocked" {
		t.Errorf("fault %q %q", got.Reason, got.Detail)
	}
}

func TestConfiguredProxyIsAsked(t *testing.T) {
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.String() != "http://feeds.example.invalid/rss" {
			t.Errorf("the proxy was asked for %s", r.URL)
		}
		io.WriteString(w, rss)
	})
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	reader := feed.NewReader(feed.Options{Proxy: address, HostSpacing: -1})
	t.Cleanup(reader.Close)
	page, err := reader.Fetch(context.Background(), at("http://feeds.example.invalid/rss"), monitor.Validators{})
	if err != nil || string(page.Body) != rss {
		t.Errorf("body %q, error %v", page.Body, err)
	}
	for _, hidden := range []string{"http://169.254.169.254/", "http://localhost/", "http://[::ffff:10.0.0.1]/"} {
		if got := fault(t, reader, at(hidden)); got.Reason != "blocked" {
			t.Errorf("%s: fault %q %q", hidden, got.Reason, got.Detail)
		}
	}
}

func TestTimeLimitEndsSlowAnswers(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	for name, answer := range map[string]http.HandlerFunc{
		"silent": func(_ http.ResponseWriter, r *http.Request) { waitFor(stop, r) },
		"silent in the middle": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, rss[:50])
			w.(http.Flusher).Flush()
			waitFor(stop, r)
		},
		"for ever": func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, " "); err != nil {
					return
				}
				w.(http.Flusher).Flush()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, answer)
			got := fault(t, newReader(t, feed.Options{Timeout: 50 * time.Millisecond}), at(server.URL))
			if got.Reason != "timeout" || got.Detail != "no whole answer within 50ms" {
				t.Errorf("fault %q %q", got.Reason, got.Detail)
			}
		})
	}
}

func waitFor(stop <-chan struct{}, r *http.Request) {
	select {
	case <-stop:
	case <-r.Context().Done():
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := newReader(t, feed.Options{}).Fetch(ctx, at(server.URL), monitor.Validators{})
	var got *monitor.FeedError
	if !errors.As(err, &got) || got.Reason != "cancelled" || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestOneRequestAtATimePerHost(t *testing.T) {
	const feeds = 20
	busy := make(chan struct{}, 1)
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		select {
		case busy <- struct{}{}:
		default:
			t.Error("two requests at once")
		}
		io.WriteString(w, rss)
		<-busy
	})
	reader := newReader(t, feed.Options{})
	done := make(chan error)
	for i := range feeds {
		go func() {
			_, err := reader.Fetch(context.Background(), at(fmt.Sprintf("%s/%d", server.URL, i)), monitor.Validators{})
			done <- err
		}()
	}
	for range feeds {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestHangingHostDelaysNoOther(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	hanging := serve(t, func(_ http.ResponseWriter, r *http.Request) { waitFor(stop, r) })
	sound := serve(t, write([]byte(rss), ""))
	reader := newReader(t, feed.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range 5 {
		go reader.Fetch(ctx, at(hanging.URL), monitor.Validators{})
	}
	if _, err := reader.Fetch(ctx, at(sound.URL), monitor.Validators{}); err != nil {
		t.Error(err)
	}
}

func TestForbiddenAddressIsNotDialledHoweverItIsWritten(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was dialled") })
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "localhost", "a.localhost"} {
		got := fault(t, feed.NewReader(feed.Options{}), at("http://"+host+":"+port+"/"))
		if got.Reason != "blocked" && got.Reason != "dns" {
			t.Errorf("%s: fault %q %q", host, got.Reason, got.Detail)
		}
	}
}
