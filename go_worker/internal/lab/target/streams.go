package target

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"hazard/internal/lab/route"
)

// Largest answers and slowest streams that may be asked for.
const (
	maxAnswerBytes = 1 << 30
	maxChunks      = 100_000
)

// slowSlice is how often a slow body is continued.
const slowSlice = 50 * time.Millisecond

func wholeNumber(text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%q must be a whole number from %d to %d", text, low, high)
	}
	return n, nil
}

// repeated reads a block over and over, up to a number of bytes.
type repeated struct {
	block []byte
	at    int
	left  int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), r.left)], r.block[r.at:])
	r.at = (r.at + n) % len(r.block)
	r.left -= n
	return n, nil
}

// answerBytes answers with exactly that many bytes.
func (t *Target) answerBytes(ctx *fasthttp.RequestCtx, params route.Params) {
	size, err := wholeNumber(params.Get("count"), 0, maxAnswerBytes)
	if err != nil {
		answerError(ctx, http.StatusBadRequest, err.Error())
		return
	}
	ctx.SetContentType("application/octet-stream")
	if size <= len(t.samples.block) {
		ctx.Response.SetBodyRaw(t.samples.block[:size])
		return
	}
	ctx.SetBodyStream(&repeated{block: t.samples.block, left: size}, size)
}

// answerChunked sends ?chunks= chunks ("chunk 0\n", ...) ?ms= milliseconds apart, chunked over HTTP/1;
// ?trailers=1 adds the trailer X-Chunks with their number.
func (t *Target) answerChunked(ctx *fasthttp.RequestCtx, _ route.Params) {
	q := queryOf(ctx)
	chunks := q.integer("chunks", 3, 0, maxChunks)
	gap := time.Duration(q.number("ms", 0, maxDelayMs) * float64(time.Millisecond))
	if q.wrong(ctx) {
		return
	}
	ctx.SetContentType("text/plain")
	if q.flag("trailers") {
		if err := ctx.Response.Header.SetTrailer("X-Chunks"); err != nil {
			answerError(ctx, http.StatusInternalServerError, err.Error())
			return
		}
		ctx.Response.Header.Set("X-Chunks", strconv.Itoa(chunks))
	}
	ctx.SetBodyStreamWriter(func(w *bufio.Writer) {
		for i := range chunks {
			if i > 0 {
				pause(t.ctx, gap)
			}
			if _, err := fmt.Fprintf(w, "chunk %d\n", i); err != nil || w.Flush() != nil {
				return
			}
		}
	})
}

// answerSlow sends ?bytes= bytes (10 000) at ?bps= bytes per second (1 000), chunked over HTTP/1.
func (t *Target) answerSlow(ctx *fasthttp.RequestCtx, _ route.Params) {
	q := queryOf(ctx)
	size := q.integer("bytes", 10_000, 0, maxAnswerBytes)
	rate := q.integer("bps", 1_000, 1, maxAnswerBytes)
	if q.wrong(ctx) {
		return
	}
	ctx.SetContentType("application/octet-stream")
	body := &repeated{block: t.samples.block, left: size}
	ctx.SetBodyStreamWriter(func(w *bufio.Writer) { t.writeSlowly(w, body, size, rate) })
}

// writeSlowly keeps to absolute times, so that the rate holds however long a slice takes to send.
func (t *Target) writeSlowly(w *bufio.Writer, body io.Reader, size, rate int) {
	start := time.Now()
	for sent := 0; sent < size; {
		due := int(time.Since(start).Seconds()*float64(rate)) + 1
		n, err := io.CopyN(w, body, int64(min(due, size)-sent))
		sent += int(n)
		if err != nil || w.Flush() != nil {
			return
		}
		if sent < size {
			pause(t.ctx, slowSlice)
		}
		if t.ctx.Err() != nil {
			return
		}
	}
}
