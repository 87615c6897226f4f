package http1

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"hazard/internal/http1/jar"
)

// Client sends the requests of one VU over connections of its own. Do, CloseIdle and Close belong to
// one goroutine at a time; Abort may be called from any. Steps that run in parallel use a Client each
// and share the jar (NewWithJar).
type Client struct {
	shared   *Shared
	route    *Route
	jar      *jar.Jar
	idle     []*conn // most recently used last
	wire     wire
	hop      hop
	clock    int64 // latest reading of Shared.Now
	next     URL   // target of a followed redirect
	sessions tls.ClientSessionCache

	aborted atomic.Bool
	mu      sync.Mutex
	sockets []net.Conn         // all open sockets, for Abort
	cancel  context.CancelFunc // of the dial in flight
}

// New makes a Client with an empty jar. It opens nothing.
func New(shared *Shared) *Client { return NewWithJar(shared, jar.New()) }

// NewWithJar makes a Client that shares a jar with others of the same VU.
func NewWithJar(shared *Shared, cookies *jar.Jar) *Client {
	return &Client{shared: shared, route: shared.route, jar: cookies}
}

// Do sends a request and reads the answer, following redirects if the policy says so. The error is
// always an *Error; resp then holds what was known by then (timing, hops, maybe a status).
func (c *Client) Do(req *Request, resp *Response) error {
	policy := req.Policy
	if policy == nil {
		policy = c.shared.fallback
	}
	resp.reset(c.shared, policy)
	start := c.shared.Now()
	c.clock = start
	deadline := start + policy.total
	if req.Deadline != 0 && req.Deadline < deadline {
		deadline = req.Deadline
	}
	c.hop.begin(req, policy, deadline, c.route.mapURL)
	err := c.hop.check()
	if err == nil {
		err = c.follow(resp)
	}
	c.hop.req = nil
	if err == nil {
		resp.Timing.Total = (c.clock - start) / 1000
		return nil
	}
	resp.Timing.Total = (c.shared.Now() - start) / 1000
	if c.aborted.Load() {
		err.Kind = KindAborted
	}
	resp.sent = err.Sent
	return err
}

// Abort cuts the exchange in flight and closes every connection, at once and from any goroutine. Do
// fails with KindAborted until Reset.
func (c *Client) Abort() {
	c.aborted.Store(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
	}
	for _, socket := range c.sockets {
		_ = socket.Close()
	}
}

// Reset makes an aborted Client usable again, with no connections. Not while Do runs.
func (c *Client) Reset() {
	c.CloseIdle()
	c.aborted.Store(false)
}

// CloseIdle closes all connections; the next request opens a new one. Cookies stay.
func (c *Client) CloseIdle() {
	for i, k := range c.idle {
		c.drop(k)
		c.idle[i] = nil
	}
	c.idle = c.idle[:0]
}

// Close closes all connections and forgets TLS sessions.
func (c *Client) Close() {
	c.CloseIdle()
	c.sessions = nil
}

// exchange does one hop, with the one retry that a stale connection gets.
func (c *Client) exchange(resp *Response) *Error {
	k, err := c.acquire(resp)
	if err != nil {
		return err
	}
	err = c.converse(k, resp)
	if err == nil || !resp.Reused || !c.stale(err) {
		return err
	}
	resp.StaleReuse = true
	k, err = c.connect(resp)
	if err != nil {
		return err
	}
	return c.converse(k, resp)
}

// stale: a connection that had served before died without a byte of an answer.
func (c *Client) stale(err *Error) bool {
	return !err.Answered && (err.Kind == KindClosed || err.Kind == KindReset) && !c.aborted.Load()
}

// acquire takes an idle connection or opens one.
func (c *Client) acquire(resp *Response) (*conn, *Error) {
	if c.aborted.Load() {
		return nil, fail(KindAborted, nil)
	}
	p := c.hop.policy
	if len(c.idle) > 0 {
		if k := c.take(p.class, c.absoluteForm(p.class, c.hop.url), c.hop.url); k != nil {
			resp.Reused = true
			return k, nil
		}
	}
	return c.connect(resp)
}

// converse sends the request over a connection and reads the answer. The connection is kept or
// closed afterwards.
func (c *Client) converse(k *conn, resp *Response) *Error {
	resp.Attempts++
	resp.ConnID = k.id
	resp.Remote = k.remote
	resp.Reused = k.served > 0
	resp.KeptAlive = false
	k.served++
	if k.h2 != nil {
		return c.converse2(k, resp)
	}
	err := c.converse1(k, resp)
	if err != nil || !resp.KeptAlive {
		c.drop(k)
		return err
	}
	c.keep(k, c.clock)
	return nil
}

// converse1 is converse in HTTP/1.x, without the end of the connection.
func (c *Client) converse1(k *conn, resp *Response) *Error {
	w := &c.wire
	w.begin(c, k)
	defer w.finish()
	resp.clearAnswer()
	err := w.send(resp)
	if err == nil {
		err = w.readAnswer(resp)
	} else if err.Kind == KindReset || err.Kind == KindClosed {
		// The server may have answered before it stopped reading.
		if w.readAnswer(resp) == nil {
			err = nil
		}
		resp.KeptAlive = false
	}
	if w.upload != nil {
		err = w.settle(resp, err)
	}
	w.account(resp)
	if err != nil {
		err.Sent, err.Answered = w.sent, w.in > 0
		return err
	}
	resp.sent = w.sent
	return nil
}

// context carries a deadline on Shared.Now's clock and is cancelled by Abort.
func (c *Client) context(deadline int64) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithDeadline(context.Background(), c.shared.Instant(deadline))
	c.mu.Lock()
	c.cancel = cancel
	c.mu.Unlock()
	if c.aborted.Load() {
		cancel()
	}
	return ctx, func() {
		c.mu.Lock()
		c.cancel = nil
		c.mu.Unlock()
		cancel()
	}
}

// within classifies a failure by which of two deadlines had passed.
func (c *Client) within(err *Error, total int64, timeout Kind) *Error {
	var timedOut net.Error
	isTimeout := err.Kind == KindTimeoutConnect || err.Kind == KindTimeoutTotal ||
		errors.Is(err.cause, context.DeadlineExceeded) ||
		(errors.As(err.cause, &timedOut) && timedOut.Timeout())
	if !isTimeout {
		return err
	}
	err.Kind = timeout
	if c.shared.Now() >= total-int64(time.Millisecond) {
		err.Kind = KindTimeoutTotal
	}
	return err
}
