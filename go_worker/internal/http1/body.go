package http1

import (
	"fmt"
	"slices"
)

// bodiless: no bytes follow such a head, whatever its headers say (RFC 9112, 6.3).
func (h *hop) bodiless(status int) bool {
	return status == 204 || status == 304 || status < 200 || string(h.method) == "HEAD" ||
		(string(h.method) == "CONNECT" && status < 300)
}

// readBody reads the body by the framing that the head announced.
func (w *wire) readBody(resp *Response, a *answer, keep bool) *Error {
	switch {
	case w.client.hop.bodiless(resp.Status):
		return nil
	case a.chunked:
		return truncated(w.chunks(resp, keep))
	case a.coded || a.length < 0:
		a.close = true
		return w.untilClose(resp, keep)
	}
	return truncated(w.copyBody(resp, a.length, keep))
}

// truncated: a close inside a body is its own kind of failure.
func truncated(err *Error) *Error {
	if err != nil && err.Kind == KindClosed {
		err.Kind = KindTruncated
	}
	return err
}

// copyBody receives n bytes of body.
func (w *wire) copyBody(resp *Response, n int64, keep bool) *Error {
	if resp.BodyBytes+n > resp.limit {
		return fail(KindBodyTooLarge, fmt.Errorf("limit %d bytes", resp.limit))
	}
	have := int(min(n, int64(w.end-w.start)))
	if keep {
		resp.Body = append(resp.Body, w.buf.bytes[w.start:w.start+have]...)
	}
	w.start += have
	resp.BodyBytes += int64(have)
	n -= int64(have)
	if n == 0 {
		return nil
	}
	if keep {
		return w.receive(resp, n)
	}
	return w.discard(resp, n)
}

// receive reads n more bytes straight into resp.Body.
func (w *wire) receive(resp *Response, n int64) *Error {
	for n > 0 {
		// Growth follows what arrives, not what a head promises.
		if cap(resp.Body) == len(resp.Body) {
			more := min(n, int64(len(resp.Body)+largeBufferSize))
			resp.Body = slices.Grow(resp.Body, int(more))
		}
		free := resp.Body[len(resp.Body):cap(resp.Body)]
		free = free[:min(int64(len(free)), n)]
		got, err := w.read(free)
		resp.Body = resp.Body[:len(resp.Body)+got]
		resp.BodyBytes += int64(got)
		if err != nil {
			return err
		}
		n -= int64(got)
	}
	return nil
}

// discard reads n more bytes and forgets them.
func (w *wire) discard(resp *Response, n int64) *Error {
	scratch := w.buf.bytes
	if n > int64(len(scratch)) {
		large := w.client.shared.large.Get().(*buffer)
		defer w.client.shared.large.Put(large)
		scratch = large.bytes
	}
	for n > 0 {
		got, err := w.read(scratch[:min(n, int64(len(scratch)))])
		resp.BodyBytes += int64(got)
		if err != nil {
			return err
		}
		n -= int64(got)
	}
	return nil
}

// untilClose receives a body that only the end of the connection ends.
func (w *wire) untilClose(resp *Response, keep bool) *Error {
	for {
		have := int64(w.end - w.start)
		if err := w.copyBody(resp, have, keep); err != nil {
			return err
		}
		if err := w.fill(maxChunkLine); err != nil {
			if err.cleanEnd() {
				return nil
			}
			return truncated(err)
		}
	}
}

const maxChunkLine = 16 << 10

// chunks receives a chunked body and its trailers.
func (w *wire) chunks(resp *Response, keep bool) *Error {
	for {
		end, err := w.line(0, maxChunkLine)
		if err != nil {
			return err
		}
		size, ok := chunkSize(chomp(w.buf.bytes[w.start : w.start+end]))
		if !ok {
			return fail(KindProtocol, errChunk)
		}
		w.start += end
		if size == 0 {
			break
		}
		if err := w.copyBody(resp, size, keep); err != nil {
			return err
		}
		end, err = w.line(0, maxChunkLine)
		if err != nil {
			return err
		}
		if len(chomp(w.buf.bytes[w.start:w.start+end])) != 0 {
			return fail(KindProtocol, errChunk)
		}
		w.start += end
	}
	end, err := w.fieldLines(&resp.Trailers, 0, w.client.shared.options.MaxHeadBytes)
	w.start += end
	return err
}

// chunkSize reads the hexadecimal size before any extension.
func chunkSize(line []byte) (int64, bool) {
	size, digits := int64(0), 0
	for _, b := range line {
		var digit byte
		switch {
		case '0' <= b && b <= '9':
			digit = b - '0'
		case 'a' <= b|0x20 && b|0x20 <= 'f':
			digit = b | 0x20 - 'a' + 10
		case b == ';' || b == ' ' || b == '\t':
			return size, digits > 0
		default:
			return 0, false
		}
		if digits++; digits > 15 {
			return 0, false
		}
		size = size<<4 | int64(digit)
	}
	return size, digits > 0
}
