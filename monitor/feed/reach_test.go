package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"newswatch/monitor"
)

// An internet is what a reader of a test can reach: names with addresses, and
// one public site.
type internet struct {
	names map[string][]string // beside site.example
	serve http.HandlerFunc    // what site.example answers
}

// reader reads that internet. Whatever it dials but the site fails the test
// unless the guard refuses it.
func (n *internet) reader(t *testing.T, options Options) *Reader {
	t.Helper()
	site := httptest.NewServer(n.serve)
	t.Cleanup(site.Close)
	options.HostSpacing = -1
	r := NewReader(options)
	t.Cleanup(r.Close)
	r.guard.resolver = nameServer(t, func(name string) []string {
		if name == "site.example." {
			return []string{"93.184.215.14"}
		}
		return n.names[strings.TrimSuffix(name, ".")]
	})
	if options.Proxy == nil {
		r.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == "site.example:80" {
				if err := r.guard.checkHost(ctx, "site.example"); err != nil {
					return nil, err
				}
				return new(net.Dialer).DialContext(ctx, network, site.Listener.Addr().String())
			}
			conn, err := r.guard.dial(ctx, network, address)
			if _, ok := isBlocked(err); !ok {
				t.Errorf("%s was dialled: %v", address, err)
			}
			return conn, err
		}
	}
	return r
}

// refusal is why a fetch of an address failed.
func refusal(t *testing.T, r *Reader, address string) string {
	t.Helper()
	page, err := r.Fetch(context.Background(), monitor.Feed{Name: "Example", URL: address}, monitor.Validators{})
	var fault *monitor.FeedError
	if !errors.As(err, &fault) {
		t.Errorf("%s was fetched: %q", address, page.Body)
		return ""
	}
	return fault.Reason
}

// specialHosts are hosts that lead to special addresses: literally, by a
// name's A or AAAA record, and by one beside a public address.
func specialHosts(n *internet) []string {
	var hosts []string
	for i, address := range specialAddresses {
		literal := address
		if strings.Contains(address, ":") {
			literal = "[" + strings.Replace(address, "%", "%25", 1) + "]"
		}
		hosts = append(hosts, literal)
		if strings.Contains(address, "%") {
			continue
		}
		alone, mixed := fmt.Sprintf("alone-%d.example", i), fmt.Sprintf("mixed-%d.example", i)
		n.names[alone], n.names[mixed] = []string{address}, []string{"93.184.215.14", "2606:4700:4700::1111", address}
		hosts = append(hosts, alone, mixed)
	}
	return hosts
}

func TestSpecialAddressesAreReachedOnNoPath(t *testing.T) {
	n := &internet{names: map[string][]string{}}
	hosts := specialHosts(n)
	n.serve = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" { // of a site that names special addresses as its feeds
			for _, host := range strings.Fields(r.FormValue("hosts")) {
				fmt.Fprintf(w, `<html><link rel=alternate type="application/rss+xml" href="http://%s/feed.xml">`, host)
			}
			return
		}
		code := http.StatusNotFound // of a usual address of feeds
		fmt.Sscanf(r.URL.Path, "/%d", &code)
		w.Header().Set("Location", r.FormValue("to"))
		w.WriteHeader(code)
	}
	r := n.reader(t, Options{})
	for _, host := range hosts {
		t.Run(host+" as a feed", func(t *testing.T) {
			if got := refusal(t, r, "http://"+host+"/feed.xml"); got != reasonBlocked {
				t.Errorf("refused as %q", got)
			}
		})
		for _, code := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprintf("%s behind %d", host, code), func(t *testing.T) {
				to := url.QueryEscape("http://" + host + "/feed.xml")
				if got := refusal(t, r, fmt.Sprintf("http://site.example/%d?to=%s", code, to)); got != reasonBlocked {
					t.Errorf("refused as %q", got)
				}
			})
		}
	}
	for chunk := range chunks(hosts, maxCandidates-1) {
		t.Run("as feeds of a site: "+strings.Join(chunk, " "), func(t *testing.T) {
			page, err := r.Fetch(context.Background(), monitor.Feed{URL: "http://site.example/page?hosts=" + url.QueryEscape(strings.Join(chunk, " "))}, monitor.Validators{})
			if err != nil || len(page.Body) == 0 {
				t.Fatalf("page %q, error %v", page.Body, err)
			}
			if found := r.Discover(context.Background(), page); len(found) > 0 {
				t.Errorf("feeds %v", found)
			}
		})
	}
}

// chunks yields n of the values at a time.
func chunks(values []string, n int) func(func([]string) bool) {
	return func(yield func([]string) bool) {
		for len(values) > 0 && yield(values[:min(n, len(values))]) {
			values = values[min(n, len(values)):]
		}
	}
}

// oddHosts are ways to write a special address, or to hide one, that some
// resolver or parser takes for it.
var oddHosts = []string{
	"2130706433", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0177.0.0.1", "017700000001", "0x7f.0x0.0x0.0x1", "0", "0x0",
	"127.0.0.1.", "127.0.0.01", "１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "169.254.43518", "2852039166", "0xa9fea9fe",
	"[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[fe80::1%25lo]", "[::1%25]", "[64:ff9b::127.0.0.1]",
	"localhost", "LocalHost", "localhost.", "a.b.localhost", "ip6-localhost", "ｌocalhost",
	"metadata.google.internal", "metadata.google.internal.", "metadata", "METADATA.goog", "instance-data", "metadata.azure.internal",
	"site.example@127.0.0.1", "site.example:80@127.0.0.1", "site.example%40127.0.0.1", `site.example\@127.0.0.1`, `127.0.0.1\@site.example`,
	"site.example#@127.0.0.1:x", "site.example\t.127.0.0.1", "127.0.0.1%00.site.example", "127.0.0.1 ", " 127.0.0.1", "[127.0.0.1]", "[::1",
}

func TestOddAddressesAreReachedOnNoPath(t *testing.T) {
	n := &internet{serve: func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/302" { // where the part before an odd sign leads, if that is how it is read
			io.WriteString(w, "site.example itself")
			return
		}
		w.Header().Set("Location", r.FormValue("to"))
		w.WriteHeader(http.StatusFound)
	}}
	var proxied atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Hostname() == "site.example" {
			n.serve(w, r)
			return
		}
		proxied.Add(1)
		t.Errorf("the proxy was asked for %s", r.URL)
	}))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"} {
		t.Setenv(name, "http://127.0.0.1:9/") // nobody there: asking it would fail as "refused"
	}
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	for way, options := range map[string]Options{"directly": {}, "through a proxy": {Proxy: address}} {
		r := n.reader(t, options)
		for _, odd := range oddHosts {
			for _, target := range []string{"http://" + odd + "/feed.xml", "http://site.example/302?to=" + url.QueryEscape("http://"+odd+"/feed.xml"),
				"http://site.example/302?to=" + url.QueryEscape("//"+odd+"/feed.xml")} {
				t.Run(way+" "+target, func(t *testing.T) {
					page, err := r.Fetch(context.Background(), monitor.Feed{URL: target}, monitor.Validators{})
					if err == nil && string(page.Body) != "site.example itself" {
						t.Errorf("fetched %q", page.Body)
					}
					var fault *monitor.FeedError
					if errors.As(err, &fault) && fault.Reason != reasonBlocked && fault.Reason != reasonAddress && fault.Reason != reasonRedirect {
						t.Errorf("refused as %q: %s", fault.Reason, fault.Detail)
					}
				})
			}
		}
		for _, scheme := range []string{"file:///etc/passwd", "gopher://site.example/_GET", "ftp://site.example/", "dict://site.example/", "data:,<rss/>", "javascript:alert(1)", "unix:///run/x.sock", "http:site.example", "http:///feed", "//site.example/feed"} {
			t.Run(way+" "+scheme, func(t *testing.T) {
				if got := refusal(t, r, scheme); got != reasonAddress {
					t.Errorf("refused as %q", got)
				}
			})
		}
	}
}

func TestProxyIsNotAskedForNamesOfItsOwnNetwork(t *testing.T) {
	n := &internet{names: map[string][]string{"wiki.corp": {"10.1.2.3"}}, serve: func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.URL.Hostname())
	}}
	proxy := httptest.NewServer(n.serve)
	defer proxy.Close()
	address, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := n.reader(t, Options{Proxy: address})
	for _, host := range []string{"wiki.corp", "wiki", "redis", "kubernetes.default.svc", "vault.internal", "printer.local", "router.lan"} {
		if got := refusal(t, r, "http://"+host+"/"); got != reasonBlocked {
			t.Errorf("%s: refused as %q", host, got)
		}
	}
	for _, host := range []string{"site.example", "only-the-proxy-knows.example"} {
		page, err := r.Fetch(context.Background(), monitor.Feed{URL: "http://" + host + "/"}, monitor.Validators{})
		if err != nil || string(page.Body) != host {
			t.Errorf("%s: body %q, error %v", host, page.Body, err)
		}
	}
}

func TestNothingThatAFeedNamesIsFetched(t *testing.T) {
	var requests atomic.Int32
	n := &internet{}
	n.serve = func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("Link", `<http://site.example/hub>; rel="hub", <http://site.example/self>; rel="self"`)
		w.Header().Set("Refresh", "0; url=http://site.example/refresh")
		io.WriteString(w, `<?xml version="1.0"?><?xml-stylesheet href="http://site.example/style.xsl"?>
<!DOCTYPE rss SYSTEM "http://site.example/rss.dtd" [<!ENTITY x SYSTEM "http://site.example/entity"><!ENTITY % p SYSTEM "http://site.example/parameter"> %p;]>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:xi="http://www.w3.org/2001/XInclude"><channel><title>&x;</title>
<atom:link rel="hub" href="http://site.example/hub"/><image><url>http://site.example/image.png</url></image>
<item><title>Bridge &x;</title><link>http://site.example/article</link><enclosure url="http://site.example/sound.mp3"/>
<xi:include href="http://site.example/include"/><description>&lt;img src="http://site.example/pixel.gif"&gt; Text</description></item></channel></rss>`)
	}
	r := n.reader(t, Options{})
	source := monitor.Feed{URL: "http://site.example/feed"}
	page, err := r.Fetch(context.Background(), source, monitor.Validators{})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := r.Parse(source, page, monitor.Imprint{})
	if err != nil || len(doc.Articles) != 1 || requests.Load() != 1 {
		t.Errorf("%d articles after %d requests, error %v", len(doc.Articles), requests.Load(), err)
	}
}
