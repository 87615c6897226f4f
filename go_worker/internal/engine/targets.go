package engine

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// targets is a list of allowed targets: host, host:port, *.domain, address or CIDR, each with an
// optional port.
type targets []target

type target struct {
	prefix netip.Prefix // of an address or CIDR
	host   string       // lower case; empty for addresses
	domain bool         // host is the part after "*."
	port   uint16       // 0: any
}

func parseTargets(list []string) (targets, error) {
	var parsed targets
	for _, text := range list {
		one, err := parseTarget(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, one)
	}
	return parsed, nil
}

func parseTarget(text string) (target, error) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return target{prefix: prefix.Masked()}, nil
	}
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return target{prefix: netip.PrefixFrom(addr, addr.BitLen())}, nil
	}
	host, port := text, uint16(0)
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		n, err := strconv.ParseUint(text[i+1:], 10, 16)
		if err != nil || n == 0 {
			return target{}, fmt.Errorf("allowed target %q is no host, host:port, *.domain or CIDR", text)
		}
		host, port = text[:i], uint16(n)
	}
	made := target{port: port}
	if prefix, err := netip.ParsePrefix(host); err == nil {
		made.prefix = prefix.Masked()
		return made, nil
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		made.prefix = netip.PrefixFrom(addr, addr.BitLen())
		return made, nil
	}
	made.host, made.domain = strings.CutPrefix(strings.ToLower(host), "*.")
	if made.host == "" || strings.ContainsAny(made.host, "/*: ") {
		return target{}, fmt.Errorf("allowed target %q is no host, host:port, *.domain or CIDR", text)
	}
	return made, nil
}

// allows tells whether an address that was reached under a host name is on the list.
func (t targets) allows(host string, addr netip.AddrPort) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for i := range t {
		one := &t[i]
		if one.port != 0 && one.port != addr.Port() {
			continue
		}
		switch {
		case one.host == "":
			if one.prefix.Contains(addr.Addr().Unmap()) {
				return true
			}
		case one.domain:
			if strings.HasSuffix(host, "."+one.host) {
				return true
			}
		case one.host == host:
			return true
		}
	}
	return false
}

// everything tells that the list allows all IPv4 addresses: it stands for this machine's owner.
func (t targets) everything() bool {
	for i := range t {
		if t[i].host == "" && t[i].port == 0 && t[i].prefix.Bits() == 0 && t[i].prefix.Addr().Is4() {
			return true
		}
	}
	return false
}

// allowUnix lets unix sockets be addressed only where every target may be: they reach services that
// trust whoever is on the machine.
func allowUnix(worker []string) func(path string) error {
	return func(path string) error {
		if parsed, err := parseTargets(worker); err == nil && parsed.everything() {
			return nil
		}
		return fmt.Errorf("the unix socket %s is not among the targets that this worker allows", path)
	}
}

// loopback is what a worker allows when nobody widened it.
func loopback() []string { return []string{"127.0.0.0/8", "::1/128"} }

// allow makes the dialer's rule: the target must be on the worker's list and, if the plan has one, on
// the plan's.
func allow(worker, plan []string) (func(host string, addr netip.AddrPort) error, error) {
	workers, err := parseTargets(worker)
	if err != nil {
		return nil, err
	}
	plans, err := parseTargets(plan)
	if err != nil {
		return nil, err
	}
	return func(host string, addr netip.AddrPort) error {
		if !workers.allows(host, addr) {
			return fmt.Errorf("%s is not among the targets that this worker allows", addr)
		}
		if len(plans) > 0 && !plans.allows(host, addr) {
			return fmt.Errorf("%s is not among the targets that the plan allows", addr)
		}
		return nil
	}, nil
}
