// Package http1 is the HTTP path of the load engine: an own HTTP/1.x codec over connections that one
// virtual user (VU) owns, with redirects, cookies, proxies and HTTP/2 on top.
//
// It sends what it is given. Header names, their order and the path are written byte for byte;
// nothing is retried in silence, no connection is shared between VUs, and every failure has one of a
// fixed set of kinds. The plain GET path allocates nothing in steady state.
//
//	shared := http1.NewShared(http1.Options{})
//	policy, err := shared.NewPolicy(http1.PolicyOptions{})
//	client := http1.New(shared)
//	err = client.Do(&request, &response)
package http1

import (
	"io"
	"net/netip"

	"hazard/internal/http1/jar"
)

// Header is one name and value as they stand on the wire. Both are raw bytes.
type Header struct {
	Name  []byte
	Value []byte
}

// URL is the target of a request, already split. ParseURL fills one from text without allocating.
type URL struct {
	// Scheme is "http" or "https".
	Scheme string
	// Host is a name or an IP literal, without brackets and without a port.
	Host []byte
	// Port 0 means the scheme's default.
	Port uint16
	// Target is the path and query exactly as sent. Empty: "/".
	Target []byte
	// Fragment is never sent; a redirect whose Location has none inherits it.
	Fragment []byte
	// User is the text before "@", never sent. The caller turns it into an Authorization header.
	User []byte
}

// Omit names generated header lines that must not be written.
type Omit uint8

// The generated headers that can be left out.
const (
	OmitHost Omit = 1 << iota
	OmitContentLength
	OmitConnection
	OmitCookie
)

// Want says what of the answer is kept. What is not wanted is still read and counted.
type Want struct {
	// Body keeps the body of the last answer in Response.Body.
	Body bool
	// HopBodies keeps the bodies of redirect answers too.
	HopBodies bool
	// Sent keeps the head of every request as written, in Response.SentHead and Hop.SentHead.
	Sent bool
}

// Request is one exchange, redirects included. A Request may be used again and again; Do never
// changes it and keeps no reference to it after it returns, except through Response.URL.
type Request struct {
	// Method is written as it is. Empty: GET.
	Method []byte
	URL    URL
	// Headers are written in this order with this spelling. Added by the codec, and only when the
	// list has no header of that name: Host (first), Cookie (from the jar; merged into the list's own
	// Cookie line if there is one), Connection: close (policy without keep-alive),
	// Proxy-Authorization (proxy with a password), Expect (policy), Content-Length or
	// Transfer-Encoding (with a body).
	Headers []Header
	// Body nil means no body; an empty one is sent as Content-Length: 0.
	Body []byte
	// Stream, when set, replaces Body. It is called once for every time the body is sent (again after
	// a 307 or a stale connection). Length -1 sends chunks. The reader is closed.
	Stream func() (body io.ReadCloser, length int64, err error)
	// Policy nil means Shared's default policy.
	Policy *Policy
	Omit   Omit
	Want   Want
	// Deadline on Shared.Now's clock, nanoseconds; 0: only the policy's timeouts hold.
	Deadline int64
}

// Timing holds the parts of an exchange in microseconds, summed over redirect hops and the retry of
// a stale connection. A part that did not happen (connecting, on a reused connection) is 0.
// Parts sum to Total up to rounding and the engine's own work between them.
type Timing struct {
	DNS     int64 // name resolution, waiting for another VU's look-up included
	Connect int64 // TCP, and the proxy's handshake
	TLS     int64
	Send    int64 // first to last byte of the request
	Wait    int64 // last byte sent to first byte of the final answer
	Receive int64 // first to last byte of the answer
	Total   int64
}

// Hop is one redirect answer that was followed.
type Hop struct {
	Method string
	// URL that gave this answer, and its Location as received.
	URL      string
	Location string
	Status   int
	// Headers hold all lines of the answer, Set-Cookie included.
	Headers  Headers
	SentHead []byte
	// Body is kept with Want.HopBodies, undecoded.
	Body   []byte
	Timing Timing
	Reused bool
	Remote netip.AddrPort
}

// Response is the answer. Do resets it, so one Response serves a VU's whole life. All byte slices it
// gives out are valid until the next Do with it.
type Response struct {
	Status int
	// Proto is "HTTP/1.1", "HTTP/1.0" or "HTTP/2.0".
	Proto   string
	Headers Headers
	// Trailers of a chunked body.
	Trailers Headers
	// Body as received, transfer coding removed, content coding kept. Only with Want.Body.
	Body []byte
	// BodyBytes counts the body's bytes as received, transfer coding removed, kept or not.
	BodyBytes int64
	// BytesIn and BytesOut count HTTP bytes of the whole exchange: heads, chunk framing, bodies,
	// redirect hops, interim answers. TLS and proxy handshakes are not in them.
	BytesIn  int64
	BytesOut int64
	Timing   Timing
	// URL that gave the answer; points into the Request or the Client.
	URL *URL
	// Reused tells that the last hop went over a connection that had served before.
	Reused bool
	// StaleReuse tells that a reused connection died before the first byte of an answer and the
	// request was sent once more on a fresh one.
	StaleReuse bool
	// Attempts counts how often a request head was (at least partly) written: hops and retry.
	Attempts int
	// ConnID is the connection of the last hop, unique within Shared. With KeptAlive, the next Do of
	// the same Client to the same origin under an equal policy uses it again (NTLM needs this).
	ConnID    uint64
	KeptAlive bool
	Remote    netip.AddrPort
	Hops      []Hop
	SentHead  []byte

	reason   []byte
	sent     Sent
	location int // index of the Location header; -1: none
	decoded  []byte
	decode   decodeState
	limit    int64
	shared   *Shared
}

// Sent tells how much of a request reached the socket before a failure.
type Sent uint8

// How much was sent.
const (
	SentNothing Sent = iota // no byte was handed to the kernel: the target cannot have seen it
	SentPart                // some bytes
	SentAll                 // the whole request: the target may have counted it
)

// Sent tells how much of the last attempt's request was handed to the kernel.
func (r *Response) Sent() Sent { return r.sent }

// Reason is the text after the status code, possibly empty.
func (r *Response) Reason() []byte { return r.reason }

// Jar returns the cookie jar of this client.
func (c *Client) Jar() *jar.Jar { return c.jar }
