// Package policy says which addresses a worker listens on and which targets it may address.
package policy

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// Loopback is what a worker may address until its operator widens it.
var loopback = []string{"127.0.0.0/8", "::1/128", "localhost"}

// DefaultTargets are the targets that a worker allows when its operator names none.
func DefaultTargets() []string { return append([]string(nil), loopback...) }

// ParseTargets reads a comma list of CIDRs, addresses, hosts, `*.domain` or any of these with a port.
func ParseTargets(text string) ([]string, error) {
	var targets []string
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if strings.Contains(part, "/") {
			if _, err := netip.ParsePrefix(part); err != nil {
				return nil, fmt.Errorf("%q is not a network such as 10.0.0.0/8", part)
			}
		}
		targets = append(targets, part)
	}
	if len(targets) == 0 {
		return nil, fmt.Errorf("the list of allowed targets is empty")
	}
	return targets, nil
}

// IsLoopback tells whether host:port can be reached only from this machine.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
