package dial

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Proxy is a parsed proxy URL.
type Proxy struct {
	Scheme   string // http, https, socks5 (names resolved here) or socks5h (resolved by the proxy)
	Host     string
	Port     uint16
	User     string
	Password string
	HasUser  bool
}

// ParseProxy reads scheme://user:password@host:port. Without a scheme: http. Default ports are
// curl's: 443 for https, else 1080.
func ParseProxy(text string) (*Proxy, error) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	parsed, err := url.Parse(text)
	if err != nil || parsed.Hostname() == "" {
		return nil, fmt.Errorf("proxy is not scheme://host:port")
	}
	p := &Proxy{Scheme: parsed.Scheme, Host: parsed.Hostname(), Port: 1080}
	switch p.Scheme {
	case "http", "socks5", "socks5h":
	case "https":
		p.Port = 443
	default:
		return nil, fmt.Errorf("proxy scheme %q is not http, https, socks5 or socks5h", p.Scheme)
	}
	if text := parsed.Port(); text != "" {
		port, err := parsePort(text)
		if err != nil {
			return nil, fmt.Errorf("proxy port %q is not a number up to 65535", text)
		}
		p.Port = port
	}
	if parsed.User != nil {
		p.HasUser = true
		p.User = parsed.User.Username()
		p.Password, _ = parsed.User.Password()
	}
	return p, nil
}

// SOCKS tells that the proxy speaks SOCKS5.
func (p *Proxy) SOCKS() bool { return p.Scheme == "socks5" || p.Scheme == "socks5h" }

// ResolvesNames tells that the proxy gets names, not addresses.
func (p *Proxy) ResolvesNames() bool { return p.Scheme != "socks5" }

// Authorization is the value of Proxy-Authorization; empty without a user.
func (p *Proxy) Authorization() string {
	if !p.HasUser {
		return ""
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(p.User+":"+p.Password))
}

// SOCKS5 asks an open connection to a SOCKS5 proxy (RFC 1928, RFC 1929) for a connection to
// host:port. host may be a name or an address. The caller sets the deadline.
func (p *Proxy) SOCKS5(conn net.Conn, host string, port uint16) error {
	if err := p.greet(conn); err != nil {
		return err
	}
	request := []byte{5, 1, 0}
	addr, err := netip.ParseAddr(host)
	switch {
	case err == nil && addr.Is4():
		request = append(append(request, 1), addr.AsSlice()...)
	case err == nil:
		request = append(append(request, 4), addr.AsSlice()...)
	case len(host) > 255:
		return fmt.Errorf("%w: name too long for SOCKS5", ErrProxy)
	default:
		request = append(append(request, 3, byte(len(host))), host...)
	}
	request = binary.BigEndian.AppendUint16(request, port)
	if _, err := conn.Write(request); err != nil {
		return proxyError(err)
	}
	var head [4]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return proxyError(err)
	}
	if head[0] != 5 || head[1] != 0 {
		return fmt.Errorf("%w: SOCKS5 reply %s", ErrProxy, strconv.Itoa(int(head[1])))
	}
	return skipBound(conn, head[3])
}

// greet agrees on a method and logs in if asked.
func (p *Proxy) greet(conn net.Conn) error {
	hello := []byte{5, 1, 0}
	if p.HasUser {
		hello = []byte{5, 2, 0, 2}
	}
	var reply [2]byte
	if _, err := conn.Write(hello); err != nil {
		return proxyError(err)
	}
	if _, err := io.ReadFull(conn, reply[:]); err != nil {
		return proxyError(err)
	}
	switch {
	case reply[0] != 5:
		return fmt.Errorf("%w: not a SOCKS5 proxy", ErrProxy)
	case reply[1] == 0:
		return nil
	case reply[1] != 2 || !p.HasUser || len(p.User) > 255 || len(p.Password) > 255:
		return fmt.Errorf("%w: no login method in common", ErrProxy)
	}
	login := append([]byte{1, byte(len(p.User))}, p.User...)
	login = append(append(login, byte(len(p.Password))), p.Password...)
	if _, err := conn.Write(login); err != nil {
		return proxyError(err)
	}
	if _, err := io.ReadFull(conn, reply[:]); err != nil {
		return proxyError(err)
	}
	if reply[1] != 0 {
		return fmt.Errorf("%w: login refused", ErrProxy)
	}
	return nil
}

// skipBound reads the bound address that ends a SOCKS5 reply.
func skipBound(conn net.Conn, kind byte) error {
	length := 0
	switch kind {
	case 1:
		length = 4
	case 4:
		length = 16
	case 3:
		var one [1]byte
		if _, err := io.ReadFull(conn, one[:]); err != nil {
			return proxyError(err)
		}
		length = int(one[0])
	default:
		return fmt.Errorf("%w: unknown address type in reply", ErrProxy)
	}
	rest := make([]byte, length+2)
	if _, err := io.ReadFull(conn, rest); err != nil {
		return proxyError(err)
	}
	return nil
}

func proxyError(err error) error { return fmt.Errorf("%w: %w", ErrProxy, err) }
