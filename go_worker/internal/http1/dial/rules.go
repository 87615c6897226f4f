package dial

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Rules replace what a host and port resolve and connect to.
type Rules struct {
	resolves []resolveRule
	connects []connectRule
}

type resolveRule struct {
	host  string
	port  uint16
	addrs []netip.Addr
}

// connectRule: empty host and port 0 match any; empty and 0 on the right side keep the original.
type connectRule struct {
	host   string
	port   uint16
	toHost string
	toPort uint16
}

// ParseRules reads curl's notations: HOST:PORT:ADDR[,ADDR]... (host "*" matches any) and
// HOST:PORT:ADDR:PORT. IPv6 addresses stand in brackets.
func ParseRules(resolve, connectTo []string) (Rules, error) {
	var rules Rules
	for _, text := range resolve {
		rule, err := parseResolve(text)
		if err != nil {
			return Rules{}, err
		}
		rules.resolves = append(rules.resolves, rule)
	}
	for _, text := range connectTo {
		rule, err := parseConnectTo(text)
		if err != nil {
			return Rules{}, err
		}
		rules.connects = append(rules.connects, rule)
	}
	return rules, nil
}

func parseResolve(text string) (resolveRule, error) {
	host, rest, ok1 := cutHost(strings.TrimPrefix(text, "+"))
	portText, addrText, ok2 := strings.Cut(rest, ":")
	port, err := parsePort(portText)
	if !ok1 || !ok2 || err != nil {
		return resolveRule{}, fmt.Errorf("resolve rule %q is not HOST:PORT:ADDR", text)
	}
	if host == "*" {
		host = ""
	}
	rule := resolveRule{host: strings.ToLower(host), port: port}
	for _, one := range strings.Split(addrText, ",") {
		addr, ok := parseLiteral(strings.Trim(one, "[]"))
		if !ok {
			return resolveRule{}, fmt.Errorf("resolve rule %q: %q is no address", text, one)
		}
		rule.addrs = append(rule.addrs, addr)
	}
	return rule, nil
}

func parseConnectTo(text string) (connectRule, error) {
	bad := fmt.Errorf("connect-to rule %q is not HOST:PORT:ADDR:PORT", text)
	host, rest, ok1 := cutHost(text)
	portText, rest, ok2 := strings.Cut(rest, ":")
	toHost, toPortText, ok3 := cutHost(rest)
	port, err1 := parsePort(portText)
	toPort, err2 := parsePort(toPortText)
	if !ok1 || !ok2 || !ok3 || err1 != nil || err2 != nil {
		return connectRule{}, bad
	}
	return connectRule{strings.ToLower(host), port, toHost, toPort}, nil
}

// cutHost splits at the colon after a host, which may be in brackets.
func cutHost(text string) (host, rest string, found bool) {
	if strings.HasPrefix(text, "[") {
		end := strings.IndexByte(text, ']')
		if end < 0 || end+1 >= len(text) || text[end+1] != ':' {
			return "", "", false
		}
		return text[1:end], text[end+2:], true
	}
	return strings.Cut(text, ":")
}

func parsePort(text string) (uint16, error) {
	if text == "" {
		return 0, nil
	}
	port, err := strconv.ParseUint(text, 10, 16)
	return uint16(port), err
}

func (r *Rules) resolve(host string, port uint16) []netip.Addr {
	for i := range r.resolves {
		rule := &r.resolves[i]
		if (rule.host == "" || strings.EqualFold(rule.host, host)) &&
			(rule.port == 0 || rule.port == port) {
			return rule.addrs
		}
	}
	return nil
}

func (r *Rules) connectTo(host string, port uint16) (string, uint16, bool) {
	for i := range r.connects {
		rule := &r.connects[i]
		if (rule.host != "" && !strings.EqualFold(rule.host, host)) ||
			(rule.port != 0 && rule.port != port) {
			continue
		}
		if rule.toHost != "" {
			host = rule.toHost
		}
		if rule.toPort != 0 {
			port = rule.toPort
		}
		return host, port, true
	}
	return "", 0, false
}

func (r *Rules) connectToOrSame(host string, port uint16) (string, uint16, bool) {
	if toHost, toPort, found := r.connectTo(host, port); found {
		return toHost, toPort, true
	}
	return host, port, false
}
