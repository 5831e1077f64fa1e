package feed

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
)

// specialAddresses are some of every range that is not the public internet.
var specialAddresses = []string{
	"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255",
	"127.0.0.1", "127.1.2.3", "127.255.255.254", "168.63.129.16", "169.254.0.1", "169.254.169.254",
	"169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1",
	"192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
	"224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
	"::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::ffff:168.63.129.16",
	"::ffff:0:127.0.0.1",         // IPv4-translated
	"::127.0.0.1", "::a9fe:a9fe", // IPv4-compatible
	"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b::c0a8:1", // NAT64 of private
	"64:ff9b:1::1", "64:ff9b:1:7f00:0:100::", // local NAT64
	"100::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", // Teredo, ORCHID
	"2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1", // 6to4
	"2620:4f:8000::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1",
	"fe80::1%eth0", "fec0::1", "feff::1", "ff02::1", "ff0e::1",
}

func TestGuardWithoutExceptions(t *testing.T) {
	g := newGuard(nil)
	for _, public := range []string{
		"1.1.1.1", "8.8.8.8", "93.184.215.14", "203.0.114.1", "100.63.255.255", "100.128.0.1", "172.15.0.1",
		"172.32.0.1", "192.0.1.1", "198.17.255.255", "198.20.0.1", "223.255.255.255", "168.63.129.15",
		"2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450::1",
		"::ffff:8.8.8.8",   // mapped
		"64:ff9b::808:808", // NAT64 of 8.8.8.8
		"64:ff9b::5db8:d70e",
	} {
		t.Run(public+" is let through", func(t *testing.T) {
			if err := g.check(netip.MustParseAddr(public)); err != nil {
				t.Error(err)
			}
		})
	}
	for _, special := range specialAddresses {
		t.Run(special+" is refused", func(t *testing.T) {
			err := g.check(netip.MustParseAddr(special))
			if _, ok := isBlocked(err); !ok {
				t.Errorf("check = %v, want a blockedError", err)
			}
		})
	}
}

func TestGuardWithExceptions(t *testing.T) {
	g := newGuard([]netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::ffff:10.1.0.0/112"), netip.MustParsePrefix("fd12::/16"),
	})
	for address, allowed := range map[string]bool{
		"127.0.0.1": true, "::ffff:127.0.0.1": true, "10.1.2.3": true, "::ffff:10.1.2.3": true, "fd12::1": true,
		"fd12::1%eth0": true, "8.8.8.8": true,
		"10.2.0.1": false, "::1": false, "64:ff9b::7f00:1": false, "fd13::1": false, "169.254.169.254": false,
	} {
		if err := g.check(netip.MustParseAddr(address)); (err == nil) != allowed {
			t.Errorf("check(%s) = %v, want allowed %v", address, err, allowed)
		}
	}
}

func TestGuardOfNames(t *testing.T) {
	g := newGuard(nil)
	g.resolver = offline()
	for _, name := range []string{"localhost", "LOCALHOST.", "a.localhost", "metadata.google.internal", "metadata", "127.0.0.1", "::1"} {
		if _, ok := isBlocked(g.checkHost(context.Background(), name)); !ok {
			t.Errorf("%s was let through", name)
		}
	}
	loopback := newGuard([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	loopback.resolver = offline()
	for _, name := range []string{"localhost", "127.0.0.1"} {
		if err := loopback.checkHost(context.Background(), name); err != nil {
			t.Errorf("%s on an allowed network: %v", name, err)
		}
	}
}

// offline is a resolver that knows no name.
func offline() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, net.UnknownNetworkError("none")
	}}
}

func TestGuardDialsNothingButTCP(t *testing.T) {
	if err := newGuard(nil).control("udp4", "8.8.8.8:53", nil); err == nil {
		t.Error("udp4 was let through")
	}
}

func TestGuardRefusesNameWithMixedAnswers(t *testing.T) {
	g := newGuard(nil)
	g.resolver = nameServer(t, func(name string) []string {
		return map[string][]string{
			"public.example.": {"93.184.215.14"},
			"mixed.example.":  {"93.184.215.14", "10.0.0.1"},
			"inner.example.":  {"192.168.1.1"},
		}[name]
	})
	for name, blocked := range map[string]bool{"public.example": false, "mixed.example": true, "inner.example": true} {
		if _, got := isBlocked(g.checkHost(context.Background(), name)); got != blocked {
			t.Errorf("%s: blocked %v, want %v", name, got, blocked)
		}
	}
}

func TestGuardLooksAtTheAddressItDials(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32 // for either kind of address
	g := newGuard(nil)
	g.resolver = nameServer(t, func(string) []string {
		if asked.Add(1)%4 < 3 && asked.Load()%4 > 0 {
			return []string{"93.184.215.14"} // public while it is judged
		}
		return []string{"127.0.0.1"} // and private when it is dialled
	})
	for range 1000 {
		conn, err := g.dial(context.Background(), "tcp", net.JoinHostPort("rebound.example", port))
		if _, ok := isBlocked(err); !ok {
			t.Fatalf("connection %v, error %v after %d look-ups", conn, err, asked.Load())
		}
	}
	if asked.Load() != 4*1000 {
		t.Errorf("%d look-ups: the second, when dialling, is what this test is about", asked.Load())
	}
}
