package target

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/valyala/fasthttp"
)

// http2Side hands connections that agreed on HTTP/2 from fasthttp over to a net/http server.
type http2Side struct {
	server *http.Server
	conns  chan net.Conn
	ctx    context.Context

	mu    sync.Mutex
	ended map[net.Conn]chan struct{} // closed when net/http is done with the connection
}

func newHTTP2Side(ctx context.Context, handler http.HandlerFunc) *http2Side {
	s := &http2Side{conns: make(chan net.Conn), ctx: ctx, ended: map[net.Conn]chan struct{}{}}
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	s.server = &http.Server{
		Handler: handler, Protocols: protocols, ConnState: s.notice,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	return s
}

// Accept, Close and Addr make it the listener of the net/http server.
func (s *http2Side) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return c, nil
	case <-s.ctx.Done():
		return nil, net.ErrClosed
	}
}

// Close does nothing: the context ends the side.
func (s *http2Side) Close() error { return nil }

// Addr has no meaning here.
func (s *http2Side) Addr() net.Addr { return &net.TCPAddr{} }

func (s *http2Side) notice(c net.Conn, state http.ConnState) {
	if state != http.StateClosed && state != http.StateHijacked {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if ended, known := s.ended[c]; known {
		close(ended)
		delete(s.ended, c)
	}
}

// serve returns when the connection ended, because fasthttp closes it then.
func (s *http2Side) serve(c net.Conn) error {
	ended := make(chan struct{})
	s.mu.Lock()
	s.ended[c] = ended
	s.mu.Unlock()
	stop := context.AfterFunc(s.ctx, func() { _ = c.Close() })
	defer stop()
	select {
	case s.conns <- c:
		<-ended
	case <-s.ctx.Done():
	}
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
