package flow

import (
	"bytes"
	"slices"
	"strings"

	"hazard/internal/address"
	"hazard/internal/auth"
	"hazard/internal/http1"
	"hazard/internal/script"
)

// buffers hold a rendered request.
type buffers struct {
	method  []byte
	raw     []byte
	url     []byte
	text    []byte // names and values of pairs and headers
	body    []byte
	query   []address.Pair
	path    []address.Pair
	headers []http1.Header
	spans   []span
}

// maxKept is the largest body buffer that is kept for the next request.
const maxKept = 1 << 20

// span is where a rendered name and value stand in buffers.text, which may move while it grows.
type span struct{ name, value, end int }

// render fills x.request from the templates.
func (x *Exec) render(r *request) error {
	c, b := x.context(), &x.buffers
	b.text, b.spans = b.text[:0], b.spans[:0]
	b.method = r.method.Append(b.method[:0], c)
	b.raw = r.url.Append(b.raw[:0], c)
	query, ownQuery := r.query, r.ownQuery
	if text, found := r.changed(x, script.PartMethod); found {
		b.method = x.rendered(b.method[:0], text)
	}
	if text, found := r.changed(x, script.PartURL); found {
		b.raw, query, ownQuery = x.rendered(b.raw[:0], text), nil, true
	}
	queries, paths := len(query), len(r.variables)
	for _, pairs := range [][]pair{query, r.variables, r.headers} {
		for i := range pairs {
			x.appendPair(&pairs[i])
		}
	}
	b.query, b.path, b.headers = b.query[:0], b.path[:0], b.headers[:0]
	for i, s := range b.spans {
		name, value := b.text[s.name:s.value], b.text[s.value:s.end]
		switch {
		case i < queries:
			b.query = append(b.query, address.Pair{Name: name, Value: value, NoEquals: query[i].noEquals})
		case i < queries+paths:
			b.path = append(b.path, address.Pair{Name: name, Value: value})
		default:
			b.headers = append(b.headers, http1.Header{Name: name, Value: value})
		}
	}
	if r.before != nil {
		x.override()
	}
	if address.ReadsAsPostman(r.encoding) {
		b.url = address.AppendPostman(b.url[:0], b.raw, b.path, b.query, ownQuery, r.encoding)
	} else {
		b.url = address.Append(b.url[:0], b.raw, b.path, b.query, r.encoding)
	}
	x.request = http1.Request{Method: b.method, Policy: r.policy, Omit: r.omit, Want: r.want}
	if err := http1.ParseURL(&x.request.URL, b.url); err != nil {
		return &stepError{"bad_request", err}
	}
	if err := x.renderBody(r); err != nil {
		return err
	}
	if r.auth != nil {
		x.request.Headers = b.headers
		if err := x.sign(r); err != nil {
			return err
		}
	} else if len(x.request.URL.User) > 0 && !hasHeader(b.headers, "authorization") {
		b.headers = append(b.headers, auth.FromURL(x.request.URL.User))
	}
	x.request.Headers = b.headers
	return nil
}

// override changes the headers as the script before the request wants.
func (x *Exec) override() {
	b := &x.buffers
	for _, o := range x.overrides {
		if o.kind == changePart {
			continue
		}
		if o.kind != addHeader {
			b.headers = slices.DeleteFunc(b.headers, func(h http1.Header) bool {
				return strings.EqualFold(string(h.Name), o.name)
			})
		}
		if o.kind != removeHeader {
			b.headers = append(b.headers, http1.Header{Name: []byte(o.name), Value: []byte(o.value)})
		}
	}
}

func (x *Exec) appendPair(p *pair) {
	c, b := x.context(), &x.buffers
	s := span{name: len(b.text)}
	b.text = p.name.Append(b.text, c)
	s.value = len(b.text)
	b.text = p.value.Append(b.text, c)
	s.end = len(b.text)
	b.spans = append(b.spans, s)
}

func (x *Exec) renderBody(r *request) error {
	text, changed := r.changed(x, script.PartBody)
	if (r.body == nil && !changed) || (r.prune && pruned(x.buffers.method)) {
		return nil
	}
	b := &x.buffers
	if r.body == nil {
		x.request.Body = x.rendered(b.body[:0], text)
		return nil
	}
	rendered, contentType, err := r.body.Append(b.body[:0], x.context())
	if err != nil {
		return &stepError{"file", err}
	}
	if changed {
		rendered = x.rendered(nil, text)
	}
	if !r.body.Shared() && cap(rendered) <= maxKept {
		b.body = rendered[:0]
	}
	x.request.Body = rendered
	if contentType != "" && !r.omitType && !x.settleType(r, contentType) {
		b.headers = append(b.headers, http1.Header{Name: contentTypeName, Value: []byte(contentType)})
	}
	return nil
}

// settleType says whether the headers hold the Content-Type of the body. A script may have changed them: as
// in the Postman runtime one that is not a form's own is taken out, to give way to it.
func (x *Exec) settleType(r *request, contentType string) bool {
	b := &x.buffers
	if r.before == nil || r.hasType == hasHeader(b.headers, "content-type") {
		return r.hasType
	}
	if r.hasType || (r.bodyMode != "urlencoded" && r.bodyMode != "formdata") {
		return !r.hasType
	}
	b.headers = slices.DeleteFunc(b.headers, func(h http1.Header) bool {
		return strings.EqualFold(string(h.Name), "content-type") && !bytes.HasPrefix(h.Value, []byte(contentType))
	})
	return hasHeader(b.headers, "content-type")
}

// contentTypeName is never written to.
var contentTypeName = []byte("Content-Type")

func pruned(method []byte) bool {
	for _, name := range prunedMethods() {
		if string(method) == name {
			return true
		}
	}
	return false
}

func hasHeader(headers []http1.Header, name string) bool {
	for i := range headers {
		if len(headers[i].Name) == len(name) && bytes.EqualFold(headers[i].Name, []byte(name)) {
			return true
		}
	}
	return false
}

// stepError is a failure of our own making, before or after the exchange.
type stepError struct {
	kind  string
	cause error
}

func (e *stepError) Error() string { return e.cause.Error() }

func (e *stepError) Unwrap() error { return e.cause }
