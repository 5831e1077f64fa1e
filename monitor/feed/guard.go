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

// A blockedError names the address that was not connected to.
type blockedError struct {
	addr netip.Addr
	host string // instead of addr: a name that always means this machine or its cloud
}

func (e *blockedError) Error() string {
	if e.host != "" {
		return fmt.Sprintf("%s is a name of this machine's own network", e.host)
	}
	return fmt.Sprintf("%s is not a public address", e.addr)
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
		return &blockedError{addr: addr}
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

// localNames mean this machine or its cloud's metadata service wherever they
// are looked up, so they are refused even where a proxy does the looking up.
var localNames = map[string]netip.Addr{
	"localhost":                  netip.AddrFrom4([4]byte{127, 0, 0, 1}),
	"localhost.localdomain":      netip.AddrFrom4([4]byte{127, 0, 0, 1}),
	"ip6-localhost":              netip.IPv6Loopback(),
	"metadata":                   netip.AddrFrom4([4]byte{169, 254, 169, 254}),
	"metadata.google.internal":   netip.AddrFrom4([4]byte{169, 254, 169, 254}),
	"metadata.goog":              netip.AddrFrom4([4]byte{169, 254, 169, 254}),
	"metadata.azure.internal":    netip.AddrFrom4([4]byte{169, 254, 169, 254}),
	"instance-data":              netip.AddrFrom4([4]byte{169, 254, 169, 254}),
	"instance-data.ec2.internal": netip.AddrFrom4([4]byte{169, 254, 169, 254}),
}

// checkHost judges a URL's host before anything is sent: a literal address
// and a local name by themselves, any other name by all its addresses. A name
// with a public and a private address is refused whole. A name that cannot be
// looked up passes: dialling it fails, and behind a proxy it may still exist.
func (g *guard) checkHost(ctx context.Context, host string) error {
	if addr, err := netip.ParseAddr(host); err == nil {
		return g.check(addr)
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	local, isLocal := localNames[name]
	if strings.HasSuffix(name, ".localhost") {
		local, isLocal = localNames["localhost"], true
	}
	if isLocal && g.check(local) != nil {
		return &blockedError{host: name}
	}
	addrs, err := g.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	for _, addr := range addrs {
		if err := g.check(addr); err != nil {
			return err
		}
	}
	return nil
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
