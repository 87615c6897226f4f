package target

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// echo is the answer of /echo. Over HTTP/1 the headers are in the order and spelling of the request;
// HTTP/2 lower-cases names, and their order is not kept there.
type echo struct {
	Method    string      `json:"method"`
	Target    string      `json:"target"` // as in the request line
	Version   string      `json:"version"`
	Headers   [][2]string `json:"headers"`
	Body      string      `json:"body,omitempty"`        // if it is UTF-8
	BodyB64   []byte      `json:"body_base64,omitempty"` // if it is not
	BodyBytes int         `json:"body_bytes"`
	TLS       bool        `json:"tls"`
	Remote    string      `json:"remote"`
	ConnNth   uint64      `json:"request_on_connection"` // 1 for the first; 0 over HTTP/2
}

// headersKey holds the header list of a request that did not come through fasthttp's parser.
type headersKey struct{}

// encrypted also knows requests over HTTP/2, which is only served over TLS.
func encrypted(ctx *fasthttp.RequestCtx) bool {
	return ctx.IsTLS() || ctx.UserValue(headersKey{}) != nil
}

func headerList(ctx *fasthttp.RequestCtx) [][2]string {
	if list, ok := ctx.UserValue(headersKey{}).([][2]string); ok {
		return list
	}
	list := [][2]string{}
	for line := range bytes.Lines(ctx.Request.Header.RawHeaders()) {
		name, value, found := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
		if found {
			list = append(list, [2]string{string(name), string(bytes.Trim(value, " \t"))})
		}
	}
	return list
}

func (t *Target) answerEcho(ctx *fasthttp.RequestCtx, _ route.Params) {
	body := ctx.Request.Body()
	e := echo{
		Method: string(ctx.Method()), Target: string(ctx.Request.Header.RequestURI()),
		Version: string(ctx.Request.Header.Protocol()), Headers: headerList(ctx),
		BodyBytes: len(body), TLS: encrypted(ctx), Remote: ctx.RemoteAddr().String(),
		ConnNth: ctx.ConnRequestNum(),
	}
	if utf8.Valid(body) {
		e.Body = string(body)
	} else {
		e.BodyB64 = body
	}
	answerJSON(ctx, http.StatusOK, e)
}

// answerHeaders lists the request's headers; ?bytes=N adds an answer header of that size.
func (t *Target) answerHeaders(ctx *fasthttp.RequestCtx, _ route.Params) {
	q := queryOf(ctx)
	size := q.integer("bytes", 0, 0, 1<<20)
	if q.wrong(ctx) {
		return
	}
	if size > 0 {
		ctx.Response.Header.Set("X-Large", strings.Repeat("h", size))
	}
	answerJSON(ctx, http.StatusOK, map[string]any{"headers": headerList(ctx)})
}
