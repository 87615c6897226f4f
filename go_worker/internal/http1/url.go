package http1

import (
	"bytes"
	"errors"
	"net"
	"strconv"
)

var (
	errScheme = errors.New("the URL's scheme is not http or https")
	errHost   = errors.New("the URL has no host")
	errPort   = errors.New("the URL's port is not a number from 1 to 65535")
	errBytes  = errors.New("the URL holds a space or control character")
)

// ParseURL splits an absolute URL without allocating and without changing a byte; url's slices point
// into text. Without a scheme: http. A path that is missing becomes "/" when sent.
func ParseURL(url *URL, text []byte) error {
	*url = URL{Scheme: "http"}
	scheme, rest := CutScheme(text)
	switch {
	case len(scheme) == 0, equalFold(scheme, "http"):
	case equalFold(scheme, "https"):
		url.Scheme = "https"
	default:
		return errScheme
	}
	end := bytes.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	url.Target, url.Fragment, _ = bytes.Cut(rest[end:], []byte{'#'})
	if !sendable(url.Target) {
		return errBytes
	}
	return url.parseAuthority(rest[:end])
}

func (u *URL) parseAuthority(authority []byte) error {
	if at := bytes.LastIndexByte(authority, '@'); at >= 0 {
		u.User, authority = authority[:at], authority[at+1:]
	}
	var portText []byte
	if len(authority) > 0 && authority[0] == '[' {
		end := bytes.IndexByte(authority, ']')
		if end < 0 {
			return errHost
		}
		u.Host, portText = authority[1:end], authority[end+1:]
	} else if colon := bytes.IndexByte(authority, ':'); colon >= 0 {
		u.Host, portText = authority[:colon], authority[colon:]
	} else {
		u.Host = authority
	}
	if len(u.Host) == 0 {
		return errHost
	}
	if !sendable(u.Host) {
		return errBytes
	}
	if len(portText) == 0 || string(portText) == ":" {
		return nil
	}
	if portText[0] != ':' || len(portText) > 6 {
		return errPort
	}
	port := 0
	for _, b := range portText[1:] {
		if b < '0' || b > '9' {
			return errPort
		}
		port = port*10 + int(b-'0')
	}
	if port == 0 || port > 65535 {
		return errPort
	}
	u.Port = uint16(port)
	return nil
}

// CutScheme separates scheme:// from what follows. A text that does not begin with a scheme (RFC 3986,
// 3.1) is returned whole: in h/login?next=http://other the mark belongs to the query.
func CutScheme(text []byte) (scheme, rest []byte) {
	if i := bytes.Index(text, []byte("://")); i >= 0 && isScheme(text[:i]) {
		return text[:i], text[i+3:]
	}
	return nil, text
}

func isScheme(text []byte) bool {
	for i, b := range text {
		letter := 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && (i == 0 || !(('0' <= b && b <= '9') || b == '+' || b == '-' || b == '.')) {
			return false
		}
	}
	return len(text) > 0
}

// sendable: nothing that would end the request line early.
func sendable(text []byte) bool {
	for _, b := range text {
		if b <= ' ' || b == 0x7f {
			return false
		}
	}
	return true
}

// HostPort is where the URL points to, such as a.example:443.
func (u *URL) HostPort() string {
	return net.JoinHostPort(string(u.Host), strconv.Itoa(int(u.port())))
}

// port is the port that is really dialled.
func (u *URL) port() uint16 {
	switch {
	case u.Port != 0:
		return u.Port
	case u.Scheme == "https":
		return 443
	}
	return 80
}

// defaultPort: the port is left out of the Host header, as curl does, when the scheme implies it.
func (u *URL) defaultPort() bool {
	return u.Port == 0 || (u.Port == 443 && u.Scheme == "https") ||
		(u.Port == 80 && u.Scheme == "http")
}

// appendHost writes host[:port] as the Host header has it.
func (u *URL) appendHost(dst []byte) []byte {
	if bytes.IndexByte(u.Host, ':') >= 0 {
		dst = append(dst, '[')
		dst = append(dst, u.Host...)
		dst = append(dst, ']')
	} else {
		dst = append(dst, u.Host...)
	}
	if u.defaultPort() {
		return dst
	}
	dst = append(dst, ':')
	return strconv.AppendUint(dst, uint64(u.Port), 10)
}

// Append writes the URL without user and fragment.
func (u *URL) Append(dst []byte) []byte {
	dst = append(dst, u.Scheme...)
	dst = append(dst, "://"...)
	dst = u.appendHost(dst)
	return u.appendTarget(dst)
}

// String is the URL without its user.
func (u *URL) String() string {
	text := u.Append(nil)
	if len(u.Fragment) > 0 {
		text = append(append(text, '#'), u.Fragment...)
	}
	return string(text)
}

func (u *URL) appendTarget(dst []byte) []byte {
	if len(u.Target) == 0 || u.Target[0] == '?' {
		dst = append(dst, '/')
	}
	return append(dst, u.Target...)
}

// sameOrigin compares scheme, host and port.
func (u *URL) sameOrigin(other *URL) bool {
	return u.Scheme == other.Scheme && u.port() == other.port() && bytes.EqualFold(u.Host, other.Host)
}
