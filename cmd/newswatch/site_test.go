package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"newswatch/monitor/slack/slacktest"
)

// Places outside of the worker at which it may be sent a signal. At the last
// two the other side says nothing more until the worker is gone.
const (
	placeFeedAsked    = "feed asked"
	placeFeedHalf     = "feed half sent"
	placePostAsked    = "request sent"           // and accepted, whatever becomes of the worker
	placePostLost     = "request sent, and lost" // not accepted
	placePostAnswered = "reply not yet received" // accepted, the answer not sent
	placeHistory      = "history asked"
	placeFeedHangs    = "feed hangs"
	placeSlackHangs   = "Slack says nothing"
)

// A site is an installation of the real program with what it needs: feeds that
// gain items, and a Slack.
type site struct {
	t     *testing.T
	dir   string
	slack *slacktest.Workspace
	asked func(feed string) // hears of each request for a feed; may be nil

	mu     sync.Mutex
	items  int
	worker *exec.Cmd
	place  string // where the worker gets the signal; "": nowhere
	left   int    // passages until then
	signal syscall.Signal
	struck chan struct{} // closed when it has got it
}

// The channels of a site, and the items that are told in each: the titles of
// one are events of their own, those of the other reports of one story.
var siteChannels = map[string]string{
	"#bulletins": "Bulletin no. %d of the day",
	"#flood":     "Report no. %d on the flood at Busan harbour",
}

func newSite(t *testing.T, opts slacktest.Options) *site {
	t.Helper()
	opts.Channels = []slacktest.Channel{
		{ID: "C0BULLETINS", Name: "bulletins", Member: true}, {ID: "C0FLOOD", Name: "flood", Member: true}, {ID: "C0OPS", Name: "ops", Member: true},
	}
	s := &site{t: t, slack: slacktest.NewWorkspace(opts)}
	slack := httptest.NewServer(http.HandlerFunc(s.serveSlack))
	t.Cleanup(func() { slack.CloseClientConnections(); slack.Close() })
	feeds := httptest.NewServer(http.HandlerFunc(s.serveFeed))
	t.Cleanup(func() { feeds.CloseClientConnections(); feeds.Close() })
	s.dir = installation(t, map[string]string{
		"config.yaml": fmt.Sprintf(`
rules: rules
defaults: {schedule: "@every 1s"}
feeds: [{name: Bulletins, url: "%[1]s/bulletins"}, {name: Flood, url: "%[1]s/flood"}]
slack: {token: "${SLACK_BOT_TOKEN}", api_url: "%[2]s/api/", channel: "#bulletins", ops_channel: "#ops"}
network: {allow_private: [127.0.0.1]}
http: {listen: ""}
`, feeds.URL, slack.URL),
		"rules/all.yaml": `
rules:
  - {id: bulletin, match: bulletin, group_by: article}
  - {id: flood, match: flood, channel: "#flood"}
`,
	})
	return s
}

// publish adds items to each feed.
func (s *site) publish(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items += n
}

func (s *site) published() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.items
}

func (s *site) serveFeed(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.URL.Path)
	if s.asked != nil {
		s.asked(name)
	}
	var articles [][2]string
	for i := range s.published() {
		articles = append(articles, [2]string{fmt.Sprintf(siteChannels["#"+name], i), "Body."})
	}
	text := feedOf(name, articles...)
	s.pass(placeFeedAsked)
	if s.pass(placeFeedHangs) {
		<-r.Context().Done()
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(text)))
	fmt.Fprint(w, text[:len(text)/2])
	w.(http.Flusher).Flush()
	s.pass(placeFeedHalf)
	fmt.Fprint(w, text[len(text)/2:])
}

func (s *site) serveSlack(w http.ResponseWriter, r *http.Request) {
	switch path.Base(r.URL.Path) {
	case "chat.postMessage":
		s.pass(placePostAsked)
		if s.pass(placePostLost) {
			return
		}
		if s.pass(placeSlackHangs) {
			io.Copy(io.Discard, r.Body) // or the end of the connection is not noticed
			<-r.Context().Done()
			return
		}
		defer s.pass(placePostAnswered) // small answers leave when the handler returns
	case "conversations.history", "conversations.replies":
		s.pass(placeHistory)
	}
	s.slack.ServeHTTP(w, r)
}

// pass says whether the worker got its signal here and now.
func (s *site) pass(place string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.place != place {
		return false
	}
	if s.left--; s.left != 0 {
		return false
	}
	s.strike()
	return true
}

// strike sends the worker its signal. The lock is held.
func (s *site) strike() {
	s.worker.Process.Signal(s.signal) // it may be gone already
	close(s.struck)
}

// A life is one run of the worker: where it gets which signal, and at the
// latest when.
type life struct {
	signal  syscall.Signal
	place   string // a seam, or a place outside; "": only the limit counts
	passage int
	limit   time.Duration
	twice   bool // the signal is sent again
}

// An end is how a life ended.
type end struct {
	err     error         // of the process
	early   bool          // the place was passed before the limit
	took    time.Duration // from the signal
	log     string
	started time.Time
}

// noteTime is how long a worker may take, on a busy machine, from an answer of
// Slack's to having noted it. Killed within it, it cannot heed a Retry-After.
const noteTime = time.Second

// secondSignal is how long after the log says that the first was heard a second
// signal comes.
const secondSignal = 100 * time.Millisecond

// live runs the worker for a life.
func (s *site) live(l life) end {
	log := filepath.Join(s.dir, "log")
	file, err := os.Create(log)
	if err != nil {
		return end{err: err}
	}
	defer file.Close()
	worker := program(s.dir, "run")
	worker.Env = append(worker.Env, fmt.Sprintf("%s=%d %d %s", seamSignal, l.signal, l.passage, l.place))
	worker.Stderr = file
	struck := make(chan struct{})
	s.mu.Lock()
	s.worker, s.place, s.left, s.signal, s.struck = worker, l.place, l.passage, l.signal, struck
	e := end{started: time.Now(), early: true}
	err = worker.Start()
	s.mu.Unlock()
	if err != nil {
		return end{err: err}
	}
	gone := make(chan error, 1)
	go func() { gone <- worker.Wait() }()
	from := e.started
	select {
	case e.err = <-gone:
	case <-struck:
		if l.twice {
			for len(gone) == 0 && !logged(log, stopping) {
				time.Sleep(secondSignal)
			}
			time.Sleep(secondSignal)
			worker.Process.Signal(l.signal)
		}
		from = time.Now()
		e.err = <-gone
	case <-time.After(l.limit):
		s.mu.Lock()
		select {
		case <-struck:
		default:
			s.place = ""
			if e.early = logged(log, seamPassed); !e.early { // else it has its signal, and is about to end
				s.strike()
			}
		}
		s.mu.Unlock()
		from = time.Now()
		e.err = <-gone
	}
	ended := time.Now()
	if l.signal == syscall.SIGKILL {
		s.slack.Forgive(ended.Add(-noteTime))
	}
	s.mu.Lock()
	s.place = ""
	s.mu.Unlock()
	text, err := os.ReadFile(log)
	e.log = string(text)
	e.err = errors.Join(e.err, err)
	if _, at, ok := strings.Cut(e.log, seamPassed); ok {
		var ms int64
		fmt.Sscan(at, &ms)
		from = time.UnixMilli(ms)
	}
	e.took = ended.Sub(from)
	return e
}

// logged says whether a worker's log has the text.
func logged(log, text string) bool {
	written, err := os.ReadFile(log)
	return err == nil && strings.Contains(string(written), text)
}

// settle ends all faults and runs the worker until nothing is left. One round
// lasts five minutes at most, too short at Slack's pace for a long backlog.
func (s *site) settle() {
	s.t.Helper()
	s.slack.SetChaos(slacktest.Chaos{})
	const rounds = 4
	for round := 1; ; round++ {
		output, err := program(s.dir, "run", "--once").CombinedOutput()
		if err == nil {
			return
		}
		if round == rounds || exitCode(err) != exitFailed {
			s.t.Errorf("the last run: %v\n%s", err, output)
			return
		}
	}
}

// address finds the articles that a message links.
var address = regexp.MustCompile(`https://example\.com/\w+/\d+`)

// lostAndDoubled compares Slack's ledger with what had to arrive: each item of
// each feed is linked once.
func (s *site) lostAndDoubled() (lost, doubled []string) {
	for channel := range siteChannels {
		told := make(map[string]int)
		for _, m := range s.slack.Messages(channel) {
			shown := string(m.Blocks)
			if shown == "" {
				shown = m.Text
			}
			for _, link := range address.FindAllString(shown, -1) {
				told[link]++
			}
		}
		for i := range s.published() {
			link := fmt.Sprintf("https://example.com/%s/%d", strings.TrimPrefix(channel, "#"), i)
			switch n := told[link]; {
			case n == 0:
				lost = append(lost, link)
			case n > 1:
				doubled = append(doubled, link)
			}
		}
	}
	return lost, doubled
}

// check fails the test where anything was lost, doubled, or asked of Slack
// that it would not take.
func (s *site) check() {
	s.t.Helper()
	lost, doubled := s.lostAndDoubled()
	s.t.Logf("%s: %d items, %d lost, %d doubled", s.dir, s.published()*len(siteChannels), len(lost), len(doubled))
	if len(lost) > 0 {
		s.t.Errorf("%s: %d lost: %s", s.dir, len(lost), strings.Join(lost, " "))
	}
	if len(doubled) > 0 {
		s.t.Errorf("%s: %d doubled: %s", s.dir, len(doubled), strings.Join(doubled, " "))
	}
	if bad := s.slack.Violations(); len(bad) > 0 {
		s.t.Errorf("%s: Slack would not have taken: %s", s.dir, strings.Join(bad, "; "))
	}
}

// killed says whether a process was ended by the signal.
func killed(err error, signal syscall.Signal) bool {
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		return false
	}
	status, ok := ended.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == signal
}

// installation is a folder with these files.
func installation(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// program is newswatch itself, to be run in dir.
func program(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("newswatch", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "SLACK_BOT_TOKEN="+slacktest.DefaultToken)
	return cmd
}
