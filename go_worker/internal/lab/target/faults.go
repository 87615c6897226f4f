package target

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// faultKey marks a request that gets no HTTP answer. Over HTTP/2 its stream is reset.
type faultKey struct{}

// holdKey marks such a request whose connection stays open until the client gives up.
type holdKey struct{}

// breakOff takes the connection away from the server after the request and leaves it to misbehave,
// which must return; the connection is closed then.
func breakOff(ctx *fasthttp.RequestCtx, misbehave func(net.Conn)) {
	ctx.SetUserValue(faultKey{}, true)
	ctx.HijackSetNoResponse(true)
	ctx.Hijack(misbehave)
}

// answerDrop closes the connection without an answer; ?rst=1 resets it.
func (t *Target) answerDrop(ctx *fasthttp.RequestCtx, _ route.Params) {
	reset := queryOf(ctx).flag("rst")
	breakOff(ctx, func(c net.Conn) {
		if reset {
			resetOnClose(c)
		}
	})
}

// resetOnClose makes closing a TCP connection send RST instead of FIN.
func resetOnClose(c net.Conn) {
	if wrapped, ok := c.(interface{ UnsafeConn() net.Conn }); ok {
		c = wrapped.UnsafeConn()
	}
	if wrapped, ok := c.(interface{ NetConn() net.Conn }); ok { // TLS
		c = wrapped.NetConn()
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // fails only on a connection that is gone already
	}
}

// answerGarbage sends bytes that are no HTTP answer, then closes.
func (t *Target) answerGarbage(ctx *fasthttp.RequestCtx, _ route.Params) {
	breakOff(ctx, func(c net.Conn) {
		_, _ = io.WriteString(c, "\x00\x01 this is not HTTP\r\n\r\n") // the client may be gone
	})
}

// answerHang never answers and keeps the connection open until the client closes it.
func (t *Target) answerHang(ctx *fasthttp.RequestCtx, _ route.Params) {
	ctx.SetUserValue(holdKey{}, true)
	breakOff(ctx, func(c net.Conn) { t.readUntilGone(c) })
}

func (t *Target) readUntilGone(c net.Conn) {
	stop := closeWith(t.ctx, c)
	defer stop()
	_, _ = io.Copy(io.Discard, c) // any error is the end that is waited for
}

// closeWith ends blocked reads of a connection when the target closes.
func closeWith(ctx context.Context, c net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
}

// answerCloseAfter answers, and after the K-th answer on a connection closes it. By default that is
// unannounced, as idle timeouts of real servers are. ?announce=1 says `Connection: close` before;
// ?when=next closes only when the next request begins to arrive, which makes sure that a client
// meets a connection that dies under its request. Over HTTP/2 it only answers.
func (t *Target) answerCloseAfter(ctx *fasthttp.RequestCtx, params route.Params) {
	after, err := wholeNumber(params.Get("count"), 1, 1_000_000)
	if err != nil {
		answerError(ctx, fasthttp.StatusBadRequest, err.Error())
		return
	}
	t.answerStatic(ctx, params)
	if ctx.ConnRequestNum() < uint64(after) {
		return
	}
	args := ctx.QueryArgs()
	switch {
	case queryOf(ctx).flag("announce"):
		ctx.SetConnectionClose()
	case string(args.Peek("when")) == "next":
		ctx.Hijack(t.closeOnNextByte)
	default:
		ctx.Hijack(func(net.Conn) {})
	}
}

func (t *Target) closeOnNextByte(c net.Conn) {
	stop := closeWith(t.ctx, c)
	defer stop()
	one := make([]byte, 1)
	if _, err := c.Read(one); err != nil && !errors.Is(err, io.EOF) {
		return
	}
}
