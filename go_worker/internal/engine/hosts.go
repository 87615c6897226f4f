package engine

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"hazard/internal/http1"
	"hazard/internal/pb"
)

// mappedHost is where a recorded host goes.
type mappedHost struct {
	scheme string // empty: kept
	host   []byte
	port   uint16 // 0: the scheme's own when the scheme is given, else kept
}

// hostMap makes the function that turns recorded hosts into test hosts; nil for none. A rule with a
// port goes before one without.
func hostMap(rules []*pb.HostMapping) (func(*http1.URL), error) {
	if len(rules) == 0 {
		return nil, nil
	}
	found := map[string]mappedHost{}
	for _, rule := range rules {
		to, err := parseTestHost(rule.Test)
		if err != nil {
			return nil, err
		}
		key := strings.ToLower(strings.TrimSpace(rule.Recorded))
		if key == "" {
			return nil, fmt.Errorf("a host mapping has no recorded host")
		}
		found[key] = to
	}
	return func(url *http1.URL) {
		host := strings.ToLower(string(url.Host))
		port := url.Port
		if port == 0 {
			port = map[string]uint16{"https": 443}[url.Scheme]
			if port == 0 {
				port = 80
			}
		}
		to, mapped := found[net.JoinHostPort(host, strconv.Itoa(int(port)))]
		if !mapped {
			if to, mapped = found[host]; !mapped {
				return
			}
		}
		url.Host = to.host
		if to.scheme != "" {
			url.Scheme, url.Port = to.scheme, to.port
		} else if to.port != 0 {
			url.Port = to.port
		}
	}, nil
}

func parseTestHost(text string) (mappedHost, error) {
	text = strings.TrimSuffix(strings.TrimSpace(text), "/")
	var to mappedHost
	scheme, rest, found := strings.Cut(text, "://")
	if found {
		if to.scheme = strings.ToLower(scheme); to.scheme != "http" && to.scheme != "https" {
			return to, fmt.Errorf("the test host %q has a scheme that is not http or https", text)
		}
		text = rest
	}
	host, port := text, ""
	if strings.HasPrefix(text, "[") || strings.Count(text, ":") == 1 {
		if h, p, err := net.SplitHostPort(text); err == nil {
			host, port = h, p
		}
	}
	to.host = []byte(strings.Trim(host, "[]"))
	if len(to.host) == 0 || strings.ContainsAny(host, "/?#@ ") {
		return to, fmt.Errorf("%q is no host or host:port", text)
	}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return to, fmt.Errorf("the port of test host %q is not a number from 1 to 65535", text)
		}
		to.port = uint16(n)
	}
	return to, nil
}
