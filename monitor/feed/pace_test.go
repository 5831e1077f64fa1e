package feed_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

func TestFreshnessIsReadFromCacheControlElseExpires(t *testing.T) {
	const date, later = "Sat, 21 Nov 2026 08:00:00 GMT", "Sat, 21 Nov 2026 08:15:00 GMT" // of a clock that goes otherwise
	for name, tt := range map[string]struct {
		header map[string]string
		want   time.Duration
	}{
		"nothing":               {nil, 0},
		"max-age":               {map[string]string{"Cache-Control": "public, max-age=600", "Age": "60"}, 9 * time.Minute},
		"no-cache":              {map[string]string{"Cache-Control": "no-cache, max-age=600"}, 0},
		"expires":               {map[string]string{"Date": date, "Expires": later}, 15 * time.Minute},
		"expires in the past":   {map[string]string{"Date": later, "Expires": date}, 0},
		"expires, no date":      {map[string]string{"Expires": "0", "Date": date}, 0},
		"max-age before it":     {map[string]string{"Cache-Control": "max-age=0", "Date": date, "Expires": later}, 0},
		"no-store before it":    {map[string]string{"Cache-Control": "no-store", "Date": date, "Expires": later}, 0},
		"expires in a century":  {map[string]string{"Date": date, "Expires": "Sat, 21 Nov 2126 08:00:00 GMT"}, 24 * time.Hour},
		"a word beside expires": {map[string]string{"Cache-Control": "public", "Date": date, "Expires": later}, 15 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for key, value := range tt.header {
					w.Header().Set(key, value)
				}
				io.WriteString(w, rss)
			})
			page, err := newReader(t, feed.Options{}).Fetch(context.Background(), at(server.URL), monitor.Validators{})
			if err != nil || page.MaxAge != tt.want {
				t.Errorf("fresh for %v, want %v; error %v", page.MaxAge, tt.want, err)
			}
		})
	}
}

func TestOnlyPermanentRedirectsMoveAFeed(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		code, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "-")
		var status int
		if _, err := fmt.Sscan(code, &status); err != nil { // the end
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			io.WriteString(w, rss)
			return
		}
		w.Header().Set("Location", "/"+rest+"#top")
		w.WriteHeader(status)
	})
	for path, want := range map[string]string{ // where it moved to
		"/end":                 "",
		"/301-end":             "/end",
		"/308-end":             "/end",
		"/302-end":             "",
		"/307-301-end":         "",
		"/301-308-end":         "/end",
		"/301-302-end":         "/302-end",
		"/301-302-301-end":     "/302-301-end",
		"/301-301-301-301-end": "/end",
	} {
		t.Run(path, func(t *testing.T) {
			if want != "" {
				want = server.URL + want
			}
			for _, known := range []monitor.Validators{{}, {ETag: `"1"`}} {
				page, err := newReader(t, feed.Options{}).Fetch(context.Background(), at(server.URL+path), known)
				if err != nil || page.Moved != want || page.NotModified != (known.ETag != "") {
					t.Errorf("moved to %q, want %q; not modified: %v, error %v", page.Moved, want, page.NotModified, err)
				}
			}
		})
	}
}

func TestOnlyA410IsGone(t *testing.T) {
	for _, code := range []int{404, 410, 500} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		if got := fault(t, newReader(t, feed.Options{}), at(server.URL)); got.Gone != (code == 410) {
			t.Errorf("%d: gone is %v", code, got.Gone)
		}
	}
}

func TestSkippedHoursAreRead(t *testing.T) {
	for hours, want := range map[string]uint32{
		"":                                  0,
		"<hour>0</hour><hour> 5 </hour>":    1<<0 | 1<<5,
		"<hour>24</hour><hour>23</hour>":    1<<0 | 1<<23,
		"<hour>25</hour><hour>night</hour>": 0,
	} {
		body := "<rss version='2.0'><channel><title>A</title><skipHours>" + hours + "</skipHours><item><title>B</title></item></channel></rss>"
		doc, err := newReader(t, feed.Options{}).Parse(at("https://a.example/"), monitor.Page{Body: []byte(body)}, monitor.Imprint{})
		if err != nil || doc.Skip != want {
			t.Errorf("%s: %b, want %b; error %v", hours, doc.Skip, want, err)
		}
	}
}

const article = `<!doctype html><title>Bridge opens - Example</title><nav>All of the news</nav>
<article><h1>Bridge opens</h1><p>The bridge over the river was opened on Monday by the mayor, who walked across it with a crowd of several hundred.</p>
<p>It had taken nine years to build, two more than had been planned when the council voted for it, since the ground under its third pier gave way twice.</p></article>`

const wall = `<!doctype html><title>Example</title><nav>Satellite launched</nav><p>Allow all cookies to read on.</p>
<div><p>Rocket lifts off from Sohae.</p><p>Seoul protests.</p></div>`

func TestTextIsThatOfTheArticlesPage(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Accept"), "text/html") || r.Header.Get("If-None-Match") != "" {
			t.Errorf("asked with %v", r.Header)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/wall" {
			io.WriteString(w, wall)
			return
		}
		io.WriteString(w, article)
	})
	if text, err := newReader(t, feed.Options{}).Text(context.Background(), at(server.URL+"/rss"), server.URL+"/wall"); err == nil {
		t.Errorf("a wall was read: %q", text)
	}
	text, err := newReader(t, feed.Options{}).Text(context.Background(), at(server.URL+"/rss"), server.URL+"/1")
	if err != nil || !strings.HasPrefix(text, "The bridge over") || !strings.HasSuffix(text, "gave way twice.") {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestPagesGetTheFeedsSecretsOnlyAtItsOwnOrigin(t *testing.T) {
	keys := make(map[string]string)
	record := func(r *http.Request) {
		_, password, _ := r.BasicAuth()
		keys[r.URL.Path] = r.Header.Get("X-Key") + password
	}
	away := serve(t, func(w http.ResponseWriter, r *http.Request) {
		record(r)
		io.WriteString(w, article)
	})
	home := serve(t, func(w http.ResponseWriter, r *http.Request) {
		record(r)
		if r.URL.Path == "/leaves" {
			http.Redirect(w, r, away.URL+"/arrives", http.StatusFound)
			return
		}
		io.WriteString(w, article)
	})
	source := at(strings.Replace(home.URL, "http://", "http://me:canary@", 1) + "/rss")
	source.Headers = map[string]monitor.Secret{"X-Key": monitor.NewSecret("canary")}
	reader := newReader(t, feed.Options{})
	for _, address := range []string{home.URL + "/own", home.URL + "/leaves", away.URL + "/other"} {
		if _, err := reader.Text(context.Background(), source, address); err != nil {
			t.Error(err)
		}
	}
	for path, want := range map[string]string{"/own": "canarycanary", "/leaves": "canarycanary", "/arrives": "", "/other": ""} {
		if keys[path] != want {
			t.Errorf("%s was asked for with %q, want %q", path, keys[path], want)
		}
	}
}

func TestPagesAreFetchedByTheGuardedWay(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the private server was asked") }))
	defer inside.Close()
	reader := feed.NewReader(feed.Options{Now: today})
	defer reader.Close()
	for _, address := range []string{inside.URL, "file:///etc/passwd", "gopher://a.example/", "javascript:alert(1)", "//a.example/", ""} {
		if text, err := reader.Text(context.Background(), at("https://a.example/rss"), address); err == nil {
			t.Errorf("%q was read: %q", address, text)
		}
	}
}
