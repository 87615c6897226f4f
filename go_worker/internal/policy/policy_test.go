package policy

import (
	"net/netip"
	"strings"
	"testing"
)

func TestTargetsAreRead(t *testing.T) {
	for _, text := range []string{
		"10.0.0.0/8", "10.0.0.0/8:443", "::1/128", "10.1.2.3", "10.1.2.3:80", "::1", "[::1]:8080",
		"shop.example", "shop.example:8443", "*.shop.example", "*.shop.example:443", "localhost",
		" a.example , b.example ,",
	} {
		if targets, err := ParseTargets(text); err != nil || len(targets) == 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{
		"", " , ", "10.0.0.0/99", "10.0.0.0/8:0", "10.0.0.0/8:web", "shop.example:", "shop.example:70000",
		"*", "*.", "*.a.*.b", "http://shop.example", "shop.example/path", "a b",
	} {
		if targets, err := ParseTargets(text); err == nil {
			t.Errorf("%q is read as %v", text, targets)
		} else if text != "" && strings.TrimSpace(text) != "," && !strings.Contains(err.Error(), text) {
			t.Errorf("%q is not named in: %v", text, err)
		}
	}
}

func TestTheDefaultIsThisMachineByAddress(t *testing.T) {
	targets, err := ParseTargets(strings.Join(DefaultTargets(), ","))
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range targets {
		prefix, err := netip.ParsePrefix(target)
		if err != nil || !prefix.Addr().IsLoopback() {
			t.Errorf("%s is allowed by default (%v)", target, err)
		}
	}
}

func TestLoopbackAddressesAreKnown(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:0": true, "127.9.9.9:7070": true, "[::1]:1": true, "localhost:7070": true,
		"0.0.0.0:1": false, ":1": false, "[::]:1": false, "10.0.0.1:1": false, "worker.example:1": false,
		"127.0.0.1": false, "localhost.example:1": false,
	} {
		if IsLoopback(address) != want {
			t.Errorf("%s: loopback %v", address, !want)
		}
	}
}

func TestAListAllowsWhatItNamesOrHolds(t *testing.T) {
	targets := []string{"10.0.0.0/8", "192.0.2.7:443", "[2001:db8::1]:80", "*.shop.example", "api.example:8443"}
	for _, one := range []struct {
		host, addresses string
		port            uint16
		want            bool
	}{
		{"a.example", "10.1.1.1", 5557, true},
		{"a.example", "10.1.1.1 192.0.2.7", 5557, false}, // one of them is not allowed
		{"a.example", "192.0.2.7", 443, true},
		{"a.example", "192.0.2.7", 80, false},
		{"a.example", "2001:db8::1", 80, true},
		{"a.example", "2001:db8::1", 81, false},
		{"a.example", "::ffff:10.1.1.1", 1, true},
		{"a.example", "", 1, false},
		{"WWW.Shop.example.", "203.0.113.1", 1, true},
		{"shop.example", "203.0.113.1", 1, false},
		{"evilshop.example", "203.0.113.1", 1, false},
		{"api.example", "203.0.113.1", 8443, true},
		{"api.example", "203.0.113.1", 443, false},
	} {
		var addresses []netip.Addr
		for _, text := range strings.Fields(one.addresses) {
			addresses = append(addresses, netip.MustParseAddr(text))
		}
		if Allows(targets, one.host, addresses, one.port) != one.want {
			t.Errorf("%s at %s port %d: allowed %v", one.host, one.addresses, one.port, !one.want)
		}
	}
}
