package http1

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
)

// countedConn counts the bytes of an HTTP/2 connection, whose frames the codec does not see.
type countedConn struct {
	net.Conn
	in, out atomic.Int64
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.in.Add(int64(n))
	return n, err
}

func (c *countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	return n, err
}

// streamKey carries an open connection to the dial function of the HTTP/2 transport.
type streamKey struct{}

// newTransport2 makes net/http's transport for connections that are open already, whatever lies
// under them. TLS is done by then, so that for the transport every connection is plain.
func newTransport2() *http.Transport {
	transport := &http.Transport{
		DisableCompression: true,
		Protocols:          new(http.Protocols),
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return ctx.Value(streamKey{}).(net.Conn), nil
		},
	}
	transport.Protocols.SetUnencryptedHTTP2(true)
	return transport
}

// speak2 starts HTTP/2 on a fresh connection.
func (c *Client) speak2(ctx context.Context, k *conn) *Error {
	k.armed = 0
	_ = k.socket.SetDeadline(time.Time{}) // deadlines are the contexts' from here on
	counted := &countedConn{Conn: k.stream}
	ctx = context.WithValue(ctx, streamKey{}, net.Conn(counted))
	h2, err := c.shared.transport2().NewClientConn(ctx, "http", "target:80")
	if err != nil {
		return fail(KindProtocol, err)
	}
	k.h2, k.stream = h2, counted
	return nil
}

// usable2 tells that the connection takes one more request.
func (k *conn) usable2() bool { return k.h2.Err() == nil && k.h2.Available() > 0 }

// exchange2 holds the marks of one HTTP/2 exchange; callbacks come from other goroutines.
type exchange2 struct {
	headSent atomic.Bool
	sentAt   atomic.Int64
	first    atomic.Int64
	late     atomic.Bool // the first-byte timeout struck
}

func (x *exchange2) trace(s *Shared) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		WroteHeaders: func() { x.headSent.Store(true) },
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				x.sentAt.Store(s.Now())
			}
		},
		GotFirstResponseByte: func() { x.first.CompareAndSwap(0, s.Now()) },
	}
}

func (x *exchange2) sent() Sent {
	switch {
	case x.sentAt.Load() != 0:
		return SentAll
	case x.headSent.Load():
		return SentPart
	}
	return SentNothing
}

// converse2 is converse over HTTP/2. Header order and spelling are the protocol's there.
func (c *Client) converse2(k *conn, resp *Response) *Error {
	h, s := &c.hop, c.shared
	counted := k.stream.(*countedConn)
	in, out := counted.in.Load(), counted.out.Load()
	began := c.clock
	var x exchange2
	ctx, done := c.context(h.deadline)
	defer done()
	ctx, cancel := context.WithCancel(httptrace.WithClientTrace(ctx, x.trace(s)))
	defer cancel()
	resp.clearAnswer()
	failure := c.roundTrip2(ctx, cancel, k, resp, &x)
	c.tick()
	resp.BytesIn += counted.in.Load() - in
	resp.BytesOut += counted.out.Load() - out
	resp.Timing.add2(began, x.sentAt.Load(), x.first.Load(), c.clock)
	resp.sent = x.sent()
	if failure != nil {
		failure.Sent, failure.Answered = x.sent(), x.first.Load() != 0
		c.drop(k)
		return failure
	}
	resp.KeptAlive = k.usable2() && !h.policy.options.NoKeepAlive
	if !resp.KeptAlive {
		c.drop(k)
		return nil
	}
	c.keep(k, c.clock)
	return nil
}

// add2 splits the time from began to ended; marks that were not reached are 0.
func (t *Timing) add2(began, sentAt, first, ended int64) {
	if sentAt == 0 || (first != 0 && first < sentAt) {
		sentAt = began
	}
	t.Send += (sentAt - began) / 1000
	if first == 0 {
		t.Wait += (ended - sentAt) / 1000
		return
	}
	t.Wait += (first - sentAt) / 1000
	t.Receive += (ended - first) / 1000
}

func (c *Client) roundTrip2(
	ctx context.Context, cancel context.CancelFunc, k *conn, resp *Response, x *exchange2,
) *Error {
	h := &c.hop
	request, failure := c.request2(ctx, resp)
	if failure != nil {
		return failure
	}
	if limit := h.policy.firstByte; limit > 0 {
		timer := time.AfterFunc(time.Duration(limit), func() {
			if x.first.Load() == 0 {
				x.late.Store(true)
				cancel()
			}
		})
		defer timer.Stop()
	}
	answer, err := k.h2.RoundTrip(request)
	if err != nil {
		return classify2(err, x)
	}
	defer func() { _ = answer.Body.Close() }()
	x.first.CompareAndSwap(0, c.shared.Now())
	resp.Status, resp.Proto = answer.StatusCode, "HTTP/2.0"
	addSorted(&resp.Headers, answer.Header)
	cookies := false
	for i := range resp.Headers.fields {
		name, value := resp.Headers.At(i)
		cookies = cookies || string(name) == "set-cookie"
		if resp.location < 0 && len(value) > 0 && string(name) == "location" {
			resp.location = i
		}
	}
	if cookies && h.cookies() {
		c.storeCookies(resp)
	}
	keep := h.req.Want.Body
	if h.redirects(resp) {
		keep = h.req.Want.HopBodies
	}
	if failure := c.readBody2(answer.Body, resp, x, keep); failure != nil {
		return failure
	}
	addSorted(&resp.Trailers, answer.Trailer)
	return nil
}

func (c *Client) readBody2(body io.Reader, resp *Response, x *exchange2, keep bool) *Error {
	scratch := c.shared.large.Get().(*buffer)
	defer c.shared.large.Put(scratch)
	for {
		n, err := body.Read(scratch.bytes)
		resp.BodyBytes += int64(n)
		if resp.BodyBytes > resp.limit {
			return fail(KindBodyTooLarge, fmt.Errorf("limit %d bytes", resp.limit))
		}
		if keep {
			resp.Body = append(resp.Body, scratch.bytes[:n]...)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return truncated(classify2(err, x))
		}
	}
}

// request2 makes the request of the current hop for net/http.
func (c *Client) request2(ctx context.Context, resp *Response) (*http.Request, *Error) {
	h := &c.hop
	host := string(h.url.appendHost(nil))
	target := string(h.url.appendTarget(nil))
	opaque := target
	if strings.HasPrefix(target, "//") {
		opaque = "//" + host + target
	}
	request := (&http.Request{
		Method: string(h.method),
		URL:    &url.URL{Scheme: h.url.Scheme, Host: host, Opaque: opaque},
		Host:   host,
		Header: c.headers2(),
	}).WithContext(ctx)
	if values := request.Header["Host"]; len(values) > 0 {
		request.Host = values[0]
		delete(request.Header, "Host")
	}
	if h.req.Want.Sent {
		resp.SentHead = appendSent2(resp.SentHead[:0], request, target)
	}
	if !h.hasBody {
		return request, nil
	}
	if h.req.Stream == nil {
		request.Body = io.NopCloser(bytes.NewReader(h.req.Body))
		request.ContentLength = int64(len(h.req.Body))
		if len(h.req.Body) == 0 {
			request.Body = http.NoBody
		}
		return request, nil
	}
	stream, length, err := h.req.Stream()
	if err != nil {
		return nil, fail(KindBadRequest, err)
	}
	request.Body, request.ContentLength = stream, length
	return request, nil
}

// headers2 drops what HTTP/2 forbids (RFC 9113, 8.2.2) and adds the jar's cookies.
func (c *Client) headers2() http.Header {
	h := &c.hop
	headers := http.Header{}
	for i := range h.req.Headers {
		header := &h.req.Headers[i]
		name := http.CanonicalHeaderKey(string(header.Name))
		switch name {
		case "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "Te",
			"Content-Length", "Expect":
			continue
		}
		if !h.skips(header.Name) {
			headers[name] = append(headers[name], string(header.Value))
		}
	}
	if h.referer != "" {
		headers["Referer"] = []string{h.referer}
	}
	if c.sendsCookies() {
		own := strings.Join(headers["Cookie"], "; ")
		if line := string(c.appendCookies([]byte(own), []byte(own))); line != "" {
			headers["Cookie"] = []string{line}
		}
	}
	if headers["User-Agent"] == nil {
		headers["User-Agent"] = []string{""} // net/http's way to send none
	}
	return headers
}

// appendSent2 shows an HTTP/2 head in the notation of HTTP/1.
func appendSent2(dst []byte, request *http.Request, target string) []byte {
	dst = fmt.Appendf(dst, "%s %s HTTP/2\r\nhost: %s\r\n", request.Method, target, request.Host)
	var headers Headers
	addSorted(&headers, request.Header)
	return append(append(dst, headers.raw...), "\r\n"...)
}

// addSorted puts a header map into a block in the order of names, the only stable one.
func addSorted(h *Headers, from http.Header) {
	names := make([]string, 0, len(from))
	for name := range from {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range from[name] {
			if name != "User-Agent" || value != "" {
				h.add(strings.ToLower(name), value)
			}
		}
	}
}

// classify2 gives an HTTP/2 failure its kind. Most of net/http's errors have no exported type.
func classify2(err error, x *exchange2) *Error {
	var stream http2.StreamError
	switch {
	case x.late.Load():
		return fail(KindTimeoutFirstByte, err)
	case errors.Is(err, context.DeadlineExceeded):
		return fail(KindTimeoutTotal, err)
	case errors.As(err, &stream):
		return fail(KindReset, err)
	}
	failure := classifyIO(err)
	if failure.Kind != KindOther {
		return failure
	}
	failure.Kind = KindProtocol
	for _, text := range []string{"GOAWAY", "connection lost", "not usable", "conn is closed"} {
		if strings.Contains(err.Error(), text) {
			failure.Kind = KindClosed
		}
	}
	return failure
}
