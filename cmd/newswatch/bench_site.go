package main

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bulletin is the word by which the bench's own rule knows an item. bulletinEvery
// keeps the channel idle: Slack takes one message a second.
const (
	bulletin      = "Bulletin"
	bulletinEvery = 2 * time.Second
)

// A benchSite serves made-up feeds on loopback, each at an address of its own,
// 127.0.0.1 and on: what is asked of one host at a time must not count. Its
// fields are set before it opens.
type benchSite struct {
	items int           // of a feed
	slow  time.Duration // how long an answer takes

	changing atomic.Uint32 // of 100 conditional requests, so many find a new item
	heralds  atomic.Bool   // new items are bulletins, as often as the channel stays idle
	polled   atomic.Int64  // feeds that were served at least once
	requests atomic.Int64

	listener net.Listener
	server   *http.Server
	corpus   string
	opened   time.Time

	mu    sync.Mutex
	feeds map[string]*madeUp
	last  time.Time            // when the last bulletin was published
	told  map[string]time.Time // when a bulletin was first served, by its report
}

// A madeUp feed has its newest item last.
type madeUp struct {
	number int
	count  int // items published so far
	polls  int
	items  []madeUpItem
}

type madeUpItem struct {
	title string
	at    time.Time
}

// open starts serving.
func (s *benchSite) open() error {
	var err error
	if s.listener, err = net.Listen("tcp4", "0.0.0.0:0"); err != nil {
		return fmt.Errorf("start made-up feeds: %w", err)
	}
	s.opened, s.corpus = time.Now(), madeUpWords(1<<16)
	s.feeds, s.told = make(map[string]*madeUp), make(map[string]time.Time)
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(loopbackOnly{s.listener}) // ends with close
	return nil
}

func (s *benchSite) close() error { return s.server.Close() }

// address is where feed n of a series stands.
func (s *benchSite) address(series string, n int) string {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	host := n + 1
	return fmt.Sprintf("http://127.%d.%d.%d:%s/%s/%d", host>>16&0xff, host>>8&0xff, host&0xff, port, series, n)
}

// loopbackOnly drops whoever comes from elsewhere: only as a whole are the
// addresses of 127.0.0.0/8 listened on.
type loopbackOnly struct{ net.Listener }

func (l loopbackOnly) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if remote, ok := conn.RemoteAddr().(*net.TCPAddr); ok && remote.IP.IsLoopback() {
			return conn, nil
		}
		conn.Close()
	}
}

// ServeHTTP answers as a well-kept feed does.
func (s *benchSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.slow)
	s.requests.Add(1)
	number, err := strconv.Atoi(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
	if err != nil {
		http.NotFound(w, r)
		return
	}
	etag, body := s.read(r.URL.Path, number, r.Header.Get("If-None-Match"))
	w.Header().Set("ETag", etag)
	if body == nil {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	w.Write(body) // a reader that left is no concern of the site
}

// read is the feed for one who has it as of that ETag; no body: it is the same.
func (s *benchSite) read(path string, number int, known string) (etag string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.feeds[path]
	if f == nil {
		f = &madeUp{number: number}
		for range s.items {
			f.publish(madeUpItem{s.title(f), s.opened.Add(time.Duration(f.count-s.items) * time.Minute)})
		}
		s.feeds[path] = f
		s.polled.Add(1)
	}
	if known != "" && f.changes(int(s.changing.Load())) {
		item := madeUpItem{s.title(f), time.Now()}
		if s.heralds.Load() && time.Since(s.last) >= bulletinEvery {
			item.title, s.last = bulletin+" of "+item.title, time.Now()
			s.told[madeUpReport.FindString(item.title)] = s.last
		}
		f.publish(item)
		f.items = append(f.items[:0], f.items[len(f.items)-s.items:]...)
	}
	if etag = fmt.Sprintf(`"%d"`, f.count); etag == known {
		return etag, nil
	}
	return etag, s.page(f)
}

// bulletins are those that were served, by their report, and when.
func (s *benchSite) bulletins() map[string]time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.told)
}

func (f *madeUp) publish(item madeUpItem) {
	f.items = append(f.items, item)
	f.count++
}

// changes says whether this conditional request of so many in a hundred finds a
// new item. Feeds of one age do not all change at once.
func (f *madeUp) changes(percent int) bool {
	at := func(polls int) int { return (polls*percent + f.number*61%100) / 100 }
	f.polls++
	return at(f.polls) > at(f.polls-1)
}

// title is that of the feed's next item.
func (s *benchSite) title(f *madeUp) string {
	return fmt.Sprintf("%s, report %d of wire %d", s.words(f.number*7919+f.count*104729, 50), f.count, f.number)
}

// words are about so many letters of the corpus.
func (s *benchSite) words(seed, length int) string {
	at := seed % (len(s.corpus) - 2*length)
	at += strings.IndexByte(s.corpus[at:], ' ') + 1
	return s.corpus[at : at+length+strings.IndexByte(s.corpus[at+length:], ' ')]
}

// page is the feed as RSS, newest first, about 1.2 KB an item.
func (s *benchSite) page(f *madeUp) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Wire %d</title><link>https://wire%d.example/</link>
<language>en</language><lastBuildDate>%s</lastBuildDate>`, f.number, f.number, f.items[len(f.items)-1].at.Format(time.RFC1123Z))
	for i := len(f.items) - 1; i >= 0; i-- {
		item, n := f.items[i], f.count-len(f.items)+i
		fmt.Fprintf(&b, `
<item><title>%s</title><link>https://wire%d.example/reports/%d?utm_source=rss</link><guid isPermaLink="false">wire%d-%d</guid><pubDate>%s</pubDate><dc:creator>A. Reporter</dc:creator><category>Politics</category><description><![CDATA[<p>%s.</p><p>%s.</p>]]></description></item>`,
			item.title, f.number, n, f.number, n, item.at.Format(time.RFC1123Z), s.words(f.number*31+n*65537, 450), s.words(f.number*37+n*65539, 450))
	}
	b.WriteString("\n</channel></rss>\n")
	return b.Bytes()
}

// madeUpWords are so many letters of words that mean nothing, the same each time.
func madeUpWords(letters int) string {
	random := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("ba ce di fo gu la me ni po ru sa te vi zo an el in or um ast end ing ost urn")
	var lexicon []string
	for range 4000 {
		word := ""
		for range 2 + random.IntN(3) {
			word += syllables[random.IntN(len(syllables))]
		}
		lexicon = append(lexicon, word)
	}
	var b strings.Builder
	for b.Len() < letters {
		b.WriteString(lexicon[random.IntN(len(lexicon))])
		b.WriteByte(' ')
	}
	return b.String()
}
