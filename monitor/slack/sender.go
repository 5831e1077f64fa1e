package slack

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// DefaultLimit is how long one request to Slack may take.
const DefaultLimit = 8 * time.Second

// Options say how to reach Slack. Only Token is needed.
type Options struct {
	Token  monitor.Secret
	APIURL string // "": https://slack.com/api/
	// HTTPClient is used without following redirects, which would carry the
	// token elsewhere. nil: a client of its own, with no proxy.
	HTTPClient *http.Client
	Limit      time.Duration // of one request; 0: DefaultLimit
	// Now is the clock of the times that Look is handed; nil: time.Now.
	Now     func() time.Time
	Buttons bool // alerts have buttons and a menu; Socket Mode hears of clicks
}

// A Sender posts messages to Slack and finds them there. It is safe for
// concurrent use. It makes no request but the one asked for, and before it, once,
// those for a channel's ID and for whose the token is: whether and when to try
// again is the caller's to say.
type Sender struct {
	token  monitor.Secret
	bearer bool // the token goes into the header, as an app-level token must
	apiURL string
	client *http.Client
	limit  time.Duration
	now    func() time.Time
	desk   bool // with buttons

	asking chan struct{} // holds one while a method that names no channel is asked

	mu       sync.Mutex
	ids      map[string]string    // of channels, by name
	me       *identity            // nil: not asked yet
	limited  map[string]time.Time // until when, of methods that name no channel
	readings map[string]reading   // that were cut short, by channel and thread
	ahead    time.Duration        // how far our clock is ahead of Slack's
}

var _ monitor.Notifier = (*Sender)(nil)

// New makes a Sender. It makes no request.
func New(opts Options) *Sender {
	client := &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 5 * time.Second,
	}}
	if opts.HTTPClient != nil {
		copied := *opts.HTTPClient
		client = &copied
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &Sender{
		token: opts.Token, apiURL: opts.APIURL, client: client, limit: opts.Limit, now: opts.Now, desk: opts.Buttons, asking: make(chan struct{}, 1),
		ids: map[string]string{}, limited: map[string]time.Time{}, readings: map[string]reading{},
	}
	if s.apiURL == "" {
		s.apiURL = slackgo.APIURL
	}
	if !strings.HasSuffix(s.apiURL, "/") {
		s.apiURL += "/"
	}
	if s.limit == 0 {
		s.limit = DefaultLimit
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// Close ends the connections that wait for another request.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Post posts the message, or updates it when out.TS is set. See
// monitor.Notifier for what it returns.
func (s *Sender) Post(ctx context.Context, out monitor.Outgoing) (monitor.Receipt, error) {
	s.linkEarlier(ctx, &out)
	out.Buttons = s.desk
	m := Compose(out)
	options := []slackgo.MsgOption{
		slackgo.MsgOptionText(m.Text, false),
		slackgo.MsgOptionMetadata(m.Metadata),
		slackgo.MsgOptionParse(false), // no links but ours
	}
	if len(m.Blocks) > 0 {
		options = append(options, slackgo.MsgOptionBlocks(m.Blocks...))
	}
	if out.TS != "" {
		return s.update(ctx, out, options)
	}
	options = append(options, slackgo.MsgOptionDisableLinkUnfurl(), slackgo.MsgOptionDisableMediaUnfurl())
	if out.Thread != "" {
		options = append(options, slackgo.MsgOptionTS(out.Thread))
	}
	return s.send(ctx, "chat.postMessage", out.Channel, options)
}

// linkEarlier gives the alert that this one refers to its address. Where the
// workspace's is not to be had at once, its title and date must do.
func (s *Sender) linkEarlier(ctx context.Context, out *monitor.Outgoing) {
	if out.Content.Earlier == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, s.limit/4)
	defer cancel()
	me, err := s.whoAmI(ctx)
	if err != nil {
		return
	}
	linked := *out.Content.Earlier
	linked.URL = me.permalink(out.Channel, linked.TS)
	out.Content.Earlier = &linked
}

// update changes a message that stands. chat.update takes channel IDs only.
func (s *Sender) update(ctx context.Context, out monitor.Outgoing, options []slackgo.MsgOption) (monitor.Receipt, error) {
	id, err := s.channelID(ctx, out.Channel)
	if err != nil {
		return monitor.Receipt{}, err
	}
	return s.send(ctx, "chat.update", id, append(options, slackgo.MsgOptionUpdate(out.TS)))
}

// send makes the request of a message.
func (s *Sender) send(ctx context.Context, method, channel string, options []slackgo.MsgOption) (monitor.Receipt, error) {
	x, cancel := s.begin(ctx)
	defer cancel()
	id, ts, _, err := x.client().SendMessageContext(x.ctx, channel, options...)
	if err != nil {
		return monitor.Receipt{}, x.refusal(method, err)
	}
	if ts == "" {
		return monitor.Receipt{}, fmt.Errorf("%s: the answer names no message", method)
	}
	if id == "" {
		id = channel
	}
	s.remember(channel, id)
	return monitor.Receipt{Channel: id, TS: ts}, nil
}

// Delete takes a message away. One that is not there is *monitor.ThreadGone.
func (s *Sender) Delete(ctx context.Context, at monitor.Receipt) error {
	_, err := s.send(ctx, "chat.delete", at.Channel, []slackgo.MsgOption{slackgo.MsgOptionDelete(at.TS)})
	return err
}
