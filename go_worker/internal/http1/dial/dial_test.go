package dial_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"hazard/internal/http1/dial"
)

// countingResolver gives fixed addresses and counts look-ups.
type countingResolver struct {
	addrs   []string
	err     error
	lookups atomic.Int32
}

func (r *countingResolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	r.lookups.Add(1)
	var addrs []netip.Addr
	for _, text := range r.addrs {
		addrs = append(addrs, netip.MustParseAddr(text))
	}
	return addrs, r.err
}

func listen(t *testing.T, address string) (net.Listener, uint16) {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener, uint16(listener.Addr().(*net.TCPAddr).Port)
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestNamesAreLookedUpOnce(t *testing.T) {
	_, port := listen(t, "127.0.0.1:0")
	resolver := &countingResolver{addrs: []string{"127.0.0.1"}}
	for ttl, want := range map[time.Duration]int32{time.Minute: 1, -1: 10} {
		resolver.lookups.Store(0)
		d := dial.New(dial.Options{Resolver: resolver, TTL: ttl})
		for range 10 {
			result, err := d.Dial(deadline(t), "name.example", port, nil)
			if err != nil {
				t.Fatal(err)
			}
			_ = result.Conn.Close()
		}
		if got := resolver.lookups.Load(); got != want {
			t.Errorf("TTL %v: %d look-ups", ttl, got)
		}
	}
}

func TestFlushedNamesAreLookedUpAgain(t *testing.T) {
	_, port := listen(t, "127.0.0.1:0")
	resolver := &countingResolver{addrs: []string{"127.0.0.1"}}
	d := dial.New(dial.Options{Resolver: resolver})
	for range 2 {
		result, err := d.Dial(deadline(t), "name.example", port, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = result.Conn.Close()
		d.FlushNames()
	}
	if resolver.lookups.Load() != 2 {
		t.Errorf("%d look-ups", resolver.lookups.Load())
	}
}

func TestFailedLookupsAreNotRepeatedAtOnce(t *testing.T) {
	resolver := &countingResolver{err: errors.New("no such host")}
	d := dial.New(dial.Options{Resolver: resolver})
	for range 10 {
		if _, err := d.Dial(deadline(t), "name.example", 80, nil); !errors.Is(err, dial.ErrName) {
			t.Fatalf("error %v", err)
		}
	}
	if resolver.lookups.Load() != 1 {
		t.Errorf("%d look-ups", resolver.lookups.Load())
	}
}

// The first address refuses: the second is used without waiting for the fallback delay.
func TestNextAddressAfterRefusal(t *testing.T) {
	_, port := listen(t, "127.0.0.3:0")
	d := dial.New(dial.Options{FallbackDelay: time.Minute,
		Resolver: &countingResolver{addrs: []string{"127.0.0.2", "::1", "127.0.0.3"}}})
	result, err := d.Dial(deadline(t), "name.example", port, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = result.Conn.Close() }()
	if result.Remote.Addr() != netip.MustParseAddr("127.0.0.3") {
		t.Errorf("connected to %s", result.Remote)
	}
}

// A name with allowed and forbidden addresses is dialled at the allowed ones only.
func TestForbiddenAddressesOfANameAreSkipped(t *testing.T) {
	_, port := listen(t, "127.0.0.3:0")
	forbidden := netip.MustParseAddr("127.0.0.2")
	d := dial.New(dial.Options{
		Resolver: &countingResolver{addrs: []string{"127.0.0.2", "127.0.0.3"}},
		Allow: func(target netip.AddrPort) error {
			if target.Addr() == forbidden {
				return errors.New("forbidden")
			}
			return nil
		},
	})
	result, err := d.Dial(deadline(t), "name.example", port, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = result.Conn.Close()
	if _, err := d.Dial(deadline(t), "127.0.0.2", port, nil); !errors.Is(err, dial.ErrDenied) {
		t.Errorf("error %v", err)
	}
}

// Spellings of an address do not slip past the list.
func TestSpellingsOfAddresses(t *testing.T) {
	var asked []netip.AddrPort
	d := dial.New(dial.Options{Allow: func(target netip.AddrPort) error {
		asked = append(asked, target)
		return errors.New("no")
	}})
	for _, host := range []string{"::ffff:127.0.0.1", "0.0.0.0", "::ffff:0.0.0.0"} {
		if _, err := d.Dial(deadline(t), host, 80, nil); !errors.Is(err, dial.ErrDenied) {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, target := range asked {
		if target != netip.MustParseAddrPort("127.0.0.1:80") {
			t.Errorf("the list was asked about %s", target)
		}
	}
}

func TestRules(t *testing.T) {
	rules, err := dial.ParseRules(
		[]string{"a.example:80:10.0.0.1,10.0.0.2", "*:81:[::1]"},
		[]string{"a.example:80:b.example:8080", ":81::82", "[::1]:83:[::2]:", "c.example::d.example:"})
	if err != nil {
		t.Fatal(err)
	}
	d := dial.New(dial.Options{Rules: rules})
	for _, c := range []struct {
		host   string
		port   uint16
		toHost string
		toPort uint16
	}{
		{"A.example", 80, "b.example", 8080},
		{"x.example", 81, "x.example", 82},
		{"::1", 83, "::2", 83},
		{"c.example", 99, "d.example", 99},
		{"x.example", 80, "x.example", 80},
	} {
		host, port, _ := d.Map(c.host, c.port, nil)
		if host != c.toHost || port != c.toPort {
			t.Errorf("%s:%d becomes %s:%d", c.host, c.port, host, port)
		}
	}
	addr, err := d.Resolve(deadline(t), "anything", 81, nil)
	if err != nil || addr != netip.IPv6Loopback() {
		t.Errorf("resolved to %s, %v", addr, err)
	}
	for _, bad := range []string{"", "a", "a:b", "a:80", "a:x:127.0.0.1", "a:80:name"} {
		if _, err := dial.ParseRules([]string{bad}, nil); err == nil {
			t.Errorf("resolve rule %q was accepted", bad)
		}
	}
	for _, bad := range []string{"", "a:80:b", "a:x:b:80", "a:80:b:70000", "[::1:80:b:80"} {
		if _, err := dial.ParseRules(nil, []string{bad}); err == nil {
			t.Errorf("connect-to rule %q was accepted", bad)
		}
	}
}

// heldResolver answers when it is let go.
type heldResolver struct{ asked, release chan struct{} }

func (r heldResolver) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	r.asked <- struct{}{}
	<-r.release
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// A user that waits for another's look-up leaves when its own time is over.
func TestCancelledDialDoesNotWaitForAnotherLookup(t *testing.T) {
	resolver := heldResolver{make(chan struct{}), make(chan struct{})}
	d := dial.New(dial.Options{Resolver: resolver})
	_, port := listen(t, "127.0.0.1:0")
	first := make(chan error, 1)
	go func() {
		result, err := d.Dial(deadline(t), "name.example", port, nil)
		if err == nil {
			_ = result.Conn.Close()
		}
		first <- err
	}()
	<-resolver.asked
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Dial(ctx, "name.example", port, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	close(resolver.release)
	if err := <-first; err != nil {
		t.Errorf("the first user failed: %v", err)
	}
}

func TestAResolveRuleLendsAnAddressNoTrustOfTheName(t *testing.T) {
	listener, port := listen(t, "127.0.0.2:0")
	byName := func(host string, target netip.AddrPort) error {
		if host == "trusted.example" {
			return nil
		}
		return errors.New("not on the list")
	}
	pinned, err := dial.ParseRules([]string{"trusted.example:0:127.0.0.2"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	resolver := &countingResolver{addrs: []string{"127.0.0.2"}}
	for name, one := range map[string]struct {
		ofDialer, ofPlan dial.Rules
		allowed          bool
	}{
		"resolved by the system": {allowed: true},
		"pinned by the plan":     {ofPlan: pinned},
		"pinned by the dialer":   {ofDialer: pinned},
	} {
		d := dial.New(dial.Options{Resolver: resolver, AllowHost: byName, Rules: one.ofDialer})
		result, err := d.Dial(deadline(t), "trusted.example", port, &one.ofPlan)
		if one.allowed {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			_ = result.Conn.Close()
		} else if !errors.Is(err, dial.ErrDenied) {
			t.Errorf("%s: %v is dialled (%v)", name, listener.Addr(), err)
		}
		if err := d.CheckProxied(deadline(t), "trusted.example", port, &one.ofPlan); (err == nil) != one.allowed {
			t.Errorf("%s, behind a proxy: %v", name, err)
		}
	}
}
