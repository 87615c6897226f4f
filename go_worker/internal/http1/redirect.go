package http1

import (
	"bytes"
	"errors"
	"fmt"
)

// follow does the exchange and the redirects it leads to.
func (c *Client) follow(resp *Response) *Error {
	h := &c.hop
	for {
		began, before := c.clock, resp.Timing
		err := c.exchange(resp)
		resp.URL = h.url
		if err != nil {
			return err
		}
		if !h.redirects(resp) {
			return nil
		}
		if len(resp.Hops) >= h.policy.maxRedirects {
			err := fail(KindTooManyRedirects, fmt.Errorf("limit %d", h.policy.maxRedirects))
			err.Sent, err.Answered = SentAll, true
			return err
		}
		hop := resp.addHop(h)
		hop.Timing = resp.Timing.minus(before)
		hop.Timing.Total = (c.clock - began) / 1000
		if err := c.redirect(resp, hop); err != nil {
			err.Sent, err.Answered = SentAll, true
			return err
		}
	}
}

// redirects tells that the policy follows this answer: like curl and Postman any 3xx that names a
// Location, the odd ones (300, 304, 305, 306) too.
func (h *hop) redirects(resp *Response) bool {
	return h.policy.options.FollowRedirects && resp.location >= 0 && resp.Status/100 == 3
}

// addHop records the answer as a redirect, reusing the buffers of an earlier request's hop.
func (r *Response) addHop(h *hop) *Hop {
	if len(r.Hops) < cap(r.Hops) {
		r.Hops = r.Hops[:len(r.Hops)+1]
	} else {
		r.Hops = append(r.Hops, Hop{})
	}
	hop := &r.Hops[len(r.Hops)-1]
	_, location := r.Headers.At(r.location)
	hop.Method = string(h.method)
	hop.URL = h.url.String()
	hop.Location = string(location)
	hop.Status = r.Status
	hop.Headers.copyFrom(&r.Headers)
	hop.SentHead = append(hop.SentHead[:0], r.SentHead...)
	hop.Body = append(hop.Body[:0], r.Body...)
	hop.Reused, hop.Remote = r.Reused, r.Remote
	return hop
}

// redirect turns the current hop into the next one (RFC 9110, 15.4).
func (c *Client) redirect(resp *Response, hop *Hop) *Error {
	h := &c.hop
	var next URL
	text, err := resolveLocation(h.url, []byte(hop.Location))
	if err == nil {
		err = ParseURL(&next, text)
	}
	if err != nil {
		return fail(KindBadRedirect, err)
	}
	if len(next.Fragment) == 0 {
		next.Fragment = h.url.Fragment
	}
	if c.route.mapURL != nil {
		c.route.mapURL(&next)
	}
	h.changeMethod(resp.Status)
	// As curl: what was meant for the first origin goes to no other, and returns with it.
	h.dropAuth = !next.sameOrigin(h.first) && !h.policy.options.KeepAuth
	h.dropHost = !bytes.EqualFold(next.Host, h.first.Host)
	h.dropReferer = h.policy.options.DropReferer || h.policy.options.SendReferer
	if h.policy.options.SendReferer {
		h.referer = string(h.url.Append(nil))
	}
	c.next = next
	h.url = &c.next
	return nil
}

// changeMethod: 303 asks for a GET, and 301 and 302 turn a POST into one, as every browser does.
func (h *hop) changeMethod(status int) {
	if h.policy.options.KeepMethod {
		return
	}
	method := string(h.method)
	toGET := (status == 303 && method != "GET" && method != "HEAD") ||
		((status == 301 || status == 302) && method == "POST")
	if toGET {
		h.method = methodGET
		h.hasBody = false
		h.dropBody = true
	}
}

var errNoTarget = errors.New("the Location has no usable target")

// resolveLocation makes the absolute URL of a Location (RFC 3986, 5.2) without decoding anything.
// Bytes that cannot stand in a URL are percent-encoded.
func resolveLocation(base *URL, location []byte) ([]byte, error) {
	reference := encodeUnsendable(trim(location))
	if len(reference) == 0 {
		return nil, errNoTarget
	}
	head := before(reference, "/?#")
	if colon := bytes.IndexByte(head, ':'); colon > 0 && isScheme(head[:colon]) {
		if !bytes.HasPrefix(reference[colon:], []byte("://")) {
			return nil, errScheme
		}
		return flattenAbsolute(reference), nil
	}
	text := append(make([]byte, 0, 128), base.Scheme...)
	text = append(text, ':')
	if bytes.HasPrefix(reference, []byte("//")) {
		return flattenAbsolute(append(text, reference...)), nil
	}
	text = base.appendHost(append(text, "//"...))
	path, rest := splitPath(reference)
	basePath, baseQuery := splitPath(base.appendTarget(nil))
	switch {
	case len(path) == 0 && (len(rest) == 0 || rest[0] != '?'):
		text = append(append(text, basePath...), baseQuery...)
		return append(text, rest...), nil
	case len(path) == 0:
		return append(append(text, basePath...), rest...), nil
	case path[0] != '/':
		merged := append([]byte{}, basePath[:bytes.LastIndexByte(basePath, '/')+1]...)
		path = append(merged, path...)
	}
	return append(append(text, removeDots(path)...), rest...), nil
}

// flattenAbsolute removes dot segments from the path of scheme://authority/path.
func flattenAbsolute(text []byte) []byte {
	start := bytes.Index(text, []byte("://")) + 3
	start += len(before(text[start:], "/?#"))
	path, rest := splitPath(text[start:])
	flat := append(append([]byte{}, text[:start]...), removeDots(path)...)
	return append(flat, rest...)
}

// splitPath separates a path from its query and fragment, which keep their marks.
func splitPath(text []byte) (path, rest []byte) {
	if i := bytes.IndexAny(text, "?#"); i >= 0 {
		return text[:i], text[i:]
	}
	return text, nil
}

// before is the text up to the first of the marks.
func before(text []byte, marks string) []byte {
	if i := bytes.IndexAny(text, marks); i >= 0 {
		return text[:i]
	}
	return text
}

// removeDots is RFC 3986, 5.2.4, for a path that is empty or starts with "/".
func removeDots(path []byte) []byte {
	if !bytes.Contains(path, []byte("/.")) {
		return path
	}
	flat := make([]byte, 0, len(path))
	segments := bytes.Split(path[1:], []byte{'/'})
	for i, segment := range segments {
		last := i == len(segments)-1
		switch string(segment) {
		case ".":
		case "..":
			flat = flat[:max(bytes.LastIndexByte(flat, '/'), 0)]
		default:
			flat = append(append(flat, '/'), segment...)
			continue
		}
		if last {
			flat = append(flat, '/')
		}
	}
	return flat
}

const hexDigits = "0123456789ABCDEF"

func encodeUnsendable(text []byte) []byte {
	clean := true
	for _, b := range text {
		clean = clean && b > ' ' && b < 0x7f
	}
	if clean {
		return text
	}
	encoded := make([]byte, 0, len(text)+16)
	for _, b := range text {
		if b > ' ' && b < 0x7f {
			encoded = append(encoded, b)
		} else {
			encoded = append(encoded, '%', hexDigits[b>>4], hexDigits[b&15])
		}
	}
	return encoded
}
