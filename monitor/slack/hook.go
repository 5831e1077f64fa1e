package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// How an answer gets to the one who asked. A response_url is good for five
// posts.
const (
	showTries    = 3
	showRetry    = time.Second // longer with each try
	maxShowRetry = 20 * time.Second
	maxHookReply = 64 << 10 // bytes that are read of Slack's answer to an answer
)

// A reply is what is posted to a response_url.
type reply struct {
	Type    string          `json:"response_type"`
	Replace bool            `json:"replace_original"`
	Text    string          `json:"text"`
	Blocks  []slackgo.Block `json:"blocks,omitempty"`
}

// show shows an answer to the one who asked, at the response_url of the request,
// and to nobody else. What Slack takes amiss in its blocks goes as plain text.
func (s *Socket) show(ctx context.Context, to string, a monitor.Answer) error {
	m := ComposeAnswer(a)
	if m.Text == "" && len(m.Blocks) == 0 {
		return nil
	}
	if err := s.checkHook(to); err != nil {
		return err
	}
	r := reply{Type: "ephemeral", Text: m.Text, Blocks: m.Blocks}
	for try := 1; ; try++ {
		err := s.post(ctx, to, r)
		if err == nil || try == showTries {
			return err
		}
		wait := time.Duration(try) * showRetry
		if limited, ok := errors.AsType[*monitor.RateLimited](err); ok {
			wait = limited.RetryAfter
		}
		if _, refused := errors.AsType[*monitor.MessageRefused](err); refused {
			if r.Blocks == nil {
				return err
			}
			r.Blocks, wait = nil, 0
		}
		if wait > maxShowRetry || !pause(ctx, wait) {
			return err
		}
	}
}

// checkHook says whether a response_url is Slack's: at the host of the Web API,
// or at hooks. of it. What was typed or clicked must not make newswatch post
// anywhere else.
func (s *Socket) checkHook(to string) error {
	api, err := url.Parse(s.api.apiURL)
	if err != nil {
		return errors.New("the address of the Web API cannot be read")
	}
	u, err := url.Parse(to)
	if err != nil || u.User != nil || u.Scheme != api.Scheme ||
		!strings.EqualFold(u.Hostname(), api.Hostname()) && !strings.EqualFold(u.Hostname(), "hooks."+api.Hostname()) {
		return errors.New("the request names no address of Slack for the answer")
	}
	return nil
}

// post posts a reply once. Its errors do not show the address, which whoever
// has it may post to.
func (s *Socket) post(ctx context.Context, to string, r reply) error {
	x, cancel := s.api.begin(ctx)
	defer cancel()
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	req, err := http.NewRequestWithContext(x.ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address for the answer is none")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := s.api.client.Do(req)
	if err != nil {
		return x.failure("response_url", err)
	}
	defer resp.Body.Close()
	x.header = resp.Header
	said, err := io.ReadAll(io.LimitReader(resp.Body, maxHookReply))
	if err != nil {
		return x.failure("response_url", err)
	}
	var answer status // or "ok", as plain text
	json.Unmarshal(said, &answer)
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests:
		return &monitor.RateLimited{RetryAfter: x.retryAfter()}
	case code >= 500:
		return x.failure("response_url", fmt.Errorf("HTTP status %d", code))
	case code != http.StatusOK, answer.OK != nil && !*answer.OK:
		return &monitor.MessageRefused{Reason: strings.TrimSpace(fmt.Sprintf("HTTP status %d %s", code, clean(answer.Error)))}
	}
	return nil
}
