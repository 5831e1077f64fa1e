package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// A guard says which addresses may be connected to: the public internet and
// what the operator allows. It judges addresses, not names, at the moment of
// dialling, so that neither a redirect nor a changed DNS answer gets past it.
type guard struct {
	special  *ssrf.Guardian // the special-purpose registries of IANA
	allowed  []netip.Prefix
	resolver *net.Resolver // nil: the system's
}

// azureWire is Azure's metadata and health service: a public address that
// every virtual machine there reaches as if it were local.
var azureWire = netip.MustParsePrefix("168.63.129.16/32")

// nat64 holds IPv4 addresses in its last four bytes. Networks without IPv4
// reach the public internet through it (RFC 6052).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// v4Mapped holds IPv4 addresses as IPv6 sockets see them.
var v4Mapped = netip.MustParsePrefix("::ffff:0:0/96")

func newGuard(allowed []netip.Prefix) *guard {
	g := &guard{special: ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(azureWire))}
	for _, prefix := range allowed {
		if v4Mapped.Contains(prefix.Addr()) && prefix.Bits() >= v4Mapped.Bits() {
			prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-v4Mapped.Bits())
		}
		g.allowed = append(g.allowed, prefix.Masked())
	}
	return g
}

// A blockedError says, on one line, what was not connected to and why.
type blockedError struct{ detail string }

func (e *blockedError) Error() string { return e.detail }

func notPublic(address string) error {
	return &blockedError{fmt.Sprintf("%s is not a public address", oneLine(address))}
}

func ownName(host string) error {
	return &blockedError{fmt.Sprintf("%s is a name of this machine's own network", oneLine(host))}
}

// check returns a *blockedError unless addr may be connected to.
func (g *guard) check(addr netip.Addr) error {
	addr = addr.Unmap().WithZone("") // a prefix contains no address with a zone
	for _, prefix := range g.allowed {
		if prefix.Contains(addr) {
			return nil
		}
	}
	judged := addr
	if nat64.Contains(addr) {
		b := addr.As16()
		judged = netip.AddrFrom4([4]byte(b[12:]))
	}
	if g.special.SafeAddr(judged) != nil {
		return notPublic(addr.String())
	}
	return nil
}

// control is a net.Dialer's Control: the last look, at the very address.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%s is not dialled", network)
	}
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read address to dial: %w", err)
	}
	return g.check(target.Addr())
}

// metadata is where most clouds answer for a machine's own credentials.
var metadata = netip.AddrFrom4([4]byte{169, 254, 169, 254})

// localNames mean this machine or its cloud's metadata service wherever they
// are looked up, so they are refused even where a proxy does the looking up.
var localNames = map[string]netip.Addr{
	"localhost":                  netip.AddrFrom4([4]byte{127, 0, 0, 1}),
	"localhost.localdomain":      netip.AddrFrom4([4]byte{127, 0, 0, 1}),
	"ip6-localhost":              netip.IPv6Loopback(),
	"ip6-loopback":               netip.IPv6Loopback(),
	"metadata":                   metadata,
	"metadata.google.internal":   metadata,
	"metadata.goog":              metadata,
	"metadata.azure.internal":    metadata,
	"metadata.tencentyun.com":    metadata,
	"instance-data":              metadata,
	"instance-data.ec2.internal": metadata,
}

// checkHost judges a URL's host before anything is sent: a literal address
// and a local name by themselves, any other name by all its addresses. A name
// with a public and a private address is refused whole. A name that cannot be
// looked up passes: dialling it fails.
func (g *guard) checkHost(ctx context.Context, host string) error {
	_, err := g.judge(ctx, host)
	return err
}

// checkProxied is checkHost for a request through a proxy. It looks names up
// where we cannot look, so one that it may know and the public does not is
// refused too.
func (g *guard) checkProxied(ctx context.Context, host string) error {
	known, err := g.judge(ctx, host)
	if err == nil && !known && isPrivateName(plainHost(host)) {
		return ownName(host)
	}
	return err
}

// judge says whether the host is known, as an address or by its name.
func (g *guard) judge(ctx context.Context, host string) (known bool, err error) {
	name := plainHost(host)
	if addr, err := netip.ParseAddr(name); err == nil {
		return true, g.check(addr)
	}
	if isNumeric(name) {
		return true, notPublic(name)
	}
	local, isLocal := localNames[name]
	if strings.HasSuffix(name, ".localhost") {
		local, isLocal = localNames["localhost"], true
	}
	if isLocal && g.check(local) != nil {
		return true, ownName(name)
	}
	addrs, err := g.resolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return false, nil
	}
	for _, addr := range addrs {
		if err := g.check(addr); err != nil {
			return true, err
		}
	}
	return true, nil
}

// plainHost is a host as it is looked up: in ASCII and lower case, without the
// last full stop. Digits in full width are digits.
func plainHost(host string) string {
	if ascii, err := idna.Lookup.ToASCII(host); err == nil { // not of names with an underscore
		host = ascii
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// isPrivateName says whether a name can only be one of a private network: a
// single word, or under a top-level name that is kept out of the public DNS.
func isPrivateName(name string) bool {
	dot := strings.LastIndexByte(name, '.')
	if dot < 0 {
		return true
	}
	switch name[dot+1:] {
	case "internal", "local", "localdomain", "lan", "home", "corp", "intranet", "private", "svc", "test", "arpa":
		return true
	}
	return false
}

// isNumeric says whether a name is an IPv4 address in one of the forms that C
// libraries and browsers read besides the usual: 2130706433, 0x7f.1, 127.1,
// 0177.0.0.1. No public name ends in a number (the URL standard's test).
func isNumeric(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// dial connects to host:port after checkHost, through a dialer that looks
// again at the address it really connects to.
func (g *guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("read address to dial: %w", err)
	}
	if err := g.checkHost(ctx, host); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Control: g.control, Resolver: g.resolver}
	return dialer.DialContext(ctx, network, address)
}

func isBlocked(err error) (*blockedError, bool) {
	var blocked *blockedError
	ok := errors.As(err, &blocked)
	return blocked, ok
}
