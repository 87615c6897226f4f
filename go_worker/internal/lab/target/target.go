// Package target is the sample target of the lab: the RealWorld API and plain endpoints with known,
// adjustable behaviour, and counters that say exactly which requests reached it.
//
// It is served by fasthttp, because the target must not be what limits a measurement of a load
// generator. A request is counted once it was read completely, before it is answered.
package target

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/conduit"
	"hazard/internal/lab/route"
)

// Options say what a target listens on and how much it stores.
type Options struct {
	Listen    string // host:port of the plain listener; port 0 picks a free one
	TLSListen string // host:port of the TLS listener (HTTP/1.1 and HTTP/2), "" for none
	TLSDir    string // existing folder for the certificates made at start; needed with TLSListen
	MutualTLS bool   // require a client certificate signed by the made authority
	Limits    conduit.Limits
}

const (
	maxRequestBytes = 64 << 20               // larger request bodies are refused
	readBufferBytes = 16 << 10               // bounds the head of a request
	closeWithin     = 500 * time.Millisecond // time that Close gives to answers in flight
)

// Target is a running sample target.
type Target struct {
	ctx    context.Context // ends with Close; everything that waits also waits for it
	cancel context.CancelFunc

	server      *fasthttp.Server
	http2       *http2Side
	plain       net.Listener
	encrypted   net.Listener
	files       Certificates
	serving     sync.WaitGroup
	serveErrors chan error

	router   *route.Router
	control  []bool // by endpoint: a /lab path, which is not counted
	tally    atomic.Pointer[tally]
	arrivals arrivalRing
	stall    stallWindow
	draws    drawSequences
	sessions sessionStore
	bucket   bucket
	api      *conduit.API
	samples  samples
	nonceKey []byte
	started  time.Time
}

// Start opens the listeners and serves until Close.
func Start(options Options) (*Target, error) {
	t, err := build(options)
	if err != nil {
		return nil, err
	}
	if t.plain, err = net.Listen("tcp", options.Listen); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", options.Listen, err)
	}
	if options.TLSListen != "" {
		if err := t.listenTLS(options); err != nil {
			return nil, errors.Join(err, t.plain.Close())
		}
	}
	t.serve(t.plain)
	if t.encrypted != nil {
		t.serve(t.encrypted)
		t.serving.Go(func() { _ = t.http2.server.Serve(t.http2) }) // ends with the context only
	}
	return t, nil
}

func build(options Options) (*Target, error) {
	t := &Target{serveErrors: make(chan error, 2), started: time.Now(), nonceKey: make([]byte, 32)}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	var err error
	if _, err = rand.Read(t.nonceKey); err != nil {
		return nil, fmt.Errorf("make a nonce key: %w", err)
	}
	if t.api, err = conduit.New(options.Limits); err != nil {
		return nil, err
	}
	if t.samples, err = makeSamples(); err != nil {
		return nil, err
	}
	if t.router, err = route.New(t.routes()); err != nil {
		return nil, err
	}
	for _, pattern := range t.router.Patterns() {
		t.control = append(t.control, isControl(pattern))
	}
	t.bucket.set(bucketSettings{Rate: defaultBucketRate})
	t.reset()
	t.server = &fasthttp.Server{
		Handler:                      t.handle,
		NoDefaultServerHeader:        true,
		DisablePreParseMultipartForm: true, // /upload and /echo need the body as it came
		ReadBufferSize:               readBufferBytes,
		MaxRequestBodySize:           maxRequestBytes,
		CloseOnShutdown:              true,
		LazyRequestTime:              true, // nobody asks for it, and it is a clock read per request
		Logger:                       log.New(io.Discard, "", 0),
	}
	t.http2 = newHTTP2Side(t.ctx, t.bridge)
	t.server.NextProto("h2", t.http2.serve)
	return t, nil
}

func (t *Target) listenTLS(options Options) error {
	files, config, err := makeCertificates(options.TLSDir, options.MutualTLS)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", options.TLSListen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", options.TLSListen, err)
	}
	t.files, t.encrypted = files, tls.NewListener(listener, config)
	return nil
}

func (t *Target) serve(listener net.Listener) {
	t.serving.Go(func() {
		if err := t.server.Serve(listener); err != nil && t.ctx.Err() == nil {
			t.serveErrors <- fmt.Errorf("serve %s: %w", listener.Addr(), err)
		}
	})
}

// Address is the real host:port of the plain listener.
func (t *Target) Address() string { return t.plain.Addr().String() }

// TLSAddress is the real host:port of the TLS listener, "" without one.
func (t *Target) TLSAddress() string {
	if t.encrypted == nil {
		return ""
	}
	return t.encrypted.Addr().String()
}

// Certificates are the files made for the TLS listener.
func (t *Target) Certificates() Certificates { return t.files }

// Failed delivers the error of a listener that stopped by itself.
func (t *Target) Failed() <-chan error { return t.serveErrors }

// Close stops within about closeWithin: requests that wait are answered at once, connections end.
func (t *Target) Close() error {
	t.cancel()
	limit, cancel := context.WithTimeout(context.Background(), closeWithin)
	defer cancel()
	err := t.server.ShutdownWithContext(limit)
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil // a client that does not read its answer does not hold the end up
	}
	t.serving.Wait()
	return err
}

// handle counts and answers one request.
func (t *Target) handle(ctx *fasthttp.RequestCtx) {
	found := t.router.Find(ctx.Method(), literalPath(ctx))
	if found.Endpoint >= 0 && t.control[found.Endpoint] {
		t.answer(ctx, found)
		return
	}
	t.arrivals.record()
	count := t.tally.Load()
	count.hit(found.Endpoint, found.Method, ctx.Request.Header.Peek(stepHeader))
	if t.stall.coversAll() {
		t.stall.wait(t.ctx)
	}
	t.answer(ctx, found)
	count.answered(ctx)
}

// literalPath is the path without decoding where that is safe, which saves parsing the whole URI.
func literalPath(ctx *fasthttp.RequestCtx) []byte {
	target := ctx.Request.Header.RequestURI()
	for i, c := range target {
		switch {
		case c == '?':
			return target[:i]
		case c == '%' || c == '#' || (i == 0 && c != '/') || (i > 0 && c == '/' && target[i-1] == '/'):
			return ctx.Path()
		}
	}
	return target
}

func (t *Target) answer(ctx *fasthttp.RequestCtx, found route.Match) {
	switch {
	case found.Handle != nil:
		found.Handle(ctx, found.Params)
	case found.Endpoint < 0:
		answerError(ctx, http.StatusNotFound, "no such path; GET / lists the paths")
	default:
		ctx.Response.Header.Set(fasthttp.HeaderAllow, t.router.Allowed(found.Endpoint))
		if string(ctx.Method()) == http.MethodOptions {
			ctx.SetStatusCode(http.StatusNoContent)
			return
		}
		answerError(ctx, http.StatusMethodNotAllowed, "this path does not accept the method")
	}
}

// pause waits, but not longer than the target runs.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
