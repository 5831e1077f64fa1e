package slack

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"newswatch/monitor"
)

// A verdict is what an answer of Slack means for the message.
type verdict int

const (
	unknown verdict = iota // it may have been done
	limited
	refused // this channel takes nothing
	revoked // this token may do nothing
	faulty  // this message is not acceptable
	gone    // what it replies to or updates is not there
)

// verdicts says what the error codes of Slack mean, from the error tables of
// chat.postMessage, chat.update, conversations.history, conversations.replies
// and conversations.list. Codes for which Slack says that the operation may
// have succeeded are unknown, as are those that say nothing about the message.
// A code that is not here is a refusal of the message: Slack said no, and the
// next message may fare better.
var verdicts = map[string]verdict{
	"ratelimited": limited, "rate_limited": limited, "message_limit_exceeded": limited,
	"rate_limit_exceeded": limited, "too_many_requests": limited,

	"fatal_error": unknown, "internal_error": unknown, "service_unavailable": unknown,
	"request_timeout": unknown, "update_failed": unknown, "server_error": unknown,

	"channel_not_found": refused, "not_in_channel": refused, "is_archived": refused, "is_inactive": refused,
	"channel_type_not_supported": refused, "method_not_supported_for_channel_type": refused,
	"restricted_action": refused, "messages_tab_disabled": refused, "user_not_in_channel": refused,
	"external_channel_migrating": refused, "slack_connect_blocked": refused, "channel_is_limited_access": refused,
	"duplicate_channel_not_found": refused, "cannot_dm_bot": refused, "user_not_found": refused,
	"invalid_auth": revoked, "not_authed": revoked, "account_inactive": revoked, "user_is_bot": refused,
	"token_revoked": revoked, "token_expired": revoked, "not_allowed_token_type": revoked,
	"missing_scope": refused, "no_permission": refused, "access_denied": refused, "accesslimited": refused,
	"ekm_access_denied": refused, "org_login_required": revoked, "team_access_not_granted": revoked,
	"team_not_found": refused, "team_added_to_org": revoked, "enterprise_is_restricted": refused,
	"two_factor_setup_required": revoked, "deprecated_endpoint": refused, "method_deprecated": refused,
	"unknown_method": refused, "invalid_channel": refused, "app_missing_action_url": refused,
	"as_user_not_supported": refused,

	"thread_not_found": gone, "message_not_found": gone, "cannot_reply_to_message": gone,
	"invalid_thread_ts": gone, "restricted_action_thread_locked": gone,

	"cant_update_message": faulty, "edit_window_closed": faulty, // it stands as it is
}

// judge says what an error code means.
func judge(code string) verdict {
	if v, ok := verdicts[code]; ok {
		return v
	}
	if strings.HasPrefix(code, "restricted_action") {
		return refused
	}
	return faulty
}

// unreadable are the codes by which Slack refuses to show a channel's history
// though messages may well be posted there.
var unreadable = map[string]bool{
	"missing_scope": true, "no_permission": true, "access_denied": true, "not_in_channel": true,
	"not_allowed_token_type": true, "method_not_supported_for_channel_type": true,
	"enterprise_is_restricted": true, "channel_is_limited_access": true,
}

// refusal turns an error of the client into the worker's types. What remains is
// an error of unknown outcome.
func (x *exchange) refusal(method string, err error) error {
	if limit, ok := errors.AsType[*monitor.RateLimited](err); ok {
		return limit
	}
	if answer, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		reason := x.reasonOf(answer)
		switch judge(answer.Err) {
		case limited:
			return &monitor.RateLimited{RetryAfter: x.retryAfter()}
		case refused:
			return &monitor.ChannelRefused{Reason: reason}
		case revoked:
			return &monitor.ChannelRefused{Reason: reason, Token: true}
		case faulty:
			return &monitor.MessageRefused{Reason: reason}
		case gone:
			return &monitor.ThreadGone{Reason: reason}
		}
		return x.failure(method, errors.New("slack answered "+reason))
	}
	if status, ok := errors.AsType[slackgo.StatusCodeError](err); ok {
		reason := "HTTP status " + strconv.Itoa(status.Code)
		switch code := status.Code; {
		case code == http.StatusRequestEntityTooLarge, code == http.StatusRequestHeaderFieldsTooLarge:
			return &monitor.MessageRefused{Reason: reason}
		case code >= 300 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooEarly:
			// Nothing that answers so has taken the message: a wrong address, a proxy.
			return &monitor.ChannelRefused{Reason: reason}
		}
		return x.failure(method, errors.New("slack answered "+reason))
	}
	if unreached(err) {
		return &monitor.NotSent{Err: x.failure(method, err)}
	}
	return x.failure(method, err)
}

// unreached says whether no connection came about, so that Slack cannot have
// seen the request.
func unreached(err error) bool {
	dial, ok := errors.AsType[*net.OpError](err)
	return ok && dial.Op == "dial"
}

// unread is refusal for requests that read: that Slack will not show what it
// may well take is monitor.ErrNoHistory.
func (x *exchange) unread(method string, err error) error {
	if answer, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		switch {
		case unreadable[answer.Err]:
			return fmt.Errorf("%s: %s: %w", method, x.reasonOf(answer), monitor.ErrNoHistory)
		case judge(answer.Err) == faulty:
			// A request that reads has no message to refuse; the next may fare better.
			return x.failure(method, errors.New("slack answered "+x.reasonOf(answer)))
		}
	}
	return x.refusal(method, err)
}

// reasonOf is Slack's error code with what it says of it: where blocks are
// wrong, which scope is needed.
func (x *exchange) reasonOf(answer slackgo.SlackErrorResponse) string {
	reason := clean(answer.Err)
	if answer.Needed != "" {
		reason += " (needed: " + clean(answer.Needed) + ")"
	}
	if len(answer.ResponseMetadata.Messages) > 0 {
		reason += " " + clean(strings.Join(answer.ResponseMetadata.Messages, "; "))
	}
	return cut(x.redact(reason), maxLine)
}

// How long to wait when Slack says so. Its Retry-After is kept to the second
// up to maxRetryAfter; what is missing, negative, unreadable or longer than any
// server means is no Retry-After, and defaultRetryAfter is waited.
const (
	minRetryAfter     = time.Second
	defaultRetryAfter = 30 * time.Second
	maxRetryAfter     = time.Hour
)

// retryAfter reads the header's Retry-After: seconds, or a date.
func (x *exchange) retryAfter() time.Duration {
	value := strings.TrimSpace(x.header.Get("Retry-After"))
	wait := time.Duration(-1)
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		if 0 <= seconds && seconds <= maxRetryAfter.Seconds() {
			wait = time.Duration(seconds * float64(time.Second))
		}
	} else if at, err := http.ParseTime(value); err == nil {
		wait = time.Until(at)
		if sent, err := http.ParseTime(x.header.Get("Date")); err == nil {
			wait = at.Sub(sent)
		}
	}
	if wait < 0 || wait > maxRetryAfter {
		return defaultRetryAfter
	}
	return max(wait, minRetryAfter)
}
