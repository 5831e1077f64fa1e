package feed_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"newswatch/monitor"
	"newswatch/monitor/feed"
)

var update = flag.Bool("update", false, "write the expected JSON files anew; read them before committing")

// today is the reader's clock in these tests.
func today() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

var example = monitor.Feed{Name: "Example", URL: "https://feeds.example.org/rss?token=canary"}

// seen is what a test's golden file shows of a document.
type seen struct {
	Error, Hint string            `json:",omitempty"`
	Title, Lang string            `json:",omitempty"`
	TTL         string            `json:",omitempty"`
	Salvaged    string            `json:",omitempty"`
	Skipped     []string          `json:",omitempty"`
	Articles    []monitor.Article `json:",omitempty"`
}

// Each file of testdata/parse is named after what is odd in it.
func TestParse(t *testing.T) {
	files, err := filepath.Glob("testdata/parse/*.feed")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	reader := feed.NewReader(feed.Options{Now: today})
	for _, file := range files {
		golden := strings.TrimSuffix(file, ".feed") + ".json"
		t.Run(strings.TrimSuffix(filepath.Base(file), ".feed"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := show(t, reader, body)
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}

func show(t *testing.T, reader *feed.Reader, body []byte) []byte {
	t.Helper()
	doc, err := reader.Parse(example, monitor.Page{Body: body, URL: "https://feeds.example.org/rss"}, monitor.Imprint{})
	view := seen{Title: doc.Title, Lang: doc.Lang, Salvaged: doc.Salvaged, Skipped: doc.Skipped}
	if doc.TTL != 0 {
		view.TTL = doc.TTL.String()
	}
	if err != nil {
		var fault *monitor.FeedError
		if !errors.As(err, &fault) {
			t.Fatalf("error %v is no *monitor.FeedError", err)
		}
		view.Error, view.Hint = fault.Reason+": "+fault.Detail, fault.Hint
	}
	for _, article := range doc.Articles {
		if article.FeedKey != example.Key() || article.Feed != example.Name {
			t.Errorf("article of feed %q %q", article.FeedKey, article.Feed)
		}
		article.FeedKey, article.Feed = "", ""
		view.Articles = append(view.Articles, article)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(compact(t, view)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// compact leaves out what is empty, so that a golden file shows what matters.
func compact(t *testing.T, view seen) map[string]any {
	t.Helper()
	encoded, err := json.Marshal(view)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(encoded, &all); err != nil {
		t.Fatal(err)
	}
	articles, _ := all["Articles"].([]any)
	for _, article := range articles {
		fields := article.(map[string]any)
		for name, value := range fields {
			switch value {
			case "", nil, false, 0.0, "0001-01-01T00:00:00Z":
				delete(fields, name)
			}
		}
	}
	return all
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/parse/*.feed")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	reader := feed.NewReader(feed.Options{Now: today})
	f.Fuzz(func(t *testing.T, body []byte) {
		doc, err := reader.Parse(example, monitor.Page{Body: body}, monitor.Imprint{})
		if err != nil {
			var fault *monitor.FeedError
			if !errors.As(err, &fault) || fault.Reason == "" || fault.Detail == "" || strings.Contains(fault.Detail, "the parser failed") {
				t.Errorf("error %#v", err)
			}
			return
		}
		identities := make(map[string]bool)
		for _, article := range doc.Articles {
			if article.Title == "" || !utf8.ValidString(article.Title+article.Body+article.URL+article.GUID+article.Author+article.Outlet) {
				t.Errorf("article %+v", article)
			}
			if identity := article.Identity(); identities[identity] {
				t.Errorf("%s is there twice", identity)
			} else {
				identities[identity] = true
			}
		}
	})
}
