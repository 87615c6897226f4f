package http1

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"hazard/internal/http1/dial"
)

// absoluteForm tells that the target goes into the request line whole, to a plain HTTP proxy.
func (c *Client) absoluteForm(cl *class, url *URL) bool {
	if cl.proxy == nil || cl.proxy.SOCKS() || url.Scheme != "http" ||
		cl.version == Version2PriorKnown {
		return false
	}
	// As curl: with a connect-to rule the proxy is asked for a tunnel.
	_, _, mapped := c.route.dialer.Map(string(url.Host), url.port(), &cl.rules)
	return !mapped
}

// connect opens a connection for the current hop.
func (c *Client) connect(resp *Response) (*conn, *Error) {
	h, s := &c.hop, c.shared
	k := &conn{
		class: h.policy.class, scheme: h.url.Scheme, host: string(h.url.Host), port: h.url.port(),
		id: s.connIDs.Add(1),
	}
	if most := s.options.MaxConnections; s.open.Add(1) > int64(most) && most > 0 {
		s.open.Add(-1)
		return nil, fail(KindConnectionCap, fmt.Errorf("%d connections are open", most))
	}
	limit := min(s.Now()+h.policy.connect, h.deadline)
	ctx, done := c.context(limit)
	defer done()
	err := c.open(ctx, k, resp, limit)
	if err != nil {
		err = c.within(err, h.deadline, KindTimeoutConnect)
	} else if k.scheme == "https" {
		err = c.secure(k, resp)
	}
	if err == nil && (k.negotiated("h2") || k.class.version == Version2PriorKnown) {
		err = c.speak2(ctx, k)
	}
	c.tick()
	if err == nil {
		return k, nil
	}
	if k.socket != nil {
		c.hangUp(k.socket)
	} else {
		s.open.Add(-1)
	}
	return nil, err
}

// open makes the socket, through the proxy if there is one.
func (c *Client) open(ctx context.Context, k *conn, resp *Response, limit int64) *Error {
	d, proxy := c.route.dialer, k.class.proxy
	var result dial.Result
	var err error
	switch {
	case k.class.unixSocket != "":
		result, err = d.DialUnix(ctx, k.class.unixSocket)
	case proxy == nil:
		result, err = d.Dial(ctx, k.host, k.port, &k.class.rules)
	default:
		return c.openProxied(ctx, k, resp, limit)
	}
	resp.Timing.DNS += result.DNS.Microseconds()
	resp.Timing.Connect += result.Connect.Microseconds()
	if err != nil {
		return classifyDial(err)
	}
	return c.adopt(k, &result)
}

// adopt makes a fresh socket the connection's.
func (c *Client) adopt(k *conn, result *dial.Result) *Error {
	if !c.enlist(result.Conn) {
		return fail(KindAborted, nil)
	}
	k.socket, k.stream, k.remote = result.Conn, result.Conn, result.Remote
	return nil
}

func (c *Client) openProxied(ctx context.Context, k *conn, resp *Response, limit int64) *Error {
	d, proxy, rules := c.route.dialer, k.class.proxy, &k.class.rules
	host, port, _ := d.Map(k.host, k.port, rules)
	var err error
	if proxy.ResolvesNames() {
		err = d.CheckProxied(ctx, host, port, rules)
	} else {
		began := time.Now()
		addr, resolveErr := d.Resolve(ctx, host, port, rules)
		host, err = addr.String(), resolveErr
		resp.Timing.DNS += time.Since(began).Microseconds()
	}
	if err != nil {
		return classifyDial(err)
	}
	result, err := d.DialUnmapped(ctx, proxy.Host, proxy.Port, rules)
	resp.Timing.DNS += result.DNS.Microseconds()
	resp.Timing.Connect += result.Connect.Microseconds()
	if err != nil {
		return proxyFailure(classifyDial(err))
	}
	if err := c.adopt(k, &result); err != nil {
		return err
	}
	began := time.Now()
	defer func() { resp.Timing.Connect += time.Since(began).Microseconds() }()
	k.armExactly(c.shared, limit)
	if proxy.Scheme == "https" {
		config := k.class.tls.Clone()
		config.ServerName, config.NextProtos = proxy.Host, nil
		stream := tls.Client(k.stream, config)
		if err := stream.Handshake(); err != nil {
			return proxyFailure(fail(KindTLS, err))
		}
		k.stream = stream
	}
	switch {
	case proxy.SOCKS():
		err = proxy.SOCKS5(k.stream, host, port)
	case c.absoluteForm(k.class, c.hop.url):
		k.host, k.port, k.scheme = "", 0, "http"
	default:
		err = tunnel(k.stream, host, port, k.class.proxyAuthorization)
	}
	if err != nil {
		return proxyFailure(classifyDial(err))
	}
	return nil
}

// proxyFailure: what goes wrong on the way to a proxy is the proxy's, unless it is this machine's or
// the operator's.
func proxyFailure(err *Error) *Error {
	switch err.Kind {
	case KindDNS, KindRefused, KindUnreachable, KindReset, KindClosed, KindTLS, KindOther:
		err.Kind = KindProxy
	}
	return err
}

const maxTunnelHead = 64 << 10

// tunnel asks an HTTP proxy for a connection to host:port.
func tunnel(stream net.Conn, host string, port uint16, authorization []byte) error {
	target := net.JoinHostPort(host, strconv.Itoa(int(port)))
	request := fmt.Appendf(nil, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", target, target)
	if len(authorization) > 0 {
		request = fmt.Appendf(request, "Proxy-Authorization: %s\r\n", authorization)
	}
	if _, err := stream.Write(append(request, "\r\n"...)); err != nil {
		return fmt.Errorf("%w: %w", dial.ErrProxy, err)
	}
	head := make([]byte, 0, 1024)
	for {
		if len(head) == cap(head) {
			if len(head) >= maxTunnelHead {
				return fmt.Errorf("%w: the answer to CONNECT is too large", dial.ErrProxy)
			}
			head = append(head, 0)[:len(head)]
		}
		n, err := stream.Read(head[len(head):cap(head)])
		head = head[:len(head)+n]
		if end := endOfHead(head); end > 0 {
			return checkTunnel(head, end)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", dial.ErrProxy, err)
		}
	}
}

// endOfHead is the offset behind the empty line; 0: not there yet.
func endOfHead(head []byte) int {
	if i := bytes.Index(head, []byte("\r\n\r\n")); i >= 0 {
		return i + 4
	}
	if i := bytes.Index(head, []byte("\n\n")); i >= 0 {
		return i + 2
	}
	return 0
}

func checkTunnel(head []byte, end int) error {
	var answer Response
	line := head[:bytes.IndexByte(head, '\n')+1]
	if err := answer.parseStatus(chomp(line)); err != nil {
		return fmt.Errorf("%w: the answer to CONNECT is not HTTP", dial.ErrProxy)
	}
	if answer.Status/100 != 2 {
		return fmt.Errorf("%w: CONNECT answered %d", dial.ErrProxy, answer.Status)
	}
	if end != len(head) {
		return fmt.Errorf("%w: bytes behind the answer to CONNECT", dial.ErrProxy)
	}
	return nil
}

// secure does the TLS handshake with the target.
func (c *Client) secure(k *conn, resp *Response) *Error {
	began := c.shared.Now()
	k.armExactly(c.shared, min(began+c.hop.policy.handshake, c.hop.deadline))
	config := k.class.tls.Clone()
	if config.ServerName == "" {
		config.ServerName = k.host
	}
	if k.class.resume {
		if c.sessions == nil {
			c.sessions = tls.NewLRUClientSessionCache(8)
		}
		config.ClientSessionCache = c.sessions
	}
	stream := tls.Client(k.stream, config)
	err := stream.Handshake()
	resp.Timing.TLS += (c.shared.Now() - began) / 1000
	if err != nil {
		return c.within(fail(KindTLS, err), c.hop.deadline, KindTimeoutTLS)
	}
	k.tls, k.stream = stream, stream
	if k.class.version == Version2PriorKnown && !k.negotiated("h2") {
		return fail(KindProtocol, errors.New("the server does not speak HTTP/2"))
	}
	return nil
}

func (k *conn) negotiated(protocol string) bool {
	return k.tls != nil && k.tls.ConnectionState().NegotiatedProtocol == protocol
}
