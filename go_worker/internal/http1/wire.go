package http1

import (
	"errors"
	"os"
)

// smallBody is the largest body that is written together with its head in one system call.
const smallBody = 64 << 10

// wire is one exchange on one HTTP/1.x connection: a buffer that first holds the request and then
// what was received and not yet consumed, buf.bytes[start:end].
type wire struct {
	client    *Client
	k         *conn
	buf       *buffer
	start     int
	end       int
	in        int64 // bytes received
	out       outgoing
	sent      Sent
	sentAt    int64
	first     int64 // first byte of the final answer; 0: none yet
	inAtFirst int64 // value of in at that time
	upload    *upload
}

func (w *wire) begin(c *Client, k *conn) {
	*w = wire{client: c, k: k, buf: c.shared.buffers.Get().(*buffer)}
}

func (w *wire) finish() {
	if len(w.buf.bytes) <= largeBufferSize {
		w.client.shared.buffers.Put(w.buf)
	}
	w.buf, w.k, w.upload = nil, nil, nil
}

// account adds the times and bytes of this exchange to the response.
func (w *wire) account(resp *Response) {
	c := w.client
	if w.first == 0 || w.in != w.inAtFirst {
		c.tick()
	}
	resp.BytesIn += w.in
	if w.sentAt == 0 {
		return
	}
	if w.first == 0 {
		resp.Timing.Wait += max(c.clock-w.sentAt, 0) / 1000
		return
	}
	resp.Timing.Wait += max(w.first-w.sentAt, 0) / 1000
	resp.Timing.Receive += (c.clock - w.first) / 1000
}

// send writes the request, or its head when the body goes out beside the reading of the answer.
func (w *wire) send(resp *Response) *Error {
	c, h := w.client, &w.client.hop
	body, length := h.req.Body, int64(len(h.req.Body))
	stream, err := w.openStream(&length)
	if err != nil {
		return err
	}
	var head []byte
	head, w.out = c.appendHead(w.buf.bytes[:0], w.k, length)
	w.buf.bytes = head[:cap(head)]
	if !w.out.whole(head) {
		if stream != nil {
			_ = stream.Close()
		}
		return fail(KindBadRequest, errLineBreak)
	}
	if h.req.Want.Sent {
		resp.SentHead = append(resp.SentHead[:0], head...)
	}
	began := c.clock
	if stream != nil || w.out.expect || w.out.framing == framingChunked || length > smallBody {
		if w.out.framing == framingNone {
			body = nil
		}
		return w.sendBeside(resp, head, body, stream, length)
	}
	if w.out.framing == framingLength {
		head = append(head, body...)
		w.buf.bytes = head[:cap(head)]
	}
	w.k.arm(c.shared, h.deadline, began)
	if err := w.write(resp, head); err != nil {
		return err
	}
	w.sent = SentAll
	w.sentAt = c.shared.Now()
	resp.Timing.Send += (w.sentAt - began) / 1000
	if h.policy.firstByte > 0 {
		w.k.arm(c.shared, w.limit(), w.sentAt)
	}
	return nil
}

// write hands bytes to the kernel, all or an error.
func (w *wire) write(resp *Response, p []byte) *Error {
	for {
		n, err := w.k.stream.Write(p)
		resp.BytesOut += int64(n)
		if n > 0 {
			w.sent = SentPart
		}
		if err == nil {
			return nil
		}
		p = p[n:]
		if w.k.tls != nil || !w.early(err) {
			return w.classify(err)
		}
	}
}

// read receives at least one byte into p.
func (w *wire) read(p []byte) (int, *Error) {
	for {
		n, err := w.k.stream.Read(p)
		if n > 0 {
			w.in += int64(n)
			return n, nil
		}
		if err != nil && !w.early(err) {
			return 0, w.classify(err)
		}
	}
}

// limit is when the exchange fails if nothing more happens.
func (w *wire) limit() int64 {
	h := &w.client.hop
	sentAt := w.sentAt
	if w.upload != nil {
		sentAt = w.upload.sentAt.Load()
	}
	if h.policy.firstByte > 0 && w.in == 0 && sentAt != 0 {
		return min(sentAt+h.policy.firstByte, h.deadline)
	}
	return h.deadline
}

// early tells that a timeout came before its time (see conn.arm), and sets the exact one.
func (w *wire) early(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) || w.client.aborted.Load() {
		return false
	}
	limit := w.limit()
	if w.client.shared.Now() >= limit {
		return false
	}
	w.k.armExactly(w.client.shared, limit)
	return true
}

func (w *wire) classify(err error) *Error {
	typed := classifyIO(err)
	if typed.Kind == KindTimeoutTotal && w.limit() < w.client.hop.deadline {
		typed.Kind = KindTimeoutFirstByte
	}
	return typed
}

// fill receives more bytes behind those that are unconsumed, moving or growing the buffer, up to limit
// bytes of unconsumed data.
func (w *wire) fill(limit int) *Error {
	if w.start == w.end {
		w.start, w.end = 0, 0
	} else if w.end == len(w.buf.bytes) && w.start > 0 {
		w.end = copy(w.buf.bytes, w.buf.bytes[w.start:w.end])
		w.start = 0
	}
	if w.end == len(w.buf.bytes) {
		if w.end >= limit {
			return fail(KindProtocol, errHeadTooLarge)
		}
		grown := make([]byte, 2*len(w.buf.bytes))
		copy(grown, w.buf.bytes[:w.end])
		w.buf.bytes = grown
	}
	n, err := w.read(w.buf.bytes[w.end:])
	w.end += n
	return err
}
