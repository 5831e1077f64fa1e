package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"newswatch/monitor"
	"newswatch/rules"
)

// zone reads a time zone's name; default UTC.
func (s *section) zone(key string) *time.Location {
	name, n, ok := s.text(key)
	if !ok {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		s.report(n, zoneHint(name), "%s is no time zone", quote(name))
		return time.UTC
	}
	return zone
}

// hours reads hours of the day.
func (s *section) hours(key string) rules.Hours {
	text, n, ok := s.text(key)
	if !ok {
		return rules.Hours{}
	}
	hours, err := rules.ParseHours(text)
	if wrong, ok := errors.AsType[*rules.HoursError](err); ok {
		s.report(n, wrong.Hint, "%s", wrong.Problem)
	}
	return hours
}

// schedule reads a cron spec or an interval, absent or faulty: otherwise.
func (r *reader) schedule(s *section, key string, otherwise monitor.Schedule) monitor.Schedule {
	spec, n, ok := s.text(key)
	if !ok {
		return otherwise
	}
	schedule, err := monitor.ParseSchedule(spec, r.zone)
	if err != nil {
		var wrong *monitor.ScheduleError
		hint := ""
		if errors.As(err, &wrong) {
			hint = wrong.Hint
		}
		r.report(n, hint, "%s", err)
		return otherwise
	}
	if interval := schedule.Interval(time.Unix(0, 0)); interval < monitor.WarnInterval && s.name != "digest" {
		r.warn(n, "\"@every 1m\" is often enough for an agency", "%s asks a publisher every %s", quote(spec), interval)
	}
	if minute, _, ok := strings.Cut(spec, " "); ok {
		if step, err := strconv.Atoi(strings.TrimPrefix(minute, "*/")); err == nil && step > 59 {
			r.warn(n, fmt.Sprintf(`write "@every %dm"`, step), "%s falls due at minute 0 only", quote(spec))
		}
	}
	return schedule
}

// url reads an address of the given schemes; nil when it is absent, empty,
// faulty or cannot be had.
func (s *section) url(key string, schemes ...string) (*url.URL, *yaml.Node) {
	text, n, ok := s.scalar(key)
	if !ok || text == "" {
		return nil, n
	}
	return s.address(n, schemes...), n
}

// address reads a node as a URL. What it reports never shows the address,
// which may hold a secret; the line shown with it is masked.
func (r *reader) address(n *yaml.Node, schemes ...string) *url.URL {
	text, ok := r.expanded(n)
	if !ok {
		return nil
	}
	fail := func(hint, format string, args ...any) *url.URL {
		r.report(n, hint, format, args...)
		return nil
	}
	if strings.ContainsAny(text, " \t\n") {
		return fail("write %20 for a space", "an address holds no spaces")
	}
	u, err := url.Parse(text)
	if err != nil {
		problem, hint := addressTrouble(err)
		return fail(hint, "this is no address: %s", problem)
	}
	switch {
	case u.Scheme == "" || strings.Contains(u.Scheme, ".") || u.Opaque != "" && u.Opaque[0] <= '9': // host:port
		return fail("begin it with "+schemes[0]+"://", "the address has no scheme")
	case u.Scheme == "feed":
		return fail("write https:// in place of feed:", "feed: is no scheme that can be fetched")
	case !slices.Contains(schemes, u.Scheme):
		return fail("it begins with "+strings.Join(schemes, ":// or ")+"://", "%s is no scheme for an address here", quote(u.Scheme))
	case u.Hostname() == "":
		return fail(u.Scheme+"://, and then the host", "the address names no host")
	case len(text) > maxURLBytes:
		return fail("", "the address is longer than %d bytes", maxURLBytes)
	}
	if port := u.Port(); port != "" {
		if number, err := strconv.Atoi(port); err != nil || number < 1 || number > 65535 {
			return fail("a port is 1 to 65535", "the address names no port that can be")
		}
	}
	u.RawQuery = escapeQuery(u.RawQuery)
	return u
}

// maxURLBytes is what servers take at least (RFC 9110 asks for 8000).
const maxURLBytes = 8000

// addressTrouble is why a URL could not be parsed, without the URL.
func addressTrouble(err error) (problem, hint string) {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		err = urlErr.Err
	}
	var host url.InvalidHostError
	var escape url.EscapeError
	switch {
	case errors.As(err, &host):
		return "its host holds a character that none may", "copy it from a browser"
	case errors.As(err, &escape):
		return "a % in it is not followed by two hexadecimal digits", "write %25 for the sign itself"
	case strings.Contains(err.Error(), "port"):
		return "its port is no number", "write it like https://host:8443/"
	case strings.Contains(err.Error(), "userinfo"):
		return "user or password hold a character that none may", "percent-encode it, like %40 for @"
	}
	return "it holds what none may", "copy it from a browser"
}

// escapeQuery percent-encodes what a browser would when it is pasted: letters
// beyond ASCII and quotes.
func escapeQuery(query string) string {
	var b strings.Builder
	for _, c := range []byte(query) {
		if c > 0x7e || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// prefixes reads a list of networks; a plain address is a network of one.
func (s *section) prefixes(key string) []netip.Prefix {
	var prefixes []netip.Prefix
	for _, n := range s.list(key) {
		if addr, err := netip.ParseAddr(n.Value); err == nil && addr.Zone() == "" {
			prefixes = append(prefixes, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(n.Value)
		switch {
		case err != nil:
			s.report(n, "write one like 10.1.0.0/16 or fd00::/8", "%s is no network", quote(n.Value))
			continue
		case prefix.Bits() == 0:
			s.warn(n, "name the networks that your feeds live on", "%s lets feeds reach every address, this machine's own among them", quote(n.Value))
		case prefix != prefix.Masked():
			s.warn(n, "write "+prefix.Masked().String(), "%s is a network of %s", quote(n.Value), prefix.Masked())
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes
}

// listen reads host:port; "" turns it off.
func (s *section) listen(key, otherwise string) string {
	text, n, ok := s.scalar(key)
	if !ok {
		return otherwise
	}
	if text == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(text)
	number, portErr := strconv.Atoi(port)
	switch {
	case err != nil:
		hint := "write host and port, like " + defaultListen
		if _, err := strconv.ParseUint(text, 10, 16); err == nil {
			hint = "write 127.0.0.1:" + text
		}
		s.report(n, hint, "%s is no address to listen on", quote(text))
	case portErr != nil || number < 0 || number > 65535:
		s.report(n, "a port is 1 to 65535", "%s names no port that can be", quote(text))
	case strings.ContainsAny(host, "/ @"):
		s.report(n, "write host and port, like "+defaultListen, "%s is no address to listen on", quote(text))
	default:
		return text
	}
	return otherwise
}

// userAgent reads what newswatch calls itself to publishers.
func (s *section) userAgent(key, otherwise string) string {
	text, n, ok := s.text(key)
	if !ok {
		return otherwise
	}
	if !headerValue(text) {
		s.report(n, "use plain ASCII on one line", "user_agent holds a character that no header may")
		return otherwise
	}
	return text
}

// heartbeat reads the URL that is pinged while all is well.
func (s *section) heartbeat(key string) monitor.Secret {
	u, _ := s.url(key, "https", "http")
	if u == nil {
		return monitor.Secret{}
	}
	return monitor.NewSecret(u.String())
}
