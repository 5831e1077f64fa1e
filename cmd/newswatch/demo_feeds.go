package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/text/encoding/korean"
)

// An outlet is a made-up publisher with one feed.
type outlet struct {
	name   string
	form   string // of its feed, as people call it
	path   string
	lang   string
	render func(*outlet, []published) ([]byte, error)
}

// A published is an item as its feed shows it.
type published struct {
	sample
	at time.Time
}

// link is where the item would be read.
func (p published) link() string {
	return "https://" + p.outlet.site() + "/" + p.at.Format("2006/01/02/") + p.id
}

func (o *outlet) site() string {
	name := o.path[1:]
	return name[:slices.Index([]byte(name), '.')] + ".example"
}

// A newsstand serves the outlets' feeds on loopback. What it serves changes
// with each publish.
type newsstand struct {
	url    string
	server *http.Server

	mu    sync.Mutex
	items map[*outlet][]published // newest first
}

func openNewsstand(outlets []*outlet) (*newsstand, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start sample feeds: %w", err)
	}
	n := &newsstand{url: "http://" + listener.Addr().String(), items: map[*outlet][]published{}}
	mux := http.NewServeMux()
	for _, o := range outlets {
		mux.HandleFunc("GET "+o.path, func(w http.ResponseWriter, r *http.Request) { n.serve(o, w, r) })
	}
	n.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go n.server.Serve(listener) // ends with close
	return n, nil
}

func (n *newsstand) close() error { return n.server.Close() }

// publish puts the sample on top of its outlet's feed, or in the place of the
// item it is an edit of.
func (n *newsstand) publish(s sample, now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	items := n.items[s.outlet]
	if i := slices.IndexFunc(items, func(p published) bool { return p.id == s.id }); i >= 0 {
		items[i].sample = s
		return
	}
	n.items[s.outlet] = append([]published{{s, now.Add(-s.age)}}, items...)
}

// serve answers as a well-kept feed does: 304 when nothing changed.
func (n *newsstand) serve(o *outlet, w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	items := slices.Clone(n.items[o])
	n.mu.Unlock()
	body, err := o.render(o, items)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(body)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Write(body) // a reader that left is no concern of the newsstand
}

func rss(o *outlet, items []published) ([]byte, error) { return rssAs("UTF-8", o, items) }

func rssEUCKR(o *outlet, items []published) ([]byte, error) {
	body, err := rssAs("EUC-KR", o, items)
	if err != nil {
		return nil, err
	}
	return korean.EUCKR.NewEncoder().Bytes(body)
}

func rssAs(charset string, o *outlet, items []published) ([]byte, error) {
	type item struct {
		Title       string `xml:"title"`
		Link        string `xml:"link"`
		GUID        guid   `xml:"guid"`
		PubDate     string `xml:"pubDate"`
		Description string `xml:"description"`
	}
	var doc struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Title   string   `xml:"channel>title"`
		Link    string   `xml:"channel>link"`
		Items   []item   `xml:"channel>item"`
	}
	doc.Version, doc.Title, doc.Link = "2.0", o.name, "https://"+o.site()
	for _, p := range items {
		doc.Items = append(doc.Items, item{p.title, p.link(), guid{Value: p.id}, p.at.Format(time.RFC1123Z), p.body})
	}
	body, err := xml.Marshal(doc)
	return append([]byte(`<?xml version="1.0" encoding="`+charset+`"?>`+"\n"), body...), err
}

// A guid is an item's identity in RSS; here it is no address.
type guid struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	Value       string `xml:",chardata"`
}

func atom(o *outlet, items []published) ([]byte, error) {
	type link struct {
		Href string `xml:"href,attr"`
	}
	type entry struct {
		ID        string `xml:"id"`
		Title     string `xml:"title"`
		Link      link   `xml:"link"`
		Published string `xml:"published"`
		Updated   string `xml:"updated"`
		Summary   string `xml:"summary"`
	}
	var doc struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Entries []entry  `xml:"entry"`
	}
	doc.ID, doc.Title = "https://"+o.site(), o.name
	for _, p := range items {
		at := p.at.Format(time.RFC3339)
		doc.Updated = max(doc.Updated, at)
		doc.Entries = append(doc.Entries, entry{p.id, p.title, link{p.link()}, at, at, p.body})
	}
	body, err := xml.Marshal(doc)
	return append([]byte(xml.Header), body...), err
}

func jsonFeed(o *outlet, items []published) ([]byte, error) {
	type item struct {
		ID        string    `json:"id"`
		URL       string    `json:"url"`
		Title     string    `json:"title"`
		Text      string    `json:"content_text"`
		Published time.Time `json:"date_published"`
	}
	list := []item{}
	for _, p := range items {
		list = append(list, item{p.id, p.link(), p.title, p.body, p.at})
	}
	return json.Marshal(map[string]any{
		"version": "https://jsonfeed.org/version/1.1", "title": o.name, "home_page_url": "https://" + o.site(), "items": list,
	})
}
