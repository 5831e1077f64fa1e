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

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// maxAnswer bounds what is read of an answer, in bytes: a page of history is
// 200 messages of at most 13,000 characters, mostly far less.
const maxAnswer = 16 << 20

// An exchange is one request and what came back with it.
type exchange struct {
	ctx    context.Context // of this one request: it ends with it
	sender *Sender
	header http.Header // of the answer; nil: none came
}

// begin prepares one request. The caller must call the returned function when
// it is done.
func (s *Sender) begin(ctx context.Context) (*exchange, context.CancelFunc) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.limit, fmt.Errorf("no answer within %s", s.limit))
	return &exchange{ctx: ctx, sender: s}, cancel
}

// client is slack-go for this exchange, with no retries.
func (x *exchange) client() *slackgo.Client {
	return slackgo.New(x.sender.token.Reveal(), slackgo.OptionAPIURL(x.sender.apiURL), slackgo.OptionHTTPClient(x))
}

// A status is what every answer of Slack has.
type status struct {
	OK       *bool                    `json:"ok"`
	Error    string                   `json:"error"`
	Needed   string                   `json:"needed"`
	Metadata slackgo.ResponseMetadata `json:"response_metadata"`
}

// Do makes the request for slack-go, which would take two answers amiss: 429
// without a whole number of seconds for some other failure, and JSON that is
// not Slack's, "{}" say, for success.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	resp, err := x.sender.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	x.header = resp.Header
	x.sender.compare(resp.Header)
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusTooManyRequests:
		return nil, &monitor.RateLimited{RetryAfter: x.retryAfter()}
	default:
		return nil, slackgo.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	var answer status
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, errors.New("the answer is not JSON")
	}
	if answer.OK == nil || !*answer.OK && answer.Error == "" {
		return nil, errors.New("the answer says neither yes nor no")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// call asks Slack without slack-go, for answers of which it decodes too much:
// one odd message of another app in a channel's history would hide ours.
func (x *exchange) call(method string, args url.Values, into any) error {
	everyones := !args.Has("channel")
	if everyones {
		done, err := x.sender.turn(x.ctx, method)
		if err != nil {
			return err
		}
		defer done()
	}
	if !x.sender.bearer {
		args.Set("token", x.sender.token.Reveal())
	}
	req, err := http.NewRequestWithContext(x.ctx, http.MethodPost, x.sender.apiURL+method, strings.NewReader(args.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if x.sender.bearer {
		req.Header.Set("Authorization", "Bearer "+x.sender.token.Reveal())
	}
	resp, err := x.Do(req)
	if err != nil {
		if everyones {
			x.sender.hold(method, err)
		}
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var answer status
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	if !*answer.OK {
		return slackgo.SlackErrorResponse{Err: answer.Error, Needed: answer.Needed, ResponseMetadata: answer.Metadata}
	}
	return json.Unmarshal(body, into)
}

// failure wraps an error of unknown outcome. It names no address and no token,
// whatever the error underneath says.
func (x *exchange) failure(method string, err error) error {
	if cause := context.Cause(x.ctx); cause != nil {
		err = cause
	}
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	if said := x.redact(err.Error()); said != err.Error() {
		err = errors.New(said)
	}
	return fmt.Errorf("%s: %w", method, err)
}

// redact masks the token, should anyone echo it.
func (x *exchange) redact(s string) string {
	if x.sender.token.Empty() {
		return s
	}
	return strings.ReplaceAll(s, x.sender.token.Reveal(), "***")
}
