package feed_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

// answering is a server's side of one connection: it reads one request and
// then writes whatever it likes.
type answering func(conn net.Conn)

// onPipes makes a reader whose every connection is a pipe to the answer for
// its host, so that it lives in virtual time.
func onPipes(t *testing.T, answers func(host string) answering) *feed.Reader {
	reader := feed.NewReader(feed.Options{HostSpacing: -1})
	t.Cleanup(func() {
		reader.Close()
		time.Sleep(time.Minute) // for whoever drips to see that nobody listens
	})
	feed.Dial(reader, func(_ context.Context, _, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			if _, err := http.ReadRequest(bufio.NewReader(theirs)); err == nil {
				answers(host)(theirs)
			}
		}()
		return ours, nil
	})
	return reader
}

func sound(conn net.Conn) {
	fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(rss), rss)
}

// dripping writes a byte a second for ever.
func dripping(text string) answering {
	return func(conn net.Conn) {
		for {
			for i := range text {
				if _, err := conn.Write([]byte(text[i : i+1])); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		}
	}
}

func TestSlowAnswersEndAtTheTimeLimit(t *testing.T) {
	for name, answer := range map[string]answering{
		"nothing":          func(conn net.Conn) { io.Copy(io.Discard, conn) },
		"a body by bytes":  func(conn net.Conn) { io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"); dripping(" ")(conn) },
		"headers by bytes": dripping("HTTP/1.1 200 OK\r\nX: "),
		"1xx for ever":     dripping("HTTP/1.1 103 Early Hints\r\n\r\n"),
		"a redirect each 5 s, without end": func(conn net.Conn) {
			time.Sleep(5 * time.Second)
			fmt.Fprintf(conn, "HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", time.Now().UnixNano())
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reader := onPipes(t, func(string) answering { return answer })
				began := time.Now()
				got := fault(t, reader, at("http://slow.example/"))
				if took := time.Since(began); got.Reason != "timeout" || took != 20*time.Second {
					t.Errorf("fault %q after %v: %s", got.Reason, took, got.Detail)
				}
			})
		})
	}
}

func TestSlowTLSEndsAtTheTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := feed.NewReader(feed.Options{HostSpacing: -1})
		t.Cleanup(func() { time.Sleep(time.Minute) })
		feed.Dial(reader, func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			go func() {
				defer theirs.Close()
				go io.Copy(io.Discard, theirs)
				dripping("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")(theirs)
			}()
			return ours, nil
		})
		began := time.Now()
		got := fault(t, reader, at("https://slow.example/"))
		if took := time.Since(began); got.Reason != "timeout" || took != 20*time.Second {
			t.Errorf("fault %q after %v: %s", got.Reason, took, got.Detail)
		}
	})
}

func TestFiftyDrippingFeedsOfFiveHundredDelayNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader := onPipes(t, func(host string) answering {
			if strings.HasPrefix(host, "slow") {
				return dripping(" ")
			}
			return sound
		})
		began := time.Now()
		type outcome struct {
			host string
			took time.Duration
			err  error
		}
		outcomes := make(chan outcome)
		for i := range 500 {
			host := fmt.Sprintf("sound-%d.example", i)
			if i%10 == 0 {
				host = fmt.Sprintf("slow-%d.example", i)
			}
			go func() {
				_, err := reader.Fetch(context.Background(), at("http://"+host+"/"), monitor.Validators{})
				outcomes <- outcome{host, time.Since(began), err}
			}()
		}
		for range 500 {
			o := <-outcomes
			if slow := strings.HasPrefix(o.host, "slow"); slow != (o.err != nil) || !slow && o.took > 0 || o.took > 20*time.Second {
				t.Errorf("%s after %v: %v", o.host, o.took, o.err)
			}
		}
	})
}

func TestHeadersAreLimited(t *testing.T) {
	huge := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Huge", strings.Repeat("x", 1<<20))
		io.WriteString(w, rss)
	}
	cookies := func(w http.ResponseWriter, _ *http.Request) {
		for i := range 20_000 {
			w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=x", i))
		}
		io.WriteString(w, rss)
	}
	hints := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</x>; rel=preload")
		for range 20_000 {
			w.WriteHeader(http.StatusEarlyHints)
		}
		io.WriteString(w, rss)
	}
	for name, answer := range map[string]http.HandlerFunc{
		"one of 1 MiB": huge, "20,000 cookies": cookies, "20,000 early hints": hints,
	} {
		for _, version := range []string{"HTTP/1.1", "HTTP/2.0"} {
			t.Run(name+", "+version, func(t *testing.T) {
				server := httptest.NewUnstartedServer(answer)
				server.EnableHTTP2 = version == "HTTP/2.0"
				server.StartTLS()
				defer server.Close()
				reader := newReader(t, feed.Options{})
				feed.TrustCertificate(reader, server.Certificate())
				got := fault(t, reader, at(server.URL))
				if got.Reason == "connection" && version == "HTTP/2.0" && strings.Contains(got.Detail, "_ERROR") {
					return // the connection was given up before the headers were whole
				}
				if got.Reason != "too-large" || got.Detail != "more than 65536 bytes of headers" {
					t.Errorf("fault %q: %s", got.Reason, got.Detail)
				}
			})
		}
	}
}

func TestBodiesAreLimited(t *testing.T) {
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, rss)
	w.Close()
	const most = 10_000
	spaces := bytes.Repeat([]byte(" "), 6_000)
	endless := func(w http.ResponseWriter, r *http.Request) { // 10 GiB, if anyone took it
		for range 10 << 30 / len(spaces) {
			if _, err := w.Write(spaces); err != nil {
				return
			}
		}
	}
	lying := func(length int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(length))
			w.Write(spaces)
		}
	}
	for name, test := range map[string]struct {
		answer         http.HandlerFunc
		reason, detail string
	}{
		"10 GiB in chunks":                  {endless, "too-large", "more than 10000 bytes decompressed"},
		"gzip of two members, each small":   {write(append(zip(spaces), zip(spaces)...), "gzip"), "too-large", "more than 10000 bytes decompressed"},
		"gzip that has a gzip bomb within":  {write(zip(zip(bytes.Repeat(spaces, 40))), "gzip"), "too-large", "more than 10000 bytes decompressed"},
		"gzip three times over":             {write(zip(zip(zip([]byte(rss)))), "gzip"), "encoding", `Content-Encoding "gzip within gzip within gzip"`},
		"gzip declared three times":         {write(zip(zip(zip([]byte(rss)))), "gzip, gzip, gzip"), "encoding", `Content-Encoding "gzip, gzip, gzip"`},
		"gzip followed by other bytes":      {write(append(zip([]byte(rss)), "and other bytes"...), "gzip"), "connection", "gzip: invalid header"},
		"deflate":                           {write(deflated.Bytes(), "deflate"), "encoding", `Content-Encoding "deflate"`},
		"compress":                          {write([]byte("x"), "compress"), "encoding", `Content-Encoding "compress"`},
		"brotli within gzip":                {write(zip([]byte("x")), "br, gzip"), "encoding", `Content-Encoding "br"`},
		"zstd":                              {write([]byte("\x28\xb5\x2f\xfd"), "zstd"), "encoding", `Content-Encoding "zstd"`},
		"an encoding with control sequence": {write([]byte("x"), "br\x1b[31m"), "", ""},
		"less than it says":                 {lying(1 << 40), "connection", "connection closed before the whole answer was read"},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, test.answer)
			got := fault(t, newReader(t, feed.Options{MaxBytes: most}), at(server.URL))
			if test.reason != "" && (got.Reason != test.reason || !strings.HasPrefix(got.Detail, test.detail)) {
				t.Errorf("fault %q: %s", got.Reason, got.Detail)
			}
			if strings.ContainsAny(got.Detail, "\x1b\n") {
				t.Errorf("control characters in %q", got.Detail)
			}
		})
	}
}

// hostileBodies cost the most to decompress for what they are.
func hostileBodies() map[string][]byte {
	var members bytes.Buffer
	member := zip(nil)
	for members.Len()+len(member) < 10<<20 {
		members.Write(member)
	}
	var best bytes.Buffer
	w, _ := gzip.NewWriterLevel(&best, gzip.BestCompression)
	w.Write(members.Bytes())
	w.Close()
	return map[string][]byte{
		"empty members":         members.Bytes(),
		"empty members, zipped": best.Bytes(),
		"a gzip bomb":           zip(bytes.Repeat([]byte(" "), 64<<20)),
	}
}

// BenchmarkHostileBody is the price of the worst that 10 MiB of gzip can hold.
func BenchmarkHostileBody(b *testing.B) {
	for name, body := range hostileBodies() {
		b.Run(name, func(b *testing.B) {
			measure(b, func() { feed.ReadBody(bytes.NewReader(body), "gzip") })
		})
	}
}
