package target

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"
	"golang.org/x/net/http2"
)

// serveHTTP2 serves one connection that agreed on HTTP/2, with the same handlers.
func (t *Target) serveHTTP2(c net.Conn) error {
	stop := context.AfterFunc(t.ctx, func() { _ = c.Close() })
	defer stop()
	(&http2.Server{}).ServeConn(c, &http2.ServeConnOpts{
		Context: t.ctx, Handler: http.HandlerFunc(t.bridge), BaseConfig: &http.Server{},
	})
	return nil
}

// bridge answers a net/http request by the fasthttp handlers. What breaks a connection over HTTP/1
// resets the stream here.
func (t *Target) bridge(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBytes))
	if err != nil {
		panic(http.ErrAbortHandler) // not read completely: not counted, no answer
	}
	var request fasthttp.Request
	remote, _ := net.ResolveTCPAddr("tcp", r.RemoteAddr) // nil is accepted below
	headers := fillRequest(&request, r, body)
	var ctx fasthttp.RequestCtx
	ctx.Init(&request, remote, nil)
	ctx.SetUserValue(headersKey{}, headers)
	t.handle(&ctx)
	if ctx.Hijacked() && ctx.UserValue(faultKey{}) != nil {
		if ctx.UserValue(holdKey{}) != nil {
			<-r.Context().Done()
		}
		panic(http.ErrAbortHandler)
	}
	t.passOn(w, &ctx.Response, r.Method == http.MethodHead)
}

// fillRequest copies a request and returns its headers as a sorted list.
func fillRequest(request *fasthttp.Request, r *http.Request, body []byte) [][2]string {
	request.Header.SetMethod(r.Method)
	request.SetRequestURI(r.RequestURI)
	request.Header.SetProtocol(r.Proto)
	list := [][2]string{}
	for name, values := range r.Header {
		for _, value := range values {
			request.Header.Add(name, value)
			list = append(list, [2]string{strings.ToLower(name), value})
		}
	}
	slices.SortFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	request.SetHost(r.Host)
	request.SetBodyRaw(body)
	return append([][2]string{{":authority", r.Host}}, list...)
}

// passOn copies an answer, and sends the pieces of a streamed body as they come.
func (t *Target) passOn(w http.ResponseWriter, answer *fasthttp.Response, head bool) {
	for name, value := range answer.Header.All() {
		switch key := string(name); key {
		case "Connection", "Transfer-Encoding", "Trailer":
		default:
			w.Header().Add(key, string(value))
		}
	}
	for name := range answer.Header.Trailers() {
		w.Header().Del(string(name))
		w.Header().Set(http.TrailerPrefix+string(name), string(answer.Header.PeekBytes(name)))
	}
	w.WriteHeader(answer.StatusCode())
	if head {
		_ = answer.CloseBodyStream() // there is nothing to send
		return
	}
	var err error
	if answer.IsBodyStream() {
		_, err = io.Copy(flushing{w}, answer.BodyStream())
		_ = answer.CloseBodyStream() // only frees the writer's goroutine
	} else if len(answer.Body()) > 0 {
		_, err = w.Write(answer.Body())
	}
	if err != nil {
		panic(http.ErrAbortHandler)
	}
}

// flushing sends every piece at once.
type flushing struct{ http.ResponseWriter }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	if err == nil {
		err = http.NewResponseController(f.ResponseWriter).Flush()
	}
	return n, err
}
