package http1

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"hazard/internal/http1/jar"
)

// framing of a request body.
type framing uint8

const (
	framingNone framing = iota
	framingLength
	framingChunked
)

// outgoing says what the written head promised.
type outgoing struct {
	framing framing
	close   bool // a Connection header told the server to close
	expect  bool // an Expect header asks for leave to send the body
	lines   int
}

var errLineBreak = errors.New("a line break or NUL inside the method, target or a header")

// end finishes a line of the head.
func (o *outgoing) end(dst []byte) []byte {
	o.lines++
	return append(dst, "\r\n"...)
}

// whole tells that a head has as many line ends as lines: a value with a line break of its own would
// be sent as something else than the plan says.
func (o *outgoing) whole(head []byte) bool {
	return bytes.Count(head, []byte{'\n'}) == o.lines && bytes.Count(head, []byte{'\r'}) == o.lines &&
		bytes.IndexByte(head, 0) < 0
}

// given marks which headers stand in the plan's list.
type given struct {
	host, cookie, connection, length, transfer, expect, proxyAuth bool
}

// appendHead renders the request line and headers of the current hop. length is the body's: -1 when
// it is not known.
func (c *Client) appendHead(dst []byte, k *conn, length int64) ([]byte, outgoing) {
	h := &c.hop
	dst = append(dst, h.method...)
	dst = append(dst, ' ')
	absolute := k.host == ""
	if absolute {
		dst = h.url.Append(dst)
	} else {
		dst = h.url.appendTarget(dst)
	}
	if h.policy.options.Version == Version10 {
		dst = append(dst, " HTTP/1.0"...)
	} else {
		dst = append(dst, " HTTP/1.1"...)
	}
	var out outgoing
	dst = out.end(dst)
	seen := c.survey(&out)
	merged := false
	if !seen.host && h.req.Omit&OmitHost == 0 {
		dst = append(dst, "Host: "...)
		dst = out.end(h.url.appendHost(dst))
	}
	for i := range h.req.Headers {
		header := &h.req.Headers[i]
		if h.skips(header.Name) {
			continue
		}
		dst = append(dst, header.Name...)
		dst = append(dst, ": "...)
		dst = append(dst, header.Value...)
		if seen.cookie && !merged && equalFold(header.Name, "cookie") && c.sendsCookies() {
			merged = true
			dst = c.appendCookies(dst, header.Value)
		}
		dst = out.end(dst)
	}
	if h.referer != "" {
		dst = out.end(append(append(dst, "Referer: "...), h.referer...))
	}
	dst = c.appendGenerated(dst, &seen, &out, absolute, length)
	dst = out.end(dst)
	return dst, out
}

// survey looks at the plan's headers once, so that nothing is added twice.
func (c *Client) survey(out *outgoing) given {
	var seen given
	h := &c.hop
	for i := range h.req.Headers {
		name, value := h.req.Headers[i].Name, h.req.Headers[i].Value
		switch len(name) {
		case 4:
			seen.host = seen.host || (equalFold(name, "host") && !h.dropHost)
		case 6:
			seen.cookie = seen.cookie || (equalFold(name, "cookie") && !h.dropAuth)
			if equalFold(name, "expect") && !h.dropBody {
				seen.expect = true
				out.expect = equalFold(value, "100-continue")
			}
		case 10:
			if equalFold(name, "connection") {
				seen.connection = true
				out.close = out.close || hasToken(value, "close")
			}
		case 14:
			seen.length = seen.length || (equalFold(name, "content-length") && !h.dropBody)
		case 17:
			if equalFold(name, "transfer-encoding") && !h.dropBody {
				seen.transfer = true
				if hasToken(value, "chunked") {
					out.framing = framingChunked
				}
			}
		case 19:
			seen.proxyAuth = seen.proxyAuth || equalFold(name, "proxy-authorization")
		}
	}
	return seen
}

// appendGenerated writes the headers that the plan's list lacks.
func (c *Client) appendGenerated(
	dst []byte, seen *given, out *outgoing, absolute bool, length int64,
) []byte {
	h := &c.hop
	if !seen.cookie && c.sendsCookies() {
		dst = c.appendCookieLine(dst, out)
	}
	if absolute && !seen.proxyAuth && len(h.policy.class.proxyAuthorization) > 0 {
		dst = append(dst, "Proxy-Authorization: "...)
		dst = out.end(append(dst, h.policy.class.proxyAuthorization...))
	}
	if h.policy.options.NoKeepAlive && !seen.connection && h.req.Omit&OmitConnection == 0 {
		dst = out.end(append(dst, "Connection: close"...))
		out.close = true
	}
	if !h.hasBody {
		out.framing, out.expect = framingNone, false
		return dst
	}
	if h.policy.options.ExpectContinue && !seen.expect {
		dst = out.end(append(dst, "Expect: 100-continue"...))
		out.expect = true
	}
	switch {
	case out.framing == framingChunked:
	case length < 0 && !seen.length:
		out.framing = framingChunked
		dst = out.end(append(dst, "Transfer-Encoding: chunked"...))
	default:
		out.framing = framingLength
		if !seen.length && h.req.Omit&OmitContentLength == 0 {
			dst = append(dst, "Content-Length: "...)
			dst = out.end(strconv.AppendInt(dst, length, 10))
		}
	}
	return dst
}

func (c *Client) sendsCookies() bool {
	return c.hop.cookies() && c.hop.req.Omit&OmitCookie == 0 && !c.jar.Empty()
}

func (c *Client) cookieOrigin() jar.Origin {
	url := c.hop.url
	return jar.Origin{Host: url.Host, Path: url.Target, Secure: url.Scheme == "https"}
}

func (c *Client) appendCookies(dst, sent []byte) []byte {
	origin := c.cookieOrigin()
	return c.jar.Append(dst, &origin, sent, time.Now())
}

// appendCookieLine writes a whole Cookie header unless no cookie matches.
func (c *Client) appendCookieLine(dst []byte, out *outgoing) []byte {
	start := len(dst)
	dst = append(dst, "Cookie: "...)
	before := len(dst)
	dst = c.appendCookies(dst, nil)
	if len(dst) == before {
		return dst[:start]
	}
	return out.end(dst)
}

// hasToken looks for a token in a comma-separated header value.
func hasToken(value []byte, token string) bool {
	for start := 0; start <= len(value); {
		end := start
		for end < len(value) && value[end] != ',' {
			end++
		}
		if equalFold(trim(value[start:end]), token) {
			return true
		}
		start = end + 1
	}
	return false
}

func trim(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t') {
		text = text[1:]
	}
	for len(text) > 0 && (text[len(text)-1] == ' ' || text[len(text)-1] == '\t') {
		text = text[:len(text)-1]
	}
	return text
}
