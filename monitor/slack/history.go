package slack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"newswatch/monitor"
)

// pageSize is how many messages or channels are asked for at once; Slack
// recommends no more than 200, and gives some apps no more than 15.
const pageSize = 200

// A reading is a history of which some pages were read. Where Slack allows a
// page a minute, one request for a long history has to go on where the last
// was told to wait, or none would ever see its end.
type reading struct {
	oldest string
	cursor string   // of the next page
	seen   []posted // those that carry a key
}

// history reads every page of a channel, or of a thread, since a time, and
// returns the messages that carry a key. Cut short by an error, it goes on from
// there when it is asked for the same again.
func (s *Sender) history(ctx context.Context, id, thread string, since time.Time) ([]posted, error) {
	method, args := "conversations.history", url.Values{"channel": {id}, "inclusive": {"1"}, "include_all_metadata": {"1"}}
	if thread != "" {
		method = "conversations.replies"
		args.Set("ts", thread)
	}
	r := s.resume(id+" "+thread, fmt.Sprintf("%d.%06d", since.Unix(), since.Nanosecond()/1000))
	args.Set("oldest", r.oldest)
	if r.cursor != "" {
		args.Set("cursor", r.cursor)
	}
	pages := 0
	err := s.pages(ctx, method, args, func(p page) error {
		pages++
		for _, message := range p.Messages {
			if len(message.keys()) > 0 {
				r.seen = append(r.seen, message)
			}
		}
		r.cursor = p.Metadata.Next
		return nil
	})
	if err == nil {
		return r.seen, nil
	}
	// A cursor that brings no page may be one that Slack knows no more.
	if _, limited := errors.AsType[*monitor.RateLimited](err); r.cursor != "" && (pages > 0 || limited) {
		s.mu.Lock()
		s.readings[id+" "+thread] = r
		s.mu.Unlock()
	}
	return nil, err
}

// resume takes up the reading of a channel or thread, or begins one.
func (s *Sender) resume(place, oldest string) reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.readings[place]
	delete(s.readings, place)
	if r.oldest != oldest {
		r = reading{oldest: oldest}
	}
	return r
}

// A page is what the paged methods answer with.
type page struct {
	Messages []posted  `json:"messages"`
	Channels []channel `json:"channels"`
	HasMore  bool      `json:"has_more"`
	Metadata struct {
		Next string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// A channel of Slack.
type channel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Private  bool   `json:"is_private"`
	Archived bool   `json:"is_archived"`
	Member   bool   `json:"is_member"`
}

// errEnough ends the reading of pages early.
var errEnough = errors.New("enough")

// pages asks for page after page until there is no more or see has enough.
func (s *Sender) pages(ctx context.Context, method string, args url.Values, see func(page) error) error {
	args.Set("limit", strconv.Itoa(pageSize))
	for {
		p, err := s.page(ctx, method, args)
		if err != nil {
			return err
		}
		if err := see(p); err != nil {
			if errors.Is(err, errEnough) {
				return nil
			}
			return err
		}
		next := p.Metadata.Next
		if next == "" && !p.HasMore {
			return nil
		}
		if next == "" || next == args.Get("cursor") {
			return fmt.Errorf("%s: the answer's pages lead nowhere", method)
		}
		args.Set("cursor", next)
	}
}

// page asks for one page.
func (s *Sender) page(ctx context.Context, method string, args url.Values) (page, error) {
	x, cancel := s.begin(ctx)
	defer cancel()
	var p page
	if err := x.call(method, args, &p); err != nil {
		return page{}, x.unread(method, err)
	}
	return p, nil
}
