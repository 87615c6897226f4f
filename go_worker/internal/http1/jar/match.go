package jar

import (
	"bytes"
	"net/netip"
)

// domainMatch is RFC 6265, 5.1.3. domain is lower case.
func domainMatch(host []byte, domain string) bool {
	if equalFold(host, domain) {
		return true
	}
	at := len(host) - len(domain)
	return at > 0 && host[at-1] == '.' && equalFold(host[at:], domain) && !isAddress(host)
}

// pathMatch is RFC 6265, 5.1.4.
func pathMatch(path []byte, cookiePath string) bool {
	if len(path) < len(cookiePath) || string(path[:len(cookiePath)]) != cookiePath {
		return false
	}
	return len(path) == len(cookiePath) || cookiePath[len(cookiePath)-1] == '/' ||
		path[len(cookiePath)] == '/'
}

// defaultPath is RFC 6265, 5.1.4: the directory of the request's path.
func defaultPath(path []byte) string {
	at := bytes.LastIndexByte(path, '/')
	if at <= 0 {
		return "/"
	}
	return string(path[:at])
}

func isAddress(host []byte) bool {
	// A name's last label has a letter; only what ends in a digit or holds a colon can be an address.
	if last := host[len(host)-1]; (last < '0' || last > '9') && bytes.IndexByte(host, ':') < 0 {
		return false
	}
	_, err := netip.ParseAddr(string(host))
	return err == nil
}

// hasName tells whether a Cookie value "a=1; b=2" holds a cookie of this name.
func hasName(sent []byte, name string) bool {
	for len(sent) > 0 {
		var pair []byte
		pair, sent, _ = bytes.Cut(sent, []byte{';'})
		pair = bytes.TrimLeft(pair, " \t")
		if len(pair) > len(name) && pair[len(name)] == '=' && string(pair[:len(name)]) == name {
			return true
		}
	}
	return false
}

func equalFold(text []byte, lowerName string) bool {
	if len(text) != len(lowerName) {
		return false
	}
	for i := 0; i < len(text); i++ {
		b := text[i]
		if 'A' <= b && b <= 'Z' {
			b |= 0x20
		}
		if b != lowerName[i] {
			return false
		}
	}
	return true
}
