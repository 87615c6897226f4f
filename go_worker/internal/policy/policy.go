// Package policy says which addresses a worker listens on and which targets it may address.
package policy

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// DefaultTargets are the targets that a worker allows when its operator names none: this machine. They
// are addresses on purpose: `localhost` is reached because it resolves to one of them, and a name in
// the list would be trusted whatever it resolves to.
func DefaultTargets() []string { return []string{"127.0.0.0/8", "::1/128"} }

// ParseTargets reads a comma list of networks (CIDR), addresses, hosts and `*.domain`, each with a
// :port if wanted. IPv6 addresses with a port stand in brackets.
func ParseTargets(text string) ([]string, error) {
	var targets []string
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if err := checkTarget(part); err != nil {
			return nil, err
		}
		targets = append(targets, part)
	}
	if len(targets) == 0 {
		return nil, errors.New("the list of allowed targets is empty")
	}
	return targets, nil
}

func checkTarget(text string) error {
	if isNetwork(text) {
		return nil
	}
	host := text
	if colon := strings.LastIndexByte(text, ':'); colon >= 0 {
		port, err := strconv.ParseUint(text[colon+1:], 10, 16)
		if err != nil || port == 0 {
			return fmt.Errorf("%q has no port between 1 and 65535 after its colon", text)
		}
		host = text[:colon]
	}
	if isNetwork(host) {
		return nil
	}
	if strings.Contains(host, "/") {
		return fmt.Errorf("%q is not a network such as 10.0.0.0/8", text)
	}
	if name := strings.TrimPrefix(host, "*."); name == "" || strings.ContainsAny(name, "*:[]@ ") {
		return fmt.Errorf("%q is not a host, host:port, *.domain or network such as 10.0.0.0/8", text)
	}
	return nil
}

// isNetwork tells whether a text is a network or an address, which may stand in brackets.
func isNetwork(text string) bool {
	if _, err := netip.ParsePrefix(text); err == nil {
		return true
	}
	_, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return err == nil
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

// Allows tells whether a host of a list of targets may be addressed at a port: it is named there, or
// every address that it stands for now is.
func Allows(targets []string, host string, addresses []netip.Addr, port uint16) bool {
	if names(targets, host, port) {
		return true
	}
	for _, address := range addresses {
		if !holds(targets, address.Unmap(), port) {
			return false
		}
	}
	return len(addresses) > 0
}

func names(targets []string, host string, port uint16) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	for _, target := range targets {
		name, ok := withPort(strings.ToLower(target), port)
		if domain, any := strings.CutPrefix(name, "*."); ok && any && strings.HasSuffix(host, "."+domain) {
			return true
		}
		if ok && !isNetwork(name) && name == host {
			return true
		}
	}
	return false
}

func holds(targets []string, address netip.Addr, port uint16) bool {
	for _, target := range targets {
		text, ok := withPort(target, port)
		if prefix, err := netip.ParsePrefix(text); ok && err == nil && prefix.Contains(address) {
			return true
		}
		one, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
		if ok && err == nil && one.Unmap() == address {
			return true
		}
	}
	return false
}

// withPort cuts the port off a target; ok is false when it is another one.
func withPort(target string, port uint16) (host string, ok bool) {
	if isNetwork(target) {
		return target, true
	}
	colon := strings.LastIndexByte(target, ':')
	if colon < 0 {
		return target, true
	}
	return target[:colon], target[colon+1:] == strconv.Itoa(int(port))
}
