package feed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"newswatch/monitor"
)

// Reasons of a monitor.FeedError, as metrics label them.
const (
	reasonAddress   = "address"    // the configured URL is no http(s) address
	reasonBlocked   = "blocked"    // an address that feeds may not live on
	reasonCancelled = "cancelled"  // we are stopping
	reasonConnect   = "connection" // reset, cut off, unreachable
	reasonDNS       = "dns"
	reasonEncoding  = "encoding" // a Content-Encoding, or characters, that cannot be read
	reasonEmpty     = "empty"    // 200 with no body
	reasonHTML      = "html"     // a page, not a feed
	reasonNotAFeed  = "not-a-feed"
	reasonRedirect  = "redirect"
	reasonRefused   = "refused"
	reasonStatus    = "status"
	reasonThrottled = "throttled" // 429
	reasonTimeout   = "timeout"
	reasonTLS       = "tls"
	reasonTooLarge  = "too-large"
)

var (
	errAddress = errors.New("no http or https address")
	errTimeout = errors.New("time limit reached")
)

// A redirectError says where the redirects went wrong, free of secrets.
type redirectError struct{ detail string }

func (e *redirectError) Error() string { return e.detail }

// A statusError is an answer that is neither a page nor a redirect.
type statusError struct {
	code       int
	retryAfter time.Duration
}

func (e *statusError) Error() string {
	// Not the server's own words: they are anybody's.
	return strings.TrimSpace(fmt.Sprintf("%d %s", e.code, http.StatusText(e.code)))
}

func (e *statusError) hint() string {
	switch e.code {
	case http.StatusUnauthorized:
		return "the feed wants credentials: set headers, or user and password in its url"
	case http.StatusForbidden:
		return "the server refuses us: it may want another network.user_agent, or none of this network"
	case http.StatusNotFound:
		return "the feed has moved or was never here: look for its address on the site"
	case http.StatusGone:
		return "the publisher ended this feed: look for another, or remove it"
	}
	return ""
}

// fault puts a fetch's error into words for the operator. What net/http says
// quotes the address, so nothing of it is passed on unmasked.
func (r *Reader) fault(feed monitor.Feed, err error) *monitor.FeedError {
	fault := &monitor.FeedError{Err: maskedError{mask(feed, err.Error()), err}}
	var (
		status    *statusError
		redirect  *redirectError
		encoding  *encodingError
		dns       *net.DNSError
		cert      *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		authority x509.UnknownAuthorityError
	)
	blocked, isBlocked := isBlocked(err)
	switch {
	case errors.Is(err, errAddress):
		fault.Reason, fault.Detail = reasonAddress, "the url is no http or https address"
	case errors.Is(err, errTimeout), errors.Is(err, context.DeadlineExceeded):
		fault.Reason, fault.Detail = reasonTimeout, fmt.Sprintf("no whole answer within %s", r.options.Timeout)
	case errors.Is(err, context.Canceled):
		fault.Reason, fault.Detail = reasonCancelled, "stopped before the answer was read"
	case isBlocked:
		fault.Reason, fault.Detail = reasonBlocked, blocked.Error()
		fault.Hint = "if it is yours, list its network under network.allow_private"
	case errors.As(err, &status):
		fault.Reason, fault.Detail = reasonStatus, status.Error()
		fault.Hint, fault.RetryAfter = status.hint(), status.retryAfter
		fault.Gone = status.code == http.StatusGone
		if status.code == http.StatusTooManyRequests {
			fault.Reason = reasonThrottled
		}
	case errors.As(err, &redirect):
		fault.Reason, fault.Detail = reasonRedirect, redirect.detail
		fault.Hint = "set the feed's url to where it ends"
	case errors.As(err, &encoding):
		fault.Reason, fault.Detail = reasonEncoding, oneLine(encoding.Error())+", though only gzip was asked for"
	case errors.Is(err, errTooLarge):
		fault.Reason, fault.Detail = reasonTooLarge, fmt.Sprintf("more than %d bytes decompressed", r.options.MaxBytes)
	case strings.Contains(err.Error(), "server response headers exceeded"), // net/http has no type for it
		strings.Contains(err.Error(), "header list too large"): // in HTTP/2
		fault.Reason, fault.Detail = reasonTooLarge, fmt.Sprintf("more than %d bytes of headers", maxHeaderBytes)
	case errors.As(err, &dns) && dns.IsNotFound:
		fault.Reason, fault.Detail = reasonDNS, fmt.Sprintf("no such host: %s", oneLine(dns.Name))
	case errors.As(err, &dns):
		fault.Reason, fault.Detail = reasonDNS, fmt.Sprintf("could not look up %s", oneLine(dns.Name))
	case errors.As(err, &cert), errors.As(err, &authority), errors.As(err, &record), errors.As(err, &alert):
		fault.Reason, fault.Detail = reasonTLS, mask(feed, err.Error())
	case errors.Is(err, syscall.ECONNREFUSED):
		fault.Reason, fault.Detail = reasonRefused, "connection refused"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		fault.Reason, fault.Detail = reasonConnect, "connection closed before the whole answer was read"
	case errors.Is(err, syscall.ECONNRESET):
		fault.Reason, fault.Detail = reasonConnect, "connection reset"
	default:
		fault.Reason, fault.Detail = reasonConnect, mask(feed, err.Error())
	}
	return fault
}

// A maskedError keeps an error's identity for errors.Is and hides its text.
type maskedError struct {
	text string
	err  error
}

func (e maskedError) Error() string        { return e.text }
func (e maskedError) Is(target error) bool { return errors.Is(e.err, target) }

// mask takes the feed's secrets out of text and makes it one short line.
func mask(feed monitor.Feed, text string) string {
	secrets := []string{feed.URL}
	if u, err := url.Parse(feed.URL); err == nil {
		secrets = append(secrets, u.String(), u.RawQuery)
		if password, ok := u.User.Password(); ok {
			secrets = append(secrets, u.User.String(), password)
		}
		for _, values := range u.Query() {
			secrets = append(secrets, values...)
		}
	}
	for _, value := range feed.Headers {
		secrets = append(secrets, value.Reveal())
	}
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return oneLine(text)
}

// oneLine makes foreign text fit for a log: no line break or control
// character, at most 200 characters.
func oneLine(text string) string {
	const longest = 200
	text = strings.Join(strings.Fields(printable(text)), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}
